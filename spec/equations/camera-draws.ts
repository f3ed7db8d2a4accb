import { type Stream, stream } from "../../src/random/stream.js";

/** A camera point and a camera, flat, and what is special about them. */
export interface View {
  readonly label: string;
  readonly X: Float64Array;
  readonly K: Float64Array;
}

/** An ordinary camera with skew: last row (0, 0, 1). */
export function camera(draw: Stream): Float64Array {
  const focal = 400 + 800 * draw.uniform();
  return Float64Array.of(
    focal,
    5 * draw.normal(),
    300 + 50 * draw.normal(),
    0,
    focal * (1 + 0.1 * draw.normal()),
    200 + 50 * draw.normal(),
    0,
    0,
    1,
  );
}

/** A camera whose nine entries are all free; the depth K₃X of a point near the axis stays positive. */
export function freeCamera(draw: Stream): Float64Array {
  const spread = [9, 9, 9, 9, 9, 9, 0.05, 0.05, 0.05];
  return camera(draw).map((entry, k) => entry + spread[k] * draw.normal());
}

/** Views of every kind, `count` of each: generic, and aimed at the seams of a projection. */
export function* views(name: string, count: number): Generator<View> {
  for (let i = 0; i < count; i++) {
    const draw = stream(name).at(i);
    const side = () => draw.normal();
    const depth = 0.5 + 4 * draw.uniform();
    // 10⁻¹, 10⁻², …: how near the seam, and on it once; 1/Z³ of the nearest depth is still a double.
    const gap = i === 0 ? 0 : 10 ** -(1 + (i % 15));
    const X = Float64Array.of(side(), side(), depth);
    yield { label: "generic", X, K: camera(draw) };
    yield { label: "generic", X, K: freeCamera(draw) };
    const near = Float64Array.of(side(), side(), gap || 1e-90);
    yield { label: "camera plane", X: near, K: camera(draw) };
    yield { label: "behind the camera", X: X.map((x, a) => (a === 2 ? -x : x)), K: camera(draw) };
    const axial = Float64Array.of(gap * side(), gap * side(), depth);
    yield { label: "optical axis", X: axial, K: camera(draw) };
    yield {
      label: "far away",
      X: X.map((x, a) => (a === 2 ? x / (gap || 1) : x)),
      K: camera(draw),
    };
  }
}
