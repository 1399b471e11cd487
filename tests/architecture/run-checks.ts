/** Something that must hold for the whole tree. */
export interface Check {
  readonly name: string;
  /** What holds when nothing is found, as a sentence. */
  readonly promise: string;
  /** Whatever speaks against it in the tree at `root`, each finding naming its file and its rule. */
  find(root: string): Promise<readonly string[]>;
}

export interface CheckOutcome {
  readonly check: Check;
  readonly findings: readonly string[];
  readonly seconds: number;
}

/** As many as there are cores on the machines of developers and CI. */
const AT_ONCE = 2;

/** Runs `checks` two at a time, telling `report` of each as it ends. A check that cannot run has failed. */
export async function runChecks(
  checks: readonly Check[],
  root: string,
  report: (outcome: CheckOutcome) => void = () => {},
): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  const waiting = checks.values();
  const runner = async () => {
    for (const check of waiting) {
      const startedMs = performance.now();
      const findings = await check.find(root).catch((error: unknown) => [`It could not be checked: ${error}`]);
      const outcome = { check, findings, seconds: (performance.now() - startedMs) / 1_000 };
      outcomes.push(outcome);
      report(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
  return outcomes;
}
