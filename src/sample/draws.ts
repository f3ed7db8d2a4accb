/**
 * Exact draws from the proposal densities.
 *
 *     t    = μ + √3 L p/(1 − x)        (x, p) uniform on S³
 *     q    = L u / ‖L u‖               u uniform on S³
 *     β    = μ + 2 atan(g tan(φ/2))    φ uniform on the circle, accepted with chance c e^(1−c),
 *            g² = (r − 2κ)/(r + 2κ),  c = r/(r + 2κ cos φ),  r = 1 + √(1 + 4κ²)
 *
 * p/(1 − x) is the stereographic projection of S³ onto R³, which changes volumes by ((1 + ‖p/(1 − x)‖²)/2)³:
 * just the inverse of the density of t with ν = 3. Uniform on S³ are two circles, of squared radii 1 − ε
 * and ε for a uniform ε. So neither draw takes a logarithm, a normal or a rejection. Published code draws
 * t = μ + L n √(3/c) and q = L n/‖L n‖ from normals n and c ~ χ²₃: those transforms are offered for
 * recorded numbers. The last is the rejection of Best and Fisher from a wrapped Cauchy density, with its
 * differences s − f, r − 2κ and 1 − f taken by hand: none of them cancels, at κ = 0 or at κ = 1e8.
 * Draws from a stream have the same bits on every machine.
 * Source: EQUATIONS EPRO-10, EPRO-11, EPRO-12; [BestFisher1979] doi:10.2307/2346732, [Tyler1987].
 */
import { stableArctangent, stableCosSin, stableLog } from "../random/elementary.js";
import type { Stream } from "../random/stream.js";

/** Where draws go: draw i starts at values[at + i·stride]. */
export interface Rows {
  readonly values: Float64Array;
  /** First entry of the first draw. */
  readonly at: number;
  /** From a draw to the next: 7 for a column of Q7 poses. */
  readonly stride: number;
}

export interface MixtureOptions {
  /** Share of the uniform density, in [0, 1]; 0.25. */
  readonly uniformShare?: number;
  /**
   * True, as published: the first `count · uniformShare` draws, rounded half to even, are uniform and
   * the rest are von Mises. Their average has the mixture's expectation, but no one of them is a draw
   * from the mixture. False by default: each draw decides for itself.
   */
  readonly stratified?: boolean;
}

/** Below this ‖L n‖ published code replaces a quaternion by (1, 0, 0, 0). */
export const publishedLeastNorm = 1e-6;

const circle = new Float64Array(2);
const shares = new Float64Array(3);
const SMALLEST = 1e-290;
const LARGEST = 1e290;

/**
 * Writes μ + L n √(3/c) to out[at … at + 2], for mean [3], scaleTril [9], normal [3] and c > 0.
 *
 * @throws RangeError if c is not positive or the sample is not finite.
 */
export function multivariateTSample(
  mean: Float64Array,
  scaleTril: Float64Array,
  normal: Float64Array,
  chiSquare: number,
  out: Float64Array,
  at = 0,
): void {
  if (!(chiSquare > 0))
    throw new RangeError(`multivariateTSample: expected chi-square > 0, got ${chiSquare}`);
  const spread = Math.sqrt(3 / chiSquare);
  for (let i = 0; i < 3; i++) {
    let sum = 0;
    for (let k = 0; k <= i; k++) sum += scaleTril[3 * i + k] * normal[k];
    out[at + i] = mean[i] + sum * spread;
    if (!Number.isFinite(out[at + i]))
      throw new RangeError(`multivariateTSample: expected finite inputs, got ${out[at + i]}`);
  }
}

/**
 * `count` draws from the trivariate t with 3 degrees of freedom, mean [3] and scaleTril [9].
 *
 * @throws RangeError if a diagonal entry of scaleTril is not positive, or an entry is not finite.
 */
export function multivariateTDraws(
  draw: Stream,
  count: number,
  mean: Float64Array,
  scaleTril: Float64Array,
  rows: Rows,
): void {
  checkDiagonal("multivariateTDraws", 3, scaleTril);
  const u = new Float64Array(4);
  const p = u.subarray(1);
  for (let i = 0; i < count; i++) {
    let square = 0;
    // The pole itself, less than one draw in 2¹⁰⁰, goes to infinity.
    while (!(square > 0)) {
      uniformOnSphere(draw, u);
      square = u[1] * u[1] + u[2] * u[2] + u[3] * u[3];
    }
    // 1 − x loses the digits that tell far draws apart; ‖p‖² = (1 − x)(1 + x) has them.
    const gap = u[0] > 0 ? square / (1 + u[0]) : 1 - u[0];
    multivariateTSample(mean, scaleTril, p, gap * gap, rows.values, rows.at + i * rows.stride);
  }
}

/**
 * Writes L n/‖L n‖ to out[at … at + 3], for scaleTril [16] and normal [4]. Where ‖L n‖ is below
 * `leastNorm`, or zero, it writes (1, 0, 0, 0) instead and returns false.
 *
 * @throws RangeError if ‖L n‖ is not finite.
 */
export function angularCentralGaussianSample(
  scaleTril: Float64Array,
  normal: Float64Array,
  out: Float64Array,
  at = 0,
  leastNorm = 0,
): boolean {
  const L = scaleTril;
  out[at] = L[0] * normal[0];
  out[at + 1] = L[4] * normal[0] + L[5] * normal[1];
  out[at + 2] = L[8] * normal[0] + L[9] * normal[1] + L[10] * normal[2];
  out[at + 3] = L[12] * normal[0] + L[13] * normal[1] + L[14] * normal[2] + L[15] * normal[3];
  const norm = length4(out, at);
  if (!(norm < Number.POSITIVE_INFINITY))
    throw new RangeError(`angularCentralGaussianSample: expected a finite |L n|, got ${norm}`);
  const sound = norm > 0 && norm >= leastNorm;
  for (let i = 0; i < 4; i++) out[at + i] = sound ? out[at + i] / norm : i === 0 ? 1 : 0;
  return sound;
}

