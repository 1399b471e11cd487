import { describe, expect, it } from "vitest";
import type { SenderTrust } from "../../../src/events/admission-rules.ts";
import { buryMalformed, replayMalformed } from "../../../src/events/malformed-actions.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { aCommunity, NOW } from "../../events/signals-builders.ts";
import { plainTextWith } from "../../support/plain-text.ts";
import { useDatabase } from "../../support/test-database.ts";
import { basic, type Credential, crypto, useBatchRoute } from "./batch-client.ts";

const database = useDatabase();
const route = useBatchRoute(database);
const { send } = route;

const replay = (id: Id, communityId = route.communityId) =>
  database.tx(communityId, (tx) => replayMalformed(tx, crypto, id, NOW));

async function letterOf(reference: string) {
  const letters = (await route.letters()).filter((letter) => letter.reference === reference);
  expect(letters, reference).toHaveLength(1);
  return letters[0]!;
}

/** What a newer version that understands more would read: the same letter, from the same sender. */
async function mend(id: Id, message: object, sentAt?: string): Promise<void> {
  await database.rows(
    "update dead_letters set payload = jsonb_set(payload, '{cipher}', to_jsonb($2::text)) where id = $1",
    [id, crypto.encrypt(JSON.stringify({ message, sentAt }))],
  );
}

const storedAs = async (ending: string) => (await route.events()).filter((row) => row.message_id.endsWith(ending));

/** Broken by its time alone. */
const broken = (messageId: string, change: object = {}) => ({
  ...{ type: "track", event: "login", userId: "u", messageId, timestamp: "soon" },
  ...change,
});
const mended = (messageId: string, change: object = {}) =>
  broken(messageId, { timestamp: "2026-03-01T00:00:00Z", ...change });

describe("messages that could not be read", () => {
  it("are kept whole, and replayed once they can be, by their own community only", async () => {
    await send("events:import", [broken("x1"), { ...mended("x2"), event: "login\u0000" }]);
    const { id, error } = await letterOf("x1");
    expect(error).toMatch(/^timestamp: /);
    expect(await replay(id)).toBe("malformed");
    expect(await replay((await letterOf("x2")).id)).toBe("malformed");

    await mend(id, mended("x1"));
    expect(await replay(id, await aCommunity(database))).toBe("taken");
    expect(await storedAs("x1")).toEqual([]);
    expect(await replay(id)).toBe("replayed");
    expect(await replay(id)).toBe("taken");
    expect(await storedAs("x1")).toHaveLength(1);
  });

  it("are replayed once by replays that begin at once, and whole again after one that crashed", async () => {
    await send("events:import", [broken("y1")]);
    const { id } = await letterOf("y1");
    await mend(id, mended("y1"));
    const crashed = database.tx(route.communityId, async (tx) => {
      await replayMalformed(tx, crypto, id, NOW);
      throw new Error("the power went");
    });
    await expect(crashed).rejects.toThrow("the power went");
    expect(await storedAs("y1")).toEqual([]);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => replay(id)));
    expect(outcomes.filter((outcome) => outcome === "replayed")).toHaveLength(1);
    expect(await storedAs("y1")).toHaveLength(1);
  });

  it("are kept once each, however often and in whatever order their batch is sent", async () => {
    const batch = Array.from({ length: 50 }, (_, index) => broken(`z${index}`));
    await Promise.all(Array.from({ length: 8 }, (_, n) => send("events:import", n % 2 ? batch : batch.toReversed())));
    expect((await route.letters()).filter((letter) => letter.reference.startsWith("z"))).toHaveLength(50);
  });

  it("take the clock of the batch that they came in along", async () => {
    const sentAt = "2026-03-02T11:00:00.000Z"; // an hour behind
    await send("events:import", [broken("t1")], sentAt);
    const { id } = await letterOf("t1");
    const timestamp = "2026-03-02T10:00:00.000Z";
    await mend(id, mended("t1", { timestamp }), sentAt);
    expect(await replay(id)).toBe("replayed");
    expect(await storedAs("t1")).toMatchObject([{ occurred_at: new Date("2026-03-02T11:00:00.000Z") }]);
  });
});

