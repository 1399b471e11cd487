import { Rng } from "../../src/math/rng.ts";
import { dumpXml } from "./import-files.ts";

/** How many rows each part has. */
export interface DumpSizes {
  readonly users: number;
  readonly posts: number;
  readonly comments: number;
  readonly votes: number;
  readonly badges: number;
}

const FIRST = Date.UTC(2020, 0, 1);
const HOUR_MS = 3_600_000;

/**
 * A dump that holds what real ones do: deleted owners, an answer before its question, comments and votes on posts that are gone,
 * several badges of one name, acceptances, broken rows.
 */
export function generatedDump(seed: number, sizes: DumpSizes): Readonly<Record<string, string>> {
  const rng = Rng.seeded(seed);
  const upTo = (count: number) => 1 + (rng.uint32() % count);
  const from = (count: number, row: (id: number, time: string) => string) =>
    Array.from({ length: count }, (_, index) => row(index + 1, timeOf(index)));
  const user = () => (upTo(10) === 1 ? "" : ` OwnerUserId="${upTo(sizes.users)}"`);
  const author = () => (upTo(10) === 1 ? "" : ` UserId="${upTo(sizes.users)}"`);
  /** Two more than there are. */
  const postId = () => upTo(sizes.posts + 2);
  const posts = from(sizes.posts, (id, time) => {
    const fields = `Id="${id}" CreationDate="${time}" Score="0" Body="&lt;p&gt;Post &lt;b&gt;${id}&lt;/b&gt;&lt;/p&gt;"${user()}`;
    if (id % 97 === 0) return `Id="${id}" PostTypeId="1" CreationDate="soon"`;
    if (id % 3 !== 1) return `${fields} PostTypeId="2" ParentId="${id - (id % 3) + 1}"`;
    const accepted = id % 2 === 0 ? ` AcceptedAnswerId="${id + 1}"` : "";
    return `${fields} PostTypeId="1" Title="Question ${id}" Tags="&lt;a&gt;&lt;b-${id % 7}&gt;"${accepted}`;
  });
  // An answer before its question.
  if (posts.length > 4) [posts[3], posts[4]] = [posts[4]!, posts[3]!];
  return {
    "Users.xml": dumpXml(
      "users",
      from(sizes.users, (id, time) => `Id="${id}" CreationDate="${time}" DisplayName="User ${id}"`),
    ),
    "Posts.xml": dumpXml("posts", posts),
    "Comments.xml": dumpXml(
      "comments",
      from(
        sizes.comments,
        (id, time) => `Id="${id}" PostId="${postId()}" Text="Why *${id}*?" CreationDate="${time}"${author()}`,
      ),
    ),
    "Votes.xml": dumpXml(
      "votes",
      from(sizes.votes, (id, time) => {
        const type = [1, 2, 2, 2, 3, 5][upTo(6) - 1];
        return `Id="${id}" PostId="${postId()}" VoteTypeId="${type}" CreationDate="${time.slice(0, 10)}T00:00:00.000"`;
      }),
    ),
    "Badges.xml": dumpXml(
      "badges",
      from(
        sizes.badges,
        (id, time) => `Id="${id}" UserId="${upTo(sizes.users + 1)}" Name="Nice Answer" Date="${time}"`,
      ),
    ),
  };
}

function timeOf(index: number): string {
  return new Date(FIRST + index * HOUR_MS).toISOString().slice(0, -1);
}
