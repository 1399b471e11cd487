import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { BadgeDefinition, BadgeFacts } from "./badge-rules.ts";
import { IN_FORCE } from "./ledger-queries.ts";

const open = prepared<BadgeDefinition>(
  "badges_open_to",
  `select key, version, title, criteria from badge_definitions d
   where community_id = $1 and state = 'published' and not exists (
     select from badge_awards a where a.community_id = d.community_id and a.member_id = $2 and a.badge_key = d.key
       and a.occurrence = '')
   order by key`,
);

/** The published badges that a member does not have yet. */
export async function badgesOpenTo(reader: Reader, memberId: Id): Promise<BadgeDefinition[]> {
  return open(reader, [reader.communityId, memberId]);
}

const facts = prepared<{ rule_key: string; awards: number; days: number }>(
  "badge_facts",
  `select e.rule_key, count(*)::int as awards, count(distinct e.day)::int as days from ledger_entries e
   where e.community_id = $1 and e.member_id = $2 and e.rule_key is not null and ${IN_FORCE} group by e.rule_key`,
);

/** What badges ask about a member, from the ledger. */
export async function badgeFacts(reader: Reader, memberId: Id, experience: number): Promise<BadgeFacts> {
  const rows = await facts(reader, [reader.communityId, memberId]);
  return { experience, byRule: new Map(rows.map(({ rule_key, awards, days }) => [rule_key, { awards, days }])) };
}

/** A badge that somebody has. Imported badges have no definition: their key is their title. */
export interface HeldBadge {
  readonly id: Id;
  readonly memberId: Id;
  readonly badgeKey: string;
  readonly title: { readonly en: string; readonly "zh-CN": string };
  readonly awardedAt: Date;
}

/** Each member's badges, newest first, in the order of `memberIds`; at most `limit` each. */
export async function badgesByMember(reader: Reader, memberIds: readonly Id[], limit: number): Promise<HeldBadge[][]> {
  const { rows } = await reader.client.query<HeldBadge>(
    `select a.id, a.member_id as "memberId", a.badge_key as "badgeKey",
       coalesce(d.title, jsonb_build_object('en', a.badge_key, 'zh-CN', a.badge_key)) as title, a.awarded_at as "awardedAt"
     from unnest($2::uuid[]) as m (id)
     cross join lateral (
       select * from badge_awards where community_id = $1 and member_id = m.id
       order by awarded_at desc, id desc limit ${limit}
     ) a
     left join badge_definitions d
       on d.community_id = a.community_id and d.key = a.badge_key and d.version = a.badge_version
     order by a.awarded_at desc, a.id desc`,
    [reader.communityId, memberIds],
  );
  const byMember = new Map<Id, HeldBadge[]>(memberIds.map((memberId) => [memberId, []]));
  for (const row of rows) byMember.get(row.memberId)?.push(row);
  return memberIds.map((memberId) => byMember.get(memberId) ?? []);
}
