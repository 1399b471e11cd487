CREATE TABLE "past_time_zones" (
	"community_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"time_zone" text NOT NULL,
	CONSTRAINT "past_time_zones_community_id_member_id_until_pk" PRIMARY KEY("community_id","member_id","until")
);
--> statement-breakpoint
ALTER TABLE "past_time_zones" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "waiting_awards" (
	"community_id" uuid NOT NULL,
	"source_key" text NOT NULL,
	"member_id" uuid NOT NULL,
	"rule_key" text NOT NULL,
	"rule_version" integer NOT NULL,
	"cause_kind" text NOT NULL,
	"cause_id" uuid NOT NULL,
	"post_id" uuid,
	"actor_id" uuid,
	"day" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "waiting_awards_community_id_source_key_pk" PRIMARY KEY("community_id","source_key")
);
--> statement-breakpoint
ALTER TABLE "waiting_awards" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "state_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "point_standings" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "past_time_zones" ADD CONSTRAINT "past_time_zones_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waiting_awards" ADD CONSTRAINT "waiting_awards_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waiting_awards" ADD CONSTRAINT "waiting_awards_community_id_rule_key_rule_version_point_rules_community_id_key_version_fk" FOREIGN KEY ("community_id","rule_key","rule_version") REFERENCES "public"."point_rules"("community_id","key","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "waiting_awards_day" ON "waiting_awards" USING btree ("community_id","member_id","rule_key","day","occurred_at","source_key");--> statement-breakpoint
CREATE INDEX "waiting_awards_cause" ON "waiting_awards" USING btree ("community_id","cause_id");--> statement-breakpoint
CREATE INDEX "waiting_awards_post" ON "waiting_awards" USING btree ("community_id","post_id") WHERE post_id is not null;--> statement-breakpoint
CREATE POLICY "past_time_zones_tenant" ON "past_time_zones" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "waiting_awards_tenant" ON "waiting_awards" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);