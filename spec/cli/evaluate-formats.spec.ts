import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { type EvaluateCommandOptions, evaluateCommand } from "../../src/cli/evaluate-command.js";
import {
  type DroneFrame,
  readNuscenes,
  writeDetections,
  writeDroneFrames,
  writePly,
} from "../../src/datasets/index.js";
import { stream } from "../../src/random/stream.js";
import { tables } from "../datasets/nuscenes-tables.js";

const folder = (name: string) => mkdtempSync(join(tmpdir(), `pnp-oracle-${name}-`));
const [nuscenes, drone, results] = ["nuscenes", "drone", "results"].map(folder);
afterAll(() => {
  for (const each of [nuscenes, drone, results]) rmSync(each, { recursive: true });
});

async function run(options: EvaluateCommandOptions) {
  let stdout = "";
  const sink = new Writable({
    write(chunk, _, done) {
      stdout += chunk;
      done();
    },
  }) as unknown as typeof process.stdout & typeof process.stderr;
  const code = await evaluateCommand(
    { resamples: "0", ...options },
    { stdout: sink, stderr: sink },
  );
  return { code, stdout };
}
const written = (name: string, pieces: Iterable<string>): string => {
  const path = join(results, name);
  writeFileSync(path, [...pieces].join(""));
  return path;
};

const meta = {
  ...{ use_camera: true, use_lidar: false, use_radar: false, use_map: false },
  use_external: false,
};
for (const [name, records] of Object.entries(tables()))
  writeFileSync(join(nuscenes, `${name}.json`), JSON.stringify(records));
const samples = await readNuscenes(nuscenes);
const perfect = () =>
  [...samples].map(
    ([token, { truths }]) =>
      [
        token,
        truths
          .filter(({ points }) => points > 0)
          .map((box) => ({ ...box, score: 0.5, points: -1 })),
      ] as const,
  );

it("pnp-oracle evaluate scores nuScenes detections: the truth is perfect in the classes that are there", async () => {
  const path = written("perfect.json", writeDetections(perfect(), meta));
  const [csv, html] = ["d.csv", "d.html"].map((name) => join(results, name));
  const { code, stdout } = await run({ dataset: nuscenes, results: path, csv, html });
  expect(code).toBe(0);
  // One class of ten: every car in range is found, and every error of the nine others is 1.
  expect(stdout).toMatch(/^car +\d+ +\d+ +\d+ +1\.000 +0\.000 +0\.000 +0\.000/m);
  expect(stdout).toMatch(/^mean over classes +0\.100/m);
  expect(stdout).toMatch(/^NDS 0\.\d{3}$/m);
  expect(stdout.replace(/\s+/g, " ")).toContain("Without truth, so that AP is 0 and errors are 1:");
  const report = JSON.parse((await run({ dataset: nuscenes, results: path, json: true })).stdout);
  expect(report).toMatchObject({ kind: "detections", samples: 3, meta: { use_camera: true } });
  expect(report.score.map).toBeCloseTo(0.1, 12);
  expect(readFileSync(csv, "utf8")).toMatch(
    /^car,AP,(1|1\.0*\d|0\.9{10,}\d*),1,\d+,truths,0\.5,global$/m,
  );
  const page = readFileSync(html, "utf8");
  expect(page).toMatch(/^<!doctype html>[\s\S]*<svg /);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
});

it("pnp-oracle evaluate refuses nuScenes results that lack a sample, and options that are for poses", async () => {
  const short = written("short.json", writeDetections(perfect().slice(1), meta));
  await expect(run({ dataset: nuscenes, results: short })).rejects.toThrow(/sample/);
  const whole = written("whole.json", writeDetections(perfect(), meta));
  await expect(run({ dataset: nuscenes, results: whole, layout: "lm" })).rejects.toThrow(
    "nuScenes has one table",
  );
  await expect(run({ dataset: nuscenes, results: whole, split: "val" })).rejects.toThrow(
    /splits\.json/,
  );
  const csv = written("rows.csv", ["scene_id,im_id\n"]);
  await expect(run({ dataset: nuscenes, results: csv })).rejects.toThrow("expected detections");
});

const draw = stream("cli/evaluate-formats");
const placement = (at: readonly [number, number, number]) => {
  const [w, x, y, z] = draw.unitQuaternion(new Float64Array(4));
  return { orientation: [x, y, z, w] as const, position: at };
};
const frames: DroneFrame[] = Array.from({ length: 10 }, (_, i) => ({
  drone: [placement([0.1 * i, 0.2, 2]), placement([0.1 * i, 0.3, 2.5])],
  pilot: placement([0, 0, 0]),
}));
/** The drone further by a length along world x, in every frame. */
const moved = (by: number) =>
  frames.map(({ drone, pilot }): DroneFrame => {
    const [first, second] = drone.map(({ orientation, position: [x, y, z] }) => ({
      orientation,
      position: [x + by, y, z] as const,
    }));
    return { drone: [first, second], pilot };
  });
