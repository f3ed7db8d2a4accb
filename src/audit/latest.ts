/** A function that remembers its last result: quantities of one recipe are asked for one after another. */
export function latest<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let held: { name: string; value: Value } | null = null;
  return (key) => {
    const name = JSON.stringify(key);
    if (held?.name !== name) held = { name, value: make(key) };
    return held.value;
  };
}

/** The same for the last `count` results, where a list of keys is gone through again and again. */
export function recent<Key, Value>(count: number, make: (key: Key) => Value): (key: Key) => Value {
  const held = new Map<string, Value>();
  return (key) => {
    const name = JSON.stringify(key);
    const known = held.get(name);
    if (known !== undefined) return known;
    const value = make(key);
    if (held.size >= count) held.delete(held.keys().next().value!);
    held.set(name, value);
    return value;
  };
}
