import { systemClock } from "../../kernel/instant.ts";
import { createLogger } from "../../platform/logging.ts";
import { loadConfig } from "../configuration.ts";
import { ensureDemoCommunity, startDemoPipeline } from "../demo.ts";
import { lockServer } from "../embedded/server-lock.ts";
import { prepareFolder } from "../installation-folder.ts";
import type { Terminal } from "../terminal.ts";
import { printWelcome } from "../welcome.ts";
import { type RunningProcess, startWorkerProcess } from "../worker-process.ts";
import { openWorkspace } from "../workspace.ts";

export interface StartOptions {
  /** One face as a process of its own; both when left out. */
  readonly only?: "api" | "worker";
  readonly demo: boolean;
}

/** Runs the server until it is told to stop. */
export async function start(options: StartOptions, terminal: Terminal): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel });
  const stopped = untilStopped();
  if (config.databaseUrl === null) await prepareFolder(config.folder);
  // Processes on servers by URL may be many; the folder's embedded database has one server.
  const lock = config.databaseUrl === null ? await lockServer(config.folder) : null;
  try {
    const workspace = await openWorkspace({
      config,
      clock: systemClock,
      applicationName: `rekindle-${options.only ?? "server"}`,
      onProgress: (message) => terminal.note(message),
    });
    const running: RunningProcess[] = [];
    try {
      const withDemo = options.demo && !config.production;
      const demoId = withDemo ? await ensureDemoCommunity(workspace, terminal) : null;
      if (options.only !== "api") running.push(await startWorkerProcess(workspace, logger));
      if (options.only !== "worker") {
        // Loaded here, for workers and commands do without GraphQL: they are up for 2.8 s of processor time instead of 3.8.
        const { startApiProcess } = await import("../api-process.ts");
        const api = await startApiProcess(workspace, logger);
        running.push(api);
        await lock?.recordAddresses([api.address]);
        await printWelcome(workspace, api.address, process.uptime(), terminal);
      }
      // Once all answer, so that nobody waits for it.
      if (demoId !== null) await startDemoPipeline(workspace, demoId, logger);
      await stopped;
      terminal.note("Stopping: finishing what is in hand. (Once more to stop at once.)");
    } finally {
      // The API first, so that nothing new comes in while the workers finish.
      for (const face of running.reverse()) await face.close();
      await workspace.close();
    }
  } finally {
    await lock?.release();
  }
}

/** Resolves at the first SIGINT or SIGTERM; the second ends the process at once, as people expect of Ctrl-C. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