describe("messages that are not worth keeping", () => {
  /** JSON.stringify fails on it, as on whatever holds it. */
  const nested = `${'{"x":'.repeat(5_000)}1${"}".repeat(5_000)}`;

  it("are told of and forgotten when anybody could have sent them, so that no member fills the operator's list", async () => {
    const before = await route.letters();
    for (const as of ["member", "events:write"] as const) {
      const batch = Array.from({ length: 500 }, (_, index) => broken(`rubbish-${index}`));
      const answer = await send(as, [...batch, mended(`good-${as}`)]);
      const body = answer.body as { readonly rejected: readonly unknown[] };
      expect(body).toMatchObject({ accepted: 1, refused: 0 });
      expect(body.rejected).toHaveLength(500);
      expect(body.rejected[0]).toMatchObject({
        messageId: "rubbish-0",
        kept: false,
        problems: [{ field: "timestamp" }],
      });
    }
    expect(await route.letters()).toEqual(before);
  });

  it.each([
    ["a message", `{"type":"track","event":"login","userId":"u","messageId":"deep","properties":${nested}}`, "deep"],
    ["a message's id", `{"type":"track","event":"login","userId":"u","messageId":${nested}}`, null],
    ["what is no message", `[${nested}]`, null],
  ])("do not hold up the others when %s nests thousands deep", async (what, deep, messageId) => {
    const before = await route.letters();
    const good = mended(`beside ${what}`);
    const { status, body } = await route.post(`{"batch":[${deep},${JSON.stringify(good)}]}`, basic("events:import"));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { accepted: 1, rejected: [{ index: 0, messageId, kept: false }] },
    });
    expect(await storedAs(good.messageId)).toHaveLength(1);
    expect(await route.letters()).toEqual(before);
  });

  it("do not fail those that are, when the clock of their batch is no time", async () => {
    const { status } = await route.post(
      `{"batch":[${JSON.stringify(broken("odd-clock"))}],"sentAt":${nested}}`,
      basic("events:import"),
    );
    expect(status).toBe(200);
    expect(await replay((await letterOf("odd-clock")).id)).toBe("malformed");
  });
});

describe("a replay believes a sender no more than the route did", () => {
  /** A letter of a sender whose messages are kept no longer. */
  const bury = (trust: SenderTrust, message: object) =>
    database.tx(route.communityId, (tx) => {
      const malformed = [{ message, sentAt: undefined, problems: [{ field: "timestamp", problem: "is no time" }] }];
      return buryMalformed(tx, crypto, { memberId: route.members.member, trust }, malformed, NOW);
    });
  const forged = () => ({ type: "track", event: "answer.posted", userId: route.members.victim });

  it.each<Credential>(["member", "events:write"])("what %s may not send is not kept at all", async (as) => {
    const before = await route.letters();
    const answer = await send(as, [{ ...forged(), messageId: "forged-1" }]);
    expect(answer.body).toMatchObject({ accepted: 0, refused: 1, rejected: [{ index: 0, kept: false }] });
    expect(await route.letters()).toEqual(before);
    expect(await storedAs("forged-1")).toEqual([]);
  });

  it.each<SenderTrust>(["own", "clients"])("what is not %s to send is refused when it can be read", async (trust) => {
    const messageId = `forged-2-${trust}`;
    await bury(trust, broken(messageId, forged()));
    const { id } = await letterOf(messageId);
    await mend(id, mended(messageId, forged()));
    expect(await replay(id)).toBe("refused");
    expect(await replay(id)).toBe("taken");
    expect(await storedAs(messageId)).toEqual([]);
  });

  it("a member's message is about that member, whoever it names, under an id of theirs", async () => {
    const { member, victim } = route.members;
    await bury("own", broken("named", { userId: victim }));
    const { id } = await letterOf("named");
    await mend(id, mended("named", { userId: victim }));
    expect(await replay(id)).toBe("replayed");
    expect(await storedAs("named")).toMatchObject([{ message_id: `${member}:named`, member_id: member }]);
  });

  it("a letter that does not say who sent it is not believed", async () => {
    await send("events:import", [broken("unsigned")]);
    const { id } = await letterOf("unsigned");
    for (const payload of [{ message: mended("unsigned") }, { sender: { memberId: id, trust: "all" }, cipher: "" }]) {
      await database.rows("update dead_letters set payload = $2 where id = $1", [id, JSON.stringify(payload)]);
      await expect(replay(id)).rejects.toThrow("who sent");
    }
    expect(await storedAs("unsigned")).toEqual([]);
  });
});

describe("personal data in a message that could not be read", () => {
  it("is nowhere in the database in plain text, wherever in the message it stands", async () => {
    const canary = "canary.wang@example.com";
    const carrying = {
      traits: { email: canary },
      context: { traits: { email: canary } },
      properties: { email: canary },
    };
    await send("events:import", [
      broken("p1", carrying),
      broken("p2", { event: canary.repeat(20) }),
      broken(`p3 ${canary}`, { userId: canary }),
      canary,
      [canary],
      { [canary]: true },
    ]);
    expect((await route.letters()).filter((letter) => /^p[123]|^without/.test(letter.reference))).toHaveLength(6);
    for (const form of [canary, "canary", Buffer.from(canary).toString("base64").slice(0, 12)]) {
      expect(await plainTextWith(database, form)).toEqual([]);
    }
    // The search does find what is there.
    expect(await plainTextWith(database, "p3 [e-mail]")).toEqual(["public.dead_letters.reference"]);
  });
});
