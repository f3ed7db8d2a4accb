/**
 * A head too small to be right everywhere: a network reduced to what it predicts of one object.
 *
 *     pᵢ = truthᵢ + fᵢ − Φᵢ θ + q sᵢ εᵢ        wᵢ = exp(aᵢ), one an image axis
 *
 * p is predicted in an image: object points [m], or pixels. It is off by f, of which θ can mend a part,
 * f = Φ θ* + sᵢ uᵢ, since Φ has fewer columns than p has entries; and by noise, in proportion to the
 * point's level s, log-uniform between 0.3 and 9 px, and to the image's difficulty q, log-normal. θ and a are learned
 * on a few images by Adam and judged on others: there is something to overfit, and a choice of
 * where to be right. Object, camera and poses are those of scene D2. Source: EQUATIONS EXP-L4 (a), EXP-L5.
 */
import { projection, rigidTransform } from "../kernels/projection.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { scene } from "../problem/scenes.js";
import { stream } from "../random/stream.js";
import { Adam } from "./adam.js";
import { cornerError, type FlatPose } from "./cloud.js";

export interface HeadFactors {
  readonly predicts: "x3d" | "x2d";
  readonly points: number;
  /** Columns of Φ. */
  readonly capacity: number;
  /** Standard deviation of Φ θ* [px]. */
  readonly systematic: number;
  /** Of u, what θ cannot mend, as a multiple of the noise. */
  readonly misfit: number;
  /** Standard deviation of log q. */
  readonly spread: number;
  /** Of a shift that all entries of an axis share in an image [px]. Default: 0. */
  readonly shift?: number;
}

export interface HeadTraining {
  /** Images that it learns from, all at each step. */
  readonly images: number;
  readonly steps: number;
  /** Adam's step, a fifth of it after 70 % of the steps. */
  readonly rate: number;
}

/** One image: its pose, and what a head that is never wrong would predict. */
export interface HeadImage {
  readonly pose: Pose;
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly exact: Correspondences;
  /** q s ε [3N or 2N]. */
  readonly noise: Float64Array;
}

/** ∂L by what is predicted, of the head's kind, and by weights; null where a loss has none. */
export type HeadLoss = (
  problem: Correspondences,
  image: HeadImage,
) => { readonly predicted: Float64Array; readonly w2d: Float64Array } | null;

/** Metres that a pixel is at the middle depth of D2. */
const METRES = 0.85 / 252.7;
const sides = [0.3, 0.22, 0.16];

export class SmallHead {
  /** θ, then a. */
  private readonly parameters: Float64Array;
  private readonly theta: Float64Array;
  private readonly logWeights: Float64Array;
  private readonly object: Float64Array;
  private readonly level: Float64Array;
  private readonly features: Float64Array;
  private readonly fault: Float64Array;
  private readonly unit: number;

  /** An untrained head, its object and its faults, drawn by this name. */
  constructor(
    private readonly name: string,
    private readonly factors: HeadFactors,
  ) {
    const { points, capacity, predicts, systematic, misfit } = factors;
    const draw = stream(`${name}/head`);
    const entries = (predicts === "x3d" ? 3 : 2) * points;
    this.unit = predicts === "x3d" ? METRES : 1;
    this.parameters = new Float64Array(capacity + 2 * points);
    this.theta = this.parameters.subarray(0, capacity);
    this.logWeights = this.parameters.subarray(capacity);
    this.object = Float64Array.from(
      { length: 3 * points },
      (_, j) => sides[j % 3] * (draw.uniform() - 0.5),
    );
    this.level = Float64Array.from({ length: points }, () => 0.3 * 30 ** draw.uniform());
    this.features = Float64Array.from({ length: entries * capacity }, () => draw.normal());
    const best = this.theta.map(() => (systematic * draw.normal()) / Math.sqrt(capacity));
    this.fault = this.mended(best).map(
      (mendable, j) => mendable + misfit * this.unit * this.levelOf(j) * draw.normal(),
    );
  }

  /** The image of this name; the same for every training of this head. */
  image(name: string): HeadImage {
    const { points, predicts, spread, shift = 0 } = this.factors;
    const width = predicts === "x3d" ? 3 : 2;
    const { pose, R, t, correspondences } = scene("D2", {
      ...{ n: points, noise: 0, seed: `${this.name}/${name}` },
    });
    const draw = stream(`${this.name}/${name}/noise`);
    const difficulty = Math.exp(spread * draw.normal());
    const together = Float64Array.from({ length: width }, () => shift * draw.normal());
    const noise = this.fault.map(
      (_, j) => this.unit * (together[j % width] + difficulty * this.levelOf(j) * draw.normal()),
    );
    const [x3d, { K, w2d }] = [this.object, correspondences];
    const x2d = new Float64Array(2 * points);
    const X = new Float64Array(3);
    for (let i = 0; i < points; i++) {
      rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
      projection(X, K, x2d.subarray(2 * i, 2 * i + 2));
    }
    return { pose, R, t, exact: { n: points, x2d, x3d, w2d, K }, noise };
  }

  /** What the head makes of an image. */
  predicted({ exact, noise }: HeadImage): Correspondences {
    const { predicts } = this.factors;
    const mended = this.mended(this.theta);
    const values = exact[predicts].map((v, j) => v + this.fault[j] - mended[j] + noise[j]);
    return { ...exact, w2d: this.logWeights.map(Math.exp), [predicts]: values };
  }

  /** Learns θ and a under the mean of a loss over images. */
  train(loss: HeadLoss, { images, steps, rate }: HeadTraining): this {
    const { parameters, features, unit } = this;
    const capacity = this.theta.length;
    const seen = Array.from({ length: images }, (_, k) => this.image(`train/${k}`));
    const adam = new Adam(parameters, rate);
    const gradient = parameters.map(() => 0);
    for (let step = 0; step < steps; step++) {
      gradient.fill(0);
      for (const image of seen) {
        const problem = this.predicted(image);
        const by = loss(problem, image);
        if (by === null) continue;
        by.predicted.forEach((slope, j) => {
          for (let k = 0; k < capacity; k++)
            gradient[k] -= (unit * features[j * capacity + k] * slope) / images;
        });
        by.w2d.forEach((slope, j) => {
          gradient[capacity + j] += (slope * problem.w2d[j]) / images;
        });
      }
      adam.step(gradient, step < 0.7 * steps ? 1 : 0.2);
    }
    return this;
  }

  /** Corner errors [mm] of poses on images that it has not seen; Infinity without a pose. */
  errors(
    tests: number,
    solve: (problem: Correspondences, image: HeadImage) => FlatPose | null,
  ): number[] {
    return Array.from({ length: tests }, (_, k) => {
      const image = this.image(`test/${k}`);
      const found = solve(this.predicted(image), image);
      return found ? 1000 * cornerError(found, image) : Number.POSITIVE_INFINITY;
    });
  }

  /** Φ θ in the unit of what is predicted. */
  private mended(theta: Float64Array): Float64Array {
    const { features, unit } = this;
    const capacity = theta.length;
    const mended = new Float64Array(features.length / capacity);
    for (let j = 0; j < mended.length; j++) {
      let sum = 0;
      for (let k = 0; k < capacity; k++) sum += features[j * capacity + k] * theta[k];
      mended[j] = unit * sum;
    }
    return mended;
  }

  /** s of the point that entry j belongs to [px]. */
  private levelOf(j: number): number {
    return this.level[Math.floor(j / (this.factors.predicts === "x3d" ? 3 : 2))];
  }
}
