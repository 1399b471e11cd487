import type { Id } from "../kernel/ids.ts";

/** A slow subscriber keeps this many ids; older ones are dropped, since whoever gets a hint reads again anyway. */
const BACKLOG_MAX = 1_000;

/** Fans hints that reach this process out to its subscribers. */
export class TopicHub {
  readonly #subscribers = new Map<string, Set<(id: Id) => void>>();

  deliver(topic: string, id: Id): void {
    for (const tell of this.#subscribers.get(topic) ?? []) tell(id);
  }

  subscribe(topic: string): AsyncIterableIterator<Id> {
    const backlog: Id[] = [];
    let waiting: ((result: IteratorResult<Id>) => void) | null = null;
    let ended = false;
    const tell = (id: Id) => {
      if (waiting !== null) {
        waiting({ value: id, done: false });
        waiting = null;
      } else {
        backlog.push(id);
        if (backlog.length > BACKLOG_MAX) backlog.shift();
      }
    };
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(tell));
    const end = async (): Promise<IteratorResult<Id>> => {
      ended = true;
      subscribers.delete(tell);
      if (subscribers.size === 0 && this.#subscribers.get(topic) === subscribers) this.#subscribers.delete(topic);
      waiting?.({ value: undefined, done: true });
      waiting = null;
      return { value: undefined, done: true };
    };
    return {
      next: () => {
        const id = backlog.shift();
        if (id !== undefined) return Promise.resolve({ value: id, done: false });
        if (ended) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve) => {
          waiting = resolve;
        });
      },
      return: end,
      throw: end,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
