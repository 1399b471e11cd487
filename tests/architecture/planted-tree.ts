import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runProgram } from "./run-program.ts";
import { listTree } from "./tree.ts";

/** Copies the tree at `root` to `copy`, as somebody would clone it; what is installed is shared. */
export async function copyTree(root: string, copy: string): Promise<void> {
  for (const path of await listTree(root)) await cp(join(root, path), join(copy, path));
  await symlink(join(root, "node_modules"), join(copy, "node_modules"), "dir");
  // What git ignores is ignored in the copy too, so the copy must be a repository.
  const made = await runProgram(copy, "git", ["init", "--quiet"]);
  if (made.code !== 0) throw new Error(`git could not make a repository: ${made.output}`);
}

/** Something wrong, put into a file of the tree: into a new one, or into what it holds by now. */
export interface Plant {
  readonly path: string;
  text(before: string): string;
}

export async function plant(root: string, plants: readonly Plant[]): Promise<void> {
  for (const { path, text } of plants) {
    const file = join(root, path);
    const before = await readFile(file, "utf8").catch(() => "");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text(before));
  }
}
