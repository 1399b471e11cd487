import type { pointRules } from "../../drizzle/tables/rewards.ts";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";
import { isRuleEventType, type PayableEvent, RULE_EVENTS } from "./rule-event-catalogue.ts";

export type PointRule = typeof pointRules.$inferSelect;

/** What a rule says, without its version: what an operator publishes. */
export type PointRuleDraft = Pick<
  PointRule,
  "key" | "eventType" | "condition" | "recipient" | "experience" | "coins" | "dailyMax"
>;

/** The most that one happening may pay, of either unit. */
const POINTS_MAX = 1_000;

/** A rule that follows from an event, and whom it pays. */
export interface Earning {
  readonly rule: PointRule;
  readonly memberId: Id;
}

/**
 * Whom `event` pays by which of `rules`, which were in force when it happened, in the order of members' ids: the order in which
 * their accounts are locked.
 */
export function earningsOf(event: PayableEvent, rules: readonly PointRule[]): Earning[] {
  if (event.selfServed) return [];
  return rules
    .filter((rule) => rule.state !== "draft" && rule.eventType === event.type && conditionHolds(rule, event))
    .filter((rule) => !event.bystanders.includes(rule.recipient))
    .map((rule) => ({ rule, memberId: event.fields[rule.recipient] as Id }))
    .sort((a, b) => compare(a.memberId, b.memberId) || compare(a.rule.key, b.rule.key));
}

function conditionHolds(rule: PointRule, event: PayableEvent): boolean {
  return Object.entries(rule.condition).every(([field, value]) => event.fields[field] === value);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether a rule still pays on a day on which it has paid `paid` times, not counting what was taken back since. */
export function underDailyCap(rule: Pick<PointRule, "dailyMax">, paid: number): boolean {
  return rule.dailyMax === null || paid < rule.dailyMax;
}

const NUMBER = /^-?\d{1,9}$/;

/** A condition from text, as people and forms give it: fields that hold numbers are read as numbers. */
export function readCondition(
  eventType: string,
  pairs: readonly { readonly field: string; readonly value: string }[],
): PointRuleDraft["condition"] {
  const known: Readonly<Record<string, string>> = isRuleEventType(eventType) ? RULE_EVENTS[eventType].conditions : {};
  return Object.fromEntries(
    pairs.map(({ field, value }) => [field, known[field] === "number" && NUMBER.test(value) ? Number(value) : value]),
  );
}

/** @throws Refusal `rule.unknown-event` or `input.invalid` naming the field, for a rule that could not work. */
export function assertPublishable(draft: PointRuleDraft): void {
  const invalid = (reason: string, field: string) => new Refusal("input.invalid", { reason }, field);
  if (!/^[a-z][a-z0-9-]{1,59}$/.test(draft.key)) {
    throw invalid("a rule's key has 2 to 60 of a-z, 0-9 and “-”, and starts with a letter", "key");
  }
  if (!isRuleEventType(draft.eventType)) {
    throw new Refusal("rule.unknown-event", { eventType: draft.eventType }, "eventType");
  }
  const facts = RULE_EVENTS[draft.eventType];
  if (!(facts.recipients as readonly string[]).includes(draft.recipient)) {
    throw invalid(`the event “${draft.eventType}” can pay ${facts.recipients.map(publicName).join(", ")}`, "recipient");
  }
  const known: Readonly<Record<string, "text" | "number">> = facts.conditions;
  const misplaced = Object.entries(draft.condition).some(
    ([field, value]) =>
      !Object.hasOwn(known, field) || known[field] !== (typeof value === "number" ? "number" : "text"),
  );
  if (misplaced) {
    const asked = Object.entries(known).map(([field, type]) => `${field} (${type})`);
    throw invalid(
      asked.length === 0
        ? `a condition on “${draft.eventType}” can ask about nothing`
        : `a condition on “${draft.eventType}” can ask about ${asked.join(", ")}`,
      "condition",
    );
  }
  for (const unit of ["experience", "coins"] as const) {
    if (!Number.isInteger(draft[unit]) || draft[unit] < 0 || draft[unit] > POINTS_MAX) {
      throw invalid(`a rule pays 0 to ${POINTS_MAX} of each`, unit);
    }
  }
  if (draft.experience + draft.coins === 0) throw invalid("a rule pays something", "experience");
  if (draft.dailyMax !== null && (!Number.isInteger(draft.dailyMax) || draft.dailyMax < 1 || draft.dailyMax > 1_000)) {
    throw invalid("a rule pays 1 to 1000 times a day, or without a cap", "dailyMax");
  }
}

/** What the API calls whom a rule pays: `answererId` is ANSWERER there. */
function publicName(recipient: string): string {
  return recipient.replace(/Id$/, "").toUpperCase();
}
