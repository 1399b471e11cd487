import type { Id } from "../../src/kernel/ids.ts";
import {
  decisionsById,
  deliveriesOf,
  type NudgeDecision,
  type NudgeDelivery,
  type NudgeOutcome,
  outcomesOf,
} from "../../src/nudges/decided-queries.ts";
import { type Notification, notificationsById } from "../../src/nudges/notification-queries.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";

/** Null for what is not in the viewer's own inbox. */
export const notificationLoader = defineLoader<Id, Notification | null>(async (reader, ids, viewer) =>
  inOrder(ids, await notificationsById(reader, viewer.memberId, ids), (notification) => notification.id),
);

/** Null for viewers who do not operate the community. */
export const decisionLoader = defineLoader<Id, NudgeDecision | null>(async (reader, ids, viewer) =>
  inOrder(ids, await decisionsById(reader, viewer, ids), (decision) => decision.id),
);

/** By decision; null while the window is open. */
export const outcomeLoader = defineLoader<Id, NudgeOutcome | null>(async (reader, decisionIds) =>
  inOrder(decisionIds, await outcomesOf(reader, decisionIds), (outcome) => outcome.decisionId),
);

/** By decision. */
export const deliveriesLoader = defineLoader<Id, NudgeDelivery[]>(async (reader, decisionIds) => {
  const deliveries = await deliveriesOf(reader, decisionIds);
  return decisionIds.map((id) => deliveries.filter((delivery) => delivery.decisionId === id));
});
