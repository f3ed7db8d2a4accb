/**
 * The methods that can be claimed for: what each reads and what may be claimed (docs/claims.md).
 *
 * Axes: B problems, N correspondences, S pose samples or symmetries, M points of a model, P numbers of a
 * pose (6 rotation vector and translation, 7 translation and quaternion, 4 translation and yaw), D = 6 or
 * 4 numbers of a tangent.
 * "B?" is an axis that may be left out: an input shared by all problems, or a gradient summed over
 * them. No axes at all are a number.
 */
export interface Method {
  /** Axes of every input that the method reads, by name. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** The inputs without which there is no problem. */
  readonly required: readonly string[];
  /** How many numbers a pose may have; where they are 7 or 4, a tangent has 6 or 4. */
  readonly poses: readonly number[];
  /** Axes of every quantity that may be claimed, by name. */
  readonly quantities: Readonly<Record<string, readonly string[]>>;
}

const problem = {
  x3d: ["B?", "N", "3"],
  x2d: ["B", "N", "2"],
  w2d: ["B?", "N", "2"],
  K: ["B?", "3", "3"],
  pose_init: ["B?", "P"],
};
const required = ["x3d", "x2d", "K"];

const pnp: Method = {
  inputs: { ...problem, delta: ["B?"] },
  required,
  poses: [6, 7],
  quantities: { pose: ["B", "P"], cost: ["B"], pose_cov: ["B", "D", "D"] },
};

const bpnp: Method = {
  inputs: { ...problem, pose: ["B", "P"], grad_pose: ["B", "D"] },
  required,
  poses: [6, 7],
  quantities: {
    J_x2d: ["B", "D", "N", "2"],
    J_x3d: ["B", "D", "N", "3"],
    J_K: ["B", "D", "3", "3"],
    J_w2d: ["B", "D", "N", "2"],
    grad_x2d: ["B", "N", "2"],
    grad_x3d: ["B?", "N", "3"],
    grad_K: ["B?", "3", "3"],
    grad_w2d: ["B?", "N", "2"],
  },
};

const { pose_init: _, ...given } = problem;

const poseCost: Method = {
  inputs: { ...given, pose: ["B", "P"], delta: ["B?"], z_min: [] },
  required: [...required, "pose"],
  poses: [7, 4],
  quantities: { cost: ["B"], residual: ["B", "N", "2"], jacobian: ["B", "N", "2", "D"] },
};

const monteCarlo: Method = {
  inputs: {
    ...given,
    pose_gt: ["B", "P"],
    delta: ["B?"],
    z_min: [],
    pose_samples: ["S", "B", "P"],
    log_proposal: ["S", "B"],
    sample_count: [],
  },
  // Code that draws its own samples is asked without any, and with a seed.
  required: [...required, "pose_gt"],
  poses: [7, 4],
  quantities: {
    cost_target: ["B"],
    cost_samples: ["S", "B"],
    log_weights: ["S", "B"],
    loss: ["B"],
    grad_x3d: ["B?", "N", "3"],
    grad_x2d: ["B", "N", "2"],
    grad_w2d: ["B?", "N", "2"],
  },
};

const metrics: Method = {
  inputs: {
    ...{ R_est: ["B", "3", "3"], t_est: ["B", "3"], R_gt: ["B", "3", "3"], t_gt: ["B", "3"] },
    ...{ points: ["B?", "M", "3"], K: ["B?", "3", "3"], symmetries: ["B?", "S", "3", "4"] },
    ...{ diameter: ["B?"], image_width: ["B?"] },
  },
  required: ["R_est", "t_est", "R_gt", "t_gt"],
  poses: [],
  quantities: {
    ...{ add: ["B"], adds: ["B"], proj: ["B"], mssd: ["B"], mspd: ["B"] },
    ...{ te: ["B"], npe: ["B"], re_deg: ["B"], ad: ["B"] },
  },
};

const poseStep: Method = {
  inputs: {
    ...{ ...given, pose: ["B", "P"], delta: ["B?"], z_min: [], eps: [] },
    grad_pose_plus: ["B", "P"],
  },
  required: [...required, "pose"],
  poses: [7, 4],
  quantities: {
    pose_plus: ["B", "P"],
    grad_x2d: ["B", "N", "2"],
    grad_x3d: ["B?", "N", "3"],
    grad_w2d: ["B?", "N", "2"],
  },
};

const linearCovariance: Method = {
  inputs: {
    x3d: given.x3d,
    x2d: given.x2d,
    inv_std2d: given.w2d,
    K: given.K,
    pose_gt: ["B", "P"],
    bbox: ["B?", "8", "3"],
    valid: ["B?", "N"],
    z_min: [],
    max_err_len: [],
    rel_thresh: [],
    w_e_thresh: [],
  },
  required: [...required, "inv_std2d", "pose_gt", "bbox"],
  poses: [7],
  quantities: {
    prior_error: ["B"],
    cov_error: ["B"],
    linear_error: ["B"],
    loss: ["B"],
    grad_x3d: ["B?", "N", "3"],
    grad_x2d: ["B", "N", "2"],
    grad_inv_std2d: ["B?", "N", "2"],
  },
};

/** Every method by the name a claims file gives it. */
export const methods: Readonly<Record<string, Method>> = {
  pnp,
  bpnp,
  "bpnp-faster": bpnp,
  "epropnp-cost": poseCost,
  "epropnp-mc": monteCarlo,
  "epropnp-reg": poseStep,
  lc: linearCovariance,
  metrics,
};
