import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll } from "vitest";
import type { ApiKeyScope } from "../../../drizzle/tables/identity.ts";
import { batchRoute } from "../../../schema/events/batch-route.ts";
import { IngestBuffer } from "../../../src/events/ingest-buffer.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { Crypto } from "../../../src/platform/crypto.ts";
import { createLogger } from "../../../src/platform/logging.ts";
import { aCommunity, NOW, someMembers } from "../../events/signals-builders.ts";
import type { TestDatabase } from "../../support/test-database.ts";

export const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);

/** Credentials that the route knows: people by their role, keys by what they may do. */
export type Credential = "member" | "operator" | "key without scopes" | ApiKeyScope;

/** What goes into `Authorization`: the user name of Basic authentication holds no colon. */
export function basic(as: Credential): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${userName(as)}:`).toString("base64")}` };
}

export function userName(as: Credential): string {
  return as.replaceAll(":", "-");
}

const SCOPES: readonly ApiKeyScope[] = ["events:write", "events:import", "coupons:settle", "operate"];

/** `POST /v1/batch` on a free port, over a test's database, with a community of its own. Call it after `useDatabase`. */
export function useBatchRoute(database: TestDatabase) {
  let app: FastifyInstance;
  let communityId: Id;
  let members: Record<"member" | "victim" | "operator" | "service", Id>;

  beforeAll(async () => {
    communityId = await aCommunity(database);
    const [member, victim, operator, service] = (await someMembers(database, communityId, 4)) as [Id, Id, Id, Id];
    members = { member, victim, operator, service };
    const viewer = (role: "member" | "operator" | "service", scopes?: readonly ApiKeyScope[]): Viewer => ({
      ...{ communityId, memberId: members[role], role, locale: "en", timeZone: "UTC", suspended: false, scopes },
    });
    const viewers = new Map<string, Viewer>([
      ["member", viewer("member")],
      ["operator", viewer("operator")],
      ["key without scopes", viewer("service", [])],
      ...SCOPES.map((scope) => [userName(scope), viewer("service", [scope])] as const),
    ]);
    app = Fastify();
    await app.register(
      batchRoute({
        db: database.db,
        crypto,
        buffer: new IngestBuffer({ db: database.db, rowsWaitingMax: 10 }),
        authenticate: async (credential) => viewers.get(credential) ?? null,
        clock: () => NOW,
        logger: createLogger({ level: "silent" }),
        bodyBytesMax: 64 * 1024,
      }),
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
  });

  afterAll(() => app.close());

  async function post(body: string | Buffer, headers: Record<string, string> = {}) {
    const { port } = app.server.address() as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/v1/batch`, {
      method: "POST",
      body: new Uint8Array(Buffer.from(body)),
      headers,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  return {
    post,
    /** Sends messages with a credential, as a library does. */
    send: (as: Credential, batch: readonly unknown[], sentAt?: string) =>
      post(JSON.stringify({ batch, sentAt }), basic(as)),
    get communityId() {
      return communityId;
    },
    get members() {
      return members;
    },
    events: () =>
      database.rows<{ message_id: string; member_id: Id | null; anonymous_id: string | null; kind: string }>(
        "select message_id, member_id, anonymous_id, kind, occurred_at from events where community_id = $1 order by 1",
        [communityId],
      ),
    letters: () =>
      database.rows<{ id: Id; reference: string; error: string; replayed_at: Date | null }>(
        "select id, reference, error, replayed_at from dead_letters where community_id = $1 order by reference",
        [communityId],
      ),
  };
}
