/**
 * Results of the nuScenes detection task, sample by sample:
 *
 *     {"meta": {"use_camera": true, …},
 *      "results": {"SAMPLE": [{"sample_token": "SAMPLE", "translation": [3], "size": [3], "rotation": [4],
 *                              "velocity": [2], "detection_name": "car", "detection_score": 0.9,
 *                              "attribute_name": "vehicle.moving"}, …], …}}
 *
 * Global frame, metres, m/s; sizes are width, length, height; quaternions w, x, y, z. A velocity may be the
 * bare NaN that Python writes. Source: [Caesar2020] and the format of its development kit.
 */
import { FormatError, oneOf, shown } from "../formats/format-error.js";
import { jsonItems } from "./json-items.js";
import type { JsonPlace } from "./json-place.js";
import { jsonText } from "./number-text.js";
import { attributeNames, type DetectionBox, detectionClass, placedBox } from "./nuscenes-boxes.js";
import { type FileSource, type ReadOptions, sourceName } from "./source.js";

/** What a method used, as it declares. */
export interface DetectionMeta {
  readonly use_camera: boolean;
  readonly use_lidar: boolean;
  readonly use_radar: boolean;
  readonly use_map: boolean;
  readonly use_external: boolean;
}

const uses = ["use_camera", "use_lidar", "use_radar", "use_map", "use_external"] as const;

/** Most boxes of a sample that the task allows. */
export const mostBoxes = 500;

export interface DetectionOptions extends ReadOptions {
  /** The samples there have to be: every one of them, and no other. */
  readonly samples?: Iterable<string>;
  /** Called with the meta data, wherever in the file they stand. */
  readonly onMeta?: (meta: DetectionMeta) => void;
}

/**
 * The predictions, a sample at a time, in the order of the file.
 *
 * @throws FormatError naming sample and key, if a sample has more than 500 boxes, is none of the wanted or
 * one of them is missing, if a class or attribute is unknown, a number is not finite (but a velocity) or a
 * size not positive; or if the file lacks "meta" or "results".
 */
export async function* readDetections(
  source: FileSource,
  options: DetectionOptions = {},
): AsyncGenerator<readonly [sample: string, boxes: readonly DetectionBox[]]> {
  const file = sourceName(source);
  const missing = options.samples && new Set(options.samples);
  const seen = { meta: false, results: 0 };
  const scan = {
    root: "object",
    enter: ["results"],
    nan: true,
    onProgress: options.onProgress,
  } as const;
  for await (const { parent, key, value } of jsonItems(source, scan)) {
    if (parent === "results") {
      seen.results++;
      if (missing && !missing.delete(String(key)))
        value.fail("a sample of the split", shown(String(key)));
      const list = value.list();
      if (list.length > mostBoxes) value.fail(`at most ${mostBoxes} boxes`, `${list.length}`);
      yield [String(key), list.map((item) => prediction(item, String(key)))];
    } else if (key === "meta") {
      seen.meta = true;
      const used = uses.map((name) => {
        const flag = value.member(name);
        return [name, typeof flag.value === "boolean" ? flag.value : flag.fail("true or false")];
      });
      options.onMeta?.(Object.fromEntries(used));
    }
  }
  const fail = (where: string, expected: string, got: string): never => {
    throw new FormatError(file, where, expected, got);
  };
  if (!seen.meta) fail("file", 'a member "meta"', "none");
  if (seen.results === 0) fail("results", "a list of boxes for each sample", "none");
  if (missing && missing.size > 0) {
    const [first] = missing;
    fail(
      "results",
      `every sample of the split, such as ${shown(first)}`,
      `${missing.size} missing`,
    );
  }
}

function prediction(item: JsonPlace, sample: string): DetectionBox {
  const token = item.member("sample_token");
  if (token.text() !== sample) token.fail(`the sample of its list, ${shown(sample)}`);
  const velocity = item.member("velocity").list();
  if (velocity.length !== 2) item.member("velocity").fail("a list of 2 numbers");
  const speed = (k: number) => (velocity[k].value === "NaN" ? Number.NaN : velocity[k].number());
  const attribute = item.member("attribute_name");
  const name = attribute.text();
  if (name !== "" && !(attributeNames as readonly string[]).includes(name))
    attribute.fail(`${oneOf(attributeNames)}, or "" for none`);
  return {
    frame: sample,
    class: detectionClass(item.member("detection_name")),
    ...placedBox(item),
    velocity: [speed(0), speed(1)],
    attribute: name,
    score: item.member("detection_score").number(),
    points: -1,
  };
}

type Prediction = Pick<
  DetectionBox,
  "class" | "centre" | "size" | "rotation" | "velocity" | "attribute" | "score"
>;

/**
 * Predictions as the text of a results file, a piece a sample. Read back, every number has the same bits; an
 * unknown velocity is a bare NaN.
 *
 * @throws RangeError if another number is not finite.
 */
export function* writeDetections(
  samples: Iterable<readonly [sample: string, boxes: Iterable<Prediction>]>,
  meta: DetectionMeta,
): Generator<string> {
  yield `{"meta": ${jsonText(Object.fromEntries(uses.map((name) => [name, meta[name]])))},\n"results": {`;
  let between = "\n";
  for (const [sample, boxes] of samples) {
    const list = Array.from(boxes, (box) => predictionText(sample, box));
    yield `${between}${JSON.stringify(sample)}: [${list.join(",\n ")}]`;
    between = ",\n";
  }
  yield "\n}}\n";
}

function predictionText(sample: string, box: Prediction): string {
  const speeds = box.velocity.map((speed) => (Number.isNaN(speed) ? "NaN" : jsonText(speed)));
  const members = [
    ["sample_token", jsonText(sample)],
    ["translation", jsonText(box.centre)],
    ["size", jsonText(box.size)],
    ["rotation", jsonText(box.rotation)],
    ["velocity", `[${speeds.join(", ")}]`],
    ["detection_name", jsonText(box.class)],
    ["detection_score", scoreText(box.score)],
    ["attribute_name", jsonText(box.attribute)],
  ];
  return `{${members.map(([name, text]) => `"${name}": ${text}`).join(", ")}}`;
}

/** A score with a point or an exponent: the development kit takes a whole number for no score. */
function scoreText(score: number): string {
  const text = jsonText(score);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
