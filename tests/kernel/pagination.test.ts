import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import {
  decodeCursor,
  encodeCursor,
  PAGE_SIZE_MAX,
  readPageRequest,
  readTimeKey,
  timeKeyParts,
  toPage,
} from "../../src/kernel/pagination.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

const NOW = new Date("2026-03-02T08:00:00.123Z");

/** The refusal that `work` throws. */
function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("expected a refusal, and nothing was refused");
}

/** Text as a database can hold it: a lone surrogate would not survive UTF-8. */
const keyPart = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\u0000"));
const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a cursor", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(keyPart, { maxLength: 4 }), (key) => {
        const cursor = encodeCursor(key);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, key.length)).toEqual(key);
      }),
      { seed: 1 },
    );
  });

  it("is refused when it is any other text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.jsonValue().map(forged)), (text) => {
        let key: readonly string[];
        try {
          key = decodeCursor(text, 2);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          return;
        }
        expect(encodeCursor(key)).toBe(text);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "bm90IGpzb24"],
    ["too few parts", forged(["a"])],
    ["too many parts", forged(["a", "b", "c"])],
    ["a number among its parts", forged(["a", 1])],
    ["an object", forged({ 0: "a", 1: "b", length: 2 })],
    ["padding", `${encodeCursor(["a", "b"])}=`],
    ["another alphabet", Buffer.from('["??","~~"]').toString("base64")],
    ["white space", Buffer.from('["a", "b"]').toString("base64url")],
    ["escapes that encoding does not make", Buffer.from('["\\u0061","b"]').toString("base64url")],
    ["a null character", forged(["a\u0000", "b"])],
    ["bytes that are no UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x2c, 0x22, 0x22, 0x5d]).toString("base64url")],
    ["deep nesting", Buffer.from(`${"[".repeat(50_000)}${"]".repeat(50_000)}`).toString("base64url")],
  ])("is refused with %s, naming the argument", (_what, cursor) => {
    expect(refusalOf(() => readPageRequest({ after: cursor }, 2))).toMatchObject({
      code: "input.invalid",
      field: "after",
    });
    expect(refusalOf(() => readPageRequest({ before: cursor }, 2))).toMatchObject({ field: "before" });
  });
});

describe("a cursor of a named list", () => {
  it("comes back as it was", () => {
    const after = encodeCursor(["a", "b"], "thread");
    expect(readPageRequest({ after }, 2, "thread").cursor).toEqual(["a", "b"]);
  });

  it.each([
    ["another list's", encodeCursor(["a", "b"], "post")],
    ["no list's", encodeCursor(["a", "b"])],
    ["no list's, and longer", encodeCursor(["a", "b", "c"])],
    ["of too few values", encodeCursor(["a"], "thread")],
    ["of none", encodeCursor([])],
  ])("is refused when it is %s", (_what, after) => {
    expect(refusalOf(() => readPageRequest({ after }, 2, "thread"))).toMatchObject({
      code: "input.invalid",
      field: "after",
    });
  });

  it("is refused by a list that has no name", () => {
    const after = encodeCursor(["a", "b"], "thread");
    expect(refusalOf(() => readPageRequest({ after }, 2))).toMatchObject({ code: "input.invalid" });
  });
});

describe("a time key", () => {
  const requestOf = (parts: readonly string[]) => readPageRequest({ after: encodeCursor(parts) }, parts.length);

  it("comes back as it was, and is absent on the first page", () => {
    const id = newId(NOW);
    expect(readTimeKey(requestOf(timeKeyParts(NOW, id)))).toEqual({ at: NOW, id });
    expect(readTimeKey(readPageRequest({}, 2))).toBeNull();
  });

  it.each([
    ["no time", ["soon", newId(NOW)]],
    ["a time in another form", ["2026-03-02", newId(NOW)]],
    ["a year that PostgreSQL cannot read", ["+012026-03-02T08:00:00.000Z", newId(NOW)]],
    ["a year before all years", ["-000001-03-02T08:00:00.000Z", newId(NOW)]],
    ["the year 0", ["0000-03-02T08:00:00.000Z", newId(NOW)]],
    ["a day that is none", ["2026-02-30T08:00:00.000Z", newId(NOW)]],
    ["no id", [NOW.toISOString(), "1"]],
    ["an id in capitals", [NOW.toISOString(), newId(NOW).toUpperCase()]],
    ["SQL for an id", [NOW.toISOString(), "' or true --"]],
  ])("is refused with %s", (_what, parts) => {
    expect(refusalOf(() => readTimeKey(requestOf(parts)))).toMatchObject({ code: "input.invalid", field: "after" });
  });
});

describe("readPageRequest", () => {
  it("asks for twenty rows from the start unless told otherwise", () => {
    expect(readPageRequest({}, 1)).toEqual({ size: 20, direction: "forward", cursor: null });
    expect(readPageRequest({ first: null, after: null, last: null, before: null }, 1)).toMatchObject({ size: 20 });
    expect(readPageRequest({ last: 5 }, 1)).toEqual({ size: 5, direction: "backward", cursor: null });
    expect(readPageRequest({ before: encodeCursor(["x"]) }, 1)).toEqual({
      size: 20,
      direction: "backward",
      cursor: ["x"],
    });
    expect(readPageRequest({ first: PAGE_SIZE_MAX }, 1)).toMatchObject({ size: 100 });
  });

  it.each([0, -1, 101, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("refuses a page of %d", (size) => {
    expect(refusalOf(() => readPageRequest({ first: size }, 1))).toMatchObject({
      code: "input.invalid",
      field: "first",
    });
    expect(refusalOf(() => readPageRequest({ last: size }, 1))).toMatchObject({ field: "last" });
  });

  it.each([
    { first: 1, last: 1 },
    { first: 1, before: "x" },
    { after: "x", last: 1 },
    { after: "x", before: "x" },
  ])("refuses both directions at once: %j", (args) => {
    expect(refusalOf(() => readPageRequest(args, 1))).toMatchObject({ code: "input.invalid" });
  });
});

describe("toPage", () => {
  /** What a list of the sorted numbers 0 … count-1 answers, as keyset queries fetch it. */
  function pageOf(count: number, request: ReturnType<typeof readPageRequest>) {
    const rows = Array.from({ length: count }, (_, n) => n);
    const from = request.cursor === null ? null : Number(request.cursor[0]);
    const fetched =
      request.direction === "forward"
        ? rows.filter((row) => from === null || row > from)
        : rows.filter((row) => from === null || row < from).reverse();
    return toPage(fetched.slice(0, request.size + 1), request);
  }

  it("leads through every row once, in order, forwards and backwards", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, size) => {
        const forwards: number[] = [];
        for (let after: string | null = null, more = true; more; ) {
          const page = pageOf(count, readPageRequest({ first: size, after }, 1));
          expect(page.hasPreviousPage).toBe(after !== null);
          forwards.push(...page.rows);
          more = page.hasNextPage;
          after = encodeCursor([String(page.rows.at(-1))]);
        }
        const backwards: number[] = [];
        for (let before: string | null = null, more = true; more; ) {
          const page = pageOf(count, readPageRequest({ last: size, before }, 1));
          expect(page.hasNextPage).toBe(before !== null);
          backwards.unshift(...page.rows);
          more = page.hasPreviousPage;
          before = encodeCursor([String(page.rows[0])]);
        }
        const all = Array.from({ length: count }, (_, n) => n);
        expect(forwards).toEqual(all);
        expect(backwards).toEqual(all);
      }),
      { seed: 1 },
    );
  });
});
