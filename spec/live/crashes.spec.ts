import { expect, it } from "vitest";
import { liveText } from "../../src/report/live.js";
import { heard, left, zoo } from "./asked.js";

it("liveAudit makes a request that ends the command as small as it may be, each try in a process of its own", async () => {
  const { report, errors } = await heard(zoo("crash-from-six"), { shrink: 60, timeout: 60 });
  expect(report.findings).toHaveLength(1);
  const [{ fault, alone, asked, smallest }] = report.findings;
  expect([fault, alone]).toEqual(["crashed", true]);
  expect(asked!.question.input.points.shape[1]).toBeGreaterThan(6);
  expect(smallest!.question.input.points.shape).toEqual([1, 6, 3]);
  expect(left(errors)).toEqual([]);
  const text = liveText(report, { failures: [], findings: ["failing-crashed.ndjson"] });
  expect(text.replaceAll(/\s+/g, " ")).toContain(
    "Alone, in a new process, it does the same, and so does the smallest request found: points has shape [1, 6, 3].",
  );
});

it("liveAudit makes a request that stalls the command smaller, for as long as some timeouts allow", async () => {
  const options = { timeout: 0.6, problems: 2, shrink: 60 };
  const { report, errors } = await heard(zoo("stall-from-six"), options);
  const [{ fault, alone }] = report.findings;
  expect([fault, alone]).toEqual(["stalled", true]);
  expect(left(errors)).toEqual([]);
});

it("liveAudit says where a request does nothing by itself: what came before it counts", async () => {
  const { report } = await heard(zoo("crash"), { shrink: 60 });
  const [{ fault, alone, smallest }] = report.findings;
  expect([fault, alone, smallest]).toEqual(["crashed", false, undefined]);
  const text = liveText(report, { failures: [], findings: [null] });
  expect(text.replaceAll(/\s+/g, " ")).toContain("Alone, in a new process, it is answered");
});
