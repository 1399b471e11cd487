import type { Id } from "../kernel/ids.ts";

/** What a post says, ready to be stored: read, rendered and sanitised. Only `composeText` of the community makes it. */
export interface PostText {
  readonly markdown: string;
  readonly html: string;
  /** Members whom it mentions. */
  readonly mentions: readonly Id[];
}
