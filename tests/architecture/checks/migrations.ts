import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "../run-checks.ts";
import { complaints, runInstalled } from "../run-program.ts";

const MIGRATIONS = "drizzle/migrations";
const KIT = "drizzle-kit/bin.cjs";

export const checkMigrations: Check = {
  name: "migrations",
  promise:
    "The committed migrations lead to the tables of the code (`npm run migrations:generate` adds what is missing).",
  async find(root) {
    const scratch = await mkdtemp(join(tmpdir(), "rekindle-migrations-"));
    try {
      const findings = [...(await journalFindings(join(root, MIGRATIONS))), ...(await missingFindings(root, scratch))];
      return findings;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

/** The journal is what is applied: a file that it does not list never runs, and one that it lists must be there. */
async function journalFindings(folder: string): Promise<string[]> {
  const journal = JSON.parse(await readFile(join(folder, "meta", "_journal.json"), "utf8")) as {
    readonly entries: readonly { readonly tag: string; readonly when: number }[];
  };
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql"));
  const listed = new Set(journal.entries.map((entry) => `${entry.tag}.sql`));
  const late = journal.entries.filter((entry, index) => entry.when <= (journal.entries[index - 1]?.when ?? 0));
  return [
    ...files.filter((name) => !listed.has(name)).map((name) => `${name} is not in the journal, so it is never applied`),
    ...[...listed]
      .filter((name) => !files.includes(name))
      .map((name) => `${name} is in the journal and not in the folder`),
    ...late.map((entry) => `${entry.tag} is dated before the one it follows, so databases that are up to date skip it`),
  ];
}

/** What drizzle-kit would add to a copy of the migrations. Asked whether a column was renamed, it fails: nobody answers. */
async function missingFindings(root: string, scratch: string): Promise<string[]> {
  const copy = join(scratch, "migrations");
  await cp(join(root, MIGRATIONS), copy, { recursive: true });
  const before = new Set(await readdir(copy));
  const config = join(scratch, "drizzle.config.ts");
  await writeFile(
    config,
    `import config from ${JSON.stringify(pathToFileURL(join(root, "drizzle.config.ts")).href)};\n` +
      `export default { ...config, out: ${JSON.stringify(relative(root, copy))} };\n`,
  );
  const generated = await runInstalled(root, KIT, ["generate", `--config=${relative(root, config)}`, "--name=missing"]);
  const added = (await readdir(copy)).filter((name) => !before.has(name));
  const statements = await Promise.all(added.map((name) => readFile(join(copy, name), "utf8")));
  return [
    ...complaints(generated),
    ...statements.map((sql) => `the tables need what no migration has:\n${sql.trim()}`),
  ];
}
