import type { Locale } from "../../drizzle/tables/identity.ts";
import { cleanDisplayName } from "../identity/display-name-rules.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { tallyRows } from "./import-tally-rules.ts";
import { DELETED_USER, findAccounts } from "./stackexchange-account-queries.ts";
import { recordDumpFacts } from "./stackexchange-activity-actions.ts";
import { datedId, issuerOfSite, siteWideId } from "./stackexchange-id-rules.ts";
import type { UserRow } from "./stackexchange-row-rules.ts";

/** A site, and what its members and threads get that the dump does not say. */
export interface Site {
  readonly site: string;
  /** What its space is called. */
  readonly name: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly now: Instant;
}

/** A site whose space is there. */
export interface PreparedSite extends Site {
  readonly spaceId: Id;
}

interface NewMember {
  readonly id: Id;
  readonly subject: string;
  readonly displayName: string;
  readonly joinedAt: Instant;
}

const insertMembers = prepared<{ inserted: number }>(
  "import_se_members",
  `with fresh as (
     select distinct on (subject) r.*
     from json_to_recordset($2::json) as r(id uuid, subject text, "displayName" text, "joinedAt" timestamptz)
     where not exists (
       select from external_identities i where i.community_id = $1 and i.issuer = $3 and i.subject = r.subject)
   ), member as (
     insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
     select $1, id, "displayName", $4, $5, 'member', "joinedAt" from fresh on conflict do nothing
   ), identity as (
     insert into external_identities (community_id, issuer, subject, member_id, created_at)
     select $1, $3, subject, id, $6 from fresh on conflict do nothing returning 1
   )
   select count(*)::int as inserted from identity`,
);

const insertSpace = prepared(
  "import_se_space",
  `insert into spaces (community_id, id, slug, name, kind, created_at) values ($1, $2, $3, $4, 'topic', $5)
   on conflict do nothing`,
);
const findSpace = prepared<{ id: Id }>(
  "import_se_find_space",
  "select id from spaces where community_id = $1 and slug = $2",
);

/** Makes sure of the space that a site's threads go into, and of the member who stands in for its deleted accounts. */
export async function prepareSite(tx: Tx, site: Site): Promise<PreparedSite> {
  await insertSpace(tx, [tx.communityId, siteWideId(site.site, "space"), site.site, site.name, site.now]);
  const [space] = await findSpace(tx, [tx.communityId, site.site]);
  const id = siteWideId(site.site, "deleted-user");
  await addMembers(tx, site, [{ id, subject: DELETED_USER, displayName: "deleted user", joinedAt: site.now }]);
  return { ...site, spaceId: space!.id };
}

/** Makes members of accounts. Of their profiles only the name is taken. */
export async function loadUsers(tx: Tx, site: Site, rows: readonly UserRow[]): Promise<Loaded> {
  const inserted = await addMembers(
    tx,
    site,
    rows.map(({ id, displayName, createdAt }) => ({
      id: datedId(site.site, "user", id, createdAt),
      subject: String(id),
      displayName: cleanDisplayName(displayName) || `user${id}`,
      joinedAt: createdAt,
    })),
  );
  const ids = rows.map(({ id }) => id);
  const accounts = await findAccounts(tx, site.site, ids);
  const facts = rows.flatMap(({ id, createdAt }) => {
    const user = accounts.activeOf(id);
    return user === null ? [] : [{ row: "user" as const, id, user, createdAt }];
  });
  const events = await recordDumpFacts(tx, site, facts);
  return {
    rows: tallyRows(rows.length, inserted),
    made: { members: inserted, events },
    times: rows.map((row) => row.createdAt),
  };
}

async function addMembers(tx: Tx, site: Site, added: readonly NewMember[]): Promise<number> {
  const { locale, timeZone, now } = site;
  const values = [tx.communityId, JSON.stringify(added), issuerOfSite(site.site), locale, timeZone, now];
  const [row] = await insertMembers(tx, values);
  return row!.inserted;
}
