import type { Check } from "../run-checks.ts";
import { complaints, runInstalled } from "../run-program.ts";

/** Incremental: a second run on a tree that changed a little takes a fraction of the first. */
const BUILD_INFO = ".cache/types.tsbuildinfo";

export const checkTypes: Check = {
  name: "types",
  promise: "TypeScript, as strict as tsconfig.json says, finds nothing.",
  async find(root) {
    const args = ["--noEmit", "--pretty", "false", "--incremental", "--tsBuildInfoFile", BUILD_INFO];
    return complaints(await runInstalled(root, "typescript/bin/tsc", args));
  },
};
