import type { PollChoice, PollResults } from "../../drizzle/tables/threads.ts";
import { moderatesSpace, READABLE_SPACES, viewerValues } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { isClosed, showsResults } from "./poll-rules.ts";
import { unseen } from "./prepared-page.ts";

export interface PollOptionView {
  readonly position: number;
  readonly text: string;
  /** Null while the viewer may not see how the poll stands. */
  readonly voteCount: number | null;
}

/** A poll as the viewer sees it. */
export interface PollView {
  readonly threadId: Id;
  readonly choice: PollChoice;
  readonly results: PollResults;
  readonly closesAt: Instant | null;
  readonly closed: boolean;
  readonly ballotCount: number;
  /** What the viewer voted for; empty when they have not. */
  readonly myPositions: readonly number[];
  readonly options: readonly PollOptionView[];
}

interface PollRow extends Record<string, unknown> {
  threadId: Id;
  choice: PollChoice;
  results: PollResults;
  closesAt: Date | null;
  ballotCount: number;
  myPositions: number[] | null;
  options: { position: number; text: string; votes: number }[];
}

const pollsOfThreads = prepared<PollRow>(
  "polls_of_threads",
  `select p.thread_id as "threadId", p.choice, p.results, p.closes_at as "closesAt", p.ballot_count as "ballotCount",
          b.positions as "myPositions", o.options
   from threads t
   join ${READABLE_SPACES} s on s.id = t.space_id
   join polls p on p.community_id = $1 and p.thread_id = t.id
   left join poll_ballots b on b.community_id = $1 and b.thread_id = t.id and b.member_id = $2
   cross join lateral (
     select json_agg(json_build_object('position', position, 'text', text, 'votes', vote_count) order by position) as options
     from poll_options o where o.community_id = $1 and o.thread_id = t.id
   ) o
   where t.community_id = $1 and t.id = any(${unseen(5, "uuid[]")})
     and (t.state = 'visible' or t.author_id = $2 or ${moderatesSpace("t.space_id")})`,
);

/** The polls of the threads `threadIds` that `viewer` sees, in no order. */
export async function pollsByThread(
  reader: Reader,
  viewer: Viewer,
  threadIds: readonly Id[],
  now: Instant,
): Promise<PollView[]> {
  const rows = await pollsOfThreads(reader, [...viewerValues(reader, viewer, now), threadIds]);
  return rows.map(({ options, myPositions, ...poll }) => {
    const shown = showsResults(poll, myPositions !== null, now);
    return {
      ...poll,
      closed: isClosed(poll, now),
      myPositions: myPositions ?? [],
      options: options.map(({ position, text, votes }) => ({ position, text, voteCount: shown ? votes : null })),
    };
  });
}
