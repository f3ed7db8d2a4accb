export { philox } from "./philox.js";
export { type Stream, stream } from "./stream.js";
export { weightedDraw } from "./weighted-draw.js";
