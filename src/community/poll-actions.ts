import { findThread } from "../content/content-locks.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { isClosed, type PollSettings, type PollState, readBallot } from "./poll-rules.ts";

const insertPollRows = prepared(
  "community_insert_poll",
  `with poll as (
     insert into polls (community_id, thread_id, choice, results, closes_at) values ($1, $2, $3, $4, $5)
   )
   insert into poll_options (community_id, thread_id, position, text)
   select $1, $2, position, text from unnest($6::text[]) with ordinality as o (text, position)`,
);
const lockPoll = prepared<PollState & Record<string, unknown>>(
  "community_lock_poll",
  `select choice, results, closes_at as "closesAt",
          (select count(*)::int from poll_options o where o.community_id = $1 and o.thread_id = $2) as "optionCount"
   from polls where community_id = $1 and thread_id = $2 for no key update`,
);
const findBallot = prepared<{ positions: number[] }>(
  "community_find_ballot",
  "select positions from poll_ballots where community_id = $1 and thread_id = $2 and member_id = $3",
);
const upsertBallot = prepared(
  "community_upsert_ballot",
  `insert into poll_ballots (community_id, thread_id, member_id, positions, cast_at) values ($1, $2, $3, $4, $5)
   on conflict (community_id, thread_id, member_id) do update set positions = excluded.positions, cast_at = excluded.cast_at`,
);
const deleteBallot = prepared(
  "community_delete_ballot",
  "delete from poll_ballots where community_id = $1 and thread_id = $2 and member_id = $3",
);
const count = prepared(
  "community_count_ballot",
  `with poll as (
     update polls set ballot_count = ballot_count + $3::int where community_id = $1 and thread_id = $2
   )
   update poll_options set vote_count = vote_count + case when position = any($4::smallint[]) then 1 else -1 end
   where community_id = $1 and thread_id = $2 and (position = any($4::smallint[]) or position = any($5::smallint[]))`,
);
const setClosed = prepared(
  "community_close_poll",
  "update polls set closes_at = $3 where community_id = $1 and thread_id = $2",
);

/** Adds the poll of a thread, in the transaction that makes the thread. */
export async function insertPoll(tx: Tx, threadId: Id, poll: PollSettings): Promise<void> {
  const { choice, results, closesAt, options } = poll;
  await insertPollRows(tx, [tx.communityId, threadId, choice, results, closesAt, options]);
}

/**
 * Casts the viewer's ballot in a poll, changes it, or with no option takes it back; the same again changes nothing. Whoever may
 * look into the space may vote, whoever may post there.
 * @throws Refusal `poll.none`, `poll.closed`, `thread.locked`, `thread.closed`, `not-found`, `member.suspended`, or `input.invalid`.
 */
export async function votePoll(
  tx: Tx,
  viewer: Viewer,
  input: { readonly threadId: Id; readonly positions: readonly number[] },
  now: Instant,
): Promise<void> {
  assertMayContribute(viewer);
  const thread = await findThread(tx, viewer, input.threadId, now);
  if (thread.state !== "visible") throw new Refusal("thread.closed", { threadId: thread.id });
  if (thread.locked) throw new Refusal("thread.locked", { threadId: thread.id });
  const poll = await lockOpenPoll(tx, thread.id, now);
  const chosen = readBallot(poll, input.positions);
  const ofBallot = [tx.communityId, thread.id, viewer.memberId];
  const [{ positions: previous } = { positions: [] }] = await findBallot(tx, ofBallot);
  const added = chosen.filter((position) => !previous.includes(position));
  const removed = previous.filter((position) => !chosen.includes(position));
  if (added.length === 0 && removed.length === 0) return;
  if (chosen.length > 0) await upsertBallot(tx, [...ofBallot, chosen, now]);
  else await deleteBallot(tx, ofBallot);
  const ballots = Number(chosen.length > 0) - Number(previous.length > 0);
  await count(tx, [tx.communityId, thread.id, ballots, added, removed]);
  if (ballots === 1) await emit(tx, { type: "poll.voted", threadId: thread.id, memberId: viewer.memberId }, now);
}

/**
 * Closes a poll of the viewer's own before its time. (Moderators lock the thread.)
 * @throws Refusal `poll.none`, `poll.closed`, `not-allowed`, `not-found`, `member.suspended`.
 */
export async function closePoll(tx: Tx, viewer: Viewer, input: { readonly threadId: Id }, now: Instant): Promise<void> {
  assertMayContribute(viewer);
  const thread = await findThread(tx, viewer, input.threadId, now);
  if (thread.authorId !== viewer.memberId) throw new Refusal("not-allowed", { what: "close somebody else's poll" });
  await lockOpenPoll(tx, thread.id, now);
  await setClosed(tx, [tx.communityId, thread.id, now]);
}

/** Of two ballots at once the second waits here, and sees what the first counted. */
async function lockOpenPoll(tx: Tx, threadId: Id, now: Instant): Promise<PollState> {
  const [poll] = await lockPoll(tx, [tx.communityId, threadId]);
  if (poll === undefined) throw new Refusal("poll.none", { threadId }, "threadId");
  if (isClosed(poll, now)) throw new Refusal("poll.closed", { threadId });
  return poll;
}
