import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NOW } from "../../events/signals-builders.ts";
import { useDatabase } from "../../support/test-database.ts";
import { basic as basicOf, type Credential, useBatchRoute, userName } from "./batch-client.ts";

const database = useDatabase();
const route = useBatchRoute(database);
const { post, send } = route;

const basic = basicOf("events:import");

const messageIds = async () => (await route.events()).map((row) => row.message_id);

const track = (messageId: string) => ({
  ...{ type: "track", event: "Lesson Started", userId: route.members.member, messageId },
});

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
    const zipped = (id: string) =>
      gzipSync(JSON.stringify({ batch: [track(id)], writeKey: userName("events:import") }));
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
    expect(await database.rows("select from dead_letters where community_id = $1", [route.communityId])).toHaveLength(
      2,
    );
    expect(await messageIds()).toContain("c1");
  });

  it("lets members send their own events, and only those", async () => {
    const { member } = route.members;
    const batch = [
      { type: "track", event: "login", userId: "somebody", messageId: "d1" },
      { type: "track", event: "answer.accepted", userId: member, messageId: "d2" },
    ];
    const answer = await send("member", batch);
    expect(answer.body).toMatchObject({ accepted: 1, refused: 1, rejected: [{ index: 1, kept: false }] });
    const [row] = await database.rows("select member_id from events where message_id = $1", [`${member}:d1`]);
    expect(row!.member_id).toBe(member);
  });

  it("lets a public key tell of anybody what clients see, never what the community sees itself", async () => {
    const { victim } = route.members;
    const batch = [
      { type: "track", event: "login", userId: victim, messageId: "f1" },
      { type: "page", anonymousId: "visitor", messageId: "f2" },
      { type: "track", event: "answer.posted", userId: victim, messageId: "f3" },
      { type: "track", event: "Coupon Redeemed", userId: victim, messageId: "f4" },
    ];
    const answer = await send("events:write", batch);
    expect(answer.body).toMatchObject({ accepted: 2, refused: 2, rejected: [{ index: 2 }, { index: 3 }] });
    const stored = (await route.events()).filter((row) => /f\d$/.test(row.message_id));
    // Its ids are kept apart, so that it cannot take those of the platform's server or of an import.
    expect(stored).toMatchObject([
      { message_id: "public:f1", member_id: victim, kind: "login" },
      { message_id: "public:f2", member_id: null, anonymous_id: "visitor", kind: "page.viewed" },
    ]);
  });

  it.each<[Credential, string]>([
    ["events:import", "g1"],
    ["operator", "g2"],
  ])("believes everything of %s", async (as, messageId) => {
    const answer = await send(as, [{ event: "answer.posted", userId: route.members.victim, messageId }]);
    expect(answer.body).toMatchObject({ accepted: 1, refused: 0, rejected: [] });
    expect(await messageIds()).toContain(messageId);
  });

  it.each<Credential>(["key without scopes", "coupons:settle", "operate"])(
    "takes nothing from %s: it was not made for events",
    async (as) => {
      const before = [await route.events(), await route.letters()];
      const answer = await send(as, [track("h1"), { broken: true }]);
      expect(answer).toMatchObject({ status: 403, body: { success: false, error: expect.stringContaining("scope") } });
      expect([await route.events(), await route.letters()]).toEqual(before);
    },
  );

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
