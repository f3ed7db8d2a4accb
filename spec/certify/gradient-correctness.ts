import * as definition from "../../src/definitions/gradient-correctness.js";
import { projection } from "../../src/definitions/projection.js";
import * as kernel from "../../src/kernels/gradient-correctness.js";
import { projectionJacobian } from "../../src/kernels/projection.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs } from "../equations/big-truth.js";
import { views } from "../equations/camera-draws.js";
import { type CertifyCase, type CertifySample, generic } from "./case.js";

const paths = {
  definition: "src/definitions/gradient-correctness.ts",
  kernel: "src/kernels/gradient-correctness.ts",
  spec: "spec/equations/gradient-correctness.spec.ts",
};

/** Gradients, residuals and slopes of a projection: generic, and residuals nearly along the wrong side. */
function* draws(name: string, perLabel: number) {
  for (const label of [generic, "nearly level"])
    for (let i = 0; i < perLabel; i++) {
      const draw = stream(`certify/${name}`).child(label).at(i);
      const normals = (n: number) => Float64Array.from({ length: n }, () => draw.normal());
      const [g, P, r] = [normals(3), normals(6), normals(2)];
      const u = [0, 3].map((k) => P[k] * g[0] + P[k + 1] * g[1] + P[k + 2] * g[2]);
      const gap = 10 ** -(1 + (i % 12));
      if (label !== generic) r.set([-u[1] + gap * u[0], u[0] + gap * u[1]]);
      yield { label, g, P, r };
    }
}
const length = (v: Float64Array) => Math.hypot(...v);

/** LC-33 and LC-34. */
export const cases: readonly CertifyCase[] = [
  {
    ...paths,
    id: "LC-33",
    name: "pointSlope",
    order: 1,
    scale: "2 |g| |r| |P|",
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const { label, g, P, r } of draws("pointSlope", perLabel))
        yield {
          label,
          values: [kernel.pointSlope(g, r, P)],
          truth: [definition.pointSlope(bigs(g), bigs(r), bigRows(P, 3))],
          scale: 2 * length(g) * length(r) * length(P),
        };
    },
  },
  {
    ...paths,
    id: "LC-33",
    name: "keypointSlope",
    order: 1,
    scale: "2 |g| |r|",
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const { label, g: point, r } of draws("keypointSlope", perLabel)) {
        const g = point.slice(0, 2);
        yield {
          label,
          values: [kernel.keypointSlope(g, r)],
          truth: [definition.keypointSlope(bigs(g), bigs(r))],
          scale: 2 * length(g) * length(r),
        };
      }
    },
  },
  {
    ...paths,
    id: "LC-33",
    name: "pointErrorChange",
    order: 0,
    scale: "s (|x| + s), s = 2η|∂π/∂X||Rg|",
    *samples(perLabel = 20): Iterable<CertifySample> {
      let i = 0;
      for (const { label, X, K } of views("certify/pointErrorChange", perLabel)) {
        if (label !== generic) continue;
        const draw = stream("certify/pointErrorChange/step").at(i);
        const x = Float64Array.from(projection(bigs(X), bigRows(K, 3)), (pi) =>
          Math.fround(pi.toNumber() + 3 * draw.normal()),
        );
        const G = Float64Array.from({ length: 3 }, () => 0.1 * draw.normal());
        const eta = 10 ** -(1 + (i++ % 12));
        const J = new Float64Array(6);
        projectionJacobian(X, K, J);
        const s = 2 * eta * length(J) * length(G);
        yield {
          label,
          values: [kernel.pointErrorChange(x, X, K, G, eta)],
          truth: [definition.pointErrorChange(bigs(x), bigs(X), bigRows(K, 3), bigs(G), big(eta))],
          scale: s * (length(x) + s),
        };
      }
    },
  },
  {
    ...paths,
    id: "LC-33",
    name: "keypointErrorChange",
    order: 0,
    scale: "η|g| (2|r| + η|g|)",
    *samples(perLabel = 20): Iterable<CertifySample> {
      let i = 0;
      for (const { label, g: point, r } of draws("keypointErrorChange", perLabel)) {
        const [g, eta] = [point.slice(0, 2), 10 ** -(i++ % 12)];
        const step = eta * length(g);
        yield {
          label,
          values: [kernel.keypointErrorChange(g, r, eta)],
          truth: [definition.keypointErrorChange(bigs(g), bigs(r), big(eta))],
          scale: step * (2 * length(r) + step),
        };
      }
    },
  },
  {
    ...paths,
    id: "LC-34",
    name: "leverageBound",
    order: 0,
    scale: "the bound, times |P₁||P₂| / |P₁·P₂|: how far the two rows are from orthogonal",
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const { label, P } of draws("leverageBound", perLabel)) {
        const truth = definition.leverageBound(bigRows(P, 3));
        const mixed = Math.abs(P[0] * P[3] + P[1] * P[4] + P[2] * P[5]);
        yield {
          label,
          values: [kernel.leverageBound(P)],
          truth: [truth],
          scale: (truth.toNumber() * length(P.subarray(0, 3)) * length(P.subarray(3))) / mixed,
        };
      }
    },
  },
];
