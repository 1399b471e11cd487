import { Refusal } from "../kernel/refusal.ts";

export interface TextLimits {
  /** The input field that the text came in, named by the refusal. */
  readonly field: string;
  readonly charactersMax: number;
  readonly charactersMin?: number;
  /** Whether line breaks stay; otherwise they become spaces. */
  readonly multiline?: boolean;
}

/**
 * Reads what a person wrote: trimmed, with Unix line breaks, and free of what PostgreSQL or a reader's screen cannot take.
 * @throws Refusal `input.too-long`, or `input.invalid` for control characters, broken UTF-16 and text with nothing to see.
 */
export function readText(raw: string, limits: TextLimits): string {
  const { field, charactersMax, charactersMin = 1, multiline = false } = limits;
  const unbroken = raw.replaceAll("\r\n", "\n");
  const text = (multiline ? unbroken : unbroken.replace(/[\n\t]/g, " ")).trim();
  if (text.length > charactersMax) throw new Refusal("input.too-long", { max: charactersMax }, field);
  if (/\p{Surrogate}/u.test(text)) throw invalid("it holds half of a surrogate pair, which is no character", field);
  const control = /[^\P{Control}\n\t]/u.exec(text);
  if (control !== null) throw invalid(`it holds the control character ${codePoint(control[0])}`, field);
  if (countVisible(text, charactersMin) < charactersMin) {
    throw invalid(charactersMin === 1 ? "it is empty" : `write at least ${charactersMin} characters`, field);
  }
  return text;
}

function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}

/** How many characters of `text` can be seen, counting up to `enough`: joiners and direction marks are invisible. */
function countVisible(text: string, enough: number): number {
  let visible = 0;
  for (const character of text) {
    if (/[\s\p{Format}]/u.test(character)) continue;
    visible += 1;
    if (visible === enough) break;
  }
  return visible;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
