import type { Viewer } from "../../src/identity/viewer.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import type { Reader } from "../../src/platform/database/database.ts";

/** How one kind of value is loaded for many keys in one statement. Values come back in the order of the keys. */
export interface LoaderDefinition<Key, Value> {
  readonly load: (reader: Reader, keys: readonly Key[], viewer: Viewer, now: Instant) => Promise<readonly Value[]>;
  /** For keys that are not strings. */
  readonly cacheKey?: (key: Key) => unknown;
}

export function defineLoader<Key, Value>(
  load: LoaderDefinition<Key, Value>["load"],
  cacheKey?: (key: Key) => unknown,
): LoaderDefinition<Key, Value> {
  return { load, cacheKey };
}

/** Puts rows in the order of the keys that asked for them; null where there is none. */
export function inOrder<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): (Row | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}
