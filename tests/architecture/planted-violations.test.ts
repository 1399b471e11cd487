import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { CHECKS } from "./checks.ts";
import { FORBIDDEN_EDGES, PLANTED_EDGES, PLANTED_IMPORTS } from "./planted-imports.ts";
import { copyTree, type Plant, plant } from "./planted-tree.ts";
import { runChecks } from "./run-checks.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Something wrong, and what its check must say about it. */
interface Violation {
  readonly check: string;
  readonly plant: Plant;
  readonly told: RegExp;
}

const PLANTED_TABLE = `import { pgTable, text } from "drizzle-orm/pg-core";
export const planted = pgTable("planted", { name: text() });
`;

const VIOLATIONS: readonly Violation[] = [
  violation(
    "types",
    "src/kernel/planted-type.ts",
    'export const planted: number = "text";\n',
    /planted-type\.ts.*TS2322/,
  ),
  violation(
    "types",
    "src/kernel/planted-index.ts",
    'export const planted: string = [""][0]?.x;\n',
    /planted-index\.ts.*TS2339/,
  ),

  violation(
    "lint",
    "src/kernel/planted-any.ts",
    "export const planted = (x: any) => x;\n",
    /planted-any\.ts.*noExplicitAny/,
  ),
  violation("lint", "src/kernel/planted-console.ts", "console.log(1);\n", /planted-console\.ts.*noConsole/),
  violation("lint", "src/kernel/planted-default.ts", "export default 1;\n", /planted-default\.ts.*noDefaultExport/),
  violation("lint", "src/kernel/planted-format.ts", "export const planted   =   'x'\n", /planted-format\.ts format/),

  violation(
    "unused",
    "src/kernel/planted-file.ts",
    "export const planted = 1;\n",
    /Unused files[\s\S]*planted-file\.ts/,
  ),
  violation(
    "unused",
    "src/kernel/assert.ts",
    (text) => `${text}export const planted = 1;\n`,
    /Unused exports[\s\S]*planted .*assert\.ts/,
  ),
  violation("unused", "package.json", (text) => withDependency(text), /Unused dependencies[\s\S]*planted-dependency/),

  violation(
    "schema-file",
    "schema/schema.graphql",
    (text) => `${text}type Planted {\n  id: ID!\n}\n`,
    /the file has, the code does not: type Planted/,
  ),
  violation(
    "schema-file",
    "schema/schema.graphql",
    (text) => text.replace("type Query {", "type Queries {"),
    /the code serves, the file lacks: type Query/,
  ),

  violation("migrations", "drizzle/tables/planted.ts", PLANTED_TABLE, /CREATE TABLE "planted"/),
  violation(
    "migrations",
    "drizzle/migrations/9999_planted.sql",
    "select 1;\n",
    /9999_planted\.sql is not in the journal/,
  ),

  violation(
    "readings",
    "src/kernel/planted-clock.ts",
    "export const planted = Date.now();\n",
    /planted-clock\.ts:1 reads the clock/,
  ),
  violation(
    "readings",
    "src/qa/planted-date.ts",
    "\nexport const planted = new Date();\n",
    /qa\/planted-date\.ts:2 reads the clock/,
  ),
  violation(
    "readings",
    "src/qa/planted-sql.ts",
    'export const planted = "select now()";\n',
    /planted-sql\.ts:1 reads the clock/,
  ),
  violation(
    "readings",
    "src/churn/planted-timer.ts",
    "export const planted = performance.now();\n",
    /planted-timer\.ts:1 reads the clock/,
  ),
  violation(
    "readings",
    "workers/planted-chance.ts",
    "export const planted = Math.random();\n",
    /planted-chance\.ts:1 reads unseeded chance/,
  ),
  violation(
    "readings",
    "schema/planted-env.ts",
    "export const planted = process.env.HOME;\n",
    /planted-env\.ts:1 reads the environment/,
  ),
  violation(
    "readings",
    "workers/planted-env.ts",
    'export { planted };\nimport { env as planted } from "node:process";\n',
    /workers\/planted-env\.ts:2 reads the environment/,
  ),

  violation(
    "barrels",
    "src/kernel/index.ts",
    'export { assert } from "./assert.ts";\n',
    /src\/kernel\/index\.ts is a barrel/,
  ),

  violation("file-names", "src/kernel/planted-utils.ts", "export const planted = 1;\n", /planted-utils\.ts: “utils”/),
  violation(
    "file-names",
    "src/helpers/planted.ts",
    "export const planted = 1;\n",
    /src\/helpers\/planted\.ts: “helpers”/,
  ),
  violation("file-names", "schema/plantedManager.ts", "export const planted = 1;\n", /plantedManager\.ts: “manager”/),

  violation(
    "file-sizes",
    "src/kernel/planted-length.ts",
    "// A line.\n".repeat(251),
    /planted-length\.ts has 251 lines/,
  ),

  violation(
    "traces",
    "docs/planted-path.md",
    spelled("See /wo", "rk/somewhere/else."),
    /planted-path\.md:1 holds a path/,
  ),
  violation("traces", "docs/planted-home.md", spelled("\nSee /ho", "me/ada/notes."), /planted-home\.md:2 holds a path/),
  violation(
    "traces",
    "docs/planted-tool.md",
    spelled("Written with Chat", "GPT."),
    /planted-tool\.md:1 holds the name of a writing tool/,
  ),
  violation(
    "traces",
    "docs/planted-registry.md",
    spelled("From https://regis", "try.npm", "js.org."),
    /planted-registry\.md:1 holds the host/,
  ),
  violation(
    "traces",
    "docs/planted-library.md",
    spelled("As ../.lib", "rary says."),
    /planted-library\.md:1 holds a tool beside/,
  ),

  violation(
    "links",
    "docs/planted-link.md",
    "[x](running.md#events) [x](https://example.com/a) [x](../src/kernel) [x](planted-nowhere.md#a)\n",
    /^docs\/planted-link\.md:1 names docs\/planted-nowhere\.md, which is not there$/m,
  ),
  violation(
    "links",
    "docs/planted-name.md",
    "```\n`tests/planted-example.ts`\n```\n`tests/kernel/`, `src/<thing>/` and `tests/planted-nowhere.test.ts`\n",
    /^docs\/planted-name\.md:4 names tests\/planted-nowhere\.test\.ts, which is not there$/m,
  ),

  violation("lockfile", "package.json", (text) => text, /package-lock\.json has other dependencies than package\.json/),
  violation(
    "lockfile",
    "package-lock.json",
    (text) => withAddress(text),
    /package-lock\.json says where .*planted.* came from/,
  ),
  violation("lockfile", "package-lock.json", (text) => text, /package-lock\.json lacks planted-platform, which/),
];

