import { type Id, isId } from "../../src/kernel/ids.ts";
import { Refusal } from "../../src/kernel/refusal.ts";

/** The types that `node(id:)` finds. */
export type NodeType =
  | "Member"
  | "Space"
  | "Thread"
  | "Post"
  | "Report"
  | "LedgerEntry"
  | "BadgeAward"
  | "CouponCampaign"
  | "Coupon"
  | "CouponRedemption"
  | "Notification"
  | "NudgeDecision"
  | "PipelineRun"
  | "ApiKey"
  | "Entitlement"
  | "Draft";

/** The global id of a node: its type and its key. Clients must treat it as opaque. */
export function nodeId(type: NodeType, id: Id): string {
  return `${type}:${id}`;
}

/** @throws Refusal `input.invalid` naming `field`, unless `text` is a global id of `type`. */
export function readNodeId(type: NodeType, text: string, field: string): Id {
  const id = text.slice(type.length + 1);
  if (!text.startsWith(`${type}:`) || !isId(id)) {
    throw new Refusal("input.invalid", { reason: `give the id of a ${type}, as the API returned it` }, field);
  }
  return id;
}
