import { notifications, nudgeDeliveries } from "../../drizzle/tables/nudges.ts";
import { minuteOfDay } from "../kernel/calendar.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import type { Mail } from "../platform/mailer.ts";
import { type Addressee, undelivered } from "./delivery-queries.ts";
import { type Message, messageFor } from "./message-catalogue.ts";
import { isQuiet, type PolicySettings } from "./policy-rules.ts";

/** An e-mail whose delivery this process has claimed: it, and nobody else, sends it. */
export interface ClaimedMail {
  readonly deliveryId: Id;
  readonly mail: Mail;
}

export interface DeliveryRun {
  readonly settings: PolicySettings;
  readonly communityName: string;
  /** False when a past day is run again: nobody gets an e-mail today for what was decided then. */
  readonly live: boolean;
  readonly after: Id | null;
}

export interface DeliveryBatch {
  readonly inApp: number;
  readonly mails: readonly ClaimedMail[];
  /** Left for later because it is night where the member is. */
  readonly waiting: number;
  /** Where the next batch starts; null when this was the last. */
  readonly next: Id | null;
}

/**
 * Claims what is due and puts the in-app part into inboxes, in one transaction: a delivery exists once for a decision and channel.
 * Consent is read here, at the last moment, so that an opt-out after the decision counts.
 */
export async function claimDeliveries(tx: Tx, run: DeliveryRun, crypto: Crypto, now: Instant): Promise<DeliveryBatch> {
  const addressees = await undelivered(tx, run.after, now);
  const reachable = addressees.filter(
    (addressee) => !isQuiet(minuteOfDay(addressee.timeZone, now), run.settings.quietHours),
  );
  const prepared = reachable.map((addressee) => ({ addressee, message: messageOf(addressee, run) }));
  const rows = prepared.flatMap(({ addressee }) => deliveriesOf(tx, addressee, run, now));
  const claimed =
    rows.length === 0 ? [] : await tx.sql.insert(nudgeDeliveries).values(rows).onConflictDoNothing().returning();
  const byDecision = new Map(prepared.map((each) => [each.addressee.decisionId, each]));
  const inbox: (typeof notifications.$inferInsert)[] = [];
  const mails: ClaimedMail[] = [];
  for (const delivery of claimed) {
    const found = byDecision.get(delivery.decisionId);
    if (found === undefined) continue;
    if (delivery.state === "sent") inbox.push(noticeOf(tx, found.addressee, found.message, now));
    if (delivery.state === "claimed")
      mails.push({ deliveryId: delivery.id, mail: mailOf(found.addressee, found.message, crypto) });
  }
  if (inbox.length > 0) await tx.sql.insert(notifications).values(inbox).onConflictDoNothing();
  return {
    inApp: inbox.length,
    mails,
    waiting: addressees.length - reachable.length,
    next: addressees.at(-1)?.decisionId ?? null,
  };
}

function deliveriesOf(
  tx: Tx,
  addressee: Addressee,
  run: DeliveryRun,
  now: Instant,
): (typeof nudgeDeliveries.$inferInsert)[] {
  const common = {
    communityId: tx.communityId,
    decisionId: addressee.decisionId,
    memberId: addressee.memberId,
    claimedAt: now,
  };
  const refused = addressee.consentsToNudges ? null : "no-consent";
  const mailRefused = refused ?? whyNoMail(addressee, run);
  return [
    {
      ...common,
      id: newId(now),
      channel: "in-app",
      state: refused === null ? "sent" : "skipped",
      reason: refused,
      settledAt: now,
    },
    {
      ...common,
      id: newId(now),
      channel: "email",
      state: mailRefused === null ? "claimed" : "skipped",
      reason: mailRefused,
      settledAt: mailRefused === null ? null : now,
    },
  ];
}

/** Why an addressee gets no e-mail; null when they do. */
export function whyNoMail(addressee: Addressee, run: Pick<DeliveryRun, "live">): string | null {
  if (!run.live) return "past-day";
  if (addressee.emailCipher === null) return "no-address";
  return addressee.consentsToEmail ? null : "no-consent";
}

/** What an addressee is told. */
export function messageOf(addressee: Addressee, run: Pick<DeliveryRun, "settings" | "communityName">): Message {
  const grant = run.settings.actions.find((action) => action.action === "grant-points");
  return messageFor(addressee.action, addressee.locale, {
    displayName: addressee.displayName,
    communityName: run.communityName,
    coins: grant?.coins ?? 0,
  });
}

function noticeOf(tx: Tx, addressee: Addressee, message: Message, now: Instant): typeof notifications.$inferInsert {
  return {
    communityId: tx.communityId,
    id: newId(now),
    memberId: addressee.memberId,
    kind: addressee.action,
    title: message.title,
    body: message.body,
    sourceKey: `nudge:${addressee.decisionId}`,
    createdAt: now,
  };
}

/** The e-mail that tells an addressee. */
export function mailOf(addressee: Addressee, message: Message, crypto: Crypto): Mail {
  return {
    to: crypto.decrypt(addressee.emailCipher ?? ""),
    subject: message.title,
    text: `${message.body}\n`,
    messageId: `nudge-${addressee.decisionId}@rekindle`,
  };
}