describe("npm run check", () => {
  let planted: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const copy = await mkdtemp(join(inject("scratchFolder"), "planted-"));
    await copyTree(ROOT, copy);
    const imports = PLANTED_IMPORTS.map(([, path, text]) => ({ path, text: () => text }));
    await plant(copy, [...VIOLATIONS.map((each) => each.plant), ...PLANTED_EDGES, ...imports]);
    planted = await findingsIn(copy);
  }, 300_000);

  it.each(VIOLATIONS.map((each) => [each.check, each.plant.path, each.told] as const))(
    "finds against %s what is planted in %s",
    (check, path, told) => {
      const findings = planted.get(check) ?? "";
      expect(told.test(findings), `${told} in what it says of ${path}:\n${linesAbout(path, findings)}`).toBe(true);
    },
  );

  it("finds every import that the ranks forbid, and none that they allow", () => {
    const found = [
      ...(planted.get("import-ranks") ?? "").matchAll(/(\S+planted-source\.ts) → (\S+planted-target\.ts)/g),
    ];
    const edges = new Set(found.map(([, from, to]) => `${from} → ${to}`));
    expect([...edges].sort()).toEqual([...FORBIDDEN_EDGES].sort());
  });

  it.each(PLANTED_IMPORTS)("finds against %s what is planted in %s", (rule, path) => {
    const findings = planted.get("import-ranks") ?? "";
    const reports = findings.split(/^\s*error (?=\S+: )/m).filter((report) => report.startsWith(`${rule}: `));
    // A circle is told once, beginning at any of its files.
    const tells = reports.some((report) => report.includes(path));
    expect(tells, `error ${rule} in what it says of ${path}:\n${linesAbout(path, findings)}`).toBe(true);
  });

  it("has something planted against every check and every rule of imports", () => {
    const checks = new Set(["import-ranks", ...VIOLATIONS.map((each) => each.check)]);
    expect(CHECKS.filter((check) => !checks.has(check.name))).toEqual([]);
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, ".dependency-cruiser.cjs")) as {
      readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
    };
    const told = planted.get("import-ranks") ?? "";
    expect(forbidden.filter((rule) => !told.includes(`error ${rule.name}: `)).map((rule) => rule.name)).toEqual([]);
    expect(forbidden.filter((rule) => rule.comment.length < 40)).toEqual([]);
  });
});

async function findingsIn(root: string): Promise<ReadonlyMap<string, string>> {
  const outcomes = await runChecks(CHECKS, root);
  return new Map(outcomes.map(({ check, findings }) => [check.name, findings.join("\n")]));
}

function violation(check: string, path: string, text: string | ((before: string) => string), told: RegExp): Violation {
  return { check, plant: { path, text: typeof text === "string" ? () => text : text }, told };
}

/** Keeps what must not stand in a file of the tree from standing in this one. */
function spelled(...parts: readonly string[]): string {
  return `${parts.join("")}\n`;
}

function withDependency(manifest: string): string {
  return manifest.replace('"dependencies": {', '"dependencies": {\n    "planted-dependency": "1.0.0",');
}

function withAddress(lockfile: string): string {
  return lockfile.replace(
    '"packages": {',
    '"packages": {\n    "node_modules/planted": { "resolved": "http://127.0.0.1/planted.tgz", "optionalDependencies": { "planted-platform": "1.0.0" } },',
  );
}

/** What a failed expectation should show: not everything that was planted, only this. */
function linesAbout(path: string, findings: string): string {
  const lines = findings.split("\n").filter((line) => line.includes(path));
  return lines.slice(0, 5).join("\n");
}
