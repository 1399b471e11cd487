import { assert } from "../kernel/assert.ts";
import type { Rng } from "../math/rng.ts";
import type { Case, ThreadTemplate } from "./corpus/template.ts";
import type { SimulatedLocale } from "./records.ts";

/** A thread as it is about to be posted, with what can still be said in it. */
export interface ComposedThread {
  readonly title: string;
  readonly bodyMarkdown: string;
  readonly tags: readonly string[];
  readonly slots: Case;
  /** Topical answers or replies that nobody has used yet, in the order to use them. */
  readonly replies: string[];
}

/** How many titles are drawn in search of a new one. */
const ATTEMPTS = 12;

/**
 * Deals threads from templates as cards are dealt: no template comes twice before all have come once, and each goes through its
 * cases in the same way, so that a page of threads shows different subjects.
 */
export class ThreadDeck {
  readonly #templates: Deal<ThreadTemplate>;
  readonly #cases: ReadonlyMap<ThreadTemplate, Deal<Case>>;
  /** When each title was last dealt: a number that grows. */
  readonly #dealt = new Map<string, number>();
  #count = 0;

  constructor(
    templates: readonly ThreadTemplate[],
    readonly locale: SimulatedLocale,
  ) {
    this.#templates = new Deal(templates);
    this.#cases = new Map(templates.map((template) => [template, new Deal(template.cases)]));
  }

  /** `author` binds {lesson}, {number} and {course}. Of some titles drawn, a new one is preferred, else the oldest. */
  next(rng: Rng, author: Case, closing: string): ComposedThread {
    const template = this.#templates.next(rng);
    const cases = this.#cases.get(template);
    assert(cases !== undefined, "every template of a deck has its cases");
    let slots: Case = author;
    let title = "";
    let dealtBefore = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS && dealtBefore > 0; attempt += 1) {
      const bound = { ...author, ...cases.next(rng) };
      const candidate = fillText(rng.pick(template.titles), bound, rng, this.locale);
      const dealt = this.#dealt.get(candidate) ?? 0;
      if (dealt < dealtBefore) [slots, title, dealtBefore] = [bound, candidate, dealt];
    }
    this.#count += 1;
    this.#dealt.set(title, this.#count);
    const body = fillText(rng.pick(template.bodies), slots, rng, this.locale);
    const closer = fillText(closing, slots, rng, this.locale);
    const gap = body.includes("\n") ? "\n\n" : this.locale === "en" ? " " : "";
    return {
      title,
      bodyMarkdown: closer === "" ? body : body + gap + closer,
      tags: template.tags,
      slots,
      replies: sayOnce(rng.shuffle(template.replies), template),
    };
  }
}

/**
 * Leaves out replies that would repeat another: a slot that only replies have is the gist of an answer (the fix, the reason), and is
 * said once in a thread.
 */
function sayOnce(replies: readonly string[], template: ThreadTemplate): string[] {
  const shown = new Set(["number", ...[...template.titles, ...template.bodies].flatMap(slotsIn)]);
  const said = new Set<string>();
  return replies.filter((reply) => {
    const gists = slotsIn(reply).filter((name) => !shown.has(name));
    if (gists.some((name) => said.has(name))) return false;
    for (const name of gists) said.add(name);
    return true;
  });
}

function slotsIn(text: string): string[] {
  return [...text.matchAll(SLOT)].map((match) => match[1] ?? "");
}

/** Items in random order, again and again. */
export class Deal<Item> {
  #left: Item[] = [];

  constructor(readonly items: readonly Item[]) {}

  next(rng: Rng): Item {
    if (this.#left.length === 0) this.#left = rng.shuffle(this.items);
    const item = this.#left.pop();
    assert(item !== undefined, "a deal has at least one item");
    return item;
  }
}

const SLOT = /\{(\w+)\}/g;
const ALTERNATIVES = /\[\[([^[\]]*\|[^[\]]*)\]\]/g;
/** The end of what comes before a word that begins a sentence. */
const SENTENCE_START = /(?:^|[.!?…]\s+|\n)(?:[-*>]\s+|\d+\.\s+)?$/;

/** Fills the holes of a corpus text (see `corpus/template.ts`). English slots are capitalised where they begin a sentence. */
export function fillText(text: string, slots: Case, rng: Rng, locale: SimulatedLocale): string {
  const chosen = text.replace(ALTERNATIVES, (_, list: string) => rng.pick(list.split("|")));
  const filled = chosen.replace(SLOT, (hole, name: string, offset: number) => {
    const value = slots[name];
    if (value === undefined) return hole;
    return locale === "en" && SENTENCE_START.test(chosen.slice(0, offset)) ? capitalise(value) : value;
  });
  return filled.trim();
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
