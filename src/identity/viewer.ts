import type { ApiKeyScope, Locale, MemberRole } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";

/** Who asks: a member of one community, as established by a token or an API key. */
export interface Viewer {
  readonly communityId: Id;
  readonly memberId: Id;
  readonly role: MemberRole;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly suspended: boolean;
  /** What a service was let in for; whoever has none may do nothing by them, and people need none. */
  readonly scopes?: readonly ApiKeyScope[];
}

/** Whether `viewer` moderates: moderators and operators do. */
export function moderates(viewer: Viewer): boolean {
  return viewer.role === "moderator" || viewer.role === "operator";
}

/** Whether `viewer` may run the community: campaigns, policies, models. */
export function operates(viewer: Viewer): boolean {
  return isEntrusted(viewer, "operate");
}

/** Whether `viewer` may do on behalf of members what `scope` names: operators may, and services that were let in for it. */
export function isEntrusted(viewer: Viewer, scope: ApiKeyScope): boolean {
  if (viewer.role === "service") return viewer.scopes?.includes(scope) ?? false;
  return viewer.role === "operator";
}

/** Whether `viewer` is a program rather than a person. What every member may do is not its to do. */
export function isService(viewer: Viewer): boolean {
  return viewer.role === "service";
}

/** Refuses a suspended member's contribution. Call it first in every action that adds content or moves value. */
export function assertMayContribute(viewer: Viewer): void {
  if (viewer.suspended) throw new Refusal("member.suspended", { until: null });
}
