#!/usr/bin/env node
/** The command line. Everything heavy is loaded inside the command that needs it. */
import { Command, CommanderError } from "commander";
import { version } from "../conventions/version.js";
import { cannotRun, failureText } from "./failure.js";

const program = new Command("pnp-oracle")
  .description("Tells you whether a differentiable PnP gradient is right, and if not, what it is.")
  .version(version)
  .exitOverride()
  .showHelpAfterError("(pnp-oracle --help lists commands and options)");

program
  .command("audit")
  .description("judge the numbers in claims files, or of a command that runs")
  .argument("[files...]", "claims files (.json, .npz, .ndjson), folders of them, or patterns")
  .option("--json", "print the report as JSON and nothing else")
  .option("--html <file>", "where to write the page with pictures (default: report.html)")
  .option("--no-html", "write no page")
  .option("--junit <file>", "write JUnit XML, for continuous integration (docs/ci.md)")
  .option("--sarif <file>", "write SARIF 2.1.0, for code scanning")
  .option("--no-expect", "judge deviations that the files declare like any other")
  .option("--exec <command>", "ask a command instead (docs/live-audit.md)")
  .option("--method <name>", "with --exec: what it computes, such as bpnp")
  .option("--want <names>", "with --exec: quantities to ask for, with commas (default: all)")
  .option("--problems <count>", "with --exec: how many problems (default: 100)")
  .option("--seed <name>", "with --exec: name of the random stream (default: live)")
  .option("--seeds <count>", "with --exec: ask with so many seeds, and judge means (default: none)")
  .option("--dtype <name>", "with --exec: float64 (default), float32, float16 or bfloat16")
  .option("--convention <pairs>", "with --exec: chart=LEFT,weights=w2 and the like")
  .option("--expect <pairs>", "with --exec: deviations to accept, J_x2d=gauss-newton-hessian")
  .option("--timeout <seconds>", "with --exec: how long an answer may take (default: 10)")
  .option("--ahead <count>", "with --exec: requests open at a time (default: 1)")
  .option("--shrink <count>", "with --exec: questions for a smaller failing problem (default: 80)")
  .option("--save <file>", "with --exec: where failing problems go (default: failing.json)")
  .option("--digits <64>", "compute every truth at 64 digits (default: where verdicts need them)")
  .option("--each", "print one row for each claim of each file")
  .option("-q, --quiet", "print the summary only")
  .addHelpText(
    "after",
    "\nExit code: 0 if every claim passes, 1 if one does not, 2 if a file cannot be read.",
  )
  .action(async (files: string[], options) => {
    if (options.exec !== undefined || files.length === 0) {
      const { liveCommand } = await import("./live-command.js");
      process.exitCode = await liveCommand(files, options);
      return;
    }
    const { auditCommand } = await import("./audit-command.js");
    process.exitCode = await auditCommand(files, options);
  });

program
  .command("solve")
  .description("solve the problems in a file")
  .argument("<file>", "input/x3d, x2d, K, and optionally w2d, pose_init, delta, grad_pose")
  .option("-o, --out <file>", "write .json or .npz instead of printing JSON")
  .option("-g, --gradients", "add the Jacobians of the pose")
  .action(async (file: string, options) => {
    const { solveCommand } = await import("./solve-command.js");
    process.exitCode = await solveCommand(file, options);
  });

program
  .command("posterior")
  .description("sample the posterior of the poses of a file's problems")
  .argument("<file>", "input/x3d, x2d, K, and optionally w2d, delta")
  .option("-o, --out <file>", "write .json or .npz instead of printing JSON")
  .option("--html <file>", "write a page with pictures of the marginals")
  .option("-y, --yaw", "turns about camera +Y only (default: any rotation)")
  .option("-n, --samples <count>", "poses to draw for each problem (default: 512)")
  .option("-t, --iterations <count>", "proposals, a divisor of the samples (default: 4)")
  .option("-s, --seed <name>", "name of the random stream (default: amis)")
  .action(async (file: string, options) => {
    const { posteriorCommand } = await import("./posterior-command.js");
    process.exitCode = await posteriorCommand(file, options);
  });

