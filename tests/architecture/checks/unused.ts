import type { Check } from "../run-checks.ts";
import { complaints, runInstalled } from "../run-program.ts";

export const checkUnused: Check = {
  name: "unused",
  promise: "Every file, export and dependency is used by somebody, and every one that is used is declared.",
  async find(root) {
    const args = ["--config", "knip.jsonc", "--no-progress", "--treat-config-hints-as-errors"];
    return complaints(await runInstalled(root, "knip/bin/knip.js", args));
  },
};
