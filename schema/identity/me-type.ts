import { Field, GraphQLISODateTime, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { ApiKeyScope, ConsentPurpose, Locale } from "../../drizzle/tables/identity.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";
import { ConsentPurposeEnum, LocaleEnum, MemberNode } from "./member-type.ts";

@ObjectType({ description: "A member's yes or no for a purpose." })
export class Consent {
  @Field(() => ConsentPurposeEnum, { description: "What for." })
  purpose!: ConsentPurpose;

  @Field(() => Boolean, { description: "Whether the member agreed." })
  granted!: boolean;

  @Field(() => GraphQLISODateTime, { description: "When they last said so." })
  changedAt!: Date;
}

@ObjectType("Community", { description: "The community that the caller's token or key belongs to." })
export class CommunityNode {
  @Field(() => String, { description: "The short name." })
  slug!: string;

  @Field(() => String, { description: "The name that people see." })
  name!: string;

  @Field(() => LocaleEnum, { description: "The language of members who name none." })
  locale!: Locale;

  @Field(() => String, { description: "The IANA time zone of members who name none." })
  timeZone!: string;
}

@ObjectType("Me", { description: "The caller, with what only they may see." })
export class MeNode {
  @Field(() => MemberNode, { description: "The caller as others see them." })
  member!: MemberNode;

  @Field(() => LocaleEnum, { description: "The language that messages and e-mails come in." })
  locale!: Locale;

  @Field(() => String, {
    description: "IANA time zone; quiet hours follow it at once, days from the next midnight on.",
  })
  timeZone!: string;

  @Field(() => Boolean, { description: "Whether the caller is suspended, and may read but not contribute." })
  suspended!: boolean;
}

@InputType({ description: "What to change; what is left out stays." })
export class MemberUpdateInput {
  @Field(() => String, { nullable: true, description: "1 to 80 characters." })
  displayName?: string | null;

  @Field(() => LocaleEnum, { nullable: true, description: "The language of messages and e-mails." })
  locale?: Locale | null;

  @Field(() => String, {
    nullable: true,
    description: "An IANA time zone such as Asia/Shanghai; days follow it once the day that has begun is over.",
  })
  timeZone?: string | null;
}

@ObjectType({ description: "The caller after the change." })
export class MemberUpdatePayload implements Payload {
  @Field(() => MeNode, { nullable: true, description: "The caller; null when refused." })
  me?: MeNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

@InputType({ description: "A yes or no for a purpose." })
export class ConsentSetInput {
  @Field(() => ConsentPurposeEnum, { description: "What for." })
  purpose!: ConsentPurpose;

  @Field(() => Boolean, { description: "Whether the caller agrees." })
  granted!: boolean;
}

@ObjectType({ description: "The caller's consents after the change." })
export class ConsentSetPayload implements Payload {
  @Field(() => [Consent], { nullable: true, description: "All recorded consents; null when refused." })
  consents?: Consent[] | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

enum ApiKeyScopeEnum {
  EVENTS_WRITE = "events:write",
  EVENTS_IMPORT = "events:import",
  COUPONS_SETTLE = "coupons:settle",
  ENTITLEMENTS_WRITE = "entitlements:write",
  OPERATE = "operate",
}
registerEnumType(ApiKeyScopeEnum, {
  name: "ApiKeyScope",
  description: "What a key may do. None includes another.",
  valuesConfig: {
    EVENTS_WRITE: {
      description: "Sends what clients see happen, of anybody. The one for browsers, where everybody can read it.",
    },
    EVENTS_IMPORT: {
      description: "Sends events of every kind, of anybody: for the platform's own server, which is believed.",
    },
    COUPONS_SETTLE: { description: "Holds coupons, and commits and releases those of members: for the shop." },
    ENTITLEMENTS_WRITE: { description: "Grants, extends and revokes what members have bought: for the shop." },
    OPERATE: { description: "Reads and does what operators may, except handling keys." },
  },
});

@InputType({ description: "A new key for a service." })
export class ApiKeyCreateInput {
  @Field(() => String, { description: "What the service is called, 1 to 80 characters." })
  name!: string;

  @Field(() => [ApiKeyScopeEnum], { description: "What it may do, one thing or more; it never changes." })
  scopes!: ApiKeyScope[];
}

@ObjectType({ description: "A new key. It is shown this once." })
export class ApiKeyCreatePayload implements Payload {
  @Field(() => ID, { nullable: true, description: "What to name when revoking it; null when refused." })
  apiKeyId?: string | null;

  @Field(() => String, { nullable: true, description: "The key itself: keep it now, only its hash is stored." })
  key?: string | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

@InputType({ description: "Which key to end." })
export class ApiKeyRevokeInput {
  @Field(() => ID, { description: "As `apiKeyCreate` returned it." })
  apiKeyId!: string;
}

@ObjectType({ description: "The end of a key." })
export class ApiKeyRevokePayload implements Payload {
  @Field(() => ID, { nullable: true, description: "The key that was revoked; null when refused." })
  apiKeyId?: string | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
