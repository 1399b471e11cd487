import { hasPiledMarks, MARKS_ON_A_LETTER_MAX } from "../kernel/piled-marks.ts";
import { Refusal } from "../kernel/refusal.ts";

export interface TextLimits {
  /** The input field that the text came in, named by the refusal. */
  readonly field: string;
  readonly charactersMax: number;
  readonly charactersMin?: number;
  /** Whether line breaks stay; otherwise they become spaces, and nothing may disturb the lines around it. */
  readonly multiline?: boolean;
}

/**
 * Reads what a person wrote: trimmed, with Unix line breaks, and free of what PostgreSQL or a reader's screen cannot take. A single line
 * is shown among others' words, so that it loses the marks that turn the reading direction of what follows.
 * @throws Refusal `input.too-long`, or `input.invalid` for control characters, broken UTF-16, text with nothing to see, and a single
 * line whose marks spill over the lines around it.
 */
export function readText(raw: string, limits: TextLimits): string {
  const { field, charactersMax, charactersMin = 1, multiline = false } = limits;
  const unbroken = raw.replaceAll("\r\n", "\n");
  const text = (multiline ? unbroken : oneLine(unbroken)).trim();
  if (text.length > charactersMax) throw new Refusal("input.too-long", { max: charactersMax }, field);
  if (/\p{Surrogate}/u.test(text)) throw invalid("it holds half of a surrogate pair, which is no character", field);
  const control = /[^\P{Control}\n\t]/u.exec(text);
  if (control !== null) throw invalid(`it holds the control character ${codePoint(control[0])}`, field);
  if (!multiline && hasPiledMarks(text))
    throw invalid(`a letter in it carries more than ${MARKS_ON_A_LETTER_MAX} marks`, field);
  if (countVisible(text, charactersMin) < charactersMin) {
    throw invalid(charactersMin === 1 ? "it is empty" : `write at least ${charactersMin} characters`, field);
  }
  return text;
}

function oneLine(text: string): string {
  return text.replace(/[\n\t\u2028\u2029]/g, " ").replace(/\p{Bidi_Control}/gu, "");
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
