import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { DomainEventType } from "../../src/kernel/domain-events.ts";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type PointUnit = "experience" | "coins";
/**
 * `member` is the member's own account; the others are the community's, whose balances are sums over lines. `owed` holds what
 * a reversal could not take back because the coins were already spent: later coins pay it first.
 */
export type LedgerAccount = "member" | "issued" | "spent" | "owed";
export type RuleState = "draft" | "published" | "retired";

/** Who earns when a rule's event happens: a field of that event. */
export type RuleRecipient = "authorId" | "voterId" | "answererId" | "askerId" | "memberId" | "reporterId";

/** Rules are versioned data: a published version is never changed, only followed by another. */
export const pointRules = pgTable(
  "point_rules",
  {
    communityId: tenantColumn(),
    key: text().notNull(),
    version: integer().notNull(),
    state: text().$type<RuleState>().notNull(),
    eventType: text().$type<DomainEventType>().notNull(),
    /** Field values that the event must carry, such as `{ "value": 1 }`. */
    condition: jsonb().$type<Record<string, string | number>>().notNull(),
    recipient: text().$type<RuleRecipient>().notNull(),
    experience: integer().notNull(),
    coins: integer().notNull(),
    /** How often a day (of the member's) the rule pays; null for no cap. */
    dailyMax: integer(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.key, t.version] }),
    index("point_rules_event").on(t.communityId, t.eventType, t.state),
    uniqueIndex("point_rules_published").on(t.communityId, t.key).where(sql`state = 'published'`),
    tenantPolicy("point_rules"),
  ],
);

/** One movement of points, its cause, and what it takes back. Append-only. */
export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    /** What makes the entry happen once, such as `rule:answer-accepted:<acceptance id>`. */
    sourceKey: text().notNull(),
    /** The member whose account moves. */
    memberId: uuid().notNull(),
    /** The post, vote, acceptance, grant or redemption that this followed from: what a reversal looks up. */
    causeKind: text().notNull(),
    causeId: uuid().notNull(),
    /** The content the cause belongs to, where there is one: hiding a post reverses all that followed from it. */
    postId: uuid(),
    ruleKey: text(),
    ruleVersion: integer(),
    actorId: uuid(),
    reversalOf: uuid(),
    /** The member's day that the entry counts for: what daily caps go by. */
    day: text().notNull(),
    occurredAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("ledger_entries_source").on(t.communityId, t.sourceKey),
    uniqueIndex("ledger_entries_reversal").on(t.communityId, t.reversalOf).where(sql`reversal_of is not null`),
    index("ledger_entries_member").on(t.communityId, t.memberId, t.occurredAt.desc(), t.id.desc()),
    index("ledger_entries_rule_day")
      .on(t.communityId, t.memberId, t.ruleKey, t.day)
      .where(sql`rule_key is not null and reversal_of is null`),
    index("ledger_entries_cause").on(t.communityId, t.causeId),
    index("ledger_entries_post").on(t.communityId, t.postId).where(sql`post_id is not null`),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("ledger_entries"),
  ],
);

/** The two sides of an entry. A deferred constraint trigger refuses an entry whose lines do not sum to zero by unit. */
export const ledgerLines = pgTable(
  "ledger_lines",
  {
    communityId: tenantColumn(),
    entryId: uuid().notNull(),
    line: smallint().notNull(),
    account: text().$type<LedgerAccount>().notNull(),
    /** Set on the member's side only. */
    memberId: uuid(),
    unit: text().$type<PointUnit>().notNull(),
    amount: bigint({ mode: "number" }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.entryId, t.line] }),
    index("ledger_lines_member").on(t.communityId, t.memberId, t.unit).where(sql`member_id is not null`),
    foreignKey({ columns: [t.communityId, t.entryId], foreignColumns: [ledgerEntries.communityId, ledgerEntries.id] }),
    check("ledger_lines_member_side", sql`(account = 'member') = (member_id is not null)`),
    tenantPolicy("ledger_lines"),
  ],
);

