import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvReader } from "../../src/imports/csv-records.ts";
import { LineSplitter } from "../../src/imports/log-lines.ts";

/** Values or the reason by row, when `text` comes in pieces of `size` characters. */
function read(text: string, size = 65_536) {
  const splitter = new LineSplitter();
  const reader = new CsvReader();
  const records = [];
  for (let start = 0; start < text.length; start += size) {
    records.push(...reader.read(splitter.split(text.slice(start, start + size))));
  }
  records.push(...reader.read(splitter.finish("")), ...reader.finish());
  return records.map((record) => [record.row, "malformed" in record ? record.malformed : Object.values(record.fields)]);
}

describe("CSV", () => {
  it.each<[string, string, unknown[][]]>([
    [
      "plain rows",
      "a,b\n1,2\r\n3,\n",
      [
        [2, ["1", "2"]],
        [3, ["3", ""]],
      ],
    ],
    ["quotes, doubled quotes and delimiters in them", 'a,b\n"x,y","say ""no"""\n', [[2, ["x,y", 'say "no"']]]],
    [
      "line breaks in quotes",
      'a,b\n"1\n2",3\n4,5',
      [
        [2, ["1\n2", "3"]],
        [4, ["4", "5"]],
      ],
    ],
    [
      "empty lines",
      "a,b\n\n1,2\n\n\n3,4\n",
      [
        [3, ["1", "2"]],
        [6, ["3", "4"]],
      ],
    ],
    ["semicolons", "a;b\n1,5;2\n", [[2, ["1,5", "2"]]]],
    ["tabs", "a\tb\n1\t2\n", [[2, ["1", "2"]]]],
    ["a byte order mark", "\uFEFFa,b\n1,2", [[2, ["1", "2"]]]],
    ["a quote inside an unquoted field", 'a,b\n5" disk,2\n', [[2, ['5" disk', "2"]]]],
  ])("reads %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
    expect(read(text, 1)).toEqual(expected);
  });

  it.each([
    ["too few columns", "1", "has 1 columns where the header has 2"],
    ["too many columns", "1,2,3", "has 3 columns where the header has 2"],
    ["a quote that is never closed", '"1,2', "has a quote that is never closed"],
    ["text behind a closing quote", '"1"x,2', "has text behind a closing quote"],
    ["a NUL", "1,\0", "holds a NUL character"],
    ["a line that is too long", `${"x".repeat(1_100_000)},2`, "is longer than 1048576 characters"],
  ])("reports %s, and reads on with the next line", (_, broken, reason) => {
    expect(read(`a,b\n1,2\n${broken}\n3,4\n5,6\n`)).toEqual([
      [2, ["1", "2"]],
      [3, reason],
      [4, ["3", "4"]],
      [5, ["5", "6"]],
    ]);
  });

  it("gives up a quote that stays open for 200 lines", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `${index},x`);
    const rows = read(`a,b\n"open,x\n${lines.join("\n")}\n`);
    expect(rows[0]).toEqual([2, "has a quote that is never closed"]);
    expect(rows).toHaveLength(1_001);
  });

  it("reads back whatever was written as RFC 4180 says, in pieces of any size", () => {
    const value = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", " ", ";", "中") });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const text = ["a,b", ...rows.map((row) => row.map(quoted).join(","))].join("\n");
        expect(read(text, size).map(([, values]) => values)).toEqual(rows);
      }),
      { seed: 20_260_301, numRuns: 200 },
    );
  });
});
