import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buryMalformed } from "../../../src/events/malformed-actions.ts";
import { type Id, newId } from "../../../src/kernel/ids.ts";
import { addMs } from "../../../src/kernel/instant.ts";
import { Crypto } from "../../../src/platform/crypto.ts";
import { buryLetter } from "../../../src/platform/outbox/dead-letter-actions.ts";
import { DOMAIN_EVENT_LETTERS } from "../../../workers/worker-process.ts";
import { NOW } from "../../events/signals-builders.ts";
import { installationFolder, runRekindle } from "../../support/rekindle-process.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const test = useDatabase();
const secret = randomBytes(32).toString("base64");
const crypto = new Crypto([{ id: "k1", secret }]);
let installation: Awaited<ReturnType<typeof installationFolder>>;
let communityId: Id;
let memberId: Id;
let letters = 0;

beforeAll(async () => {
  installation = await installationFolder();
  communityId = await anEmptyCommunity(test, NOW);
  ({ memberId } = await aViewer(test, communityId, NOW));
});
afterAll(() => installation.remove());

const rekindle = (...args: string[]) =>
  runRekindle(args, {
    DATABASE_URL: test.url,
    REDIS_URL: "",
    REKINDLE_FOLDER: installation.path,
    REKINDLE_ENCRYPTION_KEYS: `k1:${secret}`,
  });

/** Each a second after the one before, so that they are tried in this order. */
const bury = (source: string, payload: unknown, of: Id | null = communityId) => {
  letters += 1;
  const letter = { communityId: of, source, reference: `letter ${letters}`, payload, error: "it failed" };
  return test.db.systemTransaction((sql) => buryLetter(sql, letter, addMs(NOW, letters * 1_000)));
};

/** A message of a public key whose letter was kept, and which reads as `message` by now. */
async function buryMessage(message: object, readsAs: object = message): Promise<void> {
  letters += 1;
  const sender = { memberId, trust: "clients" } as const;
  const kept = [{ message, sentAt: undefined, problems: [{ field: "timestamp", problem: "is no time" }] }];
  await test.tx(communityId, (tx) => buryMalformed(tx, crypto, sender, kept, addMs(NOW, letters * 1_000)));
  await test.rows(
    "update dead_letters set payload = jsonb_set(payload, '{cipher}', to_jsonb($2::text)) where reference = $1",
    [(message as { messageId: string }).messageId, crypto.encrypt(JSON.stringify({ message: readsAs }))],
  );
}

const message = (messageId: string, timestamp: string, event = "login") => ({
  ...{ type: "track", event, userId: memberId, messageId, timestamp },
});

const openReferences = async () =>
  (await test.rows("select reference from dead_letters where replayed_at is null order by reference")).map(
    (row) => row.reference,
  );

describe("rekindle dead-letters", () => {
  it("replays each letter on its own, and tells of every outcome", async () => {
    await bury("events", { message: message("old", "2026-03-01T00:00:00Z") }); // of nobody
    await bury("events", {}, null);
    await bury("of-the-future", {});
    await bury("import", { source: "log", file: "log.jsonl", row: 7 });
    await buryMessage(message("unreadable", "soon"));
    await buryMessage(message("mended", "soon"), message("mended", "2026-03-01T00:00:00Z"));
    await buryMessage(message("forged", "soon"), message("forged", "2026-03-01T00:00:00Z", "answer.posted"));
    const outboxId = newId(NOW);
    const payload = { type: "member.joined", memberId };
    await bury(DOMAIN_EVENT_LETTERS, { id: outboxId, communityId, payload, occurredAt: NOW.toISOString() });

    const replayed = await rekindle("dead-letters", "replay", "--json");
    expect(JSON.parse(replayed.stdout)).toEqual({
      counts: { replayed: 2, malformed: 1, refused: 1, "import-again": 1, taken: 0, failed: 3 },
      failed: [
        expect.objectContaining({ reference: "letter 1", why: "the letter does not say who sent the message" }),
        expect.objectContaining({ reference: "letter 2", why: expect.stringContaining("belongs to a community") }),
        expect.objectContaining({ reference: "letter 3", why: "nothing replays letters of of-the-future" }),
      ],
    });
    expect(replayed.code).toBe(1);
    expect(await openReferences()).toEqual(["letter 1", "letter 2", "letter 3", "letter 4", "unreadable"]);
    expect(await test.rows("select message_id, member_id, kind from events")).toEqual([
      { message_id: "public:mended", member_id: memberId, kind: "login" },
    ]);
    expect(await test.rows("select id from outbox where id = $1", [outboxId])).toHaveLength(1);
  }, 120_000);

  it("says in words what to do about those that wait, and does nothing twice", async () => {
    const again = await rekindle("dead-letters", "replay");
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("1 still cannot be read: their senders mend them and send them again.");
    expect(again.stdout).toContain("1 of an import: mend the rows and import the file again.");
    expect(again.stdout).toContain("3 failed and wait as before:");
    expect(again.stdout).not.toContain("replayed.");
    const imports = await rekindle("dead-letters", "replay", "--source", "import");
    expect(imports).toMatchObject({
      code: 0,
      stdout: "1 of an import: mend the rows and import the file again.\n",
    });
    expect(await test.rows("select from events")).toHaveLength(1);
  }, 120_000);

  it("lists what waits and why, and as JSON what was buried, for whoever holds the keys", async () => {
    const listed = await rekindle("dead-letters", "list", "--source", "events", "--json");
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { reference: "letter 1", payload: { unreadable: "the letter does not say who sent the message" } },
      { reference: "letter 2" },
      {
        reference: "unreadable",
        error: "timestamp: is no time",
        payload: { sender: { memberId, trust: "clients" }, message: { messageId: "unreadable" } },
      },
    ]);
    const table = await rekindle("dead-letters", "list");
    expect(table.stdout).toMatch(/events +unreadable +\S+ +timestamp: is no time/);
    expect((await rekindle("dead-letters", "list", "--source", "nowhere")).code).toBe(2);
  }, 120_000);
});
