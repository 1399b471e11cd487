CREATE TABLE "acceptances" (
	"community_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"accepted_by_id" uuid NOT NULL,
	"accepted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "acceptances_community_id_thread_id_pk" PRIMARY KEY("community_id","thread_id")
);
--> statement-breakpoint
ALTER TABLE "acceptances" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "anonymous_votes" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"value" smallint NOT NULL,
	"cast_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "anonymous_votes_community_id_id_pk" PRIMARY KEY("community_id","id"),
	CONSTRAINT "anonymous_votes_value" CHECK (value in (-1, 1))
);
--> statement-breakpoint
ALTER TABLE "anonymous_votes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "post_revisions" (
	"community_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"body_markdown" text NOT NULL,
	"editor_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "post_revisions_community_id_post_id_revision_pk" PRIMARY KEY("community_id","post_id","revision")
);
--> statement-breakpoint
ALTER TABLE "post_revisions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "posts" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"parent_id" uuid,
	"body_markdown" text NOT NULL,
	"body_html" text NOT NULL,
	"revision" integer NOT NULL,
	"state" text NOT NULL,
	"score" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"edited_at" timestamp (3) with time zone,
	CONSTRAINT "posts_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "spaces" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "spaces_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "spaces" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "threads" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"space_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"tags" text[] NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_activity_at" timestamp (3) with time zone NOT NULL,
	"opening_post_id" uuid NOT NULL,
	"last_reply_id" uuid,
	"reply_count" integer DEFAULT 0 NOT NULL,
	"accepted_post_id" uuid,
	CONSTRAINT "threads_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "threads" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "votes" (
	"community_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"value" smallint NOT NULL,
	"cast_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "votes_community_id_post_id_member_id_pk" PRIMARY KEY("community_id","post_id","member_id"),
	CONSTRAINT "votes_value" CHECK (value in (-1, 1))
);
--> statement-breakpoint
ALTER TABLE "votes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "coupon_campaigns" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"discount_kind" text NOT NULL,
	"discount_value" integer NOT NULL,
	"currency" text,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"uses_max" integer NOT NULL,
	"per_member_max" integer NOT NULL,
	"hold_minutes" integer NOT NULL,
	"uses_taken" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupon_campaigns_community_id_id_pk" PRIMARY KEY("community_id","id"),
	CONSTRAINT "coupon_campaigns_uses" CHECK (uses_taken >= 0 and uses_taken <= uses_max)
);
--> statement-breakpoint
ALTER TABLE "coupon_campaigns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "coupon_codes" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"code_hash" text NOT NULL,
	"code_cipher" text NOT NULL,
	"state" text NOT NULL,
	"member_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "coupon_codes_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "coupon_codes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "coupon_redemptions" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"code_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"state" text NOT NULL,
	"held_at" timestamp (3) with time zone NOT NULL,
	"held_until" timestamp (3) with time zone NOT NULL,
	"order_reference" text,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "coupon_redemptions_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "coupon_redemptions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "api_keys" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"key_hash" text NOT NULL,
	"hint" text NOT NULL,
	"name" text NOT NULL,
	"member_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
