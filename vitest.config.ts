import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./tests/support/closing-line-reporter.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/postgres-global.ts", "tests/support/template-global.ts"],
    reporters: ["default", new ClosingLineReporter()],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    alias: [
      // Two copies of graphql in one process refuse each other's schemas ("another module or realm").
      { find: /^graphql$/, replacement: "graphql/index.js" },
    ],
  },
});
