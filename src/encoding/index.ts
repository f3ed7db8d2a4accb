/** Object coordinates as binary codes, and back. */
export {
  type CodeOptions,
  type CoordinateCode,
  coordinateCode,
  type EncodedCoordinates,
  encodedCoordinates,
  type OutsideRule,
  publishedCodeOptions,
} from "./coordinate-code.js";
export {
  type DecodedCoordinates,
  decodedCoordinates,
  decodedCoordinatesPull,
  decodedCoordinatesWithTruth,
} from "./decoded-coordinates.js";
export { type VertexCode, vertexCode, vertexOfCode } from "./vertex-code.js";
