/** The bank of explanations for claimed solutions, as data: what else a pose or a cost may be. */
import type { Claims, Convention } from "../formats/claims.js";
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import type { Kind } from "./bank.js";
import { type Located, packed, poseDistance, settled, unconvergedBeyond } from "./forward.js";
import { type AuditProblem, axisAngle, unpacked } from "./problem.js";

/** The error of a claim against an explained array. */
export interface Comparison {
  readonly error: number;
  readonly array: Float64Array;
  /** What rounding allows of it, where the explanation has a budget of its own. */
  readonly budget?: number;
}

/** One explanation, ready to be compared with each problem's claim. */
export interface Attempt {
  readonly slug: string;
  readonly kind: Kind;
  readonly sentence: string;
  readonly remedy: string;
  /** Errors up to this count as a fit even beyond the budget: how far solvers stop from a minimum. */
  readonly tolerance: number;
  /** How problem b's claim compares with the explanation; null if it does not apply. */
  readonly compared: (b: number) => Comparison | null;
}

/** Image points that are counted from a pixel's corner in one place, and from its centre in the other. */
const halfPixels = ([0.5, -0.5] as const).map(
  (offset) =>
    [
      "half-pixel",
      `Image points are ${Math.abs(offset)} px too ${offset > 0 ? "large" : "small"} along both axes`,
      "count pixels from their centres, or from their corners, in data and camera alike (CONV-1)",
      (p: AuditProblem): AuditProblem => ({ ...p, x2d: p.x2d.map((v) => v + offset) }),
    ] as const,
);

/** Other ways to write a pose, then other poses that a solver may have meant. */
export function* poseExplanations(
  claims: Pick<Claims, "convention" | "dtype">,
  raw: readonly Float64Array[],
  located: readonly Located[],
): Generator<Attempt> {
  const { convention, dtype } = claims;
  const read = (pose: Float64Array, other: Convention): Float64Array | null => {
    try {
      return axisAngle(pose, other, dtype, "pose");
    } catch {
      return null;
    }
  };
  const at = (pose: Float64Array | null, b: number) =>
    pose && { error: poseDistance(pose, located[b].y), array: located[b].y };
  const rewritten = (change: (b: number) => Float64Array | null) => (b: number) => at(change(b), b);
  const rotationFirst = convention.order
    ? convention.order === "rotation-first"
    : raw[0]?.length === 6;
  const tolerance = unconvergedBeyond;
  yield {
    slug: "row-order",
    kind: "convention",
    sentence: "Rotation and translation are exchanged",
    remedy: "state the convention order",
    tolerance,
    compared: rewritten((b) =>
      read(raw[b], {
        ...convention,
        order: rotationFirst ? "translation-first" : "rotation-first",
      }),
    ),
  };
  yield {
    slug: convention.quaternion === "xyzw" ? "quaternion-wxyz" : "quaternion-xyzw",
    kind: "convention",
    sentence: "The quaternion's scalar stands at the other end",
    remedy: "state the convention quaternion",
    tolerance,
    compared: rewritten((b) =>
      raw[b].length === 7
        ? read(raw[b], {
            ...convention,
            quaternion: convention.quaternion === "xyzw" ? "wxyz" : "xyzw",
          })
        : null,
    ),
  };
  yield {
    slug: "degrees",
    kind: "convention",
    sentence: "The rotation vector is in degrees",
    remedy: "state the convention angle: deg",
    tolerance,
    compared: rewritten((b) =>
      raw[b].length === 6 ? read(raw[b], { ...convention, angle: "deg" }) : null,
    ),
  };
  for (const [slug, factor] of [
    ["translation-in-millimetres", 1e-3],
    ["translation-in-metres", 1e3],
  ] as const)
    yield {
      slug,
      kind: "convention",
      sentence: `The translation is in another unit than the points: ${factor} of it fits`,
      remedy: "use one unit of length",
      tolerance,
      compared: rewritten((b) => {
        const y = read(raw[b], convention);
        return y?.map((v, i) => (i < 3 ? v : v * factor)) ?? null;
      }),
    };
  yield {
    slug: "transposed-rotation",
    kind: "wrong",
    sentence: "The rotation is transposed: it turns the other way",
    remedy: "transpose it",
    tolerance,
    compared: rewritten((b) => read(raw[b], convention)?.map((v, i) => (i < 3 ? -v : v)) ?? null),
  };
  yield {
    slug: "inverse-pose",
    kind: "wrong",
    sentence: "It is the inverse pose, from camera to object",
    remedy: "invert it: R ← Rᵀ, t ← −Rᵀ t",
    tolerance,
    compared: rewritten((b) => inverted(read(raw[b], convention))),
  };
  yield* otherSolutions(located, (b) => read(raw[b], convention));
}

