import type { Id } from "../src/kernel/ids.ts";
import { queuedMails } from "../src/nudges/delivery-queries.ts";
import { claimMail, type MailRun, mustWait, settleMail } from "../src/nudges/mail-actions.ts";
import { MAIL_CONNECTIONS, type Sending } from "../src/platform/mailer.ts";
import type { StageRun } from "./stage.ts";

type MailServices = Pick<StageRun, "db" | "communityId" | "crypto" | "mailer" | "clock">;

export interface SentMails {
  readonly sent: number;
  /** The server's word, when it was out of reach: the rest stays queued without asking it again. */
  readonly unreachable: string | null;
}

/**
 * Sends queued mails, a few at a time: each is claimed in a transaction of its own, sent outside of any, and settled. A process that
 * dies leaves at most the mails it was just sending in doubt; the others are still queued.
 */
export async function sendQueuedMails(run: MailServices, mailRun: MailRun): Promise<SentMails> {
  const deliveryIds = (await run.db.read(run.communityId, queuedMails)).values();
  let sent = 0;
  let unreachable: string | null = null;
  const sendInTurn = async () => {
    for (const deliveryId of deliveryIds) {
      if (unreachable !== null) return;
      const sending = await sendOne(run, { ...mailRun, deliveryId });
      if (sending?.kind === "sent") sent += 1;
      if (sending?.kind === "unreachable") unreachable = sending.reason;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: MAIL_CONNECTIONS }, sendInTurn));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return { sent, unreachable };
}

/**
 * Sends one mail; null when there was nothing to send. It reads the clock at each step, since a slow server can make the run last into
 * the night: claims are as old as they are, and after a claim that had to wait for its turn the hour is looked at again.
 */
async function sendOne(
  { db, communityId, crypto, mailer, clock }: MailServices,
  run: MailRun & { readonly deliveryId: Id },
): Promise<Sending | null> {
  const claim = await db.transaction(communityId, (tx) => claimMail(tx, run, crypto, clock()));
  if (claim.kind !== "claimed") return null;
  const sending = mustWait(claim, run, clock()) ?? (await mailer.send(claim.mail));
  await db.transaction(communityId, (tx) => settleMail(tx, { deliveryId: run.deliveryId, sending }, clock()));
  return sending;
}
