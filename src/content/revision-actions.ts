import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Post } from "./content-locks.ts";
import type { PostText } from "./post-text.ts";

/** Nothing when the text is the same. */
const replaceText = prepared<{ revision: number }>(
  "content_replace_text",
  `with kept as (
     insert into post_revisions (community_id, post_id, revision, body_markdown, editor_id, reason, created_at)
     select community_id, id, revision, body_markdown, $5, $6, $7 from posts
     where community_id = $1 and id = $2 and body_markdown <> $3
   )
   update posts set body_markdown = $3, body_html = $4, revision = revision + 1, edited_at = $7
   where community_id = $1 and id = $2 and body_markdown <> $3
   returning revision`,
);
const insertMentions = prepared<{ memberId: Id }>(
  "content_insert_mentions",
  `insert into post_mentions (community_id, post_id, member_id, mentioned_at)
   select $1, $2, member_id, $4 from unnest($3::uuid[]) as m (member_id)
   on conflict do nothing returning member_id as "memberId"`,
);
const deleteMentions = prepared(
  "content_delete_mentions",
  "delete from post_mentions where community_id = $1 and post_id = $2 and member_id <> all($3::uuid[])",
);

/** Who changes a text, and why where it is not their own. */
export interface Revising {
  readonly editorId: Id;
  readonly reason: string | null;
}

/**
 * Replaces what a post says, and keeps what it said before with the name of who changed it. Returns the revision that stands then,
 * which is the same when nothing changed, and whom the new text mentions that the old one did not. The caller holds the post's lock.
 */
export async function reviseText(
  tx: Tx,
  post: Pick<Post, "id" | "revision">,
  { markdown, html, mentions }: PostText,
  { editorId, reason }: Revising,
  now: Instant,
): Promise<{ revision: number; mentioned: readonly Id[] }> {
  const [revised] = await replaceText(tx, [tx.communityId, post.id, markdown, html, editorId, reason, now]);
  if (revised === undefined) return { revision: post.revision, mentioned: [] };
  await deleteMentions(tx, [tx.communityId, post.id, mentions]);
  return { revision: revised.revision, mentioned: await addMentions(tx, post.id, mentions, now) };
}

/** Keeps whom a post mentions; returns those who were not mentioned before. */
export async function addMentions(tx: Tx, postId: Id, mentions: readonly Id[], now: Instant): Promise<Id[]> {
  if (mentions.length === 0) return [];
  const added = await insertMentions(tx, [tx.communityId, postId, mentions, now]);
  return added.map(({ memberId }) => memberId);
}
