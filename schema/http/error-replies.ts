import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import {
  type ErrorCode,
  type FormatError,
  isErrorCode,
  publicError,
  statusByCode,
  toFormatted,
} from "../graphql/errors.ts";

/** Answers every failed request in the shape of GraphQL errors, whichever route it failed in. */
export function replyWithErrors(app: FastifyInstance, formatError: FormatError): void {
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const presented = present(error);
    const formatted = formatError(toFormatted(presented), presented);
    const code = formatted.extensions?.code;
    for (const [name, value] of headersOf(presented)) reply.header(name, value);
    return reply.code(statusOf(error, code)).send({ errors: [formatted] });
  });
  app.setNotFoundHandler((_request, reply) => {
    const error = publicError("NOT_FOUND", "There is nothing here.");
    return reply.code(statusByCode.NOT_FOUND).send({ errors: [toFormatted(error)] });
  });
}

/** Answers a path that cannot be decoded: no route, and so no hook, comes to see it. */
export function answerBadUrl(formatError: FormatError) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const presented = present(error);
    addSafeHeaders(request, reply);
    reply.code(statusByCode.BAD_REQUEST).send({ errors: [formatError(toFormatted(presented), presented)] });
  };
}

/** Headers that every answer has. */
export function addSafeHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id);
  reply.header("x-content-type-options", "nosniff");
  reply.header("x-frame-options", "DENY");
  reply.header("referrer-policy", "no-referrer");
}

/** What fastify refuses by itself, in our words. */
const fastifyRefusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["BODY_TOO_LARGE", "The body is too large."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "This content type is not understood here."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["BAD_REQUEST", "The body is empty."],
  FST_ERR_BAD_URL: ["BAD_REQUEST", "The path is not valid: percent signs begin the code of a character."],
  FST_ERR_CTP_INVALID_JSON_BODY: ["BAD_REQUEST", "The body is not valid JSON."],
};

function present(error: FastifyError): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const known = fastifyRefusals[error.code];
  if (known !== undefined) return publicError(...known);
  if (isClientError(error)) return publicError("BAD_REQUEST", "The request could not be read.");
  return new GraphQLError("a route failed", { originalError: error });
}

function isClientError({ statusCode }: FastifyError): boolean {
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

function statusOf(error: FastifyError, code: unknown): number {
  if (isClientError(error)) return error.statusCode!;
  return isErrorCode(code) ? statusByCode[code] : 500;
}

function headersOf(error: GraphQLError): Iterable<readonly [string, string]> {
  const http = error.extensions.http as { headers?: Map<string, string> } | undefined;
  return http?.headers ?? [];
}
