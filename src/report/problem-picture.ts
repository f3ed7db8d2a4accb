/** A problem as its camera sees it: image points, reprojections, and where the error of a claim lies. */
import type { WorstProblem } from "../audit/report.js";
import { html, type Markup } from "./markup.js";

type Point = readonly [number, number];

const width = 520;
const margin = 34;
/** Share of the picture that the longest arrow takes. */
const longest = 0.12;
/** Points drawn at most; more would hide each other. */
const most = 300;

/** SVG of the problem with its legend's texts; null if there is nothing to draw. */
export function problemPicture(worst: WorstProblem): { svg: string; caption: string } | null {
  const shown = worst.observed.flatMap((point, i) =>
    [...point, ...worst.projected[i]].every(Number.isFinite) ? [i] : [],
  );
  const stride = Math.max(1, Math.ceil(shown.length / most));
  const points = shown.filter((_, k) => k % stride === 0);
  if (points.length === 0) return null;
  const frame = frameOf(points.map((i) => worst.observed[i]));
  const residuals = points.map((i) => {
    const [from, to] = [worst.projected[i], worst.observed[i]];
    return { from, by: [to[0] - from[0], to[1] - from[1]] as const };
  });
  const times = magnification(residuals, frame.scale);
  const gradients = worst.arrows.length > 0 ? points.map((i) => worst.arrows[i]) : [];
  const largest = Math.max(
    ...gradients.flat().map(([x, y]) => (Number.isFinite(x + y) ? Math.hypot(x, y) : 0)),
    0,
  );
  const gradientScale = largest > 0 ? (longest * width) / largest / frame.scale : 0;
  const halo = points.map((i) => {
    const share = worst.pointErrors[i];
    if (!(share > 0.02)) return html``;
    const [x, y] = frame.at(worst.observed[i]);
    return html`<circle cx="${x}" cy="${y}" r="${round(4 + 14 * share)}" fill="var(--bad)" fill-opacity="0.18"/>`;
  });
  const marks = points.map((i) => {
    const [x, y] = frame.at(worst.observed[i]);
    const [u, v] = frame.at(worst.projected[i]);
    return html`<path d="M${u - 4} ${v}h8M${u} ${v - 4}v8" stroke="var(--series-0)" stroke-width="1.4"/><circle cx="${x}" cy="${y}" r="2.6" fill="var(--ink)"/>`;
  });
  const arrows = [
    ...(times === 0
      ? []
      : residuals.map(({ from, by }) => arrow(frame, from, by, times, "--soft"))),
    ...gradients.flatMap(([claimed, own], k) => {
      const from = worst.observed[points[k]];
      return [
        arrow(frame, from, own, gradientScale, "--good", 3),
        arrow(frame, from, claimed, gradientScale, "--bad"),
      ];
    }),
  ];
  const { height, corners } = frame;
  const label = (x: number, y: number, anchor: string, text: string) =>
    html`<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="11" fill="var(--soft)">${text}</text>`;
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Image points, reprojections and errors of problem ${worst.problem}">
<rect x="${margin}" y="8" width="${width - margin - 8}" height="${height - 32}" fill="none" stroke="var(--grid)"/>
${[
  label(margin, height - 8, "start", corners.left),
  label(width - 8, height - 8, "end", `${corners.right} px`),
  label(margin - 5, 18, "end", corners.top),
  label(margin - 5, height - 26, "end", corners.bottom),
]}${halo}${arrows}${marks}</svg>`;
  return { svg: picture.text, caption: caption(worst, times, points.length) };
}

function caption(worst: WorstProblem, times: number, drawn: number): string {
  const parts = ["Dots: image points. Crosses: reprojections."];
  parts.push(
    times === 0
      ? "Residuals are too small to draw."
      : `Grey arrows: residuals${times === 1 ? "" : `, drawn ${times} times as long`}.`,
  );
  if (worst.arrows.length > 0) parts.push("Green arrows: the true gradient; red: the claimed one.");
  if (worst.pointErrors.length > 0) parts.push("Red discs: share of the error at each point.");
  if (drawn < worst.observed.length) parts.push(`${drawn} of ${worst.observed.length} points.`);
  return parts.join(" ");
}

interface Frame {
  readonly height: number;
  /** Picture units in a pixel. */
  readonly scale: number;
  readonly at: (point: Point) => [number, number];
  readonly corners: Readonly<Record<"left" | "right" | "top" | "bottom", string>>;
}

/** The picture's frame around these points, a margin left for what is drawn about them. */
function frameOf(points: readonly Point[]): Frame {
  const bounds = [0, 1].map((k) => {
    const values = points.map((point) => point[k]);
    return [Math.min(...values), Math.max(...values)];
  });
  const [w, h] = bounds.map(([low, high]) => high - low);
  const size = Math.max(w, h, Number.MIN_VALUE) || 1;
  // Points of one row or column still get a picture that is not a line.
  const [wide, high] = [Math.max(w, size / 3) * 1.3, Math.max(h, size / 3) * 1.3];
  const scale = Math.min((width - margin - 8) / wide, 360 / high);
  const centre = bounds.map(([low, top]) => (low + top) / 2);
  const height = Math.round(high * scale) + 32;
  const [left, top] = [centre[0] - (width - margin - 8) / scale / 2, centre[1] - high / 2];
  const number = (value: number) => `${Number(value.toPrecision(3))}`;
  return {
    height,
    scale,
    at: ([x, y]) => [round(margin + (x - left) * scale), round(8 + (y - top) * scale)],
    corners: {
      left: number(left),
      right: number(left + (width - margin - 8) / scale),
      top: number(top),
      bottom: number(top + high),
    },
  };
}

/** 1, 2 or 5 times a power of ten that makes the longest residual visible; 0 if none is worth it. */
function magnification(residuals: readonly { readonly by: Point }[], scale: number): number {
  const largest = Math.max(...residuals.map(({ by }) => Math.hypot(...by)));
  if (!(largest > 1e-6)) return 0;
  const wanted = (longest * width) / (largest * scale);
  if (wanted <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([5, 2].find((step) => step * power <= wanted) ?? 1);
}

function arrow(
  frame: Frame,
  from: Point,
  by: Point,
  times: number,
  colour: string,
  stroke = 1.2,
): Markup {
  const [x, y] = frame.at(from);
  const [dx, dy] = by.map((v) => v * times * frame.scale);
  const size = Math.hypot(dx, dy);
  // A gross outlier would cross the whole page.
  if (!(size > 1.5) || size > 2 * width) return html``;
  const [ux, uy] = [dx / size, dy / size];
  const head = Math.min(5, size / 2);
  const wing = (side: number) =>
    `${round(x + dx - head * (ux - side * 0.5 * uy))} ${round(y + dy - head * (uy + side * 0.5 * ux))}`;
  const tip = `${round(x + dx)} ${round(y + dy)}`;
  return html`<path d="M${x} ${y}L${tip}M${wing(1)}L${tip}L${wing(-1)}" fill="none" stroke="var(${colour})" stroke-width="${stroke}"/>`;
}

const round = (value: number): number => Number(value.toFixed(1));
