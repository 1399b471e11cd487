import { type ApiKeyScope, communities, type MemberRole, members } from "../../drizzle/tables/identity.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent, RecordedEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import type { TestDatabase } from "./test-database.ts";

/** A community with nothing in it, for tests of what is earned and spent. */
export async function anEmptyCommunity(test: TestDatabase, now: Instant): Promise<Id> {
  const id = newId(now);
  await test.db.system.insert(communities).values({
    id,
    slug: `c-${id.slice(-12)}`,
    name: "A community",
    locale: "en",
    timeZone: "Asia/Shanghai",
    createdAt: now,
  });
  return id;
}

/** A member of `communityId`, as whoever asks. */
export async function aViewer(
  test: TestDatabase,
  communityId: Id,
  now: Instant,
  options: { role?: MemberRole; timeZone?: string; scopes?: readonly ApiKeyScope[] } = {},
): Promise<Viewer> {
  const id = newId(now);
  const { role = "member", timeZone = "Asia/Shanghai", scopes } = options;
  await test.tx(communityId, (tx) =>
    tx.sql.insert(members).values({
      communityId,
      id,
      displayName: `Member ${id.slice(-4)}`,
      emailCipher: null,
      locale: "en",
      timeZone,
      role,
      joinedAt: now,
    }),
  );
  return { communityId, memberId: id, role, locale: "en", timeZone, suspended: false, scopes };
}

/** `event` as a consumer receives it. */
export function recorded(communityId: Id, event: DomainEvent, occurredAt: Instant): RecordedEvent {
  return { id: newId(occurredAt), communityId, occurredAt, event };
}
