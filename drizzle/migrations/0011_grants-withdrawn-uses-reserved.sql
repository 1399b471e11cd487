ALTER TABLE "nudge_budgets" DROP CONSTRAINT "nudge_budgets_spent";--> statement-breakpoint
ALTER TABLE "coupon_campaigns" ADD COLUMN "uses_reserved" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nudge_budgets" ADD COLUMN "returned" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nudge_decisions" ADD COLUMN "grant_state" text;--> statement-breakpoint
ALTER TABLE "nudge_decisions" ADD COLUMN "grant_reason" text;--> statement-breakpoint
ALTER TABLE "nudge_decisions" ADD COLUMN "withdrawn_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "nudge_decisions" d SET "grant_state" = CASE WHEN EXISTS (SELECT FROM "incentive_grants" g WHERE g."community_id" = d."community_id" AND g."decision_id" = d."id") THEN 'given' ELSE 'promised' END WHERE d."action" IN ('grant-points', 'grant-coupon');--> statement-breakpoint
UPDATE "coupon_campaigns" p SET "uses_reserved" = c."codes" FROM (SELECT k."community_id", k."campaign_id", count(*)::int AS "codes" FROM "coupon_codes" k WHERE k."state" = 'assigned' AND NOT EXISTS (SELECT FROM "coupon_redemptions" r WHERE r."community_id" = k."community_id" AND r."code_id" = k."id" AND r."state" IN ('held', 'committed')) GROUP BY 1, 2) c WHERE c."community_id" = p."community_id" AND c."campaign_id" = p."id";--> statement-breakpoint
CREATE INDEX "nudge_decisions_promised" ON "nudge_decisions" USING btree ("community_id","id") WHERE grant_state = 'promised';--> statement-breakpoint
ALTER TABLE "coupon_campaigns" ADD CONSTRAINT "coupon_campaigns_reserved" CHECK (uses_reserved >= 0);--> statement-breakpoint
ALTER TABLE "nudge_budgets" ADD CONSTRAINT "nudge_budgets_spent" CHECK (returned >= 0 and returned <= spent and spent - returned <= allowed);