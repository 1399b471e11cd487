import { and, asc, desc, eq } from "drizzle-orm";
import { pointRules } from "../../drizzle/tables/rewards.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { PointRule } from "./point-rules.ts";
import type { RuleEventType } from "./rule-event-catalogue.ts";

const COLUMNS = `community_id as "communityId", key, version, state, event_type as "eventType", condition, recipient,
  experience, coins, daily_max as "dailyMax", created_at as "createdAt"`;

const publishedFor = prepared<PointRule>(
  "point_rules_published_for",
  `select ${COLUMNS} from point_rules where community_id = $1 and event_type = $2 and state = 'published'`,
);

const versionOf = prepared<PointRule>(
  "point_rule_version",
  `select ${COLUMNS} from point_rules where community_id = $1 and key = $2 and version = $3`,
);

/** The published rules that follow events of `eventType`. */
export async function publishedRulesFor(reader: Reader, eventType: RuleEventType): Promise<PointRule[]> {
  return publishedFor(reader, [reader.communityId, eventType]);
}

/** One version of a rule, whatever its state. */
export async function ruleVersion(reader: Reader, key: string, version: number): Promise<PointRule | null> {
  const [rule] = await versionOf(reader, [reader.communityId, key, version]);
  return rule ?? null;
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
