/** What came of a trial, counted. */
import type { ControlKind } from "./trial.js";
import type { FoundFault, PassedControl } from "./verdicts.js";

/** Faults of one method. */
export interface MethodTally {
  readonly method: string;
  readonly planted: number;
  readonly detected: number;
  /** Faults whose cause is in the bank, and those of them that it was named for. */
  readonly known: number;
  readonly explained: number;
  /** Faults whose cause is not, and those of them that no name was given. */
  readonly unknown: number;
  readonly unnamed: number;
}

/** Controls of one kind. */
export interface KindTally {
  readonly kind: ControlKind;
  readonly sound: number;
  readonly passed: number;
  /** How often each verdict fell, on a quantity each. */
  readonly verdicts: Readonly<Record<string, number>>;
}

export interface Tally {
  readonly methods: readonly MethodTally[];
  readonly kinds: readonly KindTally[];
  /** Faults that were missed or misnamed, and controls that were refused, each in a sentence. */
  readonly misses: readonly string[];
}

const count = <T>(list: readonly T[], is: (one: T) => boolean): number => list.filter(is).length;
const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];

export function tally(faults: readonly FoundFault[], controls: readonly PassedControl[]): Tally {
  const methods = distinct(faults.map(({ fault }) => fault.method)).map((method): MethodTally => {
    const own = faults.filter(({ fault }) => fault.method === method);
    const known = own.filter(({ fault }) => fault.cause !== null);
    const unknown = own.filter(({ fault }) => fault.cause === null);
    return {
      ...{ method, planted: own.length, detected: count(own, (of) => of.detected) },
      ...{ known: known.length, explained: count(known, (of) => of.explained) },
      ...{ unknown: unknown.length, unnamed: count(unknown, (of) => of.explained) },
    };
  });
  const kinds = distinct(controls.map(({ control }) => control.kind)).map((kind): KindTally => {
    const own = controls.filter(({ control }) => control.kind === kind);
    const said = own.flatMap((of) => of.said.map(({ verdict }) => verdict));
    const verdicts = Object.fromEntries(
      distinct(said).map((verdict) => [verdict, count(said, (one) => one === verdict)]),
    );
    return { kind, sound: own.length, passed: count(own, (of) => of.passed), verdicts };
  });
  const misses = [
    ...faults.filter((of) => !of.explained).map(faultMissed),
    ...controls.filter((of) => !of.passed).map(controlRefused),
  ];
  return { methods, kinds, misses };
}

/** "bpnp, *coarse differences*: wrong, no cause named; expected finite-differences". */
function faultMissed({ fault, detected, said }: FoundFault): string {
  const got = distinct(said.map(({ verdict, explanation }) => explanation ?? verdict)).join(", ");
  const expected = fault.cause ? fault.cause.join(" or ") : "no name, the bank having none";
  return `${fault.method}, ${fault.name}: ${detected ? "refused" : "missed"}, called ${got}; expected ${expected}. ${fault.sentence}`;
}

function controlRefused({ control, said }: PassedControl): string {
  const got = said.map(
    ({ quantity, verdict, explanation }) =>
      `${quantity} ${verdict}${explanation ? ` by ${explanation}` : ""}`,
  );
  return `${control.method}, ${control.name}: sound, called ${got.join(", ")}. ${control.sentence}`;
}

/** Sums over the methods. */
export function totals({ methods, kinds }: Tally) {
  const sum = (of: (one: MethodTally) => number) => methods.reduce((a, b) => a + of(b), 0);
  return {
    planted: sum((of) => of.planted),
    detected: sum((of) => of.detected),
    known: sum((of) => of.known),
    explained: sum((of) => of.explained),
    unknown: sum((of) => of.unknown),
    unnamed: sum((of) => of.unnamed),
    sound: kinds.reduce((a, b) => a + b.sound, 0),
    passed: kinds.reduce((a, b) => a + b.passed, 0),
  };
}
