import { zoneAt } from "../../drizzle/tables/member-zones.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** The stage's name in `watermarks`. */
const ROLL_UP_STAGE = "roll-up-events";

const BATCH_ROWS = 10_000;

export interface RollUpResult {
  /** Events read; those of no member count, and add nothing. */
  readonly rows: number;
  /** Whether a full batch was read, so that more may be ready. */
  readonly more: boolean;
  /** Whether committed events wait for an older transaction to end, anywhere on the server: try again shortly. */
  readonly heldBack: boolean;
}

/** How far the roll-up has read: a position in (transaction id, message id), since one transaction may have written many rows. */
interface Position {
  readonly transactionId: string;
  readonly messageId: string;
}

const START: Position = { transactionId: "0", messageId: "" };

/**
 * Rows are read when every transaction up to theirs has ended: what commits later has a higher id, so nothing is passed over. The whole
 * batch is tallied before member_days is touched, so that each of its rows is written once.
 */
const rollUpBatch = (rowsMax: number) =>
  prepared<{ rows: number; transaction_id: string | null; message_id: string | null; held_back: boolean }>(
    `events_roll_up_${rowsMax}`,
    `with batch as (
       select transaction_id, message_id, member_id, kind, occurred_at from events
       where community_id = $1 and (transaction_id, message_id) > ($2::xid8, $3)
         and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
       order by transaction_id, message_id
       limit ${rowsMax}
     ), added as (
       insert into member_days (community_id, member_id, day, kind, count)
       select $1, m.id, (b.occurred_at at time zone ${zoneAt("m", "b.occurred_at")})::date, b.kind, count(*)
       from batch b join members m on m.community_id = $1 and m.id = b.member_id
       group by 2, 3, 4
       on conflict (community_id, member_id, day, kind) do update set count = member_days.count + excluded.count
     ), last as (
       select transaction_id, message_id from batch order by transaction_id desc, message_id desc limit 1
     )
     select (select count(*)::int from batch) as rows,
            (select transaction_id::text from last) as transaction_id, (select message_id from last) as message_id,
            exists (select from events where community_id = $1
                    and transaction_id >= pg_snapshot_xmin(pg_current_snapshot())
                    and (transaction_id, message_id) > ($2::xid8, $3)) as held_back`,
  );

/**
 * Adds events that were not read before to their members' days, in the zones they were in when it happened, and moves the
 * watermark with them: both commit or neither does. Late events land on the day they happened. Runs at the same time wait for each other.
 */
export async function rollUpEvents(tx: Tx, now: Instant, options: { batch?: number } = {}): Promise<RollUpResult> {
  const rowsMax = options.batch ?? BATCH_ROWS;
  const from = await lockPosition(tx, now);
  const [read] = await rollUpBatch(rowsMax)(tx, [tx.communityId, from.transactionId, from.messageId]);
  const { rows, transaction_id: transactionId, message_id: messageId, held_back: heldBack } = read!;
  if (transactionId !== null && messageId !== null) await movePosition(tx, { transactionId, messageId }, now);
  return { rows, more: rows === rowsMax, heldBack };
}

/** Deletes every rollup and derives them again from the events, in one transaction: readers see the old rows or the new. */
export async function rebuildRollups(
  tx: Tx,
  now: Instant,
  options: { batch?: number } = {},
): Promise<{ rows: number }> {
  await lockPosition(tx, now);
  await tx.client.query("delete from member_days where community_id = $1", [tx.communityId]);
  await movePosition(tx, START, now);
  let rows = 0;
  for (let more = true; more; ) {
    const step = await rollUpEvents(tx, now, options);
    rows += step.rows;
    more = step.more;
  }
  return { rows };
}

/** The stored position, locked until the transaction ends. */
async function lockPosition(tx: Tx, now: Instant): Promise<Position> {
  await tx.client.query(
    `insert into watermarks (community_id, stage, value, moved_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [tx.communityId, ROLL_UP_STAGE, JSON.stringify(START), now],
  );
  const { rows } = await tx.client.query<{ value: string }>(
    "select value from watermarks where community_id = $1 and stage = $2 for update",
    [tx.communityId, ROLL_UP_STAGE],
  );
  return JSON.parse(rows[0]!.value) as Position;
}

async function movePosition(tx: Tx, position: Position, now: Instant): Promise<void> {
  await tx.client.query("update watermarks set value = $3, moved_at = $4 where community_id = $1 and stage = $2", [
    tx.communityId,
    ROLL_UP_STAGE,
    JSON.stringify(position),
    now,
  ]);
}
