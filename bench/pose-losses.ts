/**
 * A training step's pose loss with its gradients by x, z and w, for 32 problems, on one core: BPnP, which
 * solves and differentiates the solution; EPro-PnP, which solves and samples 512 poses; and LC, which
 * does neither. In float32 on a GPU [LC2023] Table 3 reports about 30, 80 and 15 ms.
 *
 * BPnP is taken twice: solving from scratch, as a layer does, and polishing from the true pose, as a training
 * loop may that remembers its last one.
 */

import { scene } from "../src/problem/index.js";
import { solvePnP } from "../src/solve/index.js";
import { type PoseLossName, poseLossGradients, poseLossNames } from "../src/study/pose-losses.js";
import { timed } from "./table.js";

const B = 32;
const corners = Array.from({ length: 8 }, (_, c) =>
  [0, 1, 2].map((a) => (c & (1 << a) ? 0.5 : -0.5)),
);

/** @throws Error if LC takes as long as a layer that solves, or EPro-PnP is not the slowest, from 64 points on. */
export async function bench(): Promise<void> {
  const wrong: string[] = [];
  for (const n of [16, 64, 512, 4096]) {
    const problems = Array.from({ length: B }, (_, seed) =>
      scene("generic", { n, noise: 2, seed }),
    );
    const step = (name: PoseLossName) => () => {
      for (const [b, { correspondences, pose }] of problems.entries())
        if (poseLossGradients(name, correspondences, pose, corners, `bench#${b}`) === null)
          throw new Error(`bench: expected gradients of ${name}, got none`);
    };
    const solved = step("BPnP");
    const fromScratch = () => {
      for (const { correspondences } of problems) solvePnP(correspondences);
      solved();
    };
    const timings = await timed({
      ...Object.fromEntries(poseLossNames.map((name) => [`(${B}, ${n}): ${name}`, step(name)])),
      [`(${B}, ${n}): BPnP from scratch`]: fromScratch,
    });
    const [warm, epro, lc, bpnp] = timings.map(({ median }) => median);
    process.stdout.write(
      `over LC: BPnP ${(bpnp / lc).toFixed(1)}, polished only ${(warm / lc).toFixed(1)}, EPro-PnP ${(epro / lc).toFixed(1)}\n`,
    );
    if (n >= 64 && !(lc < bpnp && bpnp < epro))
      wrong.push(`LC ${lc.toFixed(0)}, BPnP ${bpnp.toFixed(0)}, EPro-PnP ${epro.toFixed(0)} µs`);
  }
  if (wrong.length) throw new Error(`expected LC < BPnP < EPro-PnP, got ${wrong.join("; ")}`);
}
