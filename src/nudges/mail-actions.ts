import { and, eq } from "drizzle-orm";
import { nudgeDeliveries } from "../../drizzle/tables/nudges.ts";
import type { Id } from "../kernel/ids.ts";
import { addMs, HOUR_MS, type Instant } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Mail, Sending } from "../platform/mailer.ts";
import { buryLetter } from "../platform/outbox/dead-letter-actions.ts";
import { emit } from "../platform/outbox/emit.ts";
import { type Addressee, addresseeOf, STALE_AFTER_MS } from "./delivery-queries.ts";
import { sleeps, whyNoMail } from "./delivery-rules.ts";
import { messageFor } from "./message-catalogue.ts";
import type { PolicySettings } from "./policy-rules.ts";

/** Where mails that could not be sent for a day are buried. */
export const MAIL_LETTERS = "email";

/** The reason of queued mails that an operator dug up again: they are tried once before they are stale again. */
const REPLAYED = "replayed";

/** The reason of failed mails that certainly were not sent, so that digging them up is safe. */
const GAVE_UP = "gave-up";

/**
 * Longer than sending one mail takes, from its own claim on, by clocks that are two hours apart: a server may be silent for half a
 * minute before each of its half dozen answers. Nobody waits for it to pass, because such a mail is not sent again.
 */
const SENDING_MS_MAX = 3 * HOUR_MS;

export interface MailRun {
  readonly quietHours: PolicySettings["quietHours"];
  readonly communityName: string;
}

export type MailClaim =
  | { readonly kind: "claimed"; readonly mail: Mail; readonly timeZone: string }
  /** It will not be sent: the member has said no since it was queued, or cannot be reached. */
  | { readonly kind: "skipped" }
  /** It is night where the member is. */
  | { readonly kind: "waiting" }
  /** Somebody else has it. */
  | { readonly kind: "gone" };

const lockQueued = prepared<{ decision_id: Id }>(
  "nudge_mail_lock",
  `select decision_id from nudge_deliveries where community_id = $1 and id = $2 and state = 'queued' for update skip locked`,
);

/**
 * Takes a queued mail for sending: whoever has claimed it sends it, and nobody else. Consent, address and hour are looked at now, so
 * that a word said after the mail was queued counts.
 */
export async function claimMail(
  tx: Tx,
  run: MailRun & { readonly deliveryId: Id },
  crypto: Crypto,
  now: Instant,
): Promise<MailClaim> {
  const { deliveryId } = run;
  const [queued] = await lockQueued(tx, [tx.communityId, deliveryId]);
  const addressee = queued === undefined ? null : await addresseeOf(tx, queued.decision_id);
  if (addressee === null) return { kind: "gone" };
  if (sleeps(addressee, run.quietHours, now)) {
    // The end of the queue, so that those who sleep are not in the way of those who do not.
    await moveMail(tx, deliveryId, "queued", { claimedAt: now });
    return { kind: "waiting" };
  }
  const address = addressee.emailCipher === null ? null : readAddress(addressee.emailCipher, crypto);
  const reason = whyNoMail(addressee, true) ?? (address === null ? "unreadable-address" : null);
  if (reason !== null || address === null) {
    await moveMail(tx, deliveryId, "queued", { state: "skipped", reason, settledAt: now });
    return { kind: "skipped" };
  }
  await moveMail(tx, deliveryId, "queued", { state: "claimed", reason: null, claimedAt: now });
  return { kind: "claimed", mail: mailTo(address, addressee, run.communityName), timeZone: addressee.timeZone };
}

/** How a claimed mail ends that must not be sent after all, because the night has fallen since it was claimed; null when it may. */
export function mustWait(claimed: { readonly timeZone: string }, run: MailRun, now: Instant): Sending | null {
  return sleeps(claimed, run.quietHours, now) ? { kind: "deferred", reason: "quiet-hours" } : null;
}

/** Null when the key that it was encrypted under is not here any more: one such member must not keep mail from the others. */
function readAddress(cipher: string, crypto: Crypto): string | null {
  try {
    return crypto.decrypt(cipher);
  } catch {
    return null;
  }
}

function mailTo(address: string, addressee: Addressee, communityName: string): Mail {
  const { title, body } = messageFor(addressee.action, addressee.locale, { ...addressee, communityName });
  return { to: address, subject: title, text: `${body}\n`, messageId: `nudge-${addressee.decisionId}@rekindle` };
}

/**
 * Records how sending a claimed mail ended: what certainly did not go out is queued again, what may have gone out is not.
 * `emit`s `nudge.delivered` for a mail that was sent.
 */
