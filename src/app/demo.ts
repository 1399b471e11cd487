import { allCommunities } from "../identity/community-queries.ts";
import { provisionCommunity } from "./provisioning.ts";
import type { Terminal } from "./terminal.ts";
import type { Workspace } from "./workspace.ts";

/** Makes the demo community where there is none at all yet. */
export async function ensureDemoCommunity(workspace: Workspace, terminal: Terminal): Promise<void> {
  const { db, clock } = workspace;
  if ((await allCommunities(db.system)).length > 0) return;
  terminal.note("First start: filling the demo community …");
  const demo = { slug: "demo", name: "拾光学堂 Learning Demo", locale: "zh-CN", timeZone: "Asia/Shanghai" } as const;
  await provisionCommunity(workspace, demo, clock());
}
