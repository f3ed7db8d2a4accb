/**
 * A network of one input and one output with a layer of tanh between: what a point's weight is of its
 * noise. Source: scene D2's learner, w = exp(y(log s) − 1).
 *
 *     y(u) = c + Σ_k b_k tanh(a_k u + d_k)
 */
import { stream } from "../random/stream.js";

export class LevelNetwork {
  /** a, d and b of each unit, then c. */
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;

  constructor(
    name: string,
    private readonly units = 16,
  ) {
    const draw = stream(`${name}/network`);
    this.parameters = new Float64Array(3 * units + 1);
    for (let k = 0; k < units; k++) {
      this.parameters[k] = draw.normal();
      this.parameters[units + k] = draw.normal();
      this.parameters[2 * units + k] = draw.normal() / units;
    }
    this.gradient = this.parameters.map(() => 0);
  }

  value(u: number): number {
    const { units, parameters: p } = this;
    let y = p[3 * units];
    for (let k = 0; k < units; k++) y += p[2 * units + k] * Math.tanh(p[k] * u + p[units + k]);
    return y;
  }

  /** Adds slope · ∂y/∂parameters at u to the gradient. */
  addGradient(u: number, slope: number): void {
    const { units, parameters: p, gradient: g } = this;
    for (let k = 0; k < units; k++) {
      const h = Math.tanh(p[k] * u + p[units + k]);
      const inner = slope * p[2 * units + k] * (1 - h * h);
      g[k] += inner * u;
      g[units + k] += inner;
      g[2 * units + k] += slope * h;
    }
    g[3 * units] += slope;
  }
}
