import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readXmlRows } from "../../src/imports/xml-rows.ts";
import { dumpXml } from "./import-files.ts";

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** What was read of `xml` when it came in pieces of `size` bytes: attributes or reasons by row, and how it ended. */
async function read(xml: string, size = 65_536) {
  const bytes = Buffer.from(xml);
  const rows: [number, Record<string, string> | string][] = [];
  try {
    const chunks = readXmlRows(pieces(bytes, size), { name: "Posts.xml", bytes: bytes.length }, "posts");
    for await (const chunk of chunks) {
      for (const record of chunk.records) {
        rows.push([record.row, "malformed" in record ? record.malformed : Object.fromEntries(record.attributes)]);
      }
    }
  } catch (error) {
    return { rows, error };
  }
  return { rows, error: null };
}

const posts = (rows: string) => `<posts>\n${rows}\n</posts>`;

describe("the rows of a dump's XML file", () => {
  it.each<[string, string, Record<string, string>]>([
    ["named references", `A="&lt;p&gt; &amp;amp; &quot;&apos;"`, { A: `<p> &amp; "'` }],
    ["numbered references", 'A="&#xA;&#10;&#x1F600;&#20013;"', { A: "\n\n😀中" }],
    ["single quotes", `A='say "no"' B="it's"`, { A: 'say "no"', B: "it's" }],
    ["a > in a value", 'A="a > b /> c" B="1"', { A: "a > b /> c", B: "1" }],
    ["white space around =", 'A = "1"\n\tB\n=\n"2"', { A: "1", B: "2" }],
    ["raw line breaks and tabs, which XML reads as spaces", 'A="1\r\n2\t3\n4"', { A: "1 2 3 4" }],
    ["no attributes", "", {}],
  ])("decodes %s", async (_, attributes, expected) => {
    expect(await read(posts(`<row ${attributes} />`))).toEqual({ rows: [[1, expected]], error: null });
  });

  it("finds rows however they are laid out", async () => {
    const xml = `\uFEFF<?xml version="1.0"?><!-- <row A="0"/> --><posts><row A="1"/><row A="2"></row>\n\n<row\nA="3"/><!--<b>--></posts>\n`;
    expect(await read(xml)).toEqual({ rows: [1, 2, 3].map((row) => [row, { A: String(row) }]), error: null });
  });

  it.each([["<posts></posts>"], ["<posts />"], [dumpXml("posts", [])]])("reads no rows of %j", async (xml) => {
    expect(await read(xml)).toEqual({ rows: [], error: null });
  });

  it.each([
    ["a quote that is not closed", '<row Id="2 />', "is not well-formed after the tag's name"],
    ["a tag in a value", '<row Id="2" Body="a <b>c</b> d" />', "is not well-formed after the attribute Id"],
    ["a value without quotes", '<row Id="2" Score=5 />', "is not well-formed after the attribute Id"],
    ["an attribute twice", '<row Id="2" Id="2" />', "has the attribute Id twice"],
    ["a bare &", '<row Body="a & b" />', 'the attribute Body holds a "&" that begins no valid character reference'],
    ["an unknown name", '<row B="&nbsp;" />', 'the attribute B holds a "&" that begins no valid character reference'],
    [
      "half a surrogate pair",
      '<row B="&#xD83D;" />',
      'the attribute B holds a "&" that begins no valid character reference',
    ],
    ["a NUL reference", '<row B="&#0;" />', 'the attribute B holds a "&" that begins no valid character reference'],
    ["a NUL", '<row B="\0" />', "holds a NUL character"],
    ["no end", '<row Id="2" ', "is not well-formed after the attribute Id"],
    ["text behind its end", '<row Id="2" /> oops', "is not well-formed after the attribute Id"],
    ["another element", '<post Id="2" />', "is not a <row> element"],
    ["too long a value", `<row B="${"x".repeat(4_194_304)}" />`, "is longer than 4194304 characters"],
  ])("reports a row with %s, and reads on", async (_, broken, reason) => {
    const { rows, error } = await read(posts(`<row Id="1" />\n${broken}\n<row Id="3" />`));
    expect(error).toBeNull();
    expect(rows).toEqual([
      [1, { Id: "1" }],
      [2, reason],
      [3, { Id: "3" }],
    ]);
  });

  it("says where a file was cut short, after the rows before that", async () => {
    const whole = posts('<row Id="1" />\n<row Id="2" />');
    for (const length of [whole.length - 1, whole.indexOf("</posts>"), whole.indexOf(' Id="2"')]) {
      const { rows, error } = await read(whole.slice(0, length));
      expect(rows[0]).toEqual([1, { Id: "1" }]);
      expect(error).toMatchObject({
        code: "import.unreadable",
        data: {
          file: "Posts.xml",
          reason: expect.stringContaining("was cut short"),
          remedy: expect.stringContaining("again"),
        },
      });
    }
  });

  it.each([["<users></users>"], ["<!DOCTYPE html><html>"], ["PK not xml <at all>"], [""]])(
    "refuses %j, which is no posts file",
    async (xml) => {
      expect((await read(xml)).error).toMatchObject({ code: "import.unreadable", data: { file: "Posts.xml" } });
    },
  );

  it("reads the same whatever the size of the pieces it comes in, characters split between them included", async () => {
    const xml = dumpXml("posts", ['Id="1" Body="中文 &amp; 😀"', 'Id="2" Body="a & b"', 'Id="3" Title="&lt;é&gt;"']);
    const whole = await read(xml);
    expect(whole.rows).toHaveLength(3);
    for (const size of [1, 2, 3, 7, 64]) expect(await read(xml, size)).toEqual(whole);
  });

  it("reads back any text that was written as XML says", async () => {
    const escaped = (text: string) =>
      text.replace(/[<>&"'\t\n\r]/g, (character) => `&#${character.codePointAt(0)!.toString(10)};`);
    const text = fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (texts, size) => {
          const xml = dumpXml(
            "posts",
            texts.map((value) => `A="${escaped(value)}"`),
          );
          expect((await read(xml, size)).rows).toEqual(texts.map((value, index) => [index + 1, { A: value }]));
        },
      ),
      { seed: 20_260_301, numRuns: 100 },
    );
  });
});
