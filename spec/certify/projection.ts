import type { Chart } from "../../src/conventions/chart.js";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import * as definedPose from "../../src/definitions/pose-jacobian.js";
import * as defined from "../../src/definitions/projection.js";
import * as definedClamp from "../../src/definitions/projection-clamp.js";
import * as definedRetraction from "../../src/definitions/retraction.js";
import * as pose from "../../src/kernels/pose-jacobian.js";
import * as kernel from "../../src/kernels/projection.js";
import * as clamp from "../../src/kernels/projection-clamp.js";
import { retraction } from "../../src/kernels/retraction.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import { type View, views } from "../equations/camera-draws.js";
import { derivativeArrays, motionAt, type Sight, sights } from "../equations/pose-draws.js";
import type { CertifyCase, CertifySample } from "./case.js";

type Nested = Big | readonly Nested[];
const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});
const flat = (truth: Nested): Big[] => entries(truth as Big);

/** A kernel of a camera point and a camera. */
function viewCase(
  file: string,
  subject: Pick<CertifyCase, "id" | "name" | "order">,
  length: number,
  run: (view: View, out: Float64Array) => void,
  truth: (X: Big[], K: Big[][]) => Nested,
): CertifyCase {
  return {
    ...paths(file),
    ...subject,
    *samples(perLabel = 20): Iterable<CertifySample> {
      // Two of each six views are generic.
      for (const view of views(`certify/${subject.name}`, perLabel)) {
        const values = new Float64Array(length);
        run(view, values);
        yield { label: view.label, values, truth: flat(truth(bigs(view.X), bigRows(view.K, 3))) };
      }
    },
  };
}

/** A kernel of a pose, a point and a camera. */
function sightCase(
  file: string,
  subject: Pick<CertifyCase, "id" | "name" | "order">,
  run: (sight: Sight) => Float64Array,
  truth: (sight: Sight) => Nested,
  skip: (sight: Sight) => boolean = () => false,
): CertifyCase {
  return {
    ...paths(file),
    ...subject,
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const sight of sights(`certify/${subject.name}`, perLabel))
        if (!skip(sight))
          yield { label: sight.label, values: run(sight), truth: flat(truth(sight)) };
    },
  };
}

const box = Float64Array.of(0.1, 250, 150, 420, 260);
const boxOf: definedClamp.Clamps<Big> = {
  zMin: big(box[0]),
  lower: bigs(box.subarray(1, 3)),
  upper: bigs(box.subarray(3, 5)),
};

/** Every derivative of a point's projection in one chart, an order at a time. */
function chartCases(chart: Chart): CertifyCase[] {
  const derivatives = ({ R, t, z, K }: Sight) => {
    const out = derivativeArrays(chart);
    pose.projectionDerivatives(chart, motionAt(chart, R, t), z, K, out);
    return out;
  };
  const truth = ({ R, t, z, K }: Sight) =>
    definedPose.projectionDerivatives(
      definedPose.poseDerivativesAt(chart, bigRows(R, 3), bigs(t)),
      bigs(z),
      bigRows(K, 3),
    );
  // Log of a rotation next to a half turn may take either of its two values.
  const skip = ({ label }: Sight) => chart === "AA" && label === "theta near pi";
  const second = (block: "yy" | "yz" | "yK", what: string) =>
    sightCase(
      "pose-jacobian",
      { id: "GEO-17", name: `projectionDerivatives ${chart} ${what}`, order: 2 },
      (sight) => derivatives(sight)[block],
      (sight) => truth(sight)[block],
      skip,
    );
  return [
    sightCase(
      "pose-jacobian",
      { id: "GEO-16", name: `poseJacobian ${chart}`, order: 1 },
      ({ R, t, z, K }) => {
        const J = new Float64Array(2 * tangentSize(chart));
        pose.poseJacobian(chart, motionAt(chart, R, t), z, K, J);
        return J;
      },
      (sight) => truth(sight).y,
      skip,
    ),
    second("yy", "∂²π/∂y²"),
    second("yz", "∂²π/∂y∂z"),
    second("yK", "∂²π/∂y∂K"),
    sightCase(
      "retraction",
      { id: "GEO-17", name: `retraction ${chart}`, order: 0 },
      ({ R, t, z }) => {
        const [movedR, movedT] = [new Float64Array(9), new Float64Array(3)];
        retraction(chart, R, t, step(chart, z), movedR, movedT);
        return Float64Array.of(...movedR, ...movedT);
      },
      ({ R, t, z }) => {
        const moved = definedRetraction.retraction(
          chart,
          bigRows(R, 3),
          bigs(t),
          bigs(step(chart, z)),
        );
        return [moved.R, moved.t];
      },
      skip,
    ),
  ];
}

