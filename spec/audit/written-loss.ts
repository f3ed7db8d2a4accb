import type { ClaimArray } from "../../src/formats/claims.js";
import { array } from "./claimed.js";
import {
  bending,
  camera,
  cornerRows,
  dot,
  jacobian,
  type PlainLoss,
  pixelRows,
  type Rows,
  tangentRows,
  turn,
} from "./written-rows.js";

/** A loss as somebody may have written it, by its mistakes. */
export interface WrittenLoss {
  readonly weight?: (w: number) => number;
  readonly longest?: number;
  readonly h?: (v: number, delta: number) => number;
  /** M where it is not h, and ω where it is not; ω of E_prior alone. */
  readonly M?: (e: number, delta: number) => number;
  readonly omega?: (w: number, delta: number) => number;
  readonly priorOmega?: (w: number, delta: number) => number;
  readonly epsilon?: number;
  readonly bothAxes?: boolean;
  readonly counted?: (valid: readonly number[]) => readonly number[];
  readonly masked?: boolean;
  readonly zMin?: number;
  /** Least depth in J. */
  readonly depthOfJ?: number;
  /** The residual that H is taken at, of r and of what the clamp leaves; null for the identity. */
  readonly curving?: ((r: number, gap: number) => number) | null;
  readonly signed?: boolean;
  readonly rows?: (problem: PlainLoss, R: Rows) => Rows;
  readonly group?: number;
  readonly size?: (squares: readonly number[]) => number;
  /** E of a squared length, if it is not the root. */
  readonly loss?: (prior: number, covariance: number, linear: number) => number;
  /** What is not held although it should be, and what is held although it should not. */
  readonly attached?: readonly ("J" | "linear" | "deltaE" | "deltaW" | "clamp")[];
  readonly held?: readonly ("r" | "prior" | "covariance" | "linear")[];
}

export const twice = (v: number, delta: number) => (v <= delta ? v * v : delta * (2 * v - delta));
/** A⁻¹ B by elimination without pivots: A is positive definite, or so its author hoped. */
function solved(A: Rows, B: Rows): Rows {
  const rows = A.map((row, i) => [...row, ...B[i]]);
  for (let p = 0; p < rows.length; p++) {
    rows[p] = rows[p].map((v) => v / rows[p][p]);
    for (let q = 0; q < rows.length; q++)
      if (q !== p) rows[q] = rows[q].map((v, k) => v - rows[q][p] * rows[p][k]);
  }
  return rows.map((row) => row.slice(A.length));
}
interface Points {
  readonly R: Rows;
  readonly places: readonly (readonly number[])[];
  readonly r: readonly number[];
  readonly gap: readonly number[];
  readonly e: readonly number[];
  readonly deltaE: readonly number[];
  readonly M: readonly number[];
  readonly deltaW: readonly number[];
  readonly omega: readonly number[];
  readonly priorOmega: readonly number[];
}

/** The numbers of all points, before any sum. */
function points(now: PlainLoss, given: PlainLoss, written: WrittenLoss): Points {
  const { epsilon = 1e-6, longest = 32, weight = (w) => w, h = twice, attached = [] } = written;
  const R = turn(now.pose);
  const zMin = written.zMin ?? now.zMin;
  const places = now.valid.map((_, i) => now.x3d.slice(3 * i, 3 * i + 3));
  const r = places.flatMap((z, i) => {
    const p = camera(now, R, z);
    return [0, 1].map((k) => now.x2d[2 * i + k] - p[k] / Math.max(p[2], zMin));
  });
  const gap = places.flatMap((z) => {
    const p = camera(now, R, z);
    return [0, 1].map((k) => p[k] / Math.max(p[2], zMin) - p[k] / p[2]);
  });
  const short = r.map((v, k) => {
    const length = Math.hypot(r[k - (k % 2)], r[k - (k % 2) + 1]) + epsilon;
    return length > longest ? (v * longest) / length : v;
  });
  const was = now === given ? null : points(given, given, written);
  const passes = attached.includes("clamp") || was === null;
  const e = passes ? short : r.map((v, k) => v - (was.r[k] - was.e[k]));
  const counted = written.counted?.(now.valid) ?? now.valid;
  const total = counted.reduce((a, b) => a + b, 0);
  const mean = (v: readonly number[]) => {
    const axes = [0, 1].map((k) => counted.reduce((s, c, i) => s + c * v[2 * i + k], 0) / total);
    return written.bothAxes ? [(axes[0] + axes[1]) / 2, (axes[0] + axes[1]) / 2] : axes;
  };
  const deltaE =
    was && !attached.includes("deltaE") ? was.deltaE : mean(e.map(Math.abs)).map((m) => 3 * m);
  const M = e.map((v, k) => (written.M ?? h)(Math.abs(v), deltaE[k % 2]));
  const w = now.w.map((v) => weight(v));
  const pull = mean(w.map((v, k) => v * v * M[k]));
  const deltaW =
    was && !attached.includes("deltaW")
      ? was.deltaW
      : M.map((m, k) => Math.sqrt((4 * pull[k % 2]) / (m + epsilon)));
  const omegaOf = (limit: (w: number, delta: number) => number) =>
    w.map((v, k) => limit(v, deltaW[k]) * (written.masked ? now.valid[k >> 1] : 1));
  const limit = written.omega ?? h;
  const omega = omegaOf(limit);
  return {
    R,
    places,
    r,
    gap,
    e,
    deltaE,
    M,
    deltaW,
    omega,
    priorOmega: omegaOf(written.priorOmega ?? limit),
  };
}

