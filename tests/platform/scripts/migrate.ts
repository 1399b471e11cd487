import { migrateDatabase } from "../../../src/platform/database/migrate.ts";

await migrateDatabase(process.env.MIGRATE_URL ?? "");
