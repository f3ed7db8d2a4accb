import { expect, it } from "vitest";
import {
  linearCovarianceLossGradient as definedGradient,
  residualPull as definedPull,
} from "../../src/definitions/linear-covariance-gradient.js";
import {
  type Detachable,
  linearCovarianceLoss as definedLoss,
  detachable,
  paperDetached,
} from "../../src/definitions/linear-covariance-loss.js";
import {
  linearCovarianceLossGradient,
  residualPull,
} from "../../src/kernels/linear-covariance-gradient.js";
import {
  type LinearCovarianceOptions,
  linearCovarianceLoss,
} from "../../src/kernels/linear-covariance-loss.js";
import { publishedRobustification } from "../../src/kernels/linear-covariance-robust.js";
import { linearCovarianceWorkspace } from "../../src/kernels/linear-covariance-workspace.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, type Double, Dual, double } from "../../src/scalar/index.js";
import type { Real } from "../../src/scalar/real.js";
import {
  type CovarianceDraw,
  covarianceDraw,
  type DrawOptions,
  definedSettings,
  heldParts,
  liftedProblem,
  settings,
} from "./covariance-draws.js";

/** The condition of the scaled Hessian times the roundings of a few hundred sums. */
const tolerance = 1e5 * 200 * Number.EPSILON;
const exact = (x: number): Big => big(x);
const inputs = ["x2d", "x3d", "w2d"] as const;

/** dL along a direction of all inputs: by duals with detached parts held, and by the closed form. */
function bothWays<S extends Real<S>>(
  { flat }: CovarianceDraw,
  options: LinearCovarianceOptions,
  lift: (x: number) => S,
  name: string,
): { dual: number; closed: number; size: number } {
  const constant = (x: S) => new Dual(x, lift(0));
  const at = definedLoss(liftedProblem(flat, lift), definedSettings(options, lift));
  const gradient = definedGradient(liftedProblem(flat, lift), definedSettings(options, lift));
  const plain = liftedProblem(flat, (x) => constant(lift(x)));
  const draw = stream(name);
  let [closed, size] = [lift(0), 0];
  const moved = { ...plain };
  for (const input of inputs)
    moved[input] = plain[input].map((row, i) =>
      row.map((x, k) => {
        const direction = lift(draw.normal());
        const part = gradient[input][i][k].times(direction);
        closed = closed.plus(part);
        size += Math.abs(part.toNumber());
        return new Dual(x.a, direction);
      }),
    );
  const held = heldParts(at, options, constant);
  const value = definedLoss(
    moved,
    definedSettings(options, (x) => constant(lift(x))),
    held,
  );
  return { dual: value.loss.b.toNumber(), closed: closed.toNumber(), size };
}

const without = (...parts: Detachable[]) => paperDetached.filter((p) => !parts.includes(p));
const valid = Float64Array.of(1, 0, 1, 1, 0.5, 1);
const robust = publishedRobustification;
/** Tight enough for every branch to be taken by some of six points. */
const close = { ...robust, maxLength: 3, residualFactor: 1, weightFactor: 0.5 };

/** Everything that can be switched, by name. */
const variants: Record<string, [Partial<LinearCovarianceOptions>, DrawOptions?]> = {
  paper: [{}],
  gaussian: [{ form: "gaussian", reduction: "sum" }],
  "corners in the image": [{}, { representation: "corners-2d" }],
  "a quaternion": [{ reduction: "sum" }, { representation: "quaternion" }],
  "a rotation vector": [{ reduction: "sum" }, { representation: "axis-angle" }],
  "two columns": [{ reduction: "sum", form: "gaussian" }, { representation: "two-column" }],
  C0: [{ detached: [...paperDetached, "covarianceResidual"] }],
  C1: [{ detached: [...paperDetached, "covarianceWeights"] }],
  C2: [{ terms: ["prior", "linear"] }],
  C3: [{ terms: ["prior", "covariance"] }],
  C4: [{ terms: ["covariance", "linear"] }],
  "weights held in E_prior": [{ detached: [...paperDetached, "priorWeights"] }],
  "weights held in E_linear": [{ detached: [...paperDetached, "linearWeights"] }],
  "r free in E_linear": [{ detached: without("linearResidual") }],
  "J free": [{ detached: without("linearisation") }],
  "nothing held": [{ detached: [] }],
  "everything held": [{ detached: detachable }],
  "squared weights": [{ weights: "squared" }],
  "an observed Hessian": [{ hessian: "observed" }],
  "an observed Hessian, J free": [{ hessian: "observed", detached: without("linearisation") }],
  published: [{ robust, failure: "identity", zMin: 0.1 }],
  "published, tightly": [{ robust: close }, { valid }],
  "published, masked": [{ robust, maskWeights: true }, { valid }],
  "published, thresholds free": [{ robust: close, detached: without("thresholds") }, { valid }],
  "published, nothing held": [{ robust: { ...close, clamp: "true" }, detached: [] }, { valid }],
  "published, squared weights": [
    { robust: close, weights: "squared", detached: without("thresholds") },
  ],
  "depths held": [{ robust, zMin: 1.4, failure: "identity" }, { n: 10 }],
  "depths held, J free": [{ zMin: 1.4, detached: without("linearisation") }, { n: 10 }],
};

