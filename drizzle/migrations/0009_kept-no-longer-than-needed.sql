DROP INDEX "idempotency_keys_created";--> statement-breakpoint
ALTER TABLE "nudge_decisions" ADD COLUMN "outcome_recorded_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "nudge_decisions" d SET "outcome_recorded_at" = o."recorded_at" FROM "nudge_outcomes" o WHERE o."community_id" = d."community_id" AND o."decision_id" = d."id";--> statement-breakpoint
CREATE INDEX "nudge_decisions_open" ON "nudge_decisions" USING btree ("community_id","policy_version","as_of") WHERE outcome_recorded_at is null;--> statement-breakpoint
CREATE INDEX "dead_letters_settled" ON "dead_letters" USING btree ("replayed_at") WHERE replayed_at is not null;--> statement-breakpoint
CREATE INDEX "outbox_relayed" ON "outbox" USING btree ("relayed_at") WHERE relayed_at is not null;--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("community_id","created_at");