import { rotation } from "../../src/kernels/rodrigues.js";
import { stream } from "../../src/random/stream.js";
import type { Big } from "../../src/scalar/index.js";
import { entries } from "../equations/big-truth.js";
import { type CertifyCase, generic } from "./case.js";

type Nested = Big | readonly Nested[];

/** One aimed input: a rotation vector and what else a kernel of the family may ask for. */
export interface Draw {
  readonly label: string;
  /** ω [3] and Exp ω [9] as doubles. */
  readonly omega: Float64Array;
  readonly R: Float64Array;
  /** Unit quaternion of ω [4], of either sign. */
  readonly q: Float64Array;
  /** A vector, a point or a translation [3], and another one. */
  readonly v: Float64Array;
  readonly u: Float64Array;
  /** How far this draw lies from its seam, between 1e-16 and 0.1; 1 if generic. */
  readonly gap: number;
}

const perSeam = 20;
const angles: Record<string, (gap: number, uniform: number) => number> = {
  [generic]: (_, uniform) => uniform * Math.PI,
  "theta near 0": (gap) => gap,
  "theta near pi": (gap) => Math.PI - gap,
  "beyond pi": (gap, uniform) => Math.PI + (uniform < 0.5 ? gap : 4 * (uniform - 0.5)),
  "on a seam": (_, uniform) => [0, Math.PI, Math.sqrt(10), 1][Math.floor(4 * uniform)],
};

/** Aimed draws of a family, the same ones at every call. `labels` picks some of the seams. */
export function* draws(name: string, perLabel = perSeam, labels?: string[]): Generator<Draw> {
  for (const [label, angle] of Object.entries(angles)) {
    if (labels && label !== generic && !labels.includes(label)) continue;
    for (let i = 0; i < Math.min(perLabel, perSeam); i++) {
      const draw = stream("spec/certify").child(name).child(label).at(i);
      const gap = label === generic ? 1 : 10 ** (-16 + 15 * ((i * 7) % perSeam) * (1 / perSeam));
      const theta = angle(gap, draw.uniform());
      const axis = draw.sphere();
      const omega = axis.map((x) => theta * x);
      const R = new Float64Array(9);
      rotation(omega, R);
      const sign = draw.uniform() < 0.5 ? -1 : 1;
      const [w, s] = [sign * Math.cos(theta / 2), sign * Math.sin(theta / 2)];
      const q = Float64Array.of(w, s * axis[0], s * axis[1], s * axis[2]);
      const [v, u] = [draw.sphere(), draw.sphere()];
      yield { label, omega, R, q, v: v.map((x) => 2 * x), u, gap };
    }
  }
}

/** What a case of the family says: how to run the kernel and the definition on one draw. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly order?: 0 | 1 | 2;
  /** Seams that mean something to this kernel; all by default. */
  readonly labels?: string[];
  /** What the seam is called here, if the gap of a draw stands for another distance than θ. */
  readonly seam?: string;
  /** Entries written by `kernel`. */
  readonly length: number;
  readonly kernel: (draw: Draw, out: Float64Array) => unknown;
  readonly definition: (draw: Draw) => Nested;
  /** Size of the terms, where entries may all cancel, and its name. */
  readonly scale?: readonly [string, (draw: Draw) => number];
}

/** The case of one kernel of src/kernels/`file`.ts, checked by spec/equations/`file`.spec.ts. */
export function rotationCase(file: string, subject: Subject): CertifyCase {
  const { id, name, order = 0, length, kernel, definition, labels, seam, scale } = subject;
  return {
    id,
    name,
    order,
    definition: `src/definitions/${file}.ts`,
    kernel: `src/kernels/${file}.ts`,
    spec: `spec/equations/${file}.spec.ts`,
    ...(scale ? { scale: scale[0] } : {}),
    *samples(perLabel) {
      for (const draw of draws(name, perLabel, labels)) {
        const values = new Float64Array(length).fill(Number.NaN);
        kernel(draw, values);
        const truth = entries(definition(draw));
        const label = draw.label === generic ? generic : (seam ?? draw.label);
        yield { label, values, truth, ...(scale ? { scale: scale[1](draw) } : {}) };
      }
    },
  };
}
