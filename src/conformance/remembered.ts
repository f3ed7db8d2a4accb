/** Work that is done once, when it is first asked for. */

/** A value made when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Values by index, each made when it is first asked for. */
export function remembered<T>(make: (b: number) => T): (b: number) => T {
  const made = new Map<number, T>();
  return (b) => {
    const value = made.get(b) ?? make(b);
    made.set(b, value);
    return value;
  };
}
