/** Laplace negative log-likelihood: kernel of ../definitions/laplace-likelihood.ts, in doubles. */

/** L. @throws RangeError unless b > 0. */
export function laplaceLikelihood(e: number, b: number): number {
  checkScale("laplaceLikelihood", b);
  return Math.log(b) + Math.abs(e) / b;
}

/** ∂L/∂b. @throws RangeError unless b > 0. */
export function laplaceLikelihoodScaleSlope(e: number, b: number): number {
  checkScale("laplaceLikelihoodScaleSlope", b);
  return (b - Math.abs(e)) / b / b;
}

/** ∂L/∂e, 0 at e = 0. @throws RangeError unless b > 0. */
export function laplaceLikelihoodSlope(e: number, b: number): number {
  checkScale("laplaceLikelihoodSlope", b);
  return Math.sign(e) / b;
}

function checkScale(name: string, b: number): void {
  if (!(b > 0)) throw new RangeError(`${name}: expected b > 0, got ${b}`);
}
