CREATE TABLE "space_moderators" (
	"community_id" uuid NOT NULL,
	"space_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"added_by_id" uuid NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "space_moderators_community_id_space_id_member_id_pk" PRIMARY KEY("community_id","space_id","member_id")
);
--> statement-breakpoint
ALTER TABLE "space_moderators" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "entitlements" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"product" text NOT NULL,
	"cohort" text,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_reason" text,
	"source" text NOT NULL,
	"reference" text NOT NULL,
	"asked" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "entitlements_community_id_id_pk" PRIMARY KEY("community_id","id"),
	CONSTRAINT "entitlements_end" CHECK (ends_at is null or ends_at > starts_at)
);
--> statement-breakpoint
ALTER TABLE "entitlements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "read_access" text DEFAULT 'everyone' NOT NULL;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "post_access" text DEFAULT 'readers' NOT NULL;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "product" text;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "cohort" text;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "read_experience_min" integer;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "post_experience_min" integer;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "slow_mode_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "space_moderators" ADD CONSTRAINT "space_moderators_community_id_space_id_spaces_community_id_id_fk" FOREIGN KEY ("community_id","space_id") REFERENCES "public"."spaces"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "space_moderators" ADD CONSTRAINT "space_moderators_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "space_moderators_member" ON "space_moderators" USING btree ("community_id","member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "entitlements_reference" ON "entitlements" USING btree ("community_id","source","reference");--> statement-breakpoint
CREATE INDEX "entitlements_member" ON "entitlements" USING btree ("community_id","member_id","product");--> statement-breakpoint
-- Staff spaces are told by how they are read from here on; those that there are stay the staff's.
UPDATE "spaces" SET "read_access" = 'staff' WHERE "kind" = 'staff';--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_staff" CHECK (kind <> 'staff' or read_access = 'staff');--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_product" CHECK (product is not null or 'entitled' not in (read_access, post_access));--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_cohort" CHECK (cohort is null or product is not null);--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_slow_mode" CHECK (slow_mode_seconds >= 0);--> statement-breakpoint
CREATE POLICY "space_moderators_tenant" ON "space_moderators" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "entitlements_tenant" ON "entitlements" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);