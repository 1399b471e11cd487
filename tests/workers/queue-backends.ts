import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, describe } from "vitest";
import { migrateQueues, type QueueConnection, Queues } from "../../workers/queues.ts";
import { describeWithRedis, type TestRedis } from "../support/redis.ts";
import { type TestDatabase, useDatabase } from "../support/test-database.ts";

export interface QueueBackend {
  readonly test: TestDatabase;
  connection(): QueueConnection;
  /** The queues of one process, closed after the test. */
  open(): Queues;
  /** Null on PostgreSQL. */
  readonly redis: TestRedis | null;
}

/** Runs the same tests on BullMQ's PostgreSQL backend, and on Redis where there is one. */
export function describeOnBothBackends(isNamed: string, tests: (backend: QueueBackend) => void): void {
  describe(`${isNamed} on PostgreSQL`, () => {
    const test = useDatabase();
    const connection = (): QueueConnection => ({ kind: "postgres", url: test.url });
    beforeAll(() => migrateQueues(connection()));
    tests({ test, connection, open: opener(connection), redis: null });
  });
  describeWithRedis(`${isNamed} on Redis`, (redis) => {
    const test = useDatabase();
    const connection = (): QueueConnection => ({ kind: "redis", url: redis.url });
    tests({ test, connection, open: opener(connection), redis });
  });
}

function opener(connection: () => QueueConnection): () => Queues {
  const opened: Queues[] = [];
  const namespace = `test-${randomBytes(4).toString("hex")}`;
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queues) => queues.close()));
  });
  return () => {
    const queues = new Queues(connection(), () => {}, namespace);
    opened.push(queues);
    return queues;
  };
}
