CREATE TABLE "point_standings" (
	"community_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"stands" boolean NOT NULL,
	"cause_id" uuid NOT NULL,
	"said_at" timestamp (3) with time zone NOT NULL,
	"event_id" uuid NOT NULL,
	CONSTRAINT "point_standings_community_id_subject_id_pk" PRIMARY KEY("community_id","subject_id")
);
--> statement-breakpoint
ALTER TABLE "point_standings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "point_balances" ADD COLUMN "coins_owed" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "point_balances" ADD CONSTRAINT "point_balances_owed" CHECK (coins_owed >= 0 and (coins = 0 or coins_owed = 0));--> statement-breakpoint
CREATE POLICY "point_standings_tenant" ON "point_standings" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);