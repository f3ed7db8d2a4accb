import * as definedAcg from "../../src/definitions/angular-central-gaussian.js";
import * as definedGnomonic from "../../src/definitions/gnomonic.js";
import * as definedBessel from "../../src/definitions/log-bessel.js";
import * as definedT from "../../src/definitions/multivariate-t.js";
import * as definedYaw from "../../src/definitions/von-mises.js";
import * as acg from "../../src/kernels/angular-central-gaussian.js";
import * as gnomonic from "../../src/kernels/gnomonic.js";
import * as bessel from "../../src/kernels/log-bessel.js";
import * as t from "../../src/kernels/multivariate-t.js";
import * as yaw from "../../src/kernels/von-mises.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { bigRows, bigs, entries } from "../equations/big-truth.js";
import {
  concentrations,
  exponentSize,
  growth,
  logSize,
  scaleTrils,
  yaws,
} from "../equations/density-draws.js";
import type { CertifyCase, CertifySample } from "./case.js";

const paths = (name: string) => ({
  definition: `src/definitions/${name}.ts`,
  kernel: `src/kernels/${name}.ts`,
  spec: `spec/equations/${name}.spec.ts`,
});

function besselCase(
  name: string,
  order: 0 | 1,
  run: (kappa: number) => number,
  truth: (kappa: Big) => Big,
): CertifyCase {
  return {
    ...paths("log-bessel"),
    id: "EPRO-11",
    name,
    order,
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const [label, kappa] of concentrations(`certify/${name}`, perLabel))
        yield { label, values: [run(kappa)], truth: [truth(big(kappa))] };
    },
  };
}

/** A density of [v − μ] by a factor L: the logarithm, or a gradient by an entry or by L. */
function scaledCase(
  file: "multivariate-t" | "angular-central-gaussian" | "gnomonic",
  id: string,
  name: string,
  by: "log" | "value" | "factor",
  run: (value: Float64Array, mean: Float64Array, L: Float64Array) => ArrayLike<number>,
  truth: (value: Big[], mean: Big[], L: Big[][]) => Big | Big[] | Big[][],
): CertifyCase {
  const n = file === "angular-central-gaussian" ? 4 : 3;
  return {
    ...paths(file),
    id,
    name,
    order: by === "log" ? 0 : 1,
    scale: {
      log: "the sizes of its terms, the logarithm's being how far L⁻¹ makes a last digit grow",
      value: "its largest entry, times how far L⁻¹ and L⁻ᵀ make a last digit grow",
      factor: "the largest v_i u_j, times the same growth, and the largest 1/L_ii",
    }[by],
    *samples(perLabel = 20): Iterable<CertifySample> {
      for (const [label, value, mean, L] of scaleTrils(`certify/${name}`, n, perLabel)) {
        const exact = entries(truth(bigs(value), bigs(mean), bigRows(L, n)));
        const centred = file === "multivariate-t" ? value.map((x, i) => x - mean[i]) : value;
        const { whitened, pulled, squared, forward, back } = growth(n, L, centred);
        const slope = n === 3 ? 2 / (1 + squared / 3) : 4 / squared;
        const inverse = Math.max(...Array.from({ length: n }, (_, i) => 1 / L[i * (n + 1)]));
        yield {
          label,
          values: Array.from(run(value, mean, L)),
          truth: exact,
          scale: {
            log: logSize(n, L) + 6 * forward,
            value: slope * pulled * (back + 2 * forward),
            factor: slope * pulled * whitened * (back + 3 * forward) + inverse,
          }[by],
        };
      }
    },
  };
}

const written = (length: number, write: (out: Float64Array) => void): Float64Array => {
  const out = new Float64Array(length);
  write(out);
  return out;
};

