/** Results remembered by name, those asked for last; what is forgotten is made again. */
export class Recent<V> {
  private readonly values = new Map<string, V>();
  private size = 0;

  /** @param most what all values together may weigh, by `weight` */
  constructor(
    private readonly most: number,
    private readonly weight: (value: V) => number,
  ) {}

  get(name: string, make: () => V): V {
    const known = this.values.get(name);
    if (known !== undefined) {
      this.values.delete(name);
      this.values.set(name, known);
      return known;
    }
    const value = make();
    this.values.set(name, value);
    this.size += this.weight(value);
    for (const [oldest, old] of this.values) {
      if (this.size <= this.most || oldest === name) break;
      this.values.delete(oldest);
      this.size -= this.weight(old);
    }
    return value;
  }
}
