/**
 * A claimed derivative against what it is the slope of, with steps of many sizes along one direction v:
 *
 *     ‖f(x + h v) − f(x) − h J v‖  ∝ h² for the derivative, ∝ h for anything else  (Taylor's remainder)
 *     ‖(f(x + h v) − f(x − h v)) / 2h − J v‖  falls like h², then rises like ε/h: no single step decides
 *
 * Source: EQUATIONS VER-1.
 */
import type { ClaimArray, Claims } from "../formats/claims.js";
import { stream } from "../random/stream.js";
import type { Curve, Response } from "./auditor.js";
import type { Sweep } from "./report.js";

/** Half decades from 1 to 1e-8. */
const steps = Array.from({ length: 17 }, (_, k) => 10 ** (-k / 2));
/** A direction moves the data by this share of their spread. */
const share = 1 / 30;
/** Steps that a slope is fitted to: two decades and a half. */
const fitted = 6;
/** A true derivative leaves a remainder of slope 2, less what the steps' ends blur. */
const quadratic = 1.7;

/**
 * The sweep of one problem's claim and truth; null where the truth itself is not the slope of the response,
 * as where a method holds some of its terms constant by contract.
 */
export function sweep(
  claims: Claims,
  quantity: string,
  response: Response,
  claimed: Float64Array,
  actual: Float64Array,
): Sweep | null {
  const line =
    typeof response === "function" ? byInput(claims, quantity, response) : byVariables(response);
  if (!line || actual.length % line.v.length !== 0) return null;
  const { v, moved } = line;
  const [claim, truth] = [claimed, actual].map(line.arranged);
  const rows = truth.length / v.length;
  const sizes = Float64Array.from({ length: rows }, (_, r) => rowNorm(truth, r, rows));
  const foreseen = contracted(truth, v, rows);
  const unit = norm(foreseen, sizes);
  if (!(unit > 0)) return null;
  const at = moved(0).value;
  const curves = steps.map((h) => {
    const [ahead, back] = [moved(h), moved(-h)];
    const remainder = (J: Float64Array) => {
      const step = contracted(J, ahead.step, rows);
      return (
        norm(
          ahead.value.map((y, r) => y - at[r] - step[r]),
          sizes,
        ) / unit
      );
    };
    const between = ahead.step.map((s, k) => s - back.step[k]);
    const difference = (J: Float64Array) => {
      const step = contracted(J, between, rows);
      return (
        norm(
          ahead.value.map((y, r) => y - back.value[r] - step[r]),
          sizes,
        ) /
        unit /
        (2 * h)
      );
    };
    return [remainder(claim), remainder(truth), difference(claim), difference(truth)];
  });
  const [ofClaim, ofTruth, claimDifference, truthDifference] = [0, 1, 2, 3].map((k) =>
    curves.map((values) => values[k]),
  );
  // By the smallest steps nothing but rounding is left; a hundred times that moves no slope by much.
  const floor = 100 * Math.max(...ofTruth.slice(-4));
  // The smallest steps above rounding: there the next power of h is smallest too.
  const used = steps.flatMap((h, k) => (h <= 0.1 && ofTruth[k] > floor ? [k] : [])).slice(-fitted);
  const truthSlope = slope(used.map((k) => [steps[k], ofTruth[k]]));
  const claimSlope = slope(used.map((k) => [steps[k], ofClaim[k]]));
  if (!(truthSlope >= quadratic)) return null;
  return {
    steps,
    ...{ claim: ofClaim, truth: ofTruth, claimDifference, truthDifference },
    ...{ claimSlope, truthSlope },
  };
}

/** Values along a line, with the steps that were really taken. */
interface Line {
  readonly v: Float64Array;
  readonly moved: (h: number) => { value: Float64Array; step: Float64Array };
  readonly arranged: (derivative: Float64Array) => Float64Array;
}

function byInput(
  claims: Claims,
  quantity: string,
  response: (moved: Claims) => Float64Array,
): Line | null {
  const name = quantity.replace(/^(J|grad)_/, "");
  const input = claims.input[name] ?? unitWeights(claims, name);
  if (!input) return null;
  const v = direction(name, input);
  const moved = (h: number) => {
    const data = input.data.map((x, k) => x + h * v[k]);
    const value = response({ ...claims, input: { ...claims.input, [name]: { ...input, data } } });
    // What was added is not quite h v: x + h v rounds.
    return { value, step: data.map((x, k) => x - input.data[k]) };
  };
  return { v, moved, arranged: (derivative) => derivative };
}

function byVariables(curve: Curve): Line {
  const moved = (h: number) => {
    const step = curve.direction.map((x) => h * x);
    return { value: curve.at(step), step };
  };
  return {
    v: curve.direction,
    moved,
    arranged: (derivative) => curve.arranged?.(derivative) ?? derivative,
  };
}

/** Weights that a file leaves out are ones, and move all the same. */
function unitWeights({ input }: Claims, name: string): ClaimArray | undefined {
  if (name !== "w2d" || !input.x2d) return undefined;
  return { shape: input.x2d.shape, data: new Float64Array(input.x2d.data.length).fill(1) };
}

/** A direction of normal numbers, each as large as a thirtieth of what its entry varies by. */
function direction(name: string, { shape, data }: ClaimArray): Float64Array {
  const draw = stream(`sweep/${name}`);
  const width = shape.at(-1)!;
  const spread = (k: number): number => {
    if (name === "w2d" || name === "inv_std2d") return data[k];
    if (name === "K") return k < 6 ? Math.max(Math.abs(data[0]), Math.abs(data[4])) : 1;
    const own = data.filter((_, i) => i % width === k % width);
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    return Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length);
  };
  const largest = Math.max(...Array.from({ length: width }, (_, k) => spread(k)));
  // Points of a plane have no spread across it, and move across it as well.
  const least = name.startsWith("x") ? largest / 10 : 0;
  const spreads = Array.from({ length: name.startsWith("x") ? width : 0 }, (_, k) => spread(k));
  return data.map(
    (_, k) => share * Math.max(least, spreads[k % width] ?? spread(k)) * draw.normal(),
  );
}

/** J v of an array whose leading entries count rows. */
function contracted(J: Float64Array, v: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(rows);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < v.length; k++) out[r] += J[r * v.length + k] * v[k];
  return out;
}

function rowNorm(J: Float64Array, r: number, rows: number): number {
  const width = J.length / rows;
  return Math.hypot(...J.subarray(r * width, (r + 1) * width));
}

/** Norm of rows in units of their own; rows of zeros count as they are. */
function norm(values: Float64Array, sizes: Float64Array): number {
  return Math.hypot(...values.map((v, r) => v / (sizes[r] || 1)));
}

/** Least-squares slope on logarithmic axes; NaN of fewer than three points. */
function slope(points: readonly (readonly number[])[]): number {
  const logs = points
    .map(([x, y]) => [Math.log10(x), Math.log10(y)])
    .filter(([, y]) => Number.isFinite(y));
  if (logs.length < 3) return Number.NaN;
  const mean = [0, 1].map((k) => logs.reduce((sum, p) => sum + p[k], 0) / logs.length);
  const across = logs.reduce((sum, [x]) => sum + (x - mean[0]) ** 2, 0);
  return logs.reduce((sum, [x, y]) => sum + (x - mean[0]) * (y - mean[1]), 0) / across;
}
