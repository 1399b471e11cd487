import { verifyRewards } from "../../rewards/verification-queries.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withWorkspace } from "./session.ts";

/** Recomputes every balance from the ledger, and prints what differs. */
export async function checkRewards(options: { community?: string; json?: boolean }, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const verification = await workspace.db.read(community.id, verifyRewards);
    if (verification.differences.length > 0) terminal.exitCode = 1;
    if (options.json) return terminal.printJson(verification);
    terminal.print(`${verification.entries} entries and ${verification.members} members checked.`);
    if (verification.differences.length === 0) return terminal.print("Everything agrees.");
    for (const difference of verification.differences) terminal.print(JSON.stringify(difference));
  });
}
