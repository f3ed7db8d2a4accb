/** Claims of methods bpnp and bpnp-faster, made by the trial's own implementation. */
import { stream } from "../../../src/random/stream.js";
import { type Draw, type Drawn, drawn, minimum } from "./drawn.js";
import { minimumSlopes, type SlopeSwitches } from "./minimum-slopes.js";
import { type Chart, rowsFrom, turnedRows } from "./pose-rows.js";
import { type Arrays, array } from "./trial.js";

export const jacobians = ["J_x2d", "J_x3d", "J_K", "J_w2d"];
export const gradients = ["grad_x2d", "grad_x3d", "grad_K", "grad_w2d"];

/** Problems with their minima, and the inputs of a claims file. */
export interface Solved {
  readonly problems: readonly Drawn[];
  readonly poses: readonly Float64Array[];
  readonly upstream: Float64Array;
  readonly inputs: Arrays;
}

/** A batch of solved problems; `store` rounds all inputs, as data that came in a smaller format. */
export function solved(draw: Draw, store: (v: number) => number = (v) => v): Solved {
  const problems = drawn(draw).map((of) => ({
    ...of,
    ...{ x2d: of.x2d.map(store), x3d: of.x3d.map(store) },
    ...{ w2d: of.w2d.map(store), K: of.K.map(store) },
  }));
  const poses = problems.map((of) => minimum(of));
  const source = stream(`trial/upstream/${draw.seed}`);
  const upstream = Float64Array.from({ length: 6 * problems.length }, () => store(source.normal()));
  const [B, N] = [problems.length, problems[0].n];
  return {
    problems,
    poses,
    upstream,
    inputs: {
      x2d: array(
        [B, N, 2],
        problems.flatMap((p) => [...p.x2d]),
      ),
      x3d: array(
        [B, N, 3],
        problems.flatMap((p) => [...p.x3d]),
      ),
      w2d: array(
        [B, N, 2],
        problems.flatMap((p) => [...p.w2d]),
      ),
      K: array(
        [B, 3, 3],
        problems.flatMap((p) => [...p.K]),
      ),
      pose: array(
        [B, 6],
        poses.flatMap((y) => [...y]),
      ),
      grad_pose: array([B, 6], upstream),
    },
  };
}

export interface ClaimOptions {
  readonly slopes?: Partial<SlopeSwitches>;
  readonly chart?: Chart;
  /** The chart that the upstream gradient is taken to be in; that of the rows by default. */
  readonly upstreamChart?: Chart;
  /** Where derivatives are taken, if not at the minimum. */
  readonly at?: readonly Float64Array[];
}

/** Every derivative of the batch. */
export function derivatives(of: Solved, options: ClaimOptions = {}): Arrays {
  const { slopes, chart = "AA", at = of.poses } = options;
  const { upstreamChart = chart } = options;
  const [B, N] = [of.problems.length, of.problems[0].n];
  const shapes = { x2d: [N, 2], x3d: [N, 3], K: [3, 3], w2d: [N, 2] } as const;
  const made = of.problems.map((problem, b) => minimumSlopes(problem, at[b], slopes));
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => {
      const own = made.map((rows) => rows[name as keyof typeof shapes]);
      const J = own.flatMap((rows, b) => turnedRows(rowsFrom(at[b], chart), rows));
      const pulled = own.map((rows, b) => {
        const turned = turnedRows(rowsFrom(at[b], upstreamChart), rows);
        return turned[0].map((_, c) =>
          turned.reduce((sum, row, k) => sum + of.upstream[6 * b + k] * row[c], 0),
        );
      });
      const flat = (rows: readonly Float64Array[]) => rows.flatMap((row) => [...row]);
      return [
        [`J_${name}`, array([B, 6, ...shape], flat(J))],
        [`grad_${name}`, array([B, ...shape], flat(pulled))],
      ];
    }),
  );
}
