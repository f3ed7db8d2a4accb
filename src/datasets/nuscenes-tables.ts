/**
 * The tables of a nuScenes folder such as v1.0-trainval: each a list of records with a "token", by which the
 * records of other tables refer to it. Source: [Caesar2020] and the schema of its development kit.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { shown } from "../formats/format-error.js";
import { jsonItems } from "./json-items.js";
import type { JsonPlace } from "./json-place.js";

/** Those that the evaluation of detections needs. */
export const nuscenesTables = [
  "scene",
  "sample",
  "sensor",
  "calibrated_sensor",
  "sample_data",
  "ego_pose",
  "category",
  "instance",
  "attribute",
  "sample_annotation",
] as const;
export type NuscenesTable = (typeof nuscenesTables)[number];

/** True if a folder holds the tables. */
export async function isNuscenesFolder(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => [] as string[]);
  return nuscenesTables.every((table) => files.includes(`${table}.json`));
}

export interface TableOptions {
  /** Called as a table is begun, and with the bytes read of it. */
  readonly onProgress?: (table: NuscenesTable, bytes: number) => void;
}

export class NuscenesFolder {
  constructor(
    readonly folder: string,
    private readonly options: TableOptions = {},
  ) {}

  file(table: NuscenesTable): string {
    return join(this.folder, `${table}.json`);
  }

  /** The records of a table, one at a time, with their tokens. */
  async *records(
    table: NuscenesTable,
  ): AsyncGenerator<readonly [token: string, record: JsonPlace]> {
    const onProgress = (bytes: number) => this.options.onProgress?.(table, bytes);
    onProgress(0);
    for await (const { value } of jsonItems(this.file(table), { root: "list", onProgress }))
      yield [value.member("token").text(), value];
  }

  /** One text of every record of a table, by token; for tables small enough. */
  async column(table: NuscenesTable, name: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const [token, record] of this.records(table)) {
      if (found.has(token)) record.fail("tokens that occur once", `${shown(token)} twice`);
      found.set(token, record.member(name).text());
    }
    return found;
  }
}

/** What a token stands for. @throws FormatError if there is no record of that token. */
export function referred<T>(token: JsonPlace, records: ReadonlyMap<string, T>, table: string): T {
  const found = records.get(token.text());
  return found ?? token.fail(`a token of ${table}`);
}
