import { pointRules } from "../../drizzle/tables/rewards.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { DEFAULT_POINT_RULES } from "./default-rules-catalogue.ts";
import { assertPublishable, type PointRule, type PointRuleDraft } from "./point-rules.ts";
import { lockPublishing } from "./publishing-lock.ts";

const retire = prepared(
  "point_rule_retire",
  "update point_rules set state = 'retired' where community_id = $1 and key = $2 and state = 'published'",
);

const newestVersion = prepared<{ version: number }>(
  "point_rule_newest",
  "select coalesce(max(version), 0) as version from point_rules where community_id = $1 and key = $2",
);

/**
 * Publishes a rule: as version 1, or as the version that follows the one in force. What earlier versions paid stays as it
 * was. Two publications at once follow one another.
 * @throws Refusal `not-allowed` for others than operators, and as {@link assertPublishable} does.
 */
export async function publishPointRule(
  tx: Tx,
  viewer: Viewer,
  draft: PointRuleDraft,
  now: Instant,
): Promise<PointRule> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "publish point rules" });
  assertPublishable(draft);
  await lockPublishing(tx);
  const [newest] = await newestVersion(tx, [tx.communityId, draft.key]);
  await retire(tx, [tx.communityId, draft.key]);
  const rule = row(tx, draft, (newest?.version ?? 0) + 1, now);
  await tx.sql.insert(pointRules).values(rule);
  return rule;
}

/** Gives a community the default rules; leaves every rule alone that it has had in any version. */
export async function publishDefaultRules(tx: Tx, now: Instant): Promise<void> {
  await tx.sql
    .insert(pointRules)
    .values(DEFAULT_POINT_RULES.map((draft) => row(tx, draft, 1, now)))
    .onConflictDoNothing();
}

function row(tx: Tx, draft: PointRuleDraft, version: number, now: Instant): PointRule {
  const { key, eventType, condition, recipient, experience, coins, dailyMax } = draft;
  const rule = { key, eventType, condition, recipient, experience, coins, dailyMax };
  return { ...rule, communityId: tx.communityId, version, state: "published", createdAt: now };
}
