import { type Command, InvalidArgumentError, Option } from "commander";
import type { ApiKeyScope } from "../../../drizzle/tables/identity.ts";
import { createApiKey } from "../../identity/api-key-actions.ts";
import { API_KEY_SCOPES, isApiKeyScope } from "../../identity/scope-catalogue.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withCommunityOption, withWorkspace } from "./session.ts";

/** `rekindle api-key …`: how services come in. */
export function registerApiKey(program: Command, terminal: Terminal): void {
  const keys = program.command("api-key").description("keys of services");
  withCommunityOption(keys.command("create"))
    .description("make a key for a service; it is shown this once")
    .argument("<name>", "what the service is called")
    .addOption(
      new Option("--scope <scope>", `what it may do, once for each: ${API_KEY_SCOPES.join(", ")}`)
        .argParser(addScope)
        .makeOptionMandatory(),
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  rekindle api-key create "web site" --scope events:write          for browsers: it may be public
  rekindle api-key create "course platform" --scope events:import  events of every kind, from a server
  rekindle api-key create shop --scope coupons:settle --scope events:import`,
    )
    .action(async (name: string, options: { community?: string; scope: readonly ApiKeyScope[]; json?: boolean }) => {
      await withWorkspace(terminal, async (workspace) => {
        const chosen = await chooseCommunity(workspace, options.community, terminal);
        const { id, key } = await workspace.db.transaction(chosen.id, (tx) =>
          createApiKey(tx, { name, scopes: options.scope }, workspace.clock()),
        );
        if (options.json) return terminal.printJson({ id, key, scopes: options.scope });
        terminal.print(key);
      });
    });
}

function addScope(text: string, before: readonly ApiKeyScope[] = []): readonly ApiKeyScope[] {
  if (!isApiKeyScope(text)) throw new InvalidArgumentError(`The scopes are ${API_KEY_SCOPES.join(", ")}.`);
  return [...before, text];
}