/** A projection of the ledger, moved in the same transaction; its row lock orders a member's movements. */
export const pointBalances = pgTable(
  "point_balances",
  {
    communityId: tenantColumn(),
    memberId: uuid().notNull(),
    experience: bigint({ mode: "number" }).notNull(),
    coins: bigint({ mode: "number" }).notNull(),
    /** Coins that were taken back after they had been spent. Whoever owes has none: what comes in pays this first. */
    coinsOwed: bigint({ mode: "number" }).notNull().default(0),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.memberId] }),
    index("point_balances_rank").on(t.communityId, t.experience.desc(), t.memberId),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    check("point_balances_floor", sql`coins >= 0`),
    check("point_balances_owed", sql`coins_owed >= 0 and (coins = 0 or coins_owed = 0)`),
    tenantPolicy("point_balances"),
  ],
);

/**
 * Whether what followed from a vote, an acceptance or a post still counts, once somebody said so. Events arrive in any order
 * and more than once; the word of the highest version stands, and the ledger is made to agree with it.
 */
export const pointStandings = pgTable(
  "point_standings",
  {
    communityId: tenantColumn(),
    subjectId: uuid().notNull(),
    stands: boolean().notNull(),
    /** The post's `state_version` as of the word; 1 for a vote or an acceptance, which is taken back once and for good. */
    version: integer().notNull().default(0),
    /** The event that said so, what it was about, and who did it. */
    eventType: text().$type<DomainEventType>().notNull(),
    causeId: uuid().notNull(),
    actorId: uuid(),
    saidAt: instant().notNull(),
    eventId: uuid().notNull(),
  },
  (t) => [primaryKey({ columns: [t.communityId, t.subjectId] }), tenantPolicy("point_standings")],
);

/**
 * Awards that rules owe and the ledger does not show: what a day's cap left no room for, and what does not stand at the moment.
 * When either changes they are posted, oldest first; what a vote or an acceptance earned goes with it.
 */
export const waitingAwards = pgTable(
  "waiting_awards",
  {
    communityId: tenantColumn(),
    /** Of the ledger entry that it will be. */
    sourceKey: text().notNull(),
    memberId: uuid().notNull(),
    ruleKey: text().notNull(),
    ruleVersion: integer().notNull(),
    causeKind: text().notNull(),
    causeId: uuid().notNull(),
    postId: uuid(),
    actorId: uuid(),
    day: text().notNull(),
    occurredAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.sourceKey] }),
    index("waiting_awards_day").on(t.communityId, t.memberId, t.ruleKey, t.day, t.occurredAt, t.sourceKey),
    index("waiting_awards_cause").on(t.communityId, t.causeId),
    index("waiting_awards_post").on(t.communityId, t.postId).where(sql`post_id is not null`),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    foreignKey({
      columns: [t.communityId, t.ruleKey, t.ruleVersion],
      foreignColumns: [pointRules.communityId, pointRules.key, pointRules.version],
    }),
    tenantPolicy("waiting_awards"),
  ],
);

/** Badges are versioned data too; `criteria` is read by `src/rewards/badge-rules.ts`. */
export const badgeDefinitions = pgTable(
  "badge_definitions",
  {
    communityId: tenantColumn(),
    key: text().notNull(),
    version: integer().notNull(),
    state: text().$type<RuleState>().notNull(),
    title: jsonb().$type<{ en: string; "zh-CN": string }>().notNull(),
    criteria: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.key, t.version] }),
    uniqueIndex("badge_definitions_published").on(t.communityId, t.key).where(sql`state = 'published'`),
    tenantPolicy("badge_definitions"),
  ],
);

export const badgeAwards = pgTable(
  "badge_awards",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    memberId: uuid().notNull(),
    badgeKey: text().notNull(),
    /** Null for badges brought in by an import. */
    badgeVersion: integer(),
    /** Distinguishes repeatable imported badges; "" for our own, which are awarded once. */
    occurrence: text().notNull(),
    causeId: uuid(),
    awardedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("badge_awards_once").on(t.communityId, t.memberId, t.badgeKey, t.occurrence),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("badge_awards"),
  ],
);
