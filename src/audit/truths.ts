/** Truths at 64 digits, remembered by their inputs: claims files about one problem set share them. */
import type { Big } from "../scalar/big.js";
import { type Located, located } from "./forward.js";
import type { AuditProblem } from "./problem.js";
import { exactFormula, type Formula, type SolvedForm } from "./solved-form.js";
import { disagreement, formDerivative } from "./truth.js";

export class Truths {
  private readonly locations = new Map<string, Located>();
  private readonly derivatives = new Map<string, SolvedForm<Big>>();
  private readonly errors = new Map<string, number>();

  /** The stationary point of a problem. */
  located(problem: AuditProblem): Located {
    const found = remembered(this.locations, key(problem), () => located(problem));
    // The same problem may stand at another place of another file.
    return { ...found, problem };
  }

  /** The pose derivative in a form at the stationary point, certified by route A. */
  derivative(at: Located, form: Formula): SolvedForm<Big> {
    const name = key(at.problem) + JSON.stringify(form);
    return remembered(this.derivatives, name, () => formDerivative(at.problem, at.point, form));
  }

  /** How far the two routes to the exact derivative disagree, relative. */
  error(at: Located): number {
    return remembered(this.errors, key(at.problem), () =>
      disagreement(at.problem, at.point, this.derivative(at, exactFormula)),
    );
  }
}

function remembered<V>(store: Map<string, V>, name: string, make: () => V): V {
  let value = store.get(name);
  if (value === undefined) {
    value = make();
    store.set(name, value);
  }
  return value;
}

/** Everything a truth depends on. */
function key({ x2d, x3d, w2d, K, delta, pose, poseInit }: AuditProblem): string {
  return [x2d, x3d, w2d, K, [delta], pose, poseInit]
    .map((array) => array?.join() ?? "none")
    .join("|");
}
