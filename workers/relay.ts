import pg from "pg";
import type { Database } from "../src/platform/database/database.ts";
import { OUTBOX_CHANNEL } from "../src/platform/outbox/emit.ts";
import {
  type OutboxMessage,
  putBackUnfinished,
  RELAY_BATCH_MAX,
  relayOutbox,
} from "../src/platform/outbox/relay-actions.ts";

/** The fallback when no notice arrives: a coalesced NOTIFY can miss a commit, and connections break. */
const POLL_MS = 1_000;

/** How often it looks for what a queue took and nobody finished. */
const PUT_BACK_MS = 60_000;

/** A queue that does not answer within this time fails the batch: its messages stay locked, and hold back readers, meanwhile. */
const ENQUEUE_MS_MAX = 10_000;

const CONNECT_MS_MAX = 10_000;

/**
 * Hands messages of the outbox to a queue for as long as it runs: woken by NOTIFY, and looking by itself every second. Any
 * number of relays may run.
 */
export class OutboxRelay {
  readonly #db: Database;
  readonly #url: string;
  readonly #enqueue: (messages: readonly OutboxMessage[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #enqueueMsMax: number;
  #stopped = false;
  #putBackAtMs = 0;
  /** Set by a notice that arrives while a batch is in hand, so that it is not slept over. */
  #woken = false;
  #wake: () => void = () => {
    this.#woken = true;
  };
  #loop: Promise<void> | null = null;
  #listener: pg.Client | null = null;

  constructor(options: {
    db: Database;
    url: string;
    enqueue: (messages: readonly OutboxMessage[]) => Promise<void>;
    onError: (error: unknown) => void;
    /** How long the queue may take over a batch. */
    enqueueMsMax?: number;
  }) {
    this.#db = options.db;
    this.#url = options.url;
    this.#enqueue = options.enqueue;
    this.#onError = options.onError;
    this.#enqueueMsMax = options.enqueueMsMax ?? ENQUEUE_MS_MAX;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends after the batch in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
    await this.#listener?.end().catch(() => {});
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // Apart from each other: without a listener the relay still polls.
      await this.#listen().catch(this.#onError);
      await this.#drain().catch(this.#onError);
      if (!this.#stopped) await this.#sleep();
    }
  }

  async #drain(): Promise<void> {
    const enqueue = (messages: readonly OutboxMessage[]) => withinTime(this.#enqueue(messages), this.#enqueueMsMax);
    if (performance.now() >= this.#putBackAtMs) {
      this.#putBackAtMs = performance.now() + PUT_BACK_MS;
      await putBackUnfinished(this.#db, new Date());
    }
    while (!this.#stopped && (await relayOutbox(this.#db, enqueue, new Date())) === RELAY_BATCH_MAX);
  }

  async #listen(): Promise<void> {
    if (this.#listener !== null) return;
    const listener = new pg.Client({
      connectionString: this.#url,
      application_name: "rekindle-relay",
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
    });
    const lost = () => {
      if (this.#listener === listener) this.#listener = null;
    };
    listener.on("notification", () => this.#wake());
    listener.on("error", lost);
    listener.on("end", lost);
    try {
      await listener.connect();
      await listener.query(`listen ${OUTBOX_CHANNEL}`);
      this.#listener = listener;
    } catch (error) {
      await listener.end().catch(() => {});
      throw error;
    }
  }

  #sleep(): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve();
    }
    const noted = this.#wake;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = noted;
        resolve();
      };
      const timer = setTimeout(end, POLL_MS);
      this.#wake = end;
    });
  }
}

async function withinTime(enqueued: Promise<void>, msMax: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`the queue did not take a batch within ${msMax} ms`);
    timer = setTimeout(() => reject(error), msMax);
  });
  try {
    await Promise.race([enqueued, late]);
  } finally {
    clearTimeout(timer);
  }
}
