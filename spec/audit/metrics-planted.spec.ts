import { expect, it } from "vitest";
import { composed } from "../equations/model-draws.js";
import {
  audited,
  claimed,
  diameter,
  distances,
  gap,
  inputsOf,
  inverse,
  K,
  M,
  mean,
  nearest,
  type Pair,
  type Point,
  pairs,
  pixel,
  sound,
  symmetric,
  transposed,
  verdicts,
  width,
} from "./metrics-draft.js";

/** Quantities claimed by another formula, and the name and verdict it gets. */
const planted: [string, string, (pair: Pair) => number, string?][] = [];
const plant = (slug: string, verdict: string, of: Record<string, (pair: Pair) => number>) => {
  for (const [quantity, formula] of Object.entries(of))
    planted.push([slug, quantity, formula, verdict]);
};
const squares = (values: readonly number[]) => values.map((v) => v * v);
const sum = (values: readonly number[]) => values.reduce((total, v) => total + v, 0);
const own = (p: Pair, see?: (X: Point) => Point, measure?: (a: Point, b: Point) => number) =>
  distances(p, p.estimate, p.truth, see, measure);
const t = (P: readonly number[]) => [P[3], P[7], P[11]];

plant("radians-for-degrees", "correct-under-convention", { re_deg: sound.ad });
plant("degrees-for-radians", "correct-under-convention", { ad: sound.re_deg });
plant("millimetres-for-metres", "correct-under-convention", {
  add: (p) => 1000 * sound.add(p),
  te: (p) => 1000 * sound.te(p),
});
plant("metres-for-millimetres", "correct-under-convention", { mssd: (p) => sound.mssd(p) / 1000 });
plant("centimetres-for-metres", "correct-under-convention", { adds: (p) => 100 * sound.adds(p) });
plant("position-guard", "correct-under-convention", {
  npe: (p) => sound.te(p) / (Math.hypot(...t(p.truth)) + 1e-7),
});
plant("share-of-diameter", "correct-under-convention", {
  add: (p) => sound.add(p) / diameter,
  mssd: (p) => sound.mssd(p) / diameter,
});
plant("scaled-to-640-pixels", "correct-under-convention", {
  mspd: (p) => (sound.mspd(p) * 640) / width,
});
plant("share-of-image-width", "correct-under-convention", { mspd: (p) => sound.mspd(p) / width });
plant("missing-transpose", "wrong", {
  add: (p) => mean(distances(p, transposed(p.estimate), transposed(p.truth))),
  ad: (p) => {
    const R = transposed(p.estimate);
    return sound.ad({ ...p, estimate: R });
  },
});
plant("estimate-transposed", "wrong", {
  proj: (p) => mean(distances(p, transposed(p.estimate), p.truth, pixel)),
});
plant("poses-inverted", "wrong", {
  te: (p) => gap(t(inverse(p.estimate)), t(inverse(p.truth))),
});
plant("estimate-inverted", "wrong", {
  add: (p) => mean(distances(p, inverse(p.estimate), p.truth)),
});
plant("points-in-millimetres", "wrong", {
  add: (p) => sound.add({ ...p, points: p.points.map((v) => v.map((x) => 1000 * x)) }),
});
plant("camera-ignored", "wrong", {
  proj: (p) => mean(own(p, (X) => [X[0] / X[2], X[1] / X[2]])),
});
plant("focal-lengths-swapped", "wrong", {
  proj: (p) => mean(own(p, (X) => pixel(X, K.with(0, K[4]).with(4, K[0])))),
  mspd: (p) => symmetric(p, (X) => pixel(X, K.with(0, K[4]).with(4, K[0]))),
});
plant("camera-transposed", "wrong", {
  proj: (p) =>
    mean(
      own(p, (X) =>
        pixel(
          X,
          [0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => K[k]),
        ),
      ),
    ),
});
plant("perspective-ignored", "wrong", {
  proj: (p) => mean(own(p, (X) => pixel(X).map((v) => v * X[2]))),
});
plant("symmetries-ignored", "wrong", {
  mssd: (p) => Math.max(...own(p)),
  mspd: (p) => Math.max(...own(p, pixel)),
});
plant("symmetry-offsets-ignored", "wrong", {
  mssd: (p) =>
    sound.mssd({ ...p, symmetries: p.symmetries.map((A) => A.with(3, 0).with(7, 0).with(11, 0)) }),
});
plant("estimate-to-truth", "wrong", { adds: (p) => mean(nearest(p, p.estimate, p.truth)) });
plant("max-for-mean", "wrong", {
  add: (p) => Math.max(...own(p)),
  adds: (p) => Math.max(...nearest(p, p.truth, p.estimate)),
  proj: (p) => Math.max(...own(p, pixel)),
});
plant("mean-for-max", "wrong", { mssd: (p) => symmetric(p, undefined, mean) });
plant("median-distance", "wrong", { add: (p) => own(p).sort((a, b) => a - b)[(M - 1) / 2] });
plant("sum-of-distances", "wrong", { add: (p) => sum(own(p)) });
plant("root-mean-square", "wrong", {
  add: (p) => Math.sqrt(mean(squares(own(p)))),
  proj: (p) => Math.sqrt(mean(squares(own(p, pixel)))),
});
plant("norm-of-all-points", "wrong", { add: (p) => Math.sqrt(sum(squares(own(p)))) });
plant("squared-distances", "wrong", {
  add: (p) => mean(squares(own(p))),
  te: (p) => sound.te(p) ** 2,
});
plant("sum-of-coordinates", "wrong", {
  add: (p) => mean(own(p, undefined, (a, b) => sum(a.map((x, k) => Math.abs(x - b[k]))))),
});
plant("normalised-by-estimate", "wrong", {
  npe: (p) => sound.te(p) / Math.hypot(...t(p.estimate)),
});
plant("normalised-by-depth", "wrong", { npe: (p) => sound.te(p) / p.truth[11] });
plant("not-normalised", "wrong", { npe: sound.te });
plant("chordal-distance", "wrong", {
  ad: (p) => Math.hypot(...p.estimate.flatMap((v, k) => (k % 4 < 3 ? [v - p.truth[k]] : []))),
});
plant("norm-of-logarithm", "wrong", { ad: (p) => Math.SQRT2 * sound.ad(p) });
plant("add-s-for-add", "wrong", { add: sound.adds });
plant("add-for-add-s", "wrong", { adds: sound.add });
plant("factor-2", "wrong", { ad: (p) => 2 * sound.ad(p) });

