import { describe, expect, it } from "vitest";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { DEFAULT_POINT_RULES } from "../../src/rewards/default-rules-catalogue.ts";
import {
  assertPublishable,
  earningsOf,
  type PointRule,
  readCondition,
  underDailyCap,
} from "../../src/rewards/point-rules.ts";
import { readPayable } from "../../src/rewards/rule-event-catalogue.ts";

const RULES: PointRule[] = DEFAULT_POINT_RULES.map((draft) => ({
  ...draft,
  communityId: "c",
  version: 1,
  state: "published",
  createdAt: new Date(0),
}));

const thread = { threadId: "t", postId: "p" };
const vote = { type: "vote.cast", voteId: "v", voterId: "m1", authorId: "m2", postKind: "answer", ...thread } as const;
const acceptance = { type: "answer.accepted", acceptanceId: "a", ...thread } as const;
const post = { type: "post.created", ...thread } as const;

const CASES: [string, DomainEvent, string[]][] = [
  [
    "a new thread",
    {
      type: "thread.created",
      threadId: "t",
      spaceId: "s",
      authorId: "m1",
      openingPostId: "p",
      kind: "question",
    },
    ["thread-created m1"],
  ],
  ["an answer", { ...post, authorId: "m1", threadAuthorId: "m2", kind: "answer" }, ["answer-posted m1"]],
  ["an answer to oneself", { ...post, authorId: "m1", threadAuthorId: "m1", kind: "answer" }, []],
  [
    "a reply in one's own thread",
    { ...post, authorId: "m1", threadAuthorId: "m1", kind: "reply" },
    ["reply-posted m1"],
  ],
  ["a comment", { ...post, authorId: "m1", threadAuthorId: "m2", kind: "comment" }, []],
  ["a vote up", { ...vote, value: 1 }, ["vote-received m2"]],
  ["a vote down", { ...vote, value: -1 }, []],
  ["a vote for oneself", { ...vote, value: 1, authorId: "m1" }, []],
  [
    "an accepted answer, in the order of members",
    { ...acceptance, askerId: "m1", acceptedById: "m1", answererId: "m2" },
    ["answer-chosen m1", "answer-accepted m2"],
  ],
  [
    "an answer that a moderator accepted, and not the asker who did not choose",
    { ...acceptance, askerId: "m1", acceptedById: "m3", answererId: "m2" },
    ["answer-accepted m2"],
  ],
  ["accepting one's own answer", { ...acceptance, askerId: "m1", acceptedById: "m1", answererId: "m1" }, []],
  [
    "a moderator's accepting their own answer",
    { ...acceptance, askerId: "m1", acceptedById: "m2", answererId: "m2" },
    [],
  ],
  [
    "an answer to oneself that a moderator accepted",
    { ...acceptance, askerId: "m1", acceptedById: "m3", answererId: "m1" },
    [],
  ],
];

describe("earningsOf", () => {
  it.each(CASES)("pays for %s", (_what, event, expected) => {
    const payable = readPayable(event);
    expect(payable).not.toBeNull();
    expect(earningsOf(payable!, RULES).map(({ rule, memberId }) => `${rule.key} ${memberId}`)).toEqual(expected);
  });

  it("pays nothing by a rule that was never published", () => {
    const drafts = RULES.map((rule): PointRule => ({ ...rule, state: "draft" }));
    expect(earningsOf(readPayable({ ...vote, value: 1 })!, drafts)).toEqual([]);
  });

  it("knows which events no rule can follow", () => {
    expect(readPayable({ type: "badge.awarded", awardId: "a", memberId: "m", badgeKey: "b" })).toBeNull();
  });
});

describe("underDailyCap", () => {
  it.each([
    [null, 1_000_000, true],
    [3, 0, true],
    [3, 2, true],
    [3, 3, false],
    [3, 4, false],
  ])("cap %s after %i payments: %s", (dailyMax, paid, pays) => {
    expect(underDailyCap({ dailyMax }, paid)).toBe(pays);
  });
});

describe("readCondition", () => {
  it.each([
    ["vote.cast", "value", "1", { value: 1 }],
    ["vote.cast", "postKind", "answer", { postKind: "answer" }],
    ["vote.cast", "value", "", { value: "" }],
    ["sun.rose", "value", "1", { value: "1" }],
  ])("reads %s %s = %j", (eventType, field, value, condition) => {
    expect(readCondition(eventType, [{ field, value }])).toEqual(condition);
  });
});

describe("assertPublishable", () => {
  const draft = DEFAULT_POINT_RULES[0]!;

  it("takes the default rules, which cap whatever one can do alone", () => {
    for (const rule of DEFAULT_POINT_RULES) {
      expect(() => assertPublishable(rule)).not.toThrow();
      if (rule.eventType !== "member.joined") expect(rule.dailyMax).not.toBeNull();
    }
  });

  it("names those whom an event can pay as the API does", () => {
    const change = { eventType: "answer.accepted" as const, recipient: "voterId" as const };
    expect(() => assertPublishable({ ...draft, ...change })).toThrow(
      expect.objectContaining({ data: { reason: "the event “answer.accepted” can pay ANSWERER, ASKER" } }),
    );
  });

  it.each([
    ["a key with capitals", { key: "Joined" }, "key"],
    ["an event that does not exist", { eventType: "sun.rose" as never }, "eventType"],
    ["an event that is not for points", { eventType: "coupon.held" as const }, "eventType"],
    ["the name of something every object has", { eventType: "constructor" as never }, "eventType"],
    ["somebody the event does not name", { recipient: "askerId" as const }, "recipient"],
    ["a condition on a field the event lacks", { condition: { value: 1 } }, "condition"],
    [
      "a number where a text stands",
      { eventType: "post.created", recipient: "authorId", condition: { kind: 1 } },
      "condition",
    ],
    ["negative experience", { experience: -1 }, "experience"],
    ["half a coin", { coins: 0.5 }, "coins"],
    ["more than one happening may pay", { coins: 1_001 }, "coins"],
    ["nothing to pay", { experience: 0, coins: 0 }, "experience"],
    ["a cap of none a day", { dailyMax: 0 }, "dailyMax"],
  ])("refuses %s", (_what, change, field) => {
    let refused: unknown;
    try {
      assertPublishable({ ...draft, ...(change as object) });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).field).toBe(field);
  });
});
