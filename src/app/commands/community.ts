import { type Command, Option } from "commander";
import type { Locale, MemberRole } from "../../../drizzle/tables/identity.ts";
import { allCommunities } from "../../identity/community-queries.ts";
import { trustProvider } from "../../identity/provider-actions.ts";
import { provisionCommunity } from "../provisioning.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withCommunityOption, withWorkspace } from "./session.ts";

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
    .action(async (slug: string, options: { name?: string; locale: Locale; timeZone: string; json?: boolean }) => {
      await withWorkspace(terminal, async (workspace) => {
        const created = await provisionCommunity(
          workspace,
          { slug, name: options.name ?? slug, locale: options.locale, timeZone: options.timeZone },
          workspace.clock(),
        );
        if (options.json) return terminal.printJson({ id: created, slug });
        terminal.print(`Created community ${slug}. A token for it: rekindle token --community ${slug} --role operator`);
      });
    });
  community
    .command("list")
    .description("list communities, newest first")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean }) => {
      await withWorkspace(terminal, async ({ db }) => {
        const all = await allCommunities(db.system);
        if (options.json) return terminal.printJson(all);
        terminal.printTable(
          ["short name", "name", "language", "time zone", "created"],
          all.map((each) => [each.slug, each.name, each.locale, each.timeZone, each.createdAt.toISOString()]),
        );
      });
    });
  withCommunityOption(community.command("trust"))
    .description("trust an OpenID provider's tokens in a community")
    .requiredOption("--issuer <url>", "the `iss` of its tokens")
    .requiredOption("--jwks <url>", "the address of its key set")
    .requiredOption("--audience <text>", "the `aud` of tokens for this API")
    .option("--role-claim <name>", "the claim that carries the role", "role")
    .action(
      async (options: { community?: string; issuer: string; jwks: string; audience: string; roleClaim: string }) => {
        await withWorkspace(terminal, async (workspace) => {
          const chosen = await chooseCommunity(workspace, options.community, terminal);
          const provider = {
            issuer: options.issuer,
            jwksUri: options.jwks,
            audience: options.audience,
            roleClaim: options.roleClaim,
          };
          const { production } = workspace.config;
          await workspace.db.transaction(chosen.id, (tx) =>
            trustProvider(tx, provider, { production }, workspace.clock()),
          );
          terminal.print(`Community ${chosen.slug} trusts ${options.issuer} within a minute.`);
        });
      },
    );
  withCommunityOption(program.command("token"))
    .description("make a token for trying things out (not in production)")
    .addOption(
      new Option("--role <role>", "what it may do").choices(["member", "moderator", "operator"]).default("member"),
    )
    .option("--subject <id>", "whom it names; the role when left out")
    .option("--json", "print JSON")
    .action(async (options: { community?: string; role: MemberRole; subject?: string; json?: boolean }) => {
      await withWorkspace(terminal, async (workspace) => {
        const chosen = await chooseCommunity(workspace, options.community, terminal);
        const subject = options.subject ?? options.role;
        const person = { communitySlug: chosen.slug, subject, name: subject, role: options.role };
        const token = await workspace.secrets.developmentToken(person, workspace.clock());
        if (token !== null) return options.json ? terminal.printJson({ token }) : terminal.print(token);
        terminal.complain(
          "Production makes no tokens: they come from the provider named by `rekindle community trust`.",
        );
        terminal.exitCode = 1;
      });
    });
}
