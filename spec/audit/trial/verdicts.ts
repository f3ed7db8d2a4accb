/** Running the trial: what the audit says of each file, against what should be said. */
import { audit } from "../../../src/audit/audit.js";
import type { ClaimReport } from "../../../src/audit/report.js";
import type { PlantedFault, SoundControl } from "./trial.js";

/** A fault with what became of it. */
export interface FoundFault {
  readonly fault: PlantedFault;
  /** Every spoiled quantity was refused, and no other was. */
  readonly detected: boolean;
  /** Every spoiled quantity got a right cause; where the bank has none, none was named. */
  readonly explained: boolean;
  readonly said: readonly ClaimReport[];
}

/** A control with what became of it. */
export interface PassedControl {
  readonly control: SoundControl;
  readonly passed: boolean;
  readonly said: readonly ClaimReport[];
}

const sound = ["correct", "rounding"];
const refused = ["wrong", "approximation"];

/** "b+a" as "a+b": the order of parts means nothing. */
const ordered = (cause: string): string => cause.split("+").sort().join("+");

/** Whether one quantity of a faulty file was judged as it should be. */
function rightlyRefused({ spoils }: PlantedFault, { quantity, verdict }: ClaimReport): boolean {
  return (spoils.includes(quantity) ? refused : sound).includes(verdict);
}

function rightlyExplained({ spoils, cause }: PlantedFault, claim: ClaimReport): boolean {
  if (!spoils.includes(claim.quantity)) return true;
  if (cause === null) return claim.explanation === null;
  return claim.explanation !== null && cause.map(ordered).includes(ordered(claim.explanation));
}

function rightlyPassed({ conventions }: SoundControl, claim: ClaimReport): boolean {
  const names = conventions[claim.quantity];
  if (!names) return sound.includes(claim.verdict);
  return (
    claim.verdict === "correct-under-convention" &&
    names.map(ordered).includes(ordered(claim.explanation ?? ""))
  );
}

export async function foundFaults(faults: readonly PlantedFault[]): Promise<FoundFault[]> {
  const reports = await audit(faults.map(({ name, claims }) => ({ name, claims })));
  return faults.map((fault, i) => {
    const said = reports.files[i].claims;
    const detected = said.every((claim) => rightlyRefused(fault, claim));
    const explained = detected && said.every((claim) => rightlyExplained(fault, claim));
    return { fault, detected, explained, said };
  });
}

export async function passedControls(controls: readonly SoundControl[]): Promise<PassedControl[]> {
  const reports = await audit(controls.map(({ name, claims }) => ({ name, claims })));
  return controls.map((control, i) => {
    const said = reports.files[i].claims;
    return { control, passed: said.every((claim) => rightlyPassed(control, claim)), said };
  });
}
