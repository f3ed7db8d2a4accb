import { expect, it } from "vitest";
import { angularCentralGaussianLogDensity } from "../../src/kernels/angular-central-gaussian.js";
import { multivariateTLogDensity } from "../../src/kernels/multivariate-t.js";
import { vonMisesMixtureLogDensity } from "../../src/kernels/von-mises.js";
import {
  angularCentralGaussianSample,
  multivariateTSample,
  publishedLeastNorm,
} from "../../src/sample/draws.js";
import { type RecordedArray, recorded, row } from "../solve/recorded.js";

const ε = Number.EPSILON;
const arrays = recorded("epro_dist");
const [draws, proposals] = arrays.t_logp.shape;
const flat = (name: string) => Float64Array.from(arrays[name].data);
const of = (name: string) => Array.from({ length: proposals }, (_, b) => row(arrays[name], b));
/** Every (sample, proposal), as the sample's row in the flat arrays and the proposal's index. */
const pairs = Array.from({ length: draws * proposals }, (_, k) => [k, k % proposals] as const);
const largest = (array: RecordedArray) => Math.max(...array.data.map(Math.abs));

it("the recording holds these arrays, each of which is compared with below", () =>
  expect(Object.keys(arrays).sort()).toEqual([
    ...["acg_logp", "acg_normal", "acg_sample", "acg_tril", "acg_value"],
    ...["t_chi2", "t_loc", "t_logp", "t_normal", "t_sample", "t_scale_tril", "t_value"],
    ...["vm_kappa", "vm_loc", "vm_logp", "vm_logp_exact", "vm_value"],
  ]));

it("multivariateTLogDensity(value, mean, L) is the recorded log-density", () => {
  const [value, truth] = [flat("t_value"), flat("t_logp")];
  const [mean, L] = [of("t_loc"), of("t_scale_tril")];
  for (const [k, b] of pairs) {
    // Both solve with L, whose recorded columns differ by up to 10² in size, and round at each step.
    const tolerance = 10 * 1e2 * ε * largest(arrays.t_logp);
    const ours = multivariateTLogDensity(value, mean[b], L[b], 3 * k);
    expect(Math.abs(ours - truth[k])).toBeLessThanOrEqual(tolerance);
  }
});

it("multivariateTSample(mean, L, normal, χ²) is the recorded sample", () => {
  const [normal, chiSquare, truth] = [flat("t_normal"), flat("t_chi2"), flat("t_sample")];
  const [mean, L] = [of("t_loc"), of("t_scale_tril")];
  const out = new Float64Array(3);
  for (const [k, b] of pairs) {
    multivariateTSample(mean[b], L[b], normal.slice(3 * k, 3 * k + 3), chiSquare[k], out);
    const size = Math.max(...mean[b].map(Math.abs), ...truth.slice(3 * k, 3 * k + 3).map(Math.abs));
    // Three products, two sums, a root, a quotient and a sum on either side.
    for (let i = 0; i < 3; i++)
      expect(Math.abs(out[i] - truth[3 * k + i])).toBeLessThanOrEqual(2 * 8 * ε * size);
  }
});

it("angularCentralGaussianLogDensity(q, L) is the recorded log-density", () => {
  const [value, truth, L] = [flat("acg_value"), flat("acg_logp"), of("acg_tril")];
  for (const [k, b] of pairs) {
    // As above, with four columns.
    const tolerance = 10 * 1e2 * ε * largest(arrays.acg_logp);
    const ours = angularCentralGaussianLogDensity(value, L[b], 4 * k);
    expect(Math.abs(ours - truth[k])).toBeLessThanOrEqual(tolerance);
  }
});

it("angularCentralGaussianSample(L, normal, …, 1e-6) is the recorded sample, replaced where it was", () => {
  const [normal, truth, L] = [flat("acg_normal"), flat("acg_sample"), of("acg_tril")];
  const out = new Float64Array(4);
  let replaced = 0;
  for (const [k, b] of pairs) {
    const n = normal.slice(4 * k, 4 * k + 4);
    if (!angularCentralGaussianSample(L[b], n, out, 0, publishedLeastNorm)) replaced++;
    // Four products and three sums, then a norm and a quotient, relative to the terms of L n.
    const terms = L[b].reduce((sum, l, j) => sum + Math.abs(l * n[j % 4]), 0);
    const norm = Math.hypot(...[0, 1, 2, 3].map((i) => dot(L[b].slice(4 * i, 4 * i + 4), n)));
    const growth = norm > 0 ? terms / norm : 1;
    for (let i = 0; i < 4; i++)
      expect(Math.abs(out[i] - truth[4 * k + i])).toBeLessThanOrEqual(2 * 9 * ε * growth);
  }
  expect(replaced).toBe(1);
});

it("vonMisesMixtureLogDensity(β, μ, κ) is the recorded log-density with the exact I₀", () => {
  const [value, truth] = [flat("vm_value"), flat("vm_logp_exact")];
  const [mean, kappa] = [flat("vm_loc"), flat("vm_kappa")];
  for (const [k, b] of pairs) {
    const ours = vonMisesMixtureLogDensity(value[k], mean[b], kappa[b]);
    // Published code takes κ cos and log I₀ apart: a few last digits of κ are lost between the two.
    expect(Math.abs(ours - truth[k])).toBeLessThanOrEqual(4 * ε * (4 + kappa[b]));
  }
});

it("vonMisesMixtureLogDensity(β, μ, κ) is the published one up to its polynomials for I₀", () => {
  const [value, truth] = [flat("vm_value"), flat("vm_logp")];
  const [mean, kappa] = [flat("vm_loc"), flat("vm_kappa")];
  // [AbramowitzStegun1964] 9.8.1 and 9.8.2 are good to 1.6e-7 of I₀, and to 1.9e-7 of e^κ/√κ, which is
  // √(2π) times I₀; the recording's own tolerance of 2e-6 is wider.
  const polynomial = Math.sqrt(2 * Math.PI) * 1.9e-7;
  for (const [k, b] of pairs) {
    const ours = vonMisesMixtureLogDensity(value[k], mean[b], kappa[b]);
    expect(Math.abs(ours - truth[k])).toBeLessThanOrEqual(polynomial + 4 * ε * (4 + kappa[b]));
  }
});

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, i) => sum + x * b[i], 0);
