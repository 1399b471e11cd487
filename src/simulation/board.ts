import { DAY_MS } from "../kernel/instant.ts";
import type { Case } from "./corpus/template.ts";
import type { Person } from "./person.ts";
import type { PostRecord, SimulatedLocale, ThreadRecord } from "./records.ts";

/** A post as others meet it. */
export interface BoardPost {
  readonly key: string;
  readonly author: Person;
  readonly kind: PostRecord["kind"] | "opening";
  readonly atMs: number;
  readonly voters: Set<Person>;
}

/** A thread as others meet it: its posts so far, and what is left to be said. */
export interface BoardThread {
  readonly record: ThreadRecord;
  readonly author: Person;
  readonly atMs: number;
  readonly slots: Case;
  readonly replies: string[];
  readonly opening: BoardPost;
  readonly posts: BoardPost[];
  /** How much it invites others to write; about 1, near 0 for those that people pass by. */
  readonly appeal: number;
  firstAnswerMs: number | null;
  accepted: boolean;
}

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
