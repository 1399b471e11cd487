import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { hasCode } from "./system-errors.ts";

/** The folder of this installation cannot be used; the message says what to do. */
export class UnusableFolder extends Error {
  override readonly name = "UnusableFolder";

  constructor(folder: string, why: string) {
    super(
      `The data folder ${folder} cannot be used: ${why}.\n` +
        "It needs to be written: set REKINDLE_FOLDER to a folder that this user may write, or make this one writable.",
    );
  }
}

/** Makes `folder`, with the folders above it, and sees to it that it can be written to. @throws UnusableFolder */
export async function prepareFolder(folder: string): Promise<void> {
  const home = resolve(folder);
  try {
    await makeFolder(home);
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof UnusableFolder) throw error;
    throw new UnusableFolder(home, whyNot(error));
  }
}

/** One folder at a time: where none can be made, as in /proc, the recursive `mkdir` of Node 20 tries for ever. */
async function makeFolder(home: string, at = home): Promise<void> {
  const found = await stat(at).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    if (hasCode(error, "ENOTDIR")) return "below-a-file" as const;
    throw error;
  });
  if (found === "below-a-file") return makeFolder(home, dirname(at));
  if (found !== null) {
    if (!found.isDirectory()) throw new UnusableFolder(home, `${at} is a file`);
    return;
  }
  await makeFolder(home, dirname(at));
  await mkdir(at).catch((error: unknown) => {
    // Another process of this installation was faster.
    if (!hasCode(error, "EEXIST")) throw error;
  });
}

function whyNot(error: unknown): string {
  if (hasCode(error, "EACCES", "EPERM")) return "this user may not write there";
  if (hasCode(error, "EROFS")) return "its file system is read-only";
  if (hasCode(error, "ENOENT")) return "its file system keeps no files";
  return error instanceof Error ? error.message : String(error);
}
