import { differenceInterval, type Interval, type Proportion } from "../math/intervals.ts";

/** What became of a group: how many members, how many were retained, and what was spent on them. */
export interface GroupOutcome {
  readonly members: number;
  readonly retained: number;
  readonly cost: number;
}

/** Below this many members in either group an interval says nothing. */
const GROUP_MIN = 30;

export type HoldoutAnalysis =
  | { readonly kind: "insufficient-data"; readonly treated: number; readonly heldOut: number; readonly needed: number }
  | {
      readonly kind: "analysed";
      readonly treated: GroupOutcome;
      readonly heldOut: GroupOutcome;
      /** Retention of the treated minus that of the holdout. */
      readonly lift: Interval;
      /** Members retained who would not have been: lift × treated members. */
      readonly incrementallyRetained: Interval;
      /**
       * Cost of one of them, with the interval that follows from the lift's. `high` is null when the data do not exclude that
       * nobody was retained by it: the cost has then no upper bound. Null altogether when the lift is not positive.
       */
      readonly costPerIncrementallyRetained: {
        readonly estimate: number;
        readonly low: number;
        readonly high: number | null;
      } | null;
    };

/**
 * The headline figure: what it cost to retain one member who would otherwise have left. Compares everyone the policy could treat
 * with everyone it could have treated but held out (intention to treat), by Newcombe's interval for a difference of rates.
 */
export function analyseHoldout(treated: GroupOutcome, heldOut: GroupOutcome): HoldoutAnalysis {
  const lift = differenceInterval(proportion(treated), proportion(heldOut));
  if (lift === null || treated.members < GROUP_MIN || heldOut.members < GROUP_MIN) {
    return { kind: "insufficient-data", treated: treated.members, heldOut: heldOut.members, needed: GROUP_MIN };
  }
  const incrementallyRetained = {
    ...lift,
    estimate: lift.estimate * treated.members,
    low: lift.low * treated.members,
    high: lift.high * treated.members,
  };
  const { estimate, low, high } = incrementallyRetained;
  const costPerIncrementallyRetained =
    estimate <= 0
      ? null
      : { estimate: treated.cost / estimate, low: treated.cost / high, high: low > 0 ? treated.cost / low : null };
  return { kind: "analysed", treated, heldOut, lift, incrementallyRetained, costPerIncrementallyRetained };
}

function proportion(group: GroupOutcome): Proportion {
  return { successes: group.retained, trials: group.members };
}
