import { expect } from "vitest";
import { provisionCommunity } from "../../src/app/provisioning.ts";
import { createPost } from "../../src/community/post-actions.ts";
import { createSpace } from "../../src/community/space-actions.ts";
import { createThread } from "../../src/community/thread-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { emit } from "../../src/platform/outbox/emit.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";

/** What a crowd does, and what must come of it: each effect once. */
export interface Crowd {
  readonly communityId: Id;
  readonly viewers: readonly Viewer[];
  /** Everybody joins, starts a thread and replies to the next one's: three events each that pay. */
  act(now: Instant): Promise<void>;
  /** How many events no worker has finished with yet. */
  unfinished(): Promise<number>;
  /** Fails unless every effect of `act` happened exactly once. */
  assertExactlyOnce(): Promise<void>;
}

/** How many points entries an event of `act` ends in, by rule. */
const RULES = ["member-joined", "reply-posted", "thread-created"];

export async function aCrowd(test: TestDatabase, size: number, now: Instant): Promise<Crowd> {
  const slug = `crowd-${newId(now).slice(-12)}`;
  const communityId = await provisionCommunity(
    { db: test.db },
    { slug, name: "A crowd", locale: "en", timeZone: "Asia/Shanghai" },
    now,
  );
  const operator = await aViewer(test, communityId, now, { role: "operator" });
  const spaceId = await test.tx(communityId, (tx) =>
    createSpace(tx, operator, { slug: "python-101", name: "Python", kind: "course" }, now),
  );
  const viewers: Viewer[] = [];
  for (let n = 0; n < size; n += 1) viewers.push(await aViewer(test, communityId, now));
  const count = async (query: string) =>
    Number((await test.rows<{ count: string }>(query, [communityId]))[0]?.count ?? 0);

  return {
    communityId,
    viewers,
    act: async (at) => {
      const threads = await Promise.all(
        viewers.map((viewer) =>
          test.tx(communityId, async (tx) => {
            await emit(tx, { type: "member.joined", memberId: viewer.memberId }, at);
            const input = {
              spaceId,
              kind: "discussion",
              title: "How do lists grow?",
              body: "They do.",
              tags: [],
            } as const;
            return (await createThread(tx, viewer, input, at)).threadId;
          }),
        ),
      );
      await Promise.all(
        viewers.map((viewer, n) =>
          test.tx(communityId, (tx) => {
            const threadId = threads[(n + 1) % size] as Id;
            return createPost(tx, viewer, { threadId, kind: "reply", parentId: null, body: "By doubling." }, at);
          }),
        ),
      );
    },
    unfinished: () => count("select count(*) from outbox where community_id = $1"),
    assertExactlyOnce: async () => {
      // Whoever asks the API as a member joins too, and is none of the crowd.
      const crowd = viewers.map((viewer) => viewer.memberId);
      const paid = await test.rows<{ rule: string; entries: number; members: number }>(
        `select rule_key as rule, count(*)::int as entries, count(distinct member_id)::int as members
         from ledger_entries where community_id = $1 and member_id = any($2) group by 1 order by 1`,
        [communityId, crowd],
      );
      expect(paid).toEqual(RULES.map((rule) => ({ rule, entries: size, members: size })));
      const kept = await test.rows<{ kind: string; events: number }>(
        "select kind, count(*)::int as events from events where community_id = $1 and member_id = any($2) group by 1 order by 1",
        [communityId, crowd],
      );
      const kinds = ["discussion.started", "member.joined", "reply.posted", "reply.received"];
      expect(kept).toEqual(kinds.map((kind) => ({ kind, events: size })));
      expect(await test.rows("select error from dead_letters where community_id = $1", [communityId])).toEqual([]);
    },
  };
}
