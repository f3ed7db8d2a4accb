/** Closed-form poses: three points, linear poses and control points, at the sizes they start from. */
import { inverseCamera, scene } from "../src/problem/index.js";
import { homographyPose, linearPose } from "../src/solve/dlt.js";
import { efficientPose } from "../src/solve/epnp.js";
import { threePointPoses } from "../src/solve/p3p.js";
import { ransac } from "../src/solve/ransac.js";
import { randomSampleStart } from "../src/solve/rs-lm.js";
import { timed } from "./table.js";

/** Problems in turn, so that no branch predictor learns one of them. */
const PROBLEMS = 32;
const R = new Float64Array(36);
const t = new Float64Array(12);

export async function bench(): Promise<void> {
  const triples = Array.from({ length: PROBLEMS }, (_, seed) => {
    const { x2d, x3d, K } = scene("three", { seed }).correspondences;
    const inverse = new Float64Array(9);
    inverseCamera(K, inverse);
    const rays = new Float64Array(9);
    for (let i = 0; i < 3; i++) {
      for (let r = 0; r < 3; r++)
        rays[3 * i + r] =
          inverse[3 * r] * x2d[2 * i] + inverse[3 * r + 1] * x2d[2 * i + 1] + inverse[3 * r + 2];
      const length = Math.hypot(rays[3 * i], rays[3 * i + 1], rays[3 * i + 2]);
      for (let r = 0; r < 3; r++) rays[3 * i + r] /= length;
    }
    return { rays, x3d };
  });
  let next = 0;
  await timed(
    {
      threePointPoses: () => {
        const { rays, x3d } = triples[next++ % PROBLEMS];
        threePointPoses(rays, x3d, R, t);
      },
    },
    { calls: 20 },
  );
  for (const [name, n] of [
    ["generic", 8],
    ["generic", 64],
    ["generic", 512],
    ["planar", 64],
  ] as const) {
    const problems = Array.from(
      { length: PROBLEMS },
      (_, seed) => scene(name, { n, noise: 1, seed }).correspondences,
    );
    const inTurn = (solve: typeof linearPose | typeof efficientPose) => () => {
      const { x2d, x3d, w2d, K } = problems[next++ % PROBLEMS];
      solve(n, x2d, x3d, w2d, K, R, t);
    };
    const linear = name === "planar" ? homographyPose : linearPose;
    await timed({
      [`${name}, N = ${n}: ${linear.name}`]: inTurn(linear),
      [`${name}, N = ${n}: efficientPose`]: inTurn(efficientPose),
    });
  }
  const spoilt = Array.from(
    { length: PROBLEMS },
    (_, seed) => scene("outliers", { seed }).correspondences,
  );
  await timed({
    "half outliers, N = 64: ransac": () => ransac(spoilt[next++ % PROBLEMS]),
    "half outliers, N = 64: randomSampleStart, 4 proposals of 16 points": () =>
      randomSampleStart(spoilt[next++ % PROBLEMS], { proposals: 4, points: 16, delta: 5 }),
  });
}
