import { and, asc, desc, eq } from "drizzle-orm";
import { pointRules } from "../../drizzle/tables/rewards.ts";
import { assert } from "../kernel/assert.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { PointRule } from "./point-rules.ts";
import type { RuleEventType } from "./rule-event-catalogue.ts";

const COLUMNS = `community_id as "communityId", key, version, state, event_type as "eventType", condition, recipient,
  experience, coins, daily_max as "dailyMax", created_at as "createdAt"`;

const inForceAt = prepared<PointRule>(
  "point_rules_in_force_at",
  `select ${COLUMNS} from point_rules r
   where community_id = $1 and event_type = $2 and state <> 'draft' and (created_at <= $3 or version = 1)
     and not exists (select from point_rules n where n.community_id = $1 and n.key = r.key and n.version > r.version
                     and n.state <> 'draft' and n.created_at <= $3)
     and (state = 'published' or exists (select from point_rules n where n.community_id = $1 and n.key = r.key
                                         and n.version > r.version and n.state <> 'draft'))`,
);

const versionOf = prepared<PointRule>(
  "point_rule_version",
  `select ${COLUMNS} from point_rules where community_id = $1 and key = $2 and version = $3`,
);

/**
 * The rules that follow events of `eventType`, in the versions that were in force at `instant`, however late it is asked: a rule
 * that follows another counts from its publication. History from before a rule, as imports bring it, goes by its first version.
 */
export async function rulesInForceAt(reader: Reader, eventType: RuleEventType, instant: Instant): Promise<PointRule[]> {
  return inForceAt(reader, [reader.communityId, eventType, instant]);
}

/** One version of a rule by which something was awarded, whatever its state is now. */
export async function ruleVersion(reader: Reader, key: string, version: number): Promise<PointRule> {
  const [rule] = await versionOf(reader, [reader.communityId, key, version]);
  assert(rule, "rules are followed by others, never deleted");
  return rule;
}

/** The published rules by key, or with `history` every version, newest first within a key. */
export async function allRules(reader: Reader, options: { history: boolean }): Promise<PointRule[]> {
  const published = options.history ? undefined : eq(pointRules.state, "published");
  return reader.sql
    .select()
    .from(pointRules)
    .where(and(eq(pointRules.communityId, reader.communityId), published))
    .orderBy(asc(pointRules.key), desc(pointRules.version));
}
