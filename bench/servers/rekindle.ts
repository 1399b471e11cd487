// Rekindle's API as `rekindle start --only api` runs it, on a database that is there already, with its SQL statements counted.

import pg from "pg";
import { startApiProcess } from "../../src/app/api-process.ts";
import { loadConfig } from "../../src/app/configuration.ts";
import { openWorkspace } from "../../src/app/workspace.ts";
import { systemClock } from "../../src/kernel/instant.ts";
import { createLogger } from "../../src/platform/logging.ts";
import { tellUsage } from "./usage.ts";

let statements = 0;
pg.Client.prototype.query = new Proxy(pg.Client.prototype.query, {
  apply(query, client, parameters) {
    statements += 1;
    return Reflect.apply(query, client, parameters);
  },
});
tellUsage(() => statements);

const workspace = await openWorkspace({ config: loadConfig(), clock: systemClock, applicationName: "rekindle-bench" });
const api = await startApiProcess(workspace, createLogger({ level: "silent" }));
const person = { communitySlug: "bench", subject: "bench", name: "Bench", role: "member" } as const;
const token = await workspace.secrets.developmentToken(person, workspace.clock());
process.send?.({ port: Number(new URL(api.address).port), token });
