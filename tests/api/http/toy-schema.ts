import "reflect-metadata";
import { EventEmitter, on } from "node:events";
import { GraphQLError } from "graphql";
import {
  Arg,
  Args,
  ArgsType,
  Authorized,
  type BuildSchemaOptions,
  Ctx,
  createUnionType,
  Field,
  FieldResolver,
  Float,
  ID,
  Info,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
  Subscription,
  UseMiddleware,
} from "type-graphql";
import { Refusal } from "../../../src/kernel/refusal.ts";

/** A small community with one of everything that executors and wrappers may treat differently. */

export interface ToyContext {
  readonly viewer: string | null;
  readonly address: string;
  /** A new number for each context that was built. */
  readonly built: number;
}

const emitter = new EventEmitter().setMaxListeners(0);

export const pubSub = {
  publish: (topic: string, event: unknown) => {
    emitter.emit(topic, event);
  },
  subscribe(topic: string): AsyncIterable<unknown> {
    const events = on(emitter, topic);
    const unwrap = ({ done, value }: IteratorResult<unknown[]>) => ({ done, value: done ? undefined : value[0] });
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => unwrap(await events.next()),
        return: async () => unwrap(await events.return!()),
      }),
    } as AsyncIterable<unknown>;
  },
  listenerCount: (topic: string) => emitter.listenerCount(topic),
};

enum Mood {
  Calm = "calm",
  Keen = "keen",
}
registerEnumType(Mood, { name: "Mood" });

@InterfaceType({ resolveType: (value: Named) => (value instanceof Member ? "Member" : "Thread") })
abstract class Named {
  @Field(() => String)
  name!: string;
}

@ObjectType({ implements: Named })
class Member extends Named {
  @Field(() => ID)
  id!: string;

  @Field(() => Int)
  points!: number;

  @Field(() => Mood)
  mood!: Mood;

  @Field(() => Date)
  joinedAt!: Date;

  @Field(() => Float, { name: "share", nullable: true })
  fraction!: number | null;

  @Authorized()
  @Field(() => String, { nullable: true })
  secret!: string;

  @Field(() => String)
  shout(): string {
    return `${this.name}!`;
  }
}

@ObjectType({ implements: Named })
class Thread extends Named {
  @Field(() => ID)
  id!: string;

  @Field(() => [String])
  tags!: string[];

  @UseMiddleware(async (_data, next) => `[${await next()}]`)
  @Field(() => String)
  framed!: string;

  authorId!: string;
}

@ObjectType()
class ThreadEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Thread)
  node!: Thread;
}

@ObjectType()
class ThreadConnection {
  @Field(() => [ThreadEdge])
  edges!: ThreadEdge[];
  @Field(() => [Thread])
  nodes!: Thread[];
  @Field(() => Int)
  totalCount!: number;
}

const Found = createUnionType({
  name: "Found",
  types: () => [Member, Thread] as const,
  resolveType: (value) => ("points" in value ? "Member" : "Thread"),
});

@ArgsType()
class PageArgs {
  @Field(() => Int, { nullable: true })
  first?: number;
  @Field(() => String, { nullable: true })
  after?: string;
}

@InputType()
class RedeemInput {
  @Field(() => String)
  code!: string;
  @Field(() => [String], { nullable: true })
  notes?: string[];
}

@ObjectType()
class RedeemPayload {
  @Field(() => Int)
  attempts!: number;
}

const member = (id: number): Member =>
  Object.assign(new Member(), {
    id: String(id),
    name: `成员 ${id}`,
    points: id * 10,
    mood: id % 2 === 0 ? Mood.Calm : Mood.Keen,
    joinedAt: new Date(Date.UTC(2026, 0, 1 + id)),
    fraction: id % 3 === 0 ? null : id / 10,
    secret: `secret ${id}`,
  });

const thread = (id: number): Thread =>
  Object.assign(new Thread(), {
    id: String(id),
    name: `thread ${id}`,
    tags: ["a", "b"],
    framed: `f${id}`,
    authorId: String(id),
  });

function page(first = 20): ThreadConnection {
  const nodes = Array.from({ length: first }, (_, index) => thread(index + 1));
  return { nodes, edges: nodes.map((node) => ({ cursor: node.id, node })), totalCount: 1000 };
}

