/**
 * Linear-Covariance losses on a device: twin of ../operations/linear-covariance-loss.ts.
 *
 * The device sums over points and writes their slopes; the 6 × 6 matrices between are the oracle's, in doubles.
 */
import { factorSystem, linearSystem } from "../../differentiate/linear-system.js";
import { linearCovarianceForms } from "../../kernels/linear-covariance-gradient.js";
import { linearCovarianceErrors } from "../../kernels/linear-covariance-loss.js";
import {
  COVARIANCE,
  LINEAR,
  type LinearCovarianceWorkspace,
  LOSS,
  linearCovarianceWorkspace,
  PRIOR,
} from "../../kernels/linear-covariance-workspace.js";
import { checkedLossInput } from "../../loss/linear-covariance-input.js";
import { points, problemAt, row } from "../operations/fields.js";
import type { LinearCovarianceSettings } from "../operations/linear-covariance-loss.js";
import type { Task } from "../task.js";
import { POSED } from "./curvature.wgsl.js";
import type { Device } from "./device.js";
import { type Frame, POINT, pointBytes } from "./frame.js";
import { inJob } from "./job.js";
import type { Kernel } from "./kernel.js";
import {
  FORMS,
  type LossForm,
  lossSlopesKernel,
  lossSumsKernel,
  SUMS,
} from "./linear-covariance.wgsl.js";
import {
  areNumbers,
  congruent,
  type PosedPoints,
  packPosed,
  tangentOfFrame,
  writePointSlopes,
} from "./posed-points.js";

/** Condition of the scaled H beyond which sums known to about 1e-6 leave too few digits of the covariance. */
const ILL = 1e3;
/** Residuals below this share of the object's size are as good as none, which is a status of its own. */
const STILL = 1e-9;

export const linearCovarianceOnDevice: Kernel = {
  suits({ hessian = "consistent", detached, robust }: LinearCovarianceSettings) {
    const held = detached ?? ["linearisation", "thresholds"];
    const thresholds = !robust || held.includes("thresholds");
    return hessian === "consistent" && held.includes("linearisation") && thresholds;
  },
  size: () => ({
    bytesOfPoint: pointBytes,
    bytesOfProblem: 4 * FORMS,
    pairs: (n) => 4 * n,
  }),
  async run(device, task, from, to) {
    const packed = packPosed(
      task,
      from,
      to,
      task.input.pose,
      () => 0,
      () => false,
    );
    if (packed.taken.length > 0) await compute(device, task, packed);
    return packed.left;
  },
};

/** Problem b as the oracle checks it. */
function checked(task: Task, b: number) {
  const { corners, cornersPer, valid, ...options } = task.settings as LinearCovarianceSettings;
  const y = row(task.input.pose, 7, b);
  const pose = y.map((_, k) => y[(k + 3) % 7]);
  return checkedLossInput("linearCovarianceLoss", problemAt(task, b), pose, {
    ...options,
    corners:
      corners > 0
        ? row(task.input.corners, 3 * corners, cornersPer === "problem" ? b : 0)
        : undefined,
    valid: valid ? points(task, task.input.valid, 1, b) : undefined,
  });
}

async function compute(device: Device, task: Task, packed: PosedPoints): Promise<void> {
  const { taken, left, frames, firsts } = packed;
  const count = taken.length;
  const posed = taken.map((b) => checked(task, b));
  const { settings } = posed[0];
  const by = settings.robust;
  const form: LossForm = {
    robust: by !== null,
    trueClamp: by?.clamp === "true",
    squared: settings.weights === "squared",
    masked: settings.maskWeights && posed[0].problem.valid !== null,
  };
  const clear = posed.map(({ problem }, k) => {
    addSettings(packed, k, by, problem.valid);
    return isClear(packed, k, settings.zMin);
  });
  await inJob(device, async (job) => {
    const problems = job.input(packed.problems);
    const rows = job.input(packed.points);
    const sums = job.room(SUMS * count);
    job.dispatch(lossSumsKernel(form), count, [
      job.input(sizes(count, settings)),
      problems,
      rows,
      sums,
    ]);
    const [found] = await job.read(sums);
    const forms = new Float32Array(FORMS * count);
    const workspaces = posed.map((of, k) =>
      clear[k] ? between(of, frames[k], found, k, forms) : null,
    );
    const tileCount = packed.tiles.length / 2;
    const slopes = job.room(8 * firsts[count]);
    job.dispatch(lossSlopesKernel(form), tileCount, [
      ...[job.input(sizes(tileCount, settings)), problems, rows],
      ...[job.input(forms), job.input(packed.tiles), slopes],
    ]);
    const [slope] = await job.read(slopes);
    taken.forEach((b, k) => {
      const errors = workspaces[k];
      if (!errors || !areNumbers(slope, 8 * firsts[k], 8 * firsts[k + 1])) {
        left.push(b);
        return;
      }
      const { output } = task;
      output.loss[b] = errors[LOSS];
      output.priorError[b] = errors[PRIOR];
      output.covarianceError[b] = errors[COVARIANCE];
      output.linearError[b] = errors[LINEAR];
      writePointSlopes(output, task, b, frames[k], slope, 8 * firsts[k], 1);
      task.status[b] = 0;
    });
  });
}

