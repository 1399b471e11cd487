import { and, eq } from "drizzle-orm";
import {
  type ConsentPurpose,
  consents,
  externalIdentities,
  type Locale,
  type MemberRole,
  members,
} from "../../drizzle/tables/identity.ts";
import { isTimeZone } from "../kernel/calendar.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { cleanDisplayName, readDisplayName } from "./display-name-rules.ts";
import { lockMember, type Member, memberByIdentity } from "./member-queries.ts";
import { moveMember } from "./time-zone-actions.ts";

/** A person as an identity provider tells of them. */
export interface ForeignMember {
  readonly issuer: string;
  readonly subject: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly role: MemberRole;
}

/**
 * The member whom an issuer calls `subject`, created at first sight. Two first requests at once meet on the identity's key, and
 * the later one finds the member of the earlier. The provider decides the role: a changed one is taken over.
 */
export async function ensureMember(tx: Tx, foreign: ForeignMember, crypto: Crypto, now: Instant): Promise<Member> {
  const known = await memberByIdentity(tx, foreign.issuer, foreign.subject);
  if (known !== null) return known.role === foreign.role ? known : changeRole(tx, known, foreign.role);
  const id = newId(now);
  const row = {
    communityId: tx.communityId,
    id,
    displayName: cleanDisplayName(foreign.displayName),
    emailCipher: foreign.email === null ? null : crypto.encrypt(foreign.email),
    locale: foreign.locale,
    timeZone: foreign.timeZone,
    role: foreign.role,
    joinedAt: now,
    suspendedAt: null,
  };
  await tx.sql.insert(members).values(row);
  const identity = {
    communityId: tx.communityId,
    issuer: foreign.issuer,
    subject: foreign.subject,
    memberId: id,
    createdAt: now,
  };
  const claimed = await tx.sql.insert(externalIdentities).values(identity).onConflictDoNothing().returning();
  if (claimed.length === 0) {
    await tx.sql.delete(members).where(and(eq(members.communityId, tx.communityId), eq(members.id, id)));
    const earlier = await memberByIdentity(tx, foreign.issuer, foreign.subject);
    if (earlier === null) throw new Error("an identity that conflicts can be read");
    return earlier;
  }
  await emit(tx, { type: "member.joined", memberId: id }, now);
  return row;
}

async function changeRole(tx: Tx, member: Member, role: MemberRole): Promise<Member> {
  await tx.sql
    .update(members)
    .set({ role })
    .where(and(eq(members.communityId, tx.communityId), eq(members.id, member.id)));
  return { ...member, role };
}

/** What members may change of themselves. */
export interface MemberChanges {
  readonly displayName?: string | null;
  readonly locale?: Locale | null;
  readonly timeZone?: string | null;
}

/** @throws Refusal `input.invalid` naming the field. */
export async function updateMember(tx: Tx, memberId: Id, changes: MemberChanges, now: Instant): Promise<void> {
  const displayName = changes.displayName == null ? undefined : readDisplayName(changes.displayName, "displayName");
  if (changes.timeZone != null && !isTimeZone(changes.timeZone)) {
    throw new Refusal("input.invalid", { reason: "give an IANA time zone such as Asia/Shanghai" }, "timeZone");
  }
  const set = {
    ...(displayName === undefined ? {} : { displayName }),
    ...(changes.locale == null ? {} : { locale: changes.locale }),
  };
  if (changes.timeZone != null) await moveMember(tx, memberId, changes.timeZone, now);
  if (Object.keys(set).length === 0) return;
  await tx.sql
    .update(members)
    .set(set)
    .where(and(eq(members.communityId, tx.communityId), eq(members.id, memberId)));
}

/** Records a member's yes or no for a purpose; the latest word counts. Whoever acts on it under the member's lock is waited for. */
export async function setConsent(
  tx: Tx,
  consent: { memberId: Id; purpose: ConsentPurpose; granted: boolean },
  now: Instant,
): Promise<void> {
  const { memberId, purpose, granted } = consent;
  await lockMember(tx, memberId);
  await tx.sql
    .insert(consents)
    .values({ communityId: tx.communityId, memberId, purpose, granted, changedAt: now })
    .onConflictDoUpdate({
      target: [consents.communityId, consents.memberId, consents.purpose],
      set: { granted, changedAt: now },
    });
}
