/** What the quantities of one file say of each other: explanations that they share, and conventions that they must. */
import type { JudgedClaim } from "./claim-report.js";
import type { SharedConventions } from "./explicit-method.js";

/** How many changes a name is made of. */
const parts = (slug: string): number => slug.split("+").length;

/**
 * Of several explanations that fit a claim and are as simple, the one that fits most claims of the file is its
 * cause: what a lost term does to points is what a detached one does, but not what it does to the loss itself.
 *
 * @param again the report on claim i if it is explained by that name, or null if that does not fit
 */
export function sharedExplanations(
  reports: readonly JudgedClaim[],
  again: (i: number, slug: string) => JudgedClaim | null,
): JudgedClaim[] {
  const names = [...new Set(reports.flatMap(({ explanation }) => explanation ?? []))];
  const rivals = names.filter((a) => names.some((b) => a !== b && parts(a) === parts(b)));
  if (rivals.length === 0) return [...reports];
  const fits = reports.map((report, i) => {
    const own = report.explanation;
    const others = rivals.filter((name) => own && name !== own && parts(name) === parts(own));
    const found = others.flatMap((name) => {
      const other = again(i, name);
      return other && other.verdict === report.verdict ? [other] : [];
    });
    return own ? [report, ...found] : [report];
  });
  const reach = (name: string | null) =>
    fits.filter((of) => of.some(({ explanation }) => explanation === name)).length;
  return fits.map((of) =>
    of.reduce((best, one) => (reach(one.explanation) > reach(best.explanation) ? one : best)),
  );
}

/** Claims under a convention that others, which need it too, do not follow: they are wrong. */
export function inAgreement(
  reports: readonly JudgedClaim[],
  shared: readonly SharedConventions[],
): JudgedClaim[] {
  return reports.map((report) => {
    for (const { quantities, conventions } of shared)
      for (const [name, { slug, sentence, remedy }] of Object.entries(conventions)) {
        const follows = ({ explanation }: JudgedClaim) =>
          explanation?.split("+").includes(name) ?? false;
        const others = reports.filter(
          (other) => other !== report && quantities.includes(other.quantity),
        );
        if (!quantities.includes(report.quantity) || !follows(report)) continue;
        // Of a claim that nothing explains, nothing is known that could disagree.
        const known = others.filter((of) => of.verdict !== "wrong" || of.explanation !== null);
        if (known.length === 0 || known.every(follows)) continue;
        const explanation = report.explanation!.replace(name, slug);
        return {
          ...report,
          ...{ verdict: "wrong", explanation },
          sentence: `${sentence[0].toUpperCase()}${sentence.slice(1)}. To mend it: ${remedy}.`,
        };
      }
    return report;
  });
}
