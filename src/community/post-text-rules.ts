import { createHash } from "node:crypto";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";
import { readMath } from "./markdown-math-rules.ts";
import {
  placeReferences,
  type Reference,
  readReferences,
  referenceKey,
  referenceOf,
} from "./markdown-reference-rules.ts";
import { createMarkdown, type MarkdownTokens, parseTokens, renderTokens } from "./markdown-rules.ts";

/** Names in a post: more is a roll call, which notifies everybody of nothing. */
const REFERENCES_MAX = 20;

const markdown = createMarkdown();
readMath(markdown);
readReferences(markdown);

/** A text that was parsed, with what it names; each once. */
export interface ParsedText {
  readonly source: string;
  readonly tokens: MarkdownTokens;
  readonly references: readonly Reference[];
}

/**
 * Parses what a member wrote: Markdown as `renderMarkdown` reads it, with formulas, mentions and quoted posts.
 * @throws Refusal `input.invalid` naming `body` for a text that is nested too deeply or names too many.
 */
export function parseText(source: string): ParsedText {
  const tokens = parseTokens(markdown, source);
  const named = new Map<string, Reference>();
  for (const { children } of tokens) {
    for (const token of (children ?? []).filter(({ type }) => type === "reference")) {
      named.set(referenceKey(referenceOf(token)), referenceOf(token));
    }
  }
  if (named.size > REFERENCES_MAX) {
    throw new Refusal("input.invalid", { reason: `name at most ${REFERENCES_MAX} members and posts` }, "body");
  }
  return { source, tokens, references: [...named.values()] };
}

/**
 * Renders a parsed text to HTML that is safe to show. `labels` tells how what it names is shown, by `referenceKey`; what is not
 * there is shown as it was written, and is no link. The same text and labels always render the same.
 * @throws Refusal `input.invalid` naming `body` for a text that grows too much.
 */
export function renderText({ source, tokens }: ParsedText, labels: ReadonlyMap<string, string>): string {
  if (labels.size === 0) return renderTokens(markdown, tokens, {});
  // Nobody can write the hash of a text into that text.
  const marker = `reference-${createHash("sha256").update(source).digest("hex")}-`;
  const environment = { labels, marker };
  return placeReferences(renderTokens(markdown, tokens, environment), environment, markdown.utils.escapeHtml);
}

/** The members among `references` that there are: those that have a label. */
export function mentionsOf({ references }: ParsedText, labels: ReadonlyMap<string, string>): Id[] {
  return references
    .filter((reference) => reference.type === "Member" && labels.has(referenceKey(reference)))
    .map(({ id }) => id);
}
