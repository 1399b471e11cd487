import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { NO_ROWS } from "./import-tally-rules.ts";
import type { PreparedSite } from "./stackexchange-account-actions.ts";
import { numberedId } from "./stackexchange-id-rules.ts";
import type { QuestionRow } from "./stackexchange-row-rules.ts";
import { lockThreads } from "./stackexchange-thread-locks.ts";

const insertAcceptances = prepared<{ inserted: number }>(
  "import_se_acceptances",
  `with stored as (
     insert into acceptances (community_id, thread_id, id, post_id, accepted_by_id, accepted_at)
     select $1, t.id, r.id, p.id, t.author_id, p.created_at
     from json_to_recordset($2::json) as r(id uuid, "threadId" uuid, "postId" uuid)
     join threads t on t.community_id = $1 and t.id = r."threadId"
     join posts p on p.community_id = $1 and p.id = r."postId" and p.thread_id = t.id and p.kind = 'answer'
     on conflict do nothing returning thread_id, post_id
   ), shown as (
     update threads t set accepted_post_id = p.id
     from stored join posts p on p.community_id = $1 and p.id = stored.post_id and p.state = 'visible'
     where t.community_id = $1 and t.id = stored.thread_id
   )
   select count(*)::int as inserted from stored`,
);

/**
 * Accepts the answers that questions name. The question says which answer stands accepted, and only a vote says when: until
 * {@link dateAcceptances} the answer's own time is given.
 */
export async function loadAcceptances(tx: Tx, { site }: PreparedSite, rows: readonly QuestionRow[]): Promise<Loaded> {
  const accepting = rows.flatMap(({ id, acceptedAnswerId }) => {
    if (acceptedAnswerId === null) return [];
    const threadId = numberedId(site, "thread", id);
    return [{ id: acceptanceId(site, acceptedAnswerId), threadId, postId: numberedId(site, "post", acceptedAnswerId) }];
  });
  if (accepting.length === 0) return { rows: NO_ROWS };
  await lockThreads(
    tx,
    accepting.map(({ threadId }) => threadId),
  );
  const [row] = await insertAcceptances(tx, [tx.communityId, JSON.stringify(accepting)]);
  return { rows: NO_ROWS, made: { acceptances: row!.inserted } };
}

export function acceptanceId(site: string, answerNumber: number): Id {
  return numberedId(site, "acceptance", answerNumber);
}

export interface AcceptanceDate {
  readonly id: Id;
  readonly threadId: Id;
  readonly acceptedAt: Instant;
}

const updateDates = prepared<{ id: Id; dated: boolean }>(
  "import_se_date_acceptances",
  `with given as (
     select id, "threadId", max("acceptedAt") as "acceptedAt"
     from json_to_recordset($2::json) as r(id uuid, "threadId" uuid, "acceptedAt" timestamptz) group by 1, 2
   ), changed as (
     update acceptances a set accepted_at = given."acceptedAt" from given
     where a.community_id = $1 and a.thread_id = given."threadId" and a.id = given.id
       and a.accepted_at < given."acceptedAt"
     returning a.id
   )
   select a.id, changed.id is not null as dated
   from given join acceptances a on a.community_id = $1 and a.thread_id = given."threadId" and a.id = given.id
   left join changed on changed.id = a.id`,
);

/** Gives acceptances the time that votes tell, the latest where there are several. Returns those that stand, and whether their time was news. */
export async function dateAcceptances(tx: Tx, dates: readonly AcceptanceDate[]): Promise<ReadonlyMap<Id, boolean>> {
  const rows = dates.length === 0 ? [] : await updateDates(tx, [tx.communityId, JSON.stringify(dates)]);
  return new Map(rows.map(({ id, dated }) => [id, dated]));
}
