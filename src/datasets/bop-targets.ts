/**
 * The targets of a BOP evaluation, test_targets_bop19.json: which objects are looked for in which image,
 * and how many of each.
 *
 *     [{"im_id": 3, "inst_count": 1, "obj_id": 5, "scene_id": 1}, …]
 *
 * Source: [BopChallenge2020].
 */
import { FormatError } from "../formats/format-error.js";
import { jsonItems } from "./json-items.js";
import { jsonText } from "./number-text.js";
import { type FileSource, sourceName } from "./source.js";

export interface BopTarget {
  readonly scene: number;
  readonly image: number;
  readonly object: number;
  /** How many instances are looked for, at least 1. */
  readonly count: number;
}

/** "scene 1, image 3, object 5", as errors name a target. */
export function targetName({ scene, image, object }: Omit<BopTarget, "count">): string {
  return `scene ${scene}, image ${image}, object ${object}`;
}

/** The targets in the order of the file. @throws FormatError if one occurs twice, or there is none. */
export async function readTargets(source: FileSource): Promise<BopTarget[]> {
  const targets: BopTarget[] = [];
  const seen = new Map<string, number>();
  for await (const { key, value } of jsonItems(source, { root: "list" })) {
    const target = {
      scene: value.member("scene_id").natural(),
      image: value.member("im_id").natural(),
      object: value.member("obj_id").natural(),
      count: value.optional("inst_count")?.natural() ?? 1,
    };
    if (target.count === 0) value.fail("an inst_count of at least 1", "0");
    const name = targetName(target);
    const before = seen.get(name);
    if (before !== undefined)
      value.fail("targets that occur once", `${name} again, as [${before}]`);
    seen.set(name, key as number);
    targets.push(target);
  }
  if (targets.length === 0) throw new FormatError(sourceName(source), "file", "targets", "none");
  return targets;
}

/** The text of a targets file, a target a line. */
export function writeTargets(targets: Iterable<BopTarget>): string {
  const lines = Array.from(targets, ({ scene, image, object, count }) =>
    jsonText({ im_id: image, inst_count: count, obj_id: object, scene_id: scene }),
  );
  return `[\n${lines.map((line) => `  ${line}`).join(",\n")}\n]\n`;
}
