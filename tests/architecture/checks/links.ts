import { posix } from "node:path";
import type { Check } from "../run-checks.ts";
import { listTree, readTree } from "../tree.ts";

/** `[text](target)` to another file; addresses and headings of the same file are none. */
const LINK = /\]\((?![a-z][a-z+.-]*:|#)([^)\s#]+)(?:#[^)]*)?\)/g;

/** `folder/…` in backticks, of a folder of ours; names with a gap to fill in, such as `<thing>`, are none. */
const PATH = /`((?:\.ci|bench|bin|console|docs|drizzle|schema|src|tests|workers)\/[\w./-]*)`/g;

export const checkLinks: Check = {
  name: "links",
  promise: "Every file that a document links to, or names by its path, is there.",
  async find(root) {
    const there = withFolders(await listTree(root));
    const documents = await readTree(root, (path) => path.endsWith(".md"));
    return documents.flatMap(({ path, text }) =>
      linesOutsideFences(text).flatMap(([line, number]) => {
        const linked = [...line.matchAll(LINK)].map(([, target = ""]) => posix.join(posix.dirname(path), target));
        const named = [...line.matchAll(PATH)].map(([, target = ""]) => target);
        return [...linked, ...named]
          .filter((target) => !there.has(target.replace(/\/$/, "")))
          .map((target) => `${path}:${number} names ${target}, which is not there`);
      }),
    );
  },
};

function withFolders(paths: readonly string[]): ReadonlySet<string> {
  const there = new Set(paths);
  for (const path of paths) {
    for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) there.add(folder);
  }
  return there;
}

/** What a fence holds is an example of something else. */
function linesOutsideFences(text: string): (readonly [line: string, number: number])[] {
  let fenced = false;
  return text.split("\n").flatMap((line, index) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) fenced = !fenced;
    return isFence || fenced ? [] : [[line, index + 1] as const];
  });
}
