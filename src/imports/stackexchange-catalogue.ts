/** What Stack Exchange calls the numbers in its dumps. */
export const VOTE_TYPES = {
  1: "accepted",
  2: "up",
  3: "down",
  4: "offensive",
  5: "favourite",
  6: "close",
  7: "reopen",
  8: "bounty-start",
  9: "bounty-close",
  10: "delete",
  11: "undelete",
  12: "spam",
  15: "moderator-review",
  16: "approve-edit",
} as const;

export type VoteType = (typeof VOTE_TYPES)[keyof typeof VOTE_TYPES];

export const POST_HISTORY_TYPES = {
  1: "title-initial",
  2: "body-initial",
  3: "tags-initial",
  4: "title-edited",
  5: "body-edited",
  6: "tags-edited",
  7: "title-rolled-back",
  8: "body-rolled-back",
  9: "tags-rolled-back",
  10: "closed",
  11: "reopened",
  12: "deleted",
  13: "undeleted",
  14: "locked",
  15: "unlocked",
  16: "community-owned",
  17: "migrated",
  19: "protected",
  20: "unprotected",
  24: "edit-applied",
  33: "notice-added",
  34: "notice-removed",
  35: "migrated-away",
  36: "migrated-here",
  37: "merge-source",
  38: "merge-destination",
} as const;

export type PostHistoryType = (typeof POST_HISTORY_TYPES)[keyof typeof POST_HISTORY_TYPES];

/** Posts that are neither question (1) nor answer (2), and are not imported. */
export const OTHER_POST_TYPES: Readonly<Record<number, string>> = {
  3: "orphaned tag wiki",
  4: "tag wiki excerpt",
  5: "tag wiki",
  6: "moderator nomination",
  7: "wiki placeholder",
  8: "privilege wiki",
};

export const BADGE_CLASSES = { 1: "gold", 2: "silver", 3: "bronze" } as const;

export type BadgeClass = (typeof BADGE_CLASSES)[keyof typeof BADGE_CLASSES];
