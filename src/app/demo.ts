import { externalIdentities } from "../../drizzle/tables/identity.ts";
import { enqueueStage } from "../../workers/worker-process.ts";
import { createCampaign } from "../coupons/campaign-actions.ts";
import { generateCodes } from "../coupons/code-actions.ts";
import { CLIENT_ISSUER } from "../events/ingest-actions.ts";
import type { NewCommunity } from "../identity/community-actions.ts";
import { allCommunities } from "../identity/community-queries.ts";
import type { Viewer } from "../identity/viewer.ts";
import { addDays, dayIn } from "../kernel/calendar.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import { DEFAULT_POLICY } from "../nudges/policy-rules.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import type { Logger } from "../platform/logging.ts";
import { loadSimulation } from "../simulation/load-community.ts";
import { exemplaryMember } from "../simulation/load-queries.ts";
import { simulateCommunity } from "../simulation/simulate.ts";
import { provision } from "./provisioning.ts";
import { DEVELOPMENT_ISSUER } from "./secrets.ts";
import type { Terminal } from "./terminal.ts";
import { openQueues } from "./worker-process.ts";
import type { Workspace } from "./workspace.ts";

const DEMO: NewCommunity = {
  slug: "demo",
  name: "拾光学堂 Learning Demo",
  locale: "zh-CN",
  timeZone: "Asia/Shanghai",
};

/** Development tokens, and clients' events, name members by the simulation's keys. */
const ISSUERS = [DEVELOPMENT_ISSUER, CLIENT_ISSUER];

/** Of so many days, points and badges are earned after the start: the workers are through with them in about half a minute. */
const REWARDED_DAYS = 7;

/** How many codes the demo's coupon campaign has. */
const CODES = 40;

interface DemoOptions {
  readonly seed?: number;
  readonly memberCount?: number;
}

/**
 * Makes the demo community where there is none at all yet: all of it, or nothing that the next start would not make again. Returns
 * its id, null when it was not made now.
 */
export async function ensureDemoCommunity(
  { db, crypto, clock }: Pick<Workspace, "db" | "crypto" | "clock">,
  terminal: Pick<Terminal, "note">,
  options: DemoOptions = {},
): Promise<Id | null> {
  if ((await allCommunities(db.system)).length > 0) return null;
  terminal.note("First start: filling the demo community …");
  const now = clock();
  const communityId = newId(now);
  try {
    await db.transaction(communityId, (tx) => fill(tx, crypto, options, now));
    return communityId;
  } catch (error) {
    // Another process of this installation was faster; its transaction has just committed.
    if (error instanceof Refusal && error.code === "community.slug-taken") return null;
    throw error;
  }
}

/**
 * Asks the workers for the whole pipeline, as of a day whose outcomes are known by now, and then as of today: the newcomer sees
 * decisions and what came of them.
 */
export async function startDemoPipeline(workspace: Workspace, communityId: Id, logger: Logger): Promise<void> {
  const today = dayIn(DEMO.timeZone, workspace.clock());
  const queues = openQueues(workspace, logger);
  try {
    const asOf = addDays(today, -(DEFAULT_POLICY.outcomeDays + 2));
    await enqueueStage(queues, { stage: null, communityId, asOf, next: { stage: null, communityId } });
  } finally {
    await queues.close();
  }
}

async function fill(tx: Tx, crypto: Crypto, { seed = 1, memberCount }: DemoOptions, now: Instant): Promise<void> {
  await provision(tx, DEMO, now);
  const simulation = simulateCommunity({ seed, now, memberCount });
  const { memberId } = await loadSimulation(tx, simulation, { now, issuers: ISSUERS, toldDays: REWARDED_DAYS });
  await nameAs(tx, "member", await exemplaryMember(tx, now), now);
  await nameAs(tx, "moderator", memberId("moderator-1"), now);
  await openCampaign(tx, crypto, memberId("operator"), now);
}

/** Lets the token of a role name somebody with a history. The operator's key is `operator` already; a service has none. */
async function nameAs(tx: Tx, subject: string, memberId: Id, now: Instant): Promise<void> {
  const { communityId } = tx;
  await tx.sql
    .insert(externalIdentities)
    .values(ISSUERS.map((issuer) => ({ communityId, issuer, subject, memberId, createdAt: now })));
}

async function openCampaign(tx: Tx, crypto: Crypto, operatorId: Id, now: Instant): Promise<void> {
  const operator: Viewer = {
    communityId: tx.communityId,
    memberId: operatorId,
    role: "operator",
    locale: DEMO.locale,
    timeZone: DEMO.timeZone,
    suspended: false,
  };
  const draft = {
    name: "老学员八折 · 20 % off the next course",
    discountKind: "percent" as const,
    discountValue: 20,
    currency: null,
    startsAt: now,
    endsAt: addMs(now, 90 * DAY_MS),
    usesMax: CODES,
    perMemberMax: 1,
    holdMinutes: 30,
  };
  const { id: campaignId } = await createCampaign(tx, operator, draft, now);
  await generateCodes(tx, crypto, operator, { campaignId, count: CODES }, now);
}
