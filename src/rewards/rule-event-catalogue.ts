import type { RuleRecipient } from "../../drizzle/tables/rewards.ts";
import type { DomainEvent, DomainEventOf } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";

/** The events that a rule may pay for. */
export type RuleEventType = keyof typeof RULE_EVENTS;

/** What an event that may be paid for says to the ledger. */
interface RuleEvent<Type extends DomainEvent["type"]> {
  /** The fields that name somebody who can earn. */
  readonly recipients: readonly RuleRecipient[];
  /** The fields that a rule's condition may ask about, and what they hold. */
  readonly conditions: Readonly<Record<string, "text" | "number">>;
  /** What happened, as the thing whose removal takes the points back; kept once for each rule. */
  readonly causeId: (event: DomainEventOf<Type>) => Id;
  /** The post that it followed from: hiding that post takes the points back. */
  readonly postId: (event: DomainEventOf<Type>) => Id | null;
  /** Who did it. */
  readonly actorId: (event: DomainEventOf<Type>) => Id;
  /** Whether somebody did it to themselves, which pays nobody. */
  readonly selfServed: (event: DomainEventOf<Type>) => boolean;
  /** Those of `recipients` who had no part in it this time, and earn nothing by it. */
  readonly bystanders?: (event: DomainEventOf<Type>) => readonly RuleRecipient[];
}

function ruleEvent<Type extends DomainEvent["type"]>(_type: Type, facts: RuleEvent<Type>): RuleEvent<Type> {
  return facts;
}

const never = () => false;

export const RULE_EVENTS = {
  "member.joined": ruleEvent("member.joined", {
    recipients: ["memberId"],
    conditions: {},
    causeId: (event) => event.memberId,
    postId: () => null,
    actorId: (event) => event.memberId,
    selfServed: never,
  }),
  "thread.created": ruleEvent("thread.created", {
    recipients: ["authorId"],
    conditions: { kind: "text", spaceId: "text" },
    causeId: (event) => event.threadId,
    postId: (event) => event.openingPostId,
    actorId: (event) => event.authorId,
    selfServed: never,
  }),
  "post.created": ruleEvent("post.created", {
    recipients: ["authorId"],
    conditions: { kind: "text" },
    causeId: (event) => event.postId,
    postId: (event) => event.postId,
    actorId: (event) => event.authorId,
    selfServed: (event) => event.kind === "answer" && event.authorId === event.threadAuthorId,
  }),
  "vote.cast": ruleEvent("vote.cast", {
    recipients: ["authorId", "voterId"],
    conditions: { postKind: "text", value: "number" },
    causeId: (event) => event.voteId,
    postId: (event) => event.postId,
    actorId: (event) => event.voterId,
    selfServed: (event) => event.voterId === event.authorId,
  }),
  "answer.accepted": ruleEvent("answer.accepted", {
    recipients: ["answererId", "askerId"],
    conditions: {},
    causeId: (event) => event.acceptanceId,
    postId: (event) => event.postId,
    actorId: (event) => event.acceptedById,
    selfServed: (event) => event.answererId === event.acceptedById || event.answererId === event.askerId,
    // A moderator chose: the asker did nothing that could be paid.
    bystanders: (event) => (event.acceptedById === event.askerId ? [] : ["askerId"]),
  }),
} as const;

/** Whether rules can follow events of this type. */
export function isRuleEventType(type: string): type is RuleEventType {
  return Object.hasOwn(RULE_EVENTS, type);
}

/** What an event says to the ledger, read from the catalogue. */
export interface PayableEvent {
  readonly type: RuleEventType;
  readonly causeId: Id;
  readonly postId: Id | null;
  readonly actorId: Id;
  readonly selfServed: boolean;
  readonly bystanders: readonly RuleRecipient[];
  /** The event's fields, for conditions and recipients. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads `event` as one that rules can pay for; null for the others. */
export function readPayable(event: DomainEvent): PayableEvent | null {
  if (!isRuleEventType(event.type)) return null;
  const facts = RULE_EVENTS[event.type] as RuleEvent<DomainEvent["type"]>;
  return {
    type: event.type,
    causeId: facts.causeId(event),
    postId: facts.postId(event),
    actorId: facts.actorId(event),
    selfServed: facts.selfServed(event),
    bystanders: [...(facts.bystanders?.(event) ?? []), ...namelessIn(event)],
    fields: event,
  };
}

/** Who earns nothing by an anonymous post, whatever rules say: points are for everybody to see, and would tell who wrote it. */
function namelessIn(event: DomainEvent): readonly RuleRecipient[] {
  return "anonymous" in event && event.anonymous === true ? ["authorId", "answererId", "askerId"] : [];
}
