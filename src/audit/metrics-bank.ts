/** The bank of explanations for errors between poses, as data. */
import type { Change } from "./explicit-method.js";
import {
  isLength,
  type MetricName,
  type MetricRecipe,
  metricContract,
  seesPixels,
  seesPoints,
  seesRotations,
  seesSymmetries,
} from "./metrics-recipe.js";

/** A switch that leaves its place in the contract, for the quantities that see it. */
const switched =
  <Name extends keyof MetricRecipe>(
    name: Name,
    value: MetricRecipe[Name],
    applies: (quantity: string) => boolean,
  ) =>
  (recipe: MetricRecipe, quantity: string): MetricRecipe | null =>
    recipe.instead === null && recipe[name] === metricContract[name] && applies(quantity)
      ? { ...recipe, [name]: value }
      : null;

const is =
  (...names: MetricName[]) =>
  (quantity: string): boolean =>
    (names as string[]).includes(quantity);
const seesPositions = (quantity: string): boolean => !seesRotations(quantity);

/** Units: the number is right, and is written in another one. */
const units: Change<MetricRecipe>[] = (
  [
    ["millimetres-for-metres", 1000],
    ["metres-for-millimetres", 1 / 1000],
    ["centimetres-for-metres", 100],
    ["metres-for-centimetres", 1 / 100],
    ["millimetres-for-centimetres", 10],
    ["centimetres-for-millimetres", 1 / 10],
  ] as const
).map(([slug, times]) => ({
  slug,
  kind: "convention",
  sentence: `it is ${times} times as large: ${slug.replaceAll("-", " ")}`,
  remedy: "give poses, points and errors in one unit, and state the convention length",
  change: (recipe, quantity) => (isLength(quantity) ? recipe : null),
  factor: () => times,
}));

const conventions: Change<MetricRecipe>[] = [
  ...units,
  {
    slug: "radians-for-degrees",
    kind: "convention",
    sentence: "the angle is in radians",
    remedy: "multiply by 180/π, or claim it as ad",
    change: (recipe, quantity) => (quantity === "re_deg" ? recipe : null),
    factor: () => Math.PI / 180,
  },
  {
    slug: "degrees-for-radians",
    kind: "convention",
    sentence: "the angle is in degrees",
    remedy: "multiply by π/180, or claim it as re_deg",
    change: (recipe, quantity) => (quantity === "ad" ? recipe : null),
    factor: () => 180 / Math.PI,
  },
  {
    slug: "position-guard",
    kind: "convention",
    sentence: "‖t_gt‖ + 10⁻⁷ is divided by, as published",
    remedy: "divide by ‖t_gt‖ (REPRO-M1)",
    change: switched("divisor", "guarded", is("npe")),
  },
  {
    slug: "arccosine-of-trace",
    kind: "convention",
    sentence:
      "the angle is the arc cosine of ½(tr R̂Rᵀ − 1), which is another number where R̂ or R is no rotation",
    remedy: "take it from the sine too, by the arc tangent, and give rotations in full precision",
    change: switched("angle", "arccosine", seesRotations),
  },
  {
    slug: "share-of-diameter",
    kind: "convention",
    sentence: "it is a share of the diameter",
    remedy: "multiply by the diameter",
    change: switched("share", "diameter", isLength),
  },
  {
    slug: "scaled-to-640-pixels",
    kind: "convention",
    sentence: "it is multiplied by 640 over the image width",
    remedy: "give the error in pixels, and scale its thresholds (BOP-M2)",
    change: switched("share", "640-pixels", seesPixels),
  },
  {
    slug: "share-of-image-width",
    kind: "convention",
    sentence: "it is divided by the image width",
    remedy: "give the error in pixels",
    change: switched("share", "image-width", seesPixels),
  },
];

