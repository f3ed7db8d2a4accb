/**
 * A command for a process backend: `node command.mjs FAULT [FILE]`, method metrics, quantities add and adds.
 *
 * Without a fault its answers are right; it shares no code with the project. FILE is made at the first start,
 * for faults that happen only then. It says on standard error which process it is.
 */
import { existsSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [fault = "none", file] = process.argv.slice(2);
const again = file !== undefined && existsSync(file);
if (file) writeFileSync(file, "");
process.stderr.write(`process ${process.pid}\n`);

const json = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
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

let asked = 0;
const waiting = [];
/** What is done in place of an answer; false where the answer is given all the same. */
const faults = {
  "dies-once": () => asked === 3 && !again && process.exit(9),
  dies: () => asked === 3 && process.exit(9),
  hangs: () => asked === 3,
  "hangs-once": () => asked === 3 && !again,
  chatter: () => void (asked === 3 && process.stdout.write("loading…\n")),
  garbage: ({ id }) => asked === 3 && process.stdout.write(`{"id": ${id}, "claim": {"add": [1,}\n`),
  flood() {
    const write = () => {
      while (process.stdout.write('{"progress": 1}\n'));
      process.stdout.once("drain", write);
    };
    write();
    return true;
  },
  shape: ({ id, claim }) => asked === 3 && !json({ id, claim: { ...claim, add: [claim.add] } }),
  missing: ({ id, claim }) => asked === 3 && !json({ id, claim: { add: claim.add } }),
  nan: ({ id, claim }) =>
    asked === 3 && !json({ id, claim: { ...claim, adds: claim.adds.map(() => "NaN") } }),
  "refuses-batches": ({ id, claim }) =>
    claim.add.length > 1 && !json({ id, error: "one at a time" }),
  refuses: ({ id }) => asked === 3 && !json({ id, error: "out of memory" }),
  wrong: ({ id, claim }) =>
    !json({ id, claim: { ...claim, add: claim.add.map((v) => 1.001 * v) } }),
  reversed(request) {
    if (waiting.push(request) === 1) setTimeout(() => waiting.splice(0).reverse().map(json), 20);
    return true;
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, input } = JSON.parse(line);
  const request = { id, claim: answer(input) };
  asked++;
  if (!faults[fault]?.(request)) json(request);
});
