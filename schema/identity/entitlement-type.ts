import { Field, GraphQLISODateTime, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import { type Entitlement, type EntitlementState, stateOf } from "../../src/identity/entitlement-queries.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";
import { nodeId } from "../graphql/node-id.ts";

enum EntitlementStateEnum {
  ACTIVE = "active",
  UPCOMING = "upcoming",
  ENDED = "ended",
  REVOKED = "revoked",
}
registerEnumType(EntitlementStateEnum, {
  name: "EntitlementState",
  description: "Whether an entitlement counts now.",
  valuesConfig: {
    ACTIVE: { description: "It does." },
    UPCOMING: { description: "It has yet to start." },
    ENDED: { description: "Its time is over." },
    REVOKED: { description: "It was taken back, such as by a refund." },
  },
});

@ObjectType("Entitlement", { description: "What a member has bought or was given, and until when." })
export class EntitlementNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => ID, { description: "Global id of the member." })
  memberId!: string;

  @Field(() => String, { description: "What was bought, as the shop calls it." })
  product!: string;

  @Field(() => String, { nullable: true, description: "The run of the product that the member belongs to." })
  cohort!: string | null;

  @Field(() => EntitlementStateEnum, { description: "Whether it counts now." })
  state!: EntitlementState;

  @Field(() => GraphQLISODateTime, { description: "From when it counts." })
  startsAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it ends; null for one that stays." })
  endsAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it was taken back." })
  revokedAt!: Date | null;

  @Field(() => String, { description: "Who granted it, such as `shop`." })
  source!: string;

  @Field(() => String, { description: "What they call it, such as an order line." })
  reference!: string;
}

/** Presents an entitlement. */
export function toEntitlement(entitlement: Entitlement, now: Instant): EntitlementNode {
  const { id, memberId, product, cohort, startsAt, endsAt, revokedAt, source, reference } = entitlement;
  return {
    id: nodeId("Entitlement", id),
    memberId: nodeId("Member", memberId),
    product,
    cohort,
    state: stateOf(entitlement, now),
    startsAt,
    endsAt,
    revokedAt,
    source,
    reference,
  };
}

@InputType()
abstract class ReceiptInput {
  @Field(() => String, { description: "Who granted it, such as `shop`; up to 200 characters." })
  source!: string;

  @Field(() => String, { description: "What they call it, such as an order line; up to 200 characters." })
  reference!: string;
}

@InputType({ description: "What a member has bought. A source and reference grant once, however often they are sent." })
export class EntitlementGrantInput extends ReceiptInput {
  @Field(() => ID, { description: "The member." })
  memberId!: string;

  @Field(() => String, { description: "What was bought, as spaces name it; up to 200 characters." })
  product!: string;

  @Field(() => String, { nullable: true, description: "The run of the product that the member belongs to." })
  cohort?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "From when it counts; from now when left out." })
  startsAt?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it ends; never when left out." })
  endsAt?: Date | null;
}

@InputType({ description: "Which entitlement to move the end of." })
export class EntitlementExtendInput extends ReceiptInput {
  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it ends, sooner or later; null for never." })
  endsAt!: Date | null;
}

@InputType({ description: "Which entitlement to take back." })
export class EntitlementRevokeInput extends ReceiptInput {
  @Field(() => String, { description: "Why, such as a refund; up to 1,000 characters." })
  reason!: string;
}

@ObjectType({ description: "An entitlement after what was done to it." })
export class EntitlementPayload implements Payload {
  @Field(() => EntitlementNode, { nullable: true, description: "The entitlement; null when refused." })
  entitlement?: EntitlementNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
