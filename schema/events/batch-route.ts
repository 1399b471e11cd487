import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { admitMessage, type Sender } from "../../src/events/admission-rules.ts";
import type { EventProblem } from "../../src/events/event-rules.ts";
import { type EncodedEvent, encodeEvent } from "../../src/events/ingest-actions.ts";
import { type IngestBuffer, IngestBusy } from "../../src/events/ingest-buffer.ts";
import { buryMalformed, isKept } from "../../src/events/malformed-actions.ts";
import { isEntrusted, isService, type Viewer } from "../../src/identity/viewer.ts";
import type { Clock, Instant } from "../../src/kernel/instant.ts";
import type { Crypto } from "../../src/platform/crypto.ts";
import type { Database, Tx } from "../../src/platform/database/database.ts";
import type { Logger } from "../../src/platform/logging.ts";

export interface BatchRouteOptions {
  readonly db: Database;
  readonly crypto: Crypto;
  readonly buffer: IngestBuffer;
  /** The viewer of an API key (Segment's write key) or bearer token; null when it is not valid. */
  readonly authenticate: (credential: string) => Promise<Viewer | null>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs before anything is read, for rate limits; throws to refuse. */
  readonly admit?: (request: FastifyRequest) => Promise<void>;
  /** Of the body as sent, and of what it unpacks to: Segment's libraries send 500 kB at most. */
  readonly bodyBytesMax?: number;
}

/**
 * A message that was not taken in. One of the platform's server that could not be read is kept as a dead letter, so that nothing is
 * lost when it does not look; one that its sender may not send, or of a sender whom anybody may be, is told of and forgotten.
 */
interface RejectedMessage {
  readonly index: number;
  readonly messageId: string | number | null;
  readonly kept: boolean;
  readonly problems: readonly EventProblem[];
}

const MESSAGES_MAX = 2_500;

/**
 * `POST /v1/batch` in Segment's format, so that its libraries and RudderStack's work by changing their address. Answers once the events
 * are durable. Messages that cannot be read do not hold up the others: they are listed in `rejected`, under a 200, because clients
 * drop a whole batch on a 400. They send it again, with the same message ids, on 429 and 5xx.
 */
export function batchRoute(options: BatchRouteOptions) {
  const { bodyBytesMax = 1024 * 1024 } = options;
  return async (app: FastifyInstance): Promise<void> => {
    // Browsers' clients send JSON as text/plain, or name no type at all.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (request, body, done) => {
      readJson(request, body as Buffer, bodyBytesMax).then((json) => done(null, json), done);
    });
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, options.logger));
    app.route({
      method: "POST",
      url: "/v1/batch",
      bodyLimit: bodyBytesMax,
      onRequest: async (request) => options.admit?.(request),
      handler: (request) => takeIn(options, request),
    });
  };
}

async function takeIn(options: BatchRouteOptions, request: FastifyRequest) {
  const body = readBody(request.body);
  const viewer = await options.authenticate(credentialOf(request, body.writeKey));
  if (viewer === null)
    throw new BatchError(401, "send an API key as the user name of Basic authentication, or a bearer token");
  const sender = senderOf(viewer);
  const now = options.clock();
  const { events, ignored, refused, rejected } = readAll(body, sender, now);
  await options.buffer.submit(viewer.communityId, events);
  const malformed = rejected
    .filter(({ kept }) => kept)
    .map(({ index, problems }) => ({ message: body.batch[index], sentAt: body.sentAt, problems }));
  if (malformed.length > 0) {
    const bury = (tx: Tx) => buryMalformed(tx, options.crypto, sender, malformed, now);
    await options.db.transaction(viewer.communityId, bury);
  }
  const forgotten = rejected.length - malformed.length;
  if (forgotten > 0)
    options.logger.warn(
      { memberId: viewer.memberId, forgotten, refused },
      "events that were neither taken in nor kept",
    );
  return { success: true, accepted: events.length, ignored, refused, rejected };
}

/** How far whoever sends is believed. */
function senderOf(viewer: Viewer): Sender {
  const { memberId } = viewer;
  if (isEntrusted(viewer, "events:import")) return { memberId, trust: "everything" };
  if (isEntrusted(viewer, "events:write")) return { memberId, trust: "clients" };
  if (!isService(viewer)) return { memberId, trust: "own" };
  throw new BatchError(403, "this key may not send events: make one with the scope events:write or events:import");
}

function readAll(body: Body, sender: Sender, now: Instant) {
  const events: EncodedEvent[] = [];
  const rejected: RejectedMessage[] = [];
  let ignored = 0;
  let refused = 0;
  for (const [index, message] of body.batch.entries()) {
    const admitted = admitMessage(message, sender, now, body.sentAt);
    if (admitted.kind === "event") events.push(encodeEvent(admitted.event));
    else if (admitted.kind === "ignored") ignored += 1;
    else {
      const kept = admitted.kind === "malformed" && isKept(message, sender);
      rejected.push({ index, messageId: idIn(message), kept, problems: admitted.problems });
      if (admitted.kind === "refused") refused += 1;
    }
  }
  return { events, ignored, refused, rejected };
}

/** What the sender called its message; null for what can be no id, and might nest deeper than an answer can. */
function idIn(message: unknown): string | number | null {
  const id = (message as { messageId?: unknown } | null)?.messageId;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

interface Body {
  readonly batch: readonly unknown[];
  readonly sentAt: unknown;
  readonly writeKey: unknown;
}

function readBody(body: unknown): Body {
  const { batch, sentAt, writeKey } = (body ?? {}) as { batch?: unknown; sentAt?: unknown; writeKey?: unknown };
  if (!Array.isArray(batch)) throw new BatchError(400, "send a JSON object with an array `batch` of messages");
  if (batch.length > MESSAGES_MAX) throw new BatchError(413, `send at most ${MESSAGES_MAX} messages at once`);
  return { batch, sentAt, writeKey };
}

/** The key or token, from wherever Segment's libraries put it; empty when there is none. */
function credentialOf(request: FastifyRequest, writeKey: unknown): string {
  const [scheme = "", value = ""] = (request.headers.authorization ?? "").split(" ", 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, "base64").toString("utf8").split(":", 1)[0]!;
  return typeof writeKey === "string" ? writeKey : "";
}

const unzip = promisify(gunzip);

/** Some clients send gzip without saying so: its first two bytes tell. */
async function readJson(request: FastifyRequest, body: Buffer, bytesMax: number): Promise<unknown> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  if (!isGzip && encoding !== "identity") throw new BatchError(415, "send the body as it is, or with gzip");
  const text = isGzip ? await inflate(body, bytesMax) : body;
  try {
    return JSON.parse(text.toString("utf8"));
  } catch {
    throw new BatchError(400, "the body is not JSON");
  }
}

async function inflate(body: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE")
      throw new BatchError(413, `send at most ${bytesMax} bytes at once`);
    throw new BatchError(400, "the body is not gzip");
  }
}

/** A request that is refused as a whole. */
class BatchError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger) {
  if (error instanceof IngestBusy) {
    return reply.code(503).header("retry-after", error.retryAfterS).send({ success: false, error: "busy: try again" });
  }
  const { statusCode = 500, message } = error as { statusCode?: number; message: string };
  if (statusCode === 401) reply.header("www-authenticate", 'Basic realm="events", Bearer');
  if (statusCode < 500) return reply.code(statusCode).send({ success: false, error: message });
  logger.error({ err: error, requestId: request.id }, "events could not be taken in");
  return reply.code(500).send({ success: false, error: "not stored: try again" });
}
