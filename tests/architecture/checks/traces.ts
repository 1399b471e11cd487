import type { Check } from "../run-checks.ts";
import { readTree } from "../tree.ts";

/** Letters in brackets keep these patterns from finding themselves. */
const TRACES = [
  {
    what: "a path of somebody's machine",
    pattern: /(?<![\w.~$})-])\/(?:wor[k]|roo[t]|tm[p]|(?:hom[e]|User[s])\/[\w.-]+)\/[\w.-]+|[A-Z]:\\User[s]\\/,
  },
  { what: "a tool beside the repository", pattern: /\.librar[y]\b/ },
  {
    what: "the name of a writing tool",
    pattern: /\b(?:claud[e]|anthropi[c]|open-?a[i]|chat-?gp[t]|copilo[t]|code[x]|gemin[i]|co-authored-b[y])\b/i,
  },
  {
    what: "the host of a package registry",
    pattern: /https?:\/\/registr[y]\.|\b(?:npmj[s]|yarnpk[g]|npmmirro[r]|debia[n]|pyp[i]|crate[s])\.(?:org|com|io)\b/,
  },
];

export const checkTraces: Check = {
  name: "traces",
  promise: "No file names a path of a machine, a tool that wrote it, or the host of a registry.",
  async find(root) {
    const files = await readTree(root, () => true);
    return files.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) =>
        TRACES.flatMap(({ what, pattern }) => {
          const found = pattern.exec(line);
          return found === null ? [] : [`${path}:${index + 1} holds ${what}: ${found[0]}`];
        }),
      ),
    );
  },
};
