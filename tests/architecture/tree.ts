import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

/** What a person writes by hand and another one reads. */
export const SOURCE = /\.(?:[cm]?[jt]sx?|css|html)$/;

export interface TreeFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The paths of every file in the tree at `root` that git tracks or would: what is ignored or deleted is left out. */
export async function listTree(root: string): Promise<string[]> {
  const { output, code } = await runProgram(root, "git", [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  ]);
  if (code !== 0) throw new Error(`git could not list the files: ${output}`);
  const paths = output.split("\0").filter((path) => path !== "");
  const present = await Promise.all(paths.map((path) => isFile(join(root, path))));
  return paths.filter((_, index) => present[index]);
}

/** The files of the tree whose path matches, with their text; files that are not text are left out. */
export async function readTree(root: string, matching: (path: string) => boolean): Promise<TreeFile[]> {
  const paths = (await listTree(root)).filter(matching);
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })),
  );
  return files.filter((file) => !file.text.includes("\0"));
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
