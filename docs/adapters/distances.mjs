/**
 * The least command that a process backend can ask: method metrics, quantities add and adds, in plain JavaScript.
 *
 *     node distances.mjs
 *
 * One request a line on standard input, one answer a line on standard output. A program that computes on an
 * accelerator has the same frame, and a kernel launch in the place of `answer`: arrays have the batch as
 * their first axis, so that one line is one launch.
 */
import { createInterface } from "node:readline";

const moved = (R, t, points) =>
  points.map((p) => R.map((row, i) => row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + t[i]));
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

function answer({ R_est, t_est, R_gt, t_gt, points }) {
  const pairs = R_est.map((R, b) => [moved(R, t_est[b], points), moved(R_gt[b], t_gt[b], points)]);
  return {
    add: pairs.map(([at, truth]) => mean(at.map((p, i) => distance(p, truth[i])))),
    adds: pairs.map(([at, truth]) =>
      mean(truth.map((p) => Math.min(...at.map((other) => distance(p, other))))),
    ),
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, input } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id, claim: answer(input) })}\n`);
});
