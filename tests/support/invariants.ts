import type pg from "pg";

/** What must hold after every test, each a query of the rows that break it. */
const INVARIANTS: Record<string, string> = {
  "a balance equals the sum of its ledger lines": `
    select member_id from point_balances b
    full join (
      select community_id, member_id,
             coalesce(sum(amount) filter (where unit = 'experience'), 0) as experience,
             coalesce(sum(amount) filter (where unit = 'coins'), 0) as coins
      from ledger_lines where account = 'member' group by community_id, member_id
    ) l using (community_id, member_id)
    where coalesce(b.experience, 0) <> coalesce(l.experience, 0) or coalesce(b.coins, 0) <> coalesce(l.coins, 0)`,
  "what a member owes equals what reversals could not take back and later coins did not pay": `
    select b.member_id from point_balances b
    left join (
      select e.community_id, e.member_id, -sum(l.amount) as owed
      from ledger_lines l join ledger_entries e on e.community_id = l.community_id and e.id = l.entry_id
      where l.account = 'owed' group by 1, 2
    ) o on o.community_id = b.community_id and o.member_id = b.member_id
    where b.coins_owed <> coalesce(o.owed, 0)`,
  "every ledger entry sums to zero by unit": `
    select entry_id from ledger_lines group by community_id, entry_id, unit having sum(amount) <> 0`,
  "a campaign's count equals its live redemptions and stays within its limit": `
    select c.id from coupon_campaigns c
    left join (select community_id, campaign_id, count(*) as live from coupon_redemptions
               where state in ('held', 'committed') group by 1, 2) r
      on r.community_id = c.community_id and r.campaign_id = c.id
    where c.uses_taken <> coalesce(r.live, 0) or c.uses_taken > c.uses_max`,
  "a campaign reserves a use for each code that a member owns and has not used, within its limit": `
    select c.id from coupon_campaigns c
    left join (select k.community_id, k.campaign_id, count(*) as waiting from coupon_codes k
               where k.state = 'assigned' and not exists (
                 select from coupon_redemptions r
                 where r.community_id = k.community_id and r.code_id = k.id and r.state in ('held', 'committed'))
               group by 1, 2) w
      on w.community_id = c.community_id and w.campaign_id = c.id
    where c.uses_reserved <> coalesce(w.waiting, 0) or c.uses_taken + c.uses_reserved > c.uses_max`,
  "a member redeems a campaign no more often than allowed": `
    select r.member_id from coupon_redemptions r
    join coupon_campaigns c on c.community_id = r.community_id and c.id = r.campaign_id
    where r.state in ('held', 'committed')
    group by r.community_id, r.campaign_id, r.member_id, c.per_member_max having count(*) > c.per_member_max`,
  "a post's score equals its votes": `
    select p.id from posts p
    left join (
      select community_id, post_id, sum(value) as score
      from (select community_id, post_id, value from votes
            union all select community_id, post_id, value from anonymous_votes) every_vote
      group by 1, 2
    ) v
      on v.community_id = p.community_id and v.post_id = p.id
    where p.score <> coalesce(v.score, 0)`,
  "a thread's reply count equals its visible replies": `
    select t.id from threads t
    left join (select community_id, thread_id, count(*) as replies from posts
               where kind <> 'opening' and state = 'visible' group by 1, 2) p
      on p.community_id = t.community_id and p.thread_id = t.id
    where t.reply_count <> coalesce(p.replies, 0)`,
  "a thread's accepted answer is its acceptance while that answer is visible": `
    select t.id from threads t
    left join acceptances a on a.community_id = t.community_id and a.thread_id = t.id
    left join posts p on p.community_id = a.community_id and p.id = a.post_id and p.state = 'visible'
    where t.accepted_post_id is distinct from p.id`,
  "a thread's last reply is its latest visible one, and its activity no older": `
    select t.id from threads t
    left join lateral (select id, created_at from posts p
      where p.community_id = t.community_id and p.thread_id = t.id and kind <> 'opening' and state = 'visible'
      order by created_at desc, id desc limit 1) r on true
    where t.last_reply_id is distinct from r.id or t.last_activity_at < coalesce(r.created_at, t.created_at)`,
  "a poll's counts equal its ballots": `
    select p.thread_id from polls p
    left join (select community_id, thread_id, count(*) as ballots from poll_ballots group by 1, 2) b
      on b.community_id = p.community_id and b.thread_id = p.thread_id
    where p.ballot_count <> coalesce(b.ballots, 0)
    union all
    select o.thread_id from poll_options o
    left join (select community_id, thread_id, position, count(*) as votes
               from poll_ballots cross join unnest(positions) as position group by 1, 2, 3) b
      on b.community_id = o.community_id and b.thread_id = o.thread_id and b.position = o.position
    where o.vote_count <> coalesce(b.votes, 0)`,
  "a ballot of a poll names options that there are, and one only where one may be chosen": `
    select b.member_id from poll_ballots b
    join polls p on p.community_id = b.community_id and p.thread_id = b.thread_id
    where (p.choice = 'single' and cardinality(b.positions) > 1)
       or (select count(*) from poll_options o where o.community_id = b.community_id and o.thread_id = b.thread_id
           and o.position = any(b.positions)) <> cardinality(b.positions)`,
  "a poll belongs to a thread of that kind, and every such thread has one": `
    select t.id from threads t left join polls p on p.community_id = t.community_id and p.thread_id = t.id
    where (t.kind = 'poll') <> (p.thread_id is not null)`,
  "what hangs on a post is in its thread": `
    select c.id from posts c join posts p on p.community_id = c.community_id and p.id = c.parent_id
    where c.thread_id <> p.thread_id`,
  "a thread's opening post is in it, unless the thread was merged into another": `
    select t.id from threads t join posts p on p.community_id = t.community_id and p.id = t.opening_post_id
    where t.merged_into_id is null and (p.thread_id <> t.id or p.kind <> 'opening')`,
  "a thread that was merged holds no post, and shows as hidden": `
    select t.id from threads t where t.merged_into_id is not null
      and (t.state <> 'hidden' or t.pinned_at is not null
           or exists (select from posts p where p.community_id = t.community_id and p.thread_id = t.id))`,
  "an author without a name has one number in a thread, and no other author has it": `
    select thread_id from posts where anonymous_number is not null
    group by community_id, thread_id, author_id having count(distinct anonymous_number) > 1
    union all
    select thread_id from posts where anonymous_number is not null
    group by community_id, thread_id, anonymous_number having count(distinct author_id) > 1`,
  "who deleted a post is known while it is deleted": `
    select id from posts where (state = 'deleted') <> (deleted_at is not null and deleted_by_id is not null)`,
  "a decision is granted once, and what it granted is there": `
    select g.id from incentive_grants g
    where (g.kind = 'points' and not exists (select from ledger_entries e where e.community_id = g.community_id and e.id = g.reference_id))
       or (g.kind = 'coupon' and not exists (select from coupon_codes c where c.community_id = g.community_id and c.id = g.reference_id))`,
  "a decision says that its grant was given if and only if it was": `
    select d.id from nudge_decisions d
    full join incentive_grants g on g.community_id = d.community_id and g.decision_id = d.id
    where (d.grant_state is not distinct from 'given') <> (g.id is not null)`,
  "a month's nudge budget equals the cost of its decisions, and what came back that of the withdrawn": `
    select b.month from nudge_budgets b
    left join (select community_id, to_char(decided_at at time zone 'UTC', 'YYYY-MM') as month, sum(cost) as cost,
                 coalesce(sum(cost) filter (where grant_state = 'withdrawn'), 0) as withdrawn
               from nudge_decisions group by 1, 2) d
      on d.community_id = b.community_id and d.month = b.month
    where b.spent <> coalesce(d.cost, 0) or b.returned <> coalesce(d.withdrawn, 0)`,
};

/** The invariants that do not hold, by name, with how many rows break each. */
export async function brokenInvariants(owner: pg.Pool): Promise<{ invariant: string; rows: number }[]> {
  const broken: { invariant: string; rows: number }[] = [];
  for (const [invariant, query] of Object.entries(INVARIANTS)) {
    const { rowCount } = await owner.query(query);
    if (rowCount) broken.push({ invariant, rows: rowCount });
  }
  return broken;
}
