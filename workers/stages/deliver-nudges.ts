import { communityById } from "../../src/identity/community-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { type DeliveryBatch, type DeliveryRun, deliverBatch } from "../../src/nudges/delivery-actions.ts";
import { abandonInterrupted, giveUpMails } from "../../src/nudges/mail-actions.ts";
import { publishedPolicy } from "../../src/nudges/policy-queries.ts";
import { type SentMails, sendQueuedMails } from "../send-mails.ts";
import type { StageResult, StageRun } from "../stage.ts";

/**
 * Delivers what was decided in the last day: inboxes at once and in batches, e-mails one by one through a queue that outlasts a mail
 * server out of reach. A past day that is run again fills inboxes only.
 */
export async function runDeliverNudges(run: StageRun): Promise<StageResult> {
  const { db, communityId, live } = run;
  const policy = await db.read(communityId, publishedPolicy);
  if (policy === null) return { rows: 0, summary: "no policy is published: publish one first" };
  const community = await communityById(db.system, communityId);
  assert(community, "a stage runs for a community that exists");
  const { quietHours } = policy.settings;
  const { inApp, waiting } = await deliverAll(run, { quietHours, communityName: community.name, live });
  const { sent, unreachable, abandoned, buried } = live
    ? await sendMails(run, { quietHours, communityName: community.name })
    : NO_MAILS;
  const trouble = [
    ...(unreachable === null ? [] : [`the mail server is out of reach (${unreachable}): the rest waits for it`]),
    ...(buried === 0 ? [] : [`${buried} e-mails given up after a day, see the dead letters`]),
    ...(abandoned === 0 ? [] : [`${abandoned} e-mails interrupted: whether they went out is not known`]),
  ];
  const told = `${inApp} in inboxes, ${sent} e-mails, ${waiting} waiting for the morning`;
  return { rows: inApp + sent, summary: [told, ...trouble].join("; ") };
}

async function deliverAll(run: StageRun, deliveryRun: DeliveryRun): Promise<{ inApp: number; waiting: number }> {
  let inApp = 0;
  let waiting = 0;
  let after: Id | null = null;
  do {
    const from: Id | null = after;
    const batch: DeliveryBatch = await run.db.transaction(run.communityId, (tx) =>
      deliverBatch(tx, { ...deliveryRun, after: from }, run.clock()),
    );
    inApp += batch.inApp;
    waiting += batch.waiting;
    after = batch.next;
    run.onProgress(inApp, null);
  } while (after !== null);
  return { inApp, waiting };
}

const NO_MAILS = { sent: 0, unreachable: null, abandoned: 0, buried: 0 };

async function sendMails(
  run: StageRun,
  mailRun: Pick<DeliveryRun, "quietHours" | "communityName">,
): Promise<SentMails & { abandoned: number; buried: number }> {
  const { db, communityId, clock } = run;
  const abandoned = await db.transaction(communityId, (tx) => abandonInterrupted(tx, clock()));
  let buried = 0;
  for (;;) {
    const batch = await db.transaction(communityId, (tx) => giveUpMails(tx, clock()));
    if (batch === 0) break;
    buried += batch;
  }
  return { ...(await sendQueuedMails(run, mailRun)), abandoned, buried };
}
