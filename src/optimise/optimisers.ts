/**
 * Optimisers by name. Each moves its parameters in place and is a function of nothing but the gradients it is
 * given. Source: EQUATIONS OPT-1..4, 7.
 */
import { adamUpdate, adamWUpdate } from "../kernels/adam.js";
import { descentUpdate } from "../kernels/gradient-descent.js";
import { centredGradient, lookAhead, rectifiedUpdate } from "../kernels/ranger.js";
import { rmspropUpdate } from "../kernels/rmsprop.js";
import type { GuardOptions } from "./gradient-guard.js";
import { checked, type Optimiser, optimiser, zeros } from "./optimiser.js";
import { checkedRange, type Parameter } from "./parameters.js";

interface SharedOptions extends GuardOptions {
  /** η [1e-3]. */
  readonly rate?: number;
  /** λ [0]. */
  readonly decay?: number;
}

export interface AdamOptions extends SharedOptions {
  /** β₁ [0.9] and β₂ [0.999], the memories of the moments. */
  readonly beta1?: number;
  readonly beta2?: number;
  /** ε [1e-8], added to √v̂. */
  readonly epsilon?: number;
}

/** Adam, its decay added to the gradient. @throws RangeError or TypeError on options out of range. */
export function adam(parameters: readonly Parameter[], options: AdamOptions = {}): Optimiser {
  return momentOptimiser("adam", adamUpdate, parameters, { decay: 0, ...options });
}

/** AdamW, its decay [0.01] taken from the parameters: they shrink at a gradient of zero too. */
export function adamW(parameters: readonly Parameter[], options: AdamOptions = {}): Optimiser {
  return momentOptimiser("adamW", adamWUpdate, parameters, { decay: 0.01, ...options });
}

function momentOptimiser(
  name: string,
  update: typeof adamUpdate,
  parameters: readonly Parameter[],
  options: AdamOptions & { readonly decay: number },
): Optimiser {
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay } = options;
  checkedMoments(name, beta1, beta2, epsilon, decay);
  const [m, v] = [zeros(checked(name, parameters)), zeros(parameters)];
  return optimiser(name, parameters, rate, options, (index, gradient, t, η) => {
    const { values } = parameters[index];
    update(values.length, t, η, beta1, beta2, epsilon, decay, gradient, m[index], v[index], values);
  });
}

export interface RmspropOptions extends SharedOptions {
  /** α [0.99], the memory of the mean square. */
  readonly alpha?: number;
  /** ε [1e-8], added to the root. */
  readonly epsilon?: number;
  /** μ [0]. */
  readonly momentum?: number;
  /** Divide by the deviation, not the root mean square [false]. */
  readonly centred?: boolean;
}

/** RMSprop [rate 1e-2]. @throws RangeError or TypeError on options out of range. */
export function rmsprop(parameters: readonly Parameter[], options: RmspropOptions = {}): Optimiser {
  const { rate = 1e-2, alpha = 0.99, epsilon = 1e-8, momentum = 0, decay = 0 } = options;
  const { centred = false } = options;
  checkedRange("rmsprop", "alpha", alpha, 0, 1);
  checkedRange("rmsprop", "momentum", momentum, 0, 1);
  checkedRange("rmsprop", "epsilon", epsilon, Number.MIN_VALUE, Infinity);
  checkedRange("rmsprop", "decay", decay, 0, Infinity);
  const [v, mean] = [zeros(checked("rmsprop", parameters)), zeros(parameters)];
  const velocity = zeros(parameters);
  return optimiser("rmsprop", parameters, rate, options, (index, gradient, _, η) => {
    const { values } = parameters[index];
    rmspropUpdate(
      ...([values.length, η, alpha, epsilon, momentum, decay, centred] as const),
      ...([gradient, v[index], mean[index], velocity[index], values] as const),
    );
  });
}

export interface DescentOptions extends SharedOptions {
  /** μ [0]. */
  readonly momentum?: number;
  /** Look ahead along the velocity [false]. */
  readonly nesterov?: boolean;
}