export const calls = { redeem: 0 };

@Resolver(() => Thread)
class ThreadResolver {
  @FieldResolver(() => Member)
  author(@Root() { authorId }: Thread): Member {
    return member(Number(authorId));
  }

  @FieldResolver(() => Int)
  async replyCount(@Root() root: Thread, @Ctx() ctx: ToyContext): Promise<number> {
    return Number(root.id) + (ctx.viewer === null ? 0 : 1);
  }

  @FieldResolver(() => String)
  seenAs(@Ctx() ctx: ToyContext, @Root() root: Thread, @Info() info: { fieldName: string }): string {
    return `${info.fieldName}:${root.id}:${ctx.viewer}`;
  }

  @FieldResolver(() => String)
  excerpt(@Root() root: Thread, @Arg("length", () => Int, { defaultValue: 3 }) length: number): string {
    return root.name.slice(0, length);
  }

  @Authorized("moderator")
  @FieldResolver(() => Int, { nullable: true })
  reports(@Root() root: Thread): number {
    return Number(root.id);
  }

  @FieldResolver(() => ThreadConnection)
  related(@Args(() => PageArgs) { first }: PageArgs): ThreadConnection {
    return page(Math.min(first ?? 2, 5));
  }
}

@Resolver()
class RootResolver {
  @Query(() => ThreadConnection)
  threads(@Args(() => PageArgs) { first, after }: PageArgs): ThreadConnection {
    if (after === "forged") throw new Refusal("input.invalid", { reason: "the cursor is not one of ours" }, "after");
    return page(Math.min(first ?? 20, 100));
  }

  @Query(() => [Found])
  found(): (Member | Thread)[] {
    return [member(1), thread(2), member(3)];
  }

  @Query(() => [Named])
  named(): Named[] {
    return [member(1), thread(2)];
  }

  @Query(() => Member, { nullable: true })
  member(@Arg("id", () => ID) id: string): Member | null {
    return id === "none" ? null : member(Number(id));
  }

  @Query(() => [Member])
  members(@Arg("ids", () => [ID]) ids: string[]): Member[] {
    return ids.map((id) => member(Number(id)));
  }

  @Query(() => String)
  bug(): string {
    throw Object.assign(new Error("Failed query: select secret_column from member\nparams: canary@example.com"), {
      query: "select secret_column from member",
    });
  }

  @Query(() => String, { nullable: true })
  maybeBug(): string {
    throw new Error("boom at secret_column");
  }

  @Query(() => String)
  nothing(): string {
    return null as unknown as string;
  }

  @Query(() => Int)
  notANumber(): number {
    return "canary@example.com" as unknown as number;
  }

  @Query(() => String)
  public(): string {
    throw new GraphQLError("wait", { extensions: { code: "RATE_LIMITED", leak: "internal" } });
  }

  @Authorized()
  @Query(() => String)
  mine(@Ctx() ctx: ToyContext): string {
    return `of ${ctx.viewer}`;
  }

  @Authorized("moderator")
  @Query(() => String)
  moderated(): string {
    return "yes";
  }

  @Query(() => Int)
  built(@Ctx() ctx: ToyContext): number {
    return ctx.built;
  }

  @Query(() => String)
  async slow(@Arg("ms", () => Int) ms: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return "done";
  }

  @Mutation(() => RedeemPayload)
  redeem(@Arg("input", () => RedeemInput) _input: RedeemInput): RedeemPayload {
    calls.redeem += 1;
    return { attempts: calls.redeem };
  }

  @Subscription(() => String, { topics: "posted" })
  posted(@Root() event: { title: string }, @Ctx() ctx: ToyContext): string {
    if (event.title === "bug") throw new Error("secret_column");
    return `${event.title} #${ctx.built} for ${ctx.viewer}`;
  }
}

export const toySchemaOptions: BuildSchemaOptions = {
  resolvers: [RootResolver, ThreadResolver],
  validate: false,
  pubSub,
  authChecker: ({ context }: { context: ToyContext }, roles) =>
    context.viewer !== null && (roles.length === 0 || roles.includes(context.viewer)),
};
