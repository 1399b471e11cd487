import { endOfVoteDay } from "../events/stack-exchange-rules.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { addCounts, countNames, tallyRows } from "./import-tally-rules.ts";
import { acceptanceId, dateAcceptances } from "./stackexchange-acceptance-actions.ts";
import type { PreparedSite } from "./stackexchange-account-actions.ts";
import { findAccounts } from "./stackexchange-account-queries.ts";
import { recordDumpFacts } from "./stackexchange-activity-actions.ts";
import type { VoteType } from "./stackexchange-catalogue.ts";
import { datedId } from "./stackexchange-id-rules.ts";
import { findPosts, type ImportedPost } from "./stackexchange-post-queries.ts";
import type { VoteRow } from "./stackexchange-row-rules.ts";

type CountingType = Extract<VoteType, "up" | "down" | "accepted">;
type CountingVote = VoteRow & { readonly type: CountingType };

const insertVotes = prepared<{ inserted: number }>(
  "import_se_votes",
  `with stored as (
     insert into anonymous_votes (community_id, id, post_id, value, cast_at)
     select $1, id, "postId", value, "castAt"
     from json_to_recordset($2::json) as r(id uuid, "postId" uuid, value smallint, "castAt" timestamptz)
     on conflict do nothing returning post_id, value
   ), moved as (
     select post_id, sum(value) as score_added from stored group by 1 order by 1
   ), scored as (
     update posts p set score = p.score + moved.score_added from moved
     where p.community_id = $1 and p.id = moved.post_id
   )
   select count(*)::int as inserted from stored`,
);

/**
 * Counts votes up and down, of which a dump does not say who cast them, and dates acceptances. Votes of other types are not imported,
 * and neither are those on posts that were deleted.
 */
export async function loadVotes(tx: Tx, site: PreparedSite, rows: readonly VoteRow[]): Promise<Loaded> {
  const counting = rows.filter(isCounting);
  const accounts = await findAccounts(tx, site.site, []);
  const posts = await findPosts(
    tx,
    site.site,
    counting.map(({ postId }) => postId),
  );
  const known = counting.flatMap((vote) => {
    const post = posts.get(vote.postId);
    return post === undefined ? [] : [{ vote, post, at: endOfVoteDay(vote.day) }];
  });

  const cast = known.filter(({ vote }) => vote.type !== "accepted");
  const votes = await castVotes(tx, site, cast);

  const accepting = known.filter(({ vote }) => vote.type === "accepted");
  const dates = accepting.map(({ vote, post, at }) => {
    return { id: acceptanceId(site.site, vote.postId), threadId: post.threadId, acceptedAt: at };
  });
  const standing = await dateAcceptances(tx, dates);

  const facts = known.map(({ vote, post }) => {
    const { id, type, day } = vote;
    return { row: "vote" as const, id, type, postOwner: accounts.active(post.authorId), day };
  });
  const events = await recordDumpFacts(tx, site, facts);

  const leftOut = addCounts(
    countNames(rows.filter((vote) => !isCounting(vote)).map(({ type }) => `vote type ${type}`)),
    {
      "a vote on a post that is not imported": counting.length - known.length,
      "an acceptance that does not stand": dates.filter(({ id }) => !standing.has(id)).length,
    },
  );
  const dated = dates.filter(({ id }) => standing.get(id) === true).length;
  return {
    rows: tallyRows(rows.length, votes + dated, leftOut),
    made: { votes, events },
    times: known.map(({ at }) => at),
  };
}

async function castVotes(
  tx: Tx,
  { site }: PreparedSite,
  cast: readonly { readonly vote: CountingVote; readonly post: ImportedPost; readonly at: Date }[],
): Promise<number> {
  const votes = cast.map(({ vote, post, at }) => ({
    id: datedId(site, "vote", vote.id, at),
    postId: post.id,
    value: vote.type === "up" ? 1 : -1,
    castAt: at,
  }));
  const [row] = await insertVotes(tx, [tx.communityId, JSON.stringify(votes)]);
  return row!.inserted;
}

function isCounting(vote: VoteRow): vote is CountingVote {
  return vote.type === "up" || vote.type === "down" || vote.type === "accepted";
}