/** Gradient descent. @throws RangeError or TypeError on options out of range. */
export function gradientDescent(
  parameters: readonly Parameter[],
  options: DescentOptions = {},
): Optimiser {
  const { rate = 1e-3, momentum = 0, decay = 0, nesterov = false } = options;
  checkedRange("gradientDescent", "momentum", momentum, 0, 1);
  checkedRange("gradientDescent", "decay", decay, 0, Infinity);
  const velocity = zeros(checked("gradientDescent", parameters));
  return optimiser("gradientDescent", parameters, rate, options, (index, gradient, _, η) => {
    const { values } = parameters[index];
    descentUpdate(
      ...([values.length, η, momentum, decay, nesterov] as const),
      ...([gradient, velocity[index], values] as const),
    );
  });
}

export interface RangerOptions extends AdamOptions {
  /** ρ_t up to which the second moment is too young to be used [5]; at least 4. */
  readonly threshold?: number;
  /** Every how many steps the slow parameters follow [6], and by how much of the way [0.5]. */
  readonly lookAheadSteps?: number;
  readonly lookAheadShare?: number;
  /** Centre the gradients of tensors with two axes or more [true]. */
  readonly centralise?: boolean;
}

/** Ranger [β₁ 0.95, ε 1e-5]. @throws RangeError or TypeError on options out of range. */
export function ranger(parameters: readonly Parameter[], options: RangerOptions = {}): Optimiser {
  const { rate = 1e-3, beta1 = 0.95, beta2 = 0.999, epsilon = 1e-5, decay = 0 } = options;
  const { threshold = 5, lookAheadSteps = 6, lookAheadShare = 0.5, centralise = true } = options;
  checkedMoments("ranger", beta1, beta2, epsilon, decay);
  checkedRange("ranger", "threshold", threshold, 4, Infinity);
  checkedRange("ranger", "lookAheadSteps", lookAheadSteps, 1, Infinity);
  checkedRange("ranger", "lookAheadShare", lookAheadShare, 0, 1 + Number.EPSILON);
  const [m, v] = [zeros(checked("ranger", parameters)), zeros(parameters)];
  const slow = parameters.map(({ values }) => values.slice());
  const update = (index: number, gradient: Float64Array, t: number, η: number) => {
    const { values } = parameters[index];
    rectifiedUpdate(
      ...([values.length, t, η, beta1, beta2, epsilon, decay, threshold] as const),
      ...([gradient, m[index], v[index], values] as const),
    );
    if (t % lookAheadSteps === 0) lookAhead(values.length, lookAheadShare, slow[index], values);
  };
  const centre = (index: number, gradient: Float64Array) => {
    const { shape = [] } = parameters[index];
    if (centralise && shape.length > 1 && shape[0] > 0)
      centredGradient(shape[0], gradient.length / shape[0], gradient);
  };
  return optimiser("ranger", parameters, rate, options, update, centre);
}

function checkedMoments(
  name: string,
  beta1: number,
  beta2: number,
  epsilon: number,
  decay: number,
): void {
  checkedRange(name, "beta1", beta1, 0, 1);
  checkedRange(name, "beta2", beta2, 0, 1);
  checkedRange(name, "epsilon", epsilon, Number.MIN_VALUE, Infinity);
  checkedRange(name, "decay", decay, 0, Infinity);
}

/** The constants of training runs in the documents and their published code, by the optimiser's name. */
export const publishedOptimisers = {
  keypoints: { optimiser: "adam", rate: 1e-4, beta1: 0.9, beta2: 0.999 },
  zebra: { optimiser: "adam", rate: 2e-4 },
  denseCorrespondence: { optimiser: "rmsprop", rate: 1e-4, alpha: 0.99, notFinite: "skip-nan" },
  detector: { optimiser: "adamW", rate: 1e-4, decay: 1e-4, maxNorm: 5, notFinite: "zero" },
  gdr: { optimiser: "ranger", rate: 2e-4, decay: 1e-4 },
  sparse: { optimiser: "ranger", rate: 1e-4, decay: 1e-4 },
} as const;
