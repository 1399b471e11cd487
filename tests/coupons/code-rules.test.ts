import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODE_SYMBOLS, codeOf, displayCode, readCode } from "../../src/coupons/code-rules.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const code = fc.uint8Array({ minLength: CODE_SYMBOLS, maxLength: CODE_SYMBOLS, max: 31 }).map(codeOf);
const SAMPLE = codeOf(Uint8Array.from({ length: CODE_SYMBOLS }, (_, index) => (index * 7 + 3) & 31));

describe("codes", () => {
  it("are read as they are shown, and carry at least 64 random bits", () => {
    fc.assert(
      fc.property(code, (each) => {
        expect(each).toHaveLength(CODE_SYMBOLS + 1);
        expect(displayCode(each)).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){2}$/);
        expect(readCode(displayCode(each))).toBe(each);
      }),
      { seed: 1 },
    );
    expect(CODE_SYMBOLS * 5).toBeGreaterThanOrEqual(64);
  });

  it.each([
    ["in lower case", SAMPLE.toLowerCase()],
    ["with spaces", ` ${SAMPLE.replace(/(.{3})/g, "$1 ")}`],
    ["with O for 0", SAMPLE.replaceAll("0", "O")],
    ["with l for 1", SAMPLE.replaceAll("1", "l")],
    ["with en dashes", SAMPLE.replace(/(.{5})/g, "$1–")],
    ["in full-width letters", SAMPLE.replace(/./g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0))],
  ])("are read %s", (_how, text) => {
    expect(readCode(text)).toBe(SAMPLE);
  });

  it("are refused with any one symbol wrong", () => {
    for (let index = 0; index < SAMPLE.length; index += 1) {
      for (const symbol of ALPHABET) {
        if (symbol === SAMPLE[index]) continue;
        expect(readCode(SAMPLE.slice(0, index) + symbol + SAMPLE.slice(index + 1))).toBeNull();
      }
    }
  });

  it("are refused with any two different symbols swapped", () => {
    fc.assert(
      fc.property(code, fc.nat(CODE_SYMBOLS), fc.nat(CODE_SYMBOLS), (each, a, b) => {
        fc.pre(each[a] !== each[b]);
        const symbols = [...each];
        [symbols[a], symbols[b]] = [symbols[b]!, symbols[a]!];
        expect(readCode(symbols.join(""))).toBeNull();
      }),
      { seed: 2 },
    );
  });

  it.each(["", "HELLO", SAMPLE.slice(1), `${SAMPLE}0`, SAMPLE.replace(/.$/, "U"), "💥".repeat(15), "A".repeat(10_000)])(
    "are not read from %j",
    (text) => {
      expect(readCode(text)).toBeNull();
    },
  );
});
