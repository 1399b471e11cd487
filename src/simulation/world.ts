import { assert } from "../kernel/assert.ts";
import type { Rng } from "../math/rng.ts";
import { Board } from "./board.ts";
import type { Phrases, TopicSpaceKey } from "./corpus/template.ts";
import { COURSES, PHRASES, TOPIC_CORPORA } from "./course-catalogue.ts";
import { Journal } from "./journal.ts";
import type { SimulatedLocale, SimulatedThreadKind } from "./records.ts";
import { Deal, ThreadDeck } from "./thread-text.ts";

/** What everyone shares: the journal that is written, the board that is read, and the words there are. */
export class World {
  readonly journal = new Journal();
  readonly board = new Board();
  readonly #decks = new Map<string, ThreadDeck>();
  readonly #phrases = new Map<string, Deal<string>>();

  /** `textRng` chooses words only, so that a new template changes what is said and not what is done. */
  constructor(readonly textRng: Rng) {
    for (const kind of ["question", "discussion"] as const) {
      const add = (spaceKey: string, locale: SimulatedLocale, corpus: (typeof COURSES)[number]["corpus"]) => {
        const templates = corpus.filter((template) => template.kind === kind);
        if (templates.length > 0) this.#decks.set(deckName(spaceKey, locale, kind), new ThreadDeck(templates, locale));
      };
      for (const course of COURSES) add(course.key, course.locale, course.corpus);
      for (const locale of ["zh-CN", "en"] as const) {
        for (const [spaceKey, corpus] of Object.entries(TOPIC_CORPORA[locale])) add(spaceKey, locale, corpus);
      }
    }
  }

  deck(spaceKey: string, locale: SimulatedLocale, kind: SimulatedThreadKind): ThreadDeck {
    const deck = this.#decks.get(deckName(spaceKey, locale, kind));
    assert(deck !== undefined, `there is a corpus for ${deckName(spaceKey, locale, kind)}`);
    return deck;
  }

  /** What someone says next of this sort; the rest of it is said first before it comes again. */
  phrase(locale: SimulatedLocale, sort: keyof Phrases): string {
    const name = `${locale}/${sort}`;
    const deal = this.#phrases.get(name) ?? new Deal(PHRASES[locale][sort]);
    this.#phrases.set(name, deal);
    return deal.next(this.textRng);
  }
}

/** Somebody comes: when, and what they do then. */
export interface Visit {
  readonly atMs: number;
  readonly work: (world: World, atMs: number) => void;
}

/** The topic spaces where members start threads, by kind. */
export const MEMBER_TOPICS: Readonly<Record<SimulatedThreadKind, readonly TopicSpaceKey[]>> = {
  question: ["career", "feedback"],
  discussion: ["lounge", "career", "feedback"],
};

function deckName(spaceKey: string, locale: SimulatedLocale, kind: SimulatedThreadKind): string {
  return `${spaceKey}/${locale}/${kind}`;
}
