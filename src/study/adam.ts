/**
 * Adam: one step of gradient descent whose parameters each have a step of about the same length.
 *
 *     m ← m + 0.1 (g − m),  v ← v + 0.001 (g² − v),  p ← p − rate m̂ / √v̂,  hats for 1 − βᵗ
 *
 * Source: [KingmaBa2015] Algorithm 1, β = 0.9 and 0.999, without its ε.
 */
export class Adam {
  private readonly mean: Float64Array;
  private readonly square: Float64Array;
  private steps = 0;

  /** Moves these parameters, in place. */
  constructor(
    private readonly parameters: Float64Array,
    private readonly rate: number,
  ) {
    this.mean = parameters.map(() => 0);
    this.square = parameters.map(() => 0);
  }

  /** One step against the gradient, its length scaled by `share`; a gradient that is not finite is left out. */
  step(gradient: Float64Array, share = 1): void {
    if (!gradient.every(Number.isFinite)) return;
    this.steps++;
    const [first, second] = [1 - 0.9 ** this.steps, 1 - 0.999 ** this.steps];
    for (let k = 0; k < gradient.length; k++) {
      this.mean[k] += 0.1 * (gradient[k] - this.mean[k]);
      this.square[k] += 0.001 * (gradient[k] ** 2 - this.square[k]);
      const size = Math.sqrt(this.square[k] / second);
      // A parameter that no gradient has reached stays.
      if (size > 0) this.parameters[k] -= (share * this.rate * this.mean[k]) / first / size;
    }
  }
}
