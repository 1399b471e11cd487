import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiffPart, diffTexts } from "../../src/community/diff-rules.ts";

const side = (parts: readonly DiffPart[], without: DiffPart["op"]) =>
  parts
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join("");
const signs = { same: "", removed: "-", added: "+" } as const;
const shown = (before: string, after: string) => diffTexts(before, after).map(({ op, text }) => `${signs[op]}${text}`);

describe("diffTexts", () => {
  it.each([
    ["", "", []],
    ["a", "a", ["a"]],
    ["", "a b", ["+a b"]],
    ["a b", "", ["-a b"]],
    ["a quick fox", "a slow fox", ["a ", "-quick", "+slow", " fox"]],
    ["列表不可变", "元组不可变", ["-列表", "+元组", "不可变"]],
    ["一\n二\n三", "一\n三", ["一\n", "-二\n", "三"]],
    ["let x = 1;", "let x = 12;", ["let x = ", "-1", "+12", ";"]],
    ["👍🏽 yes", "👍 yes", ["👍", "-🏽", " yes"]],
  ])("%j to %j", (before, after, parts) => {
    expect(shown(before, after)).toEqual(parts);
  });

  const word = fc.constantFrom("a", "b", "cc", " ", "\n", "列", "表", ".", "😀");
  const text = fc.array(word, { maxLength: 80 }).map((words) => words.join(""));

  it("gives both texts back, and the shortest way between them", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffTexts(before, after);
        expect(side(parts, "added")).toBe(before);
        expect(side(parts, "removed")).toBe(after);
        expect(parts.every(({ text }) => text !== "")).toBe(true);
        const edits = parts.filter(({ op }) => op !== "same").reduce((sum, { text }) => sum + tokens(text).length, 0);
        expect(edits).toBe(slowEdits(tokens(before), tokens(after)));
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it("of texts that have nothing in common shows lines, or everything, as replaced; in bounded time", () => {
    const lines = (word: string) =>
      Array.from({ length: 100 }, (_, line) => [1, 2, 3, 4, 5].map((n) => `${word}${n}${line}`).join(" ")).join("\n");
    expect(diffTexts(`${lines("a")}\nsame`, `${lines("b")}\nsame`)).toEqual([
      { op: "removed", text: `${lines("a")}\n` },
      { op: "added", text: `${lines("b")}\n` },
      { op: "same", text: "same" },
    ]);
    const many = ["a ".repeat(15_000), "b ".repeat(15_000)] as const;
    const before = performance.now();
    expect(diffTexts(...many).map(({ op, text }) => [op, text.length])).toEqual([
      ["removed", 30_000],
      ["added", 30_000],
    ]);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

const tokens = (text: string) => text.match(/\p{Script=Han}|[\p{Letter}\p{Mark}\p{Number}]+|\n|[^\S\n]+|./gsu) ?? [];

/** Tokens that differ, by the longest common subsequence. */
function slowEdits(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    for (const [j, y] of b.entries()) next.push(x === y ? row[j]! + 1 : Math.max(next[j]!, row[j + 1]!));
    row = next;
  }
  return a.length + b.length - 2 * row[b.length]!;
}
