import { type Command, Option } from "commander";
import { API_KEY_SCOPES } from "../../identity/scope-catalogue.ts";
import type { ApiKeyOptions } from "../tasks/make-api-key.ts";
import type { Terminal } from "../terminal.ts";
import { addScope, withCommunityOption } from "./arguments.ts";

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
    .action(async (name: string, options: ApiKeyOptions) => {
      const { makeApiKey } = await import("../tasks/make-api-key.ts");
      await makeApiKey(name, options, terminal);
    });
}
