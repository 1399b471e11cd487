import type { MarkdownIt, Token } from "markdown-it";
import type { Id } from "../kernel/ids.ts";

/** What a text names: a member who is mentioned, or a post that is quoted. */
export interface Reference {
  readonly type: "Member" | "Post";
  readonly id: Id;
}

/** What a rendering is given: how each thing is shown, by {@link referenceKey}, and where, until everything is sanitised. */
export interface ReferenceEnvironment {
  labels?: ReadonlyMap<string, string>;
  marker?: string;
}

export function referenceKey({ type, id }: Reference): string {
  return `${type}:${id}`;
}

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const REFERENCE = new RegExp(`@\\[([^\\[\\]\\n]{1,100})\\]\\((Member|Post):(${ID})\\)`, "y");

/**
 * `@[name](Member:…)` mentions a member and `@[name](Post:…)` names a quoted post, by the global ids of the API. The name in the
 * brackets is what its author's editor showed; the one that is shown is looked up, so that nobody can be misnamed.
 *
 * What is rendered is only a marker: raw HTML in a text could claim anything, so links to members and posts are put in after
 * everything was sanitised, by {@link placeReferences}.
 */
export function readReferences(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "reference", (state, silent) => {
    if (state.src.charCodeAt(state.pos) !== 0x40) return false;
    REFERENCE.lastIndex = state.pos;
    const match = REFERENCE.exec(state.src);
    if (match === null || state.pos + match[0].length > state.posMax) return false;
    if (!silent) {
      // Links do not nest.
      const token = state.push(state.linkLevel > 0 ? "text" : "reference", "", 0);
      token.content = state.linkLevel > 0 ? `@${match[1]}` : match[1]!;
      token.meta = { type: match[2], id: match[3] } satisfies Record<keyof Reference, unknown>;
    }
    state.pos += match[0].length;
    return true;
  });

  markdown.renderer.rules.reference = (tokens, index, _options, environment) => {
    const { labels, marker } = (environment ?? {}) as ReferenceEnvironment;
    const token = tokens[index]!;
    const key = referenceKey(referenceOf(token));
    return labels?.has(key) ? `${marker}${key};` : markdown.utils.escapeHtml(`@${token.content}`);
  };
}

/** What a token of the type `reference` names. */
export function referenceOf(token: Pick<Token, "meta">): Reference {
  return token.meta as unknown as Reference;
}

/** The links in the place of the markers that {@link readReferences} left in `html`, which is sanitised. */
export function placeReferences(
  html: string,
  { labels = new Map(), marker = "" }: ReferenceEnvironment,
  escapeHtml: (text: string) => string,
): string {
  if (labels.size === 0) return html;
  return html.replace(
    new RegExp(`${marker}((Member|Post):${ID});`, "g"),
    (_all, key: string, type: Reference["type"]) => {
      const name = type === "Member" ? "mention" : "quoted";
      return `<a class="${name}" data-${type.toLowerCase()}="${key}">@${escapeHtml(labels.get(key) ?? "")}</a>`;
    },
  );
}
