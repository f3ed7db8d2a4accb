/** An answer's arrays against what was asked for: written to the task, or what is wrong with them. */
import type { Arrays } from "../../live/question.js";
import type { Task } from "../task.js";
import type { Group } from "./requests.js";
import type { Translation } from "./translation.js";

const shown = (shape: readonly number[]) => `[${shape.join(", ")}]`;

/** What keeps an answer from being read; null if nothing does. */
export function answerFault(
  task: Task,
  translation: Translation,
  group: Group,
  claim: Arrays,
): string | null {
  for (const [name, shape] of Object.entries(translation.want(task, group))) {
    const got = claim[name];
    if (!got) {
      const there = Object.keys(claim).join(", ") || "nothing";
      return `expected ${name} in the answer, got ${there}`;
    }
    // A pose may come as a quaternion too: its length tells which it is.
    const shapes = name === "pose" ? [shape, [shape[0], 7]] : [shape];
    if (!shapes.some((one) => shown(one) === shown(got.shape)))
      return `expected ${name} of shape ${shapes.map(shown).join(" or ")}, got ${shown(got.shape)}`;
  }
  return null;
}

/** Problems of a group whose outputs hold a number that is none. */
export function unanswered(task: Task, group: Group): number[] {
  const fields = task.operation.outputs(task.settings);
  return group.filter((b) =>
    Object.entries(fields).some(([name, { per, width }]) => {
      const [from, to] = per === "point" ? [task.offsets[b], task.offsets[b + 1]] : [b, b + 1];
      const values = task.output[name];
      for (let k = width * from; k < width * to; k++) if (!Number.isFinite(values[k])) return true;
      return false;
    }),
  );
}
