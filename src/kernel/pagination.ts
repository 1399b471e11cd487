import { type Id, isId } from "./ids.ts";
import type { Instant } from "./instant.ts";
import { Refusal } from "./refusal.ts";

export const PAGE_SIZE_MAX = 100;

/** One page of a keyset-ordered list: `first` rows after `after`, or `last` rows before `before`. */
export interface PageRequest {
  readonly size: number;
  readonly direction: "forward" | "backward";
  readonly cursor: readonly string[] | null;
}

/** A short name of a list, which its cursors carry, so that one list takes none of another's. */
export type ListTag = string;

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** Where a row stands in its order: its list and the values of its sort key. Opaque to clients, so that orders can change. */
export function encodeCursor(key: readonly string[], list?: ListTag): string {
  return Buffer.from(JSON.stringify(list === undefined ? key : [list, ...key])).toString("base64url");
}

/**
 * Reads a cursor of `length` strings, of the list when one is named.
 * @throws Refusal `input.invalid` for anything that {@link encodeCursor} did not make for that list.
 */
export function decodeCursor(cursor: string, length: number, field = "after", list?: ListTag): readonly string[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw foreignCursor(field);
  }
  // A null character is in no key of ours, and PostgreSQL fails on it.
  const ours = (part: unknown) => typeof part === "string" && !part.includes("\u0000");
  if (!Array.isArray(parts) || !parts.every(ours) || encodeCursor(parts) !== cursor) throw foreignCursor(field);
  if (list !== undefined && parts.shift() !== list) throw foreignCursor(field);
  if (parts.length !== length) throw foreignCursor(field);
  return parts;
}

function foreignCursor(field: string): Refusal {
  return new Refusal(
    "input.invalid",
    { reason: "the cursor is not one that this list returned; ask for the first page again" },
    field,
  );
}

/**
 * Reads Relay's `first`/`after`/`last`/`before`; 20 rows when neither size is given.
 * @param keyLength how many values the list's cursor holds. @param list what its cursors carry; given to `toConnection` too.
 * @throws Refusal `input.invalid` when both or out-of-range sizes are given, or the cursor is not ours.
 */
export function readPageRequest(
  args: { first?: number | null; after?: string | null; last?: number | null; before?: string | null },
  keyLength: number,
  list?: ListTag,
): PageRequest {
  const backward = args.last != null || args.before != null;
  if (backward && (args.first != null || args.after != null)) {
    throw new Refusal("input.invalid", { reason: "give first/after or last/before, not both" }, "first");
  }
  const size = (backward ? args.last : args.first) ?? 20;
  if (!Number.isInteger(size) || size < 1 || size > PAGE_SIZE_MAX) {
    throw new Refusal(
      "input.invalid",
      { reason: `a page has 1 to ${PAGE_SIZE_MAX} rows` },
      backward ? "last" : "first",
    );
  }
  const text = backward ? args.before : args.after;
  return {
    size,
    direction: backward ? "backward" : "forward",
    cursor: text == null ? null : decodeCursor(text, keyLength, backward ? "before" : "after", list),
  };
}

/** The sort key of most lists: a time, and the id that settles a tie. */
export interface TimeKey {
  readonly at: Instant;
  readonly id: Id;
}

export function timeKeyParts(at: Instant, id: Id): readonly [string, string] {
  return [at.toISOString(), id];
}

/**
 * Reads the cursor of a list whose keys are {@link timeKeyParts}; null on the first page.
 * @throws Refusal `input.invalid` when the parts are no time and id.
 */
export function readTimeKey(request: PageRequest): TimeKey | null {
  if (request.cursor === null) return null;
  const [time = "", id = ""] = request.cursor;
  const at = new Date(time);
  // Four digits: PostgreSQL does not read the longer years that JavaScript writes, nor the year 0.
  const ours = /^\d{4}-/.test(time) && at.getTime() >= 0 && at.toISOString() === time;
  if (!ours || !isId(id)) {
    throw foreignCursor(request.direction === "forward" ? "after" : "before");
  }
  return { at, id };
}

/** Makes the page from up to `size + 1` rows as fetched in `request.direction`: the extra row only tells that more follow. */
export function toPage<Row>(fetched: readonly Row[], request: PageRequest): Page<Row> {
  const more = fetched.length > request.size;
  const rows = fetched.slice(0, request.size);
  return request.direction === "forward"
    ? { rows, hasNextPage: more, hasPreviousPage: request.cursor !== null }
    : { rows: rows.reverse(), hasNextPage: request.cursor !== null, hasPreviousPage: more };
}
