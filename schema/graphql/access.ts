import type { AuthCheckerFn } from "type-graphql";
import { isEntrusted, isService, moderates, operates, type Viewer } from "../../src/identity/viewer.ts";
import type { Context } from "../context.ts";
import { unauthenticated } from "./errors.ts";

/** Who may call a field: `@Authorized()` any member, or one of these. */
export type AccessRule = "moderator" | "operator" | "settler" | "seller";

const ADMITS: Readonly<Record<AccessRule, (viewer: Viewer) => boolean>> = {
  moderator: moderates,
  operator: operates,
  // Any member for themselves, and the shop for them.
  settler: (viewer) => !isService(viewer) || isEntrusted(viewer, "coupons:settle"),
  seller: (viewer) => operates(viewer) || isEntrusted(viewer, "entitlements:write"),
};

/**
 * Decides `@Authorized`. What depends on the object asked for is decided by the action or query itself. A service is no member: its
 * scopes say what it may call, and what is open to every member is open to those that operate.
 * @throws GraphQLError `UNAUTHENTICATED` when nobody is signed in: TypeGraphQL would say so only where any member may call.
 */
export const checkAccess: AuthCheckerFn<Context, AccessRule> = ({ context: { viewer } }, rules) => {
  if (viewer === null) throw unauthenticated();
  if (rules.length === 0) return !isService(viewer) || operates(viewer);
  return rules.some((rule) => ADMITS[rule](viewer));
};