/** What poses, points and camera were taken for. */
const inputs: Change<MetricRecipe>[] = [
  ...(
    [
      [
        "missing-transpose",
        "transposed",
        "transposed",
        "a transpose is missing: v R for R v, R̂ R for R̂ Rᵀ",
      ],
      ["estimate-transposed", "transposed", "given", "the estimated rotation is transposed"],
      ["truth-transposed", "given", "transposed", "the true rotation is transposed"],
      [
        "poses-inverted",
        "inverse",
        "inverse",
        "both poses are inverted: object and camera are exchanged",
      ],
      ["estimate-inverted", "inverse", "given", "the estimated pose is inverted"],
      ["truth-inverted", "given", "inverse", "the true pose is inverted"],
    ] as const
  ).map(
    ([slug, estimate, truth, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "map points by X = R z + t, and take the angle of R̂ Rᵀ (CONV-1, REPRO-M2)",
      change(recipe, quantity) {
        if (recipe.estimate !== "given" || recipe.truth !== "given") return null;
        // One turn transposed is as good as the other for an angle, and both are none.
        if (seesRotations(quantity))
          return slug === "missing-transpose" ? { ...recipe, estimate } : null;
        const turnsAlone = estimate !== "inverse" && truth !== "inverse";
        return turnsAlone && !seesPoints(quantity) ? null : { ...recipe, estimate, truth };
      },
    }),
  ),
  ...([1000, 0.001] as const).map(
    (points): Change<MetricRecipe> => ({
      slug: points > 1 ? "points-in-millimetres" : "points-in-metres",
      kind: "wrong",
      sentence: `points are taken ${points} times as long as translations are`,
      remedy: "bring points and translations to one unit before they are added",
      change: switched("points", points, seesPoints),
    }),
  ),
  ...(
    [
      ["camera-ignored", "none", "points are divided by their depth, and K is left out"],
      ["focal-lengths-swapped", "swapped", "the two focal lengths are exchanged"],
      ["camera-transposed", "transposed", "K is transposed"],
      ["perspective-ignored", "undivided", "K X is not divided by its depth"],
    ] as const
  ).map(
    ([slug, camera, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "project by (K X)₁₂ / (K X)₃ (GEO-13)",
      change: switched("camera", camera, seesPixels),
    }),
  ),
  ...(
    [
      ["symmetries-ignored", "none", "symmetries of the model are left out"],
      ["symmetries-of-camera", "of-camera", "symmetries are applied in the camera's frame, as S P"],
      ["symmetry-offsets-ignored", "without-offsets", "of symmetries only the rotations are used"],
    ] as const
  ).map(
    ([slug, symmetries, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "take the least error over P S, S all symmetries with their offsets (SYM-1)",
      change: switched("symmetries", symmetries, seesSymmetries),
    }),
  ),
];

/** How differences become a number. */
const formulas: Change<MetricRecipe>[] = [
  {
    slug: "estimate-to-truth",
    kind: "wrong",
    sentence: "estimated points look for the nearest true one, the other way round",
    remedy: "let every true point look for its nearest estimated one (LM-M1)",
    change: switched("direction", "estimate to truth", is("adds")),
  },
  ...(
    [
      ["max-for-mean", "max", "the greatest distance is taken, not the mean"],
      ["mean-for-max", "mean", "the mean distance is taken, not the greatest"],
      ["median-distance", "median", "the median of the distances is taken"],
      ["sum-of-distances", "sum", "distances are summed over the points"],
      ["root-mean-square", "root-mean-square", "it is the root of the mean of squared distances"],
      ["norm-of-all-points", "root-of-sum", "it is one norm over all points at once"],
    ] as const
  ).map(
    ([slug, gathering, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "take the mean of distances (add, adds, proj), or the maximum (mssd, mspd)",
      change(recipe, quantity) {
        const own = seesSymmetries(quantity) ? "max" : "mean";
        return gathering === own
          ? null
          : switched("gathering", gathering, seesPoints)(recipe, quantity);
      },
    }),
  ),
  {
    slug: "squared-distances",
    kind: "wrong",
    sentence: "distances are squared",
    remedy: "take the root of each before they are gathered",
    change: switched("distance", "squared", seesPositions),
  },
  {
    slug: "sum-of-coordinates",
    kind: "wrong",
    sentence: "absolute differences of coordinates are added, which is no length",
    remedy: "take the root of the sum of squares",
    change: switched("distance", "manhattan", seesPositions),
  },
  ...(
    [
      ["normalised-by-estimate", "estimate", "it is divided by ‖t_est‖"],
      ["normalised-by-depth", "depth", "it is divided by the depth of the truth"],
      ["not-normalised", "one", "it is not divided by ‖t_gt‖: it is te"],
    ] as const
  ).map(
    ([slug, divisor, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "divide by ‖t_gt‖ (REPRO-M1)",
      change: switched("divisor", divisor, is("npe")),
    }),
  ),
  ...(
    [
      ["chordal-distance", "chord", "it is ‖R̂ − R‖, which is 2√2 sin(θ/2)"],
      ["norm-of-logarithm", "logarithm-norm", "it is ‖log R̂Rᵀ‖ over all nine entries, √2 θ"],
    ] as const
  ).map(
    ([slug, angle, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "take the angle itself (REPRO-M2)",
      change: switched("angle", angle, seesRotations),
    }),
  ),
  ...(
    [
      ["add-s-for-add", "add", "adds", "points are met by the nearest one: it is ADD-S"],
      ["add-for-add-s", "adds", "add", "points are met by themselves: it is ADD"],
    ] as const
  ).map(
    ([slug, quantity, instead, sentence]): Change<MetricRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: "keep ADD-S for symmetric objects, and say which those are (LM-M1)",
      change: switched("instead", instead, is(quantity)),
    }),
  ),
];

/** Every explanation, the least grave first. */
export const metricBank: readonly Change<MetricRecipe>[] = [...conventions, ...inputs, ...formulas];
