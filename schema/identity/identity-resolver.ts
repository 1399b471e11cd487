import { Arg, Authorized, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { createApiKey, revokeApiKey } from "../../src/identity/api-key-actions.ts";
import { communityById } from "../../src/identity/community-queries.ts";
import { setConsent, updateMember } from "../../src/identity/member-actions.ts";
import { consentsOf, memberById } from "../../src/identity/member-queries.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import type { Reader } from "../../src/platform/database/database.ts";
import { type Context, viewerOf } from "../context.ts";
import { mutate } from "../graphql/mutate.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";
import {
  ApiKeyCreateInput,
  ApiKeyCreatePayload,
  ApiKeyRevokeInput,
  ApiKeyRevokePayload,
  CommunityNode,
  Consent,
  ConsentSetInput,
  ConsentSetPayload,
  MemberUpdateInput,
  MemberUpdatePayload,
  MeNode,
} from "./me-type.ts";
import { memberLoader } from "./member-loaders.ts";
import { MemberNode, toMemberNode } from "./member-type.ts";

@Resolver()
export class IdentityResolver {
  @Authorized()
  @Query(() => MeNode, { description: "The caller." })
  me(@Ctx() ctx: Context): Promise<MeNode> {
    return ctx.read((reader) => meOf(reader, viewerOf(ctx).memberId));
  }

  @Authorized()
  @Query(() => CommunityNode, { description: "The caller's community." })
  async community(@Ctx() ctx: Context): Promise<CommunityNode> {
    const community = await communityById(ctx.services.db.system, viewerOf(ctx).communityId);
    assert(community, "a viewer's community exists");
    return community;
  }

  @Authorized()
  @Query(() => MemberNode, { nullable: true, description: "A member of the caller's community." })
  async member(
    @Arg("id", () => ID, { description: "The member's global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<MemberNode | null> {
    const member = await ctx.load(memberLoader, readNodeId("Member", id, "id"));
    return member === null ? null : toMemberNode(member);
  }

  @Authorized()
  @Query(() => [Consent], {
    description: "What the caller has agreed or not agreed to; purposes never asked are absent.",
  })
  consents(@Ctx() ctx: Context): Promise<Consent[]> {
    return ctx.read((reader) => consentsOf(reader, viewerOf(ctx).memberId));
  }

  @Authorized()
  @Mutation(() => MemberUpdatePayload, { description: "Changes how the caller is shown and spoken to." })
  memberUpdate(
    @Arg("input", () => MemberUpdateInput) input: MemberUpdateInput,
    @Ctx() ctx: Context,
  ): Promise<MemberUpdatePayload> {
    return mutate(ctx, async (tx, viewer) => {
      await updateMember(tx, viewer.memberId, input, ctx.now());
      return { me: await meOf(tx, viewer.memberId) };
    });
  }

  @Authorized()
  @Mutation(() => ConsentSetPayload, {
    description: "Records the caller's yes or no; it counts from the next decision on.",
  })
  consentSet(
    @Arg("input", () => ConsentSetInput) input: ConsentSetInput,
    @Ctx() ctx: Context,
  ): Promise<ConsentSetPayload> {
    return mutate(ctx, async (tx, viewer) => {
      await setConsent(tx, { memberId: viewer.memberId, purpose: input.purpose, granted: input.granted }, ctx.now());
      return { consents: await consentsOf(tx, viewer.memberId) };
    });
  }

  @Authorized("operator")
  @Mutation(() => ApiKeyCreatePayload, { description: "Makes a key for a service. The key is shown this once." })
  apiKeyCreate(
    @Arg("input", () => ApiKeyCreateInput) input: ApiKeyCreateInput,
    @Ctx() ctx: Context,
  ): Promise<ApiKeyCreatePayload> {
    return mutate(ctx, async (tx, viewer) => {
      assertHandlesKeys(viewer);
      const { id, key } = await createApiKey(tx, input, ctx.now());
      return { apiKeyId: nodeId("ApiKey", id), key };
    });
  }

  @Authorized("operator")
  @Mutation(() => ApiKeyRevokePayload, { description: "Ends a key; within five seconds nobody gets in with it." })
  apiKeyRevoke(
    @Arg("input", () => ApiKeyRevokeInput) input: ApiKeyRevokeInput,
    @Ctx() ctx: Context,
  ): Promise<ApiKeyRevokePayload> {
    return mutate(ctx, async (tx, viewer) => {
      assertHandlesKeys(viewer);
      await revokeApiKey(tx, readNodeId("ApiKey", input.apiKeyId, "apiKeyId"), ctx.now());
      return { apiKeyId: input.apiKeyId };
    });
  }
}

/** People only: a leaked key must not make others that outlive it, nor end those of other services. */
function assertHandlesKeys(viewer: Viewer): void {
  if (viewer.role !== "operator") throw new Refusal("not-allowed", { what: "handle API keys" });
}

async function meOf(reader: Reader, memberId: Id): Promise<MeNode> {
  const member = await memberById(reader, memberId);
  assert(member, "a viewer is a member");
  return {
    member: toMemberNode(member),
    locale: member.locale,
    timeZone: member.timeZone,
    suspended: member.suspendedAt !== null,
  };
}
