/** Problems with a pose that is given, as a quaternion or a yaw, for the methods of EPro-PnP and the loss. */
import { stream } from "../../../src/random/stream.js";
import { moved, quaternionMatrix, seen, yawMatrix } from "./geometry.js";
import { asDouble, constant, type Jet, type Space } from "./jet.js";
import { quaternionRow } from "./pose-rows.js";
import { type Arrays, array } from "./trial.js";

/** One problem: its pose is (t, q) or (t, β). */
export interface Posed {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  readonly delta: number;
  readonly y: Float64Array;
}

export interface PosedDraw {
  readonly seed: string;
  readonly problems: number;
  readonly n: number;
  readonly chart?: "Q7" | "YAW";
  /** Depth of the object's centre [m]; points lie within ±0.3 of it along each axis. */
  readonly depth?: number;
  /** Noise on pixels [px]. */
  readonly noise?: number;
  /** What weights are multiplied by, and the threshold with them. */
  readonly weight?: number;
  /** The threshold in units of the weighted residuals' usual size; none where 0. */
  readonly kink?: number;
  /** How thick the object is, as a share of its width. */
  readonly thickness?: number;
  readonly store?: (v: number) => number;
}

const doubles: Space = { n: 0, second: false, store: asDouble };
const plain = (v: number): Jet => constant(doubles, v);

/** R of a pose row, in any jets. */
export const rowMatrix = (y: readonly Jet[]): Jet[][] =>
  y.length === 4 ? yawMatrix(y[3]) : quaternionMatrix(y.slice(3));

/** Problems around random poses; pixels carry noise, so that residuals lie on both sides of the threshold. */
export function posedProblems(draw: PosedDraw): Posed[] {
  const { seed, problems, n, chart = "Q7", depth = 1.5, noise = 3, weight = 1 } = draw;
  const { kink = 1, thickness = 1, store = (v) => v } = draw;
  return Array.from({ length: problems }, (_, b) => {
    const source = stream(`trial/posed/${seed}`).at(b);
    const t = [0.15 * source.normal(), 0.1 * source.normal(), depth * (1 + 0.2 * source.uniform())];
    const turn = [0, 1, 2].map(() => source.normal());
    const y = (
      chart === "YAW" ? Float64Array.of(...t, 2 * source.normal()) : quaternionRow([...turn, ...t])
    ).map(store);
    const K = Float64Array.of(540, 0.7, 310, 0, 555, 236, 0, 0, 1).map(store);
    const x3d = Float64Array.from({ length: 3 * n }, (_, k) =>
      store(0.6 * (source.uniform() - 0.5) * (k % 3 === 2 ? thickness : 1)),
    );
    const w2d = Float64Array.from({ length: 2 * n }, () =>
      store(weight * (0.3 + source.uniform())),
    );
    const R = rowMatrix(Array.from(y, plain));
    const camera = [0, 1, 2].map((a) => [0, 1, 2].map((c) => plain(K[3 * a + c])));
    const pixels = Array.from({ length: n }, (_, i) => {
      const z = [0, 1, 2].map((k) => plain(x3d[3 * i + k]));
      const X = moved(R, z, Array.from(y.subarray(0, 3), plain));
      const held = seen(X, camera, { zMin: 0.1, clamp: "held" });
      return held.pixel.map(({ v }) => store(v + noise * source.normal()));
    }).flat();
    const delta = store(kink > 0 ? kink * weight * noise : 1e9 * weight);
    return { n, x2d: Float64Array.from(pixels), x3d, w2d, K, delta, y };
  });
}

/** The inputs of a claims file; `pose` is what their pose is called. */
export function posedInputs(
  problems: readonly Posed[],
  names: { pose: string; w2d?: string; delta?: false } = { pose: "pose" },
): Arrays {
  const [B, N] = [problems.length, problems[0].n];
  const all = (of: (p: Posed) => ArrayLike<number>) => problems.flatMap((p) => Array.from(of(p)));
  return {
    x2d: array(
      [B, N, 2],
      all((p) => p.x2d),
    ),
    x3d: array(
      [B, N, 3],
      all((p) => p.x3d),
    ),
    [names.w2d ?? "w2d"]: array(
      [B, N, 2],
      all((p) => p.w2d),
    ),
    K: array(
      [B, 3, 3],
      all((p) => p.K),
    ),
    [names.pose]: array(
      [B, problems[0].y.length],
      all((p) => p.y),
    ),
    ...(names.delta !== false && {
      delta: array(
        [B],
        all((p) => [p.delta]),
      ),
    }),
  };
}
