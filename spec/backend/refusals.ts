/** Calls that are refused, and in which words. */
import { expect, it } from "vitest";

/** [what is wrong, the call, a part of the message]. */
export type Refusal = readonly [string, () => unknown, string];

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types may pass.
export type Anything = any;

/** Expects every call, or the promise that it gives, to fail with an error of the right kind and words. */
export function expectRefusals(refusals: readonly Refusal[]): void {
  it.each(refusals)("%s", async (_, call, message) => {
    const error: Error = await Promise.resolve()
      .then(call)
      .then(
        () => expect.fail("nothing was thrown"),
        (thrown) => thrown,
      );
    const missing = /got (undefined|none)$/.test(error.message);
    expect(error).toBeInstanceOf(missing ? Error : RangeError);
    expect(error.message).toContain(message);
  });
}
