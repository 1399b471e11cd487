import { type Day, startOfDay } from "../kernel/calendar.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { EventKind } from "./tracking-plan-catalogue.ts";

/**
 * A row of a Stack Exchange dump, with the accounts that its references lead to; `U` is what accounts are called (a site's user
 * number, a member id). Null stands for a deleted account, which no event is recorded for.
 */
export type DumpFact<U> =
  | { readonly row: "user"; readonly id: number; readonly user: U; readonly createdAt: Instant }
  | { readonly row: "question"; readonly id: number; readonly owner: U | null; readonly createdAt: Instant }
  | {
      readonly row: "answer";
      readonly id: number;
      readonly owner: U | null;
      readonly asker: U | null;
      readonly createdAt: Instant;
    }
  | {
      readonly row: "comment";
      readonly id: number;
      readonly author: U | null;
      readonly postOwner: U | null;
      readonly createdAt: Instant;
    }
  | {
      readonly row: "vote";
      readonly id: number;
      readonly type: "up" | "down" | "accepted";
      readonly postOwner: U | null;
      readonly day: Day;
    }
  | { readonly row: "badge"; readonly id: number; readonly user: U; readonly awardedAt: Instant };

/** One event to record. `key` is unique within the dump: with the site's name before it, it makes the message id. */
export interface DumpActivity<U> {
  readonly key: string;
  readonly user: U;
  readonly kind: EventKind;
  readonly occurredAt: Instant;
}

/**
 * What a row of a dump means for members, by the tracking plan. Votes and acceptances carry a day and no time: they count at the
 * day's very end, since before it they may not have been known. Who accepted or voted is not recorded as active by it: the dump does
 * not name voters, and the reference figures for churn go by questions, answers and comments.
 */
export function activitiesOfDump<U>(fact: DumpFact<U>): readonly DumpActivity<U>[] {
  const { row, id } = fact;
  const one = (user: U | null, kind: EventKind, occurredAt: Instant): DumpActivity<U>[] =>
    user === null ? [] : [{ key: `${row}:${id}:${kind}`, user, kind, occurredAt }];
  /** From another account: what people do to themselves is no feedback. */
  const feedback = (to: U | null, from: U | null, kind: EventKind, occurredAt: Instant) =>
    to === from ? [] : one(to, kind, occurredAt);

  switch (row) {
    case "user":
      return one(fact.user, "member.joined", fact.createdAt);
    case "question":
      return one(fact.owner, "question.asked", fact.createdAt);
    case "answer":
      return [
        ...one(fact.owner, "answer.posted", fact.createdAt),
        ...feedback(fact.asker, fact.owner, "answer.received", fact.createdAt),
      ];
    case "comment":
      return [
        ...one(fact.author, "comment.posted", fact.createdAt),
        ...feedback(fact.postOwner, fact.author, "comment.received", fact.createdAt),
      ];
    case "vote":
      return one(fact.postOwner, VOTE_KINDS[fact.type], endOfVoteDay(fact.day));
    case "badge":
      return one(fact.user, "badge.awarded", fact.awardedAt);
  }
}

const VOTE_KINDS = {
  up: "vote.received.up",
  down: "vote.received.down",
  accepted: "answer.accepted",
} as const satisfies Record<string, EventKind>;

/** When a vote of `day` counts; see {@link activitiesOfDump}. */
export function endOfVoteDay(day: Day): Instant {
  return addMs(startOfDay("UTC", day), DAY_MS - 1);
}
