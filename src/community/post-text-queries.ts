import type { PostText } from "../content/post-text.ts";
import { membersById } from "../identity/member-queries.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { type Reference, referenceKey } from "./markdown-reference-rules.ts";
import { postsById } from "./post-queries.ts";
import { readBody } from "./post-rules.ts";
import { mentionsOf, parseText, renderText } from "./post-text-rules.ts";

/**
 * Reads and renders what `viewer` wrote. Members are shown by the names that they have now, and quoted posts by their authors';
 * what there is not, or the viewer may not see, is no link. Asks the database only for a text that names somebody.
 * @throws Refusal naming the field `body`.
 */
export async function composeText(reader: Reader, viewer: Viewer, raw: string, now: Instant): Promise<PostText> {
  const markdown = readBody(raw);
  const parsed = parseText(markdown);
  const labels = await labelsOf(reader, viewer, parsed.references, now);
  return { markdown, html: renderText(parsed, labels), mentions: mentionsOf(parsed, labels) };
}

async function labelsOf(
  reader: Reader,
  viewer: Viewer,
  references: readonly Reference[],
  now: Instant,
): Promise<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  const idsOf = (wanted: Reference["type"]) => references.filter(({ type }) => type === wanted).map(({ id }) => id);
  const memberIds = idsOf("Member");
  const postIds = idsOf("Post");
  const members = memberIds.length === 0 ? [] : await membersById(reader, memberIds);
  for (const { id, displayName } of members) labels.set(referenceKey({ type: "Member", id }), displayName);
  const posts = postIds.length === 0 ? [] : await postsById(reader, viewer, postIds, now);
  for (const { id, state, author, anonymousNumber } of posts) {
    if (state !== "visible") continue;
    // Everybody reads what is stored, so whoever posted without a name has none here, though the viewer may know it.
    const label = anonymousNumber === null ? author?.displayName : `#${anonymousNumber}`;
    if (label !== undefined) labels.set(referenceKey({ type: "Post", id }), label);
  }
  return labels;
}
