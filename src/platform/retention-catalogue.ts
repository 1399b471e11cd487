import { firstIdAt, type Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";

/** A table whose rows serve for a while only. */
export interface Retention {
  readonly table: string;
  readonly days: number;
  /** `community`: each community's own; `all`: of no community, cleared by whoever comes first. */
  readonly of: "community" | "all";
  /** Which rows `t` have served: SQL over {@link parameters}. */
  readonly expired: string;
  readonly oldestFirst: string;
  /** @param before everything after this moment is kept. */
  readonly parameters: (communityId: Id, before: Instant) => readonly unknown[];
}

/** How far clocks of different machines may be apart. */
const CLOCK_SKEW = "interval '1 day'";

/** How long is kept what would otherwise grow for ever; told to operators in `docs/running.md`. */
export const RETENTIONS: readonly Retention[] = [
  // Whoever has not come back to what they began to write for this long does not miss it.
  {
    table: "drafts",
    days: 90,
    of: "community",
    expired: "t.community_id = $1 and t.updated_at < $2",
    oldestFirst: "t.updated_at",
    parameters: (communityId, before) => [communityId, before],
  },
  // A client that asks again after this long has the effect again: longer than a weekend without a network.
  {
    table: "idempotency_keys",
    days: 7,
    of: "community",
    expired: "t.community_id = $1 and t.created_at < $2",
    oldestFirst: "t.created_at",
    parameters: (communityId, before) => [communityId, before],
  },
  // The latest run of each stage stays, so that everybody can see when it ran. Ids sort by the time of their making.
  {
    table: "pipeline_runs",
    days: 14,
    of: "community",
    expired: `t.community_id = $1 and t.id < $2 and exists (
      select from pipeline_runs r where r.community_id = t.community_id and r.stage = t.stage
        and (r.started_at, r.id) > (t.started_at, t.id))`,
    oldestFirst: "t.id",
    parameters: (communityId, before) => [communityId, firstIdAt(before)],
  },
  // Queues keep a failed job for a week, and letters wait to be replayed for as long as nobody mends them: a message that is still in
  // the outbox, or in an open letter, may reach its consumers again.
  {
    table: "processed_messages",
    days: 90,
    of: "all",
    expired: `t.processed_at < least($1, (select occurred_at from outbox order by id limit 1) - ${CLOCK_SKEW})
      and not exists (select from dead_letters l where l.reference = t.message_id and l.replayed_at is null)`,
    oldestFirst: "t.processed_at",
    parameters: (_communityId, before) => [before],
  },
  // Those that were mended. The others stay until they are.
  {
    table: "dead_letters",
    days: 30,
    of: "all",
    expired: "t.replayed_at < $1",
    oldestFirst: "t.replayed_at",
    parameters: (_communityId, before) => [before],
  },
];
