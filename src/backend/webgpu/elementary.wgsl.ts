/**
 * eˣ and log x in WGSL, to a few units in the last place: those built in may be as wrong as their
 * driver's, which was seen to be 1e-4.
 *
 * Both split off a power of two by its bits: eˣ = 2ᵏ eʳ with |r| ≤ ½ log 2 and a polynomial of degree 7, whose next term is
 * 5e-9; log x = k log 2 + 2 artanh s, s = (m − 1)/(m + 1), |s| ≤ 0.172, whose next term, s¹¹/11, is 4e-10.
 */
export const elementary = /* wgsl */ `
fn exponential(x: f32) -> f32 {
  if (x < -87.0) { return 0.0; }
  if (x > 88.0) { return 1.6516363e38; }
  let k = round(x * 1.4426950408889634);
  // log 2 in two parts, the first with zeros behind, so that k times it is exact.
  let r = (x - k * 0.693359375) + k * 2.12194440e-4;
  let p = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666668 + r * (0.008333334
    + r * (0.0013888889 + r * 1.984127e-4))))));
  return p * bitcast<f32>(u32(i32(k) + 127) << 23u);
}

/** Of x > 0, no subnormal number. */
fn logarithm(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var k = f32(i32(bits >> 23u) - 127);
  var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  if (m > 1.4142135) {
    m = 0.5 * m;
    k = k + 1.0;
  }
  let s = (m - 1.0) / (m + 1.0);
  let t = s * s;
  let series = 2.0 * s * (1.0 + t * (0.33333334 + t * (0.2 + t * (0.14285715 + t * 0.11111111))));
  return (series - k * 2.12194440e-4) + k * 0.693359375;
}
`;
