import type { ContentState } from "../../drizzle/tables/community.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { SpaceAccess } from "./space-access.ts";

/** What decides who sees a thread or a post. */
export interface Content {
  readonly state: ContentState;
  readonly authorId: Id;
}

/** Whether `viewer` sees `content` of a space: once they may look in, what is visible, their own, and its moderators everything. */
export function maySee(content: Content, viewer: Viewer, access: SpaceAccess): boolean {
  return access.reads && (content.state === "visible" || content.authorId === viewer.memberId || access.moderates);
}
