/** An evaluation for programs: JSON, and CSV with a line for each number. */
import { version } from "../conventions/version.js";
import type { PoseReport } from "../evaluate/pose-report.js";
import type { Result } from "../metrics/result.js";

/** JSON text of a report on poses, ending in a newline; numbers that JSON cannot say are strings. */
export function scoreJson(report: PoseReport): string {
  const { table, models, figures, ...facts } = report;
  const plain = {
    schema: "pnp-oracle/evaluation@1",
    version,
    ...facts,
    objects: table.rows.map(({ object, name, instances, missing }, o) => {
      const { n, unit, diameter, diameterFrom, symmetric, symmetryCount } = models[o];
      return {
        ...{ object, name, instances, missing, vertices: n, unit, diameter, diameterFrom },
        ...{ symmetric, symmetryCount },
      };
    }),
    columns: table.columns.map(({ name }) => name),
    perObject: table.rows.map(({ object, results }) => ({ object, results })),
    mean: table.means,
    curves: figures.map(({ thresholds, objects, mean, ...rest }) => ({
      ...{ ...rest, thresholds: [...thresholds], mean: [...mean.recalls] },
      objects: objects.map(({ name, recalls }) => ({ name, recalls: [...recalls] })),
    })),
  };
  const said = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(plain, said, 2)}\n`;
}

const heads = [
  ...["object", "column", "value", "unit", "low", "high", "level", "count", "of", "missing"],
  ...["error", "rule", "thresholds", "relative_to", "error_unit", "frame", "direction"],
  ...["diameters", "symmetries", "objects", "compatibility"],
] as const;

/** CSV of a report on poses: the header, then every number with all that says what it is. */
export function scoreCsv({ table }: PoseReport): string {
  const lines = [heads.join(",")];
  for (const { name, results } of [...table.rows, { name: "mean", results: table.means }])
    results.forEach((result, c) => {
      lines.push(
        [name, table.columns[c].name, ...cellsOf(result)]
          .map((cell) => quoted(`${cell}`))
          .join(","),
      );
    });
  return `${lines.join("\n")}\n`;
}

function cellsOf(result: Result): (string | number)[] {
  const { value, unit, interval, denominator, missing, metric, rule, errorUnit, frame } = result;
  const thresholds =
    rule.kind === "accuracy"
      ? [rule.threshold]
      : rule.kind === "area"
        ? [rule.limit]
        : rule.kind === "average recall"
          ? rule.thresholds
          : rule.kind === "joint accuracy"
            ? rule.limits
            : [];
  return [
    ...[value, unit, interval?.low ?? "", interval?.high ?? "", interval?.level ?? ""],
    ...[denominator.count, denominator.of, missing, metric],
    rule.kind === "area" ? `${rule.area} area` : rule.kind,
    thresholds.join(" "),
    "of" in rule ? (rule.of ?? "") : "",
    ...[errorUnit, frame, result.direction ?? ""],
    (result.diameters ?? []).join(" "),
    ...[result.symmetries, result.objects, result.compatibility].map((list) => list.join("; ")),
  ];
}

/** A cell as RFC 4180 has it. */
function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
