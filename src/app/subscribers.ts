import type { Subscriber } from "../../workers/domain-events-job.ts";
import { recordActivity } from "../events/activity-actions.ts";
import { applyPointRules } from "../rewards/award-actions.ts";
import { awardBadges } from "../rewards/badge-actions.ts";

/** Who listens to domain events. Points come before badges, which count them. */
export const SUBSCRIBERS: readonly Subscriber[] = [
  { consumer: "record-activity", handle: recordActivity },
  { consumer: "award-points", handle: applyPointRules },
  { consumer: "award-badges", handle: awardBadges },
];
