import { type Chart, tangentSize } from "../../src/conventions/chart.js";
import { type ProjectionDerivatives, poseDerivativesAt } from "../../src/kernels/pose-jacobian.js";
import { rotation } from "../../src/kernels/rodrigues.js";
import { stream } from "../../src/random/stream.js";
import { camera, freeCamera } from "./camera-draws.js";

/** A pose, a point it shows and a camera, flat. */
export interface Sight {
  readonly label: string;
  readonly omega: Float64Array;
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly z: Float64Array;
  readonly K: Float64Array;
}

/** `count` sights of each kind: generic, and turns 10⁻¹ … 10⁻¹⁵ off 0 and π, and on them. */
export function* sights(name: string, count: number): Generator<Sight> {
  for (let i = 0; i < count; i++) {
    const draw = stream(name).at(i);
    const gap = i === 0 ? 0 : 10 ** -(1 + ((i - 1) % 15));
    const turns: [string, number][] = [
      ["generic", Math.PI * draw.uniform()],
      ["theta near 0", gap],
      ["theta near pi", Math.PI - gap],
    ];
    for (const [label, angle] of turns) {
      const omega = draw.sphere(new Float64Array(3)).map((x) => angle * x);
      const R = new Float64Array(9);
      rotation(omega, R);
      const z = Float64Array.from({ length: 3 }, () => draw.normal());
      const t = Float64Array.of(draw.normal(), draw.normal(), 4 + 3 * draw.uniform());
      yield { label, omega, R, t, z, K: (i % 2 ? camera : freeCamera)(draw) };
    }
  }
}

/** Arrays for everything that projectionDerivatives writes in a chart. */
export function derivativeArrays(chart: Chart): ProjectionDerivatives {
  const d = tangentSize(chart);
  return {
    value: new Float64Array(2),
    y: new Float64Array(2 * d),
    z: new Float64Array(6),
    K: new Float64Array(18),
    yy: new Float64Array(2 * d * d),
    yz: new Float64Array(6 * d),
    yK: new Float64Array(18 * d),
  };
}

/** The motion of a pose in a chart, in an array of its own. */
export function motionAt(chart: Chart, R: Float64Array, t: Float64Array): Float64Array {
  const motion = new Float64Array(48);
  poseDerivativesAt(chart, R, t, motion);
  return motion;
}
