import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installationFolder, runRekindle } from "../support/rekindle-process.ts";
import { useDatabase } from "../support/test-database.ts";
import { TINY_DUMP, tarOf, useFolder } from "./import-files.ts";

const test = useDatabase();
const folder = useFolder();
let installation: Awaited<ReturnType<typeof installationFolder>>;

beforeAll(async () => {
  installation = await installationFolder();
});
afterAll(() => installation.remove());

const rekindle = (...args: string[]) =>
  runRekindle(args, { DATABASE_URL: test.url, REDIS_URL: "", REKINDLE_FOLDER: installation.path });

describe("rekindle import", () => {
  it("creates the dump's community, tells what came in and what to do next", async () => {
    const dump = await folder.write("stackexchange_ai_2017-03.tar", await tarOf(TINY_DUMP));
    const imported = await rekindle("import", "stackexchange", dump, "--json");
    expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining("Created community ai.") });
    expect(JSON.parse(imported.stdout)).toMatchObject({
      community: "ai",
      resumed: false,
      parts: { users: { read: 2, imported: 2 } },
      next: "rekindle pipeline run --community ai --as-of 2016-08-02",
    });
    const log = await folder.write("log.jsonl", '{"userId":"u1","event":"login","timestamp":"2017-01-31T20:00:00Z"}');
    const { code, stdout } = await rekindle("import", "events", log);
    expect(code).toBe(0);
    expect(stdout).toContain("New: events 1, members 1.");
    expect(stdout).toContain("Next: rekindle pipeline run --community ai --as-of 2017-01-31");
  }, 120_000);

  it("says what is wrong with a file, and creates no community for it", async () => {
    const dump = await folder.write("photo.tar", await tarOf({ "Users.xml": TINY_DUMP["Users.xml"]! }));
    const { code, stderr } = await rekindle("import", "stackexchange", dump);
    expect({ code, stderr: stderr.trim() }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/holds no Posts\.xml: give a folder or archive with the dump's XML files in it\.$/),
    });
    expect(await test.rows("select from communities where slug = 'photo'")).toEqual([]);
  }, 120_000);
});
