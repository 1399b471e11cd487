import { describe, expect, it } from "vitest";
import { normaliseTags, readThread } from "../../src/community/thread-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

function refused(work: () => unknown): [string, string | null] {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.field];
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("normaliseTags", () => {
  it.each([
    [["Python"], ["python"]],
    [
      ["机器学习", "Ｃ＋＋"],
      ["机器学习", "c++"],
    ],
    [[" machine  learning "], ["machine-learning"]],
    [["c#", "C#", "C♯"].slice(0, 2), ["c#"]],
    [["node.js"], ["node.js"]],
    [[], []],
  ])("%j becomes %j", (raw, tags) => {
    expect(normaliseTags(raw)).toEqual(tags);
  });

  it.each([
    [[""], "input.invalid", "tags.0"],
    [["ok", "a,b"], "input.invalid", "tags.1"],
    [["<b>"], "input.invalid", "tags.0"],
    [["-x"], "input.invalid", "tags.0"],
    [["a\u0000"], "input.invalid", "tags.0"],
    [["a\ud800"], "input.invalid", "tags.0"],
    [["x".repeat(36)], "input.too-long", "tags.0"],
    [["x".repeat(1_000_000)], "input.too-long", "tags.0"],
    [["a", "b", "c", "d", "e", "f"], "input.invalid", "tags"],
  ])("refuses %j", (raw, code, field) => {
    expect(refused(() => normaliseTags(raw))).toEqual([code, field]);
  });
});

describe("readThread", () => {
  it("refuses a title of one character, and one that is too long", () => {
    expect(refused(() => readThread({ kind: "question", title: "?", tags: [] }))).toEqual(["input.invalid", "title"]);
    expect(refused(() => readThread({ kind: "question", title: "x".repeat(201), tags: [] }))).toEqual([
      "input.too-long",
      "title",
    ]);
  });
});
