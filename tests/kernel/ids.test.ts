import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importedId, isId, newId } from "../../src/kernel/ids.ts";

const NOW = new Date("2026-03-02T08:00:00.123Z");
const YEAR_10889_MS = 2 ** 48 - 1;
/** The times that an id can carry. */
const instants = fc.integer({ min: 0, max: 8_640_000_000_000_000 }).map((ms) => new Date(Math.min(ms, YEAR_10889_MS)));

/** The parts of a UUID (RFC 9562): 48 bits of time, then version and variant among the rest. */
function partsOf(id: string) {
  const hex = id.replaceAll("-", "");
  return { ms: Number.parseInt(hex.slice(0, 12), 16), version: hex[12], variant: Number.parseInt(hex[16]!, 16) >> 2 };
}

describe("newId", () => {
  it("is a version 7 UUID that carries its time", () => {
    fc.assert(
      fc.property(instants, (now) => {
        const id = newId(now);
        expect(isId(id)).toBe(true);
        expect(partsOf(id)).toEqual({ ms: now.getTime(), version: "7", variant: 0b10 });
      }),
      { seed: 1 },
    );
  });

  it("does not repeat within a millisecond", () => {
    const ids = Array.from({ length: 20_000 }, () => newId(NOW));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("sorts by time, as text as well", () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        if (a.getTime() === b.getTime()) return;
        expect(newId(a) < newId(b)).toBe(a < b);
      }),
      { seed: 1 },
    );
  });

  it.each([new Date(-1), new Date(Number.NaN), new Date(YEAR_10889_MS + 1)])("is not made for %s", (time) => {
    expect(() => newId(time)).toThrow(/Invariant/);
  });
});

describe("importedId", () => {
  it("is always the same for the same source, and another for another", () => {
    expect(importedId(NOW, "stackexchange", "ai", "post", "42")).toBe("019cad8f-ac7b-89db-a564-12eeaae2a251");
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string(), { minLength: 1 }), (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(importedId(NOW, ...one)).toBe(importedId(NOW, ...one));
        expect(importedId(NOW, ...one) === importedId(NOW, ...other)).toBe(same);
      }),
      { seed: 1 },
    );
  });

  it("tells apart sources whose parts only run together", () => {
    const ids = [
      importedId(NOW, "a", "bc"),
      importedId(NOW, "ab", "c"),
      importedId(NOW, "abc"),
      importedId(NOW, "a,b", "c"),
      importedId(NOW, 'a","b', "c"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is a version 8 UUID that sorts among new ones by time", () => {
    const imported = importedId(NOW, "post", "1");
    expect(isId(imported)).toBe(true);
    expect(partsOf(imported)).toEqual({ ms: NOW.getTime(), version: "8", variant: 0b10 });
    expect(newId(new Date(NOW.getTime() - 1)) < imported).toBe(true);
    expect(imported < newId(new Date(NOW.getTime() + 1))).toBe(true);
  });
});

describe("isId", () => {
  it.each([
    "",
    "019cada9-477b-7d5d-a5d2-0d4b5c4d8e0",
    "019cada9-477b-7d5d-a5d2-0d4b5c4d8e0a0",
    "019CADA9-477B-7D5D-A5D2-0D4B5C4D8E0A",
    "019cada9477b7d5da5d20d4b5c4d8e0a",
    "019cada9-477b-0d5d-a5d2-0d4b5c4d8e0a",
    "019cada9-477b-7d5d-c5d2-0d4b5c4d8e0a",
    "{019cada9-477b-7d5d-a5d2-0d4b5c4d8e0a}",
    "019cada9-477b-7d5d-a5d2-0d4b5c4d8e0a\n",
    "'; drop table members; --",
  ])("refuses %j", (text) => {
    expect(isId(text)).toBe(false);
  });
});