CREATE TABLE "communities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"locale" text NOT NULL,
	"time_zone" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"community_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"granted" boolean NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "consents_community_id_member_id_purpose_pk" PRIMARY KEY("community_id","member_id","purpose")
);
--> statement-breakpoint
ALTER TABLE "consents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "external_identities" (
	"community_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"member_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "external_identities_community_id_issuer_subject_pk" PRIMARY KEY("community_id","issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "external_identities" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"community_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"key" text NOT NULL,
	"operation" text NOT NULL,
	"request_hash" text NOT NULL,
	"response" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_community_id_member_id_key_pk" PRIMARY KEY("community_id","member_id","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity_providers" (
	"community_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"jwks_uri" text NOT NULL,
	"audience" text NOT NULL,
	"role_claim" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identity_providers_community_id_issuer_pk" PRIMARY KEY("community_id","issuer")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"display_name" text NOT NULL,
	"email_cipher" text,
	"locale" text NOT NULL,
	"time_zone" text NOT NULL,
	"role" text NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"suspended_at" timestamp (3) with time zone,
	CONSTRAINT "members_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "members" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "moderation_actions" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"moderator_id" uuid NOT NULL,
	"action" text NOT NULL,
	"post_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "moderation_actions_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "moderation_actions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reports" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"reporter_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"details" text NOT NULL,
	"revision" integer NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by_id" uuid,
	CONSTRAINT "reports_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "reports" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "incentive_grants" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"decision_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reference_id" uuid NOT NULL,
	"cost" integer NOT NULL,
	"granted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "incentive_grants_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "incentive_grants" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notifications" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"source_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "notifications" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "nudge_budgets" (
	"community_id" uuid NOT NULL,
	"month" text NOT NULL,
	"allowed" integer NOT NULL,
	"spent" integer NOT NULL,
	CONSTRAINT "nudge_budgets_community_id_month_pk" PRIMARY KEY("community_id","month"),
	CONSTRAINT "nudge_budgets_spent" CHECK (spent >= 0 and spent <= allowed)
);
--> statement-breakpoint
ALTER TABLE "nudge_budgets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "nudge_decisions" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"as_of" date NOT NULL,
	"policy_version" integer NOT NULL,
	"model_version" integer NOT NULL,
	"probability" double precision NOT NULL,
	"holdout" boolean NOT NULL,
	"action" text NOT NULL,
	"cost" integer NOT NULL,
	"action_set" jsonb NOT NULL,
	"left_out" jsonb NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nudge_decisions_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "nudge_decisions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "nudge_deliveries" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"decision_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"claimed_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "nudge_deliveries_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "nudge_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "nudge_outcomes" (
	"community_id" uuid NOT NULL,
	"decision_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"window_end" date NOT NULL,
	"retained" boolean NOT NULL,
	"active_days" integer NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nudge_outcomes_community_id_decision_id_pk" PRIMARY KEY("community_id","decision_id")
);
--> statement-breakpoint
ALTER TABLE "nudge_outcomes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "nudge_policies" (
	"community_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nudge_policies_community_id_version_pk" PRIMARY KEY("community_id","version")
);
--> statement-breakpoint
ALTER TABLE "nudge_policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"community_id" uuid,
	"source" text NOT NULL,
	"reference" text NOT NULL,
	"payload" jsonb NOT NULL,
	"error" text NOT NULL,
	"failed_at" timestamp (3) with time zone NOT NULL,
	"replayed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "import_runs" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source" text NOT NULL,
	"fingerprint" text NOT NULL,
	"progress" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "import_runs_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"community_id" uuid NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pipeline_runs" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"stage" text NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"rows" integer,
	"summary" text,
	"error" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "pipeline_runs_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
