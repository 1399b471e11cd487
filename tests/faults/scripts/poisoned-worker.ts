import { existsSync } from "node:fs";
import { SUBSCRIBERS } from "../../../src/app/subscribers.ts";
import { systemClock } from "../../../src/kernel/instant.ts";
import { Crypto } from "../../../src/platform/crypto.ts";
import { Database } from "../../../src/platform/database/database.ts";
import { createLogger } from "../../../src/platform/logging.ts";
import { createFolderMailer } from "../../../src/platform/mailer.ts";
import { Queues } from "../../../workers/queues.ts";
import { startWorkers } from "../../../workers/worker-process.ts";

// The product's workers, with one more subscriber: as long as the file is there, every event takes the process down.
const [databaseUrl = "", redisUrl = "", poison = ""] = process.argv.slice(2);
const queues = new Queues(
  redisUrl === "" ? { kind: "postgres", url: databaseUrl } : { kind: "redis", url: redisUrl },
  () => {},
);
await startWorkers({
  services: {
    db: new Database({ url: databaseUrl, poolSize: 5, applicationName: "rekindle-poisoned" }),
    crypto: new Crypto([{ id: "test", secret: Buffer.alloc(32, 7).toString("base64") }]),
    mailer: createFolderMailer("unused", "Rekindle <no-reply@localhost.localdomain>"),
  },
  databaseUrl,
  queues,
  subscribers: [
    {
      consumer: "poison",
      handle: async () => {
        if (existsSync(poison)) process.kill(process.pid, "SIGKILL");
      },
    },
    ...SUBSCRIBERS,
  ],
  clock: systemClock,
  logger: createLogger({ level: "silent" }),
});
