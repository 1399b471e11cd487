import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Where the public data sets lie: `REKINDLE_DATA`, or `../shared/data` beside the repository. */
const dataFolder = process.env.REKINDLE_DATA ?? path.resolve(root, "../shared/data");

/** The path of a data set's file, or null on a machine that does not have it (they are not part of the repository). */
export function dataSetPath(file: string): string | null {
  const candidate = path.join(dataFolder, file);
  return existsSync(candidate) ? candidate : null;
}
