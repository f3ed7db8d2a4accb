/** Sound claims of method metrics. */
import type { Claims } from "../../../src/formats/claims.js";
import { type Compared, type ErrorSwitches, trace } from "./pose-errors.js";
import {
  type ComparedDraw,
  comparedArrays,
  comparedInputs,
  comparedPoses,
  errorNames,
  errorScene,
} from "./pose-errors-claims.js";
import {
  type Arrays,
  bitsOf,
  claimsFile,
  onEach,
  only,
  type SoundControl,
  storedAs,
} from "./trial.js";

interface Sound extends Omit<SoundControl, "claims" | "method" | "conventions"> {
  readonly claims: readonly string[];
  readonly explained?: Readonly<Record<string, readonly string[]>>;
  readonly draw?: Partial<ComparedDraw>;
  readonly with?: Partial<ErrorSwitches>;
  readonly dtype?: Claims["dtype"];
  readonly convention?: Claims["convention"];
  readonly after?: (arrays: Arrays, problems: readonly Compared[]) => Arrays;
}

const lengths = ["add", "adds", "mssd", "te"];
const all = (names: readonly string[], slug: string) =>
  Object.fromEntries(names.map((name) => [name, [slug]]));
const byTrace: Partial<ErrorSwitches> = { angle: (R, S) => Math.acos((trace(R, S) - 1) / 2) };

const sounds: Sound[] = [
  {
    name: "all errors",
    sentence: "Nine errors of four pairs.",
    kind: "float64",
    claims: errorNames,
  },
  {
    name: "angles by arc cosine",
    sentence: "Angles as evaluators print them.",
    kind: "float64",
    claims: ["re_deg", "ad"],
    with: byTrace,
  },
  {
    name: "one point",
    sentence: "A model of two points.",
    kind: "float64",
    claims: errorNames,
    draw: { points: 2, problems: 1 },
  },
  {
    name: "all errors in single precision",
    sentence: "Single precision throughout.",
    kind: "float32",
    claims: errorNames,
    draw: { store: Math.fround },
    with: { store: Math.fround },
    dtype: "float32",
  },
  {
    name: "many points in single precision",
    sentence: "A hundred points.",
    kind: "float32",
    claims: ["add", "adds", "proj", "mssd"],
    draw: { points: 100, problems: 2, store: Math.fround },
    with: { store: Math.fround },
    dtype: "float32",
  },
  ...(["float16", "bfloat16"] as const).map(
    (dtype): Sound => ({
      name: `errors stored as ${dtype}`,
      sentence: `Right numbers, rounded to ${bitsOf[dtype]} bits.`,
      kind: "half precision",
      claims: errorNames,
      dtype,
      after: storedAs(dtype),
    }),
  ),
  {
    name: "nearly the same pose",
    sentence: "A millionth of a degree and a nanometre apart.",
    kind: "badly conditioned",
    claims: ["add", "proj", "mssd", "te", "npe", "ad"],
    draw: { turn: 1e-8, shift: 1e-9 },
  },
  {
    name: "nearly the same pose, by arc cosine",
    sentence: "A ten-thousandth of a radian apart, from the trace.",
    kind: "badly conditioned",
    claims: ["re_deg", "ad"],
    draw: { turn: 1e-4 },
    with: byTrace,
  },
  {
    name: "nearly half a turn apart",
    sentence: "Rotations beside a half-turn from each other, in single precision.",
    kind: "badly conditioned",
    claims: ["re_deg", "ad", "add"],
    draw: { turn: 3.14, store: Math.fround },
    with: { store: Math.fround },
    dtype: "float32",
  },
  {
    name: "far away",
    sentence: "A hundred metres away, in single precision.",
    kind: "badly conditioned",
    claims: errorNames,
    draw: { depth: 100, store: Math.fround },
    with: { store: Math.fround },
    dtype: "float32",
  },
  {
    name: "close to the camera",
    sentence: "Points from a few centimetres on.",
    kind: "badly conditioned",
    claims: ["proj", "mspd", "add"],
    draw: { depth: 0.3, shift: 0.01 },
  },
  {
    name: "millimetres, declared",
    sentence: "All lengths in millimetres, as the file says.",
    kind: "convention declared",
    claims: errorNames,
    convention: { length: "mm" },
  },
  {
    name: "errors in millimetres",
    sentence: "Errors in millimetres of poses in metres.",
    kind: "convention undeclared",
    claims: lengths,
    explained: all(lengths, "millimetres-for-metres"),
    after: onEach((v) => 1000 * v),
  },
  {
    name: "errors in centimetres",
    sentence: "Errors in centimetres of poses in metres.",
    kind: "convention undeclared",
    claims: lengths,
    explained: all(lengths, "centimetres-for-metres"),
    after: onEach((v) => 100 * v),
  },
  {
    name: "radians for degrees",
    sentence: "re_deg in radians.",
    kind: "convention undeclared",
    claims: ["re_deg"],
    explained: all(["re_deg"], "radians-for-degrees"),
    after: onEach((v) => (v * Math.PI) / 180),
  },
  {
    name: "degrees for radians",
    sentence: "ad in degrees.",
    kind: "convention undeclared",
    claims: ["ad"],
    explained: all(["ad"], "degrees-for-radians"),
    after: onEach((v) => (v * 180) / Math.PI),
  },
  {
    name: "the published guard",
    sentence: "10⁻⁷ is added to ‖t_gt‖.",
    kind: "convention undeclared",
    claims: ["npe"],
    explained: all(["npe"], "position-guard"),
    with: { divisor: (t) => Math.hypot(...t) + 1e-7 },
  },
  {
    name: "shares of the diameter",
    sentence: "Errors are divided by the diameter.",
    kind: "convention undeclared",
    claims: ["add", "adds", "mssd"],
    explained: all(["add", "adds", "mssd"], "share-of-diameter"),
    after: (arrays, problems) => onEach((v, i) => v / problems[i].diameter)(arrays),
  },
  {
    name: "pixels of an image of 640",
    sentence: "Pixel errors are scaled to a width of 640.",
    kind: "convention undeclared",
    claims: ["proj", "mspd"],
    explained: all(["proj", "mspd"], "scaled-to-640-pixels"),
    after: (arrays, problems) => onEach((v, i) => (640 * v) / problems[i].width)(arrays),
  },
  {
    name: "shares of the image",
    sentence: "Pixel errors are divided by the width.",
    kind: "convention undeclared",
    claims: ["proj", "mspd"],
    explained: all(["proj", "mspd"], "share-of-image-width"),
    after: (arrays, problems) => onEach((v, i) => v / problems[i].width)(arrays),
  },
];

export function poseErrorsControls(seed: string): SoundControl[] {
  return sounds.map((sound): SoundControl => {
    const { name, sentence, kind, explained = {}, dtype = "float64", convention = {} } = sound;
    const problems = comparedPoses({ ...errorScene(seed), ...sound.draw });
    const claimed = only(comparedArrays(problems, sound.with), sound.claims);
    return {
      ...{ method: "metrics", name, sentence, kind, conventions: explained },
      claims: claimsFile(
        "metrics",
        comparedInputs(problems),
        sound.after?.(claimed, problems) ?? claimed,
        { dtype, convention },
      ),
    };
  });
}