/** A tangent made of the point's coordinates. */
const step = (chart: Chart, z: Float64Array): Float64Array =>
  Float64Array.of(...z, ...z.map((x) => 0.3 * x)).slice(0, tangentSize(chart));

/** GEO-13 to GEO-18. */
export const cases: readonly CertifyCase[] = [
  sightCase(
    "projection",
    { id: "GEO-13", name: "rigidTransform", order: 0 },
    ({ z, R, t }) => {
      const X = new Float64Array(3);
      kernel.rigidTransform(z, R, t, X);
      return X;
    },
    ({ z, R, t }) => defined.rigidTransform(bigs(z), bigRows(R, 3), bigs(t)),
  ),
  viewCase(
    "projection",
    { id: "GEO-14", name: "projection", order: 0 },
    2,
    ({ X, K }, out) => kernel.projection(X, K, out),
    defined.projection,
  ),
  viewCase(
    "projection",
    { id: "GEO-15", name: "projectionJacobian", order: 1 },
    6,
    ({ X, K }, out) => kernel.projectionJacobian(X, K, out),
    defined.projectionJacobian,
  ),
  viewCase(
    "projection",
    { id: "GEO-15", name: "projectionCameraJacobian", order: 1 },
    18,
    ({ X, K }, out) => kernel.projectionCameraJacobian(X, K, out),
    defined.projectionCameraJacobian,
  ),
  viewCase(
    "projection",
    { id: "GEO-17", name: "projectionHessian", order: 2 },
    18,
    ({ X, K }, out) => kernel.projectionHessian(X, K, out),
    defined.projectionHessian,
  ),
  viewCase(
    "projection",
    { id: "GEO-17", name: "projectionPointCameraHessian", order: 2 },
    54,
    ({ X, K }, out) => kernel.projectionPointCameraHessian(X, K, out),
    defined.projectionPointCameraHessian,
  ),
  ...charts.flatMap(chartCases),
  viewCase(
    "projection-clamp",
    { id: "GEO-18", name: "clampedProjection", order: 0 },
    2,
    ({ X, K }, out) => void clamp.clampedProjection(X, K, box, out),
    (X, K) => definedClamp.clampedProjection(X, K, boxOf),
  ),
  viewCase(
    "projection-clamp",
    { id: "GEO-18", name: "clampedProjectionJacobian", order: 1 },
    6,
    ({ X, K }, out) => clamp.clampedProjectionJacobian(X, K, box, out),
    (X, K) => definedClamp.clampedProjectionJacobian(X, K, boxOf),
  ),
  viewCase(
    "projection-clamp",
    { id: "GEO-18", name: "formulaProjectionJacobian", order: 1 },
    6,
    ({ X, K }, out) => void clamp.formulaProjectionJacobian(X, K, box, out),
    (X, K) => definedClamp.formulaProjectionJacobian(X, K, boxOf),
  ),
  viewCase(
    "projection-clamp",
    { id: "GEO-18", name: "maskedProjectionJacobian", order: 1 },
    6,
    ({ X, K }, out) => void clamp.maskedProjectionJacobian(X, K, box, out),
    (X, K) => definedClamp.maskedProjectionJacobian(X, K, boxOf),
  ),
];
