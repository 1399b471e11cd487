import { badgeDefinitions } from "../../drizzle/tables/rewards.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import type { RecordedEvent } from "../kernel/domain-events.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { lockAccount } from "./account-actions.ts";
import { DEFAULT_BADGES } from "./badge-catalogue.ts";
import { badgeFacts, badgesOpenTo } from "./badge-queries.ts";
import { assertNamed, type BadgeAward, type BadgeDefinition, readCriteria, satisfies } from "./badge-rules.ts";
import { lockPublishing } from "./publishing-lock.ts";

const insertAward = prepared<{ id: Id }>(
  "badge_award_insert",
  `insert into badge_awards (community_id, id, member_id, badge_key, badge_version, occurrence, cause_id, awarded_at)
   values ($1, $2, $3, $4, $5, '', $6, $7)
   on conflict (community_id, member_id, badge_key, occurrence) do nothing returning id`,
);

/**
 * The subscriber that awards badges: whenever a member's points rise, those badges whose criteria the ledger now meets, each
 * once. A badge stays when what earned it is taken back later. Takes the member's account lock, so that it reads what every
 * earlier movement left.
 */
export async function awardBadges(tx: Tx, recorded: RecordedEvent, now: Instant): Promise<BadgeAward[]> {
  const { event } = recorded;
  if (event.type !== "points.posted" || event.experience <= 0) return [];
  const { memberId, entryId } = event;
  const open = await badgesOpenTo(tx, memberId);
  if (open.length === 0) return [];
  const { experience } = await lockAccount(tx, memberId, now);
  const facts = await badgeFacts(tx, memberId, experience);
  const awards: BadgeAward[] = [];
  for (const badge of open.filter(({ criteria }) => satisfies(criteria, facts))) {
    const id = newId(now);
    const inserted = await insertAward(tx, [tx.communityId, id, memberId, badge.key, badge.version, entryId, now]);
    if (inserted.length === 0) continue;
    await emit(tx, { type: "badge.awarded", awardId: id, memberId, badgeKey: badge.key }, now);
    awards.push({ id, memberId, badgeKey: badge.key });
  }
  return awards;
}

const retire = prepared(
  "badge_retire",
  "update badge_definitions set state = 'retired' where community_id = $1 and key = $2 and state = 'published'",
);

const newestVersion = prepared<{ version: number }>(
  "badge_newest",
  "select coalesce(max(version), 0) as version from badge_definitions where community_id = $1 and key = $2",
);

/**
 * Publishes a badge, as version 1 or as the version that follows the one in force. Who has it already keeps it.
 * @throws Refusal `not-allowed` for others than operators, or `input.invalid`.
 */
export async function publishBadge(
  tx: Tx,
  viewer: Viewer,
  draft: { key: string; title: BadgeDefinition["title"]; criteria: unknown },
  now: Instant,
): Promise<BadgeDefinition> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "publish badges" });
  const criteria = readCriteria(draft.criteria);
  assertNamed(draft.key, draft.title);
  await lockPublishing(tx);
  const [newest] = await newestVersion(tx, [tx.communityId, draft.key]);
  await retire(tx, [tx.communityId, draft.key]);
  const badge = { key: draft.key, version: (newest?.version ?? 0) + 1, title: draft.title, criteria };
  await tx.sql
    .insert(badgeDefinitions)
    .values({ ...badge, communityId: tx.communityId, state: "published", createdAt: now });
  return badge;
}

/** Gives a community the default badges; leaves every badge alone that it has had in any version. */
export async function publishDefaultBadges(tx: Tx, now: Instant): Promise<void> {
  const rows = DEFAULT_BADGES.map((badge) => ({
    ...badge,
    communityId: tx.communityId,
    version: 1,
    state: "published" as const,
    createdAt: now,
  }));
  await tx.sql.insert(badgeDefinitions).values(rows).onConflictDoNothing();
}
