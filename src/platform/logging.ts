import { type DestinationStream, type Logger, pino } from "pino";
import { redact, scrubLine } from "./log-redaction.ts";

export type { Logger } from "pino";

export interface LoggerOptions {
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream;
}

/**
 * A structured logger (one JSON line an entry) that cannot be talked into writing secrets: fields are redacted by name before
 * they are serialised, errors lose the SQL parameters their messages carry, and every finished line is scrubbed of e-mail
 * addresses and tokens once more, whichever way they got there.
 */
export function createLogger(options: LoggerOptions): Logger {
  const logger: Logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => error },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as [unknown, ...unknown[]];
          const redacted =
            first instanceof Error
              ? [{ err: redact(first) }, ...(rest.length > 0 ? rest : ["an error without a sentence"])]
              : [redact(first), ...rest];
          method.apply(this, redacted.map(withoutErrors) as Parameters<typeof method>);
        },
        streamWrite: scrubLine,
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const child = logger.child;
  // Children inherit this property: pino formats bindings of the first logger only.
  logger.child = function redactedChild(this: Logger, bindings, childOptions) {
    return child.call(this, redact(bindings) as typeof bindings, childOptions) as ReturnType<typeof child>;
  } as typeof child;
  return logger;
}

/** Interpolated arguments (`%s`, `%o`) may be errors or objects too. */
function withoutErrors(argument: unknown): unknown {
  return typeof argument === "object" && argument !== null ? redact(argument) : argument;
}
