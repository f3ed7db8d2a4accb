import fc from "fast-check";
import { rotation } from "../../src/kernels/rodrigues.js";

const unit = fc.double({ min: -1, max: 1, noNaN: true });
const signs = fc.constantFrom(-1, 1);
const scales = fc.integer({ min: 1, max: 16 }).map((k) => 10 ** -k);

/** Vectors of length 1 to rounding: generic, and along the axes, where entries vanish. */
export const directions = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(unit, unit, unit)
      .filter((v) => Math.hypot(...v) > 0.1)
      .map((v) => v.map((x) => x / Math.hypot(...v))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<number[]>([1, 0, 0], [0, -1, 0], [0, 0, 1], [0.6, 0.8, 0]),
  },
);

/** Angles in [0, π]: generic, 10⁻¹ … 10⁻¹⁶ off 0 and π, on both, and so small that squares vanish. */
export const angles = fc.oneof(
  fc.double({ min: 0, max: Math.PI, noNaN: true }),
  scales,
  scales.map((gap) => Math.PI - gap),
  fc.constantFrom(0, Math.PI, 1e-160, 5e-324, 1, Math.PI / 2),
);

/** Angles up to 6, and 10⁻¹ … 10⁻¹⁶ off the crossovers s = 1 and s = 10 and the half turn. */
export const longAngles = fc.oneof(
  angles,
  fc.double({ min: Math.PI, max: 6, noNaN: true }),
  fc
    .tuple(fc.constantFrom(1, Math.PI, Math.sqrt(10)), signs, scales)
    .map(([seam, sign, gap]) => seam * (1 + sign * gap)),
);

const along = ([v, angle]: [number[], number]) => Float64Array.from(v, (x) => x * angle);

/** Rotation vectors no longer than π, to rounding. */
export const rotationVectors = fc.tuple(directions, angles).map(along);

/** Rotation vectors up to 6 rad long. */
export const longRotationVectors = fc.tuple(directions, longAngles).map(along);

/** Rotation matrices [9], orthogonal to rounding. */
export const rotations = rotationVectors.map((omega) => {
  const R = new Float64Array(9);
  rotation(omega, R);
  return R;
});

/** Unit quaternions [4] to rounding, of turns by the angles above and of either sign. */
export const quaternions = fc.tuple(directions, angles, signs).map(([v, angle, sign]) => {
  const sine = sign * Math.sin(angle / 2);
  return Float64Array.of(sign * Math.cos(angle / 2), ...v.map((x) => sine * x));
});

/** Object points [3] of a size between a millimetre and a kilometre, some of them on an axis. */
export const points = fc
  .tuple(directions, fc.double({ min: -3, max: 3, noNaN: true }))
  .map(([v, exponent]) => Float64Array.from(v, (x) => x * 10 ** exponent));