/** EPRO-10 to EPRO-13. */
export const cases: readonly CertifyCase[] = [
  scaledCase(
    "multivariate-t",
    "EPRO-10",
    "multivariateTLogDensity",
    "log",
    (value, mean, L) => [t.multivariateTLogDensity(value, mean, L)],
    definedT.multivariateTLogDensity,
  ),
  scaledCase(
    "multivariate-t",
    "EPRO-10",
    "multivariateTGradient",
    "value",
    (value, mean, L) => written(3, (out) => t.multivariateTGradient(value, mean, L, out)),
    definedT.multivariateTGradient,
  ),
  scaledCase(
    "multivariate-t",
    "EPRO-10",
    "multivariateTScaleGradient",
    "factor",
    (value, mean, L) => written(9, (out) => t.multivariateTScaleGradient(value, mean, L, out)),
    definedT.multivariateTScaleGradient,
  ),
  besselCase("logBesselI0", 0, bessel.logBesselI0, definedBessel.logBesselI0),
  besselCase("logBesselI0Scaled", 0, bessel.logBesselI0Scaled, definedBessel.logBesselI0Scaled),
  besselCase("besselRatio", 1, bessel.besselRatio, definedBessel.besselRatio),
  besselCase(
    "besselRatioComplement",
    1,
    bessel.besselRatioComplement,
    definedBessel.besselRatioComplement,
  ),
  {
    ...paths("von-mises"),
    id: "EPRO-11",
    name: "vonMisesMixtureLogDensity",
    order: 0,
    scale:
      "the sum of its terms' sizes: |log 2π|, κ (1 − cos δ), and what rounding δ = β − μ moves",
    *samples(perLabel = 20) {
      for (const [label, [beta, mean, kappa, share]] of yaws("certify/vonMises", perLabel))
        yield {
          label,
          values: [yaw.vonMisesMixtureLogDensity(beta, mean, kappa, share)],
          truth: [
            definedYaw.vonMisesMixtureLogDensity(big(beta), big(mean), big(kappa), big(share)),
          ],
          scale: 2 + exponentSize(beta, mean, kappa),
        };
    },
  },
  {
    ...paths("von-mises"),
    id: "EPRO-11",
    name: "vonMisesMixtureGradient",
    order: 1,
    scale: "the sizes of its terms, times 1 + the size of the exponent",
    *samples(perLabel = 20) {
      for (const [label, [beta, mean, kappa, share]] of yaws("certify/vonMisesSlope", perLabel)) {
        const truth = definedYaw.vonMisesMixtureGradient(
          big(beta),
          big(mean),
          big(kappa),
          big(share),
        );
        const peak = Math.exp(
          yaw.vonMisesMixtureLogDensity(beta, mean, kappa, 0) + Math.log(2 * Math.PI),
        );
        const mixed = share + (1 - share) * peak;
        const moved = (0.5 * ((1 - share) * peak * kappa * Math.abs(beta - mean))) / mixed;
        const entry = Math.max(...truth.map((x) => Math.abs(x.toNumber())));
        const size = Math.max(entry, moved, (1 + peak) / mixed);
        yield {
          label,
          values: written(3, (out) => yaw.vonMisesMixtureGradient(beta, mean, kappa, share, out)),
          truth,
          scale: size * (1 + exponentSize(beta, mean, kappa)),
        };
      }
    },
  },
  scaledCase(
    "angular-central-gaussian",
    "EPRO-12",
    "angularCentralGaussianLogDensity",
    "log",
    (value, _, L) => [acg.angularCentralGaussianLogDensity(value, L)],
    (value, _, L) => definedAcg.angularCentralGaussianLogDensity(value, L),
  ),
  scaledCase(
    "angular-central-gaussian",
    "EPRO-12",
    "angularCentralGaussianGradient",
    "value",
    (value, _, L) => written(4, (out) => acg.angularCentralGaussianGradient(value, L, out)),
    (value, _, L) => definedAcg.angularCentralGaussianGradient(value, L),
  ),
  scaledCase(
    "angular-central-gaussian",
    "EPRO-12",
    "angularCentralGaussianScaleGradient",
    "factor",
    (value, _, L) => written(16, (out) => acg.angularCentralGaussianScaleGradient(value, L, out)),
    (value, _, L) => definedAcg.angularCentralGaussianScaleGradient(value, L),
  ),
  {
    ...paths("angular-central-gaussian"),
    id: "EPRO-4",
    name: "unitSphereArea",
    order: 0,
    *samples() {
      yield {
        label: "generic",
        values: [acg.unitSphereArea()],
        truth: [definedAcg.unitSphereArea(big(0))],
      };
    },
  },
  {
    ...paths("gnomonic"),
    id: "EPRO-13",
    name: "gnomonicCoordinates",
    order: 0,
    scale: "its largest entry, times how far ⟨q₀, q⟩ cancels",
    *samples(perLabel = 20) {
      for (let i = 0; i < perLabel; i++)
        for (const [label, reach] of [
          ["generic", 1],
          ["near the centre", 10 ** -(1 + (i % 14))],
        ] as const) {
          const draw = stream("certify/gnomonic").child(label).at(i);
          const centre = draw.unitQuaternion();
          const moved = centre.map((x) => (i % 2 ? -1 : 1) * (x + reach * draw.normal()));
          const q = moved.map((x) => x / Math.hypot(...moved));
          const terms = centre.map((x, k) => x * q[k]);
          const height = Math.abs(terms.reduce((sum, x) => sum + x));
          const cancelled = terms.reduce((sum, x) => sum + Math.abs(x), 0) / height;
          const truth = definedGnomonic.gnomonicCoordinates(bigs(q), bigs(centre));
          const delta = written(3, (out) => gnomonic.gnomonicCoordinates(q, centre, out));
          const scale = cancelled * Math.max(...truth.map((x) => Math.abs(x.toNumber())));
          yield { label, values: delta, truth, scale };
        }
    },
  },
  scaledCase(
    "gnomonic",
    "EPRO-13",
    "gnomonicLogDensity",
    "log",
    (value, _, L) => [gnomonic.gnomonicLogDensity(value, L)],
    (value, _, L) => definedGnomonic.gnomonicLogDensity(value, L),
  ),
];
