/** Cases of method metrics: two poses of one object, where their distance is zero, small, a half turn or unusual. */
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import type { CaseDraft, CasePlan } from "./case-plan.js";
import {
  array,
  cameras,
  cloud,
  decimalBetween,
  decimals,
  hundredthsQuaternion,
  hundredthsRotation,
} from "./drawing.js";

interface Comparison {
  readonly R_est: readonly number[];
  readonly t_est: readonly number[];
  readonly R_gt: readonly number[];
  readonly t_gt: readonly number[];
}

interface MetricOptions extends Partial<Comparison> {
  readonly M?: number;
  readonly points?: readonly number[];
  readonly K?: readonly number[];
  readonly symmetries?: readonly (readonly number[])[];
  readonly want?: readonly string[];
}

const ofPoints = ["add", "adds", "proj", "mssd", "mspd"];
const ofPoses = ["te", "npe", "re_deg", "ad"];
const all = [...ofPoints, ...ofPoses];

/** A rotation of hundredths, turned further by a quaternion of hundredths. */
const turned = (R: readonly number[], q: readonly number[]): number[] => {
  const T = hundredthsRotation(q);
  // Products of multiples of 10⁻⁴ are multiples of 10⁻⁸: whole numbers until the last division.
  const whole = (v: number) => Math.round(v * 10000);
  return Array.from({ length: 9 }, (_, k) => {
    const [i, j] = [Math.floor(k / 3), k % 3];
    const sum = [0, 1, 2].reduce((at, l) => at + whole(T[3 * i + l]) * whole(R[3 * l + j]), 0);
    return sum / 1e8;
  });
};

function comparison(draw: Stream): Comparison {
  const R_gt = hundredthsRotation(hundredthsQuaternion(draw));
  const t_gt = [...decimals(draw, 2, -0.5, 0.5), decimalBetween(draw, 5, 7, 2)];
  return {
    ...{ R_gt, t_gt },
    R_est: turned(R_gt, [0.96, 0, 0.28, 0]),
    t_est: t_gt.map((v) => Math.round(100 * v + decimalBetween(draw, -15, 15, 0)) / 100),
  };
}

function metric(draw: Stream, options: MetricOptions): CaseDraft {
  const { M = 5, K = cameras.plain, symmetries, want = all } = options;
  const poses: Comparison = { ...comparison(draw), ...options };
  const points = options.points ?? cloud(draw, M);
  const input: Record<string, ClaimArray> = {
    R_est: array([1, 3, 3], poses.R_est),
    t_est: array([1, 3], poses.t_est),
    R_gt: array([1, 3, 3], poses.R_gt),
    t_gt: array([1, 3], poses.t_gt),
    points: array([points.length / 3, 3], points),
    K: array([3, 3], K),
    diameter: array([1], [2.5]),
    image_width: array([1], [800]),
  };
  return {
    input: symmetries
      ? { ...input, symmetries: array([symmetries.length, 3, 4], symmetries.flat()) }
      : input,
    want,
  };
}

const one =
  (options: MetricOptions | ((draw: Stream) => MetricOptions) = {}) =>
  (draw: Stream): CaseDraft =>
    metric(draw, typeof options === "function" ? options(draw) : options);

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
/** A half turn about the third axis of the object, which passes beside its origin. */
const halfTurn = [-1, 0, 0, 0.1, 0, -1, 0, -0.06, 0, 0, 1, 0];
/** A quarter turn about the same axis. */
const quarterTurn = [0, -1, 0, 0.08, 1, 0, 0, 0.02, 0, 0, 1, 0];

/** Rotations that differ by a turn about the third axis: 2 atan t, or as much less than a half turn. */
const nearly =
  (t: number, half: boolean) =>
  (draw: Stream): MetricOptions => {
    const { t_gt } = comparison(draw);
    const [cos, sin] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
    const c = half ? -cos : cos;
    return {
      ...{ R_gt: [1, 0, 0, 0, 1, 0, 0, 0, 1], t_gt },
      R_est: [c, -sin, 0, sin, c, 0, 0, 0, 1],
    };
  };

