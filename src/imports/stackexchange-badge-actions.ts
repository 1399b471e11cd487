import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { tallyRows } from "./import-tally-rules.ts";
import type { PreparedSite } from "./stackexchange-account-actions.ts";
import { findAccounts } from "./stackexchange-account-queries.ts";
import { recordDumpFacts } from "./stackexchange-activity-actions.ts";
import { datedId } from "./stackexchange-id-rules.ts";
import type { BadgeRow } from "./stackexchange-row-rules.ts";

const insertBadges = prepared<{ inserted: number }>(
  "import_se_badges",
  `with stored as (
     insert into badge_awards (community_id, id, member_id, badge_key, occurrence, awarded_at)
     select $1, id, "memberId", "badgeKey", occurrence, "awardedAt"
     from json_to_recordset($2::json) as r(id uuid, "memberId" uuid, "badgeKey" text, occurrence text, "awardedAt" timestamptz)
     on conflict do nothing returning 1
   )
   select count(*)::int as inserted from stored`,
);

/**
 * Awards badges under the names they have on the site, which no definition here has. Some are won again and again: the dump's number
 * tells one occurrence from the other.
 */
export async function loadBadges(tx: Tx, site: PreparedSite, rows: readonly BadgeRow[]): Promise<Loaded> {
  const accounts = await findAccounts(
    tx,
    site.site,
    rows.map(({ userId }) => userId),
  );
  const known = rows.flatMap((row) =>
    accounts.isKnown(row.userId) ? [{ row, memberId: accounts.authorOf(row.userId) }] : [],
  );
  const awards = known.map(({ row: { id, name, awardedAt }, memberId }) => ({
    id: datedId(site.site, "badge", id, awardedAt),
    memberId,
    badgeKey: name,
    occurrence: `${site.site}:${id}`,
    awardedAt,
  }));
  const [row] = await insertBadges(tx, [tx.communityId, JSON.stringify(awards)]);
  const badges = row!.inserted;
  const facts = known.flatMap(({ row: { id, userId, awardedAt } }) => {
    const user = accounts.activeOf(userId);
    return user === null ? [] : [{ row: "badge" as const, id, user, awardedAt }];
  });
  const events = await recordDumpFacts(tx, site, facts);
  return {
    rows: tallyRows(rows.length, badges, {
      "a badge of an account that is not in the dump": rows.length - known.length,
    }),
    made: { badges, events },
    times: known.map((each) => each.row.awardedAt),
  };
}
