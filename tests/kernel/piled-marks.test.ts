import { describe, expect, it } from "vitest";
import { hasPiledMarks, MARKS_ON_A_LETTER_MAX, withoutPiledMarks } from "../../src/kernel/piled-marks.ts";

describe("piled marks", () => {
  it.each([
    ["Vietnamese, taken apart", "Tiếng Việt đặc biệt".normalize("NFD")],
    ["Thai", "ที่นี่มีผู้ใหญ่กี่คน น้ำ"],
    ["Arabic with all its vowels", "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ"],
    ["Hebrew with its chant", "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים"],
    ["Hindi", "क्षत्रिय स्त्रियाँ"],
    ["Tibetan", "རྒྱུ་རྐྱེན་ བསྒྲུབས"],
    ["emoji", "👩🏽‍🏫 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👨‍👩‍👧‍👦 ❤️‍🔥"],
    ["as many as may be", `a${"\u0301".repeat(MARKS_ON_A_LETTER_MAX)}b`],
  ])("are not %s", (_what, text) => {
    expect(hasPiledMarks(text)).toBe(false);
    expect(withoutPiledMarks(text)).toBe(text);
  });

  it.each([
    ["one more than may be", "\u0301".repeat(MARKS_ON_A_LETTER_MAX + 1)],
    ["hundreds", "\u0301\u0336".repeat(95)],
    ["some with joiners between", "\u0301\u200d\u200d".repeat(30)],
  ])("are %s, and what is too much is taken off", (_what, marks) => {
    expect(hasPiledMarks(`a${marks}b`)).toBe(true);
    const clean = withoutPiledMarks(`a${marks}b`);
    expect(clean.replace(/\p{Format}/gu, "")).toHaveLength(MARKS_ON_A_LETTER_MAX + 2);
    expect(hasPiledMarks(clean)).toBe(false);
  });

  it("are found in time that grows as the text does", () => {
    const before = performance.now();
    hasPiledMarks(`\u0301${"\u200d".repeat(1_000)}`.repeat(100));
    hasPiledMarks("\u0301".repeat(100_000));
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
