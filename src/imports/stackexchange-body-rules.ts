import { renderMarkdown, sanitiseHtml } from "../community/markdown-rules.ts";
import { Refusal } from "../kernel/refusal.ts";

/** A post's text as it is edited, and as it is shown. */
export interface Body {
  readonly markdown: string;
  readonly html: string;
}

/**
 * The body of a question or an answer, which a dump holds as HTML. Sanitised, it is its own Markdown source: CommonMark lets HTML
 * through, and rendering it again changes white space between tags at most (so it is with all 5,269 posts of three dumps).
 */
export function bodyOfHtml(dumped: string): Body {
  const html = unindent(orAsPlainText(dumped, sanitiseHtml));
  return { markdown: html, html };
}

/** Takes the white space that means nothing in HTML and something in Markdown: indentation, and empty lines before text. */
function unindent(html: string): string {
  const parts = html.split(/(<pre>[\s\S]*?<\/pre>)/);
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\n[ \t]+/g, "\n").replace(/\n{2,}(?=[^\n<])/g, "\n")))
    .join("");
}

/** The body of a comment, which a dump holds in the site's small Markdown. */
export function bodyOfComment(markdown: string): Body {
  return { markdown, html: orAsPlainText(markdown, renderMarkdown) };
}

/** A text that cannot be rendered, since its tags or quotes nest without end, is shown as it was written. */
function orAsPlainText(text: string, render: (text: string) => string): string {
  try {
    return render(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `<p>${text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`;
  }
}