it("every other formula is named", async () => {
  const left = [...planted];
  while (left.length > 0) {
    const now = left.filter(([, quantity], i) => left.findIndex(([, q]) => q === quantity) === i);
    for (const one of now) left.splice(left.indexOf(one), 1);
    const report = await audited(
      Object.fromEntries(now.map(([, quantity, formula]) => [quantity, claimed(formula)])),
    );
    expect(verdicts(report)).toEqual(
      now.map(([slug, quantity, , verdict]) => [quantity, verdict, slug]),
    );
  }
});

it("symmetries applied in the camera's frame are named where one of them is the nearest", async () => {
  const turned = pairs.map((p) => ({
    ...p,
    estimate: [...composed(p.symmetries[1], p.estimate)],
  }));
  const wrong = (p: Pair) => symmetric(p, undefined, undefined, (A) => [...composed(A, p.truth)]);
  const report = await audited({ mssd: claimed(wrong, turned) }, { input: inputsOf(turned) });
  expect(verdicts(report)).toEqual([["mssd", "wrong", "symmetries-of-camera"]]);
});

it("two at once are named together, and one in a million is not explained", async () => {
  const report = await audited({
    add: claimed((p) => 1000 * Math.max(...own(p))),
    proj: claimed((p) => sound.proj(p) * (1 + 1e-6 * Math.sin(1e3 * p.points[0][0]))),
  });
  expect(verdicts(report)).toEqual([
    ["add", "wrong", "millimetres-for-metres+max-for-mean"],
    ["proj", "wrong", null],
  ]);
});
