import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { createPost, deletePost, editPost } from "../../src/community/post-actions.ts";
import { postKey } from "../../src/community/post-queries.ts";
import { undeletePost } from "../../src/community/undeletion-actions.ts";
import { castVote, removeVote } from "../../src/community/vote-actions.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { anonymousName } from "./anonymous-name.ts";
import { postInPayload, postLoader, repliesLoader, threadLoader } from "./community-loaders.ts";
import { PostCreateInput, PostDeleteInput, PostEditInput, VoteCastInput, VoteRemoveInput } from "./post-inputs.ts";
import { PostConnection, PostNode, PostPayload, toPostNode } from "./post-type.ts";
import { announced } from "./thread-activity.ts";
import { ThreadNode, toThreadNode } from "./thread-type.ts";

@Resolver(() => PostNode)
export class PostResolver {
  @Authorized()
  @Query(() => PostNode, { nullable: true, description: "A post; null when there is none that the caller sees." })
  async post(
    @Arg("id", () => ID, { description: "The post's global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<PostNode | null> {
    const post = await ctx.load(postLoader, readNodeId("Post", id, "id"));
    return post && toPostNode(post);
  }

  @FieldResolver(() => ThreadNode, { nullable: true, description: "The thread it belongs to." })
  async thread(@Root() post: PostNode, @Ctx() ctx: Context): Promise<ThreadNode | null> {
    const thread = await ctx.load(threadLoader, post.threadKey);
    return thread && toThreadNode(thread);
  }

  @FieldResolver(() => PostConnection, {
    description:
      "Replies to it and comments on it, in the order they were written. They are in the thread's posts as well.",
  })
  async replies(
    @Root() post: PostNode,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<PostNode>> {
    const page = await ctx.load(repliesLoader, { ownerId: post.key, request: readPageRequest(args, 2, "reply") });
    return toConnection(page, toPostNode, postKey, "reply");
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "Instead of the author's name, for a post without one: the same for all that they post so in this thread.",
  })
  anonymousName(@Root() post: PostNode, @Ctx() ctx: Context): string | null {
    return anonymousName(post.anonymousNumber, ctx);
  }

  @Authorized()
  @Mutation(() => PostPayload, { description: "Replies, answers or comments." })
  postCreate(@Arg("input", () => PostCreateInput) input: PostCreateInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const threadId = readNodeId("Thread", input.threadId, "threadId");
        const parentId = input.parentId == null ? null : readNodeId("Post", input.parentId, "parentId");
        const { postId } = await createPost(tx, viewer, { ...input, threadId, parentId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description: "Changes what a post of the caller's own says, for 30 days. Earlier texts are kept.",
  })
  postEdit(@Arg("input", () => PostEditInput) input: PostEditInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await editPost(tx, viewer, { ...input, postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description: "Takes back a post of the caller's own; an opening post without replies takes its thread along.",
  })
  postDelete(@Arg("input", () => PostDeleteInput) input: PostDeleteInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await deletePost(tx, viewer, { postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description:
      "Takes back the caller's own deletion of a post, within 24 hours; with an opening post its thread returns.",
  })
  postUndelete(@Arg("input", () => PostDeleteInput) input: PostDeleteInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await undeletePost(tx, viewer, { postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, { description: "Votes on somebody else's post, or changes the vote." })
  voteCast(@Arg("input", () => VoteCastInput) input: VoteCastInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const postId = readNodeId("Post", input.postId, "postId");
      await castVote(tx, viewer, { ...input, postId }, ctx.now());
      return { post: await postInPayload(ctx, tx, postId) };
    });
  }

  @Authorized()
  @Mutation(() => PostPayload, { description: "Takes back the caller's vote; without one nothing changes." })
  voteRemove(@Arg("input", () => VoteRemoveInput) input: VoteRemoveInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const postId = readNodeId("Post", input.postId, "postId");
      await removeVote(tx, viewer, { postId }, ctx.now());
      return { post: await postInPayload(ctx, tx, postId) };
    });
  }
}
