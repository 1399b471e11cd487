import { isIP } from "node:net";
import { z } from "zod";

/** Everything a process is told from outside. Read once at boot; nothing else reads the environment. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where this installation keeps its embedded database, keys and caches. */
  readonly folder: string;
  /** Null for the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  /** Null for BullMQ, caches and hints on PostgreSQL. */
  readonly redisUrl: string | null;
  /** `id:base64 of 32 bytes`, newest first; null where this installation makes its own. */
  readonly encryptionKeys: readonly EncryptionKey[] | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** How the outside reaches this server: for links in e-mails. Null for its own address. */
  readonly publicUrl: string | null;
  /** Origins of the web pages that may call this server from a browser: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
  /** Proxies whose X-Forwarded-For is believed: addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** What one member may ask for in a minute, and an address ten times that; 0 for no limit. */
  readonly requestsPerMinute: number;
  readonly graphiql: boolean;
  /** A JSON file of sha256 → document: only these operations run. Null for any. */
  readonly persistedOperations: string | null;
  /** What `/metrics` asks for as a bearer token; null where it has none. */
  readonly metricsToken: string | null;
  /** Whether `/metrics` answers everybody while it has no token. */
  readonly metricsOpen: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export interface EncryptionKey {
  readonly id: string;
  readonly secret: string;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** One thing wrong with the configuration, and how to mend it. */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Example values that people copy: they must not protect anybody's data. */
const PUBLISHED_SECRETS = new Set(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "changeme", "secret"]);

const serverUrl = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

const keys = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((parts) => parts.every((part) => /^[a-z0-9-]{1,20}:/.test(part) && secretBytes(part) === 32))
  .transform((parts) =>
    parts.map((part) => ({ id: part.slice(0, part.indexOf(":")), secret: part.slice(part.indexOf(":") + 1) })),
  )
  .refine((list) => new Set(list.map((key) => key.id)).size === list.length);

function secretBytes(part: string): number {
  return Buffer.from(part.slice(part.indexOf(":") + 1), "base64").length;
}

/** An address, or a name; what is made of numbers and dots alone is meant for an address. */
function isHost(text: string): boolean {
  return isIP(text) !== 0 || (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text));
}

const origins = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine((parts) => parts.every((part) => URL.canParse(part) && new URL(part).origin === part));

const flag = z.enum(["0", "1", "true", "false"]).transform((text) => text === "1" || text === "true");
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly remedy: string;
}

function variable<T>(schema: z.ZodType<T, string>, remedy: string): Variable<T> {
  return { schema, remedy };
}

const VARIABLES = {
  NODE_ENV: variable(z.string(), "set NODE_ENV to production, or leave it out"),
  HOST: variable(z.string().refine(isHost), "set HOST to an address to listen on, such as 127.0.0.1 or 0.0.0.0"),
  PORT: variable(wholeNumber(0, 65_535), "set PORT to a number from 0 to 65535, such as 4000"),
  REKINDLE_FOLDER: variable(z.string().min(1), "set REKINDLE_FOLDER to a folder that this process may write"),
  DATABASE_URL: variable(
    serverUrl(["postgres:", "postgresql:"]),
    "set DATABASE_URL to postgres://user:password@host:5432/database, or leave it out for the embedded PostgreSQL",
  ),
  DATABASE_POOL_SIZE: variable(wholeNumber(4, 500), "set DATABASE_POOL_SIZE to a number from 4 to 500"),
  REDIS_URL: variable(
    serverUrl(["redis:", "rediss:"]),
    "set REDIS_URL to redis://host:6379, or leave it out to do without Redis",
  ),
  REKINDLE_ENCRYPTION_KEYS: variable(
    keys,
    "set REKINDLE_ENCRYPTION_KEYS to id:key pairs, newest first, each key 32 random bytes in base64 (openssl rand -base64 32)",
  ),
  SMTP_URL: variable(
    serverUrl(["smtp:", "smtps:"]),
    "set SMTP_URL to smtp://user:password@host:587, or leave it out to keep e-mails in a folder",
  ),
  MAIL_FROM: variable(
    z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/),
    "set MAIL_FROM to an address such as “Rekindle <no-reply@example.com>”",
  ),
  PUBLIC_URL: variable(
    serverUrl(["http:", "https:"]),
    "set PUBLIC_URL to the address that members' browsers use, such as https://learn.example.com",
  ),
  ALLOWED_ORIGINS: variable(
    origins,
    "set ALLOWED_ORIGINS to the origins of the web applications that call this server, such as https://app.example.com",
  ),
  TRUSTED_PROXIES: variable(
    z
      .string()
      .transform((text) => text.split(",").map((part) => part.trim()))
      .refine((parts) => parts.every((part) => /^[0-9a-f.:]+(\/\d{1,3})?$/i.test(part))),
    "set TRUSTED_PROXIES to the proxies' addresses or networks, such as 10.0.0.0/8",
  ),
  REQUESTS_PER_MINUTE: variable(
    wholeNumber(0, 100_000_000),
    "set REQUESTS_PER_MINUTE to what one member may ask for in a minute, such as 600, or to 0 for no limit",
  ),
  GRAPHIQL: variable(flag, "set GRAPHIQL to 1 or 0"),
  PERSISTED_OPERATIONS: variable(z.string().min(1), "set PERSISTED_OPERATIONS to a JSON file of sha256 → document"),
  METRICS_TOKEN: variable(
    z
      .string()
      .regex(/^[\x21-\x7e]{16,}$/)
      .refine((text) => new Set(text).size >= 8),
    "set METRICS_TOKEN to 16 random characters or more (openssl rand -hex 32)",
  ),
  METRICS_OPEN: variable(flag, "set METRICS_OPEN to 1 or 0"),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS), `set LOG_LEVEL to one of ${LOG_LEVELS.join(", ")}`),
} satisfies Record<string, Variable<unknown>>;

