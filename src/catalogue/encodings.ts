import { type Equation, place } from "./equation.js";

const both = (file: string, ...names: string[]) => ({
  definition: place(`src/definitions/${file}.ts`, ...names),
  kernel: place(`src/kernels/${file}.ts`, ...names),
});
const ranges = "spec/equations/code-range.spec.ts";
const decoding = "spec/equations/code-decoding.spec.ts";
const stage = "spec/encoding/coordinate-code.spec.ts";
const recorded = "spec/encoding/recorded-codes.spec.ts";
const code = "src/encoding/coordinate-code.ts";
const decoder = "src/encoding/decoded-coordinates.ts";

/** ENC-1 to ENC-8: object coordinates as binary codes. */
export const encodings: readonly Equation[] = [
  {
    id: "ENC-1",
    name: "bits per axis",
    formula: "n_i = max(floor, round(n + log₂(s_i / max s))), n = 7",
    derivatives: "none: an integer",
    edges: [
      "text: no floor, so that a flat axis has 0 bits and one level, its centre",
      "published: floor 2",
      "an extent of zero: RangeError",
    ],
    checks: ["extents 1:1:1 to 1:1:100", "recorded counts"],
    sources: ["[LC2023] Sec 6.3 and published code"],
    ...both("code-range", "bitCounts", "roundedInteger"),
    stage: place(code, "coordinateCode"),
    specs: [ranges, stage, recorded],
  },
  {
    id: "ENC-2",
    name: "level of a coordinate",
    formula: `v = (c − low) / (high − low) · (2^M − 1), rounded; c = low + v (high − low) / (2^M − 1)
text: low = c_min, high = c_max;  published: ±|c_min|`,
    derivatives: "dc/dv = (high − low) / (2^M − 1)",
    edges: [
      "outside the range: the nearest end, and counted",
      "ties half-up, or half-even as published code has it",
      "M = 0: the centre, with slope 0",
    ],
    checks: ["half a level at most between a coordinate and its code", "recorded bits"],
    sources: ["[LC2023] Sec 4.2 and published code"],
    ...both(
      "code-range",
      "codeRange",
      "coordinateLevel",
      "codedLevel",
      "levelCoordinate",
      "levelStep",
    ),
    stage: place(code, "encodedCoordinates"),
    specs: [ranges, stage, recorded],
  },
  {
    id: "ENC-3",
    name: "plain binary code",
    formula: "b_j = ⌊v / 2^(M−1−j)⌋ mod 2, the most significant first",
    derivatives: "none: bits",
    edges: ["M = 0: no bits", "levels 0 and 2^M − 1"],
    checks: ["Σ 2^(M−1−j) b_j is the level, for every level of 10 bits"],
    sources: ["[LC2023] Sec 4.2"],
    ...both("binary-code", "levelBits", "bitsLevel"),
    stage: place(code, "encodedCoordinates"),
    specs: [decoding, stage, recorded],
  },
  {
    id: "ENC-4",
    name: "Gray code, leading bits inverted",
    formula: "p_j = b_j ⊕ b_(j−1);  target_j = p_j ⊕ [j < inverted]",
    derivatives: "none: bits",
    edges: [
      "published code inverts the first two: inverted = 2",
      "fewer bits than that: all are inverted",
    ],
    checks: [
      "neighbouring levels differ in one bit",
      "every level of 10 bits comes back",
      "recorded targets",
    ],
    sources: ["[Gray1953]", "[LC2023] published code"],
    ...both("binary-code", "codeTargets", "targetBits"),
    stage: place(code, "encodedCoordinates"),
    specs: [decoding, stage, recorded],
  },
  {
    id: "ENC-5",
    name: "level without truth",
    formula:
      "v = Σ_(j<M−1) 2^(M−1−j) b_j + σ(± ℓ_(M−1)), − once if that bit is inverted, once if it is a Gray bit after a 1",
    derivatives: "∂v/∂ℓ: ± σ (1 − σ) of the last bit, 0 of the others",
    edges: [
      'published code leaves the inversion out of the sign: wrong for M = 2, under lastBit "published-two-bit-bug"',
      "a logit of 0 reads as 0",
      "saturated logits: the hard level and slope 0",
      "M = 0: level 0",
    ],
    checks: ["every level from saturated logits", "central differences", "recorded coordinates"],
    sources: ["[LC2023] Sec 4.2, Fig 4(c) and published code"],
    ...both("code-decoding", "decodedLevel", "decodedLevelGradient", "hardLevel"),
    stage: place(decoder, "decodedCoordinates", "decodedCoordinatesPull"),
    specs: [decoding, stage, recorded],
  },
  {
    id: "ENC-6",
    name: "level with truth",
    formula: "v = Σ_(j≠m) 2^(M−1−j) b*_j + 2^(M−1−m) σ(± ℓ_m), m the first wrong bit, or the last",
    derivatives: "∂v/∂ℓ_m = ± 2^(M−1−m) σ (1 − σ), 0 of the others",
    edges: [
      "outside the object: the hard level, without a slope",
      'published code undoes Gray bits there with given ones: outside "published-hard-after-given-bits"',
    ],
    checks: [
      "a wrong bit moves the level by less than its weight",
      "central differences",
      "recorded coordinates and gradients",
    ],
    sources: ["[LC2023] Sec 4.2, Fig 4(b) and published code"],
    ...both(
      "code-decoding",
      "decodedLevelWithTruth",
      "decodedLevelWithTruthGradient",
      "softBit",
      "hardLevelAfterBits",
    ),
    stage: place(decoder, "decodedCoordinatesWithTruth", "decodedCoordinatesPull"),
    specs: [decoding, stage, recorded],
  },
  {
    id: "ENC-7",
    name: "global vertex code",
    formula:
      "16 bits by halving the set of vertices again and again; a code stands for the mean of its vertices",
    derivatives: "none: a table",
    edges: [
      "halves differ by one vertex at most, whatever the count",
      "a set of one vertex: its remaining bits are 0",
      "cut at the median of the longest side; [ZebraPose2022] clusters",
    ],
    checks: ["every vertex comes back from its code", "halves are even at every bit"],
    sources: ["[ZebraPose2022]", "[LC2023] Sec 4.2, Fig 4(a)"],
    stage: place("src/encoding/vertex-code.ts", "vertexCode", "vertexOfCode"),
    specs: [stage],
  },
  {
    id: "ENC-8",
    name: "frame a model is coded in",
    formula: "z′ = R z + t;  z = Rᵀ (z′ − t), as a row (z′ − t) R",
    derivatives: "∂L/∂z′ = R ∂L/∂z",
    edges: ["no entry: R = I, t = 0"],
    checks: ["the two undo each other", "the gradient on duals"],
    sources: ["[LC2023] Sec 6.3"],
    ...both("model-rotation", "codedPoint", "modelPoint", "modelPointPull"),
    specs: ["spec/equations/model-rotation.spec.ts"],
  },
];
