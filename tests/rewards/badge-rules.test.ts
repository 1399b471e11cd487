import { describe, expect, it } from "vitest";
import { DEFAULT_BADGES } from "../../src/rewards/badge-catalogue.ts";
import { type BadgeCriteria, readCriteria, satisfies } from "../../src/rewards/badge-rules.ts";

const facts = {
  experience: 60,
  byRule: new Map([
    ["answer-accepted", { awards: 2, days: 1 }],
    ["vote-received", { awards: 9, days: 4 }],
  ]),
};
const accepted = (atLeast: number): BadgeCriteria => ({ kind: "awards", rule: "answer-accepted", atLeast });
const days = (atLeast: number): BadgeCriteria => ({ kind: "days", rule: "vote-received", atLeast });

describe("satisfies", () => {
  it.each<[BadgeCriteria, boolean]>([
    [accepted(2), true],
    [accepted(3), false],
    [days(4), true],
    [days(5), false],
    [{ kind: "awards", rule: "never-heard-of", atLeast: 1 }, false],
    [{ kind: "experience", atLeast: 60 }, true],
    [{ kind: "experience", atLeast: 61 }, false],
    [{ kind: "level", atLeast: 3 }, true],
    [{ kind: "level", atLeast: 4 }, false],
    [{ kind: "all", of: [accepted(2), days(4)] }, true],
    [{ kind: "all", of: [accepted(2), days(5)] }, false],
    [{ kind: "any", of: [accepted(3), days(4)] }, true],
    [{ kind: "any", of: [accepted(3), { kind: "all", of: [accepted(1), days(5)] }] }, false],
  ])("%j: %s", (criteria, met) => {
    expect(satisfies(criteria, facts)).toBe(met);
  });
});

describe("readCriteria", () => {
  it("reads the default badges as they are", () => {
    for (const { criteria } of DEFAULT_BADGES) expect(readCriteria(criteria)).toEqual(criteria);
  });

  const nested = (depth: number): unknown => (depth === 0 ? accepted(1) : { kind: "all", of: [nested(depth - 1)] });

  it.each([
    ["null", null],
    ["an unknown kind", { kind: "luck", atLeast: 1 }],
    ["a threshold of nothing", { kind: "experience", atLeast: 0 }],
    ["a threshold that is no number", { kind: "experience", atLeast: "1" }],
    ["a field too many", { kind: "level", atLeast: 2, rule: "answer-accepted" }],
    ["no parts", { kind: "any", of: [] }],
    ["parts five deep", nested(4)],
  ])("refuses %s", (_what, json) => {
    expect(() => readCriteria(json)).toThrow("input.invalid");
  });

  it("takes parts four deep", () => {
    expect(readCriteria(nested(3))).toEqual(nested(3));
  });
});
