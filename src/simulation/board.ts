import { DAY_MS } from "../kernel/instant.ts";
import type { BoardThread, Person } from "./person.ts";
import type { SimulatedLocale } from "./records.ts";

/** How many of a space's threads can still be met; older ones have scrolled away. */
const SHELF = 14;
/** Nobody replies to what is older. */
const MEMORY_DAYS = 12;

/** What can be read right now, by space and language. */
export class Board {
  readonly #shelves: Readonly<Record<SimulatedLocale, Map<string, BoardThread[]>>> = {
    "zh-CN": new Map(),
    en: new Map(),
  };

  add(thread: BoardThread): void {
    const shelf = this.#shelf(thread.record.spaceKey, thread.record.locale);
    shelf.push(thread);
    if (shelf.length > SHELF) shelf.shift();
  }

  /** Threads in the person's language and these spaces that were there before `atMs`, of the last days. */
  visibleTo(person: Person, spaceKeys: readonly string[], atMs: number): BoardThread[] {
    const visible: BoardThread[] = [];
    for (const spaceKey of spaceKeys) {
      for (const thread of this.#shelf(spaceKey, person.record.locale)) {
        if (thread.atMs < atMs && atMs - thread.atMs < MEMORY_DAYS * DAY_MS) visible.push(thread);
      }
    }
    return visible;
  }

  #shelf(spaceKey: string, locale: SimulatedLocale): BoardThread[] {
    let shelf = this.#shelves[locale].get(spaceKey);
    if (shelf === undefined) {
      shelf = [];
      this.#shelves[locale].set(spaceKey, shelf);
    }
    return shelf;
  }
}
