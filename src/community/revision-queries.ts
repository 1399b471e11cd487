import type { MemberRole } from "../../drizzle/tables/identity.ts";
import { READABLE_SPACES, viewerValues } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { type DiffPart, diffTexts } from "./diff-rules.ts";
import { ownOrModerated } from "./post-queries.ts";
import { preparedPages, unseen } from "./prepared-page.ts";
import { type Author, authorHidden, toAuthor } from "./thread-view.ts";

/** What a post said at one time. */
export interface RevisionView {
  readonly revision: number;
  readonly bodyMarkdown: string;
  /** Who wrote it so; null where the viewer may not know. */
  readonly editor: Author | null;
  /** Why a moderator changed what somebody else had written; null for authors. */
  readonly reason: string | null;
  readonly createdAt: Instant;
}

interface RevisionRow extends Record<string, unknown> {
  revision: number;
  body_markdown: string;
  reason: string | null;
  created_at: Date;
  is_editor_hidden: boolean;
  editor_id: Id;
  display_name: string;
  role: MemberRole;
  joined_at: Date;
  experience: number | null;
}

/** The post `p` of a thread `t`, where the viewer sees what it says: neither hidden nor deleted, or their own, or theirs to moderate. */
const SEEN_POST = `
  posts p
  join threads t on t.community_id = $1 and t.id = p.thread_id and (t.state = 'visible' or ${ownOrModerated("t")})
  join ${READABLE_SPACES} s on s.id = t.space_id`;
const MAY_SEE = `p.community_id = $1 and p.id = $5 and (p.state = 'visible' or ${ownOrModerated("p")})`;

/** A row keeps what was said before an edit and who edited, so who wrote a revision stands with the one before it. */
const EVERY_REVISION = `
  cross join lateral (
    select r.revision, r.body_markdown from post_revisions r where r.community_id = $1 and r.post_id = p.id
    union all select p.revision, p.body_markdown
  ) v
  left join post_revisions e on e.community_id = $1 and e.post_id = p.id and e.revision = v.revision - 1`;

const revisions = preparedPages<RevisionRow>("post_revisions", ({ backward, fromCursor, limit }) => {
  const beyond = fromCursor ? `and v.revision ${backward ? "<" : ">"} $6::int` : "";
  return `
    select v.revision, v.body_markdown, e.reason, coalesce(e.created_at, p.created_at) as created_at,
           coalesce(e.editor_id, p.author_id) = p.author_id and ${authorHidden("p")} as is_editor_hidden,
           m.id as editor_id, m.display_name, m.role, m.joined_at, b.experience::float8 as experience
    from ${SEEN_POST} ${EVERY_REVISION}
    join members m on m.community_id = $1 and m.id = coalesce(e.editor_id, p.author_id)
    left join point_balances b on b.community_id = $1 and b.member_id = m.id
    where ${MAY_SEE} ${beyond}
    order by v.revision ${backward ? "desc" : "asc"} limit ${limit}`;
});

/**
 * What a post has said, the first revision first and the one that stands last; nothing of a post whose text `viewer` does not see.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function listRevisions(
  reader: Reader,
  viewer: Viewer,
  postId: Id,
  request: PageRequest,
  now: Instant,
): Promise<Page<RevisionView>> {
  const values = [...viewerValues(reader, viewer, now), postId];
  if (request.cursor !== null) values.push(readRevision(request));
  return toPage((await revisions(request)(reader, values)).map(toRevision), request);
}

/** Where a revision stands in {@link listRevisions}. */
export function revisionKey({ revision }: RevisionView): readonly [string] {
  return [String(revision)];
}

function readRevision({ cursor, direction }: PageRequest): number {
  const [revision = ""] = cursor ?? [];
  if (/^[1-9]\d{0,8}$/.test(revision)) return Number(revision);
  const reason = "the cursor is not one that this list returned";
  throw new Refusal("input.invalid", { reason }, direction === "forward" ? "after" : "before");
}

const textsOf = prepared<{ revision: number; text: string }>(
  "post_revision_texts",
  `select v.revision, v.body_markdown as text from ${SEEN_POST} ${EVERY_REVISION}
   where ${MAY_SEE} and v.revision = any(${unseen(6, "int[]")})`,
);

/** The way from one revision of a post to another; null when there is no such revision, or `viewer` does not see the post's text. */
export async function diffRevisions(
  reader: Reader,
  viewer: Viewer,
  { postId, from, to }: { readonly postId: Id; readonly from: number; readonly to: number },
  now: Instant,
): Promise<DiffPart[] | null> {
  const rows = await textsOf(reader, [...viewerValues(reader, viewer, now), postId, [from, to]]);
  const textOf = (wanted: number) => rows.find(({ revision }) => revision === wanted)?.text;
  const [before, after] = [textOf(from), textOf(to)];
  return before === undefined || after === undefined ? null : diffTexts(before, after);
}

function toRevision(row: RevisionRow): RevisionView {
  return {
    revision: row.revision,
    bodyMarkdown: row.body_markdown,
    editor: row.is_editor_hidden
      ? null
      : toAuthor(row.editor_id, row.display_name, row.role, row.joined_at, row.experience),
    reason: row.reason,
    createdAt: row.created_at,
  };
}
