/** What the pool loads on each of its threads. */
export { workOn as default } from "./job.js";