/** ‖q‖ of q = values[at … at + 3], by operations that every machine rounds alike: not Math.hypot. */
function length4(values: Float64Array, at: number): number {
  const a = values[at];
  const b = values[at + 1];
  const c = values[at + 2];
  const d = values[at + 3];
  const square = a * a + b * b + c * c + d * d;
  if (square > SMALLEST && square < LARGEST) return Math.sqrt(square);
  // Scaled, so that no square overflows or vanishes.
  const largest = Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest;
  const e = a / largest;
  const f = b / largest;
  const g = c / largest;
  const h = d / largest;
  return largest * Math.sqrt(e * e + f * f + g * g + h * h);
}

/**
 * `count` draws from the angular central Gaussian on S³ with scaleTril [16].
 *
 * @throws RangeError if a diagonal entry of scaleTril is not in (1e-290, 1e290): a common factor of all
 * entries changes no draw; or if an entry is not finite.
 */
export function angularCentralGaussianDraws(
  draw: Stream,
  count: number,
  scaleTril: Float64Array,
  rows: Rows,
): void {
  checkDiagonal("angularCentralGaussianDraws", 4, scaleTril);
  const u = new Float64Array(4);
  for (let i = 0; i < count; i++) {
    const at = rows.at + i * rows.stride;
    do uniformOnSphere(draw, u);
    while (!angularCentralGaussianSample(scaleTril, u, rows.values, at));
  }
}

/** Writes a uniform draw from S³ to out [4]. */
function uniformOnSphere(draw: Stream, out: Float64Array): void {
  draw.uniforms(shares);
  const outer = Math.sqrt(1 - shares[0]);
  const inner = Math.sqrt(shares[0]);
  stableCosSin(shares[1], circle);
  out[0] = outer * circle[0];
  out[1] = outer * circle[1];
  stableCosSin(shares[2], circle);
  out[2] = inner * circle[0];
  out[3] = inner * circle[1];
}

/**
 * One draw from the von Mises density about zero with concentration κ, in [−π, π].
 *
 * @throws RangeError unless κ is finite and not negative.
 */
export function vonMisesDraw(draw: Stream, kappa: number): number {
  if (!(kappa >= 0 && kappa < LARGEST))
    throw new RangeError(`vonMisesDraw: expected a finite concentration >= 0, got ${kappa}`);
  // Beyond 1e8 the one is below half a last digit, and soon the square overflows.
  const root = kappa < 1e8 ? Math.sqrt(1 + 4 * kappa * kappa) : 2 * kappa;
  const least = 1 + 1 / (root + 2 * kappa);
  const greatest = 1 + root + 2 * kappa;
  const g = Math.sqrt(least / greatest);
  for (;;) {
    // φ/2 = π u − π/2 for u in [0, 1), of which these are sine and minus cosine.
    stableCosSin(0.5 * draw.uniform(), circle);
    const cosHalf = circle[1];
    const sinHalf = -circle[0];
    const c = (1 + root) / (least + 4 * kappa * cosHalf * cosHalf);
    const logC = c > 1 ? -stableLog(1 / c) : stableLog(c);
    if (stableLog(1 - draw.uniform()) <= logC + 1 - c)
      return 2 * stableArctangent(g * sinHalf, cosHalf);
  }
}

/**
 * `count` draws [rad], in [−π, π), from the von Mises density about `mean` mixed with the uniform one.
 *
 * @throws RangeError unless mean is finite, κ is finite and not negative, and the share in [0, 1].
 */
export function vonMisesMixtureDraws(
  draw: Stream,
  count: number,
  mean: number,
  kappa: number,
  rows: Rows,
  { uniformShare = 0.25, stratified = false }: MixtureOptions = {},
): void {
  if (!Number.isFinite(mean))
    throw new RangeError(`vonMisesMixtureDraws: expected a finite mean, got ${mean}`);
  if (!(uniformShare >= 0 && uniformShare <= 1))
    throw new RangeError(
      `vonMisesMixtureDraws: expected a uniform share in [0, 1], got ${uniformShare}`,
    );
  const centre = wrapped(mean);
  const uniforms = roundedHalfToEven(count * uniformShare);
  for (let i = 0; i < count; i++) {
    const uniform = stratified ? i < uniforms : draw.uniform() < uniformShare;
    const angle = uniform
      ? Math.PI * (2 * draw.uniform() - 1)
      : wrapped(centre + vonMisesDraw(draw, kappa));
    rows.values[rows.at + i * rows.stride] = angle;
  }
}

/** The angle in [−π, π) that is whole turns away. */
function wrapped(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
  // Rounding may leave the interval by a last digit.
  return turned < Math.PI ? Math.max(turned, -Math.PI) : -Math.PI;
}

function roundedHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function checkDiagonal(name: string, n: number, L: Float64Array): void {
  for (let i = 0; i < n; i++)
    if (!(L[i * (n + 1)] > SMALLEST && L[i * (n + 1)] < LARGEST))
      throw new RangeError(
        `${name}: expected scaleTril with a diagonal in (${SMALLEST}, ${LARGEST}), got ${L[i * (n + 1)]}`,
      );
}
