import type { ApiKeyScope, Locale, MemberRole } from "../../../drizzle/tables/identity.ts";
import { allCommunities } from "../../identity/community-queries.ts";
import { trustProvider } from "../../identity/provider-actions.ts";
import { provisionCommunity } from "../provisioning.ts";
import type { Terminal } from "../terminal.ts";
import { chooseCommunity, withWorkspace } from "./session.ts";

export interface JsonOption {
  readonly json?: boolean;
}

export interface NewCommunityOptions extends JsonOption {
  readonly name?: string;
  readonly locale: Locale;
  readonly timeZone: string;
}

export interface ProviderOptions {
  readonly community?: string;
  readonly issuer: string;
  readonly jwks: string;
  readonly audience: string;
  readonly roleClaim: string;
}

export interface TokenOptions extends JsonOption {
  readonly community?: string;
  readonly role: MemberRole;
  readonly subject?: string;
  /** Of a service, and of nobody else. */
  readonly scope?: readonly ApiKeyScope[];
}

export async function createCommunity(slug: string, options: NewCommunityOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const { name = slug, locale, timeZone } = options;
    const created = await provisionCommunity(workspace, { slug, name, locale, timeZone }, workspace.clock());
    if (options.json) return terminal.printJson({ id: created, slug });
    const next = workspace.config.production
      ? `Let its members in: rekindle community trust --community ${slug} --issuer … --jwks … --audience …`
      : `A token for it: rekindle token --community ${slug} --role operator`;
    terminal.print(`Created community ${slug}. ${next}`);
  });
}

/** Communities, newest first. */
export async function listCommunities(options: JsonOption, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async ({ db }) => {
    const all = await allCommunities(db.system);
    if (options.json) return terminal.printJson(all);
    terminal.printTable(
      ["short name", "name", "language", "time zone", "created"],
      all.map((each) => [each.slug, each.name, each.locale, each.timeZone, each.createdAt.toISOString()]),
    );
  });
}

/** Lets members of an OpenID provider into a community. */
export async function trustIssuer(options: ProviderOptions, terminal: Terminal): Promise<void> {
  const { issuer, jwks: jwksUri, audience, roleClaim } = options;
  await withWorkspace(terminal, async (workspace) => {
    const chosen = await chooseCommunity(workspace, options.community, terminal);
    const { production } = workspace.config;
    await workspace.db.transaction(chosen.id, (tx) =>
      trustProvider(tx, { issuer, jwksUri, audience, roleClaim }, { production }, workspace.clock()),
    );
    terminal.print(`Community ${chosen.slug} trusts ${issuer} within a minute.`);
  });
}

/** Makes a token for trying things out. */
export async function makeToken({ role, subject = role, ...options }: TokenOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const chosen = await chooseCommunity(workspace, options.community, terminal);
    const person = { communitySlug: chosen.slug, subject, name: subject, role, scopes: options.scope };
    const token = await workspace.secrets.developmentToken(person, workspace.clock());
    if (token !== null) return options.json ? terminal.printJson({ token }) : terminal.print(token);
    terminal.complain("Production makes no tokens: they come from the provider named by `rekindle community trust`.");
    terminal.exitCode = 1;
  });
}
