/** The problems of a file with their poses and certified derivatives, at as many digits as verdicts ask for. */
import type { Solved } from "./candidates.js";
import { type Located, poseDistance, unconvergedBeyond } from "./forward.js";
import type { Jacobian } from "./jacobian.js";
import type { AuditProblem } from "./problem.js";
import type { Recipe, Variable } from "./recipe.js";
import type { Truths } from "./truths.js";

/** Problem by problem; what stands at an index is replaced when that problem is sharpened. */
export class SolvedProblems {
  readonly located: Located[] = [];
  /** Empty where no derivative is claimed. */
  readonly solved: Solved[] = [];
  /** Disagreement of the truth's two routes. */
  readonly truthErrors: number[] = [];

  constructor(
    private readonly truths: Truths,
    private readonly recipe: Recipe,
    /** What claimed derivatives are by; nothing else is kept. */
    private readonly variables: ReadonlySet<Variable>,
  ) {}

  add(problem: AuditProblem): void {
    this.put(this.located.length, this.truths.located(problem));
  }

  /** Takes problem b at 64 digits; false if it is so already. */
  sharpen(b: number): boolean {
    const at = this.located[b];
    if (at.point.digits === 64) return false;
    this.put(b, this.truths.located(at.problem, 64));
    return true;
  }

  private put(b: number, at: Located): void {
    this.located[b] = at;
    if (this.variables.size === 0) return;
    const { problem } = at;
    const sound = at.point.converged && at.status !== "rank-deficient";
    this.truthErrors[b] = sound ? this.truths.error(at) : Number.POSITIVE_INFINITY;
    this.solved[b] = {
      problem,
      poses: { exact: at.y, given: problem.pose ?? claimedPose(at) ?? at.y, other: at.other },
      truth: sound ? this.certified(at) : null,
    };
  }

  /** The Jacobian of the true recipe, rounded once. */
  private certified(at: Located): Jacobian {
    const { form, weightVariable } = this.recipe;
    const own = this.kept(this.truths.derivative(at, form));
    if (weightVariable === "w" || !this.variables.has("w2d")) return own;
    // By ω = w² the same cost reads √ω r; its derivative exists where w is zero, too.
    const squared = { ...at.problem, w2d: at.problem.w2d.map((w) => w * w) };
    const { w2d } = this.truths.derivative(at, { ...form, weights: "sqrt" }, squared);
    return { ...own, w2d };
  }

  private kept({ x2d, x3d, K, w2d, covariance }: Jacobian): Jacobian {
    const all = { x2d, x3d, K, w2d, covariance };
    for (const variable of Object.keys(all) as Variable[])
      if (!this.variables.has(variable)) all[variable] = new Float64Array(0);
    return all;
  }
}

/** The pose that is claimed beside a derivative, and at which it was taken; null if it is another one. */
function claimedPose({ problem: { branch }, y }: Located): Float64Array | null {
  return branch && poseDistance(branch, y) <= unconvergedBeyond ? branch : null;
}
