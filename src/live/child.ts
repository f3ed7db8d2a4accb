/**
 * A command under audit as a process: lines in, lines out, and a limit on everything else.
 *
 * The command runs through the shell in a process group of its own, so that whatever it starts ends with
 * it. What it writes is taken line by line as it comes and never kept: a line may be so long and no
 * longer, and of standard error only the beginning is passed on.
 */
import { type ChildProcess, spawn } from "node:child_process";

export interface ChildLimits {
  /** Bytes of one line of standard output; default 16 MiB. */
  readonly line: number;
  /** Bytes of standard error that are passed on; default 64 KiB. */
  readonly errorText: number;
  /** Milliseconds from asking a process to end until it is made to; default 500. */
  readonly grace: number;
}

export const childLimits: ChildLimits = { line: 2 ** 24, errorText: 2 ** 16, grace: 500 };

/** How a process ended; `unread` is what stood after its last line end. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not even be started; null if it was. */
  readonly failure: string | null;
  readonly unread: Buffer;
}

/** What a process does, as it does it. Nothing is called after `ended`. */
export interface ChildListener {
  /** A line of standard output, without its end. */
  line(bytes: Buffer): void;
  /** A line longer than the limit; the rest of it is thrown away. */
  longLine(beginning: Buffer): void;
  /** It no longer reads its standard input. */
  inputClosed(): void;
  /** It closed its standard output, and may still run. */
  outputClosed(): void;
  errorText(text: string): void;
  ended(ending: Ending): void;
}

const newline = 10;
/** How long the system may take to clear away what was killed [ms]. */
const reaping = 2000;
/** How long output of a process that has ended may take to arrive [ms]. */
const draining = 500;

export class Child {
  private readonly process: ChildProcess;
  private readonly limits: ChildLimits;
  /** Pieces of the line that has not ended, and how many bytes they are; −1 while a long one is skipped. */
  private pieces: Buffer[] = [];
  private held = 0;
  private errorBytes = 0;
  private over = false;
  /** True once nothing of it is left: its number may then be another's. */
  private cleared = false;
  private readonly whenOver: Promise<void>;
  private settle: () => void = () => {};
  /** The last resort: this process ends, by whatever cause, and must not leave another behind. */
  private readonly lastResort = () => void this.signal("SIGKILL");

  /** Starts the command. */
  constructor(
    readonly command: string,
    private readonly listener: ChildListener,
    limits: Partial<ChildLimits> = {},
  ) {
    this.limits = { ...childLimits, ...limits };
    this.whenOver = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.process = spawn(command, { shell: true, detached: true, stdio: "pipe" });
    process.once("exit", this.lastResort);
    const { stdin, stdout, stderr } = this.process;
    let [code, signal]: [number | null, string | null] = [null, null];
    this.process.once("error", (error) => this.end(null, null, error.message));
    this.process.once("exit", (...how) => {
      [code, signal] = how;
      // Whoever inherited its output may keep it open for ever.
      const late = setTimeout(() => this.end(code, signal, null), draining);
      this.whenOver.then(() => clearTimeout(late));
    });
    this.process.once("close", () => this.end(code, signal, null));
    // A pipe to a process that has gone breaks; that is news about it, not a failure of this program.
    stdin?.on("error", () => this.over || this.listener.inputClosed());
    stdout?.on("error", () => {});
    stderr?.on("error", () => {});
    stdout?.on("data", (chunk: Buffer) => this.over || this.read(chunk));
    stdout?.once("end", () => this.over || this.listener.outputClosed());
    stderr?.on("data", (chunk: Buffer) => this.over || this.readError(chunk));
  }

  /** Bytes that were sent and not yet taken. */
  get backlog(): number {
    return this.process.stdin?.writableLength ?? 0;
  }

  /** Sends one line. */
  send(line: string): void {
    if (!this.over && this.process.stdin?.writable) this.process.stdin.write(`${line}\n`);
  }

  /** Says that there will be no more lines, and waits a while for the process to end by itself. */
  async finish(patience = this.limits.grace): Promise<void> {
    if (this.process.stdin?.writable) this.process.stdin.end();
    await this.within(patience);
    await this.stop();
  }

  /** Ends the process and everything it started: politely, then not. Resolves when they are gone. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    await this.within(this.over ? 0 : this.limits.grace);
    // Even if it has ended, what it started may not have.
    this.signal("SIGKILL");
    await this.whenOver;
    for (let waited = 0; this.signal(0) && waited < reaping; waited += 10)
      await new Promise((resolve) => setTimeout(resolve, 10));
    process.removeListener("exit", this.lastResort);
    this.cleared = true;
    for (const pipe of [this.process.stdin, this.process.stdout, this.process.stderr])
      pipe?.destroy();
  }

  private async within(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.whenOver, passed]);
    clearTimeout(timer);
  }

  /** Signals the whole group, 0 only to ask for it; false if nobody is left in it. */
  private signal(name: "SIGTERM" | "SIGKILL" | 0): boolean {
    const { pid } = this.process;
    if (pid === undefined || this.cleared) return false;
    try {
      // Windows has no groups: there only the shell is reached.
      return process.kill(process.platform === "win32" ? pid : -pid, name);
    } catch {
      return false;
    }
  }

  private end(code: number | null, signal: string | null, failure: string | null): void {
    if (this.over) return;
    this.over = true;
    const unread = this.held > 0 ? Buffer.concat(this.pieces) : Buffer.alloc(0);
    this.pieces = [];
    this.settle();
    this.listener.ended({ code, signal, failure, unread });
  }

  private read(chunk: Buffer): void {
    let from = 0;
    while (!this.over) {
      const to = chunk.indexOf(newline, from);
      this.take(chunk.subarray(from, to < 0 ? chunk.length : to));
      if (to < 0) return;
      if (this.held >= 0) this.listener.line(Buffer.concat(this.pieces));
      this.pieces = [];
      this.held = 0;
      from = to + 1;
    }
  }

  /** One more piece of the line that has not ended. */
  private take(piece: Buffer): void {
    if (this.held < 0 || piece.length === 0) return;
    this.pieces.push(piece);
    this.held += piece.length;
    if (this.held <= this.limits.line) return;
    const beginning = Buffer.from(this.pieces[0].subarray(0, 200));
    this.pieces = [];
    this.held = -1;
    this.listener.longLine(beginning);
  }

  private readError(chunk: Buffer): void {
    const room = this.limits.errorText - this.errorBytes;
    this.errorBytes += chunk.length;
    if (room <= 0) return;
    const more = chunk.length > room ? "\n… (the rest of standard error is not shown)\n" : "";
    this.listener.errorText(chunk.subarray(0, room).toString("utf8") + more);
  }
}
