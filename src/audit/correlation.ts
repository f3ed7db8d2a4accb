/**
 * What an error goes with that no explanation covers: the one part of the claim it lies in, or the depth,
 * weight, residual, place or problem that it grows with, in a sentence and a picture.
 *
 * Noise must not be accused. Additive noise is large against small entries and multiplicative noise is
 * large at large ones, so an error counts as growing only if it does so both as it is and relative to its
 * truth; or if the claim itself, not the size of its error, goes over from too small to too large. All
 * comparisons made share one threshold, and a weak correlation is not reported however sure it is.
 */
import type { ClaimedErrors } from "./claimed-errors.js";
import { type Confinement, confinement } from "./confinement.js";
import { type ErrorUnit, pointUnits, problemUnits } from "./error-units.js";
import { rankCorrelation } from "./rank-correlation.js";
import type { Correlation } from "./report.js";

/** The probability with which chance alone may accuse anything at all in one claim. */
const threshold = 1e-3;
/** Correlations weaker than this explain too little to send anybody anywhere. */
const weakest = 0.4;
/** Signed errors of uneven size spread the rank correlation by more than ranks in any order do. */
const unevenness = 1.4;
/** Dots drawn at most. */
const most = 300;

/** What the error of a claim goes with; null if it goes with nothing that was looked at. */
export function errorCorrelation(errors: ClaimedErrors): Correlation | null {
  const confined = confinement(errors);
  const named = confined && ofConfinement(confined, errors);
  // A few sound parts among many may only be where an error that grows begins.
  const few = confined && 2 * confined.off.length <= confined.of;
  return few ? named : (growth(errors) ?? named);
}

/** The strongest of the correlations that are sure; null if none is. */
function growth(errors: ClaimedErrors): Correlation | null {
  const trials = [...comparisons(pointUnits(errors)), ...comparisons(problemUnits(errors))];
  const sure = trials.filter(
    ({ chance, strength }) => chance * trials.length <= threshold && Math.abs(strength) >= weakest,
  );
  const strongest = (a: Correlation, b: Correlation) =>
    Math.abs(b.strength) > Math.abs(a.strength) ? b : a;
  return sure.length > 0 ? sure.reduce(strongest) : null;
}

/** Every factor against both measures of these units. */
function comparisons(groups: readonly (readonly ErrorUnit[])[]): Correlation[] {
  const names = new Set(groups.flat().flatMap(({ factors }) => Object.keys(factors)));
  return [...names].flatMap((factor) => {
    const pairs = (measure: (unit: ErrorUnit) => number) =>
      groups.map((group) =>
        group.flatMap((unit) =>
          factor in unit.factors ? [[unit.factors[factor], measure(unit)] as const] : [],
        ),
      );
    const relative = pairs((unit) => unit.relative);
    const excess = pairs((unit) => unit.excess);
    const [byAbsolute, byRelative] = [pairs((unit) => unit.absolute), relative].map(
      rankCorrelation,
    );
    const byExcess = rankCorrelation(excess);
    const found: Correlation[] = [];
    if (byAbsolute && byRelative && byAbsolute.z * byRelative.z > 0) {
      const weaker = Math.abs(byAbsolute.z) < Math.abs(byRelative.z) ? byAbsolute : byRelative;
      const way = weaker.strength > 0 ? "grows" : "falls";
      found.push({
        ...{ factor, measure: "relative error", strength: weaker.strength },
        chance: weaker.chance,
        sentence: `The error ${way} with the ${factor}${evidence(weaker)}.`,
        pairs: sampled(relative.flat()),
      });
    }
    if (byExcess) {
      const { z, strength, units } = byExcess;
      const chance = Math.min(1, Math.exp(-((z / unevenness) ** 2) / 2));
      const way = strength > 0 ? "from too small to too large" : "from too large to too small";
      found.push({
        ...{ factor, measure: "claim over truth, minus 1", strength, chance },
        sentence: `As the ${factor} grows, the claim goes ${way}${evidence({ strength, chance, units })}.`,
        pairs: sampled(excess.flat()),
      });
    }
    return found;
  });
}

function evidence(of: { strength: number; chance: number; units: number }): string {
  const digits = of.chance < 1e-12 ? "less than 1e-12" : of.chance.toExponential(0);
  return ` (rank correlation ${of.strength.toFixed(2)} over ${of.units}, by chance with probability ${digits})`;
}

function sampled(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const stride = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, i) => i % stride === 0);
}

function ofConfinement(found: Confinement, errors: ClaimedErrors): Correlation {
  const { part, off, of, ratios } = found;
  const plural = (n: number) => `${part}${n === 1 ? "" : "s"}`;
  const where = part === "row" ? rowsNamed(off, of, errors.rotationFirst) : "";
  return {
    factor: part,
    measure: "error over budget",
    strength: 1,
    chance: 0,
    sentence: `The error is confined to ${plural(off.length)} ${ranges(off)} of ${of}, counted from 0${where}: the other ${plural(of - off.length)} ${of - off.length === 1 ? "is" : "are"} right to within budget.`,
    pairs: sampled(ratios.flatMap((ratio, i) => (Number.isNaN(ratio) ? [] : [[i, ratio]]))),
  };
}

/** ", which are rotation" where the parts that are off are all of one kind. */
function rowsNamed(off: readonly number[], of: number, rotationFirst: boolean): string {
  // A tangent has three rows of translation, and one or three of rotation.
  const boundary = rotationFirst ? of - 3 : 3;
  const first = off.every((k) => k < boundary);
  if (!first && !off.every((k) => k >= boundary)) return "";
  return `, ${off.length === 1 ? "which is" : "which are"} ${first === rotationFirst ? "rotation" : "translation"}`;
}

/** "0 to 2, 5 and 7". */
function ranges(places: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else runs.push([place, place]);
  }
  const shown = runs.slice(0, 6).map(([a, b]) => (a === b ? `${a}` : `${a} to ${b}`));
  if (runs.length > 6) return `${shown.join(", ")} and others`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
