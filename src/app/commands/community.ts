import { type Command, Option } from "commander";
import type { MemberRole } from "../../../drizzle/tables/identity.ts";
import { API_KEY_SCOPES } from "../../identity/scope-catalogue.ts";
import type { JsonOption, NewCommunityOptions, ProviderOptions, TokenOptions } from "../tasks/tend-communities.ts";
import type { Terminal } from "../terminal.ts";
import { addScope, readText, withCommunityOption } from "./arguments.ts";

const ROLES: readonly MemberRole[] = ["member", "moderator", "operator", "service"];

/** `rekindle community …`, `rekindle token`: tenants, and how their members come in. */
export function registerCommunity(program: Command, terminal: Terminal): void {
  const community = program.command("community").description("communities (tenants) of this installation");
  community
    .command("create")
    .description("create a community with default rules, badges and policy")
    .argument("<slug>", "its short name: a-z, 0-9 and -")
    .option("--name <name>", "the name that people see; the short name when left out")
    .addOption(
      new Option("--locale <locale>", "language of members who name none").choices(["en", "zh-CN"]).default("en"),
    )
    .option("--time-zone <zone>", "IANA time zone of members who name none", "UTC")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExample:\n  rekindle community create photo --name 摄影课堂 --locale zh-CN --time-zone Asia/Shanghai",
    )
    .action(async (slug: string, options: NewCommunityOptions) => {
      const { createCommunity } = await import("../tasks/tend-communities.ts");
      await createCommunity(slug, options, terminal);
    });
  community
    .command("list")
    .description("list communities, newest first")
    .option("--json", "print JSON")
    .action(async (options: JsonOption) => {
      const { listCommunities } = await import("../tasks/tend-communities.ts");
      await listCommunities(options, terminal);
    });
  withCommunityOption(community.command("trust"))
    .description("trust an OpenID provider's tokens in a community")
    .requiredOption("--issuer <url>", "the `iss` of its tokens")
    .requiredOption("--jwks <url>", "the address of its key set")
    .requiredOption("--audience <text>", "the `aud` of tokens for this API")
    .option("--role-claim <name>", "the claim that carries the role", "role")
    .action(async (options: ProviderOptions) => {
      const { trustIssuer } = await import("../tasks/tend-communities.ts");
      await trustIssuer(options, terminal);
    });
  withCommunityOption(program.command("token"))
    .description("make a token for trying things out (not in production)")
    .addOption(new Option("--role <role>", "whom it is for").choices(ROLES).default("member"))
    .option("--subject <id>", "whom it names; the role when left out", readText)
    .addOption(
      new Option("--scope <scope>", `what a service may do, once for each: ${API_KEY_SCOPES.join(", ")}`).argParser(
        addScope,
      ),
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  rekindle token --role operator\n  rekindle token --role service --scope coupons:settle",
    )
    .action(async (options: TokenOptions, command: Command) => {
      if ((options.role === "service") !== (options.scope !== undefined))
        command.error("error: a service's token needs --scope, and only a service's takes it");
      const { makeToken } = await import("../tasks/tend-communities.ts");
      await makeToken(options, terminal);
    });
}
