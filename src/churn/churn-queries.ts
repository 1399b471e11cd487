import type { Locale } from "../../drizzle/tables/identity.ts";
import type { ModelState } from "../../drizzle/tables/signals.ts";
import { CATALOGUE_VERSION } from "../features/feature-catalogue.ts";
import { readSnapshot } from "../features/feature-queries.ts";
import { memberById } from "../identity/member-queries.ts";
import type { Day } from "../kernel/calendar.ts";
import { type Id, isId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "../platform/database/database.ts";
import { type ChurnExplanation, explainChurn } from "./explanation-rules.ts";
import { CHURN } from "./label-rules.ts";
import type { ChurnArtefact, ChurnEvaluation } from "./learning-rules.ts";

export interface ChurnModel {
  readonly version: number;
  readonly state: ModelState;
  readonly learner: string;
  readonly artefact: ChurnArtefact;
  readonly evaluation: ChurnEvaluation;
  readonly trainedThrough: Day;
  readonly createdAt: Instant;
}

export interface ChurnScore {
  readonly memberId: Id;
  /** The day whose end the score stands at; it lags behind what members have done since. */
  readonly asOf: Day;
  readonly probability: number;
  readonly modelVersion: number;
  readonly scoredAt: Instant;
}

/** What `churn report` shows. */
export interface ChurnReport {
  /** Null before a model was trained. */
  readonly champion: ChurnModel | null;
  readonly versions: readonly Pick<ChurnModel, "version" | "state" | "trainedThrough" | "createdAt" | "evaluation">[];
  /** The latest scores by tenths of probability; null before any. */
  readonly scores: { readonly asOf: Day; readonly members: number; readonly byTenth: readonly number[] } | null;
}

const MODEL = `version, state, learner, artefact, evaluation, trained_through::text as "trainedThrough", created_at as "createdAt"`;

const SCORE = `member_id as "memberId", as_of::text as "asOf", probability, model_version as "modelVersion", scored_at as "scoredAt"`;

/** The model that scores members now, or null before one was trained. */
export async function championModel(reader: Reader): Promise<ChurnModel | null> {
  const { rows } = await reader.client.query<ChurnModel>(
    `select ${MODEL} from churn_models where community_id = $1 and state = 'champion'`,
    [reader.communityId],
  );
  return rows[0] ?? null;
}

/**
 * The model that scores members as of a day: of those that earned it, the latest that saw nothing of later days, neither to learn from
 * nor to be judged by. The last label it was judged by is settled a horizon after the last day it was judged on. Null when every
 * model saw more, or there is none.
 */
export async function championAsOf(reader: Reader, asOf: Day): Promise<ChurnModel | null> {
  const { rows } = await reader.client.query<ChurnModel>(
    `select ${MODEL} from churn_models
     where community_id = $1 and state in ('champion', 'retired')
       and (evaluation->>'testThrough')::date + $3::int <= $2::date
     order by state = 'champion' desc, evaluation->>'testThrough' desc, version desc limit 1`,
    [reader.communityId, asOf, CHURN.horizonDays],
  );
  return rows[0] ?? null;
}

/** The latest version that learnt from the same days; null when none did. */
export async function latestTrainedThrough(reader: Reader, day: Day): Promise<ChurnModel | null> {
  const { rows } = await reader.client.query<ChurnModel>(
    `select ${MODEL} from churn_models where community_id = $1 and trained_through = $2 order by version desc limit 1`,
    [reader.communityId, day],
  );
  return rows[0] ?? null;
}

export async function churnReport(reader: Reader): Promise<ChurnReport> {
  const versions = await reader.client.query<ChurnReport["versions"][number]>(
    `select version, state, trained_through::text as "trainedThrough", created_at as "createdAt", evaluation
     from churn_models where community_id = $1 order by version desc limit 50`,
    [reader.communityId],
  );
  const asOf = await latestScoredDay(reader);
  return {
    champion: await championModel(reader),
    versions: versions.rows,
    scores: asOf === null ? null : await scoresByTenth(reader, asOf),
  };
}

/** The latest day that members were scored as of. */
export async function latestScoredDay(reader: Reader): Promise<Day | null> {
  const { rows } = await reader.client.query<{ day: Day | null }>(
    `select max(as_of)::text as day from churn_scores where community_id = $1`,
    [reader.communityId],
  );
  return rows[0]?.day ?? null;
}

async function scoresByTenth(reader: Reader, asOf: Day): Promise<NonNullable<ChurnReport["scores"]>> {
  const { rows } = await reader.client.query<{ tenth: number; members: number }>(
    `select least(floor(probability * 10)::int, 9) as tenth, count(*)::int as members
     from churn_scores where community_id = $1 and as_of = $2 group by 1`,
    [reader.communityId, asOf],
  );
  const byTenth = Array.from({ length: 10 }, (_, tenth) => rows.find((row) => row.tenth === tenth)?.members ?? 0);
  return { asOf, members: byTenth.reduce((sum, members) => sum + members, 0), byTenth };
}

/**
 * The scores of a day, the likeliest to leave first. The cursor is the probability and the member's id.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function scoresPage(reader: Reader, asOf: Day, page: PageRequest): Promise<Page<ChurnScore>> {
  assertScoreCursor(page);
  const [beyond, order] = page.direction === "forward" ? ["<", "desc"] : [">", "asc"];
  const { rows } = await reader.client.query<ChurnScore>(
    `select ${SCORE} from churn_scores
     where community_id = $1 and as_of = $2
       and ($3::double precision is null or (probability, member_id) ${beyond} ($3, $4::uuid))
     order by probability ${order}, member_id ${order} limit ${page.size + 1}`,
    [reader.communityId, asOf, page.cursor?.[0] ?? null, page.cursor?.[1] ?? null],
  );
  return toPage(rows, page);
}

function assertScoreCursor({ cursor, direction }: PageRequest): void {
  if (cursor === null) return;
  const [probability = "", memberId = ""] = cursor;
  if (String(Number(probability)) === probability && Number.isFinite(Number(probability)) && isId(memberId)) return;
  const reason = "the cursor is not one that this list returned; ask for the first page again";
  throw new Refusal("input.invalid", { reason }, direction === "forward" ? "after" : "before");
}

/** Where a score stands in {@link scoresPage}. */
export function scoreCursor(score: ChurnScore): readonly [string, string] {
  return [String(score.probability), score.memberId];
}

/** Members' latest scores; members who were never scored are left out. */
export async function latestScores(reader: Reader, memberIds: readonly Id[]): Promise<ChurnScore[]> {
  const { rows } = await reader.client.query<ChurnScore>({
    name: "churn_scores_latest",
    text: `select s.* from unnest($2::uuid[]) as wanted(id), lateral (
             select ${SCORE} from churn_scores where community_id = $1 and member_id = wanted.id
             order by as_of desc limit 1) s`,
    values: [reader.communityId, memberIds],
  });
  return rows;
}

export type MemberExplanation =
  | { readonly kind: "not-scored" }
  /** The features have changed since: what the score was made from can no longer be said. It will be after the next scoring. */
  | { readonly kind: "outdated"; readonly score: ChurnScore }
  | { readonly kind: "explained"; readonly score: ChurnScore; readonly explanation: ChurnExplanation };

/**
 * Why a member's latest score is what it is.
 * @throws Refusal `not-found` when the community has no such member.
 */
export async function explainMember(reader: Reader, memberId: Id, locale: Locale): Promise<MemberExplanation> {
  const [score] = await latestScores(reader, [memberId]);
  if (score === undefined) {
    if ((await memberById(reader, memberId)) !== null) return { kind: "not-scored" };
    throw new Refusal("not-found", { what: "member", id: memberId }, "memberId");
  }
  const { rows } = await reader.client.query<ChurnModel>(
    `select ${MODEL} from churn_models where community_id = $1 and version = $2`,
    [reader.communityId, score.modelVersion],
  );
  const snapshot = await readSnapshot(reader, memberId, score.asOf);
  const artefact = rows[0]?.artefact;
  if (artefact === undefined || snapshot === null || artefact.catalogueVersion !== CATALOGUE_VERSION) {
    return { kind: "outdated", score };
  }
  return { kind: "explained", score, explanation: explainChurn(artefact, snapshot.values, { locale }) };
}
