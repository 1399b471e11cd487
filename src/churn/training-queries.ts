import { OWN_KINDS } from "../events/tracking-plan-catalogue.ts";
import { readFeatureMatrix, sampleDigits } from "../features/feature-queries.ts";
import { assert } from "../kernel/assert.ts";
import type { Day } from "../kernel/calendar.ts";
import { classCounts } from "../math/labels.ts";
import { takeRows } from "../math/matrix.ts";
import type { Tx } from "../platform/database/database.ts";
import { CHURN, type ChurnDefinition, cutoffsBetween, splitInTime } from "./label-rules.ts";
import type { LabelledRows, TrainingSet } from "./learning-rules.ts";

/** Fewer rows of either class than this teach nothing and prove nothing. */
const ENOUGH = { trainOfEachClass: 20, testOfEachClass: 10, trainRows: 100, testRows: 50 } as const;

/** What there was, and what there must be. */
export interface InsufficientData {
  readonly kind: "insufficient-data";
  readonly cutoffs: number;
  readonly train: { readonly rows: number; readonly churned: number };
  readonly test: { readonly rows: number; readonly churned: number };
  readonly needed: typeof ENOUGH;
}

interface TrainingOptions {
  readonly definition?: ChurnDefinition;
  /** More rows than this are sampled, by member. */
  readonly rowsMax?: number;
}

/**
 * Members as of every cutoff that lies in the past of `asOf`, with what became of them, split in time. It ends with the last day that
 * anybody was active: after that nobody stayed, whatever they wanted.
 */
export async function readTrainingSet(
  tx: Tx,
  asOf: Day,
  options: TrainingOptions = {},
): Promise<({ readonly kind: "training-set" } & TrainingSet) | InsufficientData> {
  const { definition = CHURN, rowsMax = 200_000 } = options;
  const span = await activeSpan(tx, asOf);
  const cutoffs = span === null ? [] : cutoffsBetween(span.firstDay, span.lastDay, definition);
  const split = splitInTime(cutoffs, definition);
  if (split === null) return tooLittle(cutoffs.length, null);

  const days = [...split.train, ...split.test];
  const share = Math.min(1, rowsMax / Math.max(1, await populationSize(tx, days, definition)));
  const population = { activeWithinDays: definition.populationDays };
  const { X, rows } = await readFeatureMatrix(tx, days, { population, share });
  const retained = await retainedMembers(tx, days, definition, share);
  const y = Float64Array.from(rows, ({ asOf: day, memberId }) => (retained.has(`${day}/${memberId}`) ? 0 : 1));
  const firstTest = split.test[0]!;
  const side = (isOnIt: (day: Day) => boolean): LabelledRows => {
    const indices = rows.flatMap((row, index) => (isOnIt(row.asOf) ? [index] : []));
    return {
      X: takeRows(X, indices),
      y: Float64Array.from(indices, (index) => y[index]!),
      memberIds: indices.map((index) => rows[index]!.memberId),
    };
  };
  const set: TrainingSet = {
    train: side((day) => day < firstTest),
    test: side((day) => day >= firstTest),
    trainCutoffs: split.train,
    testCutoffs: split.test,
    asOf,
  };
  return isEnough(set) ? { kind: "training-set", ...set } : tooLittle(cutoffs.length, set);
}

async function activeSpan(tx: Tx, asOf: Day): Promise<{ firstDay: Day; lastDay: Day } | null> {
  const { rows } = await tx.client.query<{ first_day: Day | null; last_day: Day | null }>(
    `select min(day)::text as first_day, max(day)::text as last_day from member_days
     where community_id = $1 and day <= $2 and kind = any($3)`,
    [tx.communityId, asOf, OWN_KINDS],
  );
  assert(rows[0], "an aggregate is one row");
  const { first_day: firstDay, last_day: lastDay } = rows[0];
  return firstDay === null || lastDay === null ? null : { firstDay, lastDay };
}

/** Members of the population, summed over the days. */
async function populationSize(tx: Tx, days: readonly Day[], definition: ChurnDefinition): Promise<number> {
  const { rows } = await tx.client.query<{ size: string }>(
    `select count(*) as size from (
       select distinct c.as_of, d.member_id from unnest($2::date[]) c(as_of)
       join member_days d on d.day > c.as_of - $4::int and d.day <= c.as_of
       where d.community_id = $1 and d.kind = any($3)) p`,
    [tx.communityId, days, OWN_KINDS, definition.populationDays],
  );
  return Number(rows[0]!.size);
}

/** `day/member` of those who were active in the horizon after the day. */
async function retainedMembers(
  tx: Tx,
  days: readonly Day[],
  definition: ChurnDefinition,
  share: number,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.client.query<{ key: string }>(
    `select distinct c.as_of || '/' || d.member_id as key from unnest($2::date[]) c(as_of)
     join member_days d on d.day > c.as_of and d.day <= c.as_of + $4::int
     where d.community_id = $1 and d.kind = any($3) and right(d.member_id::text, 8) collate "C" < $5`,
    [tx.communityId, days, OWN_KINDS, definition.horizonDays, sampleDigits(share)],
  );
  return new Set(rows.map((row) => row.key));
}

function isEnough({ train, test }: TrainingSet): boolean {
  const least = ({ y }: LabelledRows) => Math.min(...Object.values(classCounts(y)));
  return (
    train.y.length >= ENOUGH.trainRows &&
    test.y.length >= ENOUGH.testRows &&
    least(train) >= ENOUGH.trainOfEachClass &&
    least(test) >= ENOUGH.testOfEachClass
  );
}

function tooLittle(cutoffs: number, set: TrainingSet | null): InsufficientData {
  const of = (rows: LabelledRows | undefined) =>
    rows === undefined ? { rows: 0, churned: 0 } : { rows: rows.y.length, churned: classCounts(rows.y).positives };
  return { kind: "insufficient-data", cutoffs, train: of(set?.train), test: of(set?.test), needed: ENOUGH };
}
