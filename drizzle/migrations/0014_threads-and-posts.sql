CREATE TABLE "drafts" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"place_kind" text NOT NULL,
	"place_id" uuid NOT NULL,
	"thread_kind" text,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"tags" text[] NOT NULL,
	"parent_id" uuid,
	"revision" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "drafts_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "drafts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "poll_ballots" (
	"community_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"positions" smallint[] NOT NULL,
	"cast_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "poll_ballots_community_id_thread_id_member_id_pk" PRIMARY KEY("community_id","thread_id","member_id"),
	CONSTRAINT "poll_ballots_positions" CHECK (cardinality(positions) > 0)
);
--> statement-breakpoint
ALTER TABLE "poll_ballots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "poll_options" (
	"community_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"text" text NOT NULL,
	"vote_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "poll_options_community_id_thread_id_position_pk" PRIMARY KEY("community_id","thread_id","position"),
	CONSTRAINT "poll_options_votes" CHECK (vote_count >= 0)
);
--> statement-breakpoint
ALTER TABLE "poll_options" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "polls" (
	"community_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"choice" text NOT NULL,
	"results" text NOT NULL,
	"closes_at" timestamp (3) with time zone,
	"ballot_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "polls_community_id_thread_id_pk" PRIMARY KEY("community_id","thread_id"),
	CONSTRAINT "polls_ballots" CHECK (ballot_count >= 0)
);
--> statement-breakpoint
ALTER TABLE "polls" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "post_mentions" (
	"community_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"mentioned_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "post_mentions_community_id_post_id_member_id_pk" PRIMARY KEY("community_id","post_id","member_id")
);
--> statement-breakpoint
ALTER TABLE "post_mentions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "post_revisions" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "deleted_by_id" uuid;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "anonymous_number" smallint;--> statement-breakpoint
ALTER TABLE "spaces" ADD COLUMN "anonymous_posting" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "locked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "pinned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "pinned_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "slow_mode_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "merged_into_id" uuid;--> statement-breakpoint
ALTER TABLE "moderation_actions" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_ballots" ADD CONSTRAINT "poll_ballots_community_id_thread_id_polls_community_id_thread_id_fk" FOREIGN KEY ("community_id","thread_id") REFERENCES "public"."polls"("community_id","thread_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_ballots" ADD CONSTRAINT "poll_ballots_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_options" ADD CONSTRAINT "poll_options_community_id_thread_id_polls_community_id_thread_id_fk" FOREIGN KEY ("community_id","thread_id") REFERENCES "public"."polls"("community_id","thread_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polls" ADD CONSTRAINT "polls_community_id_thread_id_threads_community_id_id_fk" FOREIGN KEY ("community_id","thread_id") REFERENCES "public"."threads"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_mentions" ADD CONSTRAINT "post_mentions_community_id_post_id_posts_community_id_id_fk" FOREIGN KEY ("community_id","post_id") REFERENCES "public"."posts"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_mentions" ADD CONSTRAINT "post_mentions_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "drafts_place" ON "drafts" USING btree ("community_id","member_id","place_kind","place_id");--> statement-breakpoint
CREATE INDEX "drafts_member" ON "drafts" USING btree ("community_id","member_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "drafts_age" ON "drafts" USING btree ("community_id","updated_at");--> statement-breakpoint
CREATE INDEX "post_mentions_member" ON "post_mentions" USING btree ("community_id","member_id","mentioned_at","post_id");--> statement-breakpoint
CREATE INDEX "posts_parent" ON "posts" USING btree ("community_id","parent_id","created_at","id") WHERE parent_id is not null;--> statement-breakpoint
CREATE INDEX "posts_anonymous" ON "posts" USING btree ("community_id","thread_id","author_id") WHERE anonymous_number is not null;--> statement-breakpoint
CREATE INDEX "threads_pinned" ON "threads" USING btree ("community_id","space_id","pinned_at") WHERE pinned_at is not null;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_slow_mode" CHECK (slow_mode_seconds >= 0);--> statement-breakpoint
CREATE POLICY "drafts_tenant" ON "drafts" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "poll_ballots_tenant" ON "poll_ballots" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "poll_options_tenant" ON "poll_options" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "polls_tenant" ON "polls" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "post_mentions_tenant" ON "post_mentions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);