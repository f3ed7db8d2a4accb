/** The auditor of methods that solve for a pose: what is claimed is a minimum, or its derivative. */
import type { Auditor } from "./auditor.js";
import { greatest } from "./blocks.js";
import { derivativeCases } from "./derivative-cases.js";
import type { Located } from "./forward.js";
import { judgements } from "./judge.js";
import { problems } from "./problem.js";
import type { ForwardFinding } from "./report.js";
import { solvedResponse } from "./response.js";
import { claimedPose, solutionReports } from "./solution.js";

export const solvedAuditor: Auditor = {
  check(claims, sizes) {
    for (const { index } of problems(claims, sizes)) claimedPose(claims, index);
  },
  async findings(file, truths, step) {
    const { located, cases } = await derivativeCases(file, truths, step);
    const claims = [...solutionReports(file, located), ...judgements(cases)];
    return {
      forward: forward(located),
      claims,
      digits64: located.filter(({ point }) => point.digits === 64).length,
      poses: located.map(({ y }) => y),
    };
  },
  response: solvedResponse,
};

/** What can be found of a pose that was solved for: its rotation is one. */
type Status = Exclude<ForwardFinding["status"], "no-rotation">;

const sentences: Record<Status, string> = {
  ok: "Every pose is a minimum of the reprojection cost.",
  "not-checked": "There are no problems.",
  "unconverged-pose":
    "A given pose is not stationary: its solver stopped short, and a derivative taken there describes another point.",
  "other-minimum": "A given pose is a local minimum, but a pose with lower cost exists.",
  "behind-camera": "At a pose, some points lie at or behind the camera.",
  "rank-deficient": "At a pose the Hessian has lost rank: the derivative does not exist there.",
  indefinite: "A pose is a saddle of the cost, not a minimum.",
  kink: "At a pose a residual lies on the Huber threshold, where second derivatives jump.",
};

/** The gravest finding of the batch, with how many problems share it. */
function forward(located: readonly Located[]): ForwardFinding {
  const order: Status[] = [
    "rank-deficient",
    "indefinite",
    "kink",
    "unconverged-pose",
    "behind-camera",
    "other-minimum",
  ];
  const poseDistance = greatest([0, ...located.map(({ distance }) => distance)]);
  if (located.length === 0)
    return { status: "not-checked", sentence: sentences["not-checked"], poseDistance };
  const status = order.find((s) => located.some((l) => l.status === s)) ?? "ok";
  const count = located.filter((l) => l.status === status).length;
  const share = status === "ok" ? "" : ` (${count} of ${located.length} problems)`;
  return { status, sentence: sentences[status].replace(/\.$/, `${share}.`), poseDistance };
}
