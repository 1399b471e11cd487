import { CATALOGUE_VERSION, FEATURES } from "../features/feature-catalogue.ts";
import { readSnapshots } from "../features/feature-queries.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { matrixFromRows } from "../math/matrix.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { championAsOf } from "./churn-queries.ts";
import { predictChurn } from "./learning-rules.ts";

const BATCH_ROWS = 5_000;

export type ScoringOutcome =
  /** None yet, or none that saw nothing of later days: train as of the day. */
  | { readonly kind: "no-model" }
  /** The features have changed since the champion was trained: train again. */
  | { readonly kind: "model-outdated"; readonly modelVersion: number }
  | {
      readonly kind: "scored";
      readonly modelVersion: number;
      readonly members: number;
      readonly changed: number;
      /** Scores taken away from members who have left the population. */
      readonly gone: number;
    };

const writeScores = prepared<{ changed: number }>(
  "churn_scores_write",
  `with written as (
     insert into churn_scores as s (community_id, as_of, member_id, model_version, probability, scored_at)
     select $1, $2, member_id, $5, probability, $6
     from unnest($3::uuid[], $4::double precision[]) as scored(member_id, probability)
     on conflict (community_id, as_of, member_id) do update
       set model_version = excluded.model_version, probability = excluded.probability, scored_at = excluded.scored_at
       where (s.model_version, s.probability) is distinct from (excluded.model_version, excluded.probability)
     returning 1
   )
   select count(*)::int as changed from written`,
);

/** Scores every member of the day's snapshot with the champion as of it. Only rows that change are written; doing it again changes nothing. */
export async function scoreChurn(tx: Tx, asOf: Day, now: Instant): Promise<ScoringOutcome> {
  const model = await championAsOf(tx, asOf);
  if (model === null) return { kind: "no-model" };
  const { version: modelVersion, artefact } = model;
  if (artefact.catalogueVersion !== CATALOGUE_VERSION) return { kind: "model-outdated", modelVersion };

  let members = 0;
  let changed = 0;
  for (let after: Id | null = null; ; ) {
    const batch = await readSnapshots(tx, asOf, { after, limit: BATCH_ROWS });
    if (batch.length === 0) break;
    const X = matrixFromRows(
      batch.map((snapshot) => snapshot.values),
      FEATURES.length,
    );
    const ids = batch.map((snapshot) => snapshot.memberId);
    const probabilities = Array.from(predictChurn(artefact, X));
    const [row] = await writeScores(tx, [tx.communityId, asOf, ids, probabilities, modelVersion, now]);
    members += batch.length;
    changed += row!.changed;
    after = ids.at(-1)!;
  }
  const { rowCount: gone } = await tx.client.query(
    `delete from churn_scores s where s.community_id = $1 and s.as_of = $2 and not exists (
       select from feature_snapshots f
       where f.community_id = $1 and f.as_of = $2 and f.member_id = s.member_id and f.catalogue_version = $3)`,
    [tx.communityId, asOf, CATALOGUE_VERSION],
  );
  return { kind: "scored", modelVersion, members, changed, gone: gone ?? 0 };
}
