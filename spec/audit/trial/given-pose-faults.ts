/** Planted faults of method epropnp-cost. */
import { stream } from "../../../src/random/stream.js";
import { halfHuber } from "./geometry.js";
import type { GivenSwitches } from "./given-pose.js";
import { givenArrays } from "./given-pose-claims.js";
import { posedInputs, posedProblems } from "./posed.js";
import {
  type Arrays,
  array,
  claimsFile,
  mapped,
  onEach,
  only,
  type PlantedFault,
} from "./trial.js";

interface Planted extends Omit<PlantedFault, "claims" | "method"> {
  readonly claims?: readonly string[];
  readonly with?: Partial<GivenSwitches>;
  readonly after?: (arrays: Arrays) => Arrays;
  readonly yaw?: true;
}

const all = ["cost", "residual", "jacobian"];
const rows = ["residual", "jacobian"];

function planted(seed: string): Planted[] {
  const draw = stream(`trial/given/${seed}`);
  const scale = 1.2 + 0.6 * draw.uniform();
  return [
    {
      name: "no Huber kernel",
      sentence: "Outliers keep their whole residual.",
      spoils: all,
      cause: ["threshold-ignored"],
      with: { rescaling: () => 1, cost: (s) => s.over(2) },
    },
    {
      name: "ρ′ for its root",
      sentence: "Rows are multiplied by ρ′, so that JᵀF carries it twice.",
      spoils: rows,
      cause: ["huber-derivative-squared"],
      with: { rescaling: (size, delta) => Math.min(1, delta / size) },
    },
    {
      name: "unscaled rows",
      sentence: "The cost is robust, its residuals and their Jacobian are not.",
      spoils: rows,
      cause: ["threshold-ignored"],
      claims: all,
      with: { rescaling: () => 1 },
    },
    {
      name: "depth not clamped",
      sentence: "Depths below z_min are divided by as they are.",
      spoils: all,
      cause: ["depth-unclamped"],
      with: { clamp: "free" },
    },
    {
      name: "clipped rows kept",
      sentence: "Rows of clamped points are those of the formula at the clamped depth.",
      spoils: ["jacobian"],
      cause: ["clip-rows-kept"],
      claims: all,
      with: { clamp: "slope-kept", masked: false },
    },
    {
      name: "no weights",
      sentence: "Residuals are not weighted.",
      spoils: all,
      cause: ["weights-ignored"],
      with: { weight: () => 1 },
    },
    {
      name: "roots of weights",
      sentence: "Weights are taken to multiply squared residuals.",
      spoils: all,
      cause: ["weights-taken-as-w2"],
      with: { weight: Math.sqrt },
    },
    {
      name: "squares of weights",
      sentence: "Residuals are multiplied by w².",
      spoils: all,
      cause: ["weights-squared-twice"],
      with: { weight: (w) => w * w },
    },
    {
      name: "cost without its half",
      sentence: "The cost is Σρ.",
      spoils: ["cost"],
      cause: ["factor-2"],
      with: { cost: (s, delta) => halfHuber(s, delta).times(2) },
    },
    {
      name: "Huber without its constant",
      sentence: "Beyond the threshold the cost is δ‖f‖, without −½δ²: it jumps there.",
      spoils: ["cost"],
      cause: null,
      with: {
        cost: (s, delta) => (s.v <= delta * delta ? s.over(2) : s.sqrt().times(delta)),
      },
    },
    {
      name: "rotation columns flipped",
      sentence: "The rotation columns have the wrong sign.",
      spoils: ["jacobian"],
      cause: ["rotation-sign-flipped"],
      after: onEach((v, i) => (i % 6 >= 3 ? -v : v)),
    },
    {
      name: "translation columns flipped",
      sentence: "The translation columns have the wrong sign.",
      spoils: ["jacobian"],
      cause: ["translation-sign-flipped"],
      after: onEach((v, i) => (i % 6 < 3 ? -v : v)),
    },
    {
      name: "yaw column flipped",
      sentence: "The yaw turns the other way.",
      spoils: ["jacobian"],
      cause: ["rotation-sign-flipped"],
      after: onEach((v, i) => (i % 4 === 3 ? -v : v)),
      yaw: true,
    },
    {
      name: "yaw without Huber",
      sentence: "Four degrees of freedom, and no Huber kernel.",
      spoils: rows,
      cause: ["threshold-ignored"],
      with: { rescaling: () => 1 },
      yaw: true,
    },
    {
      name: "quaternion stepped from the right",
      sentence: "Columns are by turns of the object's own frame.",
      spoils: ["jacobian"],
      cause: ["chart-rp+rotation-factor-minus-2"],
      claims: all,
      with: { side: "right" },
    },
    {
      name: "Jacobian against its residual",
      sentence: "The Jacobian is that of x − π, the residual is π − x: a step goes uphill.",
      spoils: ["jacobian"],
      cause: ["sign-flipped"],
      claims: rows,
      after: (arrays) => ({ ...arrays, jacobian: mapped(arrays.jacobian, (v) => -v) }),
    },
    {
      name: "rows scaled",
      sentence: "Residuals and rows are multiplied by a constant.",
      spoils: rows,
      cause: ["scaled"],
      after: onEach((v) => scale * v),
    },
    {
      name: "image axes of the Jacobian exchanged",
      sentence: "Rows of u and v are exchanged in the Jacobian, not in the residual.",
      spoils: ["jacobian"],
      cause: ["swapped-image-axes"],
      claims: rows,
      after: ({ residual, jacobian }) => ({
        residual,
        jacobian: mapped(jacobian, (_, i) => jacobian.data[6 * (Math.floor(i / 6) ^ 1) + (i % 6)]),
      }),
    },
    {
      name: "weights ignored and a factor",
      sentence: "Residuals are not weighted, and the cost is Σρ.",
      spoils: ["cost"],
      cause: ["weights-ignored+factor-2"],
      with: { weight: () => 1, cost: (s, delta) => halfHuber(s, delta).times(2) },
    },
    {
      name: "one row lost",
      sentence: "The last point of every problem has no rows.",
      spoils: ["jacobian"],
      cause: null,
      after: onEach((v, i) => (Math.floor(i / 12) % 7 === 6 ? 0 : v)),
    },
  ];
}

const points = 7;

export function givenPoseFaults(seed: string): PlantedFault[] {
  const zMin = 1.55;
  const six = posedProblems({ seed: `given/${seed}`, problems: 3, n: points });
  const four = posedProblems({ seed: `yaw/${seed}`, problems: 3, n: points, chart: "YAW" });
  return planted(seed).map((fault): PlantedFault => {
    const { name, sentence, spoils, cause } = fault;
    const problems = fault.yaw ? four : six;
    const claimed = only(givenArrays(problems, zMin, fault.with), fault.claims ?? spoils);
    return {
      ...{ method: "epropnp-cost", name, sentence, spoils, cause },
      claims: claimsFile(
        "epropnp-cost",
        { ...posedInputs(problems), z_min: array([], [zMin]) },
        fault.after?.(claimed) ?? claimed,
      ),
    };
  });
}
