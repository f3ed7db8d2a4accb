/**
 * Converged solvePnP, input checked, against opencv.js in the same run. Ratios are to ITERATIVE, which
 * stops at a function tolerance; the algebraic EPNP and SQPNP do not minimise this cost at all.
 */
import { createRequire } from "node:module";
import { scene } from "../src/problem/index.js";
import { solvePnP } from "../src/solve/index.js";
import { type Timing, timed } from "./table.js";

/** The few members of opencv.js that are timed; its own types do not know solvePnP. */
interface OpenCv {
  readonly Mat: new () => object;
  readonly CV_64F: number;
  readonly SOLVEPNP_ITERATIVE: number;
  readonly SOLVEPNP_EPNP: number;
  readonly SOLVEPNP_SQPNP: number;
  matFromArray(rows: number, columns: number, type: number, data: ArrayLike<number>): object;
  solvePnP(...args: unknown[]): boolean;
  onRuntimeInitialized?: () => void;
}

/** Problems in turn, so that no branch predictor learns one of them. */
const PROBLEMS = 32;

export async function bench(): Promise<void> {
  const { cv } = await openCv();
  for (const [name, n] of [
    ["generic", 8],
    ["generic", 64],
    ["generic", 512],
    ["planar", 64],
  ] as const) {
    const problems = Array.from({ length: PROBLEMS }, (_, seed) => {
      const { x2d, x3d, K } = scene(name, { n, noise: 1, seed }).correspondences;
      const peer = [
        cv.matFromArray(n, 3, cv.CV_64F, Array.from(x3d)),
        cv.matFromArray(n, 2, cv.CV_64F, Array.from(x2d)),
        cv.matFromArray(3, 3, cv.CV_64F, Array.from(K)),
        new cv.Mat(),
        new cv.Mat(),
        new cv.Mat(),
        false,
      ];
      return { input: { x2d, x3d, K }, peer };
    });
    const inTurn = (routine: (problem: (typeof problems)[number]) => unknown) => {
      let next = 0;
      return () => routine(problems[next++ % PROBLEMS]);
    };
    const label = `${name}, N = ${n}`;
    const timings = await timed({
      [`${label}: solvePnP`]: inTurn(({ input }) => solvePnP(input)),
      [`${label}: opencv.js ITERATIVE`]: inTurn(({ peer }) =>
        cv.solvePnP(...peer, cv.SOLVEPNP_ITERATIVE),
      ),
      [`${label}: opencv.js EPNP`]: inTurn(({ peer }) => cv.solvePnP(...peer, cv.SOLVEPNP_EPNP)),
      [`${label}: opencv.js SQPNP`]: inTurn(({ peer }) => cv.solvePnP(...peer, cv.SOLVEPNP_SQPNP)),
    });
    process.stdout.write(`${ratios(timings)}\n`);
  }
}

function ratios([own, ...peers]: Timing[]): string {
  const each = peers.map(({ name, median }) => {
    const short = name.split(" ").at(-1);
    return `${short} ${(median / own.median).toFixed(2)}×`;
  });
  return `time of the peer over ours: ${each.join(", ")}`;
}

/**
 * opencv.js once its WebAssembly has started. The module is a thenable that resolves to itself, which would
 * hang an await: it travels inside an object.
 */
function openCv(): Promise<{ cv: OpenCv }> {
  const cv = createRequire(import.meta.url)("@techstark/opencv-js") as OpenCv;
  return new Promise((resolve) => {
    if (cv.Mat) resolve({ cv });
    else cv.onRuntimeInitialized = () => resolve({ cv });
  });
}
