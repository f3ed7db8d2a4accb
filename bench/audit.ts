/**
 * A thousand BPnP problems of 16 points, audited from a file as the command line does it; beside it the same
 * audit with every truth at 64 digits, on fewer problems. Times are wall clock, and of one core's work.
 */
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit } from "../src/audit/audit.js";
import { poseJacobian } from "../src/differentiate/implicit.js";
import type { Variant } from "../src/differentiate/variants.js";
import { type Claims, readClaims, readFileBytes, writeClaimsNpz } from "../src/formats/index.js";
import { type Pose, poseVector } from "../src/problem/pose.js";
import { scene } from "../src/problem/scenes.js";
import { reportHtml } from "../src/report/html.js";
import { solveCorrespondences } from "../src/solve/solve-pnp.js";

const [PROBLEMS, POINTS, AT_64] = [1000, 16, 10];
/** What is promised of right claims in all four Jacobians [s]. */
const MOST = 20;

type Variable = "x2d" | "x3d" | "K" | "w2d";
const jacobians = ["x2d", "x3d", "K", "w2d"] as const;

/** Claims of these Jacobians for the first `count` problems. */
function claimed(count: number, variables: readonly Variable[], variant: Variant): Claims {
  const problems = Array.from({ length: count }, (_, b) => {
    const options = { n: POINTS, noise: 1, weights: "uniform", seed: `bench/${b}` } as const;
    const { correspondences, pose } = scene("generic", options);
    const solved = solveCorrespondences(correspondences, { poseInit: pose }).pose as Pose;
    return {
      correspondences,
      solved,
      J: poseJacobian(correspondences, solved, { variant, chart: "AA" }),
    };
  });
  const array = (shape: number[], of: (at: (typeof problems)[0]) => Float64Array) => ({
    shape: [count, ...shape],
    data: Float64Array.from(problems.flatMap((at) => Array.from(of(at)))),
  });
  const widths = { x2d: [POINTS, 2], x3d: [POINTS, 3], K: [3, 3], w2d: [POINTS, 2] };
  return {
    schema: "pnp-oracle/claims@1",
    method: "bpnp",
    dtype: "float64",
    source: "a bench",
    convention: { chart: "AA" },
    expect: {},
    input: {
      x2d: array([POINTS, 2], ({ correspondences }) => correspondences.x2d),
      x3d: array([POINTS, 3], ({ correspondences }) => correspondences.x3d),
      w2d: array([POINTS, 2], ({ correspondences }) => correspondences.w2d),
      K: array([3, 3], ({ correspondences }) => correspondences.K),
      pose: array([6], ({ solved }) => poseVector(solved)),
    },
    claim: Object.fromEntries(
      variables.map((name) => [
        `J_${name}`,
        array([6, ...widths[name]], ({ J }) => J[name].data as Float64Array),
      ]),
    ),
  };
}

/** Rounded to single precision, as a layer in float32 would hand them out. */
const inSingle = (claims: Claims): Claims => ({
  ...claims,
  dtype: "float32",
  claim: Object.fromEntries(
    Object.entries(claims.claim).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map(Math.fround) },
    ]),
  ),
});

export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pnp-oracle-bench-"));
  const path = join(folder, "claims.npz");
  try {
    const all = claimed(PROBLEMS, jacobians, "exact");
    const promised = await timed("right, J by x, z, K and w", all, path);
    await timed("right, J by x", claimed(PROBLEMS, ["x2d"], "exact"), path);
    await timed("float32, J by x, z, K and w", inSingle(all), path);
    await timed("Gauss-Newton, J by x", claimed(PROBLEMS, ["x2d"], "gauss-newton"), path);
    await timed("depth-weighted, J by x", claimed(PROBLEMS, ["x2d"], "depth-weighted"), path);
    const long = await timed(
      "right, every truth at 64",
      claimed(AT_64, jacobians, "exact"),
      path,
      64,
    );
    process.stdout.write(
      `64 digits take ${(long / promised).toFixed(0)} times as long a problem\n`,
    );
    if (!(promised * PROBLEMS < 1000 * MOST))
      throw new Error(`expected ${PROBLEMS} problems in under ${MOST} s, got ${promised} ms each`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Audits claims from a file, prints how it went, and returns the milliseconds of a core for each problem. */
async function timed(name: string, claims: Claims, path: string, digits?: 64): Promise<number> {
  await writeFile(path, writeClaimsNpz(claims));
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  const [read] = readClaims(await readFileBytes(path), path);
  const report = await audit([{ name, claims: read }], { digits });
  const page = performance.now();
  reportHtml(report);
  const { user, system } = process.cpuUsage(cpu);
  const [wall, core] = [performance.now() - from, (user + system) / 1000];
  const [file] = report.files;
  const verdicts = new Set(file.claims.map((claim) => claim.explanation ?? claim.verdict));
  process.stdout.write(
    `${name.padEnd(28)} ${((await stat(path)).size / 2 ** 20).toFixed(1).padStart(5)} MiB ` +
      `${(wall / 1000).toFixed(2).padStart(6)} s, ${(core / file.problems).toFixed(2).padStart(7)} ms of a core a problem, ` +
      `page ${((performance.now() - page) / 1000).toFixed(2)} s, ` +
      `${file.digits64} of ${file.problems} at 64 digits, peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB: ${[...verdicts].join(", ")}\n`,
  );
  return core / file.problems;
}
