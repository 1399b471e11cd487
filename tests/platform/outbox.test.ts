import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, MINUTE_MS } from "../../src/kernel/instant.ts";
import { consumeOnce } from "../../src/platform/outbox/consume.ts";
import { emit, OUTBOX_CHANNEL } from "../../src/platform/outbox/emit.ts";
import {
  type OutboxMessage,
  PUT_BACK_MAX,
  putBackUnfinished,
  RELAY_BATCH_MAX,
  relayOutbox,
  settleMessage,
} from "../../src/platform/outbox/relay-actions.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
let community: Id;

beforeEach(async () => {
  await test.rows("delete from outbox");
  community = await anEmptyCommunity(test, NOW);
});

const joined = (): DomainEvent => ({ type: "member.joined", memberId: newId(NOW) });

/** Emits `count` events in transactions of `perTransaction`; their ids in the order they were emitted. */
async function emitted(count: number, perTransaction = count): Promise<Id[]> {
  const ids: Id[] = [];
  while (ids.length < count) {
    await test.tx(community, async (tx) => {
      for (let n = 0; n < perTransaction; n += 1) ids.push(await emit(tx, joined(), NOW));
    });
  }
  return ids;
}

const waiting = async () =>
  (await test.rows<{ id: Id }>("select id from outbox where relayed_at is null")).map((row) => row.id);

/** A queue as the relay sees it: takes what it is given. */
function aQueue() {
  const taken: OutboxMessage[] = [];
  return { taken, enqueue: async (messages: readonly OutboxMessage[]) => void taken.push(...messages) };
}

