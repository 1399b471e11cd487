import { and, eq, inArray } from "drizzle-orm";
import { consents, externalIdentities, members } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";
import type { Reader, Tx } from "../platform/database/database.ts";

export type Member = typeof members.$inferSelect;

export async function memberByIdentity(reader: Reader, issuer: string, subject: string): Promise<Member | null> {
  const [found] = await reader.sql
    .select({ member: members })
    .from(externalIdentities)
    .innerJoin(
      members,
      and(eq(members.communityId, externalIdentities.communityId), eq(members.id, externalIdentities.memberId)),
    )
    .where(
      and(
        eq(externalIdentities.communityId, reader.communityId),
        eq(externalIdentities.issuer, issuer),
        eq(externalIdentities.subject, subject),
      ),
    );
  return found?.member ?? null;
}

export async function memberById(reader: Reader, id: Id): Promise<Member | null> {
  const [found] = await membersById(reader, [id]);
  return found ?? null;
}

/** The members among `ids`, in no order. */
export async function membersById(reader: Reader, ids: readonly Id[]): Promise<Member[]> {
  return reader.sql
    .select()
    .from(members)
    .where(and(eq(members.communityId, reader.communityId), inArray(members.id, [...ids])));
}

/**
 * Reads a member and holds them as they are until the transaction ends: what they agree to and whether they are suspended changes
 * before or after, and not meanwhile. The first lock to take.
 */
export async function lockMember(tx: Tx, id: Id): Promise<Member | null> {
  const [found] = await tx.sql
    .select()
    .from(members)
    .where(and(eq(members.communityId, tx.communityId), eq(members.id, id)))
    .for("no key update");
  return found ?? null;
}

/** A member's recorded consents. */
export async function consentsOf(reader: Reader, memberId: Id): Promise<(typeof consents.$inferSelect)[]> {
  return reader.sql
    .select()
    .from(consents)
    .where(and(eq(consents.communityId, reader.communityId), eq(consents.memberId, memberId)));
}
