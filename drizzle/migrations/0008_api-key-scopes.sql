-- Keys from before there were scopes keep what they were handed out for: sending events.
ALTER TABLE "api_keys" ADD COLUMN "scopes" text[] DEFAULT '{events:write}' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ALTER COLUMN "scopes" DROP DEFAULT;
