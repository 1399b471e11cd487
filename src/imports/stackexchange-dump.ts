import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { archiveEntries } from "./archive-entries.ts";
import { type ByteProgress, CHUNK_BYTES, unreadable } from "./byte-source.ts";

/** The parts of a dump that are imported, in the order a loader needs them: each refers only to parts before it. */
export const DUMP_PARTS = ["users", "posts", "comments", "votes", "badges", "post-history"] as const;

export type DumpPart = (typeof DUMP_PARTS)[number];

export interface DumpFile {
  readonly part: DumpPart;
  /** As it is named in the folder or archive, e.g. `Posts.xml`. */
  readonly name: string;
  /** Decompressed. */
  readonly bytes: number;
}

/**
 * A Stack Exchange dump that was looked through and can be read, its parts in any order and as often as wished.
 *
 * An archive keeps its own order (alphabetical as a rule: badges first, users almost last), which is not the order to
 * load in. So parts that fit into 64 MiB together are kept in memory while the dump is open, and larger ones are
 * decompressed again from the archive's start, up to their end. Nothing is written to disk. Rows a second with every
 * part read once: 100,000 from a folder, 60,000 from a `.tar.xz` kept in memory (the three public dumps are), 30,000
 * from one of 425 MB that is decompressed again, 55,000 when `heldBytesMax` lets that stay in memory. Read one part at
 * a time: a second xz stream waits for the first.
 */
export interface StackExchangeDump {
  readonly path: string;
  /** Short name of the site, e.g. `ai`. */
  readonly site: string;
  /** What the dump holds, in loading order, with sizes for a progress bar. Users and posts are always there. */
  readonly files: readonly DumpFile[];
  /** Files of the dump that nothing here imports (tags, post links). */
  readonly filesLeftOut: readonly string[];
  /** The bytes of one part; none when the dump lacks it. */
  read(part: DumpPart): AsyncIterable<Uint8Array>;
}

export interface DumpOptions {
  /** Instead of the name that is read from the path. */
  readonly site?: string;
  /** Told how far the check of an archive has come, in bytes of the archive; never called for a folder. */
  readonly onCheck?: (progress: ByteProgress) => void;
  /** What the parts of an archive may take in memory; 64 MiB by default. */
  readonly heldBytesMax?: number;
}

const HELD_BYTES_MAX = 67_108_864;

const FILE_NAMES: Record<DumpPart, string> = {
  users: "Users.xml",
  posts: "Posts.xml",
  comments: "Comments.xml",
  votes: "Votes.xml",
  badges: "Badges.xml",
  "post-history": "PostHistory.xml",
};

/**
 * Opens a dump: a folder of XML files, or a `.tar`, `.tar.xz` or `.tar.gz` of them.
 *
 * An archive is read through once, so that one that was cut short or damaged is refused before anything of it is
 * loaded.
 *
 * @throws Refusal `import.unreadable`.
 */
export async function openStackExchangeDump(path: string, options: DumpOptions = {}): Promise<StackExchangeDump> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  const listed = isFolder ? await listFolder(path) : await listArchive(path, options);
  const files = chooseFiles(path, listed);
  return {
    path,
    site: options.site ?? siteOfDump(path),
    files: files.map(({ part, name, bytes }) => ({ part, name, bytes })),
    filesLeftOut: listed.filter((file) => file.part === null).map(({ name }) => name),
    read: (part) => files.find((file) => file.part === part)?.read() ?? nothing(),
  };
}

/**
 * The site a dump is of, from its name: `stackexchange_ai_2017-03.tar.xz`, `ai.stackexchange.com.tar` and a folder `ai`
 * are all `ai`; a site's meta is `ai-meta`.
 */
export function siteOfDump(path: string): string {
  const site = basename(path)
    .toLowerCase()
    .replace(/\.(tar(\.(xz|gz))?|txz|tgz|7z)$/, "")
    .replace(/[_-]\d{4}(-\d{2}){0,2}$/, "")
    .replace(/^stackexchange[_-]/, "")
    .replace(/\.stackexchange\.com$|\.(com|net|org)$/, "")
    .replace(/^(.+?)\.meta$|^meta\.(.+)$/, "$1$2-meta")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return site === "" ? "stackexchange" : site;
}

interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  /** Null for a file that is not imported. */
  readonly part: DumpPart | null;
  read(): AsyncIterable<Uint8Array>;
}

async function listFolder(path: string): Promise<ListedFile[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory() && isXml(entry.name)).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(path, name);
      return { name, part: partOf(name), bytes: (await stat(file)).size, read: () => createReadStream(file) };
    }),
  );
}

async function listArchive(path: string, { onCheck, heldBytesMax }: DumpOptions): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  let room = heldBytesMax ?? HELD_BYTES_MAX;
  for await (const { name, bytes, content } of archiveEntries(path, onCheck)) {
    if (!isXml(name)) continue;
    const part = partOf(name);
    if (part === null || bytes > room) {
      listed.push({ name, part, bytes, read: () => readEntry(path, name) });
      continue;
    }
    room -= bytes;
    const held = await buffer(content);
    listed.push({ name, part, bytes, read: () => inChunks(held) });
  }
  return listed;
}

function chooseFiles(path: string, listed: readonly ListedFile[]): (DumpFile & ListedFile)[] {
  return DUMP_PARTS.flatMap((part) => {
    const found = listed.filter((file) => file.part === part);
    if (found.length > 1) {
      const names = found.map(({ name }) => name).join(", ");
      throw unreadable(path, `holds more than one dump (${names})`, "unpack it and import each folder by itself");
    }
    if (found.length === 0 && (part === "users" || part === "posts")) {
      throw unreadable(
        path,
        `holds no ${FILE_NAMES[part]}`,
        "give a folder or archive with the dump's XML files in it",
      );
    }
    return found.map((file) => ({ ...file, part }));
  });
}

function partOf(name: string): DumpPart | null {
  return DUMP_PARTS.find((part) => FILE_NAMES[part].toLowerCase() === basename(name).toLowerCase()) ?? null;
}

/** macOS puts a `._Posts.xml` beside each file it packs. */
function isXml(name: string): boolean {
  return name.toLowerCase().endsWith(".xml") && !basename(name).startsWith("._");
}

async function* readEntry(path: string, name: string): AsyncGenerator<Uint8Array> {
  for await (const entry of archiveEntries(path)) {
    if (entry.name === name) return yield* entry.content;
  }
  throw unreadable(path, `no longer holds ${name}`, "leave the archive alone while it is imported, and start again");
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
