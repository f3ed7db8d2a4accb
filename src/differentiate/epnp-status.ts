/** Whether EPnP has a pose, and that pose a derivative. */

/** Every status of an EPnP pose with the sentence that explains it. */
export const epnpSentences = {
  ok: "One candidate fits best, its eigenvectors are single, and the derivative is that of EPnP.",
  exact:
    "The correspondences fit exactly, so every candidate is this pose: the derivative is that of the linear coefficients, rank-1, which nearly always fit best beside exact data.",
  switch:
    "Two candidates of different poses fit equally well, or a coefficient has no sign: the pose jumps here, and the derivative is that of one side.",
  reflection:
    "The control points came out as a mirror image: the pose is the rotation nearest to it.",
  "behind-camera": "At the pose found, some points lie at or behind the camera.",
  crossing:
    "An eigenvector in use shares its eigenvalue with another, to rounding: the pose is arbitrary among theirs and has no derivative.",
  bend: "The second coefficient vanishes: its square root has no derivative here.",
  coplanar:
    "The weighted object points lie on a plane, to a millionth of their width: four control points are not determined.",
  "too-few-points":
    "Fewer than six points or eleven equations carry weight: the eigenvalue zero is repeated.",
  "no-pose": "No candidate has a pose: a number overflowed, or no rotation is the nearest one.",
  "zero-weights": "All weights are zero: every pose fits.",
  empty: "There are no correspondences: every pose fits.",
} as const;

export type EpnpStatus = keyof typeof epnpSentences;

const withoutDerivative: readonly EpnpStatus[] = [
  "crossing",
  "bend",
  "coplanar",
  "too-few-points",
  "no-pose",
  "zero-weights",
  "empty",
];

/** Whether derivatives of this status are numbers at all. */
export const epnpHasDerivative = (status: EpnpStatus): boolean =>
  !withoutDerivative.includes(status);

/** Whether pose and derivative are EPnP's beyond doubt. */
export const epnpCounts = (status: EpnpStatus): boolean => status === "ok" || status === "exact";
