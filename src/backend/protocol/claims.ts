/** One answered problem of a task as the content of a claims file. */
import type { Claims } from "../../formats/claims.js";
import { claimsFor } from "../../live/question.js";
import type { Backend, Task } from "../task.js";
import { question } from "./requests.js";
import { translations } from "./translations.js";

/** What was claimed for problem b by `source`; null if no method of claims files says it. */
export function claimsOfTask(
  task: Task,
  b: number,
  precision: Backend["precision"],
  source: string,
): Claims | null {
  const translation = translations[task.operation.name];
  if (!translation || translation.refusal(task.settings) !== null) return null;
  if (!translation.asked(task, b) || translation.refusalOf(task, b) !== null) return null;
  const asked = question(task, translation, [b], precision);
  return claimsFor(asked, translation.claim(task, [b]), source);
}
