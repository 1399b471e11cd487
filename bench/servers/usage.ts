/** What a server has used since it started. */
export interface Usage {
  readonly cpuMs: number;
  /** SQL statements sent; null where nobody counts. */
  readonly statements: number | null;
}

/** Tells the benchmark, whenever it asks over IPC, what this process has used so far. */
export function tellUsage(statements: () => number | null = () => null): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    const usage: Usage = { cpuMs: (user + system) / 1_000, statements: statements() };
    process.send?.(usage);
  });
}
