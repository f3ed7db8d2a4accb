/**
 * A pose layer: how keypoints become a pose, and how a gradient on the pose comes back to what it was solved
 * from. Any solver with a derivative can be one.
 *
 *     layer.solve(problem)              y⋆ of the correspondences
 *     layer.vjp(problem, y⋆, v, out)    vᵀ ∂y⋆/∂(x, z, w, K) for v = ∂L/∂y⋆ in chart LEFT
 *
 * `implicitLayer` differentiates the least-squares pose by the implicit function theorem, exactly or as one of
 * the variants that were published. Source: EQUATIONS BPNP-1 … BPNP-5, REPRO-L7; [BPnP2020]; [UAVA2021] Sec 4.2.
 */
import { type PoseGradient, poseGradient, poseVjp } from "../differentiate/implicit.js";
import { derivativeSentences } from "../differentiate/standing.js";
import { type Variant, variantNames } from "../differentiate/variants.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { statusSentences } from "../problem/status.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";

/** What became of a step, in a word and a sentence, and whether its numbers count. */
export interface LayerOutcome {
  readonly counts: boolean;
  readonly status: string;
  readonly sentence: string;
}

/** Derivatives by what a pose was solved from, flat. */
export interface DataGradient {
  /** [2N] per pixel. */
  readonly x2d: Float64Array;
  /** [3N] per unit of the object points. */
  readonly x3d: Float64Array;
  /** [2N]; weights multiply residuals. */
  readonly w2d: Float64Array;
  /** [9], all entries taken as free. */
  readonly K: Float64Array;
}

export interface PoseLayer {
  readonly name: string;
  /** y⋆, or null with the reason; `start` is a pose to begin at, which a layer without iterations may ignore. */
  solve(problem: Correspondences, start?: Pose): { outcome: LayerOutcome; pose: Pose | null };
  /** Writes vᵀ ∂y⋆/∂θ to `out`, which holds zeros; where the outcome does not count, `out` holds nothing of use. */
  vjp(problem: Correspondences, pose: Pose, v: Float64Array, out: DataGradient): LayerOutcome;
}

export interface ImplicitLayerOptions {
  /** Huber threshold on ‖w ∘ r‖ [px], > 0. Default: Infinity. */
  readonly delta?: number;
}

/** Outcomes of a solver and of a derivative whose numbers count. */
const counting = ["ok", "kink", "saddle"];

/**
 * The least-squares pose with one of its derivatives (variants.ts): "exact" is BPnP's, "faster" BPnP_faster's,
 * "depth-weighted" that of published code.
 *
 * @throws RangeError if the variant is unknown or δ is not positive.
 */
export function implicitLayer(
  variant: Variant = "exact",
  { delta = Number.POSITIVE_INFINITY }: ImplicitLayerOptions = {},
): PoseLayer {
  if (!variantNames.includes(variant))
    throw new RangeError(
      `implicitLayer: expected variant of ${variantNames.join(", ")}, got ${variant}`,
    );
  if (!(delta > 0)) throw new RangeError(`implicitLayer: expected delta > 0, got ${delta}`);
  let room: PoseGradient | null = null;
  return {
    name: variant,
    solve(problem, start) {
      const { status, pose } = solveCorrespondences(problem, { delta, poseInit: start });
      const counts = pose !== null && counting.includes(status);
      return { outcome: { counts, status, sentence: statusSentences[status] }, pose };
    },
    vjp(problem, pose, v, out) {
      if (room === null || room.x2d.shape[0] !== problem.n) room = poseGradient(problem.n);
      const { standing, x2d, x3d, w2d, K } = poseVjp(problem, pose, v, { variant, delta }, room);
      out.x2d.set(x2d.data);
      out.x3d.set(x3d.data);
      out.w2d.set(w2d.data);
      out.K.set(K.data);
      const { status } = standing;
      return { counts: counting.includes(status), status, sentence: derivativeSentences[status] };
    },
  };
}

/** The layer given, or the implicit one of this variant. */
export function layerOf(layer: PoseLayer | Variant = "exact"): PoseLayer {
  return typeof layer === "string" ? implicitLayer(layer) : layer;
}

/** Zeros for the derivatives of n correspondences. */
export function dataGradient(n: number): DataGradient {
  return {
    x2d: new Float64Array(2 * n),
    x3d: new Float64Array(3 * n),
    w2d: new Float64Array(2 * n),
    K: new Float64Array(9),
  };
}
