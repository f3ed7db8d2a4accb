/** Truths remembered by their inputs: claims files about one problem set share them. */
import { type Located, located } from "./forward.js";
import { type Jacobian, jacobianSize } from "./jacobian.js";
import type { AuditProblem } from "./problem.js";
import { Recent } from "./recent.js";
import { exactFormula, type Formula } from "./solved-form.js";

/** Digits that truths take: 64 always, or only where 31 leave a verdict open. */
export type Digits = 64 | "as needed";

/** Numbers that are kept: 64 MiB of them. */
const most = 2 ** 23;

export class Truths {
  private readonly locations = new Recent<Located>(most / 64, () => 1);
  private readonly derivatives = new Recent<Jacobian>(most, jacobianSize);
  private readonly errors = new Recent<number>(most / 64, () => 1);

  constructor(readonly digits: Digits = "as needed") {}

  /** The stationary point of a problem; found at 64 digits where 31 do not find it. */
  located(problem: AuditProblem, digits: 31 | 64 = 31): Located {
    const least = this.digits === 64 ? 64 : digits;
    const found = this.locations.get(`${least} ${key(problem)}`, () => located(problem, least));
    // The same problem may stand at another place of another file.
    return { ...found, problem };
  }

  /** The pose derivative in a form at the stationary point, of the problem or one that `form` reads alike. */
  derivative(at: Located, form: Formula, read: AuditProblem = at.problem): Jacobian {
    return this.derivatives.get(derivativeName(at, form), () => at.point.jacobian(form, read));
  }

  /** How far the two routes to the exact derivative disagree, relative. */
  error(at: Located): number {
    return this.errors.get(`${at.point.digits} ${key(at.problem)}`, () => {
      const { jacobian, error } = at.point.certified();
      this.derivatives.get(derivativeName(at, exactFormula), () => jacobian);
      return error;
    });
  }
}

const derivativeName = ({ point, problem }: Located, form: Formula): string =>
  `${point.digits} ${JSON.stringify(form)} ${key(problem)}`;

/** Everything a truth depends on. */
function key(problem: AuditProblem): string {
  let text = keys.get(problem);
  if (text === undefined) {
    const { x2d, x3d, w2d, K, delta, pose, poseInit, branch } = problem;
    text = [x2d, x3d, w2d, K, [delta], pose, poseInit, branch]
      .map((array) => array?.join() ?? "none")
      .join("|");
    keys.set(problem, text);
  }
  return text;
}
const keys = new WeakMap<AuditProblem, string>();
