import type { Day } from "../kernel/calendar.ts";
import type { Tx } from "../platform/database/database.ts";
import { CATALOGUE_VERSION, FEATURES } from "./feature-catalogue.ts";
import { compileFeatures } from "./feature-sql-rules.ts";

/** Whose features: members active within so many days of the as-of day, or everyone ever seen. */
export type Population = { readonly activeWithinDays: number } | "everyone";

/** What of `feature_snapshots` is to change: rows that differ, and rows of members who left the population. */
const SNAPSHOT = `
  with computed as materialized (${compileFeatures(FEATURES)}), gone as (
    delete from feature_snapshots s
    where s.community_id = $1 and s.as_of = any($2::date[])
      and not exists (select from computed c where c.as_of = s.as_of and c.member_id = s.member_id)
    returning 1
  ), written as (
    insert into feature_snapshots as s (community_id, as_of, member_id, catalogue_version, values)
    select $1, as_of, member_id, $5, values from computed
    on conflict (community_id, as_of, member_id) do update
      set catalogue_version = excluded.catalogue_version, values = excluded.values
      where (s.catalogue_version, s.values) is distinct from (excluded.catalogue_version, excluded.values)
    returning 1
  )
  select (select count(*)::int from computed) as members,
         (select count(*)::int from written) as changed,
         (select count(*)::int from gone) as gone`;

/**
 * Computes every feature as of the end of `asOf` from the rollups, and makes the snapshot of that day say so: doing it again changes
 * nothing, and after rows were lost it restores them.
 */
export async function computeFeatures(
  tx: Tx,
  asOf: Day,
  options: { population: Population },
): Promise<{ members: number; changed: number; gone: number }> {
  const { rows } = await tx.client.query(SNAPSHOT, [
    tx.communityId,
    [asOf],
    withinDays(options.population),
    WHOLE_SAMPLE,
    CATALOGUE_VERSION,
  ]);
  return rows[0];
}

/** The digits of {@link compileFeatures} that no member id ends above. */
export const WHOLE_SAMPLE = "g";

export function withinDays(population: Population): number | null {
  return population === "everyone" ? null : population.activeWithinDays;
}
