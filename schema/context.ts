import DataLoader from "dataloader";
import type { Locale } from "../drizzle/tables/identity.ts";
import type { Viewer } from "../src/identity/viewer.ts";
import type { Id } from "../src/kernel/ids.ts";
import type { Clock, Instant } from "../src/kernel/instant.ts";
import type { Crypto } from "../src/platform/crypto.ts";
import type { Database, Reader } from "../src/platform/database/database.ts";
import type { PubSub } from "../src/platform/pubsub.ts";
import type { RateLimiter } from "../src/platform/rate-limiter.ts";
import type { LoaderDefinition } from "./graphql/loader.ts";

/** What the process gives every request. */
export interface Services {
  readonly db: Database;
  readonly crypto: Crypto;
  readonly pubSub: PubSub;
  /** Counts wrong coupon codes; made with `GUESS_LIMIT` of `schema/coupons/guess-limits.ts`. */
  readonly guessLimiter: RateLimiter;
  readonly clock: Clock;
  /**
   * Asks the workers to run a stage of the pipeline for a community as soon as they can.
   * @throws Refusal `not-found` for a stage that there is not.
   */
  readonly enqueueStage: (communityId: Id, stage: string) => Promise<void>;
}

/** One request: who asks, and the means to answer. A plain object, because Apollo clones it. */
export interface Context {
  readonly services: Services;
  /** Null for anonymous requests, which reach the short public list only. */
  readonly viewer: Viewer | null;
  /** The language in which what is refused is worded. */
  readonly locale: Locale;
  /** The client's address as the trusted proxies tell it. */
  readonly address: string;
  now(): Instant;
  /** Runs a read of the viewer's community. */
  read<T>(read: (reader: Reader) => Promise<T>): Promise<T>;
  /** Loads one value through this request's batch loader for `definition`. */
  load<Key, Value>(definition: LoaderDefinition<Key, Value>, key: Key): Promise<Value>;
  /** Forgets what was loaded; called after each mutation so that payloads show its effects. */
  forgetLoaded(): void;
}

/** Who asks, and from where; `language` is what somebody whom we do not know reads. */
interface Asked {
  readonly viewer: Viewer | null;
  readonly address: string;
  readonly language?: Locale;
}

export function createContext(services: Services, request: Asked): Context {
  const loaders = new Map<unknown, DataLoader<unknown, unknown>>();
  const { viewer } = request;
  const read: Context["read"] = (act) => services.db.read(viewerOf({ viewer }).communityId, act);
  return {
    services,
    viewer,
    locale: viewer?.locale ?? request.language ?? "en",
    address: request.address,
    now: services.clock,
    read,
    load<Key, Value>(definition: LoaderDefinition<Key, Value>, key: Key): Promise<Value> {
      let loader = loaders.get(definition);
      if (loader === undefined) {
        const known = viewerOf({ viewer });
        loader = new DataLoader<unknown, unknown>(
          (keys) => read((reader) => definition.load(reader, keys as readonly Key[], known, services.clock())),
          { cacheKeyFn: definition.cacheKey as ((key: unknown) => unknown) | undefined },
        );
        loaders.set(definition, loader);
      }
      return loader.load(key) as Promise<Value>;
    },
    forgetLoaded: () => loaders.clear(),
  };
}

/** The viewer of a request that `@Authorized` has let through. */
export function viewerOf(ctx: Pick<Context, "viewer">): Viewer {
  if (ctx.viewer === null) throw new Error("an authorised field was reached without a viewer");
  return ctx.viewer;
}