CREATE TABLE "processed_messages" (
	"consumer" text NOT NULL,
	"message_id" text NOT NULL,
	"processed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "processed_messages_consumer_message_id_pk" PRIMARY KEY("consumer","message_id")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "watermarks" (
	"community_id" uuid NOT NULL,
	"stage" text NOT NULL,
	"value" text NOT NULL,
	"moved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "watermarks_community_id_stage_pk" PRIMARY KEY("community_id","stage")
);
--> statement-breakpoint
CREATE TABLE "badge_awards" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"badge_key" text NOT NULL,
	"badge_version" integer,
	"occurrence" text NOT NULL,
	"cause_id" uuid,
	"awarded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "badge_awards_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "badge_awards" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "badge_definitions" (
	"community_id" uuid NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"title" jsonb NOT NULL,
	"criteria" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "badge_definitions_community_id_key_version_pk" PRIMARY KEY("community_id","key","version")
);
--> statement-breakpoint
ALTER TABLE "badge_definitions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"community_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_key" text NOT NULL,
	"member_id" uuid NOT NULL,
	"cause_kind" text NOT NULL,
	"cause_id" uuid NOT NULL,
	"post_id" uuid,
	"rule_key" text,
	"rule_version" integer,
	"actor_id" uuid,
	"reversal_of" uuid,
	"day" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_entries_community_id_id_pk" PRIMARY KEY("community_id","id")
);
--> statement-breakpoint
ALTER TABLE "ledger_entries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ledger_lines" (
	"community_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"line" smallint NOT NULL,
	"account" text NOT NULL,
	"member_id" uuid,
	"unit" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "ledger_lines_community_id_entry_id_line_pk" PRIMARY KEY("community_id","entry_id","line"),
	CONSTRAINT "ledger_lines_member_side" CHECK ((account = 'member') = (member_id is not null))
);
--> statement-breakpoint
ALTER TABLE "ledger_lines" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "point_balances" (
	"community_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"experience" bigint NOT NULL,
	"coins" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "point_balances_community_id_member_id_pk" PRIMARY KEY("community_id","member_id"),
	CONSTRAINT "point_balances_floor" CHECK (coins >= 0)
);
--> statement-breakpoint
ALTER TABLE "point_balances" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "point_rules" (
	"community_id" uuid NOT NULL,
	"key" text NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"event_type" text NOT NULL,
	"condition" jsonb NOT NULL,
	"recipient" text NOT NULL,
	"experience" integer NOT NULL,
	"coins" integer NOT NULL,
	"daily_max" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "point_rules_community_id_key_version_pk" PRIMARY KEY("community_id","key","version")
);
--> statement-breakpoint
ALTER TABLE "point_rules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "churn_models" (
	"community_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"learner" text NOT NULL,
	"artefact" jsonb NOT NULL,
	"evaluation" jsonb NOT NULL,
	"trained_through" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "churn_models_community_id_version_pk" PRIMARY KEY("community_id","version")
);
--> statement-breakpoint
ALTER TABLE "churn_models" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "churn_scores" (
	"community_id" uuid NOT NULL,
	"as_of" date NOT NULL,
	"member_id" uuid NOT NULL,
	"model_version" integer NOT NULL,
	"probability" double precision NOT NULL,
	"scored_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "churn_scores_community_id_as_of_member_id_pk" PRIMARY KEY("community_id","as_of","member_id")
);
--> statement-breakpoint
ALTER TABLE "churn_scores" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "events" (
	"community_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"member_id" uuid,
	"anonymous_id" text,
	"kind" text NOT NULL,
	"properties" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "events_community_id_message_id_pk" PRIMARY KEY("community_id","message_id")
);
--> statement-breakpoint
ALTER TABLE "events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "feature_snapshots" (
	"community_id" uuid NOT NULL,
	"as_of" date NOT NULL,
	"member_id" uuid NOT NULL,
	"catalogue_version" integer NOT NULL,
	"values" double precision[] NOT NULL,
	CONSTRAINT "feature_snapshots_community_id_as_of_member_id_pk" PRIMARY KEY("community_id","as_of","member_id")
);
--> statement-breakpoint
ALTER TABLE "feature_snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "member_days" (
	"community_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "member_days_community_id_member_id_day_kind_pk" PRIMARY KEY("community_id","member_id","day","kind")
);
--> statement-breakpoint
ALTER TABLE "member_days" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "acceptances" ADD CONSTRAINT "acceptances_community_id_thread_id_threads_community_id_id_fk" FOREIGN KEY ("community_id","thread_id") REFERENCES "public"."threads"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acceptances" ADD CONSTRAINT "acceptances_community_id_post_id_posts_community_id_id_fk" FOREIGN KEY ("community_id","post_id") REFERENCES "public"."posts"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "anonymous_votes" ADD CONSTRAINT "anonymous_votes_community_id_post_id_posts_community_id_id_fk" FOREIGN KEY ("community_id","post_id") REFERENCES "public"."posts"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_revisions" ADD CONSTRAINT "post_revisions_community_id_post_id_posts_community_id_id_fk" FOREIGN KEY ("community_id","post_id") REFERENCES "public"."posts"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_community_id_thread_id_threads_community_id_id_fk" FOREIGN KEY ("community_id","thread_id") REFERENCES "public"."threads"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_community_id_author_id_members_community_id_id_fk" FOREIGN KEY ("community_id","author_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spaces" ADD CONSTRAINT "spaces_community_id_communities_id_fk" FOREIGN KEY ("community_id") REFERENCES "public"."communities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_community_id_space_id_spaces_community_id_id_fk" FOREIGN KEY ("community_id","space_id") REFERENCES "public"."spaces"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_community_id_author_id_members_community_id_id_fk" FOREIGN KEY ("community_id","author_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_community_id_post_id_posts_community_id_id_fk" FOREIGN KEY ("community_id","post_id") REFERENCES "public"."posts"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_codes" ADD CONSTRAINT "coupon_codes_community_id_campaign_id_coupon_campaigns_community_id_id_fk" FOREIGN KEY ("community_id","campaign_id") REFERENCES "public"."coupon_campaigns"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_redemptions" ADD CONSTRAINT "coupon_redemptions_community_id_code_id_coupon_codes_community_id_id_fk" FOREIGN KEY ("community_id","code_id") REFERENCES "public"."coupon_codes"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coupon_redemptions" ADD CONSTRAINT "coupon_redemptions_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_community_id_communities_id_fk" FOREIGN KEY ("community_id") REFERENCES "public"."communities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "external_identities" ADD CONSTRAINT "external_identities_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_providers" ADD CONSTRAINT "identity_providers_community_id_communities_id_fk" FOREIGN KEY ("community_id") REFERENCES "public"."communities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_community_id_communities_id_fk" FOREIGN KEY ("community_id") REFERENCES "public"."communities"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "moderation_actions" ADD CONSTRAINT "moderation_actions_community_id_moderator_id_members_community_id_id_fk" FOREIGN KEY ("community_id","moderator_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_community_id_reporter_id_members_community_id_id_fk" FOREIGN KEY ("community_id","reporter_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incentive_grants" ADD CONSTRAINT "incentive_grants_community_id_decision_id_nudge_decisions_community_id_id_fk" FOREIGN KEY ("community_id","decision_id") REFERENCES "public"."nudge_decisions"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nudge_decisions" ADD CONSTRAINT "nudge_decisions_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nudge_deliveries" ADD CONSTRAINT "nudge_deliveries_community_id_decision_id_nudge_decisions_community_id_id_fk" FOREIGN KEY ("community_id","decision_id") REFERENCES "public"."nudge_decisions"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "nudge_outcomes" ADD CONSTRAINT "nudge_outcomes_community_id_decision_id_nudge_decisions_community_id_id_fk" FOREIGN KEY ("community_id","decision_id") REFERENCES "public"."nudge_decisions"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "badge_awards" ADD CONSTRAINT "badge_awards_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_lines" ADD CONSTRAINT "ledger_lines_community_id_entry_id_ledger_entries_community_id_id_fk" FOREIGN KEY ("community_id","entry_id") REFERENCES "public"."ledger_entries"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "point_balances" ADD CONSTRAINT "point_balances_community_id_member_id_members_community_id_id_fk" FOREIGN KEY ("community_id","member_id") REFERENCES "public"."members"("community_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "anonymous_votes_post" ON "anonymous_votes" USING btree ("community_id","post_id");--> statement-breakpoint
CREATE INDEX "posts_thread" ON "posts" USING btree ("community_id","thread_id","created_at","id");--> statement-breakpoint
CREATE INDEX "posts_author" ON "posts" USING btree ("community_id","author_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "spaces_slug" ON "spaces" USING btree ("community_id","slug");--> statement-breakpoint
CREATE INDEX "threads_feed" ON "threads" USING btree ("community_id","last_activity_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'visible';--> statement-breakpoint
CREATE INDEX "threads_space_feed" ON "threads" USING btree ("community_id","space_id","last_activity_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'visible';--> statement-breakpoint
CREATE INDEX "threads_author" ON "threads" USING btree ("community_id","author_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "coupon_codes_hash" ON "coupon_codes" USING btree ("community_id","code_hash");--> statement-breakpoint
CREATE INDEX "coupon_codes_available" ON "coupon_codes" USING btree ("community_id","campaign_id","id") WHERE state = 'available';--> statement-breakpoint
CREATE INDEX "coupon_codes_member" ON "coupon_codes" USING btree ("community_id","member_id") WHERE member_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "coupon_redemptions_live" ON "coupon_redemptions" USING btree ("community_id","code_id") WHERE state in ('held', 'committed');--> statement-breakpoint
CREATE INDEX "coupon_redemptions_member" ON "coupon_redemptions" USING btree ("community_id","campaign_id","member_id");--> statement-breakpoint
CREATE INDEX "coupon_redemptions_expiry" ON "coupon_redemptions" USING btree ("community_id","held_until") WHERE state = 'held';--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "communities_slug" ON "communities" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "external_identities_member" ON "external_identities" USING btree ("community_id","member_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "identity_providers_issuer" ON "identity_providers" USING btree ("issuer");--> statement-breakpoint
CREATE INDEX "members_joined" ON "members" USING btree ("community_id","joined_at","id");--> statement-breakpoint
CREATE INDEX "moderation_actions_post" ON "moderation_actions" USING btree ("community_id","post_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "reports_once" ON "reports" USING btree ("community_id","post_id","reporter_id");--> statement-breakpoint
CREATE INDEX "reports_queue" ON "reports" USING btree ("community_id","state","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "incentive_grants_once" ON "incentive_grants" USING btree ("community_id","decision_id");--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_once" ON "notifications" USING btree ("community_id","source_key");--> statement-breakpoint
CREATE INDEX "notifications_inbox" ON "notifications" USING btree ("community_id","member_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "nudge_decisions_once" ON "nudge_decisions" USING btree ("community_id","member_id","as_of");--> statement-breakpoint
CREATE INDEX "nudge_decisions_at" ON "nudge_decisions" USING btree ("community_id","decided_at");--> statement-breakpoint
CREATE UNIQUE INDEX "nudge_deliveries_once" ON "nudge_deliveries" USING btree ("community_id","decision_id","channel");--> statement-breakpoint
CREATE INDEX "nudge_deliveries_member" ON "nudge_deliveries" USING btree ("community_id","member_id","claimed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "nudge_policies_published" ON "nudge_policies" USING btree ("community_id") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "dead_letters_open" ON "dead_letters" USING btree ("source","failed_at");--> statement-breakpoint
CREATE INDEX "import_runs_fingerprint" ON "import_runs" USING btree ("community_id","fingerprint");--> statement-breakpoint
CREATE INDEX "pipeline_runs_stage" ON "pipeline_runs" USING btree ("community_id","stage","started_at");--> statement-breakpoint
CREATE INDEX "processed_messages_at" ON "processed_messages" USING btree ("processed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "badge_awards_once" ON "badge_awards" USING btree ("community_id","member_id","badge_key","occurrence");--> statement-breakpoint
CREATE UNIQUE INDEX "badge_definitions_published" ON "badge_definitions" USING btree ("community_id","key") WHERE state = 'published';--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_source" ON "ledger_entries" USING btree ("community_id","source_key");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_reversal" ON "ledger_entries" USING btree ("community_id","reversal_of") WHERE reversal_of is not null;--> statement-breakpoint
CREATE INDEX "ledger_entries_member" ON "ledger_entries" USING btree ("community_id","member_id","occurred_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "ledger_entries_cause" ON "ledger_entries" USING btree ("community_id","cause_id");--> statement-breakpoint
CREATE INDEX "ledger_entries_post" ON "ledger_entries" USING btree ("community_id","post_id") WHERE post_id is not null;--> statement-breakpoint
CREATE INDEX "ledger_lines_member" ON "ledger_lines" USING btree ("community_id","member_id","unit") WHERE member_id is not null;--> statement-breakpoint
CREATE INDEX "point_balances_rank" ON "point_balances" USING btree ("community_id","experience" DESC NULLS LAST,"member_id");--> statement-breakpoint
CREATE INDEX "point_rules_event" ON "point_rules" USING btree ("community_id","event_type","state");--> statement-breakpoint
CREATE UNIQUE INDEX "point_rules_published" ON "point_rules" USING btree ("community_id","key") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "churn_scores_member" ON "churn_scores" USING btree ("community_id","member_id","as_of" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "events_occurred" ON "events" USING brin ("occurred_at");--> statement-breakpoint
CREATE INDEX "events_transaction" ON "events" USING btree ("community_id","transaction_id");--> statement-breakpoint
CREATE INDEX "member_days_day" ON "member_days" USING btree ("community_id","day");--> statement-breakpoint
CREATE POLICY "acceptances_tenant" ON "acceptances" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "anonymous_votes_tenant" ON "anonymous_votes" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "post_revisions_tenant" ON "post_revisions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "posts_tenant" ON "posts" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "spaces_tenant" ON "spaces" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "threads_tenant" ON "threads" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "votes_tenant" ON "votes" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "coupon_campaigns_tenant" ON "coupon_campaigns" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "coupon_codes_tenant" ON "coupon_codes" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "coupon_redemptions_tenant" ON "coupon_redemptions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "consents_tenant" ON "consents" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "external_identities_tenant" ON "external_identities" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "idempotency_keys_tenant" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "members_tenant" ON "members" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "moderation_actions_tenant" ON "moderation_actions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "reports_tenant" ON "reports" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "incentive_grants_tenant" ON "incentive_grants" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "notifications_tenant" ON "notifications" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "nudge_budgets_tenant" ON "nudge_budgets" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "nudge_decisions_tenant" ON "nudge_decisions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "nudge_deliveries_tenant" ON "nudge_deliveries" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "nudge_outcomes_tenant" ON "nudge_outcomes" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "nudge_policies_tenant" ON "nudge_policies" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "badge_awards_tenant" ON "badge_awards" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "badge_definitions_tenant" ON "badge_definitions" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "ledger_entries_tenant" ON "ledger_entries" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "ledger_lines_tenant" ON "ledger_lines" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "point_balances_tenant" ON "point_balances" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "point_rules_tenant" ON "point_rules" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "churn_models_tenant" ON "churn_models" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "churn_scores_tenant" ON "churn_scores" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "events_tenant" ON "events" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "feature_snapshots_tenant" ON "feature_snapshots" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "member_days_tenant" ON "member_days" AS PERMISSIVE FOR ALL TO "rekindle_app" USING (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid) WITH CHECK (community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid);