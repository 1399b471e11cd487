import { and, eq, sql } from "drizzle-orm";
import { nudgePolicies } from "../../drizzle/tables/nudges.ts";
import { campaignsById } from "../coupons/campaign-queries.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { type Policy, publishedPolicy } from "./policy-queries.ts";
import { couponCampaignOf, type PolicySettings, readPolicySettings } from "./policy-rules.ts";

/**
 * Publishes a new version of the policy and retires the one before; decisions name the version that made them.
 * @throws Refusal `input.invalid` naming the setting.
 */
export async function publishPolicy(tx: Tx, settings: unknown, now: Instant): Promise<Policy> {
  await lockPublishing(tx);
  return publish(tx, settings, now);
}

/**
 * Publishes settings that were made by changing version `seenVersion` (0: there was none).
 * @throws Refusal `revision.outdated` when somebody has published another since, `input.invalid` naming the setting.
 */
export async function replacePolicy(
  tx: Tx,
  input: { readonly settings: unknown; readonly seenVersion: number },
  now: Instant,
): Promise<Policy> {
  await lockPublishing(tx);
  const current = (await publishedPolicy(tx))?.version ?? 0;
  if (current !== input.seenVersion) {
    throw new Refusal("revision.outdated", { seen: input.seenVersion, current }, "seenVersion");
  }
  return publish(tx, input.settings, now);
}

/** Publishing is rare: one at a time a community, so that versions have no gaps and one is published. */
async function lockPublishing(tx: Tx): Promise<void> {
  await tx.sql.execute(sql`select pg_advisory_xact_lock(hashtextextended('nudge-policy:' || ${tx.communityId}, 0))`);
}

async function publish(tx: Tx, settings: unknown, now: Instant): Promise<Policy> {
  const read = readPolicySettings(settings);
  await assertCampaignExists(tx, read);
  const ofCommunity = eq(nudgePolicies.communityId, tx.communityId);
  const [last] = await tx.sql
    .select({ version: sql<number>`coalesce(max(${nudgePolicies.version}), 0)::int` })
    .from(nudgePolicies)
    .where(ofCommunity);
  const version = (last?.version ?? 0) + 1;
  await tx.sql
    .update(nudgePolicies)
    .set({ state: "retired" })
    .where(and(ofCommunity, eq(nudgePolicies.state, "published")));
  await tx.sql
    .insert(nudgePolicies)
    .values({ communityId: tx.communityId, version, state: "published", settings: read, createdAt: now });
  return { version, settings: read, publishedAt: now };
}

async function assertCampaignExists(tx: Tx, settings: PolicySettings): Promise<void> {
  const campaignId = couponCampaignOf(settings);
  if (campaignId === null || (await campaignsById(tx, [campaignId])).length > 0) return;
  const position = settings.actions.findIndex((action) => action.action === "grant-coupon");
  throw new Refusal(
    "not-found",
    { what: "coupon campaign", id: campaignId },
    `settings.actions.${position}.campaignId`,
  );
}