type Checked = ReturnType<typeof checkedLossInput>;

/** Writes how residuals of problem k are tamed, and how much its points count, to its record and rows. */
function addSettings(
  { frames, firsts, problems, points: rows }: PosedPoints,
  k: number,
  by: Checked["settings"]["robust"],
  valid: Float64Array | null,
): void {
  const { sigma } = frames[k];
  const at = POSED * k;
  problems[at + 3] = sigma;
  if (by) {
    problems[at + 7] = by.maxLength / sigma;
    problems[at + 11] = by.epsilon / sigma;
    problems[at + 15] = by.epsilon / (sigma * sigma);
  }
  for (let i = firsts[k]; i < firsts[k + 1]; i++)
    rows[POINT * i + POINT - 1] = valid === null ? 1 : valid[i - firsts[k]];
}

/** Whether every point is in front of the camera, beyond zMin, and some residual is there. */
function isClear({ frames, firsts, points: rows }: PosedPoints, k: number, zMin: number): boolean {
  const least = Math.max(zMin / frames[k].depth, 0) * (1 + 1e-6);
  let largest = 0;
  for (let i = POINT * firsts[k]; i < POINT * firsts[k + 1]; i += POINT) {
    if (!(rows[i + 3] > least)) return false;
    largest = Math.max(largest, Math.abs(rows[i + 6]), Math.abs(rows[i + 7]));
  }
  return largest > STILL;
}

function sizes(
  count: number,
  { detached, robust }: Checked["settings"],
): Float32Array<ArrayBuffer> {
  const follows = (part: (typeof detached)[number]) => (detached.includes(part) ? 0 : 1);
  const numbers = new Float32Array(12);
  new Uint32Array(numbers.buffer)[0] = count;
  numbers[4] = 2 * follows("covarianceWeights");
  numbers[5] = follows("linearWeights");
  numbers[6] = follows("covarianceResidual");
  numbers[7] = follows("linearResidual");
  numbers[8] = robust?.residualFactor ?? 0;
  numbers[9] = robust?.weightFactor ?? 0;
  return numbers;
}

const T = new Float64Array(36);
const transposed = new Float64Array(36);
const H = new Float64Array(36);
const S = new Float64Array(36);
const Y = new Float64Array(36);
const Z = new Float64Array(36);
const v = new Float64Array(6);
const system = linearSystem();
let workspace: LinearCovarianceWorkspace = linearCovarianceWorkspace(0, 1);

/** The loss of problem k from its sums, and its forms for the points; null if single precision cannot tell it. */
function between(
  { problem, settings }: Checked,
  at: Frame,
  sums: Float32Array,
  k: number,
  forms: Float32Array,
): Float64Array | null {
  const first = SUMS * k;
  for (let p = 0, s = first; p < 6; p++)
    for (let q = 0; q <= p; q++, s++) {
      H[6 * p + q] = H[6 * q + p] = sums[s];
      S[6 * p + q] = S[6 * q + p] = sums[s + 21];
    }
  if (!H.every(Number.isFinite) || !S.every(Number.isFinite)) return null;
  if (!factorSystem(system, 6, H, true) || !(system.condition < ILL)) return null;
  if (workspace.priorVariance.length !== problem.rows)
    workspace = linearCovarianceWorkspace(0, problem.rows);
  tangentOfFrame(at, "object", T);
  congruent(H, T, workspace.hessian);
  congruent(S, T, workspace.spread);
  for (let p = 0; p < 6; p++) {
    workspace.deviation[p] = 0;
    for (let q = 0; q < 6; q++) {
      workspace.deviation[p] += T[6 * q + p] * sums[first + 42 + q];
      transposed[6 * q + p] = T[6 * p + q];
    }
  }
  workspace.curved[0] = 0;
  if (!linearCovarianceErrors(problem, settings, workspace)) return null;
  if (workspace.substituted[0] === 1 || !workspace.errors.every(Number.isFinite)) return null;
  linearCovarianceForms(problem, settings, workspace, Y, Z, v);
  congruent(Y, transposed, Y);
  congruent(Z, transposed, Z);
  const to = FORMS * k;
  forms.set(Y, to);
  forms.set(Z, to + 36);
  for (let p = 0; p < 6; p++) {
    let sum = 0;
    for (let q = 0; q < 6; q++) sum += T[6 * p + q] * v[q];
    forms[to + 72 + p] = sum;
  }
  for (let j = 0; j < 4; j++) forms[to + 78 + j] = sums[first + 48 + j];
  return workspace.errors.slice();
}
