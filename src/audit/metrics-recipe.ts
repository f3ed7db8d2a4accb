/** How an error between two poses may have been computed; the truth is one setting of these switches. */

/** The quantities that method metrics judges. */
export type MetricName = "add" | "adds" | "proj" | "mssd" | "mspd" | "te" | "npe" | "re_deg" | "ad";

/** What a pose [R | t] is taken for. */
export type PoseReading = "given" | "transposed" | "inverse";

export interface MetricRecipe {
  /** The error that is computed, where it is not that of the quantity itself. */
  readonly instead: MetricName | null;
  readonly estimate: PoseReading;
  readonly truth: PoseReading;
  /** Which points look for their nearest neighbour among which: ADD-S. */
  readonly direction: "truth to estimate" | "estimate to truth";
  /** What is taken of the difference of two points. */
  readonly distance: "euclidean" | "squared" | "manhattan";
  /** How the distances of many points become one number; "own" is the mean, or the maximum of mssd and mspd. */
  readonly gathering:
    | "own"
    | "mean"
    | "max"
    | "root-mean-square"
    | "median"
    | "sum"
    | "root-of-sum";
  /** What points are multiplied by before they are moved. */
  readonly points: 1 | 1000 | 0.001;
  /** How a camera point becomes a pixel; "composed" is K after its pose, by the one matrix K[R | t]. */
  readonly camera: "K" | "composed" | "none" | "swapped" | "transposed" | "undivided";
  readonly symmetries: "all" | "none" | "of-camera" | "without-offsets";
  /** What the distance of the positions is divided by: npe. */
  readonly divisor: "truth" | "guarded" | "estimate" | "depth" | "one";
  /** From what the angle between two rotations is taken. */
  readonly angle: "arctangent" | "arccosine" | "chord" | "logarithm-norm";
  /** What the number is a share of. */
  readonly share: "none" | "diameter" | "image-width" | "640-pixels";
}

/** The contract. */
export const metricContract: MetricRecipe = {
  instead: null,
  estimate: "given",
  truth: "given",
  direction: "truth to estimate",
  distance: "euclidean",
  gathering: "own",
  points: 1,
  camera: "K",
  symmetries: "all",
  divisor: "truth",
  angle: "arctangent",
  share: "none",
};

const ofPoints: readonly string[] = ["add", "adds", "proj", "mssd", "mspd"];
const ofPixels: readonly string[] = ["proj", "mspd"];
const ofSymmetries: readonly string[] = ["mssd", "mspd"];
const ofRotations: readonly string[] = ["re_deg", "ad"];

/** True for what is made of a model's points; of their pixels; over symmetries; of rotations alone. */
export const seesPoints = (quantity: string): boolean => ofPoints.includes(quantity);
export const seesPixels = (quantity: string): boolean => ofPixels.includes(quantity);
export const seesSymmetries = (quantity: string): boolean => ofSymmetries.includes(quantity);
export const seesRotations = (quantity: string): boolean => ofRotations.includes(quantity);
/** True for a length in the file's unit. */
export const isLength = (quantity: string): boolean =>
  quantity === "te" || (seesPoints(quantity) && !seesPixels(quantity));
