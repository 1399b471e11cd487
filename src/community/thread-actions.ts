import { addMentions } from "../content/revision-actions.ts";
import { spaceAccessById } from "../content/space-access.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import type { ThreadKind } from "../kernel/domain-events.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { asAnonymous, firstAnonymousNumber } from "./anonymity-actions.ts";
import { tellMentioned } from "./mention-actions.ts";
import { insertPoll } from "./poll-actions.ts";
import { type PollSettings, readPoll } from "./poll-rules.ts";
import { composeText } from "./post-text-queries.ts";
import { assertNotTooSoon, enterSlowMode } from "./slow-mode-actions.ts";
import { readThread } from "./thread-rules.ts";

export interface ThreadCreation {
  readonly spaceId: Id;
  readonly kind: ThreadKind;
  readonly title: string;
  readonly body: string;
  readonly tags: readonly string[];
  /** What a thread of the kind `poll` asks; none for other kinds. */
  readonly poll?: PollSettings | null;
  /** Whether its author's name is kept from other members, where the space allows it. */
  readonly anonymous?: boolean | null;
}

const insertThread = prepared(
  "community_insert_thread",
  `with thread as (
     insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at, opening_post_id)
     values ($1, $2, $3, $4, $5, $6, $7, 'visible', $8, $8, $9)
   )
   insert into posts (community_id, id, thread_id, author_id, kind, body_markdown, body_html, revision, state, created_at, anonymous_number)
   values ($1, $9, $2, $4, 'opening', $10, $11, 1, 'visible', $8, $12)`,
);

/**
 * Starts a thread of any kind: the thread, its opening post and its poll. Announcements are for who moderates the space.
 * @throws Refusal `member.suspended`, `not-found` for a space that `viewer` may not look into, `space.posting-restricted`,
 *   `not-allowed`, `thread.slow-mode`, or what the text breaks.
 */
export async function createThread(
  tx: Tx,
  viewer: Viewer,
  input: ThreadCreation,
  now: Instant,
): Promise<{ threadId: Id; openingPostId: Id }> {
  assertMayContribute(viewer);
  const { title, tags } = readThread(input);
  const poll = readPoll(input.kind, input.poll ?? null, now);
  const text = await composeText(tx, viewer, input.body, now);
  const { spaceId } = input;
  const slowMode = await enterSlowMode(tx, viewer, { spaceId });
  await assertTakesThread(tx, viewer, input, now);
  await assertNotTooSoon(tx, viewer, slowMode, now);
  const threadId = newId(now);
  const openingPostId = newId(now);
  const authorId = viewer.memberId;
  const number = input.anonymous === true ? await firstAnonymousNumber(tx, spaceId) : null;
  const { kind } = input;
  const opening = [openingPostId, text.markdown, text.html, number];
  await insertThread(tx, [tx.communityId, threadId, spaceId, authorId, kind, title, tags, now, ...opening]);
  if (poll !== null) await insertPoll(tx, threadId, poll);
  const told = { threadId, authorId, ...asAnonymous(number) };
  await emit(tx, { type: "thread.created", spaceId, openingPostId, kind, ...told }, now);
  const mentioned = await addMentions(tx, openingPostId, text.mentions, now);
  await tellMentioned(tx, mentioned, { postId: openingPostId, ...told }, now);
  return { threadId, openingPostId };
}

async function assertTakesThread(
  tx: Tx,
  viewer: Viewer,
  { spaceId, kind }: ThreadCreation,
  now: Instant,
): Promise<void> {
  const access = isId(spaceId) ? (await spaceAccessById(tx, viewer, [spaceId], now)).get(spaceId) : undefined;
  if (access === undefined) throw new Refusal("not-found", { what: "space", id: spaceId }, "spaceId");
  if (!access.posts) throw new Refusal("space.posting-restricted", { spaceId }, "spaceId");
  if (kind === "announcement" && !access.moderates) throw new Refusal("not-allowed", { what: "announce here" }, "kind");
}
