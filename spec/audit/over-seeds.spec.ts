import { expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import type { Claims } from "../../src/formats/claims.js";
import { readClaimsLines } from "../../src/formats/ndjson.js";
import { stream } from "../../src/random/stream.js";
import { array, draft, file } from "./claimed.js";

/** The same claims once a seed, every number moved by a share of the largest of its array. */
function seeded(claims: Claims, seeds: number, noise: number, name = "noise") {
  return Array.from({ length: seeds }, (_, seed) => {
    const draw = stream(`spec/audit/over-seeds/${name}`).at(seed);
    const claim = Object.entries(claims.claim).map(([quantity, { shape, data }]) => {
      const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
      return [
        quantity,
        array(
          [...shape],
          data.map((v) => v + noise * largest * draw.normal()),
        ),
      ];
    });
    return {
      name: `run-${seed}.json`,
      claims: { ...claims, seed, claim: Object.fromEntries(claim) },
    };
  });
}
const verdicts = async (files: Parameters<typeof audit>[0]) =>
  (await audit(files)).files.map(({ claims }) =>
    claims.map(({ quantity, verdict, explanation }) => [quantity, verdict, explanation]),
  );

const made = draft("generic", { problems: 2, n: 6 });
const right = file(made, ["J_x2d", "grad_x3d"]);
const doubled = file(made, ["grad_x3d"], {}, (v) => 2 * v);

it("audit of right answers with noise judges their mean over seeds, and says how far chance may have carried it", async () => {
  const { files } = await audit(seeded(right, 16, 0.01));
  expect(files.map(({ file }) => file)).toEqual(["run-0.json and 15 more by seed"]);
  for (const { verdict, seeds, sentence, worstRelativeError, budget } of files[0].claims) {
    expect(verdict).toBe("correct");
    expect(seeds).toMatchObject({ count: 16, falseAlarm: 1e-4 });
    // A standard deviation of a hundredth of the largest number, over √16, and some quantile.
    expect(seeds!.interval).toBeGreaterThan(0.01 / 4);
    expect(seeds!.interval).toBeLessThan(0.1);
    expect(worstRelativeError).toBeLessThan(seeds!.interval);
    expect(budget).toBeGreaterThanOrEqual(seeds!.interval);
    expect(sentence).toMatch(/^The truth lies in the interval around the mean over 16 seeds, ± /);
  }
});

it("audit of wrong answers with noise names what is wrong with their mean", async () => {
  expect(await verdicts(seeded(doubled, 16, 0.01))).toEqual([[["grad_x3d", "wrong", "factor-2"]]]);
});

it("audit of answers that chance moves too far is inconclusive, as it is of too few", async () => {
  const wide = (await audit(seeded(right, 16, 0.5))).files[0].claims;
  expect(wide.map(({ verdict }) => verdict)).toEqual(["inconclusive", "inconclusive"]);
  expect(wide[0].sentence).toMatch(/chance alone may move the mean by .*: more seeds/);
  const few = (await audit(seeded(right, 3, 0.01))).files[0].claims;
  expect(few[0].verdict).toBe("inconclusive");
  expect(few[0].sentence).toBe("3 seeds are too few to say how far chance moves the mean.");
});

it("audit of answers that no seed changes judges them like any other", async () => {
  const [{ claims }] = (await audit(seeded(right, 5, 0))).files;
  expect(claims.map(({ verdict, sentence }) => [verdict, sentence])).toEqual([
    ["correct", ""],
    ["correct", ""],
  ]);
});

it("audit of seeds for other inputs keeps them apart, and refuses one seed twice", async () => {
  const [one, two] = seeded(right, 2, 0);
  const other = { ...two, claims: { ...two.claims, dtype: "float32" as const } };
  expect((await audit([one, other])).files).toHaveLength(2);
  const again = { name: "again.json", claims: one.claims };
  await expect(audit([one, again])).rejects.toThrow(
    "again.json: seed: expected one that run-0.json does not have for the same inputs, got 0",
  );
});

it("audit of poses over seeds takes q and −q for one, and puts the mean back on the sphere", async () => {
  const draw = stream("spec/audit/over-seeds/poses");
  const pose = [0.1, -0.2, 2, 0.5, 0.5, -0.5, 0.5];
  const x3d = Array.from({ length: 8 }, () =>
    [draw.normal(), draw.normal(), draw.normal()].map((v) => v / 4),
  );
  // R of that quaternion turns the axes into one another.
  const x2d = x3d.map(([x, y, z]) => {
    const [X, Y, Z] = [0.1 - y, -0.2 - z, 2 + x];
    return [(500 * X) / Z + 320, (500 * Y) / Z + 240];
  });
  const fields = {
    ...{ schema: "pnp-oracle/claims@1", method: "pnp", source: "spec" },
    input: { x3d: [x3d], x2d: [x2d], K: [[500, 0, 320], [0, 500, 240], [0, 0, 1]] }, // biome-ignore format: one line
  };
  const lines = Array.from({ length: 12 }, (_, seed) => {
    const moved = pose.map((v, k) => v + (k < 3 ? 1e-3 : 1e-3) * draw.normal());
    const length = Math.hypot(...moved.slice(3)) * (seed % 2 ? -1 : 1);
    const row = moved.map((v, k) => (k < 3 ? v : v / length));
    return JSON.stringify({ ...fields, seed, claim: { pose: [row] } });
  });
  const files = readClaimsLines(lines.join("\n"), "poses.ndjson").map((claims, k) => ({
    name: `poses.ndjson:${k + 1}`,
    claims,
  }));
  expect(files.map(({ claims }) => claims.seed)).toEqual(lines.map((_, seed) => seed));
  expect(await verdicts(files)).toEqual([[["pose", "correct", null]]]);
});
