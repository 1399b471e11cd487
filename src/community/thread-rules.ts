import { readText } from "../content/text-rules.ts";
import type { ThreadKind } from "../kernel/domain-events.ts";
import { Refusal } from "../kernel/refusal.ts";

const TITLE_CHARACTERS_MAX = 200;
const TAGS_MAX = 5;
const TAG_CHARACTERS_MAX = 35;

const TAG = /^[\p{Letter}\p{Number}][\p{Letter}\p{Mark}\p{Number}+#.-]*$/u;

export interface ThreadInput {
  readonly kind: ThreadKind;
  readonly title: string;
  readonly tags: readonly string[];
}

/** A thread's title and tags, as they are stored. @throws Refusal naming the field at fault. */
export function readThread(input: ThreadInput): { title: string; tags: string[] } {
  return {
    title: readText(input.title, { field: "title", charactersMin: 2, charactersMax: TITLE_CHARACTERS_MAX }),
    tags: normaliseTags(input.tags),
  };
}

/**
 * Tags as they are stored and compared: NFKC, lower case, words joined by "-", each once, in the order given.
 * @throws Refusal `input.invalid` naming the tag at fault.
 */
export function normaliseTags(raw: readonly string[]): string[] {
  if (raw.length > TAGS_MAX) throw new Refusal("input.invalid", { reason: `give at most ${TAGS_MAX} tags` }, "tags");
  return [...new Set(raw.map(normaliseTag))];
}

function normaliseTag(raw: string, position: number): string {
  const field = `tags.${position}`;
  if (raw.length > 4 * TAG_CHARACTERS_MAX) throw new Refusal("input.too-long", { max: TAG_CHARACTERS_MAX }, field);
  const tag = raw.normalize("NFKC").trim().toLowerCase().replace(/\s+/g, "-");
  if (tag.length > TAG_CHARACTERS_MAX) throw new Refusal("input.too-long", { max: TAG_CHARACTERS_MAX }, field);
  if (!TAG.test(tag)) {
    throw new Refusal("input.invalid", { reason: "a tag has letters and digits, and may hold + # . -" }, field);
  }
  return tag;
}
