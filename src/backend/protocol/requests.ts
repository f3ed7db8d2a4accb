/** A task as requests: which problems share a line, and what the line says. */
import type { Claims } from "../../formats/claims.js";
import type { Question } from "../../live/question.js";
import type { Task } from "../task.js";
import { pointCount, type Translation } from "./translation.js";

/** Characters that a number takes on a line, at most: seventeen digits, sign, point, exponent, separator. */
const characters = 26;

/** Problems of one line, in the order of the task. */
export type Group = readonly number[];

/**
 * Problems that can share lines, in groups of at most so many characters, for requests and answers each. A
 * problem that needs more alone has a line to itself.
 */
export function groups(
  task: Task,
  translation: Translation,
  problems: Iterable<number>,
  lineLength: number,
): Group[] {
  const alike = new Map<string, number[]>();
  for (const b of problems) {
    const key = `${pointCount(task, [b])} ${translation.kind(task, b)}`;
    const found = alike.get(key);
    if (found) found.push(b);
    else alike.set(key, [b]);
  }
  return [...alike.values()].flatMap((all) => {
    // What all problems share stands on a line once.
    const [one, two] = [1, 2].map((count) => lineSize(task, translation, all[0], count));
    const most = Math.max(1, 1 + Math.floor((lineLength - one) / (two - one)));
    return Array.from({ length: Math.ceil(all.length / most) }, (_, i) =>
      all.slice(i * most, (i + 1) * most),
    );
  });
}

/** Characters that some problems like b take on the longer of their two lines, at most. */
export function lineSize(task: Task, translation: Translation, b: number, count = 1): number {
  const some = new Array<number>(count).fill(b);
  const input = Object.values(translation.input(task, some));
  const asked = input.reduce((sum, { data }) => sum + data.length, 0);
  const answered = Object.values(translation.want(task, some)).reduce(
    (sum, shape) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
  return characters * Math.max(asked, answered);
}

/** What a group's line asks. */
export function question(
  task: Task,
  translation: Translation,
  group: Group,
  dtype: Claims["dtype"],
): Question {
  return {
    method: translation.method(task.settings),
    dtype,
    ...{ convention: {}, seeds: 0 },
    expect: {},
    label: `problems ${group[0]} … ${group[group.length - 1]}`,
    input: translation.input(task, group),
    want: Object.keys(translation.want(task, group)),
    degenerate: false,
  };
}
