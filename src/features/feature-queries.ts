import { assert } from "../kernel/assert.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import { createMatrix, type Matrix } from "../math/matrix.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { type Population, WHOLE_SAMPLE, withinDays } from "./feature-actions.ts";
import { CATALOGUE_VERSION, FEATURES } from "./feature-catalogue.ts";
import { compileFeatures } from "./feature-sql-rules.ts";

/** A member as of a day: what a row of a matrix is about. */
interface MemberAsOf {
  readonly memberId: Id;
  readonly asOf: Day;
}

export interface FeatureMatrix {
  /** One row for each of `rows`, one column for each feature of the catalogue, in natural units. */
  readonly X: Matrix;
  readonly rows: readonly MemberAsOf[];
}

/** How many rows are fetched and parsed at once; the event loop turns in between. */
const FETCH_ROWS = 2_000;

/** As {@link readFeatureMatrix} and the labels sample members: the share of ids that end below these digits. */
export function sampleDigits(share: number): string {
  assert(share > 0 && share <= 1, "a sample's share lies in (0, 1]");
  return share === 1
    ? WHOLE_SAMPLE
    : Math.floor(share * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
}

/**
 * Computes features at many as-of days at once, without storing them: the same statement, and so the same values, as the
 * snapshots. Rows come by as-of day, then member.
 *
 * @param options.share of the members, the same ones at every day.
 */
export async function readFeatureMatrix(
  tx: Tx,
  asOfDays: readonly Day[],
  options: { population: Population; share?: number },
): Promise<FeatureMatrix> {
  await tx.client.query(
    `declare feature_matrix no scroll cursor for
     select as_of::text, member_id, values from (${compileFeatures(FEATURES)}) f order by as_of, member_id`,
    [tx.communityId, asOfDays, withinDays(options.population), sampleDigits(options.share ?? 1)],
  );
  const rows: MemberAsOf[] = [];
  const chunks: Float64Array[] = [];
  for (;;) {
    const fetched = await tx.client.query<{ as_of: Day; member_id: Id; values: number[] }>(
      `fetch ${FETCH_ROWS} from feature_matrix`,
    );
    if (fetched.rows.length === 0) break;
    const chunk = new Float64Array(fetched.rows.length * FEATURES.length);
    for (const [index, row] of fetched.rows.entries()) {
      rows.push({ asOf: row.as_of, memberId: row.member_id });
      chunk.set(row.values, index * FEATURES.length);
    }
    chunks.push(chunk);
  }
  await tx.client.query("close feature_matrix");
  const data = new Float64Array(rows.length * FEATURES.length);
  let offset = 0;
  for (const chunk of chunks) {
    data.set(chunk, offset);
    offset += chunk.length;
  }
  return { X: createMatrix(data, rows.length, FEATURES.length), rows };
}

export interface FeatureSnapshot {
  readonly memberId: Id;
  /** In the order of the catalogue. */
  readonly values: readonly number[];
}

/**
 * A day's snapshots in the order of members, `limit` at a time; only those of this catalogue's version, since others mean something
 * else.
 */
export async function readSnapshots(
  reader: Reader,
  asOf: Day,
  options: { after: Id | null; limit: number },
): Promise<FeatureSnapshot[]> {
  const { rows } = await reader.client.query<{ member_id: Id; values: number[] }>(
    `select member_id, values from feature_snapshots
     where community_id = $1 and as_of = $2 and catalogue_version = $3 and ($4::uuid is null or member_id > $4)
     order by member_id limit $5`,
    [reader.communityId, asOf, CATALOGUE_VERSION, options.after, options.limit],
  );
  return rows.map((row) => ({ memberId: row.member_id, values: row.values }));
}

/** A member's snapshot of a day, or null when there is none of this catalogue's version. */
export async function readSnapshot(reader: Reader, memberId: Id, asOf: Day): Promise<FeatureSnapshot | null> {
  const { rows } = await reader.client.query<{ values: number[] }>(
    `select values from feature_snapshots
     where community_id = $1 and as_of = $2 and member_id = $3 and catalogue_version = $4`,
    [reader.communityId, asOf, memberId, CATALOGUE_VERSION],
  );
  return rows[0] === undefined ? null : { memberId, values: rows[0].values };
}
