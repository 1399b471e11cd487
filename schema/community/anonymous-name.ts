import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { type Context, viewerOf } from "../context.ts";
import { LastReply, ThreadNode } from "./thread-type.ts";

/** What stands in the place of a name, in the caller's language. */
export function anonymousName(number: number | null, ctx: Context): string | null {
  if (number === null) return null;
  return viewerOf(ctx).locale === "zh-CN" ? `匿名 ${number}` : `Anonymous ${number}`;
}

@Resolver(() => ThreadNode)
export class AnonymousThreadResolver {
  @FieldResolver(() => String, { nullable: true, description: "Instead of its author's name; see Post.anonymousName." })
  anonymousName(@Root() thread: ThreadNode, @Ctx() ctx: Context): string | null {
    return anonymousName(thread.anonymousNumber, ctx);
  }
}

@Resolver(() => LastReply)
export class AnonymousReplyResolver {
  @FieldResolver(() => String, { nullable: true, description: "Instead of its author's name; see Post.anonymousName." })
  anonymousName(@Root() reply: LastReply, @Ctx() ctx: Context): string | null {
    return anonymousName(reply.anonymousNumber, ctx);
  }
}
