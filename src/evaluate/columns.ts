/**
 * The columns of a table of scores: which error, by which rule, under which title. Layouts are the sets of
 * columns that papers on a data set print.
 */
import { mspdThresholds } from "../metrics/accuracy.js";
import type { ErrorName } from "../metrics/pose-errors.js";
import type { AreaRule, Rule, ScoredError } from "../metrics/result.js";

export interface Column {
  /** Title, its lines separated by "\n"; short enough for a table. */
  readonly title: string;
  /** The title on one line, as numbers are called in files. */
  readonly name: string;
  readonly metric: ScoredError;
  readonly rule: Rule;
}

export const layoutNames = ["lm", "ycbv", "bop", "uava"] as const;
export type LayoutName = (typeof layoutNames)[number];

export const layoutSentences: Readonly<Record<LayoutName, string>> = {
  lm: "ADD(-S) at 0.02, 0.05 and 0.1 of the diameter and their mean, 2° 2 cm, 5° 5 cm, projections within 5 px",
  ycbv: "ADD(-S) at 0.1 of the diameter, areas of ADD-S and ADD(-S) up to 10 cm",
  bop: "recalls of MSSD and MSPD averaged over the challenge's thresholds",
  uava: "mean NPE and angle, ACC-2, ACC-5, ADD-2, ADD-5, Proj-2, Proj-5",
};

export interface ColumnOptions {
  /** Unit of the models: mm, cm or m. */
  readonly unit: string;
  /** Width of the images [px], by which thresholds of MSPD grow. */
  readonly imageWidth: number;
  /** False if the data set has no camera matrix: columns of pixels are left out. */
  readonly pixels?: boolean;
  /** Which area columns of areas show; by default the exact one. */
  readonly area?: AreaRule;
  /** Whether the lm layout's mean is the area up to 0.1 d instead. */
  readonly meanIsArea?: boolean;
}

const tenCentimetres: Readonly<Record<string, number>> = { mm: 100, cm: 10, m: 0.1 };

/** The columns of some layouts, each once. @throws RangeError of a unit that is not mm, cm or m. */
export function layoutColumns(names: readonly LayoutName[], options: ColumnOptions): Column[] {
  const { unit, pixels = true, area = "exact" } = options;
  const reach = tenCentimetres[unit];
  if (reach === undefined)
    throw new RangeError(`layoutColumns: expected mm, cm or m for thresholds in cm, got ${unit}`);
  const shares: readonly Column[] = [0.02, 0.05, 0.1].map((share) => within("addOrAddS", share));
  const mean: Column = options.meanIsArea
    ? {
        ...titled("ADD(-S)\narea"),
        metric: "addOrAddS",
        rule: { kind: "area", area, limit: 0.1, of: "diameter" },
      }
    : {
        ...titled("ADD(-S)\nmean"),
        metric: "addOrAddS",
        rule: { kind: "average recall", thresholds: [0.02, 0.05, 0.1], of: "diameter" },
      };
  const areaOf = (metric: ErrorName, title: string): Column => ({
    ...titled(`AUC\n${title}`),
    metric,
    rule: { kind: "area", area, limit: reach },
  });
  const layouts: Readonly<Record<LayoutName, () => readonly Column[]>> = {
    lm: () => [...shares, mean, joint(2), joint(5), projected(5)],
    ycbv: () => [shares[2], areaOf("addS", "ADD-S"), areaOf("addOrAddS", "ADD(-S)")],
    bop: () => [
      {
        ...titled("AR\nMSSD"),
        metric: "mssd",
        rule: { kind: "average recall", thresholds: tenths, of: "diameter" },
      },
      {
        ...titled("AR\nMSPD"),
        metric: "mspd",
        rule: { kind: "average recall", thresholds: [...mspdThresholds(options.imageWidth)] },
      },
    ],
    uava: () => [
      { ...titled("NPE"), metric: "relativePosition", rule: { kind: "mean" } },
      { ...titled("AD\nrad"), metric: "rotation", rule: { kind: "mean" } },
      ...[2, 5].map((n) => ({ ...joint(n), ...titled(`ACC-${n}`) })),
      ...[2, 5].map((n) => ({ ...within("add", n / 100), ...titled(`ADD-${n}`) })),
      ...[2, 5].map((n) => ({ ...projected(n), ...titled(`Proj-${n}`) })),
    ],
  };
  const columns = new Map<string, Column>();
  for (const name of names)
    for (const column of layouts[name]())
      if (pixels || (column.metric !== "mspd" && column.metric !== "projection"))
        columns.set(column.name, column);
  return [...columns.values()];
}

/** Shares of the diameter of AR_MSSD. */
const tenths = Array.from({ length: 10 }, (_, k) => (5 * (k + 1)) / 100);

/** The errors that columns need. */
export function columnErrors(columns: readonly Column[]): ErrorName[] {
  const names = columns.flatMap(({ metric }): ErrorName[] =>
    metric === "rotation and translation" ? ["rotation", "translation"] : [metric],
  );
  return [...new Set(names)];
}

const titled = (title: string) => ({ title, name: title.replaceAll("\n", " ") });

const within = (metric: "add" | "addOrAddS", share: number): Column => ({
  ...titled(`${metric === "add" ? "ADD" : "ADD(-S)"}\n${share}d`),
  metric,
  rule: { kind: "accuracy", threshold: share, of: "diameter" },
});

const joint = (n: number): Column => ({
  ...titled(`${n}°\n${n} cm`),
  metric: "rotation and translation",
  rule: { kind: "joint accuracy", limits: [n] },
});

const projected = (pixels: number): Column => ({
  ...titled(`Proj\n${pixels} px`),
  metric: "projection",
  rule: { kind: "accuracy", threshold: pixels },
});
