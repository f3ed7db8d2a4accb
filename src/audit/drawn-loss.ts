/**
 * Method epropnp-mc where the code under audit draws its samples itself: what its loss and slopes estimate is
 * an integral (pose-integral.ts), and every mistake is seen on some samples of ours beside it.
 *
 *     quantity under a recipe = integral + (formula under the recipe − formula as it should be), over our samples
 *
 * The loss counts the mean of the weights; another constant is a convention, which slopes do not see.
 */
import type { Claims } from "../formats/claims.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import { type DrawnRecipe, drawnLossBank } from "./drawn-loss-bank.js";
import type { ExplicitMethod, Lift, Values } from "./explicit-method.js";
import { isGradient } from "./explicit-method.js";
import { ContractError, type Sizes } from "./methods.js";
import { monteCarloContract, monteCarloValues } from "./monte-carlo.js";
import { isIntegral, type PoseIntegral, poseIntegral } from "./pose-integral.js";
import { depthOnSeam, type PosedProblem, posedProblems, sight } from "./posed-problem.js";
import { liftedSamples } from "./sampled-problem.js";

/** One problem: y is the target. */
export interface DrawnProblem extends PosedProblem {
  readonly integral: () => PoseIntegral;
  readonly recipe: DrawnRecipe;
  /** How many samples the code draws. */
  readonly samples: number;
}

/** As many as published code draws: four times 128. */
const usualSamples = 512;
/** Proposals of our sampler, of which a number of samples is a multiple. */
const proposals = 4;
/** Other samplers lean by other amounts than ours: this many times ours is still put down to few samples. */
const margin = 2;

/** Samples of ours that the rounding of a formula is seen on, and those that mistakes are. */
const [few, many] = [32, 512];

export const drawnLossMethod: ExplicitMethod<DrawnRecipe, DrawnProblem> = {
  forward: "The code draws samples of its own: the truth is what their number tends to.",
  recipe: ({ convention }) => ({
    ...monteCarloContract,
    weightVariable: convention.weights ?? "w",
    evidence: "mean",
    summed: false,
    rotations: "surface",
  }),
  problems,
  inputs: ({ arrays, y }) => [...Object.values(arrays), y],
  sight,
  truthScalar: () => "double-double",
  values,
  differences:
    ({ integral }, lift) =>
    (quantity) =>
      isIntegral(quantity) ? [lift(integral().of(quantity).error)] : [],
  estimated: isIntegral,
  leaning: ({ integral, samples }, quantity) =>
    isIntegral(quantity)
      ? margin * integral().leaning(quantity, proposals * Math.ceil(samples / proposals))
      : 0,
  // A loss is a logarithm, small by accident: a tenth of this is less than log 2, by which conventions differ.
  least: (quantity) => (quantity === "loss" ? 6 : 0),
  seam({ arrays, y, zMin, integral, recipe }, quantity, _, u) {
    if (!isIntegral(quantity)) return null;
    const { failure } = integral();
    if (failure) return failure;
    if (quantity === "grad_w2d" && recipe.weightVariable === "w2" && arrays.w2d.includes(0))
      return "A weight is zero, and the slope by its square is no multiple of the slope by it.";
    return isGradient(quantity) && depthOnSeam(arrays, y, zMin, u)
      ? "A depth lies on z_min at the target: there the clamped cost has a kink."
      : null;
  },
  bank: drawnLossBank,
};

function problems(claims: Claims, sizes: Sizes): DrawnProblem[] {
  for (const quantity of Object.keys(claims.claim))
    if (quantity === "cost_samples" || quantity === "log_weights")
      throw new ContractError(`claim/${quantity}: expected input/pose_samples beside it, got none`);
  const recipe = drawnLossMethod.recipe(claims);
  const [samples] = claims.input.sample_count?.data ?? [usualSamples];
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new ContractError(`input/sample_count: expected a whole number from 1, got ${samples}`);
  return posedProblems(claims, sizes, "pose_gt").map((problem) => {
    let made: PoseIntegral | null = null;
    return {
      ...problem,
      recipe,
      samples,
      integral() {
        made ??= poseIntegral(problem, many);
        return made;
      },
    };
  });
}

