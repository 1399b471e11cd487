import type { Command } from "commander";
import { verifyRewards } from "../../rewards/verification-queries.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withCommunityOption, withWorkspace } from "./session.ts";

/** `rekindle rewards verify`: recompute every balance from the ledger. */
export function registerRewards(program: Command, terminal: Terminal): void {
  const rewards = program.command("rewards").description("points and badges");
  withCommunityOption(rewards.command("verify"))
    .description("recompute every balance from the ledger and name any difference; exit code 1 when there is one")
    .option("--json", "print JSON")
    .action(async (options: { community?: string; json?: boolean }) => {
      await withWorkspace(terminal, async (workspace) => {
        const community = await chooseCommunity(workspace, options.community, terminal);
        const verification = await workspace.db.read(community.id, verifyRewards);
        if (verification.differences.length > 0) terminal.exitCode = 1;
        if (options.json) return terminal.printJson(verification);
        terminal.print(`${verification.entries} entries and ${verification.members} members checked.`);
        if (verification.differences.length === 0) return terminal.print("Everything agrees.");
        for (const difference of verification.differences) terminal.print(JSON.stringify(difference));
      });
    });
}
