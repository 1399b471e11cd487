import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { SpaceKind } from "../../drizzle/tables/community.ts";
import type { Space } from "../../src/community/space-queries.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
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
}

/** Presents a space. */
export function toSpaceNode(space: Pick<Space, "id" | "slug" | "name" | "kind">): SpaceNode {
  const node = new SpaceNode();
  node.id = nodeId("Space", space.id);
  node.slug = space.slug;
  node.name = space.name;
  node.kind = space.kind;
  return node;
}

export const SpaceConnection = connectionType("Space", () => SpaceNode);

@InputType({ description: "A new space." })
export class SpaceCreateInput {
  @Field(() => String, { description: "The short name: 2 to 60 of a-z, 0-9 and “-”, once a community." })
  slug!: string;

  @Field(() => String, { description: "The name that people see, up to 100 characters." })
  name!: string;

  @Field(() => SpaceKindEnum, { description: "What it is about." })
  kind!: SpaceKind;
}

@ObjectType({ description: "The space that was created." })
export class SpaceCreatePayload implements Payload {
  @Field(() => SpaceNode, { nullable: true, description: "The space; null when refused." })
  space?: SpaceNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
