import { expect, it } from "vitest";
import { type BopEstimate, readBopResults, writeBopResults } from "../../src/datasets/index.js";
import { stream } from "../../src/random/index.js";
import { all, refusal, source } from "./files.js";

const header = "scene_id,im_id,obj_id,score,R,t,time";
const eye = "1 0 0 0 1 0 0 0 1";
const row = "1,3,5,0.5,1 0 0 0 1 0 0 0 1,10 -20.5 3e2,0.25";
const read = (text: string, size?: number) => all(readBopResults(source(text, size, "r.csv")));
const refused = (text: string, objects?: number[]) =>
  refusal(() =>
    all(readBopResults(source(text, 0, "r.csv"), objects && { objects: new Set(objects) })),
  );

it("readBopResults reads ids, score, pose, time and the row, with or without a header", async () => {
  const [estimate] = await read(`${header}\n${row}\n`);
  expect(estimate).toMatchObject({ row: 2, scene: 1, image: 3, object: 5, score: 0.5, time: 0.25 });
  expect([...estimate.pose]).toEqual([1, 0, 0, 10, 0, 1, 0, -20.5, 0, 0, 1, 300]);
  expect(estimate.defect).toBe(0);
  expect(await read(row)).toEqual([{ ...estimate, row: 1 }]);
});

it("readBopResults reads a mark, carriage returns, spaces and empty last lines, in pieces of any size", async () => {
  const text = `\ufeff${header}\r\n${row}\r\n 2, 4 ,6,1,  ${eye}  ,0 0 1 ,-1\r\n\r\n\n`;
  const whole = await read(text);
  expect(whole.map((estimate) => estimate.row)).toEqual([2, 3]);
  expect(whole[1]).toMatchObject({ scene: 2, image: 4, object: 6, time: -1 });
  for (const size of [1, 2, 3, 7, 64]) expect(await read(text, size)).toEqual(whole);
});

it("writeBopResults is read back to the bit", async () => {
  const draw = stream("spec/results");
  const odd = [-0, 5e-324, 1.7976931348623157e308, 0.1, 1e21, 1e-7];
  const estimates: BopEstimate[] = Array.from({ length: 200 }, (_, i) => ({
    scene: i,
    image: 2 ** i <= 2 ** 52 ? 2 ** i : 0,
    object: 5,
    score: draw.normal(),
    pose: Float64Array.from({ length: 12 }, (_, k) => odd[i + k] ?? draw.normal() * 10 ** (i % 40)),
    time: i % 2 ? -1 : draw.uniform(),
  }));
  const text = [...writeBopResults(estimates)].join("");
  const back = await read(text);
  back.forEach(({ row, defect, ...estimate }, i) => {
    expect(estimate).toEqual(estimates[i]);
    expect(new BigUint64Array(estimate.pose.buffer)).toEqual(
      new BigUint64Array(estimates[i].pose.buffer),
    );
    expect(row).toBe(i + 2);
    expect(defect).toBeGreaterThan(0);
  });
  expect([...writeBopResults(back)].join("")).toBe(text);
});

it("readBopResults reports what is no rotation and leaves it as it is", async () => {
  const reflected = await read("1,1,1,1,1 0 0 0 1 0 0 0 -1,0 0 1,1");
  expect(reflected[0].defect).toBe(2);
  expect(reflected[0].pose[10]).toBe(-1);
  const rounded = await read("1,1,1,1,0.8 -0.6 0 0.6 0.8 0 0 0 1.001,0 0 1,1");
  // Of the defects, that of the last column is the greatest: 1.001² − 1.
  expect(rounded[0].defect).toBeCloseTo(1.001 ** 2 - 1, 15);
  const huge = await read("1,1,1,1,1e300 1e300 0 1e300 -1e300 0 0 0 1,0 0 1,1");
  expect(huge[0].defect).toBe(Infinity);
});

it.each([
  ["", "r.csv: file: expected an estimate a row, got no estimate"],
  [`${header}\n`, "r.csv: file: expected an estimate a row, got no estimate"],
  [`${header}\n1,2,3\n`, "r.csv: row 2: expected 7 cells, got 3"],
  [`${row}\n\n${row}`, "r.csv: row 2: expected 7 cells, got 1"],
  [`scene,image,${row}`, `r.csv: row 1: expected the header ${header}`],
  [
    `${header}\n1,2.5,3,1,${eye},0 0 1,1`,
    'row 2, im_id: expected a whole number from 0 on, got "2.5"',
  ],
  [`-1,2,3,1,${eye},0 0 1,1`, 'row 1, scene_id: expected a whole number from 0 on, got "-1"'],
  [`1,2,3,1,${eye} 0,0 0 1,1`, "row 1, R: expected 9 numbers, got 10"],
  [`1,2,3,1,${eye},0 0,1`, "row 1, t: expected 3 numbers, got 2"],
  [`1,2,3,1,${eye},0 nan 1,1`, 'row 1, t[1]: expected a finite number, got "nan"'],
  [`1,2,3,inf,${eye},0 0 1,1`, 'row 1, score: expected a finite number, got "inf"'],
  [`1,2,3,1e999,${eye},0 0 1,1`, 'row 1, score: expected a finite number, got "1e999"'],
  [`1,2,3,0x10,${eye},0 0 1,1`, 'row 1, score: expected a finite number, got "0x10"'],
  [`1,2,3,1,${eye},0 0 1,-2`, "row 1, time: expected seconds, or -1 for unknown, got -2"],
  [`1,2,3,1,${eye},0 0 1,-0.5`, "row 1, time: expected seconds, or -1 for unknown, got -0.5"],
])("readBopResults refuses %j", async (text, message) => {
  expect(await refused(text)).toContain(message);
});

it("readBopResults refuses objects that the data set does not have, naming row and objects", async () => {
  expect(await refused(`${header}\n${row}\n`, [8, 1])).toBe(
    "r.csv: row 2, obj_id: expected an object of the data set (1, 8), got 5",
  );
});

it("readBopResults refuses bytes that are no UTF-8, naming the line", async () => {
  const bytes = new TextEncoder().encode(`${row}\n${row}`);
  bytes[row.length + 3] = 0xff;
  expect(await refusal(() => all(readBopResults(source(bytes, 0, "r.csv"))))).toBe(
    "r.csv: line 2: expected text in UTF-8, got other bytes",
  );
});

it("writeBopResults refuses numbers that no file can hold", () => {
  const pose = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1);
  const estimate = { scene: 1, image: 1, object: 1, score: 1, pose, time: 1 };
  const written = (part: Partial<BopEstimate>) => () => [
    ...writeBopResults([{ ...estimate, ...part }]),
  ];
  expect(written({ score: Number.NaN })).toThrow("expected a finite number, got NaN");
  expect(written({ image: -1 })).toThrow("expected ids from 0 on, got -1");
});

it("readBopResults holds no more of 100 000 rows than a piece", async () => {
  const text = new TextEncoder().encode(`${row}\n`.repeat(1000));
  let asked = 0;
  const pieces = async function* () {
    for (; asked < 100; asked++) yield text;
  };
  let count = 0;
  let ahead = 0;
  const source = { name: "r.csv", bytes: pieces() };
  for await (const { row } of readBopResults(source)) {
    count++;
    ahead = Math.max(ahead, 1000 * (asked + 1) - row);
  }
  expect(count).toBe(100_000);
  // No piece is asked for before the rows of the last one have been handed on.
  expect(ahead).toBeLessThan(1000);
});
