import type { Check } from "../run-checks.ts";
import { complaints, runInstalled } from "../run-program.ts";

export const checkLint: Check = {
  name: "lint",
  promise: "Biome finds nothing to mend or to format (`npm run format` does what can be done alone).",
  async find(root) {
    return complaints(
      await runInstalled(root, "@biomejs/biome/bin/biome", [
        "check",
        "--error-on-warnings",
        "--max-diagnostics=none",
        ".",
      ]),
    );
  },
};
