import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { members } from "../../drizzle/tables/identity.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { IDEMPOTENCY_KEY_LENGTH_MAX, type OnceRequest, once } from "../../src/platform/idempotency.ts";
import { emit } from "../../src/platform/outbox/emit.ts";
import { refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase({ poolSize: 12 });
let viewer: Viewer;

beforeEach(async () => {
  viewer = await aViewer(test, await anEmptyCommunity(test, NOW), NOW);
});

interface Asked extends Partial<OnceRequest> {
  readonly effect?: () => Promise<unknown>;
}

/** Asks in a transaction of its own; the effect is an event in the outbox, whose id is the answer. */
function ask({ effect, ...request }: Asked = {}) {
  return test.tx(viewer.communityId, (tx) =>
    once<unknown>(
      tx,
      { memberId: viewer.memberId, key: "key", operation: "spend", body: { amount: 5 }, ...request },
      async () => {
        const eventId = await emit(tx, { type: "member.joined", memberId: viewer.memberId }, NOW);
        return effect === undefined ? { eventId } : effect();
      },
      NOW,
    ),
  );
}

const effects = async () =>
  (await test.rows("select id from outbox where community_id = $1", [viewer.communityId])).length;

describe("once", () => {
  it("acts once when fifty ask at once with one key, and gives all of them its answer", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(await effects()).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await ask()).toEqual(answers[0]);
  });

  it.each([
    ["another body", { body: { amount: 6 } }],
    ["another operation", { operation: "redeem" }],
    ["one field more", { body: { amount: 5, note: "x" } }],
  ])("refuses a key that comes again with %s", async (_what, change) => {
    await ask();
    const refusal = await refusalOf(ask(change));
    expect(refusal).toMatchObject({ code: "idempotency-key.reused", data: { key: "key" }, field: "idempotencyKey" });
    expect(await effects()).toBe(1);
  });

  it("refuses all but one body when different ones race for a key", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => ask({ body: { amount: n % 4 } })));
    expect(asked.filter((one) => one.status === "fulfilled")).toHaveLength(5);
    for (const one of asked) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(Refusal);
    expect(await effects()).toBe(1);
  });

  it("takes the same body in another order as the same", async () => {
    const first = await ask({ body: { a: 1, b: { c: [1, 2], d: null } } });
    expect(await ask({ body: { b: { d: null, c: [1, 2] }, a: 1 } })).toEqual(first);
    expect(await refusalOf(ask({ body: { a: 1, b: { c: [2, 1], d: null } } }))).toMatchObject({
      code: "idempotency-key.reused",
    });
  });

  it("rolls a refused request back with its key, so that it can be tried again", async () => {
    const refused = ask({
      effect: async () => {
        throw new Refusal("points.insufficient", { balance: 1, needed: 5 });
      },
    });
    expect(await refusalOf(refused)).toMatchObject({ code: "points.insufficient" });
    expect(await effects()).toBe(0);
    await ask();
    expect(await effects()).toBe(1);
  });

  it("lets the next one act when the first fails while others wait for it", async () => {
    let failed = false;
    const asked = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        ask({
          effect: async () => {
            if (failed) return "done";
            failed = true;
            throw new Error("an outage");
          },
        }),
      ),
    );
    expect(asked.filter((one) => one.status === "rejected")).toHaveLength(1);
    expect(await effects()).toBe(1);
  });

  it("counts keys by member", async () => {
    const another = await aViewer(test, viewer.communityId, NOW);
    await ask();
    await ask({ memberId: another.memberId });
    expect(await effects()).toBe(2);
  });

  it("takes keys of up to 255 characters, and refuses others before it acts", async () => {
    expect(IDEMPOTENCY_KEY_LENGTH_MAX).toBe(255);
    await ask({ key: "k".repeat(255) });
    await ask({ key: "键".repeat(255) });
    await ask({ key: "a'b\"c\\ 🎟️" });
    // Halves of surrogate pairs become one and the same character in UTF-8: two keys would be one.
    const halves = ["s\ud800", "s\ud801", "\udc00s"];
    const unseen = ["   ", "\u200b\u2060", "line\nbreak", "nul\u0000", "\u2028"];
    for (const key of ["", "k".repeat(256), ...halves, ...unseen]) {
      expect(await refusalOf(ask({ key }))).toMatchObject({ code: "input.invalid", field: "idempotencyKey" });
    }
    expect(await effects()).toBe(3);
  });

  it("gives the first caller what every later one gets, and nothing for nothing", async () => {
    const at = { key: "dates", effect: async () => ({ at: NOW, skipped: undefined, list: [null] }) };
    expect(await ask(at)).toEqual({ at: NOW.toISOString(), list: [null] });
    expect(await ask(at)).toEqual({ at: NOW.toISOString(), list: [null] });
    const nothing = { key: "nothing", effect: async () => undefined };
    expect(await ask(nothing)).toBeNull();
    expect(await ask(nothing)).toBeNull();
  });

  it("keeps any JSON as it was", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), storableJson, async (key, answer) => {
        expect(await ask({ key, effect: async () => answer })).toEqual(answer);
        expect(await ask({ key })).toEqual(answer);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it("does not see another community's keys", async () => {
    await ask();
    const elsewhere = await aViewer(test, await anEmptyCommunity(test, NOW), NOW);
    await test.tx(elsewhere.communityId, async (tx) => {
      const request = { memberId: elsewhere.memberId, key: "key", operation: "other", body: null };
      expect(await once(tx, request, async () => "here", NOW)).toBe("here");
      expect(await tx.sql.select().from(members).where(eq(members.id, viewer.memberId))).toEqual([]);
    });
  });
});

/** JSON without null characters and lone surrogates, which PostgreSQL's jsonb refuses, nor -0, which JSON does not know. */
const storableJson = fc
  .jsonValue({ maxDepth: 3, stringUnit: "grapheme" })
  .filter((value) => !/\\u0000|\\ud[89ab]|\\ud[c-f]/i.test(JSON.stringify(value)))
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