writeFileSync(join(drone, "annotations.tsv"), [...writeDroneFrames(frames)].join(""));

it("pnp-oracle evaluate scores a UAVA table, without a model by NPE, angle and ACC alone", async () => {
  const path = written("moved.csv", writeDroneFrames(moved(0.03)));
  const report = JSON.parse((await run({ dataset: drone, results: path, json: true })).stdout);
  expect(report.columns).toEqual(["NPE", "AD rad", "ACC-2", "ACC-5"]);
  // Three centimetres: within 5, not within 2, and NPE is their share of the distance.
  expect(report.mean[2].value).toBe(0);
  expect(report.mean[3].value).toBe(1);
  const npe = frames
    .flatMap(({ drone }) => drone)
    .map(({ position }) => 0.03 / (Math.hypot(...position) + 1e-7));
  expect(report.mean[0].value).toBeCloseTo(npe.reduce((a, b) => a + b) / npe.length, 12);
  expect(report.counts).toMatchObject({ instances: 20, estimates: { rows: 20, kept: 20 } });
  expect(report.unit).toBe("m");
});

it("pnp-oracle evaluate takes the drone's model and camera from beside its table", async () => {
  const vertices = Float64Array.from({ length: 30 }, () => 0.1 * draw.normal());
  writeFileSync(join(drone, "drone.ply"), writePly({ vertices }));
  writeFileSync(
    join(drone, "camera.json"),
    JSON.stringify({ fx: 250, fy: 250, cx: 160, cy: 120, width: 320, height: 240 }),
  );
  const path = written("near.csv", writeDroneFrames(moved(0.01)));
  const options = { dataset: join(drone, "annotations.tsv"), results: path, json: true };
  const report = JSON.parse((await run(options)).stdout);
  expect(report.columns.slice(4)).toEqual(["ADD-2", "ADD-5", "Proj-2", "Proj-5"]);
  const published = JSON.parse(
    (await run({ ...options, compatibility: "hard-coded-drone-diagonal" })).stdout,
  );
  // 1 cm is above 2 % and below 5 % of the 0.354 m that code carries.
  expect(published.mean.slice(4, 6).map(({ value }: { value: number }) => value)).toEqual([0, 1]);
  expect(published.mean[4].diameters).toEqual([0.354]);
  rmSync(join(drone, "drone.ply"));
  rmSync(join(drone, "camera.json"));
});

it("pnp-oracle evaluate refuses UAVA results of another length, and a camera.json without a focal length", async () => {
  const short = written("short.csv", writeDroneFrames(frames.slice(1)));
  await expect(run({ dataset: drone, results: short })).rejects.toThrow(
    "expected 10 frames, got 9",
  );
  const long = written("long.csv", writeDroneFrames([...frames, frames[0]]));
  await expect(run({ dataset: drone, results: long })).rejects.toThrow(
    "row 12: expected 10 frames, got another",
  );
  writeFileSync(join(drone, "camera.json"), "{}");
  await expect(run({ dataset: drone, results: short })).rejects.toThrow(
    "fx: expected a finite number",
  );
  rmSync(join(drone, "camera.json"));
  writeFileSync(join(drone, "second.csv"), "");
  await expect(run({ dataset: drone, results: short })).rejects.toThrow("expected one UAVA table");
  rmSync(join(drone, "second.csv"));
  await expect(run({ dataset: drone, results: short, axes: "opengl" })).rejects.toThrow("--axes");
});

it("pnp-oracle evaluate warns of quaternions whose w stands first, by how the drone would fit", async () => {
  writeFileSync(
    join(drone, "drone.ply"),
    writePly({ vertices: Float64Array.from({ length: 30 }, () => 0.1 * draw.normal()) }),
  );
  // Cameras that are not turned keep the drone's own quaternion.
  const still = frames.map(({ drone }) => ({
    drone,
    pilot: { orientation: [0, 0, 0, 1] as const, position: [0, 0, 0] as const },
  }));
  writeFileSync(join(drone, "annotations.tsv"), [...writeDroneFrames(still)].join(""));
  const wrong = still.map(({ drone, pilot }): DroneFrame => {
    const [first, second] = drone.map(({ orientation: [x, y, z, w], position }) => ({
      orientation: [w, x, y, z] as const,
      position,
    }));
    return { drone: [first, second], pilot };
  });
  const path = written("order.csv", writeDroneFrames(wrong));
  const { code, stdout } = await run({ dataset: drone, results: path });
  expect(code).toBe(1);
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "Warning: Rotations fit whose quaternion w, x, y, z was read as x, y, z, w (20 of 20 rows",
  );
});
