/** Pages looked at in the Chromium of this machine, driven by playwright-core, which brings no browser of its own. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium, type Page as DrivenPage } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The first Chromium on the path, or what CHROMIUM names; null if there is none. */
export function chromiumPath(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = process.env.CHROMIUM ? [process.env.CHROMIUM] : [];
  const candidates = [...named, ...names.flatMap((name) => folders.map((f) => join(f, name)))];
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether specs of a browser can run. Without one they say so loudly, and in CI (CI=true) they fail. */
export function requiredChromium(what: string): string | null {
  const path = chromiumPath();
  if (path !== null) return path;
  const loud = `No Chromium on the path (or in CHROMIUM): ${what} NOT looked at in a browser.`;
  if (process.env.CI) throw new Error(loud);
  process.stderr.write(`\n${"!".repeat(loud.length)}\n${loud}\n${"!".repeat(loud.length)}\n`);
  return null;
}

/** One open page. */
export class Page {
  /** Everything the page asked for, and everything it complained of. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly page: DrivenPage,
  ) {
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("console", (message) => this.complaints.push(`console.${message.type()}`));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** A browser with one empty page, started with flags of its own. */
  static async open(path: string, flags: readonly string[] = []): Promise<Page> {
    // As root there is no sandbox; the linker's path of specs of the GPU is not the browser's.
    const { LD_LIBRARY_PATH: _, VK_ICD_FILENAMES: __, ...env } = process.env;
    const browser = await chromium.launch({
      executablePath: path,
      args: ["--no-sandbox", "--no-first-run", ...flags],
      env: env as Record<string, string>,
    });
    return new Page(browser, await browser.newPage());
  }

  /** Loads an address and waits until all of it is there. */
  async load(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "load" });
  }

  /** Answers every request below an origin by what a function gives for its path. */
  async serve(
    origin: string,
    answer: (path: string) => { readonly type: string; readonly body: string } | null,
  ): Promise<void> {
    await this.page.route(`${origin}/**`, async (route) => {
      const found = answer(new URL(route.request().url()).pathname);
      if (found) await route.fulfill({ contentType: found.type, body: found.body });
      else await route.fulfill({ status: 404, body: "" });
    });
  }

  /** Width and height of the window in CSS pixels, and the colour scheme asked for. */
  async look(width: number, height: number, scheme: "light" | "dark"): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme: scheme });
  }

  /** What an expression comes to on the page; a promise, what it resolves to. */
  run<T>(expression: string): Promise<T> {
    return this.page.evaluate<T>(expression);
  }

  /** A picture of the window as PNG. */
  picture(): Promise<Uint8Array> {
    return this.page.screenshot();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
