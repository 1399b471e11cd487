import type { ApiKeyScope } from "../../../drizzle/tables/identity.ts";
import { createApiKey } from "../../identity/api-key-actions.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withWorkspace } from "./session.ts";

export interface ApiKeyOptions {
  readonly community?: string;
  readonly scope: readonly ApiKeyScope[];
  readonly json?: boolean;
}

/** Makes a key and shows it, this once. */
export async function makeApiKey(name: string, options: ApiKeyOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const chosen = await chooseCommunity(workspace, options.community, terminal);
    const { id, key } = await workspace.db.transaction(chosen.id, (tx) =>
      createApiKey(tx, { name, scopes: options.scope }, workspace.clock()),
    );
    if (options.json) return terminal.printJson({ id, key, scopes: options.scope });
    terminal.print(key);
  });
}
