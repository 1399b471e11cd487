/** Whether the operating system, or a server, failed with one of these codes, whatever has been wrapped around it. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const cause = systemError(error);
  return cause !== null && codes.includes(cause.code);
}

export type SystemError = NodeJS.ErrnoException & { readonly code: string };

/** The error with a code at the bottom of `error`; null when there is none. */
export function systemError(error: unknown): SystemError | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (typeof (cause as NodeJS.ErrnoException).code === "string") return cause as SystemError;
    if (cause instanceof AggregateError) return systemError(cause.errors[0]);
  }
  return null;
}
