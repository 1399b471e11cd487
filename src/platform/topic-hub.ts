import type { Id } from "../kernel/ids.ts";

/** A slow subscriber keeps this many ids; older ones are dropped, since whoever gets a hint reads again anyway. */
const BACKLOG_MAX = 1_000;

const END: IteratorReturnResult<undefined> = { value: undefined, done: true };

/** Fans hints that reach this process out to its subscribers. */
export class TopicHub {
  readonly #subscriptions = new Map<string, Set<Subscription>>();

  deliver(topic: string, id: Id): void {
    for (const subscription of this.#subscriptions.get(topic) ?? []) subscription.tell(id);
  }

  subscribe(topic: string): AsyncIterableIterator<Id> {
    const subscriptions = this.#subscriptions.get(topic) ?? new Set();
    this.#subscriptions.set(topic, subscriptions);
    const subscription = new Subscription(() => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && this.#subscriptions.get(topic) === subscriptions)
        this.#subscriptions.delete(topic);
    });
    subscriptions.add(subscription);
    return subscription;
  }

  /** Ends every subscription: whoever waits for a hint is told that none will come. */
  close(): void {
    for (const subscriptions of [...this.#subscriptions.values()]) {
      for (const subscription of [...subscriptions]) subscription.end();
    }
  }
}

/** One subscriber: ids that came before they were asked for, or askers who came before their ids; never both. */
class Subscription implements AsyncIterableIterator<Id> {
  readonly #leave: () => void;
  #backlog: Id[] = [];
  #askers: ((result: IteratorResult<Id>) => void)[] = [];
  #ended = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  tell(id: Id): void {
    const asker = this.#askers.shift();
    if (asker !== undefined) {
      asker({ value: id, done: false });
      return;
    }
    this.#backlog.push(id);
    if (this.#backlog.length > BACKLOG_MAX) this.#backlog.shift();
  }

  end(): void {
    this.#ended = true;
    this.#leave();
    this.#backlog = [];
    for (const asker of this.#askers.splice(0)) asker(END);
  }

  async next(): Promise<IteratorResult<Id>> {
    if (this.#ended) return END;
    const id = this.#backlog.shift();
    if (id !== undefined) return { value: id, done: false };
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  async return(): Promise<IteratorResult<Id>> {
    this.end();
    return END;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Id> {
    return this;
  }
}
