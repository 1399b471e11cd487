import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { closePoll, votePoll } from "../../src/community/poll-actions.ts";
import type { Context } from "../context.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { pollLoader, threadInPayload } from "./community-loaders.ts";
import { Poll, PollCloseInput, PollVoteInput, toPoll } from "./poll-type.ts";
import { ThreadNode, ThreadPayload } from "./thread-type.ts";

@Resolver(() => ThreadNode)
export class PollResolver {
  @FieldResolver(() => Poll, { nullable: true, description: "What it asks; null for a thread of another kind." })
  async poll(@Root() thread: ThreadNode, @Ctx() ctx: Context): Promise<Poll | null> {
    const poll = thread.kind === "poll" ? await ctx.load(pollLoader, thread.key) : null;
    return poll && toPoll(poll);
  }

  @Authorized()
  @Mutation(() => ThreadPayload, {
    description: "Votes in a poll, changes the vote, or takes it back, until the poll is closed.",
  })
  pollVote(@Arg("input", () => PollVoteInput) input: PollVoteInput, @Ctx() ctx: Context): Promise<ThreadPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const threadId = readNodeId("Thread", input.threadId, "threadId");
      await votePoll(tx, viewer, { ...input, threadId }, ctx.now());
      return { thread: await threadInPayload(ctx, tx, threadId) };
    });
  }

  @Authorized()
  @Mutation(() => ThreadPayload, { description: "Closes a poll of the caller's own before its time." })
  pollClose(@Arg("input", () => PollCloseInput) input: PollCloseInput, @Ctx() ctx: Context): Promise<ThreadPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const threadId = readNodeId("Thread", input.threadId, "threadId");
      await closePoll(tx, viewer, { threadId }, ctx.now());
      return { thread: await threadInPayload(ctx, tx, threadId) };
    });
  }
}
