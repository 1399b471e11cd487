import { describe, expect, it } from "vitest";
import { activitiesOfDump, type DumpFact } from "../../src/events/stack-exchange-rules.ts";

const at = new Date("2017-01-05T10:00:00.000Z");

const CASES: readonly [string, DumpFact<number>, readonly [number, string][]][] = [
  ["an account", { row: "user", id: 1, user: 1, createdAt: at }, [[1, "member.joined"]]],
  ["a question", { row: "question", id: 1, owner: 1, createdAt: at }, [[1, "question.asked"]]],
  ["a question of a deleted account", { row: "question", id: 1, owner: null, createdAt: at }, []],
  [
    "an answer",
    { row: "answer", id: 2, owner: 2, asker: 1, createdAt: at },
    [
      [2, "answer.posted"],
      [1, "answer.received"],
    ],
  ],
  ["an answer to oneself", { row: "answer", id: 2, owner: 1, asker: 1, createdAt: at }, [[1, "answer.posted"]]],
  [
    "an answer of a deleted account",
    { row: "answer", id: 2, owner: null, asker: 1, createdAt: at },
    [[1, "answer.received"]],
  ],
  [
    "a comment",
    { row: "comment", id: 3, author: 2, postOwner: 1, createdAt: at },
    [
      [2, "comment.posted"],
      [1, "comment.received"],
    ],
  ],
  ["a vote", { row: "vote", id: 4, type: "up", postOwner: 1, day: "2017-01-05" }, [[1, "vote.received.up"]]],
  [
    "a vote against",
    { row: "vote", id: 4, type: "down", postOwner: 1, day: "2017-01-05" },
    [[1, "vote.received.down"]],
  ],
  [
    "an acceptance",
    { row: "vote", id: 4, type: "accepted", postOwner: 1, day: "2017-01-05" },
    [[1, "answer.accepted"]],
  ],
  ["a badge", { row: "badge", id: 5, user: 1, awardedAt: at }, [[1, "badge.awarded"]]],
];

describe("what a dump's rows mean for members", () => {
  it.each(CASES)("%s", (_what, fact, expected) => {
    expect(activitiesOfDump(fact).map(({ user, kind }) => [user, kind])).toEqual(expected);
  });

  it("counts a vote at the end of its day, since the dump hides its time", () => {
    const [vote] = activitiesOfDump({ row: "vote", id: 4, type: "up", postOwner: 1, day: "2017-01-05" });
    expect(vote!.occurredAt.toISOString()).toBe("2017-01-05T23:59:59.999Z");
  });

  it("gives every activity of a dump a key of its own", () => {
    const keys = CASES.flatMap(([, fact], index) => activitiesOfDump({ ...fact, id: index }).map(({ key }) => key));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
