import * as definedHat from "../../src/definitions/hat.js";
import * as definedRodrigues from "../../src/definitions/rodrigues.js";
import * as defined from "../../src/definitions/rotation-jacobians.js";
import * as definedSeries from "../../src/definitions/rotation-series.js";
import * as hat from "../../src/kernels/hat.js";
import * as rodrigues from "../../src/kernels/rodrigues.js";
import * as jacobians from "../../src/kernels/rotation-jacobians.js";
import * as series from "../../src/kernels/rotation-series.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import type { CertifyCase } from "./case.js";
import { type Draw, rotationCase } from "./rotation-samples.js";

const square = ({ omega }: Draw) => omega[0] ** 2 + omega[1] ** 2 + omega[2] ** 2;
const kernels = { ...series };
const definitions = { ...definedSeries };
const firsts: Record<string, number> = { seriesA: 1, seriesASlope: 1 / 6 };

/** A and B belong to GEO-2, C and D to GEO-4; slopes count as the first derivatives they are. */
const ofSeries = (Object.keys(kernels) as (keyof typeof kernels)[]).map((name) =>
  rotationCase("rotation-series", {
    id: /series[AB]/.test(name) ? "GEO-2" : "GEO-4",
    name,
    order: name.endsWith("Slope") ? 1 : 0,
    length: 1,
    kernel: (draw, out) => {
      out[0] = kernels[name](square(draw));
    },
    definition: (draw) => definitions[name](big(square(draw))),
    // A vanishes at the half turn.
    ...(name in firsts ? { scale: ["the value at 0", () => firsts[name]] as const } : {}),
  }),
);

const matrix = (name: "leftJacobian" | "rightJacobian") => ({
  id: "GEO-4",
  name,
  order: 1 as const,
  length: 9,
});
const length = ["‖v‖", ({ v }: Draw) => Math.hypot(...v)] as const;

/** GEO-1 to GEO-5. */
export const cases: readonly CertifyCase[] = [
  rotationCase("hat", {
    id: "GEO-1",
    name: "hat",
    labels: [],
    length: 9,
    kernel: ({ v }, out) => hat.hat(v, out),
    definition: ({ v }) => definedHat.hat(bigs(v)),
  }),
  rotationCase("hat", {
    id: "GEO-1",
    name: "vee",
    length: 3,
    kernel: ({ R }, out) => hat.vee(R, out),
    definition: ({ R }) => definedHat.vee(bigRows(R, 3)),
  }),
  rotationCase("rodrigues", {
    id: "GEO-2",
    name: "rotation",
    length: 9,
    kernel: ({ omega }, out) => rodrigues.rotation(omega, out),
    definition: ({ omega }) => definedRodrigues.rotation(bigs(omega)),
    scale: ["1, the length of a column", () => 1],
  }),
  rotationCase("rodrigues", {
    id: "GEO-3",
    name: "rotationVector",
    length: 3,
    kernel: ({ R }, out) => rodrigues.rotationVector(R, out),
    definition: ({ R }) => definedRodrigues.rotationVector(bigRows(R, 3)),
  }),
  ...ofSeries,
  rotationCase("rotation-jacobians", {
    ...matrix("leftJacobian"),
    kernel: ({ omega }, out) => jacobians.leftJacobian(omega, out),
    definition: ({ omega }) => defined.leftJacobian(bigs(omega)),
  }),
  rotationCase("rotation-jacobians", {
    ...matrix("rightJacobian"),
    kernel: ({ omega }, out) => jacobians.rightJacobian(omega, out),
    definition: ({ omega }) => defined.rightJacobian(bigs(omega)),
  }),
  rotationCase("rotation-jacobians", {
    id: "GEO-4",
    name: "leftJacobianInverse",
    order: 1,
    length: 9,
    kernel: ({ omega }, out) => jacobians.leftJacobianInverse(omega, out),
    definition: ({ omega }) => defined.leftJacobianInverse(bigs(omega)),
  }),
  rotationCase("rotation-jacobians", {
    id: "GEO-4",
    name: "rightJacobianInverse",
    order: 1,
    length: 9,
    kernel: ({ omega }, out) => jacobians.rightJacobianInverse(omega, out),
    definition: ({ omega }) => defined.rightJacobianInverse(bigs(omega)),
  }),
  rotationCase("rotation-jacobians", {
    id: "GEO-4",
    name: "leftJacobianDerivative",
    order: 2,
    length: 27,
    kernel: ({ omega }, out) => jacobians.leftJacobianDerivative(omega, out),
    definition: ({ omega }) => defined.leftJacobianDerivative(bigs(omega)),
  }),
  rotationCase("rotation-jacobians", {
    id: "GEO-5",
    name: "rotatedVectorJacobian",
    order: 1,
    length: 9,
    kernel: ({ omega, v }, out) => jacobians.rotatedVectorJacobian(omega, v, out),
    definition: ({ omega, v }) => defined.rotatedVectorJacobian(bigs(omega), bigs(v)),
    scale: length,
  }),
  rotationCase("rotation-jacobians", {
    id: "GEO-5",
    name: "rotatedVectorHessian",
    order: 2,
    length: 27,
    kernel: ({ omega, v }, out) => jacobians.rotatedVectorHessian(omega, v, out),
    definition: ({ omega, v }) => defined.rotatedVectorHessian(bigs(omega), bigs(v)),
    scale: length,
  }),
];