describe("emit", () => {
  it("writes the event with its community and time, if and only if the transaction commits", async () => {
    const event = joined();
    const id = await test.tx(community, (tx) => emit(tx, event, NOW));
    const rolledBack = test.tx(community, async (tx) => {
      await emit(tx, joined(), NOW);
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(await test.rows("select * from outbox")).toEqual([
      { id, community_id: community, payload: event, occurred_at: NOW, relayed_at: null },
    ]);
  });

  it("wakes whoever listens, without making concurrent writers wait for each other", async () => {
    const listener = new pg.Client({ connectionString: test.url });
    await listener.connect();
    let notices = 0;
    listener.on("notification", () => {
      notices += 1;
    });
    await listener.query(`listen ${OUTBOX_CHANNEL}`);
    await test.tx(community, async (slow) => {
      await emit(slow, joined(), NOW);
      // Commits although the first one, which holds the right to notify, does not.
      await test.tx(community, (tx) => emit(tx, joined(), NOW));
      expect(await waiting()).toHaveLength(1);
      expect(notices).toBe(0);
    });
    await expect.poll(() => notices).toBe(1);
    await listener.end();
  });
});

describe("relayOutbox", () => {
  it("hands over what waits, whole and once, and keeps it until it is settled", async () => {
    const event = joined();
    const id = await test.tx(community, (tx) => emit(tx, event, NOW));
    const { taken, enqueue } = aQueue();
    expect(await relayOutbox(test.db, enqueue, NOW)).toBe(1);
    expect(await relayOutbox(test.db, enqueue, NOW)).toBe(0);
    expect(taken).toEqual([{ id, communityId: community, payload: event, occurredAt: NOW.toISOString() }]);
    expect(await waiting()).toEqual([]);
    expect(await test.rows("select id from outbox")).toEqual([{ id }]);
    await settleMessage(test.db.system, id);
    expect(await test.rows("select id from outbox")).toEqual([]);
  });

  it("hands over again what a queue took and nobody finished, when ten minutes have passed", async () => {
    const [lost, inHand] = (await emitted(2)) as [Id, Id];
    const { taken, enqueue } = aQueue();
    await relayOutbox(test.db, enqueue, NOW);
    expect(await putBackUnfinished(test.db, NOW)).toBe(0);
    await test.rows("update outbox set relayed_at = relayed_at - interval '1 second' where id = $1", [lost]);
    expect(await putBackUnfinished(test.db, addMs(NOW, 10 * MINUTE_MS))).toBe(1);
    expect(await relayOutbox(test.db, enqueue, NOW)).toBe(1);
    expect(taken.map((message) => message.id)).toEqual([...[lost, inHand].sort(), lost]);
  });

  it("puts back what was taken first first, a bounded batch, without reading what is still in hand", async () => {
    const minutesAgo = (count: number, minutes: string) =>
      test.rows(
        `insert into outbox (id, community_id, payload, occurred_at, relayed_at)
         select md5(n || $2)::uuid, $1, '{}', $3, $3::timestamptz - (${minutes} || ' minutes')::interval
         from generate_series(1, ${count}) n`,
        [community, minutes, NOW],
      );
    // The latest come first in the table.
    await minutesAgo(PUT_BACK_MAX + 10, "10 + n");
    await minutesAgo(10_000, "0");
    expect(await putBackUnfinished(test.db, NOW)).toBe(PUT_BACK_MAX);
    const left = await test.rows(
      "select max(relayed_at) as latest from outbox where relayed_at < $1::timestamptz - interval '10 minutes'",
      [NOW],
    );
    expect(left).toEqual([{ latest: addMs(NOW, -11 * MINUTE_MS) }]);
    expect(await putBackUnfinished(test.db, NOW)).toBe(10);
    await test.rows("vacuum analyze outbox");
    const plan = await test.rows(
      "explain select id from outbox where relayed_at < $1 order by relayed_at limit 5000 for update skip locked",
      [addMs(NOW, -10 * MINUTE_MS)],
    );
    expect(JSON.stringify(plan)).toContain("outbox_relayed");
  });

  it("takes bounded batches", async () => {
    await emitted(RELAY_BATCH_MAX + 3);
    const { taken, enqueue } = aQueue();
    expect(await relayOutbox(test.db, enqueue, NOW)).toBe(RELAY_BATCH_MAX);
    expect(await relayOutbox(test.db, enqueue, NOW)).toBe(3);
    expect(new Set(taken.map((message) => message.id)).size).toBe(RELAY_BATCH_MAX + 3);
  });

  it("shares the work among relays that run at once, and hands nothing over twice", async () => {
    const ids = await emitted(1_200, 100);
    const { taken, enqueue } = aQueue();
    const slowly = async (messages: readonly OutboxMessage[]) => {
      await sleep(20);
      await enqueue(messages);
    };
    const relay = async () => {
      while ((await relayOutbox(test.db, slowly, NOW)) > 0);
    };
    await Promise.all([relay(), relay(), relay(), relay()]);
    while ((await relayOutbox(test.db, enqueue, NOW)) > 0);
    expect(taken.map((message) => message.id).sort()).toEqual([...ids].sort());
  });

  it("keeps what the queue did not take", async () => {
    const ids = await emitted(3);
    const refused = relayOutbox(
      test.db,
      async () => {
        throw new Error("the queue is away");
      },
      NOW,
    );
    await expect(refused).rejects.toThrow("the queue is away");
    expect((await waiting()).sort()).toEqual([...ids].sort());
  });

  it("hands over again what a queue took before the relay crashed, and the consumer acts once", async () => {
    const [id] = await emitted(1);
    const { taken, enqueue } = aQueue();
    const crash = relayOutbox(
      test.db,
      async (messages) => {
        await enqueue(messages);
        throw new Error("killed between the queue and the mark");
      },
      NOW,
    );
    await expect(crash).rejects.toThrow("killed");
    await relayOutbox(test.db, enqueue, NOW);
    expect(taken.map((message) => message.id)).toEqual([id, id]);
    const acted: boolean[] = [];
    for (const message of taken) {
      acted.push(await test.tx(community, (tx) => consumeOnce(tx, "badges", message.id, async () => {}, NOW)));
    }
    expect(acted).toEqual([true, false]);
  });

  it("loses nothing when its connection is cut in mid-batch", async () => {
    const ids = await emitted(5);
    const cut = relayOutbox(
      test.db,
      async () => {
        await test.rows(
          "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
        );
        await sleep(50);
      },
      NOW,
    );
    await expect(cut).rejects.toThrow();
    const { taken, enqueue } = aQueue();
    await relayOutbox(test.db, enqueue, NOW);
    expect(taken.map((message) => message.id).sort()).toEqual([...ids].sort());
  });
});

describe("consumeOnce", () => {
  /** Consumes `messageId`; the effect is an event of its own. */
  const consume = (messageId: Id, consumer = "badges", act: () => Promise<unknown> = async () => {}) =>
    test.tx(community, (tx) =>
      consumeOnce(
        tx,
        consumer,
        messageId,
        async () => {
          await emit(tx, joined(), NOW);
          await act();
        },
        NOW,
      ),
    );

  it("acts once for a message that comes fifty times at once", async () => {
    const id = newId(NOW);
    const acted = await Promise.all(Array.from({ length: 50 }, () => consume(id)));
    expect(acted.filter(Boolean)).toHaveLength(1);
    expect(await waiting()).toHaveLength(1);
    expect(await consume(id)).toBe(false);
  });

  it("acts for each consumer", async () => {
    const id = newId(NOW);
    expect(await consume(id, "badges")).toBe(true);
    expect(await consume(id, "points")).toBe(true);
    expect(await waiting()).toHaveLength(2);
  });

  it("takes the claim back with the effects when it fails, and the next one acts", async () => {
    const id = newId(NOW);
    const failed = consume(id, "badges", async () => {
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await waiting()).toHaveLength(0);
    expect(await consume(id)).toBe(true);
    expect(await waiting()).toHaveLength(1);
  });

  it("lets a second consumer of the message wait for the first, and act when that one fails", async () => {
    const id = newId(NOW);
    let fail: (() => void) | undefined;
    const first = consume(
      id,
      "badges",
      () =>
        new Promise((_resolve, reject) => {
          fail = () => reject(new Error("no"));
        }),
    );
    await expect.poll(() => fail).toBeDefined();
    const second = consume(id);
    expect(await Promise.race([second, sleep(100).then(() => "waits")])).toBe("waits");
    fail?.();
    await expect(first).rejects.toThrow("no");
    expect(await second).toBe(true);
    expect(await waiting()).toHaveLength(1);
  });
});
