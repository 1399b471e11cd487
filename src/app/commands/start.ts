import { type Command, Option } from "commander";
import type { StartOptions } from "../tasks/start-server.ts";
import type { Terminal } from "../terminal.ts";

/** `rekindle start`: the server, with everything it needs. */
export function registerStart(program: Command, terminal: Terminal): void {
  program
    .command("start")
    .description("start the API and the workers, with an embedded database unless DATABASE_URL names a server")
    .addOption(new Option("--only <face>", "start one face as a process of its own").choices(["api", "worker"]))
    .option("--no-demo", "do not fill a demo community on the first start")
    .addHelpText(
      "after",
      "\nExamples:\n  rekindle start\n  PORT=8080 rekindle start --no-demo\n  DATABASE_URL=… REDIS_URL=… rekindle start --only worker",
    )
    .action(async (options: StartOptions) => {
      const { start } = await import("../tasks/start-server.ts");
      await start(options, terminal);
    });
}
