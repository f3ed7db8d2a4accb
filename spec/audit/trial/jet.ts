export type Store = (v: number) => number;

/** Doubles, and IEEE single precision. */
export const asDouble: Store = (v) => v;
export const asSingle: Store = Math.fround;

/** Where jets come from: how many variables there are, whether they curve, and how they are stored. */
export interface Space {
  readonly n: number;
  readonly second: boolean;
  readonly store: Store;
}

export class Jet {
  constructor(
    readonly space: Space,
    readonly v: number,
    /** Slopes [n]. */
    readonly g: Float64Array,
    /** Second derivatives [n n]; empty where they are not carried. */
    readonly h: Float64Array,
  ) {}

  plus(b: Jet | number): Jet {
    if (typeof b === "number") return this.made(this.v + b, this.g, this.h);
    return this.made(this.v + b.v, sum(this.g, b.g, 1), sum(this.h, b.h, 1));
  }
  minus(b: Jet | number): Jet {
    if (typeof b === "number") return this.made(this.v - b, this.g, this.h);
    return this.made(this.v - b.v, sum(this.g, b.g, -1), sum(this.h, b.h, -1));
  }
  times(b: Jet | number): Jet {
    if (typeof b === "number") return this.made(this.v * b, scaled(this.g, b), scaled(this.h, b));
    const [a, n] = [this, this.g.length];
    const g = a.g.map((x, i) => x * b.v + a.v * b.g[i]);
    const h = a.h.map((x, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return x * b.v + a.g[i] * b.g[j] + a.g[j] * b.g[i] + a.v * b.h[k];
    });
    return this.made(a.v * b.v, g, h);
  }
  over(b: Jet | number): Jet {
    if (typeof b === "number")
      return this.made(
        this.v / b,
        this.g.map((x) => x / b),
        this.h.map((x) => x / b),
      );
    return this.times(b.through(1 / b.v, -1 / b.v ** 2, 2 / b.v ** 3));
  }
  negated(): Jet {
    return this.times(-1);
  }
  sqrt(): Jet {
    const root = Math.sqrt(this.v);
    return this.through(root, 0.5 / root, -0.25 / (root * this.v));
  }
  sin(): Jet {
    const [s, c] = [Math.sin(this.v), Math.cos(this.v)];
    return this.through(s, c, -s);
  }
  cos(): Jet {
    const [s, c] = [Math.sin(this.v), Math.cos(this.v)];
    return this.through(c, -s, -c);
  }
  log(): Jet {
    return this.through(Math.log(this.v), 1 / this.v, -1 / this.v ** 2);
  }
  abs(): Jet {
    return this.v < 0 ? this.negated() : this;
  }
  /** The same value, taken for a constant. */
  held(): Jet {
    return constant(this.space, this.v);
  }

  /** f of it, from f, f′ and f″ there. */
  through(f: number, slope: number, curvature: number): Jet {
    const [n, g] = [this.g.length, this.g];
    const h = this.h.map((x, k) => slope * x + (curvature * g[Math.floor(k / n)] * g[k % n] || 0));
    return this.made(f, scaled(g, slope), h);
  }

  private made(v: number, g: Float64Array, h: Float64Array): Jet {
    const { store } = this.space;
    if (store === asDouble) return new Jet(this.space, v, g, h);
    return new Jet(this.space, store(v), g.map(store), h.map(store));
  }
}

const sum = (a: Float64Array, b: Float64Array, sign: number): Float64Array =>
  a.map((x, i) => x + sign * b[i]);
const scaled = (a: Float64Array, by: number): Float64Array => a.map((x) => x * by);

/** A number that nothing moves. */
export function constant(space: Space, v: number): Jet {
  const { n, second, store } = space;
  return new Jet(space, store(v), new Float64Array(n), new Float64Array(second ? n * n : 0));
}

/** The k-th variable, at a value. */
export function variable(space: Space, v: number, k: number): Jet {
  const made = constant(space, v);
  made.g[k] = 1;
  return made;
}

/** The sum of a list that is not empty. */
export const total = (terms: readonly Jet[]): Jet => terms.reduce((a, b) => a.plus(b));

export const dot = (a: readonly Jet[], b: readonly Jet[]): Jet =>
  total(a.map((v, i) => v.times(b[i])));

export const cross = (a: readonly Jet[], b: readonly Jet[]): Jet[] =>
  [0, 1, 2].map((i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return a[j].times(b[k]).minus(a[k].times(b[j]));
  });

/** A b of a matrix and a vector. */
export const applied = (A: readonly (readonly Jet[])[], b: readonly Jet[]): Jet[] =>
  A.map((row) => dot(row, b));

/** A⁻¹ B [n][m] by elimination, the greatest pivot first. */
export function eliminated(
  A: readonly (readonly Jet[])[],
  B: readonly (readonly Jet[])[],
): Jet[][] {
  const rows = A.map((row, i) => [...row, ...B[i]]);
  const n = rows.length;
  for (let j = 0; j < n; j++) {
    let best = j;
    for (let i = j + 1; i < n; i++)
      if (Math.abs(rows[i][j].v) > Math.abs(rows[best][j].v)) best = i;
    [rows[j], rows[best]] = [rows[best], rows[j]];
    for (let i = j + 1; i < n; i++) {
      const factor = rows[i][j].over(rows[j][j]);
      for (let k = j; k < rows[i].length; k++)
        rows[i][k] = rows[i][k].minus(factor.times(rows[j][k]));
    }
  }
  for (let j = n - 1; j >= 0; j--)
    for (let k = n; k < rows[j].length; k++) {
      for (let i = j + 1; i < n; i++) rows[j][k] = rows[j][k].minus(rows[j][i].times(rows[i][k]));
      rows[j][k] = rows[j][k].over(rows[j][j]);
    }
  return rows.map((row) => row.slice(n));
}
