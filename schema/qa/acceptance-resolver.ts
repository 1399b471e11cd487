import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { acceptAnswer, unacceptAnswer } from "../../src/qa/acceptance-actions.ts";
import { threadInPayload } from "../community/community-loaders.ts";
import type { Context } from "../context.ts";
import { mutate, mutateOnce } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { AcceptancePayload, AnswerAcceptInput, AnswerUnacceptInput } from "./acceptance-type.ts";

@Resolver()
export class AcceptanceResolver {
  @Authorized()
  @Mutation(() => AcceptancePayload, { description: "Accepts an answer, or moves the acceptance to it." })
  answerAccept(
    @Arg("input", () => AnswerAcceptInput) input: AnswerAcceptInput,
    @Ctx() ctx: Context,
  ): Promise<AcceptancePayload> {
    return mutateOnce(
      ctx,
      "answerAccept",
      input,
      (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        const replacesPostId =
          input.replacesPostId == null ? null : readNodeId("Post", input.replacesPostId, "replacesPostId");
        return acceptAnswer(tx, viewer, { postId, replacesPostId }, ctx.now());
      },
      async (tx, { threadId }) => ({ thread: await threadInPayload(ctx, tx, threadId) }),
    );
  }

  @Authorized()
  @Mutation(() => AcceptancePayload, { description: "Takes an acceptance back, and with it what it earned." })
  answerUnaccept(
    @Arg("input", () => AnswerUnacceptInput) input: AnswerUnacceptInput,
    @Ctx() ctx: Context,
  ): Promise<AcceptancePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const postId = readNodeId("Post", input.postId, "postId");
      const { threadId } = await unacceptAnswer(tx, viewer, { postId }, ctx.now());
      return { thread: await threadInPayload(ctx, tx, threadId) };
    });
  }
}
