import { Field, Int, InterfaceType, ObjectType } from "type-graphql";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { Refusal } from "../../src/kernel/refusal.ts";
import { refusalMessage } from "./refusal-messages.ts";

@InterfaceType({
  description: "Why a mutation was refused. Nothing was changed. Ask for the variants' fields by `... on`.",
  resolveType: (error: UserError) => {
    if (error instanceof RevisionOutdatedError) return "RevisionOutdatedError";
    if (error instanceof PointsInsufficientError) return "PointsInsufficientError";
    return "RefusedError";
  },
})
export abstract class UserError {
  @Field(() => String, { description: "A stable code, such as `coupon.unknown`." })
  code!: string;

  @Field(() => String, { description: "What to tell the person, in the viewer's language." })
  message!: string;

  @Field(() => [String], { nullable: true, description: "The path of the input field at fault." })
  field!: string[] | null;
}

@ObjectType({ implements: UserError, description: "A refusal that its code and message explain." })
class RefusedError extends UserError {}

@ObjectType({
  implements: UserError,
  description: "The content changed since the caller saw it: show it again and ask again.",
})
class RevisionOutdatedError extends UserError {
  @Field(() => Int, { description: "The revision that the caller named." })
  seen!: number;

  @Field(() => Int, { description: "The revision that stands now." })
  current!: number;
}

@ObjectType({ implements: UserError, description: "The member has fewer coins than this takes." })
class PointsInsufficientError extends UserError {
  @Field(() => Int, { description: "The coins there are." })
  balance!: number;

  @Field(() => Int, { description: "The coins this takes." })
  needed!: number;
}

/** Presents a refusal in `locale`. */
export function toUserError(refusal: Refusal, locale: Locale): UserError {
  const common = {
    code: refusal.code,
    message: refusalMessage(refusal, locale),
    field: refusal.field === null ? null : ["input", ...refusal.field.split(".")],
  };
  switch (refusal.code) {
    case "revision.outdated":
      return Object.assign(new RevisionOutdatedError(), common, refusal.data);
    case "points.insufficient":
      return Object.assign(new PointsInsufficientError(), common, refusal.data);
    default:
      return Object.assign(new RefusedError(), common);
  }
}