program
  .command("evaluate")
  .description("score a file of poses against the truth of a data set")
  .requiredOption(
    "-d, --dataset <folder>",
    "data set: BOP layout, nuScenes tables, or UAVA annotations",
  )
  .requiredOption(
    "-r, --results <file>",
    "BOP results (.csv), nuScenes detections (.json), or UAVA poses (.csv)",
  )
  .option("--layout <names>", "columns: lm, ycbv, bop, uava, with commas (default: the data set's)")
  .option("--symmetric <which>", "objects scored by ADD-S: tables, models, or numbers with commas")
  .option(
    "--compatibility <names>",
    "published quirks to reproduce, with commas (docs/evaluate.md)",
  )
  .option("--split <name>", "folder of the scenes inside the data set, or split of nuScenes")
  .option("--axes <which>", "axes of a UAVA table's cameras: as-written or blender")
  .option("--models <folder>", "folder of the models inside the data set")
  .option("--targets <file>", "file of the targets inside the data set")
  .option("--resamples <count>", "draws for confidence intervals, 0 for none (default: 1000)")
  .option("--seed <name>", "name of the random stream of intervals (default: evaluate)")
  .option("--json [file]", "print JSON and nothing else, or write it to a file")
  .option("--csv <file>", "write every number with all that says what it is")
  .option("--html <file>", "write a page with tables and recall curves")
  .option("-q, --quiet", "print warnings only")
  .addHelpText(
    "after",
    "\nExit code: 0 if evaluated, 1 if another unit or convention would fit clearly better or no row\nanswers a target, 2 if something cannot be read.",
  )
  .action(async (options) => {
    const { evaluateCommand } = await import("./evaluate-command.js");
    process.exitCode = await evaluateCommand(options);
  });

program
  .command("explain")
  .description("explain an equation (BPNP-2) or what an audit found (depth-weighted-residual)")
  .argument("[id]", "id of an equation, or an explanation; all are listed without one")
  .action(async (id: string | undefined) => {
    const { explainCommand } = await import("./explain-command.js");
    process.exitCode = explainCommand(id);
  });

program
  .command("study")
  .description("repeat an experiment of the papers with seeds, and draw it")
  .argument("[name]", "name of the study; all are listed without one")
  .option("--quick", "a second or two: fewer and smaller cells")
  .option("-s, --seed <name>", "name of the random streams (default: study)")
  .option("-o, --out <folder>", "where results and pictures go (default: studies)")
  .option("-q, --quiet", "print no table and no progress")
  .addHelpText(
    "after",
    "\nFinished cells are kept in the folder: the same command goes on where it was stopped.\nExit code: 0 if the study is complete, 2 if it cannot run, 130 if it was interrupted.",
  )
  .action(async (name: string | undefined, options) => {
    const { studyCommand } = await import("./study-command.js");
    process.exitCode = await studyCommand(name, options);
  });

program
  .command("vectors")
  .description("write conformance vectors: cases with certified truths (docs/conformance.md)")
  .option("-o, --out <folder>", "where the files go, one a method (default: vectors)")
  .option("-m, --method <names>", "methods with commas (default: all)")
  .option("-s, --seed <name>", "name of the random stream (default: vectors)")
  .option("-n, --cases <count>", "cases of each method (default: every plan once)")
  .option("--requests", "also write the inputs as requests of the process protocol")
  .option("-q, --quiet", "print no list and no progress")
  .action(async (options) => {
    const { vectorsCommand } = await import("./vectors-command.js");
    process.exitCode = await vectorsCommand(options);
  });

program
  .command("verify-vectors")
  .description("certify conformance vectors again, from their inputs alone")
  .argument("<files...>", "files of vectors, folders of them, or patterns")
  .option("--json", "print what was found as JSON and nothing else")
  .option("-q, --quiet", "print mismatches only, and no progress")
  .addHelpText(
    "after",
    "\nExit code: 0 if every digit is right, 1 if one is not, 2 if a file cannot be read.",
  )
  .action(async (files: string[], options) => {
    const { verifyVectorsCommand } = await import("./verify-vectors-command.js");
    process.exitCode = await verifyVectorsCommand(files, options);
  });

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : cannotRun;
  else {
    process.stderr.write(failureText(error, Boolean(process.env.DEBUG)));
    process.exitCode = cannotRun;
  }
}
