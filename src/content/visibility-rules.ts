import type { ContentState, SpaceKind } from "../../drizzle/tables/community.ts";
import { moderates, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";

/** What decides who sees a thread or a post. */
export interface Content {
  readonly state: ContentState;
  readonly authorId: Id;
}

/** Whether `viewer` may look into spaces of `kind`: staff spaces are the moderators'. */
export function maySeeSpace(kind: SpaceKind, viewer: Viewer): boolean {
  return kind !== "staff" || moderates(viewer);
}

/** Whether `viewer` sees `content` of a space they may look into: what is visible, their own, and moderators everything. */
export function maySee(content: Content, viewer: Viewer): boolean {
  return content.state === "visible" || content.authorId === viewer.memberId || moderates(viewer);
}
