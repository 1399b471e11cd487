import { communities, members } from "../drizzle/tables/identity.ts";
import { ingestEvents } from "../src/events/ingest-actions.ts";
import { activitiesOfDump, type DumpActivity, type DumpFact } from "../src/events/stack-exchange-rules.ts";
import type { StackExchangeDump } from "../src/imports/stackexchange-dump.ts";
import { readDumpRows } from "../src/imports/stackexchange-rows.ts";
import { type Id, importedId, newId } from "../src/kernel/ids.ts";
import type { Instant } from "../src/kernel/instant.ts";
import type { Database } from "../src/platform/database/database.ts";

/** Loads a dump's members and events into a community of its own: all that features are made from. */
export async function loadDumpEvents(db: Database, dump: StackExchangeDump, now: Instant): Promise<Id> {
  const { site } = dump;
  const communityId = newId(now);
  await db.system
    .insert(communities)
    .values({ id: communityId, slug: site, name: site, locale: "en", timeZone: "UTC", createdAt: now });
  const memberIds = new Map<number, Id>();
  for await (const { rows } of readDumpRows(dump, "users")) {
    await db.transaction(communityId, async (tx) => {
      await tx.sql.insert(members).values(
        rows.map((user) => {
          const id = importedId(user.createdAt, site, "user", String(user.id));
          // Account -1 keeps house, and is nobody to keep.
          if (user.id > 0) memberIds.set(user.id, id);
          return {
            communityId,
            id,
            displayName: user.displayName,
            locale: "en" as const,
            timeZone: "UTC",
            role: "member" as const,
            joinedAt: user.createdAt,
          };
        }),
      );
    });
  }
  const memberOf = (user: number | null) => (user === null ? null : (memberIds.get(user) ?? null));
  for await (const facts of readFacts(dump, memberOf)) {
    const rows = facts.flatMap((fact) => activitiesOfDump(fact)).map((activity) => toEvent(site, activity, now));
    await db.transaction(communityId, (tx) => ingestEvents(tx, rows));
  }
  return communityId;
}

function toEvent(site: string, { key, user, kind, occurredAt }: DumpActivity<Id>, now: Instant) {
  return {
    messageId: `${site}:${key}`,
    memberId: user,
    userId: null,
    anonymousId: null,
    kind,
    properties: {},
    occurredAt,
    receivedAt: now,
  };
}

async function* readFacts(
  dump: StackExchangeDump,
  memberOf: (user: number | null) => Id | null,
): AsyncGenerator<DumpFact<Id>[]> {
  const owners = new Map<number, number | null>();
  const ownerOf = (postId: number) => memberOf(owners.get(postId) ?? null);
  const kept = (user: Id | null): user is Id => user !== null;
  for await (const { rows } of readDumpRows(dump, "users")) {
    yield rows.flatMap(({ id, createdAt }) => {
      const user = memberOf(id);
      return kept(user) ? [{ row: "user", id, user, createdAt }] : [];
    });
  }
  // An answer may stand before its question.
  for await (const { rows } of readDumpRows(dump, "posts")) for (const post of rows) owners.set(post.id, post.userId);
  for await (const { rows } of readDumpRows(dump, "posts")) {
    yield rows.map((post) => {
      const { id, createdAt, userId } = post;
      const owner = memberOf(userId);
      return post.kind === "question"
        ? { row: "question", id, owner, createdAt }
        : { row: "answer", id, owner, asker: ownerOf(post.questionId), createdAt };
    });
  }
  for await (const { rows } of readDumpRows(dump, "comments")) {
    yield rows.map(({ id, userId, postId, createdAt }) => {
      return { row: "comment", id, author: memberOf(userId), postOwner: ownerOf(postId), createdAt };
    });
  }
  for await (const { rows } of readDumpRows(dump, "votes")) {
    yield rows.flatMap(({ id, type, postId, day }) =>
      type === "up" || type === "down" || type === "accepted"
        ? [{ row: "vote", id, type, postOwner: ownerOf(postId), day }]
        : [],
    );
  }
  for await (const { rows } of readDumpRows(dump, "badges")) {
    yield rows.flatMap(({ id, userId, awardedAt }) => {
      const user = memberOf(userId);
      return kept(user) ? [{ row: "badge", id, user, awardedAt }] : [];
    });
  }
}
