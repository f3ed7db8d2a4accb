import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  cameraMatrix,
  correspondences,
  correspondencesBatch,
  intrinsicMatrix,
  inverseCamera,
  isCalibrationMatrix,
  pose,
  poseFromVector,
  poseVector,
  requireCalibrationMatrix,
} from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";

const ε = Number.EPSILON;
const K = [
  [500, 1, 320],
  [0, 510, 240],
  [0, 0, 1],
];
const x2d = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const x3d = [
  [1, 0, 5],
  [0, 1, 6],
  [1, 1, 7],
];

it("correspondences(input) reads nested lists, ndarrays and flat arrays to the same bits", () => {
  const nested = correspondences({ x2d, x3d, K });
  const flat = correspondences({
    x2d: Float64Array.from(x2d.flat()),
    x3d: Float32Array.from(x3d.flat()),
    K: Float64Array.from(K.flat()),
  });
  // A transposed view: strides that are not row-major.
  const columns = ndarray(Float64Array.of(1, 3, 5, 2, 4, 6), [2, 3]).transpose(1, 0);
  const strided = correspondences({ x2d: columns, x3d: ndarray(x3d.flat(), [3, 3]), K });
  expect(flat).toEqual(nested);
  expect(strided).toEqual(nested);
  expect(nested.n).toBe(3);
  expect([...nested.w2d]).toEqual([1, 1, 1, 1, 1, 1]);
});

it("correspondences(input) copies: later writes to the input change nothing", () => {
  const pixels = Float64Array.from(x2d.flat());
  const checked = correspondences({ x2d: pixels, x3d, K });
  pixels[0] = 99;
  expect(checked.x2d[0]).toBe(1);
});

it("correspondences(input) takes w or ω = w², one or two a point", () => {
  const two = [
    [1, 2],
    [3, 0],
    [5, 6],
  ];
  expect([...correspondences({ x2d, x3d, K, w2d: two }).w2d]).toEqual(two.flat());
  const squared = two.map((row) => row.map((w) => w * w));
  expect([...correspondences({ x2d, x3d, K, omega2d: squared }).w2d]).toEqual(two.flat());
  expect([...correspondences({ x2d, x3d, K, w2d: [1, 2, 3] }).w2d]).toEqual([1, 1, 2, 2, 3, 3]);
  expect([...correspondences({ x2d, x3d, K, w2d: Float64Array.of(1, 2, 3) }).w2d]).toEqual([
    1, 1, 2, 2, 3, 3,
  ]);
});

it("correspondences(input) accepts no points at all", () => {
  for (const empty of [[], new Float64Array(0), ndarray(new Float64Array(0), [0, 2])]) {
    const three = empty instanceof Float64Array || Array.isArray(empty) ? empty : [];
    expect(correspondences({ x2d: empty, x3d: three, K }).n).toBe(0);
  }
});

it("correspondences(input) throws, naming what it expected and what it got", () => {
  const cases: [object, string][] = [
    [{ x2d: [1, 2, 3] }, "expected x2d of shape [N, 2], got [3]"],
    [{ x2d: new Float64Array(5) }, "expected x2d of shape [N, 2], got [5]"],
    [{ x3d: x2d }, "expected x3d of shape [3, 3], got [3, 2]"],
    [{ x3d: x3d.slice(1) }, "expected x3d of shape [3, 3], got [2, 3]"],
    [{ x2d: [[1, 2], [3], [5, 6]] }, "expected x2d of shape [N, 2], got a ragged list"],
    [{ x2d: [[1, 2], 3, [5, 6]] }, "expected x2d of shape [N, 2], got a ragged list"],
    [{ x2d: [[1, "2"]] }, "expected x2d of shape [N, 2], got an entry of type string"],
    [{ x2d: null }, "expected x2d of shape [N, 2], got null"],
    [{ x2d: undefined }, "expected x2d of shape [N, 2], got undefined"],
    [
      {
        x2d: [
          [1, NaN],
          [3, 4],
          [5, 6],
        ],
      },
      "expected finite x2d, got NaN at [0, 1]",
    ],
    [{ x3d: [...x3d.slice(1), [0, 0, -Infinity]] }, "expected finite x3d, got -Infinity at [2, 2]"],
    [
      {
        w2d: [
          [1, 1],
          [1, -1],
          [1, 1],
        ],
      },
      "expected w2d >= 0, got -1",
    ],
    [{ w2d: [1, 1] }, "expected w2d of shape [3], got [2]"],
    [{ omega2d: [-4, 1, 1] }, "expected omega2d >= 0, got -4"],
    [{ w2d: [1, 1, 1], omega2d: [1, 1, 1] }, "expected w2d or omega2d, got both"],
    [
      {
        K: [
          [1, 0],
          [0, 1],
        ],
      },
      "expected K of shape [3, 3], got [2, 2]",
    ],
    [
      {
        K: [
          [1, 2, 3],
          [2, 4, 6],
          [0, 0, 1],
        ],
      },
      "expected a regular K, got [1, 2, 3, 2, 4, 6, 0, 0, 1]",
    ],
    [
      {
        K: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, NaN],
        ],
      },
      "expected finite K, got NaN at [2, 2]",
    ],
  ];
  for (const [change, message] of cases)
    expect(() => correspondences({ x2d, x3d, K, ...change })).toThrow(
      `correspondences: ${message}`,
    );
});

