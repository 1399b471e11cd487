import type { Locale } from "../../drizzle/tables/identity.ts";
import { refusalMessage } from "../../schema/errors/refusal-messages.ts";
import { Refusal } from "../kernel/refusal.ts";
import { postgresError } from "../platform/database/postgres-errors.ts";
import { describeError } from "../platform/log-redaction.ts";
import { ConfigurationError } from "./configuration.ts";
import { AlreadyRunning } from "./embedded/server-lock.ts";
import { StartFailure } from "./embedded/start-failure.ts";
import { UnsafeServerError } from "./preflight.ts";

/** Errors whose messages are written for the person who reads them. */
const FOR_PEOPLE = [AlreadyRunning, ConfigurationError, StartFailure, UnsafeServerError];

/** What a failure says to the person at the terminal: what went wrong and what to do next. Bugs show their stack. */
export function explainToPerson(error: unknown): string {
  if (error instanceof Refusal) {
    const field = error.field === null ? "" : ` (${error.field})`;
    return `${refusalMessage(error, terminalLocale())}${field}`;
  }
  if (FOR_PEOPLE.some((kind) => error instanceof kind)) return (error as Error).message;
  const code = systemCode(error);
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT") {
    return "A server that the configuration names does not answer. Check DATABASE_URL and REDIS_URL, and that both servers run.";
  }
  if (code === "ENOENT" || code === "EACCES")
    return `${describeError(error)}. Check that the path exists and may be read.`;
  if (code === "ENOSPC" || postgresError(error)?.code === "53100") {
    return "The disk is full. Free some space and run the command again: what was committed is kept.";
  }
  return error instanceof Error
    ? `${describeError(error)}\n${error.stack?.split("\n").slice(1, 6).join("\n") ?? ""}`
    : String(error);
}

/** The language of the person's terminal. */
function terminalLocale(): Locale {
  return /^zh/i.test(process.env.LC_ALL ?? process.env.LANG ?? "") ? "zh-CN" : "en";
}

function systemCode(error: unknown): string | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
    if (cause instanceof AggregateError) return systemCode(cause.errors[0]);
  }
  return null;
}
