import { charts, tangentSize } from "../../src/conventions/chart.js";
import * as definedBox from "../../src/definitions/bounding-box.js";
import * as definedNormal from "../../src/definitions/normalisation.js";
import * as definedTangent from "../../src/definitions/tangent.js";
import * as definedColumns from "../../src/definitions/two-column.js";
import * as definedYaw from "../../src/definitions/yaw.js";
import * as box from "../../src/kernels/bounding-box.js";
import * as normal from "../../src/kernels/normalisation.js";
import * as tangent from "../../src/kernels/tangent.js";
import * as columns from "../../src/kernels/two-column.js";
import * as yaw from "../../src/kernels/yaw.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import type { CertifyCase } from "./case.js";
import { type Draw, rotationCase } from "./rotation-samples.js";

const angle = ({ omega }: Draw) => Math.hypot(...omega);
const pose = ({ omega, R }: Draw) => ({ R: bigRows(R, 3), omega: bigs(omega) });
const pairs = charts.flatMap((from) => charts.map((to) => [from, to] as const));
const transformEntries = pairs.reduce((n, [a, b]) => n + tangentSize(a) * tangentSize(b), 0);
/** Two columns that leave one line by the gap of the draw. */
const six = ({ v, u, gap }: Draw) =>
  Float64Array.of(...v, ...v.map((x, i) => (gap === 1 ? 0.4 : -1.3) * x + gap * u[i]));
const covariance = ({ v, u }: Draw) =>
  Float64Array.from(
    { length: 36 },
    (_, k) => (k % 7 === 0 ? 2 : 0) + v[k % 3] * u[(k >> 1) % 3] * 0.1,
  );
const cloud = ({ v, u, omega }: Draw) => Float64Array.of(...v, ...u, ...omega, ...v.map((x) => -x));
const everyTransform = {
  length: transformEntries,
  kernel: ({ R, omega }: Draw, out: Float64Array) => {
    let at = 0;
    for (const [from, to] of pairs) {
      tangent.tangentTransform(from, to, R, omega, out.subarray(at));
      at += tangentSize(from) * tangentSize(to);
    }
  },
  definition: (draw: Draw) =>
    pairs.map(([from, to]) => definedTangent.tangentTransform(from, to, pose(draw))),
};
const length = ["‖z‖", ({ v }: Draw) => Math.hypot(...v)] as const;

/** CONV-5, GEO-10 to GEO-12, GEO-19 and GEO-20. */
export const cases: readonly CertifyCase[] = [
  // The charts themselves and the conversions between them: each transform of the 25 pairs.
  rotationCase("tangent", { id: "CONV-5", name: "tangentTransform", order: 1, ...everyTransform }),
  rotationCase("yaw", {
    id: "GEO-10",
    name: "yawRotation",
    length: 9,
    kernel: (draw, out) => yaw.yawRotation(angle(draw), out),
    definition: (draw) => definedYaw.yawRotation(big(angle(draw))),
  }),
  rotationCase("yaw", {
    id: "GEO-10",
    name: "yawedVectorSlope",
    order: 1,
    length: 3,
    kernel: (draw, out) => yaw.yawedVectorSlope(angle(draw), draw.v, out),
    definition: (draw) => definedYaw.yawedVectorSlope(big(angle(draw)), bigs(draw.v)),
    scale: length,
  }),
  rotationCase("yaw", {
    id: "GEO-10",
    name: "yawedVectorCurvature",
    order: 2,
    length: 3,
    kernel: (draw, out) => yaw.yawedVectorCurvature(angle(draw), draw.v, out),
    definition: (draw) => definedYaw.yawedVectorCurvature(big(angle(draw)), bigs(draw.v)),
    scale: length,
  }),
  rotationCase("two-column", {
    id: "GEO-11",
    name: "twoColumnRotation",
    length: 9,
    labels: ["theta near 0"],
    seam: "columns nearly collinear",
    kernel: (draw, out) => columns.twoColumnRotation(six(draw), out),
    definition: (draw) => definedColumns.twoColumnRotation(bigs(six(draw))),
  }),
  rotationCase("two-column", {
    id: "GEO-11",
    name: "twoColumnRotationJacobian",
    order: 1,
    length: 54,
    labels: ["theta near 0"],
    seam: "columns nearly collinear",
    kernel: (draw, out) => columns.twoColumnRotationJacobian(six(draw), out),
    definition: (draw) => definedColumns.twoColumnRotationJacobian(bigs(six(draw))),
  }),
  rotationCase("tangent", { id: "GEO-12", name: "tangentTransform", order: 1, ...everyTransform }),
  rotationCase("tangent", {
    id: "GEO-12",
    name: "convertedCovariance",
    order: 1,
    length: 36,
    kernel: (draw, out) =>
      tangent.convertedCovariance("AA", "Q7", draw.R, draw.omega, covariance(draw), out),
    definition: (draw) =>
      definedTangent.convertedCovariance("AA", "Q7", pose(draw), bigRows(covariance(draw), 6)),
  }),
  rotationCase("tangent", {
    id: "GEO-12",
    name: "convertedHessian",
    order: 1,
    length: 36,
    kernel: (draw, out) =>
      tangent.convertedHessian("RP", "AA", draw.R, draw.omega, covariance(draw), out),
    definition: (draw) =>
      definedTangent.convertedHessian("RP", "AA", pose(draw), bigRows(covariance(draw), 6)),
  }),
  rotationCase("normalisation", {
    id: "GEO-19",
    name: "pointOffset",
    length: 3,
    kernel: (draw, out) => normal.pointOffset(4, cloud(draw), out),
    definition: (draw) => definedNormal.pointOffset(bigRows(cloud(draw), 3)),
  }),
  rotationCase("normalisation", {
    id: "GEO-19",
    name: "offsetTranslation",
    length: 3,
    kernel: ({ R, u, v }, out) => normal.offsetTranslation(R, u, v, out),
    definition: ({ R, u, v }) => definedNormal.offsetTranslation(bigRows(R, 3), bigs(u), bigs(v)),
    scale: ["‖t‖ + ‖o‖", () => 3],
  }),
  rotationCase("normalisation", {
    id: "GEO-19",
    name: "restoredTranslation",
    length: 3,
    kernel: ({ R, u, v }, out) => normal.restoredTranslation(R, u, v, out),
    definition: ({ R, u, v }) => definedNormal.restoredTranslation(bigRows(R, 3), bigs(u), bigs(v)),
    scale: ["‖t‖ + ‖o‖", () => 3],
  }),
  rotationCase("normalisation", {
    id: "GEO-19",
    name: "restoredTangentTransform",
    order: 1,
    length: 36,
    kernel: ({ R, v }, out) => normal.restoredTangentTransform(R, v, out),
    definition: ({ R, v }) => definedNormal.restoredTangentTransform(bigRows(R, 3), bigs(v)),
  }),
  rotationCase("bounding-box", {
    id: "GEO-20",
    name: "symmetricBoxCorners",
    length: 24,
    labels: [],
    kernel: ({ v }, out) => box.symmetricBoxCorners(v, out),
    definition: ({ v }) => definedBox.symmetricBoxCorners(bigs(v)),
  }),
];
