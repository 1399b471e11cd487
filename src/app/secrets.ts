import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, importSPKI, SignJWT } from "jose";
import type { ApiKeyScope, MemberRole } from "../../drizzle/tables/identity.ts";
import { COMMUNITY_CLAIM, type LocalIssuer } from "../identity/token-verification.ts";
import { assert } from "../kernel/assert.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Config, EncryptionKey } from "../platform/config.ts";

/** The issuer of the tokens that this installation makes for trying it out; production does not know it. */
export const DEVELOPMENT_ISSUER = "rekindle-development";
const AUDIENCE = "rekindle";
const ROLE_CLAIM = "role";
const KEY_ID = "development";

interface StoredSecrets {
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly signingKey: string;
  readonly verifyingKey: string;
}

/** Whom a token for trying things out names. */
export interface DevelopmentPerson {
  readonly communitySlug: string;
  readonly subject: string;
  readonly name: string;
  readonly role: MemberRole;
  /** Of a service: what it may do. */
  readonly scopes?: readonly ApiKeyScope[];
}

/** What an installation must keep to itself: encryption keys, and for development a key that signs tokens. */
export class Secrets {
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly #stored: StoredSecrets | null;

  private constructor(encryptionKeys: readonly EncryptionKey[], stored: StoredSecrets | null) {
    this.encryptionKeys = encryptionKeys;
    this.#stored = stored;
  }

  /** Those of the configuration; outside production, missing ones are made once and kept in the installation's folder. */
  static async open(config: Config): Promise<Secrets> {
    if (config.production) {
      assert(config.encryptionKeys, "production is configured with encryption keys");
      return new Secrets(config.encryptionKeys, null);
    }
    const stored = await readOrMake(config.folder);
    return new Secrets(config.encryptionKeys ?? stored.encryptionKeys, stored);
  }

  /** The development issuer for the token verifier; null in production. */
  async localIssuer(): Promise<LocalIssuer | null> {
    if (this.#stored === null) return null;
    const key = await importSPKI(this.#stored.verifyingKey, "ES256", { extractable: true });
    const jwk = { ...(await exportJWK(key)), kid: KEY_ID, alg: "ES256" };
    return { issuer: DEVELOPMENT_ISSUER, audience: AUDIENCE, keys: { keys: [jwk] }, roleClaim: ROLE_CLAIM };
  }

  /** A token for trying things out, good for 30 days; null in production, where the platform's provider makes them. */
  async developmentToken(person: DevelopmentPerson, now: Instant): Promise<string | null> {
    if (this.#stored === null) return null;
    const issuedAt = Math.floor(now.getTime() / 1_000);
    const { name, role, communitySlug, scopes } = person;
    const scope = scopes?.join(" ");
    return new SignJWT({ name, [ROLE_CLAIM]: role, [COMMUNITY_CLAIM]: communitySlug, scope })
      .setProtectedHeader({ alg: "ES256", kid: KEY_ID })
      .setIssuer(DEVELOPMENT_ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(person.subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 30 * 86_400)
      .sign(await importPKCS8(this.#stored.signingKey, "ES256"));
  }
}

async function readOrMake(folder: string): Promise<StoredSecrets> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "secrets.json");
  const kept = await read(path);
  if (kept !== null) return kept;
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const made: StoredSecrets = {
    encryptionKeys: [{ id: "local-1", secret: randomBytes(32).toString("base64") }],
    signingKey: await exportPKCS8(privateKey),
    verifyingKey: await exportSPKI(publicKey),
  };
  // Written aside and linked into place: of two processes that start at once, one wins and both read the same whole file.
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, JSON.stringify(made, null, 2), { mode: 0o600 });
  await link(aside, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(aside);
  await chmod(path, 0o600);
  const stored = await read(path);
  assert(stored, "secrets that were written can be read");
  return stored;
}

async function read(path: string): Promise<StoredSecrets | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as StoredSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
