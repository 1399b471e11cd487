import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { SpaceKind, SpacePostAccess, SpaceReadAccess } from "../../drizzle/tables/community.ts";
import type { Space } from "../../src/community/space-queries.ts";
import type { SpaceAccess } from "../../src/content/space-access.ts";
import { levelOf } from "../../src/rewards/level-rules.ts";
import { connectionType } from "../graphql/connection.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum SpaceKindEnum {
  COURSE = "course",
  TOPIC = "topic",
  STAFF = "staff",
}
registerEnumType(SpaceKindEnum, {
  name: "SpaceKind",
  description: "What a space is about: a course, a topic, or matters for moderators only.",
  valuesConfig: { STAFF: { description: "Seen by moderators and operators only." } },
});

export enum SpaceReadAccessEnum {
  EVERYONE = "everyone",
  ENTITLED = "entitled",
  STAFF = "staff",
}
registerEnumType(SpaceReadAccessEnum, {
  name: "SpaceReadAccess",
  description: "Who may look into a space, beside its moderators.",
  valuesConfig: {
    EVERYONE: { description: "Every member." },
    ENTITLED: { description: "Who holds an entitlement to the space's product, and to its cohort where it names one." },
    STAFF: { description: "Moderators and operators only." },
  },
});

export enum SpacePostAccessEnum {
  READERS = "readers",
  ENTITLED = "entitled",
  MODERATORS = "moderators",
}
registerEnumType(SpacePostAccessEnum, {
  name: "SpacePostAccess",
  description: "Which of those who may look into a space may also post there, beside its moderators.",
  valuesConfig: {
    READERS: { description: "All of them." },
    ENTITLED: { description: "Who holds an entitlement to its product: others may read along." },
    MODERATORS: { description: "Nobody else: for announcements." },
  },
});

@ObjectType("Space", { implements: Node, description: "A place for threads: a course's, or a topic's." })
export class SpaceNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The short name in addresses." })
  slug!: string;

  @Field(() => String, { description: "The name that people see." })
  name!: string;

  @Field(() => SpaceKindEnum, { description: "What it is about." })
  kind!: SpaceKind;

  /** The space's own id, for field resolvers. */
  key!: string;
}

@ObjectType("SpaceRules", { description: "What a space is for, and what it asks of members." })
export class SpaceRulesNode {
  @Field(() => String, { description: "Plain text; may be empty." })
  description!: string;

  @Field(() => SpaceReadAccessEnum, { description: "Who may look in." })
  readAccess!: SpaceReadAccess;

  @Field(() => SpacePostAccessEnum, { description: "Who may post." })
  postAccess!: SpacePostAccess;

  @Field(() => String, { nullable: true, description: "The product that lets members in where access is `ENTITLED`." })
  product!: string | null;

  @Field(() => String, { nullable: true, description: "The cohort of the product; null for any." })
  cohort!: string | null;

  @Field(() => Int, { nullable: true, description: "The level that it takes to look in; null for none." })
  readLevelMin!: number | null;

  @Field(() => Int, { nullable: true, description: "The level that it takes to post; null for none." })
  postLevelMin!: number | null;

  @Field(() => Int, { description: "Slow mode: how long a member waits between two posts here; 0 for not at all." })
  slowModeSeconds!: number;

  @Field(() => Boolean, { description: "Whether members may post without their names being shown to each other." })
  anonymousPosting!: boolean;

  @Field(() => Boolean, { description: "Whether it takes no more threads and posts." })
  archived!: boolean;
}

@ObjectType("SpaceAccess", { description: "What the caller may do in a space." })
export class SpaceAccessNode {
  @Field(() => Boolean, { description: "Start threads and post, as far as slow mode lets them." })
  posts!: boolean;

  @Field(() => Boolean, { description: "Hide, restore and edit what others wrote here." })
  moderates!: boolean;
}

/** Presents a space. */
export function toSpaceNode(space: Pick<Space, "id" | "slug" | "name" | "kind">): SpaceNode {
  const node = new SpaceNode();
  node.id = nodeId("Space", space.id);
  node.slug = space.slug;
  node.name = space.name;
  node.kind = space.kind;
  node.key = space.id;
  return node;
}

/** Presents a space's rules: experience as the level that begins there. */
export function toSpaceRules(space: Space): SpaceRulesNode {
  const { description, readAccess, postAccess, product, cohort, slowModeSeconds, anonymousPosting } = space;
  return {
    description,
    readAccess,
    postAccess,
    product,
    cohort,
    readLevelMin: levelAt(space.readExperienceMin),
    postLevelMin: levelAt(space.postExperienceMin),
    slowModeSeconds,
    anonymousPosting,
    archived: space.archivedAt !== null,
  };
}

function levelAt(experience: number | null): number | null {
  return experience === null ? null : levelOf(experience).level;
}

/** Presents what the viewer may do in a space. */
export function toSpaceAccess({ posts, moderates }: SpaceAccess): SpaceAccessNode {
  return { posts, moderates };
}

export const SpaceConnection = connectionType("Space", () => SpaceNode);
