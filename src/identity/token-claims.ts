import type { JWTPayload } from "jose";
import type { Locale, MemberRole } from "../../drizzle/tables/identity.ts";
import { isTimeZone } from "../kernel/calendar.ts";
import type { ForeignMember } from "./member-actions.ts";

const ROLES: readonly MemberRole[] = ["member", "moderator", "operator", "service"];

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
  if (
    typeof payload.sub !== "string" ||
    payload.sub === "" ||
    payload.sub.length > 255 ||
    payload.sub.includes("\u0000")
  )
    return null;
  const name = [payload.name, payload.preferred_username, payload.nickname].find(
    (claim) => typeof claim === "string" && claim.trim() !== "",
  );
  return {
    issuer,
    subject: payload.sub,
    displayName: ((name as string | undefined) ?? "Member").replaceAll("\u0000", "").trim(),
    email: typeof payload.email === "string" && payload.email_verified !== false ? payload.email : null,
    locale: readLocale(payload.locale) ?? defaults.locale,
    timeZone:
      typeof payload.zoneinfo === "string" && isTimeZone(payload.zoneinfo) ? payload.zoneinfo : defaults.timeZone,
    role: readRole(payload[provider.roleClaim]),
  };
}

function readLocale(claim: unknown): Locale | null {
  if (typeof claim !== "string") return null;
  if (/^zh\b/i.test(claim)) return "zh-CN";
  return /^en\b/i.test(claim) ? "en" : null;
}

function readRole(claim: unknown): MemberRole {
  const named = Array.isArray(claim) ? claim : [claim];
  return ROLES.findLast((role) => named.includes(role)) ?? "member";
}