type Values = { [Name in keyof typeof VARIABLES]?: z.output<(typeof VARIABLES)[Name]["schema"]> };

/** Reads the configuration from environment variables: all of it, or every problem at once. Empty variables count as absent. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): { config: Config } | { problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, remedy }] of Object.entries(VARIABLES) as [string, Variable<unknown>][]) {
    const text = environment[name]?.trim();
    if (!text) continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ variable: name, problem: "its value is not valid", remedy });
  }
  const config = toConfig(values as Values);
  if (config.production) problems.push(...productionProblems(config, environment));
  return problems.length > 0 ? { problems } : { config };
}

function toConfig(values: Values): Config {
  const production = values.NODE_ENV === "production";
  return {
    production,
    host: values.HOST ?? (production ? "0.0.0.0" : "127.0.0.1"),
    port: values.PORT ?? 4000,
    folder: values.REKINDLE_FOLDER ?? ".rekindle",
    databaseUrl: values.DATABASE_URL ?? null,
    databasePoolSize: values.DATABASE_POOL_SIZE ?? 20,
    redisUrl: values.REDIS_URL ?? null,
    encryptionKeys: values.REKINDLE_ENCRYPTION_KEYS ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? "Rekindle <no-reply@localhost.localdomain>",
    publicUrl: values.PUBLIC_URL ?? null,
    allowedOrigins: values.ALLOWED_ORIGINS ?? [],
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    requestsPerMinute: values.REQUESTS_PER_MINUTE ?? 600,
    graphiql: values.GRAPHIQL ?? !production,
    persistedOperations: values.PERSISTED_OPERATIONS ?? null,
    metricsToken: values.METRICS_TOKEN ?? null,
    metricsOpen: values.METRICS_OPEN ?? !production,
    logLevel: values.LOG_LEVEL ?? "info",
  };
}

/** What is fine for trying it out and not for members' data. */
function productionProblems(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const missing = (variable: keyof typeof VARIABLES, problem: string) => {
    // Production has nothing to fall back on.
    const remedy = VARIABLES[variable].remedy.replace(/, or leave it out.*$/, "");
    if (!environment[variable]?.trim()) problems.push({ variable, problem, remedy });
  };
  missing("DATABASE_URL", "production keeps its data on a PostgreSQL server of its own");
  missing("REDIS_URL", "production runs its queues on Redis");
  missing("REKINDLE_ENCRYPTION_KEYS", "production needs keys that outlive this machine");
  missing("PUBLIC_URL", "links in e-mails need the public address");
  if (config.encryptionKeys?.some((key) => PUBLISHED_SECRETS.has(key.secret) || new Set(key.secret).size < 10)) {
    problems.push({
      variable: "REKINDLE_ENCRYPTION_KEYS",
      problem: "a key is an example value or not random",
      remedy: VARIABLES.REKINDLE_ENCRYPTION_KEYS.remedy,
    });
  }
  return problems;
}
