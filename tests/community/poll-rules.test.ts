import { describe, expect, it } from "vitest";
import { isClosed, type PollSettings, readBallot, readPoll, showsResults } from "../../src/community/poll-rules.ts";
import type { ThreadKind } from "../../src/kernel/domain-events.ts";
import { at } from "../support/content-builders.ts";

const POLL: PollSettings = { options: ["Vim", "Emacs"], choice: "single", results: "always", closesAt: null };
const thrown = (work: () => unknown) => {
  try {
    return work();
  } catch (refusal) {
    return refusal;
  }
};

describe("readPoll", () => {
  it.each<[string, ThreadKind, Partial<PollSettings> | null, string | null]>([
    ["a poll", "poll", {}, null],
    ["a poll that closes later", "poll", { closesAt: at(11) }, null],
    ["a discussion", "discussion", null, null],
    ["a discussion with a poll", "discussion", {}, "poll"],
    ["a poll without one", "poll", null, "poll"],
    ["one option", "poll", { options: ["Vim"] }, "poll.options"],
    ["21 options", "poll", { options: Array.from({ length: 21 }, (_, n) => `${n}`) }, "poll.options"],
    ["options that say the same", "poll", { options: ["Vim", "ＶＩＭ "] }, "poll.options"],
    ["an empty option", "poll", { options: ["Vim", " "] }, "poll.options.1"],
    ["a time that is over", "poll", { closesAt: at(10) }, "poll.closesAt"],
  ])("%s", (_name, kind, changes, field) => {
    const poll = changes && { ...POLL, ...changes };
    const outcome = thrown(() => readPoll(kind, poll, at(10)));
    if (field === null) expect(outcome).toEqual(poll);
    else expect(outcome).toMatchObject({ code: "input.invalid", field });
  });
});

describe("showsResults", () => {
  it.each([
    ["always", false, 5, true],
    ["voted", false, 5, false],
    ["voted", true, 5, true],
    ["voted", false, 10, true],
    ["closed", true, 9, false],
    ["closed", false, 10, true],
  ] as const)("%s, voted %s, at %d s: %s", (results, voted, seconds, shown) => {
    expect(showsResults({ results, closesAt: at(10) }, voted, at(seconds))).toBe(shown);
  });

  it("of a poll that never closes are never shown for its closing", () => {
    expect(isClosed({ closesAt: null }, at(1e9))).toBe(false);
    expect(showsResults({ results: "closed", closesAt: null }, true, at(1e9))).toBe(false);
  });
});

describe("readBallot", () => {
  const state = { choice: "multiple", results: "always", closesAt: null, optionCount: 3 } as const;

  it("names each option once, in order", () => {
    expect(readBallot(state, [3, 1, 3])).toEqual([1, 3]);
    expect(readBallot(state, [])).toEqual([]);
    expect(readBallot({ ...state, choice: "single" }, [2, 2])).toEqual([2]);
  });

  it.each([[[0]], [[4]], [[1.5]], [[Number.NaN]], [Array.from({ length: 21 }, () => 1)]])("refuses %j", (positions) => {
    expect(thrown(() => readBallot(state, positions))).toMatchObject({ code: "input.invalid", field: "positions" });
  });

  it("refuses two of a single choice", () => {
    expect(thrown(() => readBallot({ ...state, choice: "single" }, [1, 2]))).toMatchObject({ code: "input.invalid" });
  });
});
