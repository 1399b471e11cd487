/** A stretch of text that both versions have, or one of them only. */
export interface DiffPart {
  readonly op: "same" | "removed" | "added";
  readonly text: string;
}

/** Words, single Chinese characters, spaces and signs: what a reader sees as one change. */
const TOKEN = /\p{Script=Han}|[\p{Letter}\p{Mark}\p{Number}]+|\n|[^\S\n]+|./gsu;
/**
 * How many tokens may differ before lines are compared instead of words, and then everything is shown as replaced. 400 bounds the
 * work on two texts of 30,000 characters to 25 million steps.
 */
const EDITS_MAX = 400;

/**
 * The way from one text to another in few steps: what is `same` or `removed` makes up `before`, what is `same` or `added` makes up
 * `after`. Myers' greedy algorithm over words, O((n + m)·d) for d words that differ.
 *
 * @see Myers (1986), An O(ND) difference algorithm and its variations, §4
 */
export function diffTexts(before: string, after: string): DiffPart[] {
  const byWord = diffTokens(before.match(TOKEN) ?? [], after.match(TOKEN) ?? []);
  if (byWord !== null) return byWord;
  const byLine = diffTokens(linesOf(before), linesOf(after));
  return byLine ?? merged([part("removed", before), part("added", after)]);
}

/** Lines with their ends, so that they make up the text again. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function diffTokens(before: readonly string[], after: readonly string[]): DiffPart[] | null {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const middle = shortestEdit(before.slice(start, before.length - end), after.slice(start, after.length - end));
  if (middle === null) return null;
  return merged([
    part("same", before.slice(0, start).join("")),
    ...middle,
    part("same", before.slice(before.length - end).join("")),
  ]);
}

/** Null when more than {@link EDITS_MAX} tokens differ. */
function shortestEdit(a: readonly string[], b: readonly string[]): DiffPart[] | null {
  const editsMax = Math.min(EDITS_MAX, a.length + b.length);
  const offset = editsMax + 1;
  // furthest[k] is how much of `a` is used up on diagonal k (used of a − used of b) after so many edits.
  const furthest = new Int32Array(2 * offset + 1);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= editsMax; edits += 1) {
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const adds = k === -edits || (k !== edits && furthest[offset + k - 1]! < furthest[offset + k + 1]!);
      let x = adds ? furthest[offset + k + 1]! : furthest[offset + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, edits);
    }
  }
  return null;
}

/** Follows the furthest points back to the start. `trace[d]` holds the diagonals −d − 1 to d + 1 from before the d-th edit. */
function walkBack(a: readonly string[], b: readonly string[], trace: readonly Int32Array[], edits: number): DiffPart[] {
  const parts: DiffPart[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = edits; d >= 0; d -= 1) {
    const at = (k: number) => trace[d]![k + d + 1]!;
    const k = x - y;
    const adds = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = adds ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(fromK);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      parts.push(part("same", a[x - 1]!));
      x -= 1;
      y -= 1;
    }
    if (d > 0) parts.push(adds ? part("added", b[fromY]!) : part("removed", a[fromX]!));
    x = fromX;
    y = fromY;
  }
  return parts.reverse();
}

/** Joins neighbours of one kind, what was removed before what was added, and leaves out what is empty. */
function merged(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed !== "") result.push(part("removed", removed));
    if (added !== "") result.push(part("added", added));
    removed = "";
    added = "";
  };
  for (const { op, text } of parts) {
    if (text === "") continue;
    if (op === "removed") removed += text;
    else if (op === "added") added += text;
    else {
      flush();
      const last = result.at(-1);
      if (last?.op === "same") result[result.length - 1] = part("same", last.text + text);
      else result.push(part("same", text));
    }
  }
  flush();
  return result;
}

function part(op: DiffPart["op"], text: string): DiffPart {
  return { op, text };
}