export async function settleMail(
  tx: Tx,
  settled: { readonly deliveryId: Id; readonly sending: Sending },
  now: Instant,
): Promise<void> {
  const { deliveryId, sending } = settled;
  const moved = await moveMail(tx, deliveryId, "claimed", endOf(sending, now));
  if (moved?.state !== "sent") return;
  const { decisionId, memberId, channel } = moved;
  await emit(tx, { type: "nudge.delivered", deliveryId, decisionId, memberId, channel }, now);
}

type Change = Partial<Pick<typeof nudgeDeliveries.$inferInsert, "state" | "reason" | "claimedAt" | "settledAt">>;

function endOf(sending: Sending, now: Instant): Change {
  switch (sending.kind) {
    case "sent":
      return { state: "sent", reason: null, settledAt: now };
    case "unreachable":
    case "deferred":
      return { state: "queued", reason: sending.reason };
    case "refused":
    case "unknown":
      return { state: "failed", reason: sending.reason, settledAt: now };
  }
}

/** Moves a mail on from the state it must be in; null when it is not, because somebody else was faster. */
async function moveMail(
  tx: Tx,
  deliveryId: Id,
  from: "queued" | "claimed" | "failed",
  change: Change,
): Promise<typeof nudgeDeliveries.$inferSelect | null> {
  const [moved] = await tx.sql
    .update(nudgeDeliveries)
    .set(change)
    .where(
      and(
        eq(nudgeDeliveries.communityId, tx.communityId),
        eq(nudgeDeliveries.id, deliveryId),
        eq(nudgeDeliveries.state, from),
      ),
    )
    .returning();
  return moved ?? null;
}

const abandon = prepared<{ id: Id }>(
  "nudge_mails_abandon",
  `update nudge_deliveries set state = 'failed', reason = 'interrupted', settled_at = $2
   where community_id = $1 and state = 'claimed' and claimed_at < $3 returning id`,
);

/**
 * Gives up what a process that died was sending: whether it went out is not known, so it is not sent again. Those it had not begun
 * are still queued. Returns how many.
 */
export async function abandonInterrupted(tx: Tx, now: Instant): Promise<number> {
  const abandoned = await abandon(tx, [tx.communityId, now, addMs(now, -SENDING_MS_MAX)]);
  return abandoned.length;
}

const giveUp = prepared<{ id: Id; reason: string | null }>(
  "nudge_mails_give_up",
  `update nudge_deliveries x set state = 'failed', reason = '${GAVE_UP}', settled_at = $2
   from (
     select q.community_id, q.id, q.reason from nudge_deliveries q
     join nudge_decisions d on d.community_id = q.community_id and d.id = q.decision_id
     left join incentive_grants g on g.community_id = d.community_id and g.decision_id = d.id
     where q.community_id = $1 and q.state = 'queued' and q.reason is distinct from '${REPLAYED}'
       and coalesce(g.granted_at, d.decided_at) <= $3
     order by q.id limit 500 for update of q skip locked
   ) f
   where x.community_id = f.community_id and x.id = f.id
   returning x.id, f.reason`,
);

/**
 * Buries mails that could not be sent for {@link STALE_AFTER_MS}, for an operator to look at and replay. Returns how many; the caller
 * goes on until none.
 */
export async function giveUpMails(tx: Tx, now: Instant): Promise<number> {
  const given = await giveUp(tx, [tx.communityId, now, addMs(now, -STALE_AFTER_MS)]);
  for (const { id, reason } of given) {
    const letter = { communityId: tx.communityId, source: MAIL_LETTERS, reference: id, payload: { deliveryId: id } };
    await buryLetter(tx.sql, { ...letter, error: `not sent within a day (${reason ?? "never tried"})` }, now);
  }
  return given.length;
}

/** Queues a buried mail for one more try, in the transaction that settles its letter; whether it was still buried. */
export async function reviveMail(tx: Tx, deliveryId: Id): Promise<boolean> {
  const buried = await tx.sql
    .update(nudgeDeliveries)
    .set({ state: "queued", reason: REPLAYED, settledAt: null })
    .where(
      and(
        eq(nudgeDeliveries.communityId, tx.communityId),
        eq(nudgeDeliveries.id, deliveryId),
        eq(nudgeDeliveries.state, "failed"),
        eq(nudgeDeliveries.reason, GAVE_UP),
      ),
    )
    .returning({ id: nudgeDeliveries.id });
  return buried.length > 0;
}
