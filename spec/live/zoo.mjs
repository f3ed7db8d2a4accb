/**
 * Commands that go wrong in every way that a command can: `node zoo.mjs FAULT`, for method metrics.
 *
 * Without a fault it answers te = ‖t_est − t_gt‖ and is right. It shares no code with the project. It says
 * on standard error which processes it is, so that a spec can see that none of them is left.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const fault = process.argv[2] ?? "none";
const write = (text) => process.stdout.write(text);
const json = (value) => write(`${JSON.stringify(value)}\n`);
const forever = () => setInterval(() => {}, 1e6);
const announce = (pid) => process.stderr.write(`process ${pid}\n`);
/** Writes without end, as fast as it is read. */
function flood(text) {
  while (write(text));
  process.stdout.once("drain", () => flood(text));
}
const inPieces = (text) => {
  write(text.slice(0, 9));
  setTimeout(() => write(text.slice(9)), 20);
};

/** What is done before anything is read. */
const atStart = {
  "crash-at-start"() {
    process.stderr.write("ModuleNotFoundError: No module named 'torch'\n");
    process.exit(3);
  },
  "half-line"() {
    write('{"id": 1, "claim": {"te"');
    process.exit(0);
  },
  "stderr-flood"() {
    for (let i = 0; i < 2e4; i++) process.stderr.write(`warning ${i}\n`);
  },
  grandchild: () => announce(spawn("sleep", ["1000"], { stdio: "inherit" }).pid),
  deaf: () => forever(),
};

/** What is done in place of every answer; `te` is right, `points` how many there are. */
const always = {
  deaf: () => {},
  stall: () => {},
  flood: () => flood('{"progress": 1}\n'),
  "long-line": () => flood("1, ".repeat(1 << 16)),
  nan: ({ id, te }) => json({ id, claim: { te: te.map(() => "NaN") } }),
  random: ({ id, te }) =>
    json({ id, claim: { te: te.map((v) => v * (1 + 1e-14 * Math.random())) } }),
  // Random numbers by the seed of the request, or by nothing.
  noisy: ({ id, te, seed }) =>
    json({ id, claim: { te: te.map((v) => v * (1 + 0.02 * normal(seed))) } }),
  "noisy-doubled": ({ id, te }) =>
    json({ id, claim: { te: te.map((v) => 2 * v * (1 + 0.02 * normal(Math.random()))) } }),
  doubled: ({ id, te }) => json({ id, claim: { te: te.map((v) => 2 * v) } }),
  single: ({ id, te }) => json({ id, claim: { te: te.map(Math.fround) } }),
  "from-six": ({ id, te, points }) =>
    json({ id, claim: { te: te.map((v) => (points >= 6 ? v + 1 : v)) } }),
  // Wrong where the first estimate is turned by more than two radians.
  "far-turned": ({ id, te, turn }) =>
    json({ id, claim: { te: te.map((v) => (turn > 2 ? v + 1 : v)) } }),
  "crash-from-six"({ id, te, points }) {
    if (points >= 6) process.exit(11);
    json({ id, claim: { te } });
  },
  "stall-from-six": ({ id, te, points }) => points < 6 && json({ id, claim: { te } }),
  reversed(request) {
    // Whatever has come by then is answered from behind.
    if (waiting.push(request) === 1)
      setTimeout(() => {
        for (const { id, te } of waiting.reverse()) json({ id, claim: { te } });
        waiting = [];
      }, 30);
  },
  "exit-between"({ id, te }) {
    json({ id, claim: { te } });
    process.exit(0);
  },
  "no-line-end"({ id, te }) {
    write(JSON.stringify({ id, claim: { te } }));
    process.exit(0);
  },
};
let waiting = [];

/** A number that is nearly normal: the sum of twelve of a small generator, less six. */
function normal(seed) {
  let state = Math.floor(seed * 2 ** 20 + 12345) >>> 0;
  let sum = -6;
  for (let k = 0; k < 12; k++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    sum += ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
  }
  return sum;
}

/** What is done at the twelfth request, the last of six problems before answers are judged. */
const twelfth = {
  leaves({ id, te }) {
    json({ id, claim: { te } });
    process.exit(0);
  },
};

/** What is done in place of the third answer. */
const third = {
  crash: () => process.exit(9),
  killed: () => process.kill(process.pid, "SIGKILL"),
  "early-exit": () => process.exit(0),
  "stall-once": () => {},
  slow: ({ id, te }) => setTimeout(() => json({ id, claim: { te } }), 2500),
  binary: () => write(Buffer.from([0xff, 0xfe, 0, 1, 10])),
  chatter({ id, te }) {
    write("loading model…\n");
    json({ id, claim: { te } });
  },
  "wrong-id": ({ id, te }) => json({ id: id + 1000, claim: { te } }),
  "text-id": ({ id, te }) => json({ id: String(id), claim: { te } }),
  twice({ id, te }) {
    json({ id, claim: { te } });
    json({ id, claim: { te } });
  },
  "bare-nan": ({ id }) => write(`{"id": ${id}, "claim": {"te": [NaN]}}\n`),
  shape: ({ id, te }) => json({ id, claim: { te: [te, te] } }),
  ragged: ({ id }) => json({ id, claim: { te: [[1], [2, 3]] } }),
  "no-claim": ({ id, te }) => json({ id, te }),
  list: () => json([1, 2]),
  refuses: ({ id }) => json({ id, error: "Singular matrix" }),
  missing: ({ id }) => json({ id, claim: {} }),
  unknown: ({ id, te }) => json({ id, claim: { te, speed: [1] } }),
  deep: () => write(`${"[".repeat(1e5)}\n`),
  pieces: ({ id, te }) => inPieces(`${JSON.stringify({ id, claim: { te } })}\n`),
};

announce(process.pid);
process.on("SIGTERM", () => fault === "deaf" || process.exit(143));
atStart[fault]?.();
let asked = 0;
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, input, seed } = JSON.parse(line);
  const te = input.t_est.map((t, b) => Math.hypot(...t.map((v, k) => v - input.t_gt[b][k])));
  const shared = typeof input.points[0][0] === "number";
  const [[xx], [, yy], [, , zz]] = input.R_est[0];
  const turn = Math.acos(Math.min(1, Math.max(-1, (xx + yy + zz - 1) / 2)));
  const request = {
    id,
    te,
    seed,
    turn,
    points: shared ? input.points.length : input.points[0].length,
  };
  asked++;
  const answer =
    always[fault] ?? ((asked === 3 && third[fault]) || (asked === 12 && twelfth[fault]));
  if (answer) answer(request);
  else json({ id, claim: { te } });
});
