import type { Check } from "../run-checks.ts";
import { readTree, SOURCE } from "../tree.ts";

const LINES_MAX = 250;

/** Tests are tables and stories, read one at a time. */
const TEST_LINES_MAX = 400;

/** Files that may be longer, how long, and why they were not split. */
const LONGER: ReadonlyMap<string, { readonly linesMax: number; readonly because: string }> = new Map([
  ["src/simulation/load-rows.ts", { linesMax: 290, because: "one reader whose record kinds share their maps" }],
]);

export const checkFileSizes: Check = {
  name: "file-sizes",
  promise: `No source file has more than ${LINES_MAX} lines, but for those that say why in tests/architecture/checks/file-sizes.ts.`,
  async find(root) {
    const files = await readTree(root, (path) => SOURCE.test(path));
    const lines = new Map(files.map((file) => [file.path, file.text.trimEnd().split("\n").length]));
    const long = [...lines].flatMap(([path, count]) => {
      const linesMax = LONGER.get(path)?.linesMax ?? (path.startsWith("tests/") ? TEST_LINES_MAX : LINES_MAX);
      return count > linesMax ? [`${path} has ${count} lines, more than ${linesMax}: split it along what it does`] : [];
    });
    const needless = [...LONGER.keys()].flatMap((path) =>
      (lines.get(path) ?? 0) > LINES_MAX ? [] : [`${path} needs no exception any more: take it off the list`],
    );
    return [...long, ...needless];
  },
};
