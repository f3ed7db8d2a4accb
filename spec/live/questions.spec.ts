import { expect, it } from "vitest";
import { auditors } from "../../src/audit/auditors.js";
import { checkedSizes } from "../../src/audit/methods.js";
import type { Convention } from "../../src/formats/claims.js";
import { methods } from "../../src/formats/methods.js";
import { rounded } from "../../src/live/in-convention.js";
import { plans } from "../../src/live/plan.js";
import { claimsFor, requestLine } from "../../src/live/question.js";
import { questionOf, settled } from "../../src/live/questions.js";

const all = plans(60, "spec");
const contract = (method: string) =>
  ({ method, dtype: "float64", convention: {}, expect: {}, seeds: 0 }) as const;

it.each(Object.keys(methods))(
  "questionOf for %s has every input that the contract asks for, in its shape",
  (method) => {
    for (const plan of all) {
      const question = questionOf(plan, contract(method), []);
      const sizes = checkedSizes(claimsFor(question, {}, "spec"));
      expect(sizes.B).toBe(plan.problems);
      expect(sizes[method === "metrics" ? "M" : "N"]).toBe(plan.points);
      for (const name of methods[method].required) expect(question.input[name], name).toBeDefined();
      expect(() => JSON.parse(requestLine(1, question))).not.toThrow();
    }
  },
);

const conventions: readonly Convention[] = [
  { length: "mm", angle: "deg" },
  { order: "translation-first", weights: "w2", quaternion: "xyzw" },
  { order: "rotation-first", chart: "Q7", length: "cm" },
];

it.each(Object.keys(methods))(
  "questionOf for %s is accepted by its auditor in every precision and convention",
  (method) => {
    for (const dtype of ["float64", "float32", "float16", "bfloat16"] as const)
      for (const convention of [{}, ...conventions])
        for (const plan of all.slice(0, 6)) {
          const question = questionOf(plan, { ...contract(method), dtype, convention }, []);
          const claims = claimsFor(question, {}, "spec");
          auditors[method].check(claims, checkedSizes(claims));
        }
  },
);

it("settled(question) has the minimum of its own numbers, and is null where there is none", () => {
  const question = questionOf(all[0], contract("bpnp"), []);
  expect(settled(question)?.input.pose.data).toEqual(question.input.pose.data);
  const { x2d, w2d } = question.input;
  const rounder = { ...x2d, data: x2d.data.map(Math.round) };
  const found = settled({ ...question, input: { ...question.input, x2d: rounder } });
  expect(found?.input.pose.data).not.toEqual(question.input.pose.data);
  expect(found && settled(found)?.input.pose.data).toEqual(found?.input.pose.data);
  const nothing = { ...w2d, data: w2d.data.map(() => 0) };
  expect(settled({ ...question, input: { ...question.input, w2d: nothing } })).toBeNull();
});

it("plans(count, seed) begins alike whatever the count, and differs by seed", () => {
  expect(plans(20, "spec")).toEqual(all.slice(0, 20));
  expect(plans(20, "other")).not.toEqual(plans(20, "spec"));
  expect(new Set(all.map(({ seed }) => seed)).size).toBeGreaterThan(50);
});

it("plans(count, seed) aims at seams, and few of its problems have no solution", () => {
  const questions = all.map((plan) => questionOf(plan, contract("bpnp"), []));
  expect(new Set(all.map(({ rotation }) => rotation)).size).toBeGreaterThanOrEqual(5);
  const degenerate = questions.filter((question) => question.degenerate).length;
  expect(degenerate).toBeGreaterThan(0);
  expect(degenerate).toBeLessThan(10);
});

it("questionOf in float32 and bfloat16 asks in numbers that they hold", () => {
  const [plan] = all;
  const single = questionOf(plan, { ...contract("bpnp"), dtype: "float32" }, []);
  for (const { data } of Object.values(single.input)) expect(data.map(Math.fround)).toEqual(data);
  const short = questionOf(plan, { ...contract("bpnp"), dtype: "bfloat16" }, []);
  expect(short.input.pose).toBeUndefined();
  for (const { data } of Object.values(short.input))
    for (const v of data) expect(rounded(v, "bfloat16")).toBe(v);
});

it("questionOf writes the same problem in every convention", () => {
  const [plan] = all;
  const usual = questionOf(plan, contract("epropnp-cost"), []).input;
  const convention = {
    length: "mm",
    weights: "w2",
    quaternion: "xyzw",
    order: "rotation-first",
  } as const;
  const other = questionOf(plan, { ...contract("epropnp-cost"), convention }, []).input;
  const [x, y, z, qw, qi, qj, qk] = usual.pose.data;
  expect([...other.pose.data]).toEqual([qi, qj, qk, qw, 1000 * x, 1000 * y, 1000 * z]);
  expect([...other.x3d.data]).toEqual([...usual.x3d.data].map((v) => 1000 * v));
  expect([...other.w2d.data]).toEqual([...usual.w2d.data].map((v) => v * v));
  expect([...other.x2d.data]).toEqual([...usual.x2d.data]);
});
