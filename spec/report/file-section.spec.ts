import { expect, it } from "vitest";
import { fileSection } from "../../src/report/file-section.js";
import { fileReport } from "./sample-report.js";

it("fileSection(file) says of how many points, of a model or of correspondences, or says nothing of them", () => {
  const text = (extent: object) => fileSection(fileReport("a.json", "", [], extent), true).text;
  expect(text({})).toContain("13 problems of 8 points. ");
  expect(text({ correspondences: 0, points: 150 })).toContain("13 problems of 150 model points. ");
  expect(text({ correspondences: 0, points: 1, problems: 1 })).toContain(
    "1 problem of 1 model point. ",
  );
  expect(text({ correspondences: 0, points: 0 })).toContain("float64, 13 problems. ");
});
