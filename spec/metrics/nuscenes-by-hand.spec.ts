import { expect, it } from "vitest";
import {
  type Box,
  type DetectionClass,
  detectionClasses,
  type MatchError,
  matchErrors,
} from "../../src/metrics/nuscenes-boxes.js";
import { detectionScore } from "../../src/metrics/nuscenes-score.js";
import { stream } from "../../src/random/stream.js";

/** Six frames of random boxes of every class: some found, some not, some false, some scores alike. */
function scene(index: number): { truth: Box[]; predictions: Box[] } {
  const draw = stream("spec/metrics/nuscenes-by-hand").at(index);
  const [truth, predictions]: [Box[], Box[]] = [[], []];
  const size = () =>
    [1, 2, 3].map((side) => side * (0.5 + draw.uniform())) as [number, number, number];
  for (const name of detectionClasses)
    for (let i = 0; i < 14; i++) {
      const known = draw.uniform() < 0.7;
      const box: Box = {
        ...{ frame: `${i % 6}`, class: name, size: size(), yaw: 7 * draw.normal(), score: 0 },
        centre: [8 * draw.normal(), 8 * draw.normal(), draw.normal()],
        velocity: known ? [draw.normal(), draw.normal()] : [Number.NaN, Number.NaN],
        attribute: draw.uniform() < 0.3 ? "" : "moving",
      };
      truth.push(box);
      const copies = Math.floor(3 * draw.uniform());
      for (let k = 0; k < copies; k++)
        predictions.push({
          ...box,
          centre: [box.centre[0] + draw.normal(), box.centre[1] + draw.normal(), 0],
          ...{ size: size(), yaw: box.yaw + draw.normal() },
          velocity: draw.uniform() < 0.1 ? [Number.NaN, 0] : [draw.normal(), draw.normal()],
          attribute: draw.uniform() < 0.6 ? "moving" : "parked",
          // Tenths: several predictions of a class have the same score.
          score: Math.ceil(10 * draw.uniform()) / 10,
        });
    }
  return { truth, predictions };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** y at x on the polyline through (xs, ys), xs rising or level; its ends beyond it, the last of equal xs. */
function read(xs: readonly number[], ys: readonly number[], x: number): number {
  if (x < xs[0]) return ys[0];
  let k = 0;
  for (const [i, at] of xs.entries()) if (at <= x) k = i;
  if (k === xs.length - 1) return ys[k];
  return ys[k] + ((x - xs[k]) / (xs[k + 1] - xs[k])) * (ys[k + 1] - ys[k]);
}

const left: Partial<Record<DetectionClass, readonly MatchError[]>> = {
  traffic_cone: ["orientation", "velocity", "attribute"],
  barrier: ["velocity", "attribute"],
};

/** One error of a pair, as its paper words it. */
function errorOf(name: MatchError, t: Box, p: Box): number {
  if (name === "translation")
    return Math.hypot(t.centre[0] - p.centre[0], t.centre[1] - p.centre[1]);
  if (name === "velocity")
    return Math.hypot(t.velocity[0] - p.velocity[0], t.velocity[1] - p.velocity[1]);
  if (name === "attribute") return t.attribute === "" ? Number.NaN : +(t.attribute !== p.attribute);
  if (name === "scale") {
    const volume = (s: readonly number[]) => s[0] * s[1] * s[2];
    const both = volume(t.size.map((side, k) => Math.min(side, p.size[k])));
    return 1 - both / (volume(t.size) + volume(p.size) - both);
  }
  // A box turned by half a turn is the same barrier.
  const turns = t.class === "barrier" ? 2 : 1;
  const angle = turns * (t.yaw - p.yaw);
  return Math.abs(Math.atan2(Math.sin(angle), Math.cos(angle))) / turns;
}

/** AP at a distance and the TP errors there, of the boxes of one class. */
function byHand(truth: readonly Box[], predictions: readonly Box[], distance: number) {
  const free = new Set(truth);
  const ranked = [...predictions].reverse().sort((a, b) => b.score - a.score);
  const found: { t: Box; p: Box }[] = [];
  const points = ranked.map((p, k) => {
    const near = [...free]
      .filter(({ frame }) => frame === p.frame)
      .sort((a, b) => errorOf("translation", a, p) - errorOf("translation", b, p))[0];
    if (near && errorOf("translation", near, p) < distance) {
      free.delete(near);
      found.push({ t: near, p });
    }
    return { recall: found.length / truth.length, precision: found.length / (k + 1), at: p.score };
  });
  const recalls = points.map(({ recall }) => recall);
  const best = recalls.at(-1) ?? 0;
  const grid = Array.from({ length: 90 }, (_, k) => (k + 11) / 100);
  const reached = found.length ? grid.filter((r) => r <= best) : [];
  const gained = reached.map((r) =>
    Math.max(
      0,
      read(
        recalls,
        points.map(({ precision }) => precision),
        r,
      ) - 0.1,
    ),
  );
  const errors = matchErrors.map((name) => {
    const all = found.map(({ t, p }) => errorOf(name, t, p));
    if (reached.length === 0 || all.every(Number.isNaN)) return 1;
    const running = all.map((_, k) => {
      const known = all.slice(0, k + 1).filter((e) => !Number.isNaN(e));
      return known.length ? mean(known) : 0;
    });
    const scores = found.map(({ p }) => -p.score);
    // From the least score up, as scores fall along the curve.
    const [xs, ys] = [scores.map((s) => -s).reverse(), [...running].reverse()];
    return mean(
      reached.map((r) =>
        read(
          xs,
          ys,
          read(
            recalls,
            points.map(({ at }) => at),
            r,
          ),
        ),
      ),
    );
  });
  return { precision: gained.reduce((a, b) => a + b, 0) / 90 / 0.9, errors };
}

it("detectionScore is what the definitions give when they are followed word by word", () => {
  for (let index = 0; index < 4; index++) {
    const { truth, predictions } = scene(index);
    const score = detectionScore(truth, predictions);
    const classes = detectionClasses.map((name) => {
      const of = (boxes: readonly Box[]) => boxes.filter((box) => box.class === name);
      const [t, p] = [of(truth), of(predictions)];
      const { errors } = byHand(t, p, 2);
      return {
        name,
        ap: mean([0.5, 1, 2, 4].map((distance) => byHand(t, p, distance).precision)),
        errors: Object.fromEntries(matchErrors.map((error, k) => [error, errors[k]])),
      };
    });
    // Sums of a hundred shares, each of a few roundings.
    const digits = 12;
    for (const { name, ap, errors } of classes) {
      const ours = score.classes[name];
      expect(ours.averagePrecision, name).toBeCloseTo(ap, digits);
      for (const error of matchErrors)
        if (left[name]?.includes(error)) expect(ours.errors[error]).toBeNaN();
        else expect(ours.errors[error], `${name} ${error}`).toBeCloseTo(errors[error], digits);
    }
    const map = mean(classes.map(({ ap }) => ap));
    const means = matchErrors.map((error) =>
      mean(classes.filter(({ name }) => !left[name]?.includes(error)).map((c) => c.errors[error])),
    );
    expect(score.map).toBeCloseTo(map, digits);
    expect(score.nds).toBeCloseTo(
      0.5 * map + 0.1 * means.reduce((sum, e) => sum + Math.max(0, 1 - e), 0),
      digits,
    );
    expect(score.nds).toBeGreaterThan(0.1);
  }
});
