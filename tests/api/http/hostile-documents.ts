/** n fragments that each spread the next one twice: 2ⁿ fields once written out. */
export function doublingFragments(n: number, leaf = "id"): string {
  const fragments = Array.from({ length: n }, (_, i) => `fragment F${i} on Thread{...F${i + 1} ...F${i + 1}}`);
  return `{threads(first:1){nodes{...F0}}}${fragments.join("")}fragment F${n} on Thread{${leaf}}`;
}

/** `count` times the same selection under names of their own. */
export function aliased(count: number, selection: string): string {
  return Array.from({ length: count }, (_, index) => `a${index}: ${selection}`).join(" ");
}
