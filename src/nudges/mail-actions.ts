import { and, eq, sql } from "drizzle-orm";
import { type DeliveryState, nudgeDeliveries } from "../../drizzle/tables/nudges.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { buryLetter } from "../platform/outbox/dead-letter-actions.ts";
import { type ClaimedMail, type DeliveryRun, mailOf, messageOf, whyNoMail } from "./delivery-actions.ts";
import { addresseesOf, DELIVERY_BATCH, STALE_AFTER } from "./delivery-queries.ts";

/** The reason of deliveries that were certainly not sent, so that sending them later is safe. */
export const UNREACHABLE = "unreachable";

/** Where mails that could not be sent for a day are buried. */
export const MAIL_LETTERS = "email";

/** Records how a claimed delivery ended. */
export async function settleDelivery(
  tx: Tx,
  settled: { deliveryId: Id; state: Exclude<DeliveryState, "claimed">; reason: string | null },
  now: Instant,
): Promise<void> {
  await tx.sql
    .update(nudgeDeliveries)
    .set({ state: settled.state, reason: settled.reason, settledAt: now })
    .where(
      and(
        eq(nudgeDeliveries.communityId, tx.communityId),
        eq(nudgeDeliveries.id, settled.deliveryId),
        eq(nudgeDeliveries.state, "claimed"),
      ),
    );
}

/** What a process that died in the middle of sending had claimed: whether it was sent is not known, so it is not sent again. */
export async function abandonInterrupted(tx: Tx, now: Instant): Promise<number> {
  const abandoned = await tx.sql
    .update(nudgeDeliveries)
    .set({ state: "failed", reason: "interrupted", settledAt: now })
    .where(
      and(
        eq(nudgeDeliveries.communityId, tx.communityId),
        eq(nudgeDeliveries.state, "claimed"),
        sql`${nudgeDeliveries.claimedAt} < ${now.toISOString()}::timestamptz - interval '15 minutes'`,
      ),
    )
    .returning({ id: nudgeDeliveries.id });
  return abandoned.length;
}

interface Reclaimed {
  id: Id;
  decision_id: Id;
}

const reclaim = prepared<Reclaimed>(
  "nudge_mails_reclaim",
  `update nudge_deliveries x set state = 'claimed', reason = null, settled_at = null, claimed_at = $2
   where x.community_id = $1 and x.id in (
     select f.id from nudge_deliveries f
     join nudge_decisions d on d.community_id = f.community_id and d.id = f.decision_id
     where f.community_id = $1 and f.channel = 'email' and f.state = 'failed' and f.reason = '${UNREACHABLE}'
       and (f.id = $3::uuid or ($3::uuid is null and d.decided_at > $2::timestamptz - ${STALE_AFTER}))
     order by f.id limit ${DELIVERY_BATCH} for update of f skip locked)
   returning x.id, x.decision_id`,
);

/**
 * Claims mails again that a mail server out of reach kept from being sent: those of the last day, or the one named. Consent and
 * address are read anew.
 */
export async function reclaimMails(
  tx: Tx,
  run: Omit<DeliveryRun, "after"> & { deliveryId: Id | null },
  crypto: Crypto,
  now: Instant,
): Promise<ClaimedMail[]> {
  const reclaimed = await reclaim(tx, [tx.communityId, now, run.deliveryId]);
  const addressees = await addresseesOf(
    tx,
    reclaimed.map((row) => row.decision_id),
  );
  const mails: ClaimedMail[] = [];
  for (const row of reclaimed) {
    const addressee = addressees.find((each) => each.decisionId === row.decision_id);
    const refused = addressee === undefined ? "no-address" : whyNoMail(addressee, run);
    if (addressee === undefined || refused !== null) {
      await settleDelivery(tx, { deliveryId: row.id, state: "skipped", reason: refused }, now);
      continue;
    }
    mails.push({ deliveryId: row.id, mail: mailOf(addressee, messageOf(addressee, run), crypto) });
  }
  return mails;
}

const giveUp = prepared<Reclaimed>(
  "nudge_mails_give_up",
  `update nudge_deliveries x set reason = 'gave-up'
   where x.community_id = $1 and x.id in (
     select f.id from nudge_deliveries f
     join nudge_decisions d on d.community_id = f.community_id and d.id = f.decision_id
     where f.community_id = $1 and f.channel = 'email' and f.state = 'failed' and f.reason = '${UNREACHABLE}'
       and d.decided_at <= $2::timestamptz - ${STALE_AFTER}
     order by f.id limit ${DELIVERY_BATCH} for update of f skip locked)
   returning x.id, x.decision_id`,
);

/** Buries mails that could not be sent for a day, for an operator to look at and replay. */
export async function giveUpMails(tx: Tx, now: Instant): Promise<number> {
  const given = await giveUp(tx, [tx.communityId, now]);
  for (const row of given) {
    const letter = {
      communityId: tx.communityId,
      source: MAIL_LETTERS,
      reference: row.id,
      payload: { deliveryId: row.id },
    };
    await buryLetter(tx.sql, { ...letter, error: "the mail server was out of reach for a day" }, now);
  }
  return given.length;
}

/** Makes a buried mail claimable again. */
export async function reviveMail(tx: Tx, deliveryId: Id): Promise<void> {
  await tx.sql
    .update(nudgeDeliveries)
    .set({ reason: UNREACHABLE })
    .where(
      and(
        eq(nudgeDeliveries.communityId, tx.communityId),
        eq(nudgeDeliveries.id, deliveryId),
        eq(nudgeDeliveries.state, "failed"),
        eq(nudgeDeliveries.reason, "gave-up"),
      ),
    );
}
