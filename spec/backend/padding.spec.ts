import ndarray from "ndarray";
import { describe, expect, it } from "vitest";
import {
  covarianceLosses,
  InlineBackend,
  packedProblems,
  paddedProblems,
  poseGradients,
  seededMonteCarloLosses,
  solvedPoses,
} from "../../src/backend/index.js";
import { aimedBatch } from "./aimed-batch.js";
import { corners } from "./drawn-inputs.js";

const [B, N] = [45, 30];
const { problems, truth } = aimedBatch(B, 24);
const counts = problems.map(({ n }) => n);

/** Arrays [B, N, …] of the problems; `filling` stands where they have no points. */
function padded(filling: number) {
  const array = (key: "x2d" | "x3d" | "w2d", width: number, fill: number) => {
    const values = new Float64Array(B * N * width).fill(fill);
    problems.forEach((problem, b) => {
      values.set(problem[key], b * N * width);
    });
    return values;
  };
  const K = new Float64Array(9 * B);
  problems.forEach((problem, b) => {
    K.set(problem.K, 9 * b);
  });
  const w2d = array("w2d", 2, Number.isFinite(filling) ? 0 : filling);
  return { x2d: array("x2d", 2, filling), x3d: array("x3d", 3, filling), w2d, K };
}

const packed = packedProblems(problems);
const inline = new InlineBackend();

/** What belongs to the points of problem b, and what stands on its padding. */
function split(values: Float64Array, width: number, b: number) {
  const [from, end] = [b * N * width, (b + 1) * N * width];
  return [
    values.slice(from, from + counts[b] * width),
    values.slice(from + counts[b] * width, end),
  ];
}

describe.each([
  ["zero weights", padded(1e6), undefined],
  ["counts", padded(Number.NaN), counts],
])("problems padded to one length, told by %s", (_, arrays, given) => {
  const problemsOf = paddedProblems({ ...arrays, counts: given, size: [B, N] });

  it("have the poses, losses and gradients that they have alone, and zeros on the padding", async () => {
    const alone = await solvedPoses(inline, packed);
    const together = await solvedPoses(inline, problemsOf);
    // Where the last point has no weight, nobody knows that it is none of the padding.
    const told = problems.map(({ n, w2d }) => given !== undefined || w2d[2 * n - 2] > 0);
    const known = <T>(of: readonly T[]) => of.filter((_, b) => told[b]);
    expect(known(together.status)).toEqual(known(alone.status));
    expect([together.pose, together.cost]).toEqual([alone.pose, alone.cost]);

    const v = new Float64Array(6 * B).fill(1);
    const options = {
      relativeDelta: 0.2,
      attachedThreshold: "full",
      samples: 8,
      iterations: 1,
    } as const;
    const covariance = { robust: {}, corners: corners(1, 8) };
    for (const [one, all] of [
      [
        await poseGradients(inline, packed, alone.pose, v),
        await poseGradients(inline, problemsOf, alone.pose, v),
      ],
      [
        await seededMonteCarloLosses(inline, packed, truth, options),
        await seededMonteCarloLosses(inline, problemsOf, truth, options),
      ],
      [
        await covarianceLosses(inline, packed, truth, covariance),
        await covarianceLosses(inline, problemsOf, truth, covariance),
      ],
    ]) {
      expect(known<string>(all.status)).toEqual(known<string>(one.status));
      for (const [key, width] of [
        ["x2d", 2],
        ["x3d", 3],
        ["w2d", 2],
      ] as const) {
        expect(all[key]).toHaveLength(B * N * width);
        for (let b = 0; b < B; b++) {
          if (!told[b]) continue;
          const [own, rest] = split(all[key], width, b);
          const { offsets } = packed;
          expect(own).toEqual(one[key].slice(width * offsets[b], width * offsets[b + 1]));
          expect(rest.every((entry) => entry === 0)).toBe(true);
        }
      }
    }
  });

  it("take what counts in means with its padding", async () => {
    const weights = new Float64Array(B * N).fill(Number.NaN);
    const own = new Float64Array(packed.offsets[B]);
    for (let b = 0; b < B; b++)
      for (let i = 0; i < N; i++) {
        const real = i < problemsOf.offsets[b + 1] - problemsOf.offsets[b];
        if (real) weights[b * N + i] = 1 + (i % 3);
        if (i < counts[b]) own[packed.offsets[b] + i] = 1 + (i % 3);
      }
    const options = { robust: {}, corners: corners(1, 8) };
    const one = await covarianceLosses(inline, packed, truth, { ...options, valid: own });
    const all = await covarianceLosses(inline, problemsOf, truth, { ...options, valid: weights });
    expect(all.loss).toEqual(one.loss);
  });
});

describe("paddedProblems", () => {
  it("take nested lists, ndarrays and flat arrays alike, and share points and cameras", () => {
    const { x2d, x3d, w2d, K } = padded(0);
    const [one, camera] = [x3d.slice(0, 3 * N), K.slice(0, 9)];
    const same = paddedProblems({ x2d, x3d: one, w2d, K: camera, counts, size: [B, N] });
    const arrays = paddedProblems({
      x2d: ndarray(x2d, [B, N, 2]),
      x3d: ndarray(one, [N, 3]),
      w2d: ndarray(w2d, [B, N, 2]),
      K: ndarray(camera, [3, 3]),
      counts,
    });
    expect(arrays).toEqual(same);
    const nested = paddedProblems({
      x2d: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      x3d: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      K: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      counts: [2, 1],
    });
    expect(nested.offsets).toEqual(Int32Array.of(0, 2, 3));
    expect([...nested.x2d]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...nested.x3d]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3]);
    expect([...nested.w2d]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("of no problems are none, in any form", () => {
    for (const input of [
      { x2d: [], x3d: [], K: [] },
      { x2d: new Float64Array(0), x3d: new Float64Array(0), K: new Float64Array(0), size: [0, 5] },
      {
        x2d: ndarray(new Float64Array(0), [0, 5, 2]),
        x3d: ndarray(new Float64Array(15), [5, 3]),
        K: new Float64Array(9),
      },
    ] as const)
      expect(paddedProblems(input).count).toBe(0);
  });
});
