/**
 * The objects of LineMOD, its occluded scene and YCB-V by their numbers in BOP layout, those that tables
 * evaluate, and those whose ADD(-S) is ADD-S: evaluators do not agree on the latter.
 *
 * Source: EQUATIONS DATA-2, DATA-3, LM-M1, YCB-M4; [Hinterstoisser2012], [Brachmann2014], [Xiang2018],
 * [Hodan2018].
 */
import { linemodSymmetricObjects, ycbSymmetricObjects } from "../metrics/published.js";

export interface ObjectList {
  readonly title: string;
  /** Every object's name by its number. */
  readonly names: ReadonlyMap<number, string>;
  /** Numbers of the objects that papers evaluate. */
  readonly evaluated: readonly number[];
  readonly symmetric: {
    /** Numbers of the objects that the BOP challenges take for symmetric. */
    readonly bop: readonly number[];
    /** Numbers of those that tables of ADD(-S) do. */
    readonly tables: readonly number[];
  };
}

const numbered = (names: readonly string[]): ReadonlyMap<number, string> =>
  new Map(names.map((name, i) => [i + 1, name]));
const numbersOf = (names: ReadonlyMap<number, string>, wanted: readonly string[]): number[] =>
  [...names].filter(([, name]) => wanted.includes(name)).map(([number]) => number);

const linemod = numbered([
  ...["ape", "benchvise", "bowl", "cam", "can", "cat", "cup", "driller", "duck", "eggbox"],
  ...["glue", "holepuncher", "iron", "lamp", "phone"],
]);
const occluded = [1, 5, 6, 8, 9, 10, 11, 12];
const ycb = numbered([
  ...["master_chef_can", "cracker_box", "sugar_box", "tomato_soup_can", "mustard_bottle"],
  ...["tuna_fish_can", "pudding_box", "gelatin_box", "potted_meat_can", "banana", "pitcher_base"],
  ...["bleach_cleanser", "bowl", "mug", "power_drill", "wood_block", "scissors", "large_marker"],
  ...["large_clamp", "extra_large_clamp", "foam_brick"],
]);

/** By the name of the data set's folder. */
export const objectLists: Readonly<Record<"lm" | "lmo" | "ycbv", ObjectList>> = {
  lm: {
    title: "LineMOD",
    names: linemod,
    // Bowl and cup have no usable model: 13 of 15 are evaluated.
    evaluated: [...linemod.keys()].filter((number) => number !== 3 && number !== 7),
    symmetric: { bop: [3, 7, 10, 11], tables: numbersOf(linemod, linemodSymmetricObjects) },
  },
  lmo: {
    title: "LineMOD Occlusion",
    names: new Map(occluded.map((number) => [number, linemod.get(number) as string])),
    evaluated: occluded,
    symmetric: { bop: [10, 11], tables: numbersOf(linemod, linemodSymmetricObjects) },
  },
  ycbv: {
    title: "YCB-Video",
    names: ycb,
    evaluated: [...ycb.keys()],
    symmetric: {
      bop: [1, 13, 14, 16, 18, 19, 20, 21],
      tables: numbersOf(ycb, ycbSymmetricObjects),
    },
  },
};

export type ObjectListName = keyof typeof objectLists;

/** An object as results print it: "10 eggbox", or the number alone if the list does not name it. */
export function objectName(object: number, list?: ObjectList): string {
  const name = list?.names.get(object);
  return name === undefined ? `${object}` : `${object} ${name}`;
}
