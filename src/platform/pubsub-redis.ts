import { Redis } from "ioredis";
import type { Id } from "../kernel/ids.ts";
import type { PubSub } from "./pubsub.ts";
import { TopicHub } from "./topic-hub.ts";

const CHANNEL = "rekindle:topics";

/** Hints over Redis; ioredis connects and subscribes again by itself. */
export class RedisPubSub implements PubSub {
  readonly #publisher: Redis;
  readonly #listener: Redis;
  readonly #hub = new TopicHub();

  constructor(url: string, onError: (error: Error) => void) {
    this.#publisher = new Redis(url);
    this.#listener = new Redis(url);
    this.#publisher.on("error", onError);
    this.#listener.on("error", onError);
    this.#listener.on("message", (_channel: string, message: string) => {
      const space = message.lastIndexOf(" ");
      this.#hub.deliver(message.slice(0, space), message.slice(space + 1));
    });
    this.#listener.subscribe(CHANNEL).catch(onError);
  }

  async publish(topic: string, id: Id): Promise<void> {
    await this.#publisher.publish(CHANNEL, `${topic} ${id}`);
  }

  subscribe(topic: string): AsyncIterableIterator<Id> {
    return this.#hub.subscribe(topic);
  }

  async close(): Promise<void> {
    this.#publisher.disconnect();
    this.#listener.disconnect();
  }
}
