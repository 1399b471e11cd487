import { Redis } from "ioredis";
import type { Id } from "../kernel/ids.ts";
import type { PubSub } from "./pubsub.ts";
import { TopicHub } from "./topic-hub.ts";

const CHANNEL = "rekindle:topics";

/** A publisher is told within about this long that Redis is away, instead of waiting for it. */
const PUBLISH_MS_MAX = 2_000;

/** Hints over Redis; ioredis connects and subscribes again by itself. */
export class RedisPubSub implements PubSub {
  readonly #publisher: Redis;
  readonly #listener: Redis;
  readonly #hub = new TopicHub();
  #closed = false;

  constructor(url: string, onError: (error: Error) => void) {
    this.#publisher = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: PUBLISH_MS_MAX });
    // The subscription waits for as long as it takes: given up once, it would never be made again.
    this.#listener = new Redis(url, { maxRetriesPerRequest: null });
    this.#publisher.on("error", onError);
    this.#listener.on("error", onError);
    this.#listener.on("message", (_channel: string, message: string) => {
      const space = message.lastIndexOf(" ");
      this.#hub.deliver(message.slice(0, space), message.slice(space + 1));
    });
    this.#listener.subscribe(CHANNEL).catch((error: Error) => {
      if (!this.#closed) onError(error);
    });
  }

  async publish(topic: string, id: Id): Promise<void> {
    await this.#publisher.publish(CHANNEL, `${topic} ${id}`);
  }

  subscribe(topic: string): AsyncIterableIterator<Id> {
    return this.#hub.subscribe(topic);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hub.close();
    this.#publisher.disconnect();
    this.#listener.disconnect();
  }
}
