import type { Check } from "../run-checks.ts";
import { complaints, runInstalled } from "../run-program.ts";
import { listTree, SOURCE } from "../tree.ts";

export const checkImportRanks: Check = {
  name: "import-ranks",
  promise: "Every import keeps to the ranks that `.dependency-cruiser.cjs` lists, types included.",
  async find(root) {
    const sources = (await listTree(root)).filter((path) => SOURCE.test(path) && path.includes("/"));
    const folders = [...new Set(sources.map((path) => path.slice(0, path.indexOf("/"))))];
    const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "err-long", ...folders];
    return complaints(await runInstalled(root, "dependency-cruiser/bin/dependency-cruise.mjs", args));
  },
};
