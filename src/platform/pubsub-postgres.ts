import pg from "pg";
import type { Id } from "../kernel/ids.ts";
import type { PubSub } from "./pubsub.ts";
import { TopicHub } from "./topic-hub.ts";

const CHANNEL = "rekindle_topics";
const RECONNECT_MS = 1_000;

/** Hints over NOTIFY: one listening connection a process, opened with the first subscriber and opened again when it breaks. */
export class PostgresPubSub implements PubSub {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #hub = new TopicHub();
  #listener: Promise<pg.Client> | null = null;
  #closed = false;

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
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
    const listener = await this.#listener?.catch(() => null);
    await listener?.end().catch(() => {});
  }

  #listen(): void {
    if (this.#closed) return;
    this.#listener ??= this.#connect();
  }

  async #connect(): Promise<pg.Client> {
    const listener = new pg.Client({
      connectionString: this.#url,
      application_name: "rekindle-topics",
      keepAlive: true,
    });
    const again = () => {
      this.#listener = null;
      if (!this.#closed) setTimeout(() => this.#listen(), RECONNECT_MS).unref();
    };
    listener.once("end", again);
    listener.on("error", () => {});
    listener.on("notification", ({ payload = "" }) => {
      const space = payload.lastIndexOf(" ");
      this.#hub.deliver(payload.slice(0, space), payload.slice(space + 1));
    });
    try {
      await listener.connect();
      await listener.query(`listen ${CHANNEL}`);
    } catch {
      await listener.end().catch(again);
    }
    return listener;
  }
}
