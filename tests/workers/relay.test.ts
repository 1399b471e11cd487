import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { emit } from "../../src/platform/outbox/emit.ts";
import type { OutboxMessage } from "../../src/platform/outbox/relay-actions.ts";
import { OutboxRelay } from "../../workers/relay.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
const relays: OutboxRelay[] = [];
let community: Id;

beforeEach(async () => {
  await test.rows("delete from outbox");
  community = await anEmptyCommunity(test, NOW);
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

interface Arrival {
  readonly id: Id;
  readonly atMs: number;
}

interface RelayOptions {
  readonly url?: string;
  readonly enqueue?: (messages: readonly OutboxMessage[]) => Promise<void>;
  readonly enqueueMsMax?: number;
}

function aRelay(options: RelayOptions = {}) {
  const arrivals: Arrival[] = [];
  const errors: unknown[] = [];
  const relay = new OutboxRelay({
    db: test.db,
    url: options.url ?? test.url,
    enqueueMsMax: options.enqueueMsMax,
    enqueue:
      options.enqueue ??
      (async (messages) => void arrivals.push(...messages.map(({ id }) => ({ id, atMs: performance.now() })))),
    onError: (error) => errors.push(error),
  });
  relays.push(relay);
  relay.start();
  return { relay, arrivals, errors };
}

/** Emits an event; its id, and the moment its transaction had committed. */
async function happen(): Promise<Arrival> {
  const id = await test.tx(community, (tx) => emit(tx, { type: "member.joined", memberId: newId(NOW) }, NOW));
  return { id, atMs: performance.now() };
}

const listening = () =>
  expect
    .poll(
      () =>
        test.rows(
          "select 1 from pg_stat_activity where application_name = 'rekindle-relay' and datname = current_database() and query like 'listen%'",
        ),
      { timeout: 5_000 },
    )
    .toHaveLength(1);

const cutListener = () =>
  test.rows(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rekindle-relay' and datname = current_database()",
  );

/** How long each of `sent` took; the median. */
async function medianDelayMs(arrivals: readonly Arrival[], sent: readonly Arrival[]): Promise<number> {
  await expect.poll(() => arrivals.length, { timeout: 10_000, interval: 10 }).toBe(sent.length);
  const arrivedAt = new Map(arrivals.map(({ id, atMs }) => [id, atMs]));
  const delays = sent.map(({ id, atMs }) => arrivedAt.get(id)! - atMs).sort((a, b) => a - b);
  return delays[delays.length >> 1]!;
}

describe("OutboxRelay", () => {
  it("is woken by the notice of a commit, well before it would look by itself", async () => {
    const { arrivals } = aRelay();
    await listening();
    const sent: Arrival[] = [];
    for (let n = 0; n < 9; n += 1) {
      sent.push(await happen());
      await sleep(60);
    }
    expect(await medianDelayMs(arrivals, sent)).toBeLessThan(100);
  });

  it("finds within about a second what no notice told of", async () => {
    const { arrivals } = aRelay();
    await listening();
    await test.rows("insert into outbox (id, community_id, payload, occurred_at) values ($1, $2, '{}', now())", [
      newId(NOW),
      community,
    ]);
    await expect.poll(() => arrivals.length, { timeout: 3_000 }).toBe(1);
  });

  it("takes what waited before it started, in batches, without pausing between them", async () => {
    await test.rows(
      "insert into outbox (id, community_id, payload, occurred_at) select gen_random_uuid(), $1, '{}', now() from generate_series(1, 1700)",
      [community],
    );
    const { arrivals } = aRelay();
    await expect.poll(() => arrivals.length, { timeout: 10_000 }).toBe(1_700);
    expect(arrivals.at(-1)!.atMs - arrivals[0]!.atMs).toBeLessThan(900);
  });

  it("listens again when its listener broke, and relays meanwhile", async () => {
    const { arrivals } = aRelay();
    await listening();
    await cutListener();
    await happen();
    await expect.poll(() => arrivals.length, { timeout: 3_000 }).toBe(1);
    await listening();
  });

  it("polls where it cannot listen at all, and says so", async () => {
    const { arrivals, errors } = aRelay({ url: test.url.replace(/:\d+\//, ":1/") });
    await happen();
    await expect.poll(() => arrivals.length, { timeout: 5_000 }).toBe(1);
    expect(String(errors[0])).toContain("ECONNREFUSED");
  });

  it("goes on when the queue refused a batch", async () => {
    let refusals = 0;
    const taken: Id[] = [];
    const { errors } = aRelay({
      enqueue: async (messages) => {
        refusals += 1;
        if (refusals === 1) throw new Error("the queue is away");
        taken.push(...messages.map((message) => message.id));
      },
    });
    const { id } = await happen();
    await expect.poll(() => taken, { timeout: 5_000 }).toEqual([id]);
    expect(errors).toHaveLength(1);
  });

  it("gives a batch up that the queue neither takes nor refuses, so that stopping ends and readers are not held back", async () => {
    await happen();
    const { relay, errors } = aRelay({ enqueue: () => new Promise(() => {}), enqueueMsMax: 500 });
    await expect
      .poll(() =>
        test.rows(
          "select 1 from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
        ),
      )
      .toHaveLength(1);
    await relay.stop();
    expect(String(errors[0])).toContain("did not take a batch");
    expect(await test.rows("select 1 from outbox where relayed_at is null")).toHaveLength(1);
    expect(
      await test.rows(
        "select 1 from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
      ),
    ).toEqual([]);
  });

  it("stops at once when it sleeps, leaves no connection, and may be stopped before it started", async () => {
    const { relay } = aRelay();
    await listening();
    const startedAt = performance.now();
    await relay.stop();
    await relay.stop();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(
      await test.rows(
        "select 1 from pg_stat_activity where application_name = 'rekindle-relay' and datname = current_database()",
      ),
    ).toEqual([]);
    const never = new OutboxRelay({ db: test.db, url: test.url, enqueue: async () => {}, onError: () => {} });
    await never.stop();
  });
});
