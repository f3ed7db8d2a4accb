/** The eigenvalues of a Hessian as bars on a logarithmic scale. */
import { html } from "./markup.js";

const width = 360;
const row = 20;

/** SVG of up to six bars, the greatest on top; "" without eigenvalues. */
export function eigenvaluePicture(eigenvalues: readonly number[]): string {
  const sizes = eigenvalues.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0) return "";
  const low = Math.floor(Math.log10(Math.min(...sizes))) - 1;
  const high = Math.max(low + 2, Math.ceil(Math.log10(Math.max(...sizes))));
  const room = width - 150;
  const bars = [...eigenvalues].reverse().map((value, i) => {
    const length = value === 0 ? 0 : ((Math.log10(Math.abs(value)) - low) / (high - low)) * room;
    const colour = value > 0 ? "--series-0" : "--bad";
    const y = i * row;
    return html`<text x="78" y="${y + 14}" text-anchor="end" font-size="12" fill="var(--soft)">${value.toExponential(1)}</text><rect x="86" y="${y + 4}" width="${Math.max(1, length).toFixed(1)}" height="${row - 8}" rx="2" fill="var(${colour})"/>`;
  });
  const height = eigenvalues.length * row;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Eigenvalues of the scaled Hessian">${bars}</svg>`
    .text;
}