export const metricPlans: readonly CasePlan[] = [
  {
    comment: "generic, of an object with two symmetries",
    catches: "the rest",
    draft: one({ symmetries: [identity, halfTurn] }),
  },
  {
    comment: "rotations 1e-4 rad apart",
    catches: ["radians-for-degrees", "degrees-for-radians"],
    draft: one(nearly(5e-5, false)),
  },
  {
    comment: "rotations 1e-4 rad short of a half turn apart",
    catches: ["chordal-distance", "norm-of-logarithm"],
    draft: one(nearly(5e-5, true)),
  },
  {
    comment: "equal rotations, and positions a micrometre apart",
    catches: ["single-precision", "not-normalised"],
    draft: one((draw) => {
      const { R_gt, t_gt } = comparison(draw);
      const t_est = [t_gt[0], t_gt[1], Math.round(1e6 * t_gt[2] + 1) / 1e6];
      return { R_est: R_gt, R_gt, t_gt, t_est, want: ["add", "adds", "te", "npe"] };
    }),
  },
  {
    comment: "three symmetries, two of them about an axis beside the object's origin",
    catches: ["symmetries-ignored", "symmetries-of-camera", "symmetry-offsets-ignored"],
    draft: one((draw) => {
      const { R_gt } = comparison(draw);
      // The estimate is a half turn from the truth, and right all the same.
      const R_est = R_gt.map((v, k) => (k % 3 < 2 ? -v : v));
      return { symmetries: [identity, quarterTurn, halfTurn], R_gt, R_est };
    }),
  },
  {
    comment: "points far from symmetric: nearest neighbours depend on who looks",
    catches: ["estimate-to-truth", "add-for-add-s", "add-s-for-add"],
    draft: one((draw) => ({
      points: [...cloud(draw, 3), ...[3, -2, 2.5], ...[3.1, -2, 2.5], ...[3, -1.9, 2.6]],
    })),
  },
  {
    comment: "one point",
    catches: ["squared-distances", "sum-of-coordinates", "normalised-by-estimate"],
    draft: one({ M: 1 }),
  },
  {
    comment: "a camera whose nine entries all count",
    catches: ["camera-transposed", "focal-lengths-swapped", "perspective-ignored"],
    draft: one({ K: cameras.full, want: ["proj", "mspd"] }),
  },
  {
    comment: "a skewed camera",
    catches: ["camera-ignored", "camera-transposed", "share-of-image-width"],
    draft: one({ K: cameras.skewed, want: ["proj", "mspd"] }),
  },
  {
    comment: "points on both sides of the camera",
    catches: ["perspective-ignored", "missing-transpose"],
    draft: one((draw) => {
      const { t_gt } = comparison(draw);
      return { t_gt: [t_gt[0], t_gt[1], 0.37], t_est: [t_gt[0], t_gt[1], 0.29], want: ofPoints };
    }),
  },
  {
    comment: "far away",
    catches: ["normalised-by-depth", "position-guard"],
    draft: one({ t_gt: [30, -20, 400], t_est: [30.1, -20.2, 401] }),
  },
  {
    comment: "a matrix that is no rotation, taken as it is",
    catches: ["arccosine-of-trace", "truth-transposed"],
    draft: one((draw) => {
      const { R_gt } = comparison(draw);
      return { R_gt, R_est: R_gt.map((v, k) => (k === 4 ? v + 0.125 : v)) };
    }),
  },
  {
    comment: "a batch of three over one object",
    catches: ["points-in-millimetres", "points-in-metres"],
    draft: (draw) => {
      const drafts = [0, 1, 2].map(() => metric(draw, {}));
      const stacked = (name: string): ClaimArray => {
        const parts = drafts.map(({ input }) => input[name]);
        return array(
          [3, ...parts[0].shape.slice(1)],
          parts.flatMap(({ data }) => Array.from(data)),
        );
      };
      const { points, K } = drafts[0].input;
      const own = ["R_est", "t_est", "R_gt", "t_gt", "diameter", "image_width"];
      return {
        input: { ...Object.fromEntries(own.map((name) => [name, stacked(name)])), points, K },
        want: all,
      };
    },
  },
  {
    comment: "the true position is the camera: npe is divided by zero",
    catches: ["position-guard"],
    refused: "ill-posed",
    draft: one({ t_gt: [0, 0, 0], t_est: [0.1, 0, 0], want: ["npe"] }),
  },
  {
    comment: "a point in the plane of the camera",
    catches: ["perspective-ignored"],
    refused: "ill-posed",
    draft: one({
      ...{ R_gt: [1, 0, 0, 0, 1, 0, 0, 0, 1], t_gt: [0, 0, 5] },
      ...{ points: [0.5, 0.25, -5, 0.1, 0.2, 0.3], want: ["proj"] },
    }),
  },
  {
    comment: "a diameter of zero",
    catches: ["share-of-diameter"],
    refused: "contract",
    draft: (draw) => {
      const { input, want } = metric(draw, {});
      return { input: { ...input, diameter: array([1], [0]) }, want };
    },
  },
];
