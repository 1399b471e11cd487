import { Field, ID, InputType, Int, ObjectType } from "type-graphql";
import type { SpaceKind, SpacePostAccess, SpaceReadAccess } from "../../drizzle/tables/community.ts";
import type { SpaceSettings } from "../../src/community/space-rules.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { experienceFor } from "../../src/rewards/level-rules.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";
import { SpaceKindEnum, SpaceNode, SpacePostAccessEnum, SpaceReadAccessEnum } from "./space-type.ts";

/** Far beyond what anybody reaches, and within what a column holds. */
const LEVEL_MAX = 1_000;

/** What creating and changing a space have in common; what is left out begins as described, or stays. */
@InputType()
abstract class SpaceRulesInput {
  @Field(() => String, { nullable: true, description: "Plain text, up to 2,000 characters." })
  description?: string | null;

  @Field(() => SpaceReadAccessEnum, { nullable: true, description: "Who may look in; everyone, or the staff." })
  readAccess?: SpaceReadAccess | null;

  @Field(() => SpacePostAccessEnum, { nullable: true, description: "Who may post; all who may look in." })
  postAccess?: SpacePostAccess | null;

  @Field(() => String, { nullable: true, description: "The product that lets members in; null for none." })
  product?: string | null;

  @Field(() => String, { nullable: true, description: "The cohort of the product; null for any." })
  cohort?: string | null;

  @Field(() => Int, { nullable: true, description: "The level that it takes to look in; null for none." })
  readLevelMin?: number | null;

  @Field(() => Int, { nullable: true, description: "The level that it takes to post; null for none." })
  postLevelMin?: number | null;

  @Field(() => Int, { nullable: true, description: "How long a member waits between two posts; 0 for not at all." })
  slowModeSeconds?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether members may post without their names being shown to each other; false by default.",
  })
  anonymousPosting?: boolean | null;
}

@InputType({ description: "A new space." })
export class SpaceCreateInput extends SpaceRulesInput {
  @Field(() => String, { description: "The short name: 2 to 60 of a-z, 0-9 and “-”, once a community." })
  slug!: string;

  @Field(() => String, { description: "The name that people see, up to 100 characters." })
  name!: string;

  @Field(() => SpaceKindEnum, { description: "What it is about." })
  kind!: SpaceKind;
}

@InputType({ description: "What to change of a space; what is left out stays." })
export class SpaceUpdateInput extends SpaceRulesInput {
  @Field(() => ID, { description: "The space." })
  spaceId!: string;

  @Field(() => String, { nullable: true, description: "The name that people see, up to 100 characters." })
  name?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it takes no more threads and posts." })
  archived?: boolean | null;
}

@InputType({ description: "Whom to name, or no longer name, a moderator of a space." })
export class SpaceModeratorInput {
  @Field(() => ID, { description: "The space." })
  spaceId!: string;

  @Field(() => ID, { description: "The member." })
  memberId!: string;
}

@ObjectType({ description: "A space after what was done to it." })
export class SpacePayload implements Payload {
  @Field(() => SpaceNode, { nullable: true, description: "The space; null when refused." })
  space?: SpaceNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/**
 * The settings that an input names: null clears those that may be none, and is as good as left out for the others.
 * @throws Refusal `input.invalid` naming the level at fault.
 */
export function readRules(input: SpaceRulesInput): Partial<SpaceSettings> {
  return {
    ...(input.description == null ? {} : { description: input.description }),
    ...(input.readAccess == null ? {} : { readAccess: input.readAccess }),
    ...(input.postAccess == null ? {} : { postAccess: input.postAccess }),
    ...(input.product === undefined ? {} : { product: input.product }),
    ...(input.cohort === undefined ? {} : { cohort: input.cohort }),
    ...(input.readLevelMin === undefined ? {} : { readExperienceMin: readLevel(input.readLevelMin, "readLevelMin") }),
    ...(input.postLevelMin === undefined ? {} : { postExperienceMin: readLevel(input.postLevelMin, "postLevelMin") }),
    ...(input.anonymousPosting == null ? {} : { anonymousPosting: input.anonymousPosting }),
    ...(input.slowModeSeconds == null ? {} : { slowModeSeconds: input.slowModeSeconds }),
  };
}

function readLevel(level: number | null, field: string): number | null {
  if (level === null) return null;
  if (level < 1 || level > LEVEL_MAX) {
    throw new Refusal("input.invalid", { reason: `a level is 1 to ${LEVEL_MAX}` }, field);
  }
  return experienceFor(level);
}