function values<S extends Real<S>>(problem: DrawnProblem, lift: Lift<S>): Values<DrawnRecipe, S> {
  const formulas = new Map<number, ReturnType<typeof formulaOf<S>>>();
  const formula = (count: number) => {
    const made = formulas.get(count) ?? formulaOf(problem, count, lift);
    formulas.set(count, made);
    return made;
  };
  return (quantity, recipe, first) => {
    if (!isIntegral(quantity)) return formulaOf(problem, 0, lift)(quantity, recipe, first);
    const { integral } = problem;
    if (integral().failure) return new Array<S>(lengthOf(problem, quantity)).fill(lift(0));
    const count = sameRecipe(recipe, problem.recipe) ? few : many;
    const truth = inVariable(problem, quantity, integral().of(quantity).value);
    const usual = rememberedFormula(problem, count)(quantity);
    return formula(count)(quantity, recipe, first).map((v, k) =>
      v.plus(truth[k] - usual[k] + (quantity === "loss" ? constantOf(problem, recipe) : 0)),
    );
  };
}

/** What a loss is greater by for the measure of rotations, and for weights that are summed. */
function constantOf({ y, samples }: DrawnProblem, { summed, rotations }: DrawnRecipe): number {
  const surface = y.length === 4 ? 2 * Math.PI : 2 * Math.PI ** 2;
  const measure = { surface: 1, half: 1 / 2, one: 1 / surface }[rotations];
  return Math.log(measure) + (summed ? Math.log(samples) : 0);
}

/** The formula over so many of our samples. */
function formulaOf<S extends Real<S>>(problem: DrawnProblem, count: number, lift: Lift<S>) {
  const width = problem.y.length;
  const { poses, logDensities } = count > 0 ? problem.integral().some : none;
  const data = liftedSamples(
    {
      ...problem,
      batch: [],
      samples: Array.from({ length: Math.min(count, logDensities.length) }, (_, s) =>
        poses.subarray(s * width, (s + 1) * width),
      ),
      logProposal: logDensities.subarray(0, count),
    },
    lift,
  );
  return monteCarloValues(data, () => []);
}
const none = { poses: new Float64Array(0), logDensities: new Float64Array(0) };

/** The formula as it should be, over so many samples, in doubles. */
function rememberedFormula(problem: DrawnProblem, count: number) {
  const held = remembered.get(problem) ?? new Map<string, Float64Array>();
  remembered.set(problem, held);
  return (quantity: string): Float64Array => {
    const key = `${quantity} ${count}`;
    const found =
      held.get(key) ??
      Float64Array.from(formulaOf(problem, count, double)(quantity, problem.recipe), (v) =>
        v.toNumber(),
      );
    held.set(key, found);
    return found;
  };
}
const remembered = new WeakMap<DrawnProblem, Map<string, Float64Array>>();

/** A slope by w as one by w², where that is what is claimed. */
function inVariable({ arrays, recipe }: DrawnProblem, quantity: string, value: Float64Array) {
  if (quantity !== "grad_w2d" || recipe.weightVariable === "w") return value;
  return value.map((v, k) => (arrays.w2d[k] === 0 ? 0 : v / (2 * arrays.w2d[k])));
}

const lengthOf = ({ n }: DrawnProblem, quantity: string): number =>
  quantity === "loss" ? 1 : quantity === "grad_x3d" ? 3 * n : 2 * n;

const sameRecipe = (a: DrawnRecipe, b: DrawnRecipe): boolean =>
  (Object.keys(a) as (keyof DrawnRecipe)[]).every((name) => a[name] === b[name]);
