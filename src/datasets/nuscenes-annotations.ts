/**
 * The true boxes of nuScenes, and the racks that hide bicycles.
 *
 * A box has no velocity of its own: it is the difference of the centres in the samples before and after,
 *
 *     v = (c_after − c_before) / (t_after − t_before)      [m/s]
 *
 * or of the present one in place of one that is missing; NaN if both are, or if the two are more than 3 s
 * apart, 1.5 s where one is missing. Times are whole microseconds, and are subtracted as such.
 */
import { FormatError, shown } from "../formats/format-error.js";
import type { JsonPlace } from "./json-place.js";
import { categoryClass, type DetectionBox, placedBox } from "./nuscenes-boxes.js";
import { type NuscenesFolder, referred } from "./nuscenes-tables.js";

export type Rack = Pick<DetectionBox, "centre" | "size" | "rotation">;

export interface SampleBoxes {
  readonly truths: DetectionBox[];
  readonly racks: Rack[];
}

/** An object at a time, and the tokens of its annotations before and after, "" for none. */
interface Sighting {
  /** Microseconds. */
  readonly time: number;
  readonly centre: DetectionBox["centre"];
  readonly before: string;
  readonly after: string;
}

const rackCategory = "static_object.bicycle_rack";
/** Greatest span of one step between annotations over which a velocity is taken [s]. */
const LONGEST_STEP = 1.5;

/**
 * The boxes of each of the samples, whose times [µs] are given; other samples are passed over.
 *
 * @throws FormatError naming the record, if it refers to one that is not there.
 */
export async function sampleBoxes(
  tables: NuscenesFolder,
  times: ReadonlyMap<string, number>,
): Promise<Map<string, SampleBoxes>> {
  const categories = await tables.column("category", "name");
  const kinds = new Map<string, string>();
  for await (const [token, record] of tables.records("instance"))
    kinds.set(token, referred(record.member("category_token"), categories, "category"));
  const attributes = await tables.column("attribute", "name");
  const found = new Map<string, SampleBoxes>();
  for (const sample of times.keys()) found.set(sample, { truths: [], racks: [] });
  const sightings = new Map<string, Sighting>();
  const tokens: (readonly [token: string, box: DetectionBox])[] = [];
  for await (const [token, record] of tables.records("sample_annotation")) {
    const frame = record.member("sample_token").text();
    const time = times.get(frame);
    if (time === undefined) continue;
    const kind = referred(record.member("instance_token"), kinds, "instance");
    const placed = placedBox(record);
    const [before, after] = [record.member("prev").text(), record.member("next").text()];
    if (sightings.has(token)) record.fail("tokens that occur once", `${shown(token)} twice`);
    sightings.set(token, { time, centre: placed.centre, before, after });
    const { centre, size, rotation } = placed;
    if (kind === rackCategory) found.get(frame)?.racks.push({ centre, size, rotation });
    const name = categoryClass.get(kind);
    if (name === undefined) continue;
    const attribute = attributeOf(record.member("attribute_tokens"), attributes);
    const points =
      record.member("num_lidar_pts").natural() + record.member("num_radar_pts").natural();
    const rest = { attribute, points, score: 0, velocity: [Number.NaN, Number.NaN] as const };
    tokens.push([token, { frame, class: name, ...placed, ...rest }]);
  }
  // Only now is what comes after an annotation known.
  const file = tables.file("sample_annotation");
  for (const [token, box] of tokens)
    found.get(box.frame)?.truths.push({ ...box, velocity: velocity(token, sightings, file) });
  return found;
}

function attributeOf(list: JsonPlace, attributes: ReadonlyMap<string, string>): string {
  const tokens = list.list();
  if (tokens.length > 1) list.fail("at most one attribute");
  return tokens.length === 0 ? "" : referred(tokens[0], attributes, "attribute");
}

/** Velocity on the ground [2], m/s. */
function velocity(
  token: string,
  sightings: ReadonlyMap<string, Sighting>,
  file: string,
): readonly [number, number] {
  const sighting = (wanted: string, which: string): Sighting => {
    const found = sightings.get(wanted);
    if (found) return found;
    const expected = `an annotation of the same scene as ${which}`;
    throw new FormatError(file, `token ${shown(token)}`, expected, shown(wanted));
  };
  const present = sighting(token, "token");
  const before = present.before === "" ? present : sighting(present.before, "prev");
  const after = present.after === "" ? present : sighting(present.after, "next");
  if (before === after) return [Number.NaN, Number.NaN];
  const span = (after.time - before.time) / 1e6;
  if (!(span > 0))
    throw new FormatError(file, `token ${shown(token)}`, "prev before next", `${span} s between`);
  const steps = before === present || after === present ? 1 : 2;
  if (span > steps * LONGEST_STEP) return [Number.NaN, Number.NaN];
  return [(after.centre[0] - before.centre[0]) / span, (after.centre[1] - before.centre[1]) / span];
}
