import { expect, it } from "vitest";
import { type FaultName, type LiveOptions, livePasses } from "../../src/live/index.js";
import { heard, left, zoo } from "./asked.js";

/** What each command of the zoo is found to do, and the request it is first found at. */
const cases: readonly [string, (readonly [FaultName, number])[], Partial<LiveOptions>?][] = [
  ["none", []],
  ["pieces", []],
  ["stderr-flood", []],
  ["grandchild", []],
  ["reversed", [], { ahead: 4 }],
  ["crash-at-start", [["crashed", 1]]],
  ["crash", [["crashed", 3]]],
  ["killed", [["crashed", 3]]],
  ["early-exit", [["ended-early", 3]]],
  ["exit-between", [["ended-early", 2]]],
  ["leaves", [["ended-early", 13]]],
  ["no-line-end", [["ended-early", 2]]],
  [
    "half-line",
    [
      ["half-line", 1],
      ["ended-early", 1],
    ],
  ],
  ["stall", [["stalled", 1]], { timeout: 1.5 }],
  ["deaf", [["stalled", 1]], { timeout: 1.5 }],
  ["stall-once", [["stalled", 3]], { timeout: 1.5 }],
  ["slow", [["slow", 3]], { timeout: 1.5 }],
  [
    "flood",
    [
      ["not-an-answer", 1],
      ["flooding", 1],
    ],
  ],
  ["long-line", [["long-line", 1]], { limits: { line: 1 << 20 } }],
  [
    "binary",
    [
      ["binary", 3],
      ["stalled", 3],
    ],
    { timeout: 1.5 },
  ],
  ["chatter", [["not-json", 3]]],
  [
    "wrong-id",
    [
      ["unknown-id", 3],
      ["stalled", 3],
    ],
    { timeout: 1.5 },
  ],
  [
    "text-id",
    [
      ["unknown-id", 3],
      ["stalled", 3],
    ],
    { timeout: 1.5 },
  ],
  ["twice", [["duplicate-answer", 3]]],
  ["bare-nan", [["not-json", 3]]],
  ["shape", [["wrong-shape", 3]]],
  ["ragged", [["wrong-shape", 3]]],
  ["no-claim", [["not-an-answer", 3]]],
  [
    "list",
    [
      ["not-an-answer", 3],
      ["stalled", 3],
    ],
    { timeout: 1.5 },
  ],
  ["refuses", [["refused", 3]]],
  ["missing", [["missing-quantity", 3]]],
  ["unknown", [["unknown-quantity", 3]]],
  [
    "deep",
    [
      ["not-json", 3],
      ["stalled", 3],
    ],
    { timeout: 1.5 },
  ],
  ["random", [["non-deterministic", 1]]],
];

// Side by side, since some of them wait for a time to run out.
it.concurrent.each(cases)(
  "liveAudit of a command with the fault %s finds it with its request, and leaves no process",
  async (fault, expected, options = {}) => {
    const { report, errors } = await heard(zoo(fault), options);
    expect(report.findings.map(({ fault: found, asked }) => [found, asked?.id])).toEqual(expected);
    expect(livePasses(report)).toBe(expected.length === 0);
    expect(left(errors)).toEqual([]);
  },
);

it.each([
  ["closed-input", "exec <&-; $answer"],
  ["closed-output", "$answer; exec >&-"],
])("liveAudit of a command that goes on with a pipe closed says %s", async (fault, closing) => {
  const answer = `echo '{"id": 1, "claim": {"te": [0]}}'`;
  const { report, errors } = await heard(
    `echo "process $$" >&2; read line; ${closing.replace("$answer", answer)}; sleep 1000; true`,
  );
  expect(report.findings.map(({ fault: found, asked }) => [found, asked?.id])).toEqual([
    [fault, 2],
  ]);
  expect(left(errors)).toEqual([]);
});

it("liveAudit of a command that does not exist says that it did not start", async () => {
  const { report } = await heard("no-such-command-anywhere");
  expect(report.findings.map(({ fault }) => fault)).toEqual(["not-started"]);
  expect(livePasses(report)).toBe(false);
});

it("liveAudit shows standard error up to a limit, and says that there was more", async () => {
  const { errors } = await heard(zoo("stderr-flood"), { limits: { errorText: 1000 } });
  expect(errors.length).toBeLessThan(1100);
  expect(errors).toMatch(/the rest of standard error is not shown\)\n$/);
});

it("liveAudit that is aborted ends the command and rejects", async () => {
  const stop = new AbortController();
  let errors = "";
  const running = heard(zoo("deaf"), {
    timeout: 60,
    signal: stop.signal,
    onErrorText: (text) => {
      errors += text;
      if (errors.includes("\n")) stop.abort();
    },
  });
  await expect(running).rejects.toThrow(/abort/i);
  expect(errors).toMatch(/process \d+/);
  expect(left(errors)).toEqual([]);
});

it("liveAudit refuses options that it does not know, naming those that it does", async () => {
  await expect(heard("true", { method: "bnpn" })).rejects.toThrow(
    /expected method to be one of pnp, /,
  );
  await expect(heard("true", { want: ["speed"] })).rejects.toThrow(
    /want for metrics .*add.*got speed/,
  );
  await expect(heard("true", { problems: 0 })).rejects.toThrow("whole number from 1, got 0");
  await expect(heard("true", { timeout: Number.NaN })).rejects.toThrow("timeout > 0 s");
  const chart = { method: "bpnp", want: ["J_x2d"], convention: { chart: "YAW" } } as const;
  await expect(heard("true", chart)).rejects.toThrow("a chart of 6 numbers for bpnp");
});