/** The three errors and the loss of moved data; what the contract holds is taken from the given data. */
export function writtenLoss(now: PlainLoss, given: PlainLoss, written: WrittenLoss) {
  const own = points(now, given, written);
  const was = now === given ? own : points(given, given, written);
  const { attached = [], held = [], depthOfJ = Number.NEGATIVE_INFINITY } = written;
  const from = attached.includes("J") ? now : given;
  const places = attached.includes("J") ? own.places : was.places;
  const J = places.flatMap((z) => jacobian(from, own.R, z, depthOfJ));
  const curving = written.curving === undefined ? (_: number, gap: number) => gap : written.curving;
  const c = curving && was.r.map((r, k) => curving(r, was.gap[k]));
  const B = J.map((_, k) =>
    c?.[k]
      ? bending(given, own.R, was.places[k >> 1], k % 2).map((row) => row.map((v) => v * c[k]))
      : null,
  );
  const unit = tangentRows();
  const inverse = (omega: readonly number[]) => {
    if (!c) return unit;
    const H = unit.map((_, p) =>
      unit.map((__, q) =>
        J.reduce((s, a, k) => s + omega[k] * (a[p] * a[q] - (B[k]?.[p][q] ?? 0)), 0),
      ),
    );
    return solved(H, unit);
  };
  const solver = (omega: readonly number[]) => {
    const P = inverse(omega);
    return P.map((row) => J.map((a, k) => dot(row, a) * omega[k]));
  };
  const use = (term: "prior" | "covariance" | "linear") => {
    const at = held.includes(term) ? was : own;
    return term === "prior" ? at.priorOmega : at.omega;
  };
  const Jf = (written.rows ?? cornerRows)(now, own.R);
  const { group = written.rows === pixelRows ? 2 : Jf.length === 24 ? 3 : 1 } = written;
  const size =
    written.size ?? ((s: readonly number[]) => s.reduce((t, v) => t + Math.sqrt(v), 0) / s.length);
  const error = (squares: readonly number[]) =>
    size(
      Array.from({ length: squares.length / group }, (_, g) =>
        squares.slice(group * g, group * (g + 1)).reduce((a, b) => a + b),
      ),
    );
  const P = inverse(use("prior"));
  const prior = error(
    Jf.map((row) =>
      dot(
        row,
        P.map((p) => dot(p, row)),
      ),
    ),
  );
  const moved = (A: Rows, e: readonly number[]) => {
    const u = A.map((row) => dot(row, e));
    return Jf.map((row) => dot(row, u));
  };
  const square = (v: number) => v * v;
  const A = solver(use("covariance"));
  const free = held.includes("r") ? was : own;
  const spread = Jf.map((row) => {
    const levers = J.map((_, k) => row.reduce((s, j, p) => s + j * A[p][k], 0));
    return written.signed
      ? square(dot(levers, free.e))
      : levers.reduce((s, v, k) => s + v * v * free.M[k], 0);
  });
  const covariance = error(spread);
  const target = attached.includes("linear") ? own.e : was.e;
  const linear = error(moved(solver(use("linear")), target).map(square));
  const loss = (written.loss ?? ((p, v, l) => Math.log(p) + (v + l) / (2 * p)))(
    prior,
    covariance,
    linear,
  );
  return { prior_error: prior, cov_error: covariance, linear_error: linear, loss };
}

const inputs = { grad_x2d: "x2d", grad_x3d: "x3d", grad_inv_std2d: "w" } as const;

/** Claims of what was written: values as they are, gradients by central differences. */
export function writtenClaim(
  problems: readonly PlainLoss[],
  written: WrittenLoss,
  names: readonly string[],
): Record<string, ClaimArray> {
  const [B, N] = [problems.length, problems[0].valid.length];
  return Object.fromEntries(
    names.map((name) => {
      if (!name.startsWith("grad_")) {
        const key = name as "loss";
        return [
          name,
          array(
            [B],
            problems.map((of) => writtenLoss(of, of, written)[key]),
          ),
        ];
      }
      const input = inputs[name as keyof typeof inputs];
      const width = input === "x3d" ? 3 : 2;
      // A thousandth of a pixel, of a pixel's worth of space, and of a weight.
      const h = { x2d: 1e-3, x3d: 1e-6, w: 1e-5 }[input];
      const rows = problems.flatMap((of) =>
        of[input].map((_, k) => {
          const at = (by: number) => {
            const now = { ...of, [input]: of[input].map((v, l) => (l === k ? v + by : v)) };
            return writtenLoss(now, of, written).loss;
          };
          return (at(h) - at(-h)) / (2 * h);
        }),
      );
      return [name, array([B, N, width], rows)];
    }),
  );
}
