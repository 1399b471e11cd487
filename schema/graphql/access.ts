import type { AuthCheckerFn } from "type-graphql";
import { moderates, operates } from "../../src/identity/viewer.ts";
import type { Context } from "../context.ts";

/** Who may call a field: `@Authorized()` any member, or one of these. */
export type AccessRule = "moderator" | "operator";

/** Decides `@Authorized`. What depends on the object asked for is decided by the action or query itself. */
export const checkAccess: AuthCheckerFn<Context, AccessRule> = ({ context: { viewer } }, rules) => {
  if (viewer === null) return false;
  if (rules.length === 0) return true;
  return rules.some((rule) => (rule === "moderator" ? moderates(viewer) : operates(viewer)));
};
