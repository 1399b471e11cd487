import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW } from "../../events/signals-builders.ts";
import { installationFolder, runRekindle } from "../../support/rekindle-process.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity } from "../../support/value-builders.ts";

const test = useDatabase();
let installation: Awaited<ReturnType<typeof installationFolder>>;

beforeAll(async () => {
  installation = await installationFolder();
  await anEmptyCommunity(test, NOW);
});
afterAll(() => installation.remove());

const rekindle = (...args: string[]) =>
  runRekindle(args, { DATABASE_URL: test.url, REDIS_URL: "", REKINDLE_FOLDER: installation.path });

describe("the command line", () => {
  it.each([
    [["dead-letters", "list", "--source", "evnets"], "Allowed choices are events, domain-events, email, import."],
    [["dead-letters", "list", "--limit", "999999999999"], "from 1 to 999999999"],
    [["token", "--subject", ""], "It is empty."],
    [["token", "--role", "service"], "a service's token needs --scope"],
    [["token", "--role", "member", "--scope", "operate"], "only a service's takes it"],
    [["pipeline", "run", "--as-of", "tomorrow"], "YYYY-MM-DD"],
  ])(
    "refuses %j with what would be right",
    async (args, says) => {
      const { code, stderr } = await rekindle(...args);
      expect(code).toBe(2);
      expect(stderr).toContain(says);
    },
    120_000,
  );

  it.each([["start"], ["community"], ["api-key"], ["import"], ["pipeline"], ["churn"], ["rewards"], ["dead-letters"]])(
    "tells how to use %s",
    async (command) => {
      const { code, stdout } = await rekindle(command, "--help");
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: rekindle ${command}`);
    },
    120_000,
  );

  it("makes a token of each role", async () => {
    for (const role of [["operator"], ["service", "--scope", "coupons:settle"]]) {
      const { code, stdout, stderr } = await rekindle("token", "--role", ...role);
      expect(code, stderr).toBe(0);
      const claims = JSON.parse(Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString());
      expect(claims).toMatchObject({ role: role[0], sub: role[0] });
      expect(claims.scope).toBe(role[2]);
    }
  }, 120_000);
});
