/** Inputs written in the conventions that a command states, and in numbers that its dtype holds. */
import type { ClaimArray, Claims } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import type { Arrays, Contract } from "./question.js";

const lengths = { m: 1, cm: 100, mm: 1000 };
/** Inputs that are lengths throughout, or in some columns; poses are treated by themselves. */
const inLengths = new Set(["x3d", "bbox", "points", "t_est", "t_gt", "diameter", "z_min"]);
const weightNames = new Set(["w2d", "inv_std2d"]);
/** Inputs that a dtype need not hold: probabilities and constants. */
const significands = { float64: 53, float32: 24, float16: 11, bfloat16: 8 };

/** A number rounded to so many significant bits, as the format would round it within its range. */
export function rounded(value: number, dtype: Claims["dtype"]): number {
  const bits = significands[dtype];
  if (bits === 53) return value;
  // Veltkamp's splitting: the high part of a double, to nearest.
  const shifted = value * (2 ** (53 - bits) + 1);
  return shifted - (shifted - value);
}

/**
 * Inputs in metres, radians, w and this project's orders as the contract's conventions have them, each
 * number rounded to its dtype.
 */
export function inConvention(input: Arrays, contract: Contract): Arrays {
  const axes = methods[contract.method].inputs;
  return Object.fromEntries(
    Object.entries(input).map(([name, array]) => {
      const turned =
        axes[name].at(-1) === "P" ? poses(name, array, contract) : plain(name, array, contract);
      return [name, { ...turned, data: turned.data.map((v) => rounded(v, contract.dtype)) }];
    }),
  );
}

function plain(name: string, { shape, data }: ClaimArray, { convention }: Contract): ClaimArray {
  const unit = lengths[convention.length ?? "m"];
  if (inLengths.has(name)) return { shape, data: data.map((v) => v * unit) };
  if (name === "symmetries")
    return { shape, data: data.map((v, k) => (k % 4 === 3 ? v * unit : v)) };
  if (weightNames.has(name) && convention.weights === "w2")
    return { shape, data: data.map((w) => w * w) };
  return { shape, data };
}

/** Poses (ω, t), (t, q), (t, yaw), or (q, t) for lc, with q = (w, x, y, z), in the contract's layout. */
function poses(name: string, { shape, data }: ClaimArray, contract: Contract): ClaimArray {
  const { convention, method } = contract;
  if (name.startsWith("grad_")) return { shape, data };
  const width = shape.at(-1)!;
  const unit = lengths[convention.length ?? "m"];
  const turn = convention.angle === "deg" && width !== 7 ? 180 / Math.PI : 1;
  // Whether translations stand last before and after.
  const from = width === 6 || method === "lc";
  const to = width === 4 ? from : convention.order ? convention.order === "rotation-first" : from;
  const out = new Float64Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    const own = data.subarray(row, row + width);
    const t = (from ? own.subarray(width - 3) : own.subarray(0, 3)).map((v) => v * unit);
    let r = (from ? own.subarray(0, width - 3) : own.subarray(3)).map((v) => v * turn);
    if (width === 7 && convention.quaternion === "xyzw")
      r = Float64Array.of(...r.subarray(1), r[0]);
    out.set(to ? [...r, ...t] : [...t, ...r], row);
  }
  return { shape, data: out };
}
