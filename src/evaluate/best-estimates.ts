/**
 * The estimates that count, of a stream of any length and order: as many of the best score as a target
 * has instances. 112 bytes for each instance asked for, whatever the stream holds.
 */
import { type Estimate, type Target, targetWords } from "./target.js";

/** Objects, and so images of a scene, are told apart up to here. */
const OBJECTS = 2 ** 20;

export interface EstimateCounts {
  /** Estimates in the stream. */
  rows: number;
  /** Those that are evaluated. */
  kept: number;
  /** Those of a target that were left out because others score better. */
  surplus: number;
  /** Those that no target asks for. */
  unasked: number;
}

export class BestEstimates {
  readonly counts: EstimateCounts = { rows: 0, kept: 0, surplus: 0, unasked: 0 };
  /** The first slot of each target, and the number of all slots. */
  private readonly first: Int32Array;
  private readonly filled: Int32Array;
  private readonly scores: Float64Array;
  private readonly rows: Float64Array;
  private readonly poses: Float64Array;
  private readonly places = new Map<number, Map<number, number>>();

  /** @throws RangeError if a target is there twice, or asks for no instance. */
  constructor(targets: readonly Target[]) {
    this.first = new Int32Array(targets.length + 1);
    targets.forEach((target, i) => {
      if (!(Number.isInteger(target.count) && target.count >= 1))
        throw new RangeError(
          `evaluation: expected at least one instance of ${targetWords(target)}, got ${target.count}`,
        );
      const scene = this.places.get(target.scene) ?? new Map<number, number>();
      this.places.set(target.scene, scene);
      const place = target.image * OBJECTS + target.object;
      if (scene.has(place))
        throw new RangeError(
          `evaluation: expected every target once, got ${targetWords(target)} twice`,
        );
      scene.set(place, i);
      this.first[i + 1] = this.first[i] + target.count;
    });
    const slots = this.first[targets.length];
    this.filled = new Int32Array(targets.length);
    this.scores = new Float64Array(slots);
    this.rows = new Float64Array(slots);
    this.poses = new Float64Array(12 * slots);
  }

  /** Takes an estimate in. Of equal scores the one that came first goes first. */
  take({ scene, image, object, score, pose, row }: Estimate): void {
    this.counts.rows++;
    const target = this.places.get(scene)?.get(image * OBJECTS + object);
    if (target === undefined) {
      this.counts.unasked++;
      return;
    }
    const from = this.first[target];
    const room = this.first[target + 1] - from;
    const filled = this.filled[target];
    if (filled === room) {
      this.counts.surplus++;
      if (!(score > this.scores[from + room - 1])) return;
    } else {
      this.counts.kept++;
      this.filled[target]++;
    }
    let slot = from + Math.min(filled, room - 1);
    for (; slot > from && score > this.scores[slot - 1]; slot--) this.copy(slot - 1, slot);
    this.scores[slot] = score;
    this.rows[slot] = row;
    this.poses.set(pose, 12 * slot);
  }

  /** How many estimates of a target are kept. */
  count(target: number): number {
    return this.filled[target];
  }

  /** The pose [12] of rank k of a target, the best first: a view. */
  pose(target: number, k: number): Float64Array {
    const slot = this.first[target] + k;
    return this.poses.subarray(12 * slot, 12 * slot + 12);
  }

  /** In which row it stood. */
  row(target: number, k: number): number {
    return this.rows[this.first[target] + k];
  }

  private copy(from: number, to: number): void {
    this.scores[to] = this.scores[from];
    this.rows[to] = this.rows[from];
    this.poses.copyWithin(12 * to, 12 * from, 12 * from + 12);
  }
}
