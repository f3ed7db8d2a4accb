/**
 * A page looked at in Chromium over its debugging pipe: no driver, no port, no dependency.
 *
 * Messages are JSON ended by a zero byte, written to descriptor 3 of the browser and read from its 4.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** A message of the debugging protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: every event has a shape of its own.
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: every answer has a shape of its own.
  readonly result?: any;
  readonly error?: { readonly message: string };
}

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

/** One open page. */
export class Page {
  private last = 0;
  private readonly waiting = new Map<number, (message: Message) => void>();
  /** Everything the page asked for, and everything it complained of. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  private session: string | undefined;
  private loaded: () => void = () => {};

  private constructor(
    private readonly browser: ChildProcess,
    private readonly profile: string,
  ) {
    let rest = "";
    (browser.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\0");
      rest = parts.pop()!;
      for (const part of parts) this.heard(JSON.parse(part));
    });
    browser.once("exit", () => {
      const gone = { error: { message: "the browser ended" } };
      for (const answer of this.waiting.values()) answer(gone);
    });
  }

  /** A browser with one empty page, which hears of its network and its console. */
  static async open(path: string): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), "pnp-oracle-browser-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"];
    const own = ["--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
    const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"] as const;
    const page = new Page(
      spawn(path, [...flags, ...own], { stdio: [...stdio], detached: true }),
      profile,
    );
    const { targetInfos } = await page.send("Target.getTargets");
    const { targetId } = targetInfos.find((target: { type: string }) => target.type === "page");
    const { sessionId } = await page.send("Target.attachToTarget", { targetId, flatten: true });
    page.session = sessionId;
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    return page;
  }

  private heard({ id, method, params, result, error }: Message): void {
    if (id !== undefined) this.waiting.get(id)?.({ result, error });
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled") this.complaints.push(`console.${params.type}`);
    if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
    if (method === "Page.loadEventFired") this.loaded();
  }

  /** The answer to a command. @throws Error with what the browser says of it. */
  // biome-ignore lint/suspicious/noExplicitAny: every answer has a shape of its own.
  private send(method: string, params: object = {}): Promise<any> {
    const id = ++this.last;
    const message = JSON.stringify({ id, method, params, sessionId: this.session });
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        this.waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      (this.browser.stdio[3] as Writable).write(`${message}\0`);
    });
  }

  /** Loads an address and waits until all of it is there. */
  async load(url: string): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.loaded = resolve;
    });
    await this.send("Page.navigate", { url });
    await done;
  }

  /** Width and height of the window in CSS pixels, and the colour scheme asked for. */
  async look(width: number, height: number, scheme: "light" | "dark"): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** What an expression comes to on the page. */
  async run<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
    });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** A picture of the window as PNG. */
  async picture(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.browser.once("exit", resolve));
    // The group: children that outlive the browser go on writing into its profile.
    process.kill(-this.browser.pid!, "SIGKILL");
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 20 });
  }
}
