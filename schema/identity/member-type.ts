import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { MemberRole } from "../../drizzle/tables/identity.ts";
import type { Member } from "../../src/identity/member-queries.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum MemberRoleEnum {
  MEMBER = "member",
  MODERATOR = "moderator",
  OPERATOR = "operator",
  SERVICE = "service",
}
registerEnumType(MemberRoleEnum, {
  name: "MemberRole",
  description:
    "What a member may do: moderators decide on content, operators run the community, services are programs.",
});

export enum LocaleEnum {
  EN = "en",
  ZH_CN = "zh-CN",
}
registerEnumType(LocaleEnum, { name: "Locale", description: "A language that Rekindle speaks." });

export enum ConsentPurposeEnum {
  NUDGES = "nudges",
  EMAIL = "email",
}
registerEnumType(ConsentPurposeEnum, { name: "ConsentPurpose", description: "What a member can consent to." });

@ObjectType({ description: "What a member has earned." })
export class Points {
  @Field(() => Int, { description: "Experience: grows, and never falls when coins are spent." })
  experience!: number;

  @Field(() => Int, { description: "Level reached by experience." })
  level!: number;
}

/** What anyone in the community may know of a member. `points` is on rows of look-ahead joins, and loaded for others. */
@ObjectType("Member", { implements: Node, description: "A member of the community, as others see them." })
export class MemberNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The name that others see." })
  displayName!: string;

  @Field(() => MemberRoleEnum, { description: "Whether they moderate or operate." })
  role!: MemberRole;

  @Field(() => GraphQLISODateTime, { description: "When they joined." })
  joinedAt!: Date;

  /** The member's own id, for field resolvers. */
  key!: string;

  /** Set where the row came with it; see `MemberPointsResolver`. */
  knownPoints?: Points;
}

/** Presents a member. */
export function toMemberNode(
  member: Pick<Member, "id" | "displayName" | "role" | "joinedAt">,
  knownPoints?: Points,
): MemberNode {
  const node = new MemberNode();
  node.id = nodeId("Member", member.id);
  node.key = member.id;
  node.displayName = member.displayName;
  node.role = member.role;
  node.joinedAt = member.joinedAt;
  if (knownPoints !== undefined) node.knownPoints = knownPoints;
  return node;
}
