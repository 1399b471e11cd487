import type { ApiKeyScope, MemberRole } from "../../drizzle/tables/identity.ts";
import { allCommunities } from "../identity/community-queries.ts";
import type { Terminal } from "./terminal.ts";
import type { Workspace } from "./workspace.ts";

const ROLES: readonly MemberRole[] = ["member", "moderator", "operator", "service"];

/** The platform's server and its shop in one: enough for the tour. */
const SERVICE_SCOPES: readonly ApiKeyScope[] = ["events:import", "coupons:settle"];

/** Tells where everything is, and gives a token for each role to try it with. */
export async function printWelcome(
  workspace: Workspace,
  address: string,
  upSeconds: number,
  terminal: Terminal,
): Promise<void> {
  const { config, db, secrets, clock } = workspace;
  terminal.print(`\nRekindle is ready after ${upSeconds.toFixed(1)} s.\n`);
  terminal.print(`  Start page  ${address}/`);
  terminal.print(`  GraphQL     ${address}/graphql`);
  if (config.graphiql) terminal.print(`  GraphiQL    ${address}/graphiql`);
  terminal.print(`  Events      ${address}/v1/batch`);
  const [first] = (await allCommunities(db.system)).reverse();
  if (!config.production && first !== undefined) {
    terminal.print(`\nTokens for the community “${first.slug}” (Authorization: Bearer …):\n`);
    for (const role of ROLES) {
      const scopes = role === "service" ? SERVICE_SCOPES : undefined;
      const person = { communitySlug: first.slug, subject: role, name: role, role, scopes };
      terminal.print(`  ${role.padEnd(10)}  ${await secrets.developmentToken(person, clock())}`);
    }
  }
  terminal.print("\nStop with Ctrl-C. The tour: docs/tour.md");
}