it("correspondencesBatch(input) splits a batch; points and K may be shared", () => {
  const pixels = [x2d, x2d.map(([u, v]) => [u + 1, v])];
  const batch = correspondencesBatch({
    x2d: pixels,
    x3d,
    K,
    w2d: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  });
  expect(batch.length).toBe(2);
  expect(batch[1]).toEqual(correspondences({ x2d: pixels[1], x3d, K, w2d: [4, 5, 6] }));
  const own = correspondencesBatch({
    x2d: ndarray(pixels.flat(2), [2, 3, 2]),
    x3d: [x3d, x3d],
    K: [
      K,
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
  });
  expect([...own[1].K]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  expect(own[0]).toEqual(correspondences({ x2d, x3d, K }));
});

it("correspondencesBatch(input) of no problems is an empty list, of no points empty problems", () => {
  expect(correspondencesBatch({ x2d: [], x3d: [], K: [] })).toEqual([]);
  expect(correspondencesBatch({ x2d: [], x3d, K })).toEqual([]);
  const two = correspondencesBatch({ x2d: [[], []], x3d: [[], []], K });
  expect(two.map(({ n }) => n)).toEqual([0, 0]);
});

it("correspondencesBatch(input) throws on flat arrays and mixed lengths", () => {
  expect(() => correspondencesBatch({ x2d: new Float64Array(12), x3d, K })).toThrow(
    "correspondencesBatch: expected x2d as an ndarray or nested lists, got a flat array",
  );
  expect(() => correspondencesBatch({ x2d: [x2d, x2d], x3d: [x3d], K })).toThrow(
    "correspondencesBatch: expected x3d of shape [2, 3, 3], got [1, 3, 3]",
  );
  expect(() =>
    correspondencesBatch({
      x2d: [x2d],
      x3d,
      K: [
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
      ],
    }),
  ).toThrow("correspondencesBatch: expected a regular K");
});

it("intrinsicMatrix(camera) puts the optical axis at the principal point", () => {
  expect([...intrinsicMatrix({ fx: 500, cx: 320, cy: 240 })]).toEqual([
    500, 0, 320, 0, 500, 240, 0, 0, 1,
  ]);
  const skewed = intrinsicMatrix({ fx: 500, fy: 400, cx: 1, cy: 2, skew: 3, pixelOffset: 0.5 });
  expect([...skewed]).toEqual([500, 3, 1.5, 0, 400, 2.5, 0, 0, 1]);
  expect(() => intrinsicMatrix({ fx: 0, cx: 0, cy: 0 })).toThrow(
    "intrinsicMatrix: expected a regular",
  );
  expect(() => intrinsicMatrix({ fx: NaN, cx: 0, cy: 0 })).toThrow(
    "intrinsicMatrix: expected finite K",
  );
});

it("requireCalibrationMatrix(caller, K) throws unless K is upper triangular with last entry 1", () => {
  const upper = cameraMatrix("spec", K);
  expect(isCalibrationMatrix(upper)).toBe(true);
  expect(() => requireCalibrationMatrix("spec", upper)).not.toThrow();
  for (const place of [3, 6, 7, 8]) {
    const other = upper.slice();
    other[place] += 0.5;
    expect(() => requireCalibrationMatrix("spec", other)).toThrow(
      "spec: expected K upper triangular with last entry 1",
    );
  }
});

it("inverseCamera(K, inverse) inverts any regular K", () => {
  for (let k = 0; k < 200; k++) {
    const draw = stream("spec/camera").at(k);
    const M = Float64Array.from({ length: 9 }, () => draw.normal());
    const inverse = new Float64Array(9);
    inverseCamera(M, inverse);
    const size = Math.max(...M.map(Math.abs)) * Math.max(...inverse.map(Math.abs));
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        let sum = i === j ? -1 : 0;
        for (let c = 0; c < 3; c++) sum += M[3 * i + c] * inverse[3 * c + j];
        // Cofactors and their determinant cancel once each: the condition number counts twice.
        expect(Math.abs(sum)).toBeLessThan(8 * ε * size * size + 8 * ε * size);
      }
  }
});

it("pose(R, t) keeps a rotation bit for bit and refuses what is none", () => {
  const R = stream("spec/pose").rotation();
  const given = pose(R, [1, 2, 3]);
  expect([...given.R.data]).toEqual([...R]);
  expect(given.R.shape).toEqual([3, 3]);
  expect(given.t.get(2)).toBe(3);
  expect(() => pose(Float32Array.from(R), [1, 2, 3])).not.toThrow();
  const stretched = R.map((x) => 1.001 * x);
  expect(() => pose(stretched, [1, 2, 3])).toThrow("pose: expected an orthonormal R");
  expect(() =>
    pose(
      R.map((x) => -x),
      [1, 2, 3],
    ),
  ).toThrow("pose: expected det R = 1, got a reflection");
  expect(() => pose(R, [1, 2])).toThrow("pose: expected t of shape [3], got [2]");
});

it("poseVector(poseFromVector(y)) is y for rotation vectors shorter than π", () => {
  for (const length of [0, 1e-9, 1, 3]) {
    const omega = stream("spec/pose")
      .child("vector")
      .sphere()
      .map((x) => length * x);
    const y = poseVector(poseFromVector([...omega, 0.1, -0.2, 3]));
    // The logarithm's slope grows towards π: at 3 rad by 1/(π − 3), about 7.
    omega.forEach((x, k) => {
      expect(Math.abs(y[k] - x)).toBeLessThan(64 * ε * Math.max(length, 1e-9));
    });
    expect([...y.slice(3)]).toEqual([0.1, -0.2, 3]);
  }
});
