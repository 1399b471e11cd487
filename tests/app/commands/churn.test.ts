import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Id } from "../../../src/kernel/ids.ts";
import { NOW } from "../../events/signals-builders.ts";
import { installationFolder, runRekindle } from "../../support/rekindle-process.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const ISSUER = "https://id.example.com";
const PROBABILITIES = [0.25, 0.75, 0.5];

const test = useDatabase();
let installation: Awaited<ReturnType<typeof installationFolder>>;
let members: Id[];

beforeAll(async () => {
  installation = await installationFolder();
  const communityId = await anEmptyCommunity(test, NOW);
  members = [];
  for (const [i, probability] of PROBABILITIES.entries()) {
    const { memberId } = await aViewer(test, communityId, NOW);
    members.push(memberId);
    await test.rows("insert into external_identities values ($1, $2, $3, $4, $5)", [
      ...[communityId, ISSUER, `student-${i}`, memberId, NOW],
    ]);
    await test.rows("insert into churn_scores values ($1, '2026-02-28', $2, 1, $3, $4)", [
      ...[communityId, memberId, probability, NOW],
    ]);
  }
});
afterAll(() => installation.remove());

const churn = (...args: string[]) =>
  runRekindle(["churn", ...args], { DATABASE_URL: test.url, REDIS_URL: "", REKINDLE_FOLDER: installation.path });

describe("rekindle churn scores", () => {
  it("names the likeliest to leave first, and so many, by the ids that explain takes", async () => {
    const { code, stdout } = await churn("scores", "--top", "2", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      asOf: "2026-02-28",
      scores: [
        { member: `Member:${members[1]}`, probability: 0.75, name: expect.any(String) },
        { member: `Member:${members[2]}`, probability: 0.5 },
      ],
    });
    const table = await churn("scores");
    const likeliest = `Member:${members[1]}`;
    expect(table.stdout).toMatch(new RegExp(`${likeliest} .*75.0 %[^]*50.0 %[^]*25.0 %[^]*churn explain ${likeliest}`));
  }, 120_000);

  it("refuses more than a list to look at", async () => {
    const { code, stderr } = await churn("scores", "--top", "1001");
    expect(code).toBe(2);
    expect(stderr).toContain("up to 1000");
  }, 120_000);
});

describe("rekindle churn explain", () => {
  it("knows a member by the id of the API, the bare one, and by who vouches for them", async () => {
    const names = [`Member:${members[0]}`, members[0]!.toUpperCase(), `${ISSUER}:student-0`];
    for (const name of names) {
      const { code, stdout, stderr } = await churn("explain", name);
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("as of 2026-02-28: 25.0 %");
    }
  }, 120_000);

  it("says so when there is no such member", async () => {
    const { code, stderr } = await churn("explain", "nobody");
    expect(code).toBe(1);
    expect(stderr).toContain("There is no such member");
    expect(stderr).not.toContain("    at ");
  }, 120_000);
});

describe("a day that is still to come", () => {
  it.each([["evaluate"], ["train"]])(
    "is refused by churn %s",
    async (command) => {
      const { code, stderr } = await churn(command, "--as-of", "2999-01-01");
      expect(code).toBe(1);
      expect(stderr).toMatch(/2999-01-01 is still to come; give a day up to today, \d{4}-\d\d-\d\d/);
    },
    120_000,
  );

  it.each([["run"], ["redo", "score-churn"]])(
    "is refused by pipeline %s",
    async (...args) => {
      const env = { DATABASE_URL: test.url, REDIS_URL: "", REKINDLE_FOLDER: installation.path };
      const { code, stderr } = await runRekindle(["pipeline", ...args, "--as-of", "2999-01-01"], env);
      expect(code).toBe(1);
      expect(stderr).toContain("2999-01-01 is still to come");
      expect(await test.rows("select from pipeline_runs")).toEqual([]);
    },
    120_000,
  );
});
