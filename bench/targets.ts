/** What a benchmark is to reach, and whether it did. */
export interface Target {
  readonly figure: string;
  readonly target: string;
  readonly measured: number;
  readonly met: boolean;
}

export function atMost(figure: string, measured: number, most: number): Target {
  return { figure, target: `≤ ${most}`, measured, met: measured <= most };
}

export function atLeast(figure: string, measured: number, least: number): Target {
  return { figure, target: `≥ ${least}`, measured, met: measured >= least };
}

/** The targets of a result, a line each, and how many were missed; none where a benchmark only compares. */
export function tellTargets(result: object): { readonly lines: readonly string[]; readonly missed: number } {
  const targets = "targets" in result ? (result.targets as readonly Target[]) : [];
  const lines = targets.map(
    ({ figure, target, measured, met }) =>
      `${met ? "met   " : "MISSED"}  ${figure} ${target}: ${Number(measured.toPrecision(4))}`,
  );
  return { lines, missed: targets.filter(({ met }) => !met).length };
}
