/** Results in the format of the BOP challenges against a data set in BOP layout. */
import {
  type BopDataset,
  type BopDatasetOptions,
  modelVertices,
  objectLists,
  openBopDataset,
  readBopResults,
  sceneTargets,
} from "../datasets/index.js";
import { type Model, preparedModel } from "../metrics/model.js";
import { symmetryTransforms } from "../problem/symmetry.js";
import { type LayoutName, layoutColumns } from "./columns.js";
import {
  type CompatibilitySwitch,
  compatibleArea,
  compatibleDiameter,
  compatibleRotationError,
  compatibleSymmetry,
} from "./compatibility.js";
import { type PoseReport, poseReport, type Warning } from "./pose-report.js";
import type { TableOptions } from "./score-table.js";
import type { TargetTruth } from "./target.js";

export interface BopReportOptions extends BopDatasetOptions {
  /** By default those of papers on the data set, if its name is known; else lm and bop. */
  readonly layouts?: readonly LayoutName[];
  /**
   * Which objects ADD(-S) takes ADD-S for: as tables on the data set have it, as models_info.json has it,
   * or the objects of these numbers. By default "tables" if the data set's name is known, else "models".
   */
  readonly symmetric?: "tables" | "models" | readonly number[];
  readonly compatibility?: readonly CompatibilitySwitch[];
  readonly table?: Omit<TableOptions, "compatibility">;
  readonly onProgress?: (done: number, total: number, label: string) => void;
  /** Called with the bytes of the results read so far. */
  readonly onRead?: (bytes: number) => void;
}

/** Width that thresholds of MSPD are stated for; of LineMOD, LineMOD Occlusion and YCB-V too. */
const WIDTH = 640;
/** How far a diameter may be from what the box around the vertices allows. */
const DIAMETER_SLACK = 0.01;

/**
 * The report on a results file. Poses and models are in millimetres, as the format has it.
 *
 * @throws FormatError of a file that is missing or malformed, naming it, the row or key; RangeError of
 * options that contradict each other.
 */
export async function bopReport(
  folder: string,
  results: string,
  options: BopReportOptions = {},
): Promise<PoseReport> {
  const { compatibility = [], onRead } = options;
  const dataset = await openBopDataset(folder, options);
  const { models, warnings } = await bopModels(dataset, options);
  const known = dataset.name !== undefined;
  const imageWidth = dataset.imageSize?.[0] ?? WIDTH;
  const layouts = options.layouts ?? (dataset.name === "ycbv" ? ["ycbv", "bop"] : ["lm", "bop"]);
  const area = compatibleArea(compatibility);
  const columns = layoutColumns(layouts, {
    ...{ unit: "mm", imageWidth, ...(area && { area }) },
    meanIsArea: compatibility.includes("area-as-mean"),
  });
  const names = dataset.name && objectLists[dataset.name].names;
  const rotationError = compatibleRotationError(
    compatibility,
    (object) => names?.get(object) === "eggbox",
  );
  const notes: string[] = [];
  if (layouts.includes("bop"))
    notes.push(
      "AR MSSD and AR MSPD are two of the challenge's three recalls; AR VSD needs rendered depth and is not computed, so their mean is not the challenge's AR.",
    );
  notes.push(
    dataset.targetsFile === undefined
      ? "There is no targets file: every instance of every image is a target."
      : `Targets are those of ${dataset.targetsFile}.`,
  );
  if (!dataset.imageSize && !known)
    warnings.push({
      name: "image width",
      sentence: `camera.json tells no image width: thresholds of MSPD are taken for images ${WIDTH} px wide.`,
    });
  return poseReport({
    ...{ format: "BOP", dataset: folder, results, unit: "mm", imageWidth },
    ...{ models, columns, warnings, notes, compatibility },
    targets: dataset.targets,
    estimates: readBopResults(results, {
      objects: new Set(dataset.infos.keys()),
      ...(onRead && { onProgress: onRead }),
    }),
    truth: async (scene) => (await sceneTargets(dataset, scene)).map(mostVisibleFirst),
    ...(rotationError && { rotationError }),
    ...(options.table && { table: options.table }),
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
}

type SceneTarget = Awaited<ReturnType<typeof sceneTargets>>[number];

/** Of more instances than are asked for, the challenge looks for the most visible. */
function mostVisibleFirst({ target, truths, visibleShares, camera }: SceneTarget): TargetTruth {
  if (!visibleShares || truths.length === target.count) return { target, truths, camera };
  const order = truths.map((_, i) => i).sort((a, b) => visibleShares[b] - visibleShares[a]);
  return { target, truths: order.map((i) => truths[i]), camera };
}

/** A model for each object that is asked for, and what is odd about their diameters. */
async function bopModels(
  dataset: BopDataset,
  options: BopReportOptions,
): Promise<{ models: Map<number, Model>; warnings: Warning[] }> {
  const { compatibility = [] } = options;
  const list = dataset.name && objectLists[dataset.name];
  const choice = options.symmetric ?? (list ? "tables" : "models");
  if (choice === "tables" && !list)
    throw new RangeError(
      `symmetric: expected a data set that tables are known of (${Object.keys(objectLists).join(", ")}), got ${dataset.folder}`,
    );
  const unknown = typeof choice === "string" ? [] : choice.filter((id) => !dataset.infos.has(id));
  if (unknown.length > 0)
    throw new RangeError(
      `symmetric: expected objects of the data set (${[...dataset.infos.keys()].join(", ")}), got ${unknown.join(", ")}`,
    );
  const models = new Map<number, Model>();
  const warnings: Warning[] = [];
  const objects = [...new Set(dataset.targets.map(({ object }) => object))].sort((a, b) => a - b);
  for (const object of objects) {
    const info = dataset.infos.get(object);
    if (info === undefined) continue;
    const name = list?.names.get(object);
    const vertices = await modelVertices(dataset, object);
    const symmetries = symmetryTransforms(info);
    const model = preparedModel({
      ...{ name: name ?? `${object}`, vertices, unit: "mm", symmetries },
      diameter: compatibleDiameter(compatibility, object, "mm") ?? info.diameter,
      symmetric:
        compatibleSymmetry(compatibility, name) ??
        (choice === "models"
          ? symmetries.count > 1
          : choice === "tables"
            ? (list?.symmetric.tables.includes(object) ?? false)
            : choice.includes(object)),
    });
    models.set(object, model);
    warnings.push(...diameterWarning(model));
  }
  return { models, warnings };
}

/** A warning if no set of points with this box has this diameter. */
function diameterWarning({ name, vertices, diameter }: Model): Warning[] {
  const sides = [0, 1, 2].map((axis) => {
    let [least, most] = [Infinity, -Infinity];
    for (let i = axis; i < vertices.length; i += 3) {
      least = Math.min(least, vertices[i]);
      most = Math.max(most, vertices[i]);
    }
    return most - least;
  });
  const [shortest, longest] = [Math.max(...sides), Math.hypot(...sides)];
  if (diameter >= shortest * (1 - DIAMETER_SLACK) && diameter <= longest * (1 + DIAMETER_SLACK))
    return [];
  return [
    {
      name: "diameter",
      sentence: `The diameter of object ${name} is given as ${diameter}, but its vertices allow ${shortest.toPrecision(4)} to ${longest.toPrecision(4)} mm; taken as given.`,
    },
  ];
}
