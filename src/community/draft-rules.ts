import { Refusal } from "../kernel/refusal.ts";
import { BODY_CHARACTERS_MAX } from "./post-rules.ts";

export const DRAFTS_MAX = 100;
const TITLE_CHARACTERS_MAX = 400;
const TAGS_MAX = 20;
const TAG_CHARACTERS_MAX = 100;

export interface DraftText {
  readonly title: string;
  readonly body: string;
  readonly tags: readonly string[];
}

/**
 * Refuses what is too large to keep, or what PostgreSQL cannot. Nothing else: a draft is not finished, and comes back as it was.
 * @throws Refusal naming the field at fault.
 */
export function assertKeepable({ title, body, tags }: DraftText): void {
  assertText(title, TITLE_CHARACTERS_MAX, "title");
  assertText(body, BODY_CHARACTERS_MAX, "body");
  if (tags.length > TAGS_MAX) throw invalid(`give at most ${TAGS_MAX} tags`, "tags");
  for (const [position, tag] of tags.entries()) assertText(tag, TAG_CHARACTERS_MAX, `tags.${position}`);
}

function assertText(text: string, max: number, field: string): void {
  if (text.length > max) throw new Refusal("input.too-long", { max }, field);
  if (text.includes("\u0000")) throw invalid(`it holds the control character ${"U+0000"}`, field);
  if (/\p{Surrogate}/u.test(text)) throw invalid("it holds half of a surrogate pair, which is no character", field);
}

function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}
