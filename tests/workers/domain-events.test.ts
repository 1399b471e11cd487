import { Redis } from "ioredis";
import { beforeEach, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { emit } from "../../src/platform/outbox/emit.ts";
import { type OutboxMessage, relayOutbox } from "../../src/platform/outbox/relay-actions.ts";
import { deliverDomainEvent, type Subscriber } from "../../workers/domain-events-job.ts";
import type { Queues } from "../../workers/queues.ts";
import { OutboxRelay } from "../../workers/relay.ts";
import { enqueueDomainEvents } from "../../workers/worker-process.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";
import { describeOnBothBackends } from "./queue-backends.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const clock = () => NOW;

describeOnBothBackends("domain events", ({ test, open, redis }) => {
  let community: Id;
  const relays: OutboxRelay[] = [];

  beforeEach(async () => {
    community = await anEmptyCommunity(test, NOW);
    return async () => {
      await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    };
  });

  /** Starts a relay and a consumer over `queues`, as the worker process does. */
  function work(queues: Queues, subscribers: readonly Subscriber[]): void {
    const relay = new OutboxRelay({
      db: test.db,
      url: test.url,
      enqueue: (messages) => enqueueDomainEvents(queues, messages),
      onError: () => {},
    });
    relays.push(relay);
    relay.start();
    queues.work<OutboxMessage>("domain-events", (job) => deliverDomainEvent(test.db, subscribers, job.data, clock), {
      concurrency: 10,
    });
  }

  /** A subscriber whose effect is a row of its own in the transaction, as real ones have. */
  function leavesTraces(consumer: string, handle: (tx: Tx) => Promise<void> = async () => {}): Subscriber {
    return {
      consumer,
      handle: async (tx, { id }) => {
        await tx.client.query(
          "insert into dead_letters (id, community_id, source, reference, payload, error, failed_at) values ($1, $2, $3, $4, '{}', '', $5)",
          [newId(NOW), tx.communityId, consumer, id, NOW],
        );
        await handle(tx);
      },
    };
  }

  const traces = async (consumer: string) =>
    (
      await test.rows<{ reference: string }>(
        "select reference from dead_letters where community_id = $1 and source = $2 order by 1",
        [community, consumer],
      )
    ).map((row) => row.reference);

  const happen = async (count: number): Promise<Id[]> => {
    const { memberId } = await aViewer(test, community, NOW);
    return Promise.all(
      Array.from({ length: count }, () =>
        test.tx(community, (tx) => emit(tx, { type: "member.joined", memberId }, NOW)),
      ),
    ).then((ids) => ids.sort());
  };

  const arrived = (consumer: string, ids: readonly Id[], timeout = 20_000) =>
    expect.poll(() => traces(consumer), { timeout, interval: 100 }).toEqual(ids);

  it("reach every subscriber once, whole", { timeout: 30_000 }, async () => {
    const seen: unknown[] = [];
    const whole: Subscriber = { consumer: "whole", handle: async (_tx, recorded) => void seen.push(recorded) };
    work(open(), [leavesTraces("points"), leavesTraces("badges"), whole]);
    const memberId = newId(NOW);
    const id = await test.tx(community, (tx) => emit(tx, { type: "member.joined", memberId }, NOW));
    const ids = [id, ...(await happen(100))].sort();
    await arrived("points", ids);
    await arrived("badges", ids);
    await expect.poll(() => seen.length).toBe(101);
    expect(seen).toContainEqual({
      id,
      communityId: community,
      occurredAt: NOW,
      event: { type: "member.joined", memberId },
    });
    await expect.poll(() => test.rows("select 1 from outbox"), { timeout: 5_000 }).toEqual([]);
  });

  it("are shared by several processes, and none twice", { timeout: 30_000 }, async () => {
    const subscribers = [leavesTraces("points"), leavesTraces("badges")];
    for (let n = 0; n < 3; n += 1) work(open(), subscribers);
    const ids = await happen(150);
    await arrived("points", ids);
    await arrived("badges", ids);
  });

  it("are tried again for a subscriber that fails, without keeping or doing twice the others'", {
    timeout: 30_000,
  }, async () => {
    let failures = 0;
    const fragile = leavesTraces("fragile", async () => {
      failures += 1;
      if (failures <= 2) throw new Error("not now");
    });
    work(open(), [leavesTraces("first"), fragile, leavesTraces("last")]);
    const ids = await happen(1);
    await arrived("last", ids, 2_000);
    expect(await traces("fragile")).toEqual([]);
    await arrived("fragile", ids);
    expect(failures).toBe(3);
    expect(await traces("first")).toEqual(ids);
    expect(await traces("last")).toEqual(ids);
  });

  it("are acted on once though they are handed over again, their job being done and gone", async () => {
    const queues = open();
    work(queues, [leavesTraces("points")]);
    const [id] = (await happen(1)) as [Id];
    await arrived("points", [id]);
    await expect.poll(async () => (await queues.queue("domain-events").getJob(id))?.finishedOn).toBeDefined();
    await (await queues.queue("domain-events").getJob(id))?.remove();
    const again = { id, communityId: community, payload: {}, occurredAt: NOW.toISOString() };
    await enqueueDomainEvents(queues, [again, again]);
    await expect.poll(async () => (await queues.queue("domain-events").getJob(id))?.finishedOn).toBeDefined();
    expect(await traces("points")).toEqual([id]);
  });

  it("leave nothing personal in a failed job", { timeout: 30_000 }, async () => {
    const queues = open();
    const canary = "canary.lin@example.com";
    const leaky: Subscriber = {
      consumer: "leaky",
      handle: async (tx) => {
        await tx.sql.execute(`select '${canary}'::uuid`);
      },
    };
    const drizzle: Subscriber = {
      consumer: "drizzle",
      handle: async () => {
        throw new Error(`Failed query: insert into members values ($1)\nparams: ${canary},K7QF-9XWM`);
      },
    };
    work(queues, [leaky, drizzle]);
    const [id] = (await happen(1)) as [Id];
    await expect.poll(async () => (await queues.queue("domain-events").getJob(id))?.failedReason).toBeDefined();
    const job = JSON.stringify(await queues.queue("domain-events").getJob(id));
    expect(job).toContain("failed");
    expect(job).not.toContain(canary);
    expect(job).not.toContain("K7QF");
  });

  if (redis !== null) {
    it("survive a Redis that is killed and comes back", { timeout: 60_000 }, async () => {
      work(open(), [leavesTraces("points")]);
      const before = await happen(20);
      await arrived("points", before);
      await redis.kill();
      const ids = [...before, ...(await happen(20))].sort();
      await redis.start();
      await arrived("points", ids, 40_000);
    });

    it("survive a Redis that forgot everything", { timeout: 60_000 }, async () => {
      const producer = open();
      const ids = await happen(20);
      expect(await relayOutbox(test.db, (messages) => enqueueDomainEvents(producer, messages), new Date())).toBe(20);
      const emptied = new Redis(redis.url);
      await emptied.flushall();
      emptied.disconnect();
      await test.rows("update outbox set relayed_at = relayed_at - interval '10 minutes'");
      work(open(), [leavesTraces("points")]);
      await arrived("points", ids);
      await expect.poll(() => test.rows("select 1 from outbox")).toEqual([]);
    });
  }
});
