import { assert } from "../kernel/assert.ts";

/** Crockford's Base32: no I, L, O or U, so that a code survives being read aloud and copied by hand. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Random symbols of a code: 14 × 5 = 70 bits. */
export const CODE_SYMBOLS = 14;

const GROUP = 5;

/** The code of `CODE_SYMBOLS` random values (0–31) with its check character, without hyphens. */
export function codeOf(values: Uint8Array): string {
  assert(values.length === CODE_SYMBOLS, `a code has ${CODE_SYMBOLS} random symbols`);
  return [...values, checkValue(values)].map((value) => ALPHABET[value & 31]!).join("");
}

/** As people see it: in groups of five. */
export function displayCode(code: string): string {
  return code.match(new RegExp(`.{1,${GROUP}}`, "g"))?.join("-") ?? code;
}

/**
 * Reads a code as people write it: any case, with spaces or hyphens, O for 0, I or L for 1, full-width letters. Null when it is
 * none, or was mistyped: the check character finds every single wrong symbol and every swap of two symbols.
 */
export function readCode(text: string): string | null {
  if (text.length > 100) return null;
  const symbols = text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\-‐-―_]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  const values = Uint8Array.from(symbols, (symbol) => ALPHABET.indexOf(symbol));
  if (values.length !== CODE_SYMBOLS + 1 || values.some((value) => value > 31)) return null;
  return checkValue(values.subarray(0, CODE_SYMBOLS)) === values[CODE_SYMBOLS] ? symbols : null;
}

/**
 * The value c that makes Σ αⁱ·vᵢ + c = 0 in GF(2⁵) = GF(2)[α] / (α⁵ + α² + 1), i counting from 1 at the last symbol. Since α
 * generates the field's 31 units, all weights differ and none is 0: an error in one symbol, or two swapped, never sums to 0.
 */
function checkValue(values: Uint8Array): number {
  return values.reduce((sum, value) => timesAlpha(sum ^ (value & 31)), 0);
}

function timesAlpha(value: number): number {
  const shifted = value << 1;
  return shifted & 32 ? shifted ^ 0b100101 : shifted;
}
