import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { withCommunityOption } from "./arguments.ts";

/** `rekindle rewards verify`: recompute every balance from the ledger. */
export function registerRewards(program: Command, terminal: Terminal): void {
  const rewards = program.command("rewards").description("points and badges");
  withCommunityOption(rewards.command("verify"))
    .description("recompute every balance from the ledger and name any difference; exit code 1 when there is one")
    .option("--json", "print JSON")
    .action(async (options: { community?: string; json?: boolean }) => {
      const { checkRewards } = await import("../tasks/check-rewards.ts");
      await checkRewards(options, terminal);
    });
}
