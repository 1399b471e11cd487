import type { Id } from "../kernel/ids.ts";

/**
 * Carries hints between processes: that something about `topic` changed, by id only. A hint may be lost or come twice;
 * whoever gets one reads again. Adapters: PostgreSQL's NOTIFY, Redis.
 */
export interface PubSub {
  publish(topic: string, id: Id): Promise<void>;
  /** Yields the ids published to `topic` until the iterator is returned or the whole is closed. */
  subscribe(topic: string): AsyncIterableIterator<Id>;
  close(): Promise<void>;
}
