import { once } from "node:events";
import { acquirePostgres } from "../../../../src/app/embedded/embedded-postgres.ts";

/** Acquires the PostgreSQL of a folder, says so, and releases it when told to. */
const postgres = await acquirePostgres({ folder: process.argv[2]!, settings: { fsync: "off" } });
process.stdout.write(`${JSON.stringify(postgres)}\n`);
await once(process.stdin, "data");
await postgres.release();
process.exit();
