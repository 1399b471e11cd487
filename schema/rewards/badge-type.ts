import { Field, GraphQLISODateTime, ID, ObjectType } from "type-graphql";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { HeldBadge } from "../../src/rewards/badge-queries.ts";
import { nodeId } from "../graphql/node-id.ts";

@ObjectType("Badge", { description: "A badge that a member has." })
export class BadgeNode {
  @Field(() => ID, { description: "Global id of the award." })
  id!: string;

  @Field(() => String, { description: "What the badge is called in rules." })
  key!: string;

  @Field(() => String, { description: "What people call it, in the viewer's language." })
  title!: string;

  @Field(() => GraphQLISODateTime, { description: "When it was awarded." })
  awardedAt!: Date;
}

/** Presents a badge in `locale`. */
export function toBadge(badge: HeldBadge, locale: Locale): BadgeNode {
  return {
    id: nodeId("BadgeAward", badge.id),
    key: badge.badgeKey,
    title: badge.title[locale],
    awardedAt: badge.awardedAt,
  };
}
