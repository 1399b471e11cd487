import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { extendEntitlement, grantEntitlement, revokeEntitlement } from "../../src/identity/entitlement-actions.ts";
import { type Entitlement, entitlementsByMember } from "../../src/identity/entitlement-queries.ts";
import { operates } from "../../src/identity/viewer.ts";
import { type Context, viewerOf } from "../context.ts";
import { defineLoader } from "../graphql/loader.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import {
  EntitlementExtendInput,
  EntitlementGrantInput,
  EntitlementNode,
  EntitlementPayload,
  EntitlementRevokeInput,
  toEntitlement,
} from "./entitlement-type.ts";
import { MeNode } from "./me-type.ts";
import { MemberNode } from "./member-type.ts";

const entitlementsLoader = defineLoader<string, Entitlement[]>(entitlementsByMember);

@Resolver(() => MemberNode)
export class MemberEntitlementsResolver {
  @FieldResolver(() => [EntitlementNode], {
    nullable: true,
    description: "What the member has or had, the latest granted first; null unless the caller operates the community.",
  })
  entitlements(@Root() member: MemberNode, @Ctx() ctx: Context): Promise<EntitlementNode[]> | null {
    return operates(viewerOf(ctx)) ? entitlementsOf(ctx, member.key) : null;
  }
}

@Resolver(() => MeNode)
export class MyEntitlementsResolver {
  @FieldResolver(() => [EntitlementNode], { description: "What the caller has or had, the latest granted first." })
  entitlements(@Root() _me: MeNode, @Ctx() ctx: Context): Promise<EntitlementNode[]> {
    return entitlementsOf(ctx, viewerOf(ctx).memberId);
  }
}

@Resolver()
export class EntitlementResolver {
  @Authorized("seller")
  @Mutation(() => EntitlementPayload, {
    description: "Gives a member what they bought, once a source and reference. For operators and the shop.",
  })
  entitlementGrant(
    @Arg("input", () => EntitlementGrantInput) input: EntitlementGrantInput,
    @Ctx() ctx: Context,
  ): Promise<EntitlementPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const { source, reference, product, cohort = null, startsAt = null, endsAt = null } = input;
      const memberId = readNodeId("Member", input.memberId, "memberId");
      const grant = { source, reference, memberId, product, cohort, startsAt, endsAt };
      return present(await grantEntitlement(tx, viewer, grant, ctx.now()), ctx);
    });
  }

  @Authorized("seller")
  @Mutation(() => EntitlementPayload, {
    description: "Moves the end of an entitlement, sooner or later. For operators and the shop.",
  })
  entitlementExtend(
    @Arg("input", () => EntitlementExtendInput) { source, reference, endsAt = null }: EntitlementExtendInput,
    @Ctx() ctx: Context,
  ): Promise<EntitlementPayload> {
    return mutate(ctx, async (tx, viewer) =>
      present(await extendEntitlement(tx, viewer, { source, reference, endsAt }, ctx.now()), ctx),
    );
  }

  @Authorized("seller")
  @Mutation(() => EntitlementPayload, {
    description: "Takes an entitlement back, such as for a refund; it ends at once. For operators and the shop.",
  })
  entitlementRevoke(
    @Arg("input", () => EntitlementRevokeInput) input: EntitlementRevokeInput,
    @Ctx() ctx: Context,
  ): Promise<EntitlementPayload> {
    return mutate(ctx, async (tx, viewer) => present(await revokeEntitlement(tx, viewer, input, ctx.now()), ctx));
  }
}

function present(entitlement: Entitlement, ctx: Context) {
  return { entitlement: toEntitlement(entitlement, ctx.now()) };
}

async function entitlementsOf(ctx: Context, memberId: string): Promise<EntitlementNode[]> {
  const entitlements = await ctx.load(entitlementsLoader, memberId);
  const now = ctx.now();
  return entitlements.map((entitlement) => toEntitlement(entitlement, now));
}
