import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readText } from "../../src/content/text-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

const LIMITS = { field: "body", charactersMax: 100, multiline: true };

function refused(raw: string, limits = LIMITS): [string, string | null, string] {
  try {
    readText(raw, limits);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.field, JSON.stringify(error.data)];
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("readText", () => {
  it.each([
    ["  hello  ", "hello"],
    ["a\r\nb\tc", "a\nb\tc"],
    ["表情 👩‍🏫 也可以", "表情 👩‍🏫 也可以"],
  ])("keeps what can be read: %j", (raw, text) => {
    expect(readText(raw, LIMITS)).toBe(text);
  });

  it("makes one line of a title", () => {
    expect(readText("a\r\nb\tc", { field: "title", charactersMax: 100 })).toBe("a b c");
  });

  it("takes out of a title what would turn the words after it around, and leaves a body as it was written", () => {
    const turning = "safe \u202egpj.exe\u2066 \u200fx\u061c";
    expect(readText(turning, { field: "title", charactersMax: 100 })).toBe("safe gpj.exe x");
    expect(readText(turning, LIMITS)).toBe(turning);
    expect(readText("a\u2028b", { field: "title", charactersMax: 100 })).toBe("a b");
  });

  it("refuses a title whose marks spill over the lines around it", () => {
    const title = { field: "title", charactersMax: 200 };
    const [code, field, data] = refused(`a${"\u0301".repeat(190)}`, title as typeof LIMITS);
    expect([code, field]).toEqual(["input.invalid", "title"]);
    expect(data).toContain("more than 10 marks");
    expect(readText("ที่นี่ Tiếng Việt क्षत्रिय 👩🏽‍🏫", title)).toBe("ที่นี่ Tiếng Việt क्षत्रिय 👩🏽‍🏫");
  });

  it.each([
    ["", "it is empty"],
    ["   \n ", "it is empty"],
    ["\u200b\u200d\u2060\ufeff", "it is empty"],
    ["a\u0000b", "U+0000"],
    ["a\u001bb", "U+001B"],
    ["a\u0085b", "U+0085"],
    ["a\ud800b", "surrogate"],
    ["\udc00", "surrogate"],
  ])("refuses %j", (raw, reason) => {
    const [code, field, data] = refused(raw);
    expect([code, field]).toEqual(["input.invalid", "body"]);
    expect(data).toContain(reason);
  });

  it("refuses more than the limit, and ten megabytes at once", () => {
    expect(refused("a".repeat(101))).toEqual(["input.too-long", "body", '{"max":100}']);
    const before = performance.now();
    refused(`${"x ".repeat(5_000_000)}`);
    expect(performance.now() - before).toBeLessThan(250);
  });

  it("counts what can be seen against the least that is asked", () => {
    expect(readText("求助", { field: "title", charactersMin: 2, charactersMax: 10 })).toBe("求助");
    expect(refused("求\u200b", { ...LIMITS, charactersMin: 2 } as typeof LIMITS)[0]).toBe("input.invalid");
  });

  it("changes nothing the second time, and lets nothing through that PostgreSQL refuses", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (raw) => {
        let text: string;
        try {
          text = readText(raw, LIMITS);
        } catch (error) {
          return error instanceof Refusal;
        }
        return readText(text, LIMITS) === text && !text.includes("\u0000") && !/\p{Surrogate}/u.test(text);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
