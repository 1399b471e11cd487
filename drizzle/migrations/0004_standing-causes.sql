ALTER TABLE "point_standings" ADD COLUMN "event_type" text NOT NULL;--> statement-breakpoint
ALTER TABLE "point_standings" ADD COLUMN "actor_id" uuid;