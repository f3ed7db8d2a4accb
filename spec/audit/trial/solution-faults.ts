/** Planted faults of method pnp: poses, costs and covariances of a minimum. */
import { stream } from "../../../src/random/stream.js";
import type { CostSwitches } from "./minimum-cost.js";
import { quaternionRow, rowsFrom, turnedRows } from "./pose-rows.js";
import {
  type Fitted,
  fitted,
  information,
  minimaOf,
  posed,
  reweighted,
  solutionScene,
  solutions,
} from "./solution-claims.js";
import { type Arrays, array, claimsFile, only, type PlantedFault } from "./trial.js";

interface Planted extends Omit<PlantedFault, "claims" | "method"> {
  readonly claimed: (of: Fitted) => Arrays;
}

/** −Rᵀ t and the turn back, of a pose (ω, t). */
function inverse(y: ArrayLike<number>): number[] {
  const [, , , qw, qx, qy, qz] = quaternionRow(y);
  const t = [y[3], y[4], y[5]];
  const u = [-qx, -qy, -qz];
  const crossed = (a: number[], b: number[]) => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const once = crossed(u, t).map((v, k) => v + qw * t[k]);
  const twice = crossed(u, once);
  return [...[0, 1, 2].map((k) => -y[k]), ...t.map((v, k) => -(v + 2 * twice[k]))];
}

function planted(seed: string): Planted[] {
  const draw = stream(`trial/solution/${seed}`);
  const between = (least: number, most: number) => least * (most / least) ** draw.uniform();
  const [short, scale] = [between(1e-5, 1e-3), between(1.2, 1.9)];
  const minimumOf =
    (weight: (w: number) => number) =>
    (of: Fitted): Arrays =>
      posed(of, (_, b) => minimaOf(of, reweighted(weight))[b]);
  const covariance =
    (switches: Partial<CostSwitches>) =>
    (of: Fitted): Arrays =>
      only(solutions(of, switches), ["pose_cov"]);
  return [
    {
      name: "pose turned the other way",
      sentence: "The rotation is the transpose of what it should be.",
      spoils: ["pose"],
      cause: ["transposed-rotation"],
      claimed: (of) => posed(of, (y) => y.map((v, k) => (k < 3 ? -v : v))),
    },
    {
      name: "camera in the object's frame",
      sentence: "The pose maps camera points to object points.",
      spoils: ["pose"],
      cause: ["inverse-pose"],
      claimed: (of) => posed(of, inverse),
    },
    {
      name: "pose of plain least squares",
      sentence: "The solver does not know the Huber threshold.",
      spoils: ["pose"],
      cause: ["threshold-ignored"],
      claimed: (of) => posed(of, (_, b) => minimaOf(of, (p) => p, null)[b]),
    },
    {
      name: "pose without weights",
      sentence: "The solver is not given the weights.",
      spoils: ["pose"],
      cause: ["weights-ignored"],
      claimed: minimumOf(() => 1),
    },
    {
      name: "pose of once weighted squares",
      sentence: "The solver weights squared residuals by w.",
      spoils: ["pose"],
      cause: ["weights-taken-as-w2"],
      claimed: minimumOf(Math.sqrt),
    },
    {
      name: "pose of squared weights",
      sentence: "The solver multiplies residuals by w².",
      spoils: ["pose"],
      cause: ["weights-squared-twice"],
      claimed: minimumOf((w) => w * w),
    },
    {
      name: "solver stopped short",
      sentence: "The solver stops a visible step before the minimum.",
      spoils: ["pose"],
      cause: ["unconverged-pose"],
      claimed: (of) => posed(of, (y) => y.map((v, k) => v + (k % 2 ? -short : short))),
    },
    {
      name: "half a pixel",
      sentence:
        "Pixels are counted from their corners in the solver, from their centres in the data.",
      spoils: ["pose"],
      cause: ["half-pixel"],
      claimed: (of) =>
        posed(of, (_, b) => minimaOf(of, (p) => ({ ...p, x2d: p.x2d.map((v) => v + 0.5) }))[b]),
    },
    {
      name: "cost without its half",
      sentence: "The cost is Σρ.",
      spoils: ["cost"],
      cause: ["factor-2"],
      claimed: (of) => {
        const { cost } = solutions(of);
        return {
          cost: array(
            cost.shape,
            cost.data.map((v) => 2 * v),
          ),
        };
      },
    },
    {
      name: "negated cost",
      sentence: "A log-likelihood is claimed for a cost.",
      spoils: ["cost"],
      cause: ["sign-flipped"],
      claimed: (of) => {
        const { cost } = solutions(of);
        return {
          cost: array(
            cost.shape,
            cost.data.map((v) => -v),
          ),
        };
      },
    },
    {
      name: "cost of plain squares",
      sentence: "Outliers keep their squares in the cost.",
      spoils: ["cost"],
      cause: ["threshold-ignored"],
      claimed: (of) => only(solutions(of, { robust: false }), ["cost"]),
    },
    {
      name: "cost without weights",
      sentence: "Residuals enter the cost unweighted.",
      spoils: ["cost"],
      cause: ["weights-ignored"],
      claimed: (of) => only(solutions(of, { weight: () => 1 }), ["cost"]),
    },
    {
      name: "cost of squared weights",
      sentence: "Residuals enter the cost with their weights squared.",
      spoils: ["cost"],
      cause: ["weights-squared-twice"],
      claimed: (of) => only(solutions(of, { weight: (w) => w * w }), ["cost"]),
    },
    {
      name: "cost half a pixel off",
      sentence: "The cost is that of pixels counted from their corners.",
      spoils: ["cost"],
      cause: ["half-pixel"],
      claimed: (of) => only(solutions(of, { offset: 0.5 }), ["cost"]),
    },
    {
      name: "covariance of Gauss–Newton",
      sentence: "The covariance is (JᵀWJ)⁻¹ with ρ′ for weights.",
      spoils: ["pose_cov"],
      cause: ["gauss-newton-hessian"],
      claimed: covariance({ curvature: false }),
    },
    {
      name: "information for covariance",
      sentence: "The Hessian is claimed, not its inverse.",
      spoils: ["pose_cov"],
      cause: ["information-matrix"],
      claimed: information,
    },
    {
      name: "covariance doubled",
      sentence: "The Hessian is that of half the cost.",
      spoils: ["pose_cov"],
      cause: ["factor-2"],
      claimed: (of) => {
        const { pose_cov } = solutions(of);
        return {
          pose_cov: array(
            pose_cov.shape,
            pose_cov.data.map((v) => 2 * v),
          ),
        };
      },
    },
    {
      name: "covariance without weights",
      sentence: "The covariance is that of unit weights.",
      spoils: ["pose_cov"],
      cause: ["weights-ignored"],
      claimed: covariance({ weight: () => 1 }),
    },
    {
      name: "covariance of plain squares",
      sentence: "The threshold is left out of the covariance.",
      spoils: ["pose_cov"],
      cause: ["threshold-ignored"],
      claimed: covariance({ robust: false }),
    },
    {
      name: "covariance scaled",
      sentence: "The covariance is multiplied by a variance from elsewhere.",
      spoils: ["pose_cov"],
      cause: ["scaled"],
      claimed: (of) => {
        const { pose_cov } = solutions(of);
        return {
          pose_cov: array(
            pose_cov.shape,
            pose_cov.data.map((v) => scale * v),
          ),
        };
      },
    },
    {
      name: "covariance turned once",
      sentence: "The covariance is changed to another chart from the left alone.",
      spoils: ["pose_cov"],
      cause: null,
      claimed: (of) => {
        const { pose_cov } = solutions(of);
        const turned = of.poses.flatMap((y, b) => {
          const rows = [0, 1, 2, 3, 4, 5].map((i) =>
            pose_cov.data.slice(36 * b + 6 * i, 36 * b + 6 * i + 6),
          );
          return turnedRows(rowsFrom(y, "LEFT"), rows).flatMap((row) => [...row]);
        });
        return { pose_cov: array(pose_cov.shape, turned) };
      },
    },
  ];
}

export function solutionFaults(seed: string): PlantedFault[] {
  const of = fitted(solutionScene(seed), 1.5);
  return planted(seed).map(({ claimed, ...fault }) => ({
    ...fault,
    method: "pnp",
    claims: claimsFile("pnp", of.inputs, claimed(of)),
  }));
}
