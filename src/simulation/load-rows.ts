import type { Locale, MemberRole } from "../../drizzle/tables/identity.ts";
import { renderMarkdown } from "../community/markdown-rules.ts";
import { readBody } from "../community/post-rules.ts";
import { readThread } from "../community/thread-rules.ts";
import { activitiesOf } from "../events/activity-actions.ts";
import type { NewEvent } from "../events/event-rules.ts";
import { isSentByClients } from "../events/tracking-plan-catalogue.ts";
import { assert, assertNever } from "../kernel/assert.ts";
import type { DomainEvent, PostKind, RecordedEvent, ThreadKind } from "../kernel/domain-events.ts";
import { type Id, importedId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { SimulationRecord } from "./records.ts";

/** Rows as the tables have them, without what every row shares. */
interface SpaceRow {
  readonly id: Id;
  readonly slug: string;
  readonly name: string;
  readonly kind: "course" | "topic";
  readonly createdAt: Instant;
}

interface MemberRow {
  readonly id: Id;
  /** The simulation's key: what issuers call them. */
  readonly subject: string;
  readonly displayName: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly role: MemberRole;
  readonly joinedAt: Instant;
}

interface ThreadRow {
  readonly id: Id;
  readonly spaceId: Id;
  readonly authorId: Id;
  readonly kind: ThreadKind;
  readonly title: string;
  readonly tags: readonly string[];
  readonly openingPostId: Id;
  readonly createdAt: Instant;
}

interface PostRow {
  readonly id: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly kind: PostKind;
  readonly parentId: Id | null;
  readonly markdown: string;
  readonly html: string;
  readonly createdAt: Instant;
}

interface VoteRow {
  readonly id: Id;
  readonly postId: Id;
  readonly memberId: Id;
  readonly value: 1 | -1;
  readonly castAt: Instant;
}

interface AcceptanceRow {
  readonly id: Id;
  readonly threadId: Id;
  readonly postId: Id;
  readonly acceptedById: Id;
  readonly acceptedAt: Instant;
}

/** What records came to, by table. */
export interface LoadRows {
  readonly spaces: SpaceRow[];
  readonly members: MemberRow[];
  readonly threads: ThreadRow[];
  readonly posts: PostRow[];
  readonly votes: VoteRow[];
  readonly acceptances: AcceptanceRow[];
  /** What members did and received, by the tracking plan. */
  readonly events: NewEvent[];
  /** The domain events that are recent enough to be told to the rest of the house. */
  readonly told: RecordedEvent[];
}

export interface ReadingOptions {
  readonly communityId: Id;
  readonly now: Instant;
  /** Domain events from then on are told through the outbox. */
  readonly tellFrom: Instant;
}

type RecordOf<Type extends SimulationRecord["type"]> = Extract<SimulationRecord, { type: Type }>;

interface KnownThread {
  readonly id: Id;
  readonly authorId: Id;
}

interface KnownPost {
  readonly id: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly kind: PostKind;
}

/**
 * Turns records into rows as the product itself would have written them: text read and rendered by the community's own rules, and
 * every domain event's meaning under the message ids that `recordActivity` gives. So a domain event that is told as well changes
 * nothing there. What the stream itself says of such events is passed over. Ids follow from the community and the keys.
 */
export class RecordReader {
  readonly #options: ReadingOptions;
  readonly #spaces = new Map<string, Id>();
  readonly #members = new Map<string, Id>();
  readonly #threads = new Map<string, KnownThread>();
  readonly #posts = new Map<string, KnownPost>();
  /** People of a simulation often say the same; rendering is the dearest part of loading. */
  readonly #rendered = new Map<string, string>();
  #rows = emptyRows();

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** The rows read since the last call. */
  take(): LoadRows {
    const taken = this.#rows;
    this.#rows = emptyRows();
    return taken;
  }

  memberId(key: string): Id {
    return known(this.#members, key);
  }

  read(record: SimulationRecord): void {
    switch (record.type) {
      case "community":
      case "course":
        break;
      case "space":
        this.#readSpace(record);
        break;
      case "member":
        this.#readMember(record);
        break;
      case "thread":
        this.#readThread(record);
        break;
      case "post":
        this.#readPost(record);
        break;
      case "vote":
        this.#readVote(record);
        break;
      case "acceptance":
        this.#readAcceptance(record);
        break;
      case "activity":
        this.#readActivity(record);
        break;
      default:
        assertNever(record, "record");
    }
  }

  #readSpace({ key, name, kind, createdAt }: RecordOf<"space">): void {
    const id = this.#id("space", key, createdAt);
    this.#spaces.set(key, id);
    this.#rows.spaces.push({ id, slug: key, name, kind, createdAt });
  }

  #readMember({ key, displayName, locale, timeZone, role, joinedAt }: RecordOf<"member">): void {
    const id = this.#id("member", key, joinedAt);
    this.#members.set(key, id);
    this.#rows.members.push({ id, subject: key, displayName, locale, timeZone, role, joinedAt });
    // The staff did not join: they opened the community.
    if (role === "member") this.#tell(key, { type: "member.joined", memberId: id }, joinedAt);
  }

  #readVote({ postKey, memberKey, value, castAt }: RecordOf<"vote">): void {
    const { id: postId, threadId, authorId, kind: postKind } = known(this.#posts, postKey);
    const key = `${postKey}/${memberKey}`;
    const voteId = this.#id("vote", key, castAt);
    const voterId = this.memberId(memberKey);
    this.#rows.votes.push({ id: voteId, postId, memberId: voterId, value, castAt });
    this.#tell(key, { type: "vote.cast", voteId, postId, threadId, voterId, authorId, postKind, value }, castAt);
  }

  #readAcceptance({ threadKey, postKey, memberKey, acceptedAt }: RecordOf<"acceptance">): void {
    const { id: postId, threadId, authorId: answererId } = known(this.#posts, postKey);
    const acceptanceId = this.#id("acceptance", threadKey, acceptedAt);
    const { authorId: askerId } = known(this.#threads, threadKey);
    const acceptedById = this.memberId(memberKey);
    this.#rows.acceptances.push({ id: acceptanceId, threadId, postId, acceptedById, acceptedAt });
    const told = { acceptanceId, threadId, postId, askerId, answererId, acceptedById };
    this.#tell(`${threadKey}/accepted`, { type: "answer.accepted", ...told }, acceptedAt);
  }

  #readActivity({ key, kind, memberKey, occurredAt, properties }: RecordOf<"activity">): void {
    if (!isSentByClients(kind)) return;
    this.#rows.events.push(this.#event(`simulation:${key}`, kind, this.memberId(memberKey), occurredAt, properties));
  }

  #readThread(record: RecordOf<"thread">): void {
    const { key, openingPostKey, kind, createdAt } = record;
    const { title, tags } = readThread(record);
    const id = this.#id("thread", key, createdAt);
    const openingPostId = this.#id("post", openingPostKey, createdAt);
    const spaceId = known(this.#spaces, record.spaceKey);
    const authorId = this.memberId(record.authorKey);
    this.#threads.set(key, { id, authorId });
    this.#rows.threads.push({ id, spaceId, authorId, kind, title, tags, openingPostId, createdAt });
    const opening = { id: openingPostId, threadId: id, authorId, kind: "opening" as const };
    this.#posts.set(openingPostKey, opening);
    this.#rows.posts.push({ ...opening, parentId: null, ...this.#body(record.bodyMarkdown), createdAt });
    this.#tell(key, { type: "thread.created", threadId: id, spaceId, authorId, openingPostId, kind }, createdAt);
  }

  #readPost(record: RecordOf<"post">): void {
    const { key, kind, parentKey, createdAt } = record;
    const thread = known(this.#threads, record.threadKey);
    const post = {
      id: this.#id("post", key, createdAt),
      threadId: thread.id,
      authorId: this.memberId(record.authorKey),
    };
    const parentId = parentKey === null ? null : known(this.#posts, parentKey).id;
    this.#posts.set(key, { ...post, kind });
    this.#rows.posts.push({ ...post, kind, parentId, ...this.#body(record.bodyMarkdown), createdAt });
    const { id: postId, threadId, authorId } = post;
    const people = { threadAuthorId: thread.authorId, authorId };
    this.#tell(key, { type: "post.created", postId, threadId, ...people, kind }, createdAt);
  }

  /** Records what a domain event means, and tells of it when it is recent. */
  #tell(key: string, event: DomainEvent, occurredAt: Instant): void {
    const id = this.#id("event", key, occurredAt);
    for (const { memberId, kind } of activitiesOf(event)) {
      this.#rows.events.push(this.#event(`${id}:${kind}`, kind, memberId, occurredAt, {}));
    }
    if (occurredAt < this.#options.tellFrom) return;
    this.#rows.told.push({ id, communityId: this.#options.communityId, occurredAt, event });
  }

  #event(
    messageId: string,
    kind: NewEvent["kind"],
    memberId: Id,
    occurredAt: Instant,
    properties: NewEvent["properties"],
  ): NewEvent {
    const receivedAt = this.#options.now;
    return { messageId, memberId, userId: null, anonymousId: null, kind, properties, occurredAt, receivedAt };
  }

  #body(text: string): { markdown: string; html: string } {
    const markdown = readBody(text);
    let html = this.#rendered.get(markdown);
    if (html === undefined) {
      html = renderMarkdown(markdown);
      this.#rendered.set(markdown, html);
    }
    return { markdown, html };
  }

  #id(kind: string, key: string, at: Instant): Id {
    return importedId(at, "simulation", this.#options.communityId, kind, key);
  }
}

function emptyRows(): LoadRows {
  return { spaces: [], members: [], threads: [], posts: [], votes: [], acceptances: [], events: [], told: [] };
}

function known<Value>(values: ReadonlyMap<string, Value>, key: string): Value {
  const value = values.get(key);
  assert(value !== undefined, `a record names ${key} after it came`);
  return value;
}
