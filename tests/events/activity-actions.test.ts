import { describe, expect, it } from "vitest";
import { activitiesOf } from "../../src/events/activity-actions.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";

const thread = { threadId: "t", postId: "p" };
const acceptance = { type: "answer.accepted", acceptanceId: "a", ...thread, askerId: "asker" } as const;
const vote = { type: "vote.cast", voteId: "v", ...thread, voterId: "m1", authorId: "m2", postKind: "reply" } as const;

const CASES: [string, DomainEvent, string[]][] = [
  ["a vote", { ...vote, value: -1 }, ["m1 vote.cast", "m2 vote.received.down"]],
  [
    "an answer that the asker chose",
    { ...acceptance, acceptedById: "asker", answererId: "m2" },
    ["asker acceptance.given", "m2 answer.accepted"],
  ],
  [
    "an answer that a moderator chose, and not the asker, who may be long gone",
    { ...acceptance, acceptedById: "mod", answererId: "m2" },
    ["mod acceptance.given", "m2 answer.accepted"],
  ],
  [
    "an own answer that a moderator chose",
    { ...acceptance, acceptedById: "mod", answererId: "mod" },
    ["mod acceptance.given"],
  ],
  [
    "an answer to oneself that a moderator chose",
    { ...acceptance, acceptedById: "mod", answererId: "asker" },
    ["mod acceptance.given", "asker answer.accepted"],
  ],
  ["a nudge", { type: "nudge.decided", decisionId: "d", memberId: "m1", action: "nothing" }, []],
];

describe("activitiesOf", () => {
  it.each(CASES)("tells of %s", (_what, event, expected) => {
    expect(activitiesOf(event).map(({ memberId, kind }) => `${memberId} ${kind}`)).toEqual(expected);
  });
});
