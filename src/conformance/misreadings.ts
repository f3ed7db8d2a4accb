/** Inputs as a reader with another convention takes them: what no claimed array can show by itself. */
import type { Claims } from "../formats/claims.js";

export interface Misreading {
  readonly slug: string;
  readonly claims: Claims;
}

/** The misreadings that the inputs of a case allow. */
export function misreadings(claims: Claims): Misreading[] {
  const { input } = claims;
  const pose = input.pose ?? input.pose_gt;
  const found: Misreading[] = [];
  if (pose?.shape.at(-1) === 7)
    found.push({
      slug: "quaternion-xyzw",
      claims: { ...claims, convention: { quaternion: "xyzw" } },
    });
  // Method metrics has this one in its own bank.
  if (input.K && claims.method !== "metrics") {
    const { shape, data } = input.K;
    const turned = data.map((_, k) => {
      const [matrix, at] = [9 * Math.floor(k / 9), k % 9];
      return data[matrix + 3 * (at % 3) + Math.floor(at / 3)];
    });
    found.push({
      slug: "camera-transposed",
      claims: { ...claims, input: { ...input, K: { shape, data: turned } } },
    });
  }
  return found;
}
