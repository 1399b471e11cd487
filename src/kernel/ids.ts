import { createHash, randomBytes } from "node:crypto";
import { assert } from "./assert.ts";
import type { Instant } from "./instant.ts";

/** A UUID in canonical lower-case form. New ones are version 7: they sort by creation time. */
export type Id = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isId(text: string): boolean {
  return UUID.test(text);
}

/** A new UUIDv7 (RFC 9562 §5.7): 48 bits of `now` in ms, then 74 random bits from the system's generator. */
export function newId(now: Instant): Id {
  return layOut(now, randomBytes(10));
}

/** The lowest id that {@link newId} can make at `instant`: ids sort by time, so a range of times is a range of ids. */
export function firstIdAt(instant: Instant): Id {
  return layOut(instant, Buffer.alloc(10));
}

/**
 * The id that an imported thing always gets: UUIDv8 (RFC 9562 §5.8) of its creation time and a hash of where it came from,
 * so that importing twice meets the same keys, and imported rows still sort by time.
 */
export function importedId(createdAt: Instant, ...source: readonly string[]): Id {
  const digest = createHash("sha256").update(JSON.stringify(source)).digest();
  return layOut(createdAt, digest.subarray(0, 10), 8);
}

function layOut(time: Instant, tail: Buffer, version = 7): Id {
  const ms = time.getTime();
  assert(Number.isInteger(ms) && ms >= 0 && ms < 2 ** 48, "an id's time is between 1970 and 10889");
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(ms, 0, 6);
  tail.copy(bytes, 6, 0, 10);
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
