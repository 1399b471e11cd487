import { gzipSync } from "node:zlib";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchRoute } from "../../../schema/events/batch-route.ts";
import { IngestBuffer } from "../../../src/events/ingest-buffer.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { createLogger } from "../../../src/platform/logging.ts";
import { aCommunity, NOW, someMembers } from "../../events/signals-builders.ts";
import { useDatabase } from "../../support/test-database.ts";

const database = useDatabase();
let app: FastifyInstance;
let communityId: Id;
let memberId: Id;

beforeAll(async () => {
  communityId = await aCommunity(database);
  memberId = (await someMembers(database, communityId, 1))[0]!;
  const viewer = (role: Viewer["role"]): Viewer => ({
    communityId,
    memberId,
    role,
    locale: "en",
    timeZone: "UTC",
    suspended: false,
  });
  const viewers = new Map([
    ["key", viewer("service")],
    ["token", viewer("member")],
  ]);
  app = Fastify();
  await app.register(
    batchRoute({
      db: database.db,
      buffer: new IngestBuffer({ db: database.db, rowsWaitingMax: 10 }),
      authenticate: async (credential) => viewers.get(credential) ?? null,
      clock: () => NOW,
      logger: createLogger({ level: "silent" }),
      bodyBytesMax: 64 * 1024,
    }),
  );
  await app.listen({ port: 0, host: "127.0.0.1" });
});

afterAll(() => app.close());

const basic = { authorization: `Basic ${Buffer.from("key:").toString("base64")}` };

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const { port } = app.server.address() as { port: number };
  const response = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
    method: "POST",
    body: new Uint8Array(Buffer.from(body)),
    headers,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const messageIds = async () =>
  (await database.rows("select message_id from events where community_id = $1", [communityId])).map(
    (row) => row.message_id,
  );

const track = (messageId: string) => ({ type: "track", event: "Lesson Started", userId: memberId, messageId });

describe("POST /v1/batch", () => {
  it("stores a batch as Segment's libraries send it, once", async () => {
    const body = JSON.stringify({ batch: [track("a1"), track("a2")], sentAt: NOW.toISOString() });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await post(body, { ...basic, "content-type": "application/json" });
      expect(answer).toMatchObject({ status: 200, body: { success: true, accepted: 2, rejected: [] } });
    }
    expect((await messageIds()).filter((id) => id.startsWith("a"))).toHaveLength(2);
  });

  it("takes gzip, announced or not, as any content type, and the key from the body", async () => {
    const zipped = (id: string) => gzipSync(JSON.stringify({ batch: [track(id)], writeKey: "key" }));
    expect((await post(zipped("b1"), { "content-encoding": "gzip", "content-type": "application/json" })).status).toBe(
      200,
    );
    expect((await post(zipped("b2"), { "content-type": "text/plain" })).status).toBe(200);
    expect((await post(zipped("b3"))).status).toBe(200);
    expect((await messageIds()).filter((id) => id.startsWith("b"))).toHaveLength(3);
  });

  it("stores the good messages of a batch, lists the bad ones and keeps them", async () => {
    const batch = [
      track("c1"),
      { type: "track", userId: "u", messageId: "c2" },
      "nonsense",
      { type: "identify", userId: "u" },
    ];
    const answer = await post(JSON.stringify({ batch }), basic);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      success: true,
      accepted: 1,
      ignored: 1,
      rejected: [
        { index: 1, messageId: "c2", problems: [{ field: "event" }] },
        { index: 2, messageId: null },
      ],
    });
    expect(await database.rows("select from dead_letters where community_id = $1", [communityId])).toHaveLength(2);
    expect(await messageIds()).toContain("c1");
  });

  it("lets members send their own events, and only those", async () => {
    const batch = [
      { type: "track", event: "login", userId: "somebody", messageId: "d1" },
      { type: "track", event: "answer.accepted", userId: memberId, messageId: "d2" },
    ];
    const answer = await post(JSON.stringify({ batch }), { authorization: "Bearer token" });
    expect(answer.body).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
    const [row] = await database.rows("select member_id from events where message_id = $1", [`${memberId}:d1`]);
    expect(row!.member_id).toBe(memberId);
  });

  it.each<[string, string | Buffer, Record<string, string>, number]>([
    ["no credential", JSON.stringify({ batch: [] }), {}, 401],
    ["an unknown key", JSON.stringify({ batch: [] }), { authorization: "Bearer nobody" }, 401],
    ["something that is not JSON", "{", basic, 400],
    ["no batch", "{}", basic, 400],
    ["a batch that is no list", JSON.stringify({ batch: {} }), basic, 400],
    ["broken gzip", Buffer.from([0x1f, 0x8b, 1, 2, 3]), basic, 400],
    ["an encoding it does not know", "{}", { ...basic, "content-encoding": "br" }, 415],
    ["too large a body", JSON.stringify({ batch: ["x".repeat(70_000)] }), basic, 413],
    [
      "a small body that unpacks to a large one",
      gzipSync(JSON.stringify({ batch: ["x".repeat(900_000)] })),
      basic,
      413,
    ],
    ["too many messages", JSON.stringify({ batch: Array(2_501).fill(1) }), basic, 413],
  ])("answers %s plainly", async (_what, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer).toMatchObject({ status, body: { success: false, error: expect.any(String) } });
  });

  it("answers 503 with Retry-After when too much is waiting, and loses nothing of what it accepted", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, call) =>
        post(JSON.stringify({ batch: Array.from({ length: 9 }, (_, row) => track(`e${call}.${row}`)) }), basic),
      ),
    );
    const accepted = answers.filter((answer) => answer.status === 200);
    const busy = answers.filter((answer) => answer.status === 503);
    expect(accepted.length + busy.length).toBe(20);
    for (const answer of busy) expect(answer.headers.get("retry-after")).toBe("1");
    expect((await messageIds()).filter((id) => id.startsWith("e"))).toHaveLength(accepted.length * 9);
  });
});
