import { addSpaceModerator, createSpace, type SpaceInput } from "../../src/community/space-actions.ts";
import { grantEntitlement, revokeEntitlement } from "../../src/identity/entitlement-actions.ts";
import type { EntitlementGrant } from "../../src/identity/entitlement-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { grantPoints } from "../../src/rewards/points-actions.ts";
import { at, type Cast } from "./content-builders.ts";
import type { TestDatabase } from "./test-database.ts";

let made = 0;

/** A space of `cast`'s community, a course unless said otherwise. */
export function aSpace(test: TestDatabase, cast: Cast, options: Partial<SpaceInput> = {}): Promise<Id> {
  made += 1;
  const input: SpaceInput = { slug: `space-${made}`, name: `Space ${made}`, kind: "course", ...options };
  return test.tx(cast.communityId, (tx) => createSpace(tx, cast.operator, input, at(0)));
}

/** What `member` bought: `python` for good, unless said otherwise. */
export async function anEntitlement(
  test: TestDatabase,
  cast: Cast,
  member: Viewer,
  options: Partial<EntitlementGrant> = {},
  now: Instant = at(0),
) {
  made += 1;
  const grant: EntitlementGrant = {
    memberId: member.memberId,
    product: "python",
    cohort: null,
    startsAt: null,
    endsAt: null,
    source: "shop",
    reference: `order-${made}`,
    ...options,
  };
  return test.tx(cast.communityId, (tx) => grantEntitlement(tx, cast.operator, grant, now));
}

/** A refund of what {@link anEntitlement} returned. */
export function aRefund(
  test: TestDatabase,
  cast: Cast,
  { source, reference }: { source: string; reference: string },
  now: Instant = at(1),
) {
  return test.tx(cast.communityId, (tx) =>
    revokeEntitlement(tx, cast.operator, { source, reference, reason: "refund" }, now),
  );
}

export function anExperience(test: TestDatabase, cast: Cast, { memberId }: Viewer, experience: number) {
  const given = { memberId, experience, coins: 0, causeKind: "thanks", causeId: newId(at(0)), actorId: null };
  return test.tx(cast.communityId, (tx) => grantPoints(tx, given, at(0)));
}

export function aSpaceModerator(test: TestDatabase, cast: Cast, { memberId }: Viewer, spaceId: Id) {
  return test.tx(cast.communityId, (tx) => addSpaceModerator(tx, cast.operator, { spaceId, memberId }, at(0)));
}
