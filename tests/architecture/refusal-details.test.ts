import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMAND_DETAIL_CATALOGUE } from "../../schema/errors/command-detail-catalogue.ts";
import { DETAIL_CATALOGUE } from "../../schema/errors/detail-catalogue.ts";
import { type RefusalProse, refusalProse } from "./refusal-prose.ts";
import { listTree } from "./tree.ts";

/** Prose in every place that it may stand in, and one that nobody can follow. */
const PLANTED = `
class Refusal { constructor(code: string, data: object) {} }
const CONSTANT = "a constant";
function invalid(reason: string, field: string) { return new Refusal("input.invalid", { reason }); }
const refuse = (what: string) => { throw new Refusal("not-allowed", { what }); };
invalid(3 > 2 ? \`a template of \${3}\` : "the other branch", "field");
refuse("a helper's argument");
new Refusal("input.invalid", { reason: CONSTANT ?? "a fallback" });
new Refusal("input.invalid", { reason: [CONSTANT].join("") });
`;

const ROOT = join(import.meta.dirname, "..", "..", "/");
const catalogues = { ...DETAIL_CATALOGUE, ...COMMAND_DETAIL_CATALOGUE };

describe("the prose that refusals carry", () => {
  let prose: RefusalProse;

  beforeAll(async () => {
    const paths = await listTree(ROOT);
    prose = refusalProse(
      ROOT,
      paths.filter((path) => /^(?:src|schema|workers)\/.*\.ts$/.test(path)),
    );
  }, 60_000);

  it("can be followed to where it is written", () => {
    expect(prose.lost).toEqual([]);
    expect(prose.details.length).toBeGreaterThan(100);
  });

  it("has Chinese, all of it", () => {
    const missing = prose.details.filter(({ english }) => !Object.hasOwn(catalogues, english));
    expect(missing).toEqual([]);
  });

  it("is still said somewhere, if a catalogue translates it", () => {
    const said = new Set(prose.details.map(({ english }) => english));
    expect(Object.keys(catalogues).filter((english) => !said.has(english))).toEqual([]);
  });

  it("stands in one catalogue, with a place for every value in either language", () => {
    const total = Object.keys(DETAIL_CATALOGUE).length + Object.keys(COMMAND_DETAIL_CATALOGUE).length;
    expect(Object.keys(catalogues)).toHaveLength(total);
    const values = (text: string) => text.split("{}").length - 1;
    const unequal = Object.entries(catalogues).filter(([english, chinese]) => values(english) !== values(chinese));
    expect(unequal).toEqual([]);
  });

  it("is found behind constants, conditions and functions; what cannot be followed is told", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "refusal-prose-")), "/");
    try {
      await writeFile(join(folder, "planted.ts"), PLANTED);
      const planted = refusalProse(folder, ["planted.ts"]);
      expect(planted.details.map(({ english }) => english).sort()).toEqual([
        "a constant",
        "a fallback",
        "a helper's argument",
        "a template of {}",
        "the other branch",
      ]);
      const line = PLANTED.split("\n").findIndex((text) => text.includes(".join(")) + 1;
      expect(planted.lost).toEqual([`planted.ts:${line}: [CONSTANT].join("")`]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
