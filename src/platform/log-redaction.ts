const REDACTED = "[redacted]";
const DEPTH_MAX = 6;
const ITEMS_MAX = 50;

/** Fields whose value is never written, however deep; compared in lower case without `-` and `_`. */
const SECRET_FIELDS = new Set([
  "authorization",
  "proxyauthorization",
  "cookie",
  "setcookie",
  "xapikey",
  "apikey",
  "token",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "password",
  "secret",
  "clientsecret",
  "privatekey",
  "email",
  "couponcode",
  "plaincode",
  "params",
  "parameters",
  "variables",
  "connectionstring",
  "databaseurl",
  "redisurl",
]);

/** Fields of a PostgreSQL error that quote the row or the statement: `Key (email)=(…) already exists`. */
const ROW_QUOTING_FIELDS = new Set(["detail", "where", "internalQuery", "query"]);

/** What `code` holds when it names an error rather than a coupon: `ECONNREFUSED`, `ERR_X`, SQLSTATE `23505`, `coupon.unknown`. */
const ERROR_CODE = /^(?:[A-Z_]+|E[A-Z0-9]{1,6}|ERR_[A-Z0-9_]+|FST_[A-Z0-9_]+|[0-9A-Z]{5}|[a-z]+(?:[.-][a-z]+)*)$/;

/** A copy of `value` that is safe to write: secrets by field name, errors without SQL parameters, depth and length bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_MAX) return "[deeper]";
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => redact(item, depth + 1));
  return redactFields(value, depth);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value).slice(0, ITEMS_MAX)) {
    copy[name] = isSecret(name, field) ? REDACTED : redact(field, depth + 1);
  }
  return copy;
}

function isSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (name === "code") return typeof value === "string" && !ERROR_CODE.test(value);
  return SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[-_]/g, ""));
}

/** Drizzle appends `params: …` to its messages, and the stack repeats the message: both are cut there. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const fields = redactFields(error, depth);
  for (const name of ROW_QUOTING_FIELDS) if (name in fields) fields[name] = REDACTED;
  return {
    ...fields,
    type: error.name,
    message: withoutParams(error.message),
    stack: error.stack === undefined ? undefined : withoutParams(error.stack),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

function withoutParams(text: string): string {
  return text.replace(/\bparams: .*?(?=\n\s+at |$)/gs, `params: ${REDACTED}`);
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // e-mail addresses, in any script
  [/[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/gu, "[e-mail]"],
  // JSON Web Tokens
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, "[token]"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // passwords in connection strings
  [/(\b[a-z][a-z0-9+]*:\/\/[^\s:/@"]*:)[^\s@"]+@/gi, `$1${REDACTED}@`],
];

/** The last pass, over the finished line: patterns that are secret wherever they stand. The line stays valid JSON. */
export function scrubLine(line: string): string {
  let scrubbed = line;
  for (const [pattern, replacement] of PATTERNS) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

const DESCRIPTION_LENGTH_MAX = 2_000;

/** What went wrong in one line that is safe to keep: no SQL parameters, no rows, no e-mail addresses, no tokens. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return scrubLine(withoutParams(error.message)).replaceAll("\u0000", "").slice(0, DESCRIPTION_LENGTH_MAX);
}
