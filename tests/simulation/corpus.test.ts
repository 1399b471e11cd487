import { describe, expect, it } from "vitest";
import { Rng } from "../../src/math/rng.ts";
import type { ThreadTemplate } from "../../src/simulation/corpus/template.ts";
import { COURSES, PHRASES, TOPIC_CORPORA } from "../../src/simulation/course-catalogue.ts";
import type { SimulatedLocale } from "../../src/simulation/records.ts";
import { fillText, ThreadDeck } from "../../src/simulation/thread-text.ts";

const BOUND_BY_AUTHOR = ["lesson", "number", "course"];

const corpora: { name: string; locale: SimulatedLocale; templates: readonly ThreadTemplate[] }[] = [
  ...COURSES.map(({ key, locale, corpus }) => ({ name: key, locale, templates: corpus })),
  ...(["zh-CN", "en"] as const).flatMap((locale) =>
    Object.entries(TOPIC_CORPORA[locale]).map(([space, templates]) => ({
      name: `${space} in ${locale}`,
      locale,
      templates,
    })),
  ),
];

const textsOf = (template: ThreadTemplate) => [...template.titles, ...template.bodies, ...template.replies];
const slotsIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);

describe.each(corpora)("the corpus of $name", ({ locale, templates }) => {
  it("binds every slot in every case", () => {
    for (const template of templates) {
      for (const bound of template.cases) {
        const unbound = textsOf(template)
          .flatMap(slotsIn)
          .filter((slot) => !BOUND_BY_AUTHOR.includes(slot) && !bound[slot]);
        expect({ title: template.titles[0], bound, unbound }).toMatchObject({ unbound: [] });
        expect(Object.keys(bound)).not.toContain("");
      }
    }
  });

  it("has no case that no text speaks of", () => {
    for (const template of templates) {
      const spoken = new Set(textsOf(template).flatMap(slotsIn));
      for (const name of Object.keys(template.cases[0] ?? {})) expect(spoken).toContain(name);
    }
  });

  it("closes every list of alternatives, and leaves none behind", () => {
    const rng = Rng.seeded("alternatives");
    for (const template of templates) {
      for (const text of textsOf(template)) {
        const filled = fillText(text, {}, rng, locale);
        expect(filled).not.toMatch(/\[\[[^[\]]*\||\|[^[\]]*\]\]/);
        expect(filled.length).toBeGreaterThan(1);
      }
    }
  });

  it("can say at least three different things in reply", () => {
    for (const template of templates) expect(new Set(template.replies).size).toBeGreaterThanOrEqual(3);
  });
});

describe("a deck of threads", () => {
  const deckOf = (course: string) => {
    const { corpus, locale } = COURSES.find(({ key }) => key === course)!;
    return new ThreadDeck(corpus, locale);
  };
  const author = { lesson: "Reading files", number: "3", course: "Data Analysis with Python" };

  it("deals every template once before one comes again", () => {
    const { corpus } = COURSES[0]!;
    const deck = deckOf(COURSES[0]!.key);
    const rng = Rng.seeded("deck");
    const tags = Array.from({ length: corpus.length }, () => deck.next(rng, author, "").tags);
    expect(new Set(tags).size).toBe(corpus.length);
  });

  it("gives the gist of an answer once in a thread", () => {
    const deck = deckOf("python-data-en");
    const rng = Rng.seeded("gist");
    for (let dealt = 0; dealt < 60; dealt += 1) {
      const { slots, replies } = deck.next(rng, author, "");
      const gists = Object.keys(slots).filter((slot) => ["fix", "how", "why"].includes(slot));
      for (const gist of gists) {
        expect(replies.filter((reply) => reply.includes(`{${gist}}`)).length).toBeLessThanOrEqual(1);
      }
    }
  });

  it("speaks with the author's closing line", () => {
    const { bodyMarkdown } = deckOf("writing-en").next(Rng.seeded("closing"), author, "Cheers.");
    expect(bodyMarkdown).toMatch(/\sCheers\.$/);
  });
});

describe("filling a text", () => {
  const rng = () => Rng.seeded("fill");

  it.each([
    ["{fix}. Done.", "Install it. Done."],
    ["Try this: {fix}.", "Try this: install it."],
    ["It worked. {fix}!", "It worked. Install it!"],
    ["- {fix}", "- Install it"],
    ["1. {fix}", "1. Install it"],
  ])("capitalises an English slot only where a sentence begins: %s", (text, expected) => {
    expect(fillText(text, { fix: "install it" }, rng(), "en")).toBe(expected);
  });

  it("leaves code alone", () => {
    expect(fillText('df[["a", "b"]] {unknown}', {}, rng(), "en")).toBe('df[["a", "b"]] {unknown}');
  });

  it("chooses one alternative, the empty one too", () => {
    const seen = new Set(Array.from({ length: 60 }, (_, seed) => fillText("[[a|b|]]", {}, Rng.seeded(seed), "en")));
    expect(seen).toEqual(new Set(["a", "b", ""]));
  });
});

describe("the phrases of a language", () => {
  it.each(["zh-CN", "en"] as const)("are there for %s, of every sort", (locale) => {
    for (const [sort, lines] of Object.entries(PHRASES[locale])) {
      expect(lines.length, sort).toBeGreaterThanOrEqual(3);
      for (const line of lines) expect(slotsIn(line).filter((slot) => !BOUND_BY_AUTHOR.includes(slot))).toEqual([]);
    }
  });
});
