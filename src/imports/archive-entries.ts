import { pipeline } from "node:stream";
import { extract } from "tar-stream";
import { type ByteProgress, explainReadError, openBytes } from "./byte-source.ts";

/** A file inside an archive. Its content can be read until the next entry is asked for; unread content is skipped. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The files of a `.tar`, `.tar.xz` or `.tar.gz`, in the archive's order, streamed: nothing is written to disk, and
 * memory does not grow with the archive. Leaving the loop early closes the archive.
 *
 * @throws Refusal `import.unreadable` when the archive is cut short or damaged, at the point where that shows.
 */
export async function* archiveEntries(
  path: string,
  onProgress?: (progress: ByteProgress) => void,
): AsyncGenerator<ArchiveEntry> {
  const source = await openBytes(path);
  const archive = extract();
  // Destroys `archive` with the error of either side; the loop below throws it.
  pipeline(source.bytes, archive, () => {});
  try {
    for await (const entry of archive) {
      if (entry.header.type === "file") {
        yield { name: entry.header.name, bytes: entry.header.size ?? 0, content: reportErrorsOf(path, entry) };
      }
      entry.resume();
      onProgress?.(source.progress());
    }
  } catch (error) {
    throw explainReadError(path, error);
  } finally {
    source.close();
  }
}

async function* reportErrorsOf(path: string, content: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of content) yield chunk as Uint8Array;
  } catch (error) {
    throw explainReadError(path, error);
  }
}
