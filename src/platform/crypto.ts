import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { assert } from "../kernel/assert.ts";

/** A secret of this installation under the name that stays with whatever it protects. */
export interface NamedKey {
  /** a–z, 0–9 and "-". */
  readonly id: string;
  /** 32 random bytes, base64. */
  readonly secret: string;
}

/** What a keyed hash is for: the same text hashes differently for each, so that tables cannot be joined on their hashes. */
export type HashPurpose = "coupon.code" | "member.email";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface DerivedKey {
  readonly id: string;
  readonly cipher: Buffer;
  readonly hash: Buffer;
}

/**
 * Protects personal fields and codes at rest. The newest key encrypts and hashes; older keys still read, so that rotating is:
 * put a new key first, rewrite what the old one protects at leisure, then drop it.
 *
 * Cipher texts are `keyId.base64url(nonce ‖ tag ‖ cipher)`, AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Hashes are
 * `keyId.base64url(HMAC-SHA-256)`. Both use keys derived from the secret by HKDF (RFC 5869), one for each use.
 */
export class Crypto {
  readonly #current: DerivedKey;
  readonly #keys: ReadonlyMap<string, DerivedKey>;

  /** @param keys newest first; at least one. */
  constructor(keys: readonly NamedKey[]) {
    const derived = keys.map(derive);
    assert(derived.length > 0, "there is at least one encryption key");
    this.#keys = new Map(derived.map((key) => [key.id, key]));
    assert(this.#keys.size === derived.length, "encryption keys have different ids");
    this.#current = derived[0]!;
  }

  /** Encrypts `text` under the newest key; the same text gives another cipher text each time. */
  encrypt(text: string): string {
    const { id, cipher: key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(id));
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return `${id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
  }

  /** @throws Error when the cipher text was altered, or made under a key that is not here any more. */
  decrypt(cipherText: string): string {
    const dot = cipherText.indexOf(".");
    const key = this.#keys.get(cipherText.slice(0, dot));
    if (key === undefined) throw new Error("no key of this installation made this cipher text");
    const bytes = Buffer.from(cipherText.slice(dot + 1), "base64url");
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error("the cipher text is too short to be one");
    const decipher = createDecipheriv("aes-256-gcm", key.cipher, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(key.id));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  }

  /** What to store so that `text` can be found again without being kept. */
  keyedHash(purpose: HashPurpose, text: string): string {
    return hashUnder(this.#current, purpose, text);
  }

  /** Every hash that `text` may be stored under, the newest key's first: what a look-up asks for. */
  keyedHashes(purpose: HashPurpose, text: string): string[] {
    return [...this.#keys.values()].map((key) => hashUnder(key, purpose, text));
  }
}

function derive(key: NamedKey): DerivedKey {
  const secret = Buffer.from(key.secret, "base64");
  assert(/^[a-z0-9-]{1,20}$/.test(key.id), "an encryption key's id has 1 to 20 of a-z, 0-9 and -");
  assert(secret.length === KEY_BYTES, "an encryption key has 32 bytes");
  const subkey = (use: string) => Buffer.from(hkdfSync("sha256", secret, "", `rekindle/${use}`, KEY_BYTES));
  return { id: key.id, cipher: subkey("encrypt"), hash: subkey("hash") };
}

function hashUnder(key: DerivedKey, purpose: HashPurpose, text: string): string {
  return `${key.id}.${createHmac("sha256", key.hash).update(`${purpose}\u0000${text}`).digest("base64url")}`;
}
