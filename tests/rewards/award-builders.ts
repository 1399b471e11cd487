import { beforeAll } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent, PostKind, RecordedEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs } from "../../src/kernel/instant.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { publishDefaultRules } from "../../src/rewards/rule-actions.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer, recorded } from "../support/value-builders.ts";

export const NOW = new Date("2026-03-01T08:00:00Z");

/** A database with one community and the default rules, and short words for what happens to posts in it. */
export function useAwards() {
  const test = useDatabase({ poolSize: 12 });
  let communityId: Id;
  let voter: Viewer;
  let moderator: Viewer;
  let operator: Viewer;

  beforeAll(async () => {
    communityId = await anEmptyCommunity(test, NOW);
    voter = await aViewer(test, communityId, NOW);
    moderator = await aViewer(test, communityId, NOW, { role: "moderator" });
    operator = await aViewer(test, communityId, NOW, { role: "operator" });
    await test.tx(communityId, (tx) => publishDefaultRules(tx, NOW));
  });

  const happened = (event: DomainEvent, at = NOW) => recorded(communityId, event, at);

  /** A post of `author` and what may happen to it, a minute apart. */
  function aPost(author: Viewer, postKind: PostKind = "answer") {
    const post = { postId: newId(NOW), threadId: newId(NOW), authorId: author.memberId };
    const moderation = (stateVersion: number) => ({
      actionId: newId(NOW),
      ...post,
      moderatorId: moderator.memberId,
      stateVersion,
    });
    const acceptance = {
      acceptanceId: newId(NOW),
      threadId: post.threadId,
      postId: post.postId,
      askerId: voter.memberId,
      answererId: author.memberId,
    };
    const accepted = (by: Viewer) =>
      happened({ type: "answer.accepted", acceptedById: by.memberId, ...acceptance }, addMs(NOW, 180_000));
    const vote = { ...post, voteId: newId(NOW), voterId: voter.memberId, value: 1 } as const;
    return {
      postId: post.postId,
      posted: happened({ type: "post.created", ...post, threadAuthorId: voter.memberId, kind: "answer" }),
      voted: happened({ type: "vote.cast", ...vote, postKind }, addMs(NOW, 60_000)),
      unvoted: happened({ type: "vote.removed", ...vote }, addMs(NOW, 120_000)),
      accepted: accepted(voter),
      acceptedBy: accepted,
      unaccepted: happened(
        { type: "answer.unaccepted", unacceptedById: voter.memberId, ...acceptance },
        addMs(NOW, 240_000),
      ),
      hidden: happened({ type: "post.hidden", ...moderation(1) }, addMs(NOW, 300_000)),
      restored: happened({ type: "post.restored", ...moderation(2) }, addMs(NOW, 360_000)),
      deleted: happened({ type: "post.deleted", ...post, kind: postKind, stateVersion: 3 }, addMs(NOW, 420_000)),
    };
  }

  return {
    test,
    aPost,
    get communityId() {
      return communityId;
    },
    get voter() {
      return voter;
    },
    get moderator() {
      return moderator;
    },
    get operator() {
      return operator;
    },
    aMember: (timeZone?: string) => aViewer(test, communityId, NOW, { timeZone }),
    apply: (event: RecordedEvent) => test.tx(communityId, (tx) => applyPointRules(tx, event, NOW)),
    async pointsOf(member: Viewer) {
      const [points] = await test.read(communityId, (reader) => pointsByMember(reader, [member.memberId]));
      return points!;
    },
  };
}
