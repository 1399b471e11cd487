/** The SQLSTATE and constraint of an error from PostgreSQL, whoever wrapped it; null for other errors. */
export function postgresError(error: unknown): { code: string; constraint: string | null } | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) {
      return { code, constraint: typeof constraint === "string" ? constraint : null };
    }
  }
  return null;
}

/** Whether `error` is a violation of the unique index or key `constraint`. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const found = postgresError(error);
  return found?.code === "23505" && found.constraint === constraint;
}
