import type { MarkdownIt } from "markdown-it";

/** Longer is no formula; and it bounds the search for an end, which there may be none of. */
const INLINE_CHARACTERS_MAX = 1_000;
const BLOCK_LINES_MAX = 200;

const DOLLAR = 0x24;
const BACKSLASH = 0x5c;

/**
 * Formulas in TeX: `$…$` in a line, `$$…$$` on their own. They stay text, in `<code class="math">`, for pages to typeset or to show
 * as they are: nothing here reads them. As pandoc does, so that prices stay prices: no space inside the dollars, and no digit
 * after the closing one.
 */
export function readMath(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "math", (state, silent) => {
    const { src, pos } = state;
    if (src.charCodeAt(pos) !== DOLLAR) return false;
    const width = src.charCodeAt(pos + 1) === DOLLAR ? 2 : 1;
    const end = width === 2 ? endOfDisplay(src, pos) : endOfInline(src, pos);
    if (end === null || end + width > state.posMax) return false;
    if (!silent) {
      const token = state.push(width === 2 ? "math_display" : "math_inline", "code", 0);
      token.content = src.slice(pos + width, end);
    }
    state.pos = end + width;
    return true;
  });

  markdown.block.ruler.before(
    "fence",
    "math_block",
    (state, startLine, endLine, silent) => {
      const lineAt = (line: number) => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!);
      if (state.sCount[startLine]! - state.blkIndent >= 4 || lineAt(startLine).trim() !== "$$") return false;
      const last = Math.min(endLine, startLine + BLOCK_LINES_MAX);
      let line = startLine + 1;
      while (line < last && state.sCount[line]! >= state.blkIndent && lineAt(line).trim() !== "$$") line += 1;
      if (line >= last || state.sCount[line]! < state.blkIndent) return false;
      if (silent) return true;
      const token = state.push("math_block", "code", 0);
      token.content = state.getLines(startLine + 1, line, state.blkIndent, false);
      token.map = [startLine, line + 1];
      state.line = line + 1;
      return true;
    },
    { alt: ["paragraph", "blockquote", "list"] },
  );

  const { rules } = markdown.renderer;
  const escaped = (content: string) => markdown.utils.escapeHtml(content);
  rules.math_inline = (tokens, index) => `<code class="math">${escaped(tokens[index]!.content)}</code>`;
  rules.math_display = (tokens, index) =>
    `<code class="math math-display">${escaped(tokens[index]!.content.trim())}</code>`;
  rules.math_block = (tokens, index) =>
    `<pre><code class="math math-display">${escaped(tokens[index]!.content.trim())}</code></pre>\n`;
}

function endOfInline(src: string, start: number): number | null {
  if (isBlank(src, start + 1)) return null;
  const last = start + INLINE_CHARACTERS_MAX;
  for (let end = src.indexOf("$", start + 2); end !== -1 && end <= last; end = src.indexOf("$", end + 1)) {
    if (src.charCodeAt(end - 1) === BACKSLASH) continue;
    // A closing dollar that cannot close ends the search: what follows would be a formula across prices.
    return isBlank(src, end - 1) || /[0-9$]/.test(src.charAt(end + 1)) ? null : end;
  }
  return null;
}

function endOfDisplay(src: string, start: number): number | null {
  const end = src.indexOf("$$", start + 2);
  if (end === -1 || end > start + INLINE_CHARACTERS_MAX || src.slice(start + 2, end).trim() === "") return null;
  return end;
}

function isBlank(src: string, position: number): boolean {
  return position >= src.length || /\s/.test(src.charAt(position));
}
