/** The report as JSON (docs/claims.md). */
import type { AuditReport } from "../audit/report.js";

/** What is kept for the pictures alone. */
const pictured = new Set([
  ...["entries", "observed", "projected", "pointErrors", "arrows", "pairs", "reproduction"],
]);

/**
 * JSON text of a report, ending in a newline. Numbers that JSON cannot say are the strings "NaN",
 * "Infinity" and "-Infinity". Entries kept for the pictures are left out.
 */
export function reportJson(report: AuditReport): string {
  const plain = (key: string, value: unknown) => {
    if (pictured.has(key)) return undefined;
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  };
  return `${JSON.stringify(report, plain, 2)}\n`;
}
