import { communityById } from "../../../src/identity/community-queries.ts";
import { openStackExchangeDump } from "../../../src/imports/stackexchange-dump.ts";
import { importStackExchange } from "../../../src/imports/stackexchange-import.ts";
import { Database } from "../../../src/platform/database/database.ts";

// Imports a dump, and writes a line whenever a batch is done: for whoever wants to kill it between two of them, or within one.
const [url = "", path = "", communityId = "", now = ""] = process.argv.slice(2);
const db = new Database({ url, poolSize: 2, applicationName: "rekindle-import-test" });
const community = await communityById(db.system, communityId);
if (community === null) throw new Error("no such community");
const dump = await openStackExchangeDump(path, { site: "generated" });
const onProgress = (done: number, total: number) => process.stdout.write(`${done} of ${total}\n`);
await importStackExchange(db, { dump, community, name: "generated", onProgress }, new Date(now));
await db.close();
