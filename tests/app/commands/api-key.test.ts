import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashApiKey } from "../../../src/identity/api-key-actions.ts";
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

const create = (...args: string[]) =>
  runRekindle(["api-key", "create", ...args], {
    DATABASE_URL: test.url,
    REDIS_URL: "",
    REKINDLE_FOLDER: installation.path,
  });

describe("rekindle api-key create", () => {
  it("makes a key for what its scopes say", async () => {
    const { code, stdout } = await create("shop", "--scope", "coupons:settle", "--scope", "events:import");
    expect(code).toBe(0);
    expect(await test.rows("select name, key_hash, scopes from api_keys")).toEqual([
      { name: "shop", key_hash: hashApiKey(stdout.trim()), scopes: ["coupons:settle", "events:import"] },
    ]);
  }, 120_000);

  it("makes none that says nothing, or what there is not", async () => {
    for (const args of [["web"], ["web", "--scope", "root"]]) {
      const { code, stderr } = await create(...args);
      expect(code, stderr).toBe(2);
    }
    expect(await test.rows("select from api_keys")).toHaveLength(1);
  }, 120_000);
});
