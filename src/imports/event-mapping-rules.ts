import { Refusal } from "../kernel/refusal.ts";

/** Where a value is found: the first of `columns` that holds one (a dot enters an object), or always `text`. */
export type ValueSource = { readonly columns: readonly string[] } | { readonly text: string };

/** Which columns tell what. */
export interface EventMapping {
  readonly memberId: ValueSource;
  readonly anonymousId: ValueSource;
  readonly kind: ValueSource;
  readonly occurredAt: ValueSource;
  readonly messageId: ValueSource;
  /** Columns kept as properties. Others are dropped, since a log holds names and addresses too. */
  readonly properties: readonly string[];
  /** For tables with a row a day and a column a kind: the columns that count. Empty for a log with a row an event. */
  readonly counts: readonly string[];
  /** Fields that the operator named, so that a CSV file without their columns is refused and not read as empty. */
  readonly named: readonly string[];
}

/** The names that logs use, Segment's among them. A Segment message keeps its object `properties`. */
export const DEFAULT_MAPPING: EventMapping = {
  memberId: columns("memberId member_id userId user_id uid username user distinct_id enrollment_id"),
  anonymousId: columns("anonymousId anonymous_id"),
  kind: columns("kind event eventName event_name eventType event_type action page type"),
  occurredAt: columns("occurredAt occurred_at timestamp originalTimestamp time ts datetime date createdAt created_at"),
  messageId: columns("messageId message_id eventId event_id insert_id $insert_id"),
  properties: [],
  counts: [],
  named: [],
};

const SOURCES = ["memberId", "anonymousId", "kind", "occurredAt", "messageId"] as const;
const LISTS = ["properties", "counts"] as const;

/**
 * Reads `--map memberId=userId,kind=page,occurredAt=ts`. Fields that it does not name keep {@link DEFAULT_MAPPING}.
 * `kind=:course.enrolled` says that every row is of that kind. `properties` and `counts` take several columns, joined
 * by `+`.
 *
 * @throws Refusal `input.invalid` on `map`.
 */
export function parseEventMapping(text: string): EventMapping {
  let mapping = DEFAULT_MAPPING;
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const separator = pair.indexOf("=");
    const field = pair.slice(0, separator).trim();
    const value = pair.slice(separator + 1).trim();
    if (separator < 1 || value === "" || value === ":") throw refusedMap(`“${pair.trim()}” is not FIELD=COLUMN`);
    if (isOneOf(LISTS, field)) {
      mapping = { ...mapping, [field]: value.split("+").map((column) => column.trim()) };
    } else if (isOneOf(SOURCES, field)) {
      const source: ValueSource = value.startsWith(":") ? { text: value.slice(1) } : { columns: [value] };
      mapping = { ...mapping, [field]: source };
    } else {
      throw refusedMap(`there is no field “${field}”; the fields are ${[...SOURCES, ...LISTS].join(", ")}`);
    }
    mapping = { ...mapping, named: [...mapping.named, field] };
  }
  return mapping;
}

/**
 * Reads `--kinds NextSong=video.watched,*=page.viewed`: what a log's kinds are called here; `*` stands for every other
 * one.
 * @throws Refusal `input.invalid` on `kinds`.
 */
export function parseKindNames(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(",").filter((part) => part.trim() !== "");
  return new Map(
    pairs.map((pair) => {
      const [from = "", to = "", ...more] = pair.split("=").map((part) => part.trim());
      if (from !== "" && to !== "" && more.length === 0) return [from, to];
      throw new Refusal("input.invalid", { reason: `“${pair.trim()}” is not KIND=NAME` }, "kinds");
    }),
  );
}

/**
 * Refuses a mapping that cannot fit a CSV file, rather than leaving out every row of it.
 * @throws Refusal `input.invalid` on `map`, naming the file's columns.
 */
export function assertMappingFits(mapping: EventMapping, header: readonly string[]): void {
  const present = new Set(header);
  const finds = (source: ValueSource) => "text" in source || source.columns.some((column) => present.has(column));
  const sources = SOURCES.filter((field) => mapping.named.includes(field)).filter((field) => !finds(mapping[field]));
  const lists = LISTS.flatMap((field) => mapping[field]).filter((column) => !present.has(column));
  const missing = [
    ...sources,
    ...(finds(mapping.memberId) || finds(mapping.anonymousId) ? [] : ["memberId"]),
    ...(mapping.counts.length > 0 || finds(mapping.kind) ? [] : ["kind"]),
    ...(finds(mapping.occurredAt) ? [] : ["occurredAt"]),
    ...lists,
  ];
  if (missing.length === 0) return;
  const sought = [...new Set(missing)].join(", ");
  throw refusedMap(
    `no column found for ${sought}; the columns are ${header.join(", ")}; say which is which, as in memberId=COLUMN`,
  );
}

function columns(names: string): ValueSource {
  return { columns: names.split(" ") };
}

function isOneOf<const Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function refusedMap(reason: string): Refusal {
  return new Refusal("input.invalid", { reason }, "map");
}
