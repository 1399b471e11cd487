import { communityById } from "../../src/identity/community-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { type ClaimedMail, claimDeliveries, type DeliveryBatch } from "../../src/nudges/delivery-actions.ts";
import {
  abandonInterrupted,
  giveUpMails,
  reclaimMails,
  settleDelivery,
  UNREACHABLE,
} from "../../src/nudges/mail-actions.ts";
import { publishedPolicy } from "../../src/nudges/policy-actions.ts";
import { describeError } from "../../src/platform/log-redaction.ts";
import { MailUnreachableError } from "../../src/platform/mailer.ts";
import type { StageResult, StageRun } from "../stage.ts";

/** Delivers what was decided in the last day: inboxes at once, e-mails one by one, each claimed before it is sent. */
export async function runDeliverNudges(run: StageRun): Promise<StageResult> {
  const { db, communityId, crypto, now, live } = run;
  const policy = await db.read(communityId, publishedPolicy);
  if (policy === null) return { rows: 0, summary: "no policy is published: publish one first" };
  const community = await communityById(db.system, communityId);
  assert(community, "a stage runs for a community that exists");
  const base = { settings: policy.settings, communityName: community.name, live };
  await db.transaction(communityId, (tx) => abandonInterrupted(tx, now));
  const earlier = await db.transaction(communityId, async (tx) => {
    await giveUpMails(tx, now);
    return reclaimMails(tx, { ...base, deliveryId: null }, crypto, now);
  });
  let sent = await sendMails(run, earlier);
  let inApp = 0;
  let waiting = 0;
  let after: Id | null = null;
  do {
    const from: Id | null = after;
    const batch: DeliveryBatch = await db.transaction(communityId, (tx) =>
      claimDeliveries(tx, { ...base, after: from }, crypto, now),
    );
    sent += await sendMails(run, batch.mails);
    inApp += batch.inApp;
    waiting += batch.waiting;
    after = batch.next;
    run.onProgress(inApp + sent, null);
  } while (after !== null);
  return { rows: inApp + sent, summary: `${inApp} in inboxes, ${sent} e-mails, ${waiting} waiting for the morning` };
}

/**
 * Sends claimed mails and records how each ended. Once the mail server is out of reach the rest is put back without asking it again.
 * Returns how many were sent.
 */
export async function sendMails(
  { db, communityId, mailer, now }: Pick<StageRun, "db" | "communityId" | "mailer" | "now">,
  mails: readonly ClaimedMail[],
): Promise<number> {
  let sent = 0;
  let unreachable = false;
  for (const { deliveryId, mail } of mails) {
    const outcome: string | null = unreachable ? UNREACHABLE : await mailer.send(mail).then(() => null, whyNotSent);
    unreachable = outcome === UNREACHABLE;
    if (outcome === null) sent += 1;
    const settled = { deliveryId, state: outcome === null ? "sent" : "failed", reason: outcome } as const;
    await db.transaction(communityId, (tx) => settleDelivery(tx, settled, now));
  }
  return sent;
}

function whyNotSent(error: unknown): string {
  return error instanceof MailUnreachableError ? UNREACHABLE : describeError(error).slice(0, 200);
}
