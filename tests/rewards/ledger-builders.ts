import { beforeAll } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { reverseEntry } from "../../src/rewards/ledger-actions.ts";
import { grantPoints, spendCoins } from "../../src/rewards/points-actions.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

export const NOW = new Date("2026-03-01T08:00:00Z");

/** A database with one community, and short words for moving points in it. */
export function useLedger() {
  const test = useDatabase({ poolSize: 12 });
  let communityId: Id;

  beforeAll(async () => {
    communityId = await anEmptyCommunity(test, NOW);
  });

  return {
    test,
    get communityId() {
      return communityId;
    },
    aMember: () => aViewer(test, communityId, NOW),
    grant(member: Viewer, coins: number, causeId = newId(NOW), experience = 1) {
      const given = { memberId: member.memberId, experience, coins, causeKind: "thanks", causeId, actorId: null };
      return test.tx(communityId, (tx) => grantPoints(tx, given, NOW));
    },
    spend(member: Viewer, coins: number, causeId = newId(NOW)) {
      const spending = { memberId: member.memberId, coins, causeKind: "treat", causeId };
      return test.tx(communityId, (tx) => spendCoins(tx, spending, NOW));
    },
    reverse(entryId: Id) {
      const cause = { kind: "mistake", id: entryId, actorId: null, occurredAt: NOW };
      return test.tx(communityId, (tx) => reverseEntry(tx, entryId, cause, NOW));
    },
    async pointsOf(member: Viewer) {
      const [points] = await test.read(communityId, (reader) => pointsByMember(reader, [member.memberId]));
      return points!;
    },
  };
}
