import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
// A CommonJS bundle: Node finds its exports on the default import only.
import xz from "xz-decompress";
import { Refusal } from "../kernel/refusal.ts";

/** How far a file has been read, in bytes as they lie on disk: the one total that is known before decompressing. */
export interface ByteProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** The contents of a file, decompressed, and a way to let go of it early. */
export interface ByteSource {
  readonly bytes: Readable;
  progress(): ByteProgress;
  /** Frees the file and the decompressor; needed also after an error, harmless when called twice. */
  close(): void;
}

/** Long enough for the marks below. */
const HEAD_BYTES = 16;

export const CHUNK_BYTES = 65_536;

/**
 * Opens a file and decompresses it on the way when it is xz or gzip, told by its first bytes and not by its name.
 *
 * Memory: one 64 KiB chunk a stage, and for xz the dictionary the file was packed with, which the decompressor allows
 * up to 64 MiB (`xz -9`). Measured at 70–85 MB/s of decompressed bytes for xz. Only one xz file is open at a time: a
 * second one waits.
 *
 * @throws Refusal `import.unreadable` for a missing or empty file and for archives that need other tools.
 */
export async function openBytes(path: string): Promise<ByteSource> {
  const { head, size } = await readHead(path);
  const packing = recognisePacking(head);
  if (packing === "7z" || packing === "zip") {
    throw unreadable(path, `is a ${packing} archive`, `unpack it (7z x) and give the folder of XML files`);
  }
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const bytes = decompress(file, packing);
  return {
    bytes,
    progress: () => ({ bytesRead: file.bytesRead, bytesTotal: size }),
    close() {
      bytes.destroy();
      file.destroy();
    },
  };
}

/** The refusal for a file that cannot be imported: what is wrong with it, and what the operator can do. */
export function unreadable(file: string, reason: string, remedy: string): Refusal<"import.unreadable"> {
  return new Refusal("import.unreadable", { file, reason, remedy });
}

/**
 * Says in our words what a decompressor or the tar reader means by an error.
 * What is not the file's fault (a disk that fails, a missing permission) comes back as it was.
 */
export function explainReadError(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const text = `${"code" in error ? error.code : ""} ${error.message}`;
  const truncated = /Z_BUF_ERROR|error code 8\b|Unexpected end of data/;
  const damaged = /Z_DATA_ERROR|error code 7\b|Invalid tar header|Invalid header|Header exceeds max size/;
  const unsupported = /error code [2-6]\b/;
  if (truncated.test(text)) {
    return unreadable(path, "ends too early: it was cut short", "copy or download it again and compare the sizes");
  }
  if (damaged.test(text)) {
    return unreadable(path, "is damaged: its contents do not add up", "copy or download it again");
  }
  if (unsupported.test(text)) {
    return unreadable(
      path,
      "is packed with xz settings that this reader does not know (a dictionary above 64 MiB, or a SHA-256 check)",
      "unpack it (tar xf) and give the folder",
    );
  }
  return error;
}

type Packing = "plain" | "xz" | "gzip" | "7z" | "zip";

function recognisePacking(head: Buffer): Packing {
  const startsWith = (...mark: number[]) => head.subarray(0, mark.length).equals(Buffer.from(mark));
  if (startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return "xz";
  if (startsWith(0x1f, 0x8b)) return "gzip";
  if (startsWith(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return "7z";
  if (startsWith(0x50, 0x4b, 0x03, 0x04)) return "zip";
  return "plain";
}

/**
 * The first bytes of a file, and how many it has.
 * @throws Refusal `import.unreadable` for a missing or empty file, and for a folder.
 */
export async function readHead(path: string, bytes = HEAD_BYTES): Promise<{ head: Buffer; size: number }> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? unreadable(path, "does not exist", "check the path") : error;
  });
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw unreadable(path, "is a folder", "give one file");
    if (stats.size === 0) throw unreadable(path, "is empty", "copy or download it again");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return { head: buffer.subarray(0, bytesRead), size: stats.size };
  } finally {
    await file.close();
  }
}

function decompress(file: Readable, packing: Packing): Readable {
  if (packing === "xz") return Readable.fromWeb(new xz.XzReadableStream(Readable.toWeb(file)));
  if (packing === "plain") return file;
  // An error in the file destroys the decompressor with it, so whoever reads sees it; the callback has nothing to add.
  return pipeline(file, createGunzip(), () => {});
}
