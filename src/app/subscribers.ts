import type { Subscriber } from "../../workers/domain-events-job.ts";
import { activitiesOf, recordActivity } from "../events/activity-actions.ts";
import { applyPointRules } from "../rewards/award-actions.ts";
import { awardBadges } from "../rewards/badge-actions.ts";
import { isRuleEventType } from "../rewards/rule-event-catalogue.ts";
import { readStanding } from "../rewards/standing-rules.ts";

/** Who listens to domain events. Points come before badges, which count them. */
export const SUBSCRIBERS: readonly Subscriber[] = [
  { consumer: "record-activity", hears: (event) => activitiesOf(event).length > 0, handle: recordActivity },
  {
    consumer: "award-points",
    hears: (event) => isRuleEventType(event.type) || readStanding(event) !== null,
    handle: applyPointRules,
  },
  { consumer: "award-badges", hears: ({ type }) => type === "points.posted", handle: awardBadges },
];
