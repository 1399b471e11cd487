import {
  createPostgresBackend,
  type Job,
  type JobsOptions,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { withStartupSettings } from "../src/platform/database/connection-url.ts";
import { describeError } from "../src/platform/log-redaction.ts";

/** The queues of the product. */
export type QueueName = "domain-events" | "pipeline" | "pipeline-long";

export type QueueConnection =
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "redis"; readonly url: string };

/** The schema that BullMQ keeps its tables in. */
const QUEUE_SCHEMA = "bullmq";

/** One pool serves all queues and workers of a process; each worker keeps one connection for LISTEN. */
const POOL_SIZE = 20;

const ANSWER_MS_MAX = 1_000;

/**
 * A dead worker's jobs are taken over within `lockDuration` + `stalledInterval`, and what waits for them is done some seconds
 * later: BullMQ's defaults take a minute. A worker that is held up for longer than half of `lockDuration` shares its jobs with
 * the one that takes them over; each effect happens once all the same.
 */
const TAKE_OVER: Pick<WorkerOptions, "lockDuration" | "stalledInterval" | "maxStalledCount"> = {
  lockDuration: 6_000,
  stalledInterval: 2_000,
  maxStalledCount: 3,
};

/** Finished jobs are kept an hour for looking at; what must not happen twice is guarded in PostgreSQL, not by these. */
const KEPT: Pick<JobsOptions, "removeOnComplete" | "removeOnFail"> = {
  removeOnComplete: { age: 3_600 },
  removeOnFail: { age: 7 * 86_400 },
};

/** BullMQ's classes bound to PostgreSQL. They differ from Redis's in the type of their connection only. */
const onPostgres = withBackend(createPostgresBackend) as unknown as { Queue: typeof Queue; Worker: typeof Worker };

/** The queues of one process, on PostgreSQL or on Redis: the same code, two backends. */
export class Queues {
  readonly #namespace: string;
  readonly #pool: pg.Pool | null = null;
  /** Workers wait for Redis for as long as it takes; whoever adds jobs is told soon that it is away, and keeps them. */
  readonly #redis: { readonly producer: Redis; readonly worker: Redis } | null = null;
  readonly #onError: (error: Error) => void;
  readonly #queues = new Map<QueueName, Queue>();
  readonly #workers: Worker[] = [];
  #closing: Promise<void> | null = null;

  /** @param onError is told of connections that break; BullMQ mends them itself. @param namespace keeps tests apart on one Redis. */
  constructor(connection: QueueConnection, onError: (error: Error) => void, namespace = "rekindle") {
    this.#namespace = namespace;
    this.#onError = onError;
    if (connection.kind === "postgres") {
      this.#pool = new pg.Pool({
        connectionString: withStartupSettings(connection.url, { search_path: QUEUE_SCHEMA }),
        max: POOL_SIZE,
        application_name: "rekindle-queues",
        keepAlive: true,
      });
      this.#pool.on("error", onError);
      // The pool hears of idle connections only: one that breaks while it is lent would end the process.
      this.#pool.on("connect", (client) => client.on("error", onError));
    } else {
      this.#redis = {
        producer: new Redis(connection.url, { maxRetriesPerRequest: 1 }),
        worker: new Redis(connection.url, { maxRetriesPerRequest: null }),
      };
      for (const redis of Object.values(this.#redis)) redis.on("error", onError);
    }
  }

  queue(name: QueueName): Queue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      const Bound = this.#pool === null ? Queue : onPostgres.Queue;
      queue = new Bound(name, { ...this.#options(name, "producer"), defaultJobOptions: KEPT });
      queue.on("error", this.#onError);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** Starts working on a queue's jobs. */
  work<Data>(
    name: QueueName,
    process: (job: Job<Data>) => Promise<unknown>,
    options: { concurrency: number },
  ): Worker<Data> {
    const Bound = this.#pool === null ? Worker : onPostgres.Worker;
    const worker = new Bound<Data>(name, (job) => process(job).catch(rethrowKeepable), {
      ...this.#options(name, "worker"),
      ...TAKE_OVER,
      concurrency: options.concurrency,
    });
    worker.on("error", this.#onError);
    this.#workers.push(worker as unknown as Worker);
    return worker;
  }

  /** Lets running jobs finish, then closes every connection. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // With Redis away no job can be told to be done, and closing would wait for ever: another worker will take them over.
    const away = this.#redis !== null && !(await answers(this.#redis.producer));
    await Promise.all(this.#workers.map((worker) => worker.close(away)));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#pool?.end();
    this.#redis?.producer.disconnect();
    this.#redis?.worker.disconnect();
  }

  #options(name: QueueName, role: "producer" | "worker"): QueueOptions {
    if (this.#redis === null) return { connection: this.#pool as unknown as QueueOptions["connection"] };
    // A queue's keys share one hash slot of a cluster, and different queues lie on different nodes.
    return { connection: this.#redis[role], prefix: `{${this.#namespace}-${name}}` };
  }
}

/** Whether the server answers now; what a connection believes of itself lags behind. */
async function answers(redis: Redis): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, ANSWER_MS_MAX, false).unref());
  const answer = redis.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late]);
}

/** BullMQ keeps a failed job's message and stack where jobs are kept, and Drizzle's messages carry parameters. */
function rethrowKeepable(error: unknown): never {
  const keepable = new Error(describeError(error), { cause: error });
  // BullMQ goes by the name of an error after which there is no point in trying again.
  if (error instanceof Error) keepable.name = error.name;
  throw keepable;
}

/** Makes or updates BullMQ's tables. Does nothing for Redis. */
export async function migrateQueues(connection: QueueConnection): Promise<void> {
  if (connection.kind === "redis") return;
  const client = new pg.Client({ connectionString: connection.url, application_name: "rekindle-migrate" });
  client.on("error", () => {});
  try {
    await client.connect();
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end().catch(() => {});
  }
}
