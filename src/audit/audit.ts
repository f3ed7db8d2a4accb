/** Auditing claims files: every claimed quantity against its definition, a verdict each. */
import { version } from "../conventions/version.js";
import type { CheckedClaims } from "./auditor.js";
import { auditors } from "./auditors.js";
import { closerLook } from "./closer-look.js";
import { ContractError, checkedSizes, expectedShape } from "./methods.js";
import { type NamedClaims, overSeeds, type SeededClaims } from "./over-seeds.js";
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  type Verdict,
  verdicts,
} from "./report.js";
import { type Digits, Truths } from "./truths.js";

export type { NamedClaims };

export interface AuditOptions {
  /** Called before the truth of each problem is computed: done of total, and which file. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
  /** Digits of every truth: 64, or 31 wherever they decide the verdict [default: "as needed"]. */
  readonly digits?: Digits;
}

/**
 * The report on claims files. Truths of equal inputs are computed once for all files, and files that differ
 * in their seeds alone are judged as one.
 *
 * @throws ContractError if a file names or shapes something its method does not have, or two files alike
 * have the same seed; every file is checked before any is audited.
 */
export async function audit(
  files: readonly NamedClaims[],
  options: AuditOptions = {},
): Promise<AuditReport> {
  const checked = overSeeds(files).map((file) => ({ name: file.name, file: contract(file) }));
  const total = checked.reduce((sum, { file }) => sum + file.sizes.B, 0);
  let done = 0;
  const truths = new Truths(options.digits);
  const reports: FileReport[] = [];
  for (const { name, file } of checked) {
    const { method, source, dtype } = file.claims;
    const step = async () => {
      options.onProgress?.(done++, total, name);
      // Lets a progress bar draw and a signal arrive between problems.
      await new Promise((resolve) => setImmediate(resolve));
    };
    const auditor = auditors[method];
    const findings = await auditor.findings(file, truths, step);
    const { B: problems, N: correspondences, M: points } = file.sizes;
    const extent = { problems, correspondences, points };
    const { forward, digits64 } = findings;
    const looked = closerLook(file, findings, auditor);
    reports.push({ file: name, method, source, dtype, ...extent, forward, digits64, ...looked });
  }
  options.onProgress?.(total, total, "");
  return {
    schema: "pnp-oracle/report@1",
    version,
    files: reports,
    summary: summary(reports.flatMap((file) => file.claims)),
  };
}

/** A file checked against its method, its name in front of any complaint. */
function contract({ name, claims, answers }: SeededClaims): CheckedClaims {
  try {
    const sizes = checkedSizes(claims);
    const shapes = new Map(
      Object.keys(claims.claim).map((quantity) => [
        quantity,
        expectedShape(claims, quantity, sizes),
      ]),
    );
    // Whatever can be refused is refused before the first file is audited.
    auditors[claims.method].check(claims, sizes);
    return { claims, sizes, shapes, answers };
  } catch (error) {
    if (error instanceof ContractError) throw new ContractError(`${name}: ${error.message}`);
    throw error;
  }
}

function summary(claims: readonly ClaimReport[]): Record<Verdict, number> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0]));
  for (const { verdict } of claims) counts[verdict]++;
  return counts as Record<Verdict, number>;
}
