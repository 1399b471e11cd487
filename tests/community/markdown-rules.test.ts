import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown, sanitiseHtml } from "../../src/community/markdown-rules.ts";
import { BODY_CHARACTERS_MAX } from "../../src/community/post-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

describe("renderMarkdown", () => {
  it.each([
    ["**强调（重点）**后文", "<p><strong>强调（重点）</strong>后文</p>"],
    ["他说*“你好”*然后走了", "<p>他说<em>“你好”</em>然后走了</p>"],
    ["一\n二", "<p>一<br />\n二</p>"],
    ["`a < b`", "<p><code>a &lt; b</code></p>"],
    ["```ts\nlet a;\n```", '<pre><code class="language-ts">let a;\n</code></pre>'],
    [
      "见 https://example.com/a，谢谢",
      '<p>见 <a href="https://example.com/a" rel="nofollow ugc noopener noreferrer">https://example.com/a</a>，谢谢</p>',
    ],
    ["readme.md 和 a@b.com", "<p>readme.md 和 a@b.com</p>"],
    [
      "|a|\n|:-:|\n|b|",
      '<table>\n<thead>\n<tr>\n<th style="text-align:center">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td style="text-align:center">b</td>\n</tr>\n</tbody>\n</table>',
    ],
  ])("renders %j", (text, html) => {
    expect(renderMarkdown(text)).toBe(html);
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](java\nscript:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](vbscript:x)",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href='//evil.example'>a</a>",
    "<iframe src=https://evil.example></iframe>",
    "<p style='background:url(https://evil.example)'>a</p>",
    "<td style='position:fixed;text-align:left'>a</td>",
    "<form action=/x><input name=q></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<a id=x name=y class=z>a</a>",
    "![x](http://tracker.example/p.png)",
    "![x](data:image/svg+xml;base64,AAAA)",
    "<code class='language-x\" onclick=\"alert(1)'>a</code>",
  ])("leaves nothing that runs, tracks or deceives in %j", (text) => {
    const html = renderMarkdown(text);
    expect(html).not.toMatch(/<(script|svg|math|iframe|form|input|style|noscript|object|embed)/i);
    expect(html).not.toMatch(/<[^>]*\s(on\w+|id|name|srcset|action)\s*=/i);
    expect(html).not.toMatch(/(href|src)="(?!https?:|mailto:)/i);
    expect(html).not.toMatch(/src="http:/i);
    expect(html).not.toMatch(/position|background|url\(/i);
  });

  it("sanitises twice as once", () => {
    const piece = fc.constantFrom(
      "<b>",
      "</b>",
      "<a href=",
      "'javascript:x'",
      ">",
      "<img src=x ",
      "onerror=1",
      "<!--",
      "-->",
      "**",
      "`",
      "\n\n",
      "> ",
      "- ",
      "&lt;",
      "&#60;",
      "<table><tr><td>",
      "<svg>",
      "</p>",
      "（中文）",
      '"',
      "'",
      "<",
      "[a](",
      ")",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const html = renderMarkdown(pieces.join(""));
        return sanitiseHtml(html) === html && !/<[^>]*\son\w+\s*=/i.test(html);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it("refuses what is nested deeper than it would show, and what grows too much", () => {
    for (const text of ["> ".repeat(200), "- ".repeat(200), "> - 1. ".repeat(60)]) {
      expect(() => renderMarkdown(`${text}x`)).toThrow(Refusal);
    }
    const table = `|${"a|".repeat(100)}\n|${"-|".repeat(100)}\n${"|\n".repeat(10_000)}`;
    expect(() => renderMarkdown(table)).toThrow(Refusal);
  });

  const filling = (unit: string) => unit.repeat(Math.floor(BODY_CHARACTERS_MAX / unit.length));
  it.each([
    "[",
    "![",
    "*a ",
    "**a",
    "_a",
    "~~a",
    "<",
    "<b>",
    "<!--",
    "**中（",
    "a**b",
    "`",
    "http://",
    "|a",
    "[a](",
    "&a;",
  ])("renders a body filled with %j in well under a second", (unit) => {
    const before = performance.now();
    renderMarkdown(filling(unit));
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});
