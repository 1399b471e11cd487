import { type EventKind, OWN_KINDS } from "../events/tracking-plan-catalogue.ts";
import { assert } from "../kernel/assert.ts";
import { type Feature, type Measure, NEVER_DAYS } from "./feature-catalogue.ts";

/**
 * One statement that computes every feature of every member of the population at every as-of day. Its rows are
 * `as_of date, member_id uuid, values double precision[]`.
 *
 * Parameters: $1 the community, $2 the as-of days (date[]), $3 the days within which a member must have been active to belong to the
 * population (null for everyone ever seen), $4 the sample: members whose id ends below these eight hexadecimal digits ('g' for all).
 *
 * It reads member_days once, folds it into one row a member and day with a column for each set of kinds that the catalogue asks for,
 * and then folds those days that are not later than each as-of day. Nothing later is seen: a feature as of a day never changes when
 * something happens after it.
 */
export function compileFeatures(features: readonly Feature[]): string {
  const sets = new KindSets();
  const own = sets.columnOf(OWN_KINDS);
  const values = features.map((feature) => `${compileMeasure(feature.measure, sets)}::double precision`);
  return `
    with day_counts as materialized (
      select member_id, day, ${sets.counts()}
      from member_days
      where community_id = $1 and day <= (select max(d) from unnest($2::date[]) d)
        and right(member_id::text, 8) collate "C" < $4
      group by member_id, day
    ), day_facts as materialized (
      select *, ${sets.previousDays()} from day_counts
    )
    select c.as_of, d.member_id, array[${values.join(", ")}] as values
    from unnest($2::date[]) c(as_of) join day_facts d on d.day <= c.as_of
    group by c.as_of, d.member_id
    having $3::int is null or max(d.day) filter (where d.${own} > 0) > c.as_of - $3::int`;
}

function compileMeasure(measure: Measure, sets: KindSets): string {
  const column = sets.columnOf(measure.kinds);
  const active = `d.${column} > 0`;
  const sinceDay = (day: string) => `least(coalesce(c.as_of - ${day}, ${NEVER_DAYS}), ${NEVER_DAYS})`;
  switch (measure.of) {
    case "count":
      return `coalesce(sum(d.${column})${within(measure.days)}, 0)`;
    case "active-days":
      return `count(*)${within(measure.days, active)}`;
    case "active-weeks":
      assert(measure.weeks <= 32, "active weeks are bits of an integer");
      return `bit_count(coalesce(bit_or(1 << ((c.as_of - d.day) / 7))${within(measure.weeks * 7, active)}, 0)::bit(32))`;
    case "days-since-last":
      return sinceDay(`max(d.day) filter (where ${active})`);
    case "days-since-last-but-one":
      // Yesterday's "before" is what it was yesterday: the largest over the active days belongs to the last of them.
      return sinceDay(`max(d.${sets.previousOf(measure.kinds)}) filter (where ${active})`);
    case "days-since-first":
      return `coalesce(c.as_of - min(d.day) filter (where ${active}), 0)`;
    case "count-per-active-day":
      return `coalesce(sum(d.${column})::double precision / nullif(count(*) filter (where ${active}), 0), 0)`;
  }
}

function within(days: number | null, condition?: string): string {
  const conditions = [...(days === null ? [] : [`c.as_of - d.day < ${days}`]), ...(condition ? [condition] : [])];
  return conditions.length === 0 ? "" : ` filter (where ${conditions.join(" and ")})`;
}

/** The distinct sets of kinds in a catalogue, each a column of the folded days. */
class KindSets {
  readonly #columns = new Map<string, string>();
  readonly #previous = new Map<string, string>();

  columnOf(kinds: readonly EventKind[]): string {
    const literals = [...new Set(kinds)].sort().map(quote).join(", ");
    const column = this.#columns.get(literals) ?? `n${this.#columns.size}`;
    this.#columns.set(literals, column);
    return column;
  }

  /** The column of the last active day before a row's own. */
  previousOf(kinds: readonly EventKind[]): string {
    const column = this.columnOf(kinds);
    this.#previous.set(column, `${column}_before`);
    return `${column}_before`;
  }

  counts(): string {
    return [...this.#columns]
      .map(([literals, column]) => `coalesce(sum(count) filter (where kind in (${literals})), 0)::int as ${column}`)
      .join(", ");
  }

  previousDays(): string {
    const earlier = "over (partition by member_id order by day rows between unbounded preceding and 1 preceding)";
    const columns = [...this.#previous].map(
      ([column, name]) => `max(day) filter (where ${column} > 0) ${earlier} as ${name}`,
    );
    return columns.length === 0 ? "null" : columns.join(", ");
  }
}

function quote(kind: string): string {
  assert(/^[a-z.]+$/.test(kind), "a kind of the tracking plan is lower-case words and dots");
  return `'${kind}'`;
}
