import { hasPiledMarks, MARKS_ON_A_LETTER_MAX, withoutPiledMarks } from "../kernel/piled-marks.ts";
import { Refusal } from "../kernel/refusal.ts";

const DISPLAY_NAME_LENGTH_MAX = 80;

/** Line breaks and other control characters, marks that turn the reading direction of what follows, and halves of pairs. */
const DISTURBING = /[\p{Control}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/gu;

/**
 * A name from outside (a token, an import) as others may be shown it: what would break their lines, spill over them or turn their text around is
 * taken out, and a long one shortened. Empty when nothing is left to see. Never refuses, so that nobody is kept from signing in.
 */
export function cleanDisplayName(raw: string): string {
  const clean = withoutPiledMarks(raw.replace(/\s+/gu, " ").replace(DISTURBING, "")).trim();
  if (!isVisible(clean)) return "";
  return [...clean].slice(0, DISPLAY_NAME_LENGTH_MAX).join("").trim();
}

/**
 * A name that somebody gives here, trimmed.
 * @throws Refusal `input.invalid` for what {@link cleanDisplayName} would have to change, naming `field`.
 */
export function readDisplayName(raw: string, field: string): string {
  const name = raw.trim();
  if (name.search(DISTURBING) >= 0) {
    const reason = "a name has no line breaks, control characters or marks that turn the reading direction";
    throw new Refusal("input.invalid", { reason }, field);
  }
  if (hasPiledMarks(name)) {
    throw new Refusal(
      "input.invalid",
      { reason: `a letter in it carries more than ${MARKS_ON_A_LETTER_MAX} marks` },
      field,
    );
  }
  if (!isVisible(name) || [...name].length > DISPLAY_NAME_LENGTH_MAX)
    throw new Refusal("input.invalid", { reason: "a name has 1 to 80 characters" }, field);
  return name;
}

/** Whether there is anything to see: spaces and joiners alone are no name. */
function isVisible(text: string): boolean {
  return /[^\s\p{Format}]/u.test(text);
}