for (const [name, [changes, drawing]] of Object.entries(variants))
  it(`linearCovarianceLossGradient(problem, ${name}) is the slope of the loss with the rest held`, () => {
    const options = settings(changes);
    const draw = covarianceDraw(stream(`slope ${name}`), { n: 6, noise: 4, ...drawing });
    const { dual, closed, size } = bothWays<Double>(draw, options, double, name);
    expect(Math.abs(dual - closed)).toBeLessThanOrEqual(tolerance * size);
  });

for (const name of ["paper", "published", "nothing held"])
  it(`linearCovarianceLossGradient(problem, ${name}) is that slope to 60 digits`, () => {
    const [changes] = variants[name];
    const draw = covarianceDraw(stream("deep slope"), { n: 4, noise: 4 });
    const { dual, closed, size } = bothWays<Big>(draw, settings(changes), exact, name);
    // Both are rounded to doubles once.
    expect(Math.abs(dual - closed)).toBeLessThanOrEqual(2 * Number.EPSILON * size);
  });

/** Loss, gradient and pulls of the kernel. */
function computed(draw: CovarianceDraw, options: LinearCovarianceOptions) {
  const { flat } = draw;
  const at = linearCovarianceWorkspace(flat.n, flat.rows);
  expect(linearCovarianceLoss(flat, options, at)).toBe(true);
  // Where depths are held, some are and some are not; a Hessian is never substituted unseen.
  expect(at.curved[0] > 0 && at.curved[0] < flat.n).toBe(options.zMin > 1);
  expect(at.substituted[0]).toBe(0);
  const gradient = {
    x2d: new Float64Array(2 * flat.n),
    x3d: new Float64Array(3 * flat.n),
    w2d: new Float64Array(2 * flat.n),
  };
  linearCovarianceLossGradient(flat, options, at, gradient);
  const pull = new Float64Array(2 * flat.n);
  residualPull(flat, options, at, pull);
  return { errors: at.errors, gradient, pull };
}

for (const [name, [changes, drawing]] of Object.entries(variants))
  it(`kernel and definition agree on ${name}`, () => {
    const options = settings(changes);
    const draw = covarianceDraw(stream(`agree ${name}`), { n: 6, noise: 4, ...drawing });
    const { errors, gradient, pull } = computed(draw, options);
    const problem = liftedProblem(draw.flat, double);
    const at = definedLoss(problem, definedSettings(options, double));
    const by = definedGradient(problem, definedSettings(options, double));
    const near = (got: ArrayLike<number>, wanted: readonly Double[]) => {
      const scale = Math.max(...wanted.map((x) => Math.abs(x.toNumber())));
      expect(got.length).toBe(wanted.length);
      for (const [k, x] of wanted.entries())
        expect(Math.abs(got[k] - x.toNumber())).toBeLessThanOrEqual(tolerance * scale);
    };
    near([...errors].slice(1), [at.priorError, at.covarianceError, at.linearError]);
    near([errors[0]], [at.loss]);
    for (const input of inputs) near(gradient[input], by[input].flat());
    near(pull, definedPull(problem, definedSettings(options, double)).flat());
  });

it("residualPull(problem) times the residual is the gradient by pixels, and never negative (S-17.7)", () => {
  for (let i = 0; i < 10; i++) {
    const draw = covarianceDraw(stream("pull").at(i), { n: 8 });
    const { gradient, pull } = computed(draw, settings());
    const at = linearCovarianceWorkspace(draw.flat.n, draw.flat.rows);
    linearCovarianceLoss(draw.flat, settings(), at);
    pull.forEach((c, k) => {
      expect(c).toBeGreaterThanOrEqual(0);
      expect(Math.abs(gradient.x2d[k] - c * at.r[k])).toBeLessThanOrEqual(
        4 * Number.EPSILON * Math.abs(gradient.x2d[k]),
      );
    });
  }
});

it("linearCovarianceLossGradient(problem) is exactly zero where the table of LC-19 says so (S-17.6)", () => {
  const draw = covarianceDraw(stream("table"));
  const flat = (g: { x2d: Float64Array; x3d: Float64Array; w2d: Float64Array }) => g;
  const only = (term: "covariance" | "prior" | "linear", ...held: Detachable[]) =>
    flat(
      computed(draw, settings({ terms: [term], detached: [...paperDetached, ...held] })).gradient,
    );
  const zero = (values: Float64Array) => values.every((v) => v === 0);
  const each = (values: Float64Array) => values.every((v) => v !== 0);
  const covariance = only("covariance");
  expect([covariance.x2d, covariance.x3d, covariance.w2d].every(each)).toBe(true);
  for (const term of ["prior", "linear"] as const) {
    expect(zero(only(term).x2d) && zero(only(term).x3d)).toBe(true);
    expect(each(only(term).w2d)).toBe(true);
    expect(zero(only(term, `${term}Weights`).w2d)).toBe(true);
  }
  expect(zero(only("covariance", "covarianceWeights").w2d)).toBe(true);
  expect(zero(only("covariance", "covarianceResidual").x3d)).toBe(true);
});

it("linearCovarianceLossGradient(problem) of 64 digits is what the kernel has of it", () => {
  const options = settings();
  const draw = covarianceDraw(stream("truth"), { n: 4, noise: 3 });
  const { gradient } = computed(draw, options);
  const truth = definedGradient(liftedProblem(draw.flat, exact), definedSettings(options, exact));
  for (const input of inputs) {
    const wanted = truth[input].flat().map((x) => x.toNumber());
    const scale = Math.max(...wanted.map(Math.abs));
    for (const [k, x] of wanted.entries())
      expect(Math.abs(gradient[input][k] - x)).toBeLessThanOrEqual(tolerance * scale);
  }
});
