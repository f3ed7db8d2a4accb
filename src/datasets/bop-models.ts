/**
 * What a BOP data set says of its models, models_info.json, a member an object:
 *
 *     "5": {"diameter": 201.4, "min_x": …, "min_y": …, "min_z": …, "size_x": …, "size_y": …, "size_z": …,
 *           "symmetries_discrete": [[16], …], "symmetries_continuous": [{"axis": [3], "offset": [3]}, …]}
 *
 * Lengths are in mm, and so are the translations of symmetries. An entry can be handed to
 * symmetryTransforms as it is. Source: [Hodan2018], its data sets' format.
 */
import type { SymmetryDescription } from "../problem/symmetry.js";
import { itemsById } from "./json-items.js";
import type { JsonPlace } from "./json-place.js";
import { jsonLines } from "./number-text.js";
import type { FileSource } from "./source.js";

export interface BopModelInfo extends SymmetryDescription {
  /** Greatest distance of two vertices, mm. */
  readonly diameter: number;
  /** Least corner of the box around the vertices [3], mm. */
  readonly min?: Float64Array;
  /** Sides of that box [3], mm. */
  readonly size?: Float64Array;
  /** Motions [4, 4] row by row, each [16]. */
  readonly symmetries_discrete?: readonly number[][];
  readonly symmetries_continuous?: readonly {
    readonly axis: number[];
    readonly offset: number[];
  }[];
  readonly other?: Readonly<Record<string, unknown>>;
}

const axes = ["x", "y", "z"] as const;
const known = [
  "diameter",
  ...axes.map((axis) => `min_${axis}`),
  ...axes.map((axis) => `size_${axis}`),
  "symmetries_discrete",
  "symmetries_continuous",
];

/** The models by object id. @throws FormatError naming object and key. */
export async function readModelsInfo(source: FileSource): Promise<Map<number, BopModelInfo>> {
  const models = new Map<number, BopModelInfo>();
  for await (const [object, value] of itemsById(source)) models.set(object, modelInfo(value));
  return models;
}

function modelInfo(item: JsonPlace): BopModelInfo {
  const triple = (name: "min" | "size"): Float64Array | undefined => {
    const found = axes.map((axis) => item.optional(`${name}_${axis}`));
    if (found.every((value) => value === undefined)) return undefined;
    const numbers = axes.map((axis) => item.member(`${name}_${axis}`));
    return Float64Array.from(numbers, (value) => value.number());
  };
  const [min, size] = [triple("min"), triple("size")];
  const discrete = item
    .optional("symmetries_discrete")
    ?.list()
    .map((motion) => {
      const numbers = [...motion.numbers(16)];
      if (numbers.slice(12).join() !== "0,0,0,1")
        motion.fail("a motion [4, 4] whose last row is 0, 0, 0, 1", numbers.slice(12).join(", "));
      return numbers;
    });
  const continuous = item
    .optional("symmetries_continuous")
    ?.list()
    .map((turn) => {
      const axis = turn.member("axis");
      const numbers = [...axis.numbers(3)];
      if (!(Math.hypot(...numbers) > 0)) axis.fail("an axis of some length", numbers.join(", "));
      return { axis: numbers, offset: [...(turn.optional("offset")?.numbers(3) ?? [0, 0, 0])] };
    });
  const other = item.others(known);
  return {
    diameter: item.member("diameter").positive(),
    ...(min && { min }),
    ...(size && { size }),
    ...(discrete && { symmetries_discrete: discrete }),
    ...(continuous && { symmetries_continuous: continuous }),
    ...(other && { other }),
  };
}

/** The text of a models_info.json, an object a line. @throws RangeError if a number is not finite. */
export function writeModelsInfo(
  models: Iterable<readonly [object: number, info: BopModelInfo]>,
): string {
  const triple = (name: string, values: Float64Array | undefined) =>
    Object.fromEntries(axes.flatMap((axis, i) => (values ? [[`${name}_${axis}`, values[i]]] : [])));
  return jsonLines(
    Array.from(models, ([object, { diameter, min, size, other, ...symmetries }]) => [
      object,
      { diameter, ...triple("min", min), ...triple("size", size), ...symmetries, ...other },
    ]),
  );
}
