/**
 * Angular central Gaussian on S³ in doubles; see definitions/angular-central-gaussian.ts. L is
 * forward-substituted by hand, and one logarithm is taken of the whole product wherever it is a normal
 * double.
 */

const LOG_AREA = Math.log(2 * Math.PI * Math.PI);
const SMALLEST = 1e-290;
const LARGEST = 1e290;
/** Room for quaternions that were normalised in single precision. */
const OFF_SPHERE = 1e-6;

/** u = L⁻¹ q and its square, which as a value returned would be an object a pose. */
const whitened = new Float64Array(5);
const pulled = new Float64Array(4);

/** 2π², the surface measure of S³, on which each rotation lies twice. */
export function unitSphereArea(): number {
  return 2 * Math.PI * Math.PI;
}

/**
 * log of the density at the unit quaternion q = value[at … at + 3] with respect to the surface measure
 * of S³, for lower-triangular scaleTril [16].
 *
 * @throws RangeError if q is more than 1e-6 off the unit sphere, an entry is not finite, or a diagonal
 * entry of scaleTril is not positive.
 */
export function angularCentralGaussianLogDensity(
  value: Float64Array,
  scaleTril: Float64Array,
  at = 0,
): number {
  const L = scaleTril;
  whiten("angularCentralGaussianLogDensity", value, L, at);
  const s = whitened[4];
  const determinant = L[0] * L[5] * L[10] * L[15];
  const product = determinant * s * s;
  if (determinant > SMALLEST && product > SMALLEST && product < LARGEST)
    return -(LOG_AREA + Math.log(product));
  const logDeterminant = Math.log(L[0]) + Math.log(L[5]) + Math.log(L[10]) + Math.log(L[15]);
  const size = Math.log(Math.hypot(whitened[0], whitened[1], whitened[2], whitened[3]));
  return -(LOG_AREA + logDeterminant + 4 * size);
}

/**
 * Writes ∂/∂q of the log-density, as a function of degree −4 on R⁴ off zero, to gradient [4]; adding 4q
 * to it gives the part along the sphere.
 *
 * @throws RangeError as angularCentralGaussianLogDensity.
 */
export function angularCentralGaussianGradient(
  value: Float64Array,
  scaleTril: Float64Array,
  gradient: Float64Array,
  at = 0,
): void {
  whiten("angularCentralGaussianGradient", value, scaleTril, at);
  pull(scaleTril);
  for (let i = 0; i < 4; i++) gradient[i] = pulled[i];
}

/**
 * Writes the log-density's ∂/∂L to gradient [16], zero above the diagonal.
 *
 * @throws RangeError as angularCentralGaussianLogDensity.
 */
export function angularCentralGaussianScaleGradient(
  value: Float64Array,
  scaleTril: Float64Array,
  gradient: Float64Array,
  at = 0,
): void {
  const L = scaleTril;
  whiten("angularCentralGaussianScaleGradient", value, L, at);
  pull(L);
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) {
      const slope = j > i ? 0 : -pulled[i] * whitened[j];
      gradient[4 * i + j] = i === j ? slope - 1 / L[5 * i] : slope;
    }
}

/** Leaves −4/‖u‖² L⁻ᵀ u in `pulled`, u = L⁻¹ q as `whiten` left it. */
function pull(L: Float64Array): void {
  // The square of the norm may overflow where the norm does not.
  const size = Math.hypot(whitened[0], whitened[1], whitened[2], whitened[3]);
  for (let i = 3; i >= 0; i--) {
    let rest = (-4 / size) * (whitened[i] / size);
    for (let k = i + 1; k < 4; k++) rest -= L[4 * k + i] * pulled[k];
    pulled[i] = rest / L[5 * i];
  }
}

/** Leaves u = L⁻¹ q and ‖u‖² in `whitened` [5]. */
function whiten(name: string, q: Float64Array, L: Float64Array, at: number): void {
  const a = q[at];
  const b = q[at + 1];
  const c = q[at + 2];
  const d = q[at + 3];
  // Reciprocals wait for nothing: quotients would wait for each other.
  const u0 = a * (1 / L[0]);
  const u1 = (b - L[4] * u0) * (1 / L[5]);
  const u2 = (c - L[8] * u0 - L[9] * u1) * (1 / L[10]);
  const u3 = (d - L[12] * u0 - L[13] * u1 - L[14] * u2) * (1 / L[15]);
  whitened[0] = u0;
  whitened[1] = u1;
  whitened[2] = u2;
  whitened[3] = u3;
  whitened[4] = u0 * u0 + u1 * u1 + u2 * u2 + u3 * u3;
  const off = a * a + b * b + c * c + d * d - 1;
  if (!(off < OFF_SPHERE && off > -OFF_SPHERE))
    throw new RangeError(`${name}: expected a unit quaternion, got [${a}, ${b}, ${c}, ${d}]`);
  // Sound numbers leave at this test: a NaN or an infinity anywhere fails it.
  if (
    L[0] > 0 &&
    L[5] > 0 &&
    L[10] > 0 &&
    L[15] > 0 &&
    u0 - u0 + (u1 - u1) + (u2 - u2) + (u3 - u3) === 0
  )
    return;
  for (let i = 0; i < 4; i++)
    if (!(L[5 * i] > 0))
      throw new RangeError(`${name}: expected scaleTril with a positive diagonal, got ${L[5 * i]}`);
  throw new RangeError(
    `${name}: expected a finite L^-1 q, got [${whitened.subarray(0, 4).join(", ")}]`,
  );
}
