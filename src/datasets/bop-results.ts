/**
 * Results in the format of the BOP challenges, an estimate a row:
 *
 *     scene_id,im_id,obj_id,score,R,t,time
 *     1,3,5,0.92,r11 r12 r13 r21 r22 r23 r31 r32 r33,t1 t2 t3,0.35
 *
 * R takes the model to the camera, row by row; t is in mm; time is that of the whole image in seconds,
 * −1 if unknown. The header may be missing, as in the challenges' own reader. Source: [BopChallenge2020].
 */
import { FormatError, shown } from "../formats/format-error.js";
import { type Line, lines } from "./lines.js";
import { decimalText, decimalValue, naturalValue } from "./number-text.js";
import {
  type PlacedObject,
  poseOfParts,
  reportedDefect,
  rotationPart,
  translationPart,
} from "./pose-numbers.js";
import { type FileSource, type ReadOptions, sourceName } from "./source.js";

/** What a row says. */
export interface BopEstimate {
  readonly scene: number;
  readonly image: number;
  readonly object: number;
  readonly score: number;
  /** [R | t] row by row [12], model to camera, t in mm. */
  readonly pose: Float64Array;
  /** Seconds for the image; −1 if unknown. */
  readonly time: number;
}

export interface BopResult extends BopEstimate, PlacedObject {
  /** Line of the file, counted from 1, the header among them. */
  readonly row: number;
}

export interface BopResultOptions extends ReadOptions {
  /** Ids of the data set's objects: a row with another is refused. */
  readonly objects?: ReadonlySet<number>;
}

const columns = ["scene_id", "im_id", "obj_id", "score", "R", "t", "time"] as const;
export const bopResultHeader = columns.join(",");

/**
 * The estimates of a results file, row by row; none is kept.
 *
 * @throws FormatError naming the row, if it has not seven cells, a cell is not what its column asks for,
 * a number is not finite or the object is unknown; or if the file has no estimate at all.
 */
export async function* readBopResults(
  source: FileSource,
  options: BopResultOptions = {},
): AsyncGenerator<BopResult> {
  const file = sourceName(source);
  let count = 0;
  for await (const line of lines(source, options)) {
    if (line.number === 1 && line.text.replace(/\s/g, "") === bopResultHeader) continue;
    yield result(line, file, options.objects);
    count++;
  }
  if (count === 0) throw new FormatError(file, "file", "an estimate a row", "no estimate");
}

function result({ number, text }: Line, file: string, objects?: ReadonlySet<number>): BopResult {
  const fail = (name: string, expected: string, got: string): never => {
    throw new FormatError(file, `row ${number}${name && `, ${name}`}`, expected, got);
  };
  const cells = text.split(",");
  if (cells.length !== columns.length) {
    const header = number === 1 && /[a-z]{2}/i.test(text);
    const expected = header ? `the header ${bopResultHeader}` : `${columns.length} cells`;
    fail("", expected, header ? shown(text) : `${cells.length}`);
  }
  const natural = (k: number): number =>
    naturalValue(cells[k].trim()) ??
    fail(columns[k], "a whole number from 0 on", shown(cells[k].trim()));
  const decimal = (k: number): number =>
    decimalValue(cells[k].trim()) ?? fail(columns[k], "a finite number", shown(cells[k].trim()));
  const numbers = (k: number, count: number): number[] => {
    const words = cells[k].split(/\s+/).filter((word) => word !== "");
    if (words.length !== count) fail(columns[k], `${count} numbers`, `${words.length}`);
    return words.map(
      (word, i) =>
        decimalValue(word) ?? fail(`${columns[k]}[${i}]`, "a finite number", shown(word)),
    );
  };
  const [scene, image, object] = [natural(0), natural(1), natural(2)];
  if (objects && !objects.has(object))
    fail("obj_id", `an object of the data set (${idList(objects)})`, `${object}`);
  const score = decimal(3);
  const pose = poseOfParts(numbers(4, 9), numbers(5, 3));
  const time = decimal(6);
  if (time < 0 && time !== -1) fail("time", "seconds, or -1 for unknown", `${time}`);
  return { row: number, scene, image, object, score, pose, defect: reportedDefect(pose), time };
}

/** Ids as an error shows them: "1, 5, 6". */
export function idList(ids: Iterable<number>): string {
  const all = [...ids].sort((a, b) => a - b);
  return all.length > 12
    ? `${all.slice(0, 12).join(", ")}, … ${all.length} in all`
    : all.join(", ");
}

/**
 * Estimates as the text of a results file, a piece a row, the header first. Read back, every number has
 * the same bits.
 *
 * @throws RangeError if a number is not finite, or an id no whole number from 0 on.
 */
export function* writeBopResults(estimates: Iterable<BopEstimate>): Generator<string> {
  yield `${bopResultHeader}\n`;
  for (const { scene, image, object, score, pose, time } of estimates) {
    for (const id of [scene, image, object])
      if (!(Number.isSafeInteger(id) && id >= 0))
        throw new RangeError(`writeBopResults: expected ids from 0 on, got ${id}`);
    const [R, t] = [rotationPart(pose), translationPart(pose)].map((part) =>
      Array.from(part, decimalText).join(" "),
    );
    yield `${scene},${image},${object},${decimalText(score)},${R},${t},${decimalText(time)}\n`;
  }
}
