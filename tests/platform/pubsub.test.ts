import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import type { PubSub } from "../../src/platform/pubsub.ts";
import { PostgresPubSub } from "../../src/platform/pubsub-postgres.ts";
import { RedisPubSub } from "../../src/platform/pubsub-redis.ts";
import { TopicHub } from "../../src/platform/topic-hub.ts";
import { describeWithRedis } from "../support/redis.ts";
import { useDatabase } from "../support/test-database.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const ids = (count: number) => Array.from({ length: count }, () => newId(NOW));
const quiet = () => {};

/** What every adapter promises. `open` makes one process's end; `cut` breaks the listening connections of all. */
function pubSubContract(open: () => PubSub, cut: () => Promise<void>): void {
  const opened: PubSub[] = [];
  const connect = () => {
    const end = open();
    opened.push(end);
    return end;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((end) => end.close()));
  });

  it("carries hints from one process to every subscriber of another, in order", async () => {
    const [here, there] = [connect(), connect()];
    const first = await subscribed(there, here, "thread:1");
    const second = await subscribed(there, here, "thread:1");
    const sent = ids(100);
    for (const id of sent) await here.publish("thread:1", id);
    expect((await first.until(sent.at(-1)!)).slice(-100)).toEqual(sent);
    expect((await second.until(sent.at(-1)!)).slice(-100)).toEqual(sent);
  });

  it("keeps topics apart, whatever they are called", async () => {
    const end = connect();
    const plain = await subscribed(end, end, "member a");
    const odd = await subscribed(end, end, "member a b:新消息 'x' ");
    const [one, other, last] = ids(3) as [Id, Id, Id];
    await end.publish("member a b:新消息 'x' ", one);
    await end.publish("member a", other);
    await end.publish("member a b:新消息 'x' ", last);
    expect(await plain.until(other)).toEqual([other]);
    expect(await odd.until(last)).toEqual([one, last]);
  });

  it("ends a subscription that is returned while it waits, and leaves the others", async () => {
    const end = connect();
    const kept = await subscribed(end, end, "topic");
    const left = await subscribed(end, end, "topic");
    const waiting = left.hints.next();
    await left.hints.return?.();
    expect(await waiting).toEqual({ value: undefined, done: true });
    const [id] = ids(1) as [Id];
    await end.publish("topic", id);
    expect((await kept.until(id)).at(-1)).toBe(id);
    expect(await left.hints.next()).toEqual({ value: undefined, done: true });
  });

  it("ends every subscription when it is closed", async () => {
    const end = connect();
    const waiting = end.subscribe("topic").next();
    await end.close();
    expect(await waiting).toEqual({ value: undefined, done: true });
  });

  it("hears again after its connections broke", async () => {
    const end = connect();
    const subscription = await subscribed(end, end, "topic");
    await cut();
    await subscription.settle();
    const [id] = ids(1) as [Id];
    await end.publish("topic", id);
    expect(await subscription.until(id)).toEqual([id]);
  });
}

/** A subscription of `at` that is known to hear what `from` publishes. */
async function subscribed(at: PubSub, from: PubSub, topic: string) {
  const hints = at.subscribe(topic);
  const until = async (last: Id): Promise<Id[]> => {
    const heard: Id[] = [];
    while (heard.at(-1) !== last) {
      const { value, done } = await hints.next();
      if (done === true) throw new Error("the subscription ended");
      heard.push(value);
    }
    return heard;
  };
  /** A subscription begins some time after it was asked for: publishes until something arrives, then reads on to the end. */
  const settle = async (): Promise<void> => {
    let heard = false;
    const first = hints.next().then(() => {
      heard = true;
    });
    while (!heard) {
      await from.publish(topic, newId(NOW)).catch(quiet);
      await Promise.race([first, sleep(50)]);
    }
    const mark = newId(NOW);
    await from.publish(topic, mark);
    await until(mark);
  };
  await settle();
  return { hints, until, settle };
}

describe("PostgresPubSub", () => {
  const test = useDatabase();
  pubSubContract(
    () => new PostgresPubSub(test.db.pool, test.url),
    async () => {
      await test.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rekindle-topics' and datname = current_database()",
      );
    },
  );

  it("listens on one connection, however many subscribe, and on none before", async () => {
    const listeners = async () => {
      const [row] = await test.rows<{ count: number }>(
        "select count(*)::int from pg_stat_activity where application_name = 'rekindle-topics' and datname = current_database()",
      );
      return row?.count;
    };
    const end = new PostgresPubSub(test.db.pool, test.url);
    expect(await listeners()).toBe(0);
    const first = await subscribed(end, end, "a");
    for (let n = 0; n < 50; n += 1) end.subscribe(`topic ${n}`);
    expect(await listeners()).toBe(1);
    await first.hints.return?.();
    await end.close();
  });

  it("says that it cannot connect, and tries on", async () => {
    const errors: Error[] = [];
    const nowhere = test.url.replace(/:\d+\//, ":1/");
    const end = new PostgresPubSub(test.db.pool, nowhere, (error) => errors.push(error));
    end.subscribe("topic");
    await expect.poll(() => errors.length, { timeout: 5_000 }).toBeGreaterThan(1);
    await end.close();
  });
});

describeWithRedis("RedisPubSub", (redis) => {
  pubSubContract(
    () => new RedisPubSub(redis.url, quiet),
    async () => {
      await redis.kill();
      await redis.start();
    },
  );

  it("tells a publisher soon that Redis is away, and hears once Redis is there", async () => {
    await redis.kill();
    const end = new RedisPubSub(redis.url, quiet);
    const startedAt = performance.now();
    await expect(end.publish("topic", newId(NOW))).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await redis.start();
    await subscribed(end, end, "topic");
    await end.close();
  });
});

describe("TopicHub", () => {
  it("keeps the newest hints for a slow subscriber, and no more than a thousand", async () => {
    const hub = new TopicHub();
    const hints = hub.subscribe("topic");
    const sent = ids(1_500);
    for (const id of sent) hub.deliver("topic", id);
    hub.close();
    // Closed: nothing is left to read.
    expect(await hints.next()).toEqual({ value: undefined, done: true });

    const slow = hub.subscribe("topic");
    for (const id of sent) hub.deliver("topic", id);
    for (const id of sent.slice(-1_000)) expect((await slow.next()).value).toBe(id);
  });

  it("answers several askers at once, in the order they asked", async () => {
    const hub = new TopicHub();
    const hints = hub.subscribe("topic");
    const [one, two] = ids(2) as [Id, Id];
    const asked = [hints.next(), hints.next()];
    hub.deliver("topic", one);
    hub.deliver("topic", two);
    expect((await Promise.all(asked)).map((result) => result.value)).toEqual([one, two]);
  });
});
