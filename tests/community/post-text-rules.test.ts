import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BODY_CHARACTERS_MAX } from "../../src/community/post-rules.ts";
import { mentionsOf, parseText, renderText } from "../../src/community/post-text-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

const LI = "01900000-0000-7000-8000-00000000000a";
const POST = "01900000-0000-7000-8000-00000000000b";
const NOBODY = "01900000-0000-7000-8000-00000000000c";
const LABELS = new Map([
  [`Member:${LI}`, "李 <雷>"],
  [`Post:${POST}`, "#2"],
]);
const render = (text: string, labels: ReadonlyMap<string, string> = LABELS) => renderText(parseText(text), labels);
const MENTION = `<a class="mention" data-member="Member:${LI}">@李 &lt;雷&gt;</a>`;

describe("formulas", () => {
  it.each([
    ["质能方程 $E=mc^2$。", '<p>质能方程 <code class="math">E=mc^2</code>。</p>'],
    ["$a_1*b*c_2$", '<p><code class="math">a_1*b*c_2</code></p>'],
    ["$$\n\\frac{1}{2}\n< 3\n$$", '<pre><code class="math math-display">\\frac{1}{2}\n&lt; 3</code></pre>'],
    ["因为 $$x>1$$ 所以", '<p>因为 <code class="math math-display">x&gt;1</code> 所以</p>'],
    ["> $$\n> x\n> $$", '<blockquote>\n<pre><code class="math math-display">x</code></pre>\n</blockquote>'],
    ["$a\\$b$", '<p><code class="math">a\\$b</code></p>'],
    ["从 $5 涨到 $10", "<p>从 $5 涨到 $10</p>"],
    ["$5和$10", "<p>$5和$10</p>"],
    ["\\$x$", "<p>$x$</p>"],
    ["`$x$`", "<p><code>$x$</code></p>"],
    ["$ x $", "<p>$ x $</p>"],
    ["$$\nx", "<p>$$<br />\nx</p>"],
    ["$<script>alert(1)</script>$", '<p><code class="math">&lt;script&gt;alert(1)&lt;/script&gt;</code></p>'],
    ["$\\href{javascript:alert(1)}{x}$", '<p><code class="math">\\href{javascript:alert(1)}{x}</code></p>'],
  ])("%j", (text, html) => {
    expect(render(text)).toBe(html);
  });
});

describe("mentions and quotes", () => {
  it.each([
    [`你好 @[谁](Member:${LI})！`, `<p>你好 ${MENTION}！</p>`],
    [
      `> @[x](Post:${POST})\n> 原文`,
      `<blockquote>\n<p><a class="quoted" data-post="Post:${POST}">@#2</a><br />\n原文</p>\n</blockquote>`,
    ],
    [`@[nobody](Member:${NOBODY})`, "<p>@nobody</p>"],
    [`@[<b>](Member:${NOBODY})`, "<p>@&lt;b&gt;</p>"],
    [`\`@[x](Member:${LI})\``, `<p><code>@[x](Member:${LI})</code></p>`],
  ])("%j", (text, html) => {
    expect(render(text)).toBe(html);
  });

  it("cannot be forged by raw HTML, nor hidden in another link", () => {
    const forged = `<a class="mention" data-member="Member:${LI}" href="https://evil.example">@Admin</a>`;
    expect(render(`${forged} @[x](Member:${LI})`)).toBe(
      `<p><a href="https://evil.example" rel="nofollow ugc noopener noreferrer">@Admin</a> ${MENTION}</p>`,
    );
    expect(render(`[@[x](Member:${LI})](https://example.com)`)).not.toMatch(/<a [^>]*href[^>]*>[^<]*<a /);
    for (const text of [
      "@[x](Member:not-an-id)",
      `<b title="@[x](Member:${LI})">b</b>`,
      `![@[x](Member:${LI})](https://example.com/a.png)`,
    ]) {
      expect(render(text)).not.toContain("data-member");
    }
  });

  it("names members once each, those that there are", () => {
    const parsed = parseText(
      `@[a](Member:${LI}) @[b](Member:${LI}) @[c](Member:${NOBODY}) @[d](Post:${POST}) \`@[e](Member:${LI})\``,
    );
    expect(parsed.references).toHaveLength(3);
    expect(mentionsOf(parsed, LABELS)).toEqual([LI]);
  });

  it("stops at twenty", () => {
    const ids = Array.from({ length: 21 }, (_, n) => `01900000-0000-7000-8000-0000000000${String(n).padStart(2, "0")}`);
    const text = ids.map((id) => `@[x](Member:${id})`).join(" ");
    expect(() => parseText(text)).toThrow(Refusal);
    expect(parseText(text.slice(0, text.lastIndexOf("@"))).references).toHaveLength(20);
  });
});

describe("any text", () => {
  const piece = fc.constantFrom(
    "$",
    "$$",
    "$$\n",
    "\n$$\n",
    "\\",
    "@[x](",
    `Member:${LI})`,
    ")",
    "<a ",
    ">",
    "`",
    "*",
    "> ",
    "x",
    "1",
    " ",
    "\n",
    "<script>",
    '"',
  );

  it("comes out the same twice, with no script and no member that it does not name", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        let html: string;
        try {
          html = render(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          return;
        }
        expect(render(text)).toBe(html);
        expect(html).not.toMatch(/<script|reference-/i);
        const named = parseText(text).references.length;
        expect(html.match(/data-member/g)?.length ?? 0).toBeGreaterThanOrEqual(0);
        if (named === 0) expect(html).not.toContain("data-member");
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it.each([
    ["dollars", "$a "],
    ["double dollars", "$$a "],
    ["lines that open a formula", "$$\na\n\n"],
    ["openings of a mention", "@["],
    ["long names", `@[${"x".repeat(99)}`],
  ])("of 30,000 characters of %s is rendered within a second", (_name, unit) => {
    const text = unit.repeat(BODY_CHARACTERS_MAX / unit.length);
    const before = performance.now();
    render(text);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
