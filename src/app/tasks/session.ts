import { allCommunities, type Community, communityBySlug } from "../../identity/community-queries.ts";
import { type Day, dayIn } from "../../kernel/calendar.ts";
import { type Instant, systemClock } from "../../kernel/instant.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { loadConfig } from "../configuration.ts";
import type { Terminal } from "../terminal.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";

/** What commands take that work as of a day. */
export interface DayOptions {
  readonly community?: string;
  readonly asOf?: Day;
  readonly json?: boolean;
}

/** Runs a command on this installation's database: the running server's, or one brought up for as long as it takes. */
export async function withWorkspace<T>(terminal: Terminal, act: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await openWorkspace({
    config: loadConfig(),
    clock: systemClock,
    applicationName: "rekindle-command",
    onProgress: (message) => terminal.note(message),
  });
  try {
    return await act(workspace);
  } finally {
    await workspace.close();
  }
}

/** The community that a command is about. @throws Refusal `not-found`. */
export async function chooseCommunity(
  workspace: Workspace,
  slug: string | undefined,
  terminal: Terminal,
): Promise<Community> {
  if (slug !== undefined) {
    const named = await communityBySlug(workspace.db.system, slug);
    if (named === null) throw new Refusal("not-found", { what: "community", id: slug }, "--community");
    return named;
  }
  const [newest, ...others] = await allCommunities(workspace.db.system);
  if (newest === undefined) {
    throw new Refusal("not-found", {
      what: "community: create one with `rekindle community create`, or import one",
      id: "",
    });
  }
  if (others.length > 0) terminal.note(`Community: ${newest.slug} (the newest; choose another with --community)`);
  return newest;
}

/** Refuses a day that the community has not reached: what is asked of it cannot be known. @throws Refusal `input.invalid`. */
export function assertNotAhead(asOf: Day | undefined, { timeZone }: Community, now: Instant): void {
  const today = dayIn(timeZone, now);
  if (asOf === undefined || asOf <= today) return;
  const reason = `${asOf} is still to come; give a day up to today, ${today}, or leave it out`;
  throw new Refusal("input.invalid", { reason }, "--as-of");
}
