export { choleskyFactor, choleskyInverse, choleskySolve, lowerSolve } from "./cholesky.js";
export { ldlFactor, ldlSolve, NEGATIVE, POSITIVE, ZERO } from "./ldl.js";
export { luFactor, luSolve, luSolveTransposed } from "./lu.js";
export { realRoots } from "./polynomial.js";
export { qrFactor, qrNormalSolve, qrSolve } from "./qr.js";
export { appendRow, singularVectors } from "./singular-vectors.js";
export { determinant3, nearestRotation, svd3 } from "./svd3.js";
export { symmetricEigen } from "./symmetric-eigen.js";
