import type { Locale } from "../../drizzle/tables/identity.ts";
import { refusalMessage } from "../../schema/errors/refusal-messages.ts";
import { Refusal } from "../kernel/refusal.ts";
import { postgresError } from "../platform/database/postgres-errors.ts";
import { describeError } from "../platform/log-redaction.ts";
import { ConfigurationError } from "./configuration.ts";
import { AlreadyRunning } from "./embedded/server-lock.ts";
import { StartFailure } from "./embedded/start-failure.ts";
import { UnusableFolder } from "./installation-folder.ts";
import { UnreachableServer, UnsafeServerError } from "./preflight.ts";
import { systemError } from "./system-errors.ts";

/** Errors whose messages are written for the person who reads them. */
const FOR_PEOPLE = [
  AlreadyRunning,
  ConfigurationError,
  StartFailure,
  UnreachableServer,
  UnsafeServerError,
  UnusableFolder,
];

/** What a failure says to the person at the terminal: what went wrong and what to do next. Bugs show their stack. */
export function explainToPerson(error: unknown): string {
  if (error instanceof Refusal) {
    const field = error.field === null ? "" : ` (${error.field})`;
    return `${refusalMessage(error, terminalLocale())}${field}`;
  }
  if (FOR_PEOPLE.some((kind) => error instanceof kind)) return (error as Error).message;
  const cause = systemError(error);
  const code = cause?.code;
  if (cause?.syscall === "listen" || (code === "ENOTFOUND" && cause?.syscall === "getaddrinfo" && isOfHost(cause)))
    return explainListening(cause);
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT") {
    return "A server that the configuration names does not answer. Check DATABASE_URL and REDIS_URL, and that both servers run.";
  }
  if (code === "ENOENT") return `${describeError(cause)}. Check that the path exists and may be read.`;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
    return `${describeError(cause)}. Check that this user may read it, and may write the folder at REKINDLE_FOLDER and what is in it.`;
  }
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

type ListenError = NodeJS.ErrnoException & {
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
};

function isOfHost(error: ListenError): boolean {
  return error.hostname !== undefined && error.hostname === process.env.HOST;
}

function explainListening({ code, message, address, hostname, port }: ListenError): string {
  const host = address ?? hostname ?? "that address";
  if (code === "EADDRINUSE") {
    const next = (port ?? 4_000) + 1;
    return `Port ${port} of ${host} is in use by another program.\nStop that one, or listen elsewhere: PORT=${next} npm start`;
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is no address of this machine.\nSet HOST to 127.0.0.1 for this machine alone, or to 0.0.0.0 for all its networks.`;
  }
  if (code === "EACCES") {
    return `This user may not listen on port ${port}.\nSet PORT to a number above 1023, such as 4000.`;
  }
  return `The server cannot listen: ${message}.\nSet HOST and PORT to an address of this machine and a free port.`;
}
