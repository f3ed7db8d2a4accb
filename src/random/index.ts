export { philox } from "./philox.js";
export { type Stream, stream } from "./stream.js";
