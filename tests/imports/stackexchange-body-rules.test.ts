import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../src/community/markdown-rules.ts";
import { bodyOfComment, bodyOfHtml } from "../../src/imports/stackexchange-body-rules.ts";

describe("the body of an imported post", () => {
  it("is free of what could run", () => {
    const { html } = bodyOfHtml('<p onclick="x()">Hi<script>x()</script> <a href="javascript:x()">there</a></p>');
    expect(html).not.toMatch(/script|onclick/);
    expect(html).toContain("Hi");
  });

  it("is its own Markdown: indented and empty lines make no code and no paragraphs of it", () => {
    const { markdown, html } = bodyOfHtml(
      "<p>One</p>\n\n    <p>Two.\n\n  Three</p>\n\n<pre><code>a\n\n    b *c*\n</code></pre>\n",
    );
    expect(renderMarkdown(markdown).replaceAll("\n<", "<")).toBe(html.replace(/\n+</g, "<"));
    expect(html).toContain("<pre><code>a\n\n    b *c*\n</code></pre>");
  });

  it("of a comment is the site's Markdown, rendered", () => {
    expect(bodyOfComment("See [here](https://example.org), *please*")).toEqual({
      markdown: "See [here](https://example.org), *please*",
      html: '<p>See <a href="https://example.org" rel="nofollow ugc noopener noreferrer">here</a>, <em>please</em></p>',
    });
  });

  it("that nests without end is shown as it was written", () => {
    const { html } = bodyOfComment(`${">".repeat(60)} <b>`);
    expect(html).toBe(`<p>${"&#62;".repeat(60)} &#60;b&#62;</p>`);
  });
});
