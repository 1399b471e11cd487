import type { PostKind } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { numberedId } from "./stackexchange-id-rules.ts";

/** A question or answer that was imported, as what refers to it needs it. */
export interface ImportedPost {
  readonly id: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly kind: PostKind;
}

const findById = prepared<{ id: Id; threadId: Id; authorId: Id; kind: PostKind }>(
  "import_se_posts",
  `select id, thread_id as "threadId", author_id as "authorId", kind from posts
   where community_id = $1 and id = any($2::uuid[])`,
);

/** The questions and answers of these numbers that are there, by number. */
export async function findPosts(
  reader: Reader,
  site: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, ImportedPost>> {
  const numberOf = new Map([...new Set(numbers)].map((number) => [numberedId(site, "post", number), number]));
  const rows = await findById(reader, [reader.communityId, [...numberOf.keys()]]);
  return new Map(rows.map((post) => [numberOf.get(post.id)!, post]));
}
