import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Locale } from "../../drizzle/tables/identity.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { refusalMessage } from "../errors/refusal-messages.ts";

/**
 * Every code a top-level error may carry, with the HTTP status of a request that fails with it. Stable: clients branch on codes,
 * never on sentences. What a mutation refuses is not here: that is data, in the payload's `userErrors`.
 */
export const statusByCode = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  REFUSED: 400,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  CSRF_REFUSED: 400,
  BATCHING_REFUSED: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  OPERATION_NOT_PERSISTED: 400,
  PERSISTED_QUERY_NOT_FOUND: 200,
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  DOCUMENT_TOO_LONG: 400,
  DOCUMENT_TOO_DEEP: 400,
  DOCUMENT_TOO_COSTLY: 400,
  TOO_MANY_ALIASES: 400,
  TOO_MANY_DIRECTIVES: 400,
  TOO_MANY_REPEATS: 400,
  INPUT_LIST_TOO_LONG: 400,
  INPUT_TOO_DEEP: 400,
  TOO_MANY_SUBSCRIPTIONS: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof statusByCode;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(statusByCode, code);
}

/** An error that says to the client exactly what it says here. */
export function publicError(code: ErrorCode, message: string, headers: readonly (readonly [string, string])[] = []) {
  const http = { status: statusByCode[code], headers: new Map(headers) };
  return new GraphQLError(message, { extensions: { code, http } });
}

/** No valid credentials: `buildContext` throws this for a bad or expired token. */
export function unauthenticated(message = "Sign in first: the token is missing, invalid or expired."): GraphQLError {
  return publicError("UNAUTHENTICATED", message, [["www-authenticate", "Bearer"]]);
}

export function rateLimited(retryAfterMs: number): GraphQLError {
  const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return publicError("RATE_LIMITED", "Too many requests: wait, then try again.", [["retry-after", seconds]]);
}

export interface ErrorFormatOptions {
  /** Called for each masked error, with the id the client was given. */
  readonly reportBug: (bug: { errorId: string; error: unknown; path: string | undefined }) => void;
  readonly newErrorId: () => string;
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * What clients see of an error. Errors that carry a code of {@link statusByCode} say what they say; refusals say their code;
 * everything else is a bug or an outage, and becomes an id to quote, so that no SQL, parameter or stack ever leaves.
 */
export function createFormatError(options: ErrorFormatOptions): FormatError {
  return (formatted, error) => {
    const original = originalOf(error);
    const { path, locations } = formatted;
    const placed = (message: string, extensions: Record<string, unknown>): GraphQLFormattedError => ({
      message,
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
      extensions,
    });

    const locale = (isObject(original) && readers.get(original)) || "en";
    if (original instanceof Refusal) return placed(...presentRefusal(original, locale));
    const code = codeOf(formatted, error, original);
    if (code === "UNAUTHENTICATED" || code === "FORBIDDEN") return placed(ACCESS_SENTENCES[code][locale], { code });
    if (isErrorCode(code) && code !== "INTERNAL_SERVER_ERROR")
      return placed(formatted.message, publicFields(formatted, code));

    const errorId = options.newErrorId();
    options.reportBug({ errorId, error: original, path: path?.join(".") });
    return placed("Something went wrong on our side. Quote the error id when you report it.", {
      code: "INTERNAL_SERVER_ERROR",
      errorId,
    });
  };
}

/** Shapes an error for {@link createFormatError} where Apollo does not: compiled execution, subscriptions, routes. */
export function toFormatted(error: GraphQLError): GraphQLFormattedError {
  const { message, locations, path } = error;
  const { http: _http, ...extensions } = error.extensions ?? {};
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { ...extensions, code: extensions.code ?? "INTERNAL_SERVER_ERROR" },
  };
}

/** What was thrown first, below the layers that graphql-js and Apollo wrap around it. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) original = original.originalError;
  return original;
}

/** What those hear who may not reach a field. */
const ACCESS_SENTENCES = {
  UNAUTHENTICATED: {
    en: "Sign in first: the token is missing, invalid or expired.",
    "zh-CN": "请先登录：令牌缺失、无效或已过期。",
  },
  FORBIDDEN: { en: "You may not do this.", "zh-CN": "您无权执行此操作。" },
} as const satisfies Partial<Record<ErrorCode, Readonly<Record<Locale, string>>>>;

/** Apollo formats errors without the request: the language of the reader is remembered by error until then. */
const readers = new WeakMap<object, Locale>();

/** Says in which language the reader of `errors` wants to be refused; English otherwise. */
export function addressErrors(errors: readonly unknown[] | undefined, locale: Locale): void {
  for (const error of errors ?? []) {
    const original = originalOf(error);
    if (isObject(original)) readers.set(original, locale);
  }
}

/** A refusal that a query throws; mutations turn theirs into `userErrors`. */
function presentRefusal(refusal: Refusal, locale: Locale): [string, Record<string, unknown>] {
  const ofInput = refusal.code.startsWith("input.");
  const code: ErrorCode = refusal.code === "not-allowed" ? "FORBIDDEN" : ofInput ? "BAD_USER_INPUT" : "REFUSED";
  const message = refusalMessage(refusal, locale);
  return [message, { code, refusal: refusal.code, field: refusal.field, data: refusal.data }];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function codeOf(formatted: GraphQLFormattedError, error: unknown, original: unknown): unknown {
  if (isArgumentError(error) || isArgumentError(original)) return "BAD_USER_INPUT";
  const code = formatted.extensions?.code;
  return code === "UNAUTHORIZED" ? "FORBIDDEN" : code; // TypeGraphQL's name for a missing role
}

/** graphql-js reports a null that a variable brings into a non-null argument without a code, in mid-execution. */
function isArgumentError(error: unknown): boolean {
  return (
    error instanceof GraphQLError &&
    error.extensions?.code === undefined &&
    /^Argument "\w+" (of|has)/.test(error.message)
  );
}

/** Only fields we know: a library's extras (stack traces, exceptions, validation targets) stay here. */
function publicFields({ extensions }: GraphQLFormattedError, code: ErrorCode): Record<string, unknown> {
  const { refusal, field, data } = extensions ?? {};
  return JSON.parse(JSON.stringify({ code, refusal, field, data }));
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/**
 * Whether an answer is a success: a partial one is (GraphQL over HTTP, §6.4). Nulls alone for somebody who is not signed in are
 * not, so that clients which mend a 401 by signing in do so for fields that may be null as for all others.
 */
export function isAnswered({ data, errors }: Answer): boolean {
  if (!isObject(data)) return false;
  if (errors?.[0]?.extensions?.code !== "UNAUTHENTICATED") return true;
  return Object.values(data).some((value) => value !== null);
}

/** The HTTP status of an answer: 200 for a success, else what its first error deserves. */
export function statusOfAnswer(answer: Answer): number {
  if (isAnswered(answer)) return 200;
  const code = answer.errors?.[0]?.extensions?.code;
  return isErrorCode(code) ? statusByCode[code] : 200;
}
