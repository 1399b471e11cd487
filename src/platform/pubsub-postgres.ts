import pg from "pg";
import type { Id } from "../kernel/ids.ts";
import type { PubSub } from "./pubsub.ts";
import { TopicHub } from "./topic-hub.ts";

const CHANNEL = "rekindle_topics";
const RECONNECT_MS = 1_000;
const CONNECT_MS_MAX = 10_000;
const PROBE_AFTER_MS = 10_000;

/** Hints over NOTIFY: one listening connection a process, opened with the first subscriber and opened again when it breaks. */
export class PostgresPubSub implements PubSub {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #onError: (error: Error) => void;
  readonly #hub = new TopicHub();
  #listener: Promise<pg.Client | null> | null = null;
  #closed = false;

  /** @param onError is told when the listening connection breaks or cannot be made; it is tried again every second. */
  constructor(pool: pg.Pool, url: string, onError: (error: Error) => void = () => {}) {
    this.#pool = pool;
    this.#url = url;
    this.#onError = onError;
  }

  async publish(topic: string, id: Id): Promise<void> {
    await this.#pool.query({
      name: "topics_notify",
      text: `select pg_notify('${CHANNEL}', $1)`,
      values: [`${topic} ${id}`],
    });
  }

  subscribe(topic: string): AsyncIterableIterator<Id> {
    this.#listen();
    return this.#hub.subscribe(topic);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hub.close();
    const listener = await this.#listener;
    await listener?.end().catch(() => {});
  }

  #listen(): void {
    if (!this.#closed) this.#listener ??= this.#connect();
  }

  /** Connects and listens; null when that fails, which is tried again. */
  async #connect(): Promise<pg.Client | null> {
    const listener = new pg.Client({
      connectionString: this.#url,
      application_name: "rekindle-topics",
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBE_AFTER_MS,
    });
    listener.on("error", (error) => this.#onError(error));
    listener.on("notification", ({ payload = "" }) => {
      const space = payload.lastIndexOf(" ");
      this.#hub.deliver(payload.slice(0, space), payload.slice(space + 1));
    });
    const lost = new Promise<void>((resolve) => listener.once("end", resolve));
    try {
      await listener.connect();
      await listener.query(`listen ${CHANNEL}`);
      lost.then(() => this.#listenAgain());
      return listener;
    } catch (error) {
      this.#onError(error as Error);
      await listener.end().catch(() => {});
      this.#listenAgain();
      return null;
    }
  }

  #listenAgain(): void {
    if (this.#closed) return;
    setTimeout(() => {
      this.#listener = null;
      this.#listen();
    }, RECONNECT_MS).unref();
  }
}
