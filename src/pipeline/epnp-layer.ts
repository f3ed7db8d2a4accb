/**
 * EPnP as a pose layer: the closed form and its own derivative, not that of the least-squares pose.
 *
 * What to expect of training through it is in ../differentiate/epnp.ts: at exact data both layers invert ∂π/∂y, by
 * different left inverses. Source: EQUATIONS PNP-9, EXP-R5; [UAVA2021] Sec 3.1, Table 5.
 */
import { type EpnpGradient, epnpGradient, epnpVjp } from "../differentiate/epnp.js";
import { type EpnpOptions, epnp, epnpSolution } from "../differentiate/epnp-pose.js";
import { type EpnpStatus, epnpCounts, epnpSentences } from "../differentiate/epnp-status.js";
import { poseOf } from "../problem/pose.js";
import type { LayerOutcome, PoseLayer } from "./pose-layer.js";

/** How far a pose may be from EPnP's own and still be taken for it: single precision. */
const SAME = 2 ** -20;

const outcome = (status: EpnpStatus): LayerOutcome => ({
  counts: epnpCounts(status),
  status,
  sentence: epnpSentences[status],
});

/**
 * The EPnP pose and its derivative. It needs no start, and takes no Huber threshold; a pose that is not EPnP's
 * for the same correspondences has no derivative here.
 *
 * @throws RangeError if an option is unknown.
 */
export function epnpLayer(options: EpnpOptions = {}): PoseLayer {
  const found = epnpSolution();
  // An unknown option is refused here, not at the first image.
  epnp(nothing, options, found);
  let room: EpnpGradient | null = null;
  return {
    name: "epnp",
    solve(problem) {
      const { status, R, t } = epnp(problem, options, found);
      const posed = Number.isFinite(R[0]);
      return { outcome: outcome(status), pose: posed ? poseOf(R.slice(), t.slice()) : null };
    },
    vjp(problem, pose, v, out) {
      if (room === null || room.x2d.shape[0] !== problem.n) room = epnpGradient(problem.n);
      const { solution, x2d, x3d, w2d, K } = epnpVjp(problem, v, options, room);
      out.x2d.set(x2d.data);
      out.x3d.set(x3d.data);
      out.w2d.set(w2d.data);
      out.K.set(K.data);
      if (epnpCounts(solution.status) && !same(solution.R, solution.t, pose.R.data, pose.t.data))
        return {
          counts: false,
          status: "other-pose",
          sentence:
            "The pose given is not EPnP's for these correspondences: it has another derivative.",
        };
      return outcome(solution.status);
    },
  };
}

const nothing = {
  n: 0,
  x2d: new Float64Array(0),
  x3d: new Float64Array(0),
  w2d: new Float64Array(0),
  K: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
};

function same(
  R: Float64Array,
  t: Float64Array,
  givenR: Float64Array,
  givenT: Float64Array,
): boolean {
  const distance = Math.sqrt(t[0] * t[0] + t[1] * t[1] + t[2] * t[2]);
  for (let k = 0; k < 9; k++) if (!(Math.abs(R[k] - givenR[k]) <= SAME)) return false;
  for (let k = 0; k < 3; k++) if (!(Math.abs(t[k] - givenT[k]) <= SAME * distance)) return false;
  return true;
}
