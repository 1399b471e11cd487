import type { JWTPayload } from "jose";
import type { ApiKeyScope, Locale, MemberRole } from "../../drizzle/tables/identity.ts";
import { isTimeZone } from "../kernel/calendar.ts";
import { cleanDisplayName } from "./display-name-rules.ts";
import type { ForeignMember } from "./member-actions.ts";
import { isApiKeyScope } from "./scope-catalogue.ts";

/** Lowest first: an operator may do what the others may, so that a list that names it says no less. */
const ROLES: readonly MemberRole[] = ["member", "moderator", "service", "operator"];

const SUBJECT_LENGTH_MAX = 255;
/** RFC 5321 §4.5.3.1.3: what is longer reaches nobody. */
const EMAIL_LENGTH_MAX = 254;

/**
 * Reads a verified token's claims as a member of a community: OpenID Connect's standard names, and the provider's own claim for
 * the role (a text or a list of texts; the highest known one counts).
 */
export function readClaims(
  issuer: string,
  payload: JWTPayload,
  provider: { roleClaim: string },
  defaults: { locale: Locale; timeZone: string },
): ForeignMember | null {
  const { sub } = payload;
  if (typeof sub !== "string" || sub === "" || sub.length > SUBJECT_LENGTH_MAX || sub.includes("\u0000")) return null;
  const names = [payload.name, payload.preferred_username, payload.nickname].map(readName);
  return {
    issuer,
    subject: sub,
    displayName: names.find((name) => name !== "") ?? "Member",
    email: payload.email_verified === false ? null : readEmail(payload.email),
    locale: readLocale(payload.locale) ?? defaults.locale,
    timeZone:
      typeof payload.zoneinfo === "string" && isTimeZone(payload.zoneinfo) ? payload.zoneinfo : defaults.timeZone,
    role: readRole(payload[provider.roleClaim]),
  };
}

/** What a service's token lets it in for: the claim `scope` (RFC 8693 §4.2), of which scopes of other houses are passed over. */
export function readScopes({ scope }: JWTPayload): readonly ApiKeyScope[] {
  return typeof scope === "string" ? scope.split(" ").filter(isApiKeyScope) : [];
}

function readName(claim: unknown): string {
  return typeof claim === "string" ? cleanDisplayName(claim) : "";
}

function readEmail(claim: unknown): string | null {
  if (typeof claim !== "string" || claim.length > EMAIL_LENGTH_MAX) return null;
  return /^[^\s@]+@[^\s@]+$/.test(claim) ? claim : null;
}

/** `zh-Hans-CN`, or `zh_CN` as some providers write it (OpenID Connect Core §5.1). */
function readLocale(claim: unknown): Locale | null {
  const [, language] = typeof claim === "string" ? (/^([a-z]{2,3})(?:[-_]|$)/i.exec(claim) ?? []) : [];
  if (language?.toLowerCase() === "zh") return "zh-CN";
  return language?.toLowerCase() === "en" ? "en" : null;
}

function readRole(claim: unknown): MemberRole {
  const named = Array.isArray(claim) ? claim : [claim];
  return ROLES.findLast((role) => named.includes(role)) ?? "member";
}
