import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { operations } from "../../src/backend/operations/index.js";
import { promised } from "../backend/webgpu/parity.js";
import { Page, requiredChromium } from "./chromium.js";
import type { Parity } from "./webgpu-parity.js";

const path = requiredChromium("the webgpu backend was");
const inBrowser = it.runIf(path !== null);

/** WebGPU on a GPU made of software; pages have it in secure contexts only, which https is. */
const flags = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan,WebGPU",
  "--use-vulkan=swiftshader",
  "--use-webgpu-adapter=swiftshader",
];
const origin = "https://pnp-oracle.test";

let page: Page | null = null;
afterAll(() => page?.close());

inBrowser("every operation has the oracle's numbers on the GPU of a browser", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("webgpu-parity.ts", import.meta.url))],
    ...{ bundle: true, write: false, format: "esm", platform: "browser", target: "es2022" },
    // Only Node asks for it by name.
    external: ["webgpu"],
  });
  page = await Page.open(path!, flags);
  const script = outputFiles[0].text;
  await page.serve(origin, (at) =>
    at === "/parity.js"
      ? { type: "text/javascript", body: script }
      : { type: "text/html", body: "<!doctype html><title>parity</title>" },
  );
  await page.load(`${origin}/`);
  const { found, onDevice } = await page.run<{ found: Record<string, Parity>; onDevice: number }>(
    `import("${origin}/parity.js").then((module) => module.parity())`,
  );
  expect(Object.keys(found).sort()).toEqual(Object.keys(operations).sort());
  for (const [name, { statuses, value, direction }] of Object.entries(found)) {
    expect(statuses, name).toBe(true);
    expect(value, name).toBeLessThan(promised.value);
    expect(direction, name).toBeLessThan(promised.direction);
  }
  expect(onDevice).toBeGreaterThan(70);
});
