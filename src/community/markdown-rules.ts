import MarkdownIt, { type MarkdownIt as Markdown } from "markdown-it";
import cjkFriendly from "markdown-it-cjk-friendly";
import sanitizeHtml from "sanitize-html";
import { Refusal } from "../kernel/refusal.ts";

/** Blocks within blocks; markdown-it counts two for a list (the list and its item). */
const NESTING_MAX = 40;
/** A table of one-letter cells makes twenty times its Markdown; nobody needs more than this. */
const HTML_CHARACTERS_MAX = 300_000;
/** Two do for what markdown-it makes of Markdown; the most that 100,000 random tag soups took is 3. */
const PASSES_MAX = 6;

/** What reads Markdown here, for others to add to. */
export function createMarkdown(): Markdown {
  const markdown = new MarkdownIt({ html: true, linkify: true, breaks: true, maxNesting: NESTING_MAX }).use(
    cjkFriendly,
  );
  // Only what says that it is an address becomes a link: "readme.md" and "a@b" are words.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  return markdown;
}

const plain = createMarkdown();

const TAGS =
  "p br hr h1 h2 h3 h4 h5 h6 strong em b i s del sup sub kbd code pre blockquote ul ol li a img table thead tbody tr th td";

const SANITISING: sanitizeHtml.IOptions = {
  allowedTags: TAGS.split(" "),
  allowedAttributes: {
    a: ["href", "title", "rel"],
    img: ["src", "alt", "title", "loading", "referrerpolicy"],
    ol: ["start"],
    th: ["style"],
    td: ["style"],
  },
  // The language of a code block, for highlighters, and formulas, for typesetters.
  allowedClasses: { code: [/^language-[\w+#-]{1,30}$/, "math", "math-display"] },
  allowedStyles: { "*": { "text-align": [/^(left|right|center)$/] } },
  allowedSchemes: ["http", "https", "mailto"],
  allowedSchemesByTag: { img: ["https"] },
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  // A picture without an address, or with one relative to whatever page shows it.
  exclusiveFilter: ({ tag, attribs }) => tag === "img" && !attribs.src?.startsWith("https:"),
  transformTags: {
    a: (tagName, attributes) => ({ tagName, attribs: { ...attributes, rel: "nofollow ugc noopener noreferrer" } }),
    img: (tagName, attributes) => ({
      tagName,
      attribs: { ...attributes, loading: "lazy", referrerpolicy: "no-referrer" },
    }),
  },
};

/**
 * Renders Markdown to HTML that is safe to show: CommonMark with tables, bare addresses as links, line breaks kept, emphasis
 * beside Chinese punctuation as a Chinese reader expects it. The same text always renders the same.
 *
 * markdown-it rather than marked: 30,000 characters of hostile emphasis take marked 20 s and markdown-it 0.1 s (the worst
 * of 75 hostile texts, a table, 0.4 s), and marked overflows the stack on nested quotes.
 *
 * @throws Refusal `input.invalid` naming `body` for a text that is nested too deeply or grows too much.
 */
export function renderMarkdown(text: string): string {
  return renderTokens(plain, parseTokens(plain, text), {});
}

export type MarkdownTokens = ReturnType<Markdown["parse"]>;

/** @throws Refusal `input.invalid` naming `body` for a text that is nested too deeply. */
export function parseTokens(markdown: Markdown, text: string): MarkdownTokens {
  const tokens = markdown.parse(text, {});
  // markdown-it leaves out what lies deeper; a member should hear of it instead.
  if (tokens.some((token) => token.level >= NESTING_MAX - 1)) {
    throw new Refusal("input.invalid", { reason: "quotes or lists are nested too deeply" }, "body");
  }
  return tokens;
}

/** Renders and sanitises. @throws Refusal `input.invalid` naming `body` for a text that grows too much. */
export function renderTokens(markdown: Markdown, tokens: MarkdownTokens, environment: Record<string, unknown>): string {
  const html = markdown.renderer.render(tokens, markdown.options, environment);
  if (html.length > HTML_CHARACTERS_MAX) {
    throw new Refusal("input.invalid", { reason: "it is too large once rendered; use smaller tables" }, "body");
  }
  return sanitiseHtml(html);
}

/**
 * HTML from elsewhere with everything gone that could run, track or deceive. Doing it again changes nothing: it is done here until
 * that is so, since what a browser (or the next pass) makes of mended tag soup is not always what was mended.
 * @throws Refusal `input.invalid` naming `body` for HTML that does not settle.
 */
export function sanitiseHtml(html: string): string {
  let settled = html;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const next = sanitizeHtml(settled, SANITISING).trim();
    if (next === settled) return next;
    settled = next;
  }
  throw new Refusal("input.invalid", { reason: "its HTML tags do not nest" }, "body");
}
