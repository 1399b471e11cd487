import { notifications, nudgeDeliveries } from "../../drizzle/tables/nudges.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { emitAll } from "../platform/outbox/emit.ts";
import { type Addressee, undelivered } from "./delivery-queries.ts";
import { sleeps, whyNoMail, whyNotTold } from "./delivery-rules.ts";
import { messageFor } from "./message-catalogue.ts";
import type { PolicySettings } from "./policy-rules.ts";

export interface DeliveryRun {
  readonly quietHours: PolicySettings["quietHours"];
  readonly communityName: string;
  /** False when a past day is run again: nobody gets an e-mail today for what was decided then. */
  readonly live: boolean;
}

export interface DeliveryBatch {
  readonly inApp: number;
  readonly mailsQueued: number;
  /** Left for later because it is night where the member is. */
  readonly waiting: number;
  /** Where the next batch starts; null when this was the last. */
  readonly next: Id | null;
}

/**
 * Puts what is due into inboxes and queues its e-mails: a delivery exists once for a decision and channel, whoever else is
 * delivering. Consent is read here, so that an opt-out after the decision counts; e-mails ask again when they are sent. `emit`s
 * `nudge.delivered` for what is in an inbox.
 */
export async function deliverBatch(
  tx: Tx,
  run: DeliveryRun & { readonly after: Id | null },
  now: Instant,
): Promise<DeliveryBatch> {
  const addressees = await undelivered(tx, run.after, now);
  // A past day is run as of its last moment, and rings no telephone.
  const awake = addressees.filter((addressee) => !run.live || !sleeps(addressee, run.quietHours, now));
  const rows = awake.flatMap((addressee) => deliveriesOf(tx, addressee, run.live, now));
  const written =
    rows.length === 0 ? [] : await tx.sql.insert(nudgeDeliveries).values(rows).onConflictDoNothing().returning();
  const inApp = written.filter((delivery) => delivery.channel === "in-app" && delivery.state === "sent");
  const byDecision = new Map(awake.map((addressee) => [addressee.decisionId, addressee]));
  const notices = inApp.flatMap(({ decisionId }) => {
    const addressee = byDecision.get(decisionId);
    return addressee === undefined ? [] : [noticeOf(tx, addressee, run.communityName, now)];
  });
  if (notices.length > 0) await tx.sql.insert(notifications).values(notices).onConflictDoNothing();
  await emitAll(
    tx,
    inApp.map(({ id, decisionId, memberId, channel }) => ({
      type: "nudge.delivered",
      deliveryId: id,
      decisionId,
      memberId,
      channel,
    })),
    now,
  );
  return {
    inApp: inApp.length,
    mailsQueued: written.filter((delivery) => delivery.state === "queued").length,
    waiting: addressees.length - awake.length,
    next: addressees.at(-1)?.decisionId ?? null,
  };
}

function deliveriesOf(
  tx: Tx,
  addressee: Addressee,
  live: boolean,
  now: Instant,
): (typeof nudgeDeliveries.$inferInsert)[] {
  const { decisionId, memberId } = addressee;
  const common = { communityId: tx.communityId, decisionId, memberId, claimedAt: now };
  const notTold = whyNotTold(addressee);
  const noMail = whyNoMail(addressee, live);
  const inApp = { state: notTold === null ? "sent" : "skipped", reason: notTold, settledAt: now } as const;
  const email =
    noMail === null
      ? ({ state: "queued", reason: null, settledAt: null } as const)
      : ({ state: "skipped", reason: noMail, settledAt: now } as const);
  return [
    { ...common, id: newId(now), channel: "in-app", ...inApp },
    { ...common, id: newId(now), channel: "email", ...email },
  ];
}

function noticeOf(
  tx: Tx,
  addressee: Addressee,
  communityName: string,
  now: Instant,
): typeof notifications.$inferInsert {
  const { title, body } = messageFor(addressee.action, addressee.locale, { ...addressee, communityName });
  return {
    communityId: tx.communityId,
    id: newId(now),
    memberId: addressee.memberId,
    kind: addressee.action,
    title,
    body,
    sourceKey: `nudge:${addressee.decisionId}`,
    createdAt: now,
  };
}
