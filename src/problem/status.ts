/**
 * What became of a problem, in a word (EQUATIONS VER-9). Misuse throws; a problem that is well posed
 * as an input but has no answer, or not one alone, comes back with one of these.
 */

/** Every status with the sentence that explains it. */
export const statusSentences = {
  ok: "The problem was solved.",
  empty: "There are no correspondences: every pose fits.",
  "zero-weights": "All weights are zero: every pose fits.",
  "too-few-points":
    "Fewer than three points or six equations carry weight: poses that fit form a continuum.",
  "needs-start":
    "Three points fit up to four poses: one can be chosen only from a pose to start at.",
  coincident: "All weighted object points coincide: any rotation fits.",
  collinear: "All weighted object points lie on a line: any turn about it fits.",
  "rank-deficient": "The pose Jacobian has lost rank: some motion of the pose changes no residual.",
  "behind-camera": "At the pose found, some points lie at or behind the camera.",
  "not-positive-definite": "The curvature at the pose found is not positive: it is no minimum.",
  kink: "A residual lies on the Huber threshold: second derivatives jump here.",
  "not-converged": "The iteration limit was reached before the gradient vanished.",
  "no-consensus": "No pose was supported by enough correspondences.",
} as const;

export type Status = keyof typeof statusSentences;