/** Poses that a solver reaches from the claimed one, of this problem and of misread ones. */
function* otherSolutions(
  located: readonly Located[],
  claimed: (b: number) => Float64Array | null,
): Generator<Attempt> {
  const tolerance = unconvergedBeyond;
  const reached = (problem: AuditProblem, b: number) => {
    const y = claimed(b);
    const end = y && settled(problem, y);
    return y && end && { error: poseDistance(y, end), array: end };
  };
  const variants: readonly (readonly [
    string,
    string,
    string,
    (p: AuditProblem) => AuditProblem,
  ])[] = [
    [
      "weights-ignored",
      "The weights do not enter at all",
      "multiply each residual by its weight",
      (p) => ({ ...p, w2d: p.w2d.map(() => 1) }),
    ],
    [
      "weights-taken-as-w2",
      "w itself is the weight of a squared residual",
      "multiply residuals by w (CONV-4)",
      (p) => ({ ...p, w2d: p.w2d.map(Math.sqrt) }),
    ],
    [
      "weights-squared-twice",
      "Residuals are multiplied by w²",
      "square the weights once (CONV-4)",
      (p) => ({ ...p, w2d: p.w2d.map((w) => w * w) }),
    ],
    [
      "threshold-ignored",
      "The Huber threshold does not enter",
      "apply the robust kernel (ROB-1)",
      (p) => ({ ...p, delta: Number.POSITIVE_INFINITY }),
    ],
    ...halfPixels,
  ];
  yield {
    slug: "other-minimum",
    kind: "wrong",
    sentence: "It is another local minimum of the same cost",
    remedy: "try more starts, or give pose_init",
    tolerance,
    compared: (b) => reached(located[b].problem, b),
  };
  for (const [slug, sentence, remedy, change] of variants)
    yield {
      slug,
      kind: "wrong",
      sentence,
      remedy,
      tolerance,
      compared: (b) => reached(change(located[b].problem), b),
    };
  yield {
    slug: "unconverged-pose",
    kind: "wrong",
    sentence:
      "The solver stopped before it reached the minimum, which Newton reaches from its pose",
    remedy: "iterate until the gradient is rounding",
    tolerance: 0,
    compared: (b) => {
      const found = reached(located[b].problem, b);
      const { y } = located[b];
      return found && { error: poseDistance(found.array, y), array: y };
    },
  };
}

function inverted(y: Float64Array | null): Float64Array | null {
  if (!y) return null;
  const [R, t] = unpacked(y);
  const back = Float64Array.from(R, (_, k) => R[3 * (k % 3) + Math.floor(k / 3)]);
  const shift = [0, 1, 2].map(
    (i) => -(back[3 * i] * t[0] + back[3 * i + 1] * t[1] + back[3 * i + 2] * t[2]),
  );
  return packed(back, Float64Array.from(shift), null);
}

/** Other numbers that go by the name of a cost. */
export function* costExplanations(
  raw: readonly Float64Array[],
  located: readonly Located[],
): Generator<Attempt> {
  const at = (value: number, b: number) => ({
    error: Math.abs(raw[b][0] - value) / Math.abs(value || 1),
    array: Float64Array.of(value),
  });
  const costOf = (change: (p: AuditProblem) => AuditProblem, b: number): number => {
    const { n, x2d, x3d, w2d, K, delta } = change(located[b].problem);
    const [R, t] = unpacked(located[b].y);
    return reprojectionCost(n, x2d, x3d, w2d, K, R, t, delta);
  };
  const others: readonly (readonly [string, Kind, string, string, (b: number) => number])[] = [
    ["factor-2", "wrong", "It is Σρ, without the factor ½", "halve it", (b) => 2 * located[b].cost],
    ["factor-half", "wrong", "It is half the cost", "double it", (b) => located[b].cost / 2],
    [
      "sign-flipped",
      "wrong",
      "It has the opposite sign",
      "check the sign",
      (b) => -located[b].cost,
    ],
    [
      "mean-over-points",
      "convention",
      "It is averaged over the points, not summed",
      "multiply by N",
      (b) => located[b].cost / located[b].problem.n,
    ],
    [
      "mean-square-over-points",
      "convention",
      "It is the mean of squared residual norms",
      "multiply by N / 2",
      (b) => (2 * located[b].cost) / located[b].problem.n,
    ],
    [
      "root-mean-square",
      "convention",
      "It is the root mean square residual",
      "square it and multiply by N / 2",
      (b) => Math.sqrt((2 * located[b].cost) / located[b].problem.n),
    ],
    [
      "weights-ignored",
      "wrong",
      "The weights do not enter at all",
      "multiply each residual by its weight",
      (b) => costOf((p) => ({ ...p, w2d: p.w2d.map(() => 1) }), b),
    ],
    [
      "weights-taken-as-w2",
      "wrong",
      "w itself is the weight of a squared residual",
      "multiply residuals by w (CONV-4)",
      (b) => costOf((p) => ({ ...p, w2d: p.w2d.map(Math.sqrt) }), b),
    ],
    [
      "weights-squared-twice",
      "wrong",
      "Residuals are multiplied by w²",
      "square the weights once (CONV-4)",
      (b) => costOf((p) => ({ ...p, w2d: p.w2d.map((w) => w * w) }), b),
    ],
    [
      "threshold-ignored",
      "wrong",
      "The Huber threshold does not enter",
      "apply the robust kernel (ROB-1)",
      (b) => costOf((p) => ({ ...p, delta: Number.POSITIVE_INFINITY }), b),
    ],
    ...halfPixels.map(
      ([slug, sentence, remedy, change]) =>
        [slug, "wrong", sentence, remedy, (b: number) => costOf(change, b)] as const,
    ),
  ];
  for (const [slug, kind, sentence, remedy, value] of others)
    yield { slug, kind, sentence, remedy, tolerance: 0, compared: (b) => at(value(b), b) };
}
