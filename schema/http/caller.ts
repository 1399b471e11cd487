import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { assert } from "../../src/kernel/assert.ts";

/** Who sent a request, as far as the wire tells: what `buildContext` makes the viewer from. */
export interface CallerRequest {
  readonly requestId: string;
  /** The client's address; proxies are believed only when they are ours. */
  readonly address: string;
  /** The `authorization` header, or what a WebSocket's `connection_init` gave as `authorization`. */
  readonly authorization: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly transport: "http" | "websocket";
}

export function callerOf(request: FastifyRequest): CallerRequest {
  return {
    requestId: request.id,
    address: request.ip,
    authorization: request.headers.authorization,
    headers: request.headers,
    transport: "http",
  };
}

export function callerOfUpgrade(request: IncomingMessage, trusts: TrustsProxy, requestId: string): CallerRequest {
  return {
    requestId,
    address: addressOf(request, trusts),
    authorization: request.headers.authorization,
    headers: request.headers,
    transport: "websocket",
  };
}

/** Whether an address is one of our own proxies, so that what it says about the client is believed. */
export type TrustsProxy = (address: string) => boolean;

/** Trusts the given addresses and networks (`10.0.0.0/8`, `::1`), and nobody when there are none. */
export function trustProxies(networks: readonly string[]): TrustsProxy {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    assert(isIP(address) !== 0, `a trusted proxy is an IP address or network (got ${network})`);
    trusted.addSubnet(address, Number(prefix ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, ""); // IPv4 on a socket that takes both
    const version = isIP(plain);
    return version !== 0 && trusted.check(plain, version === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * The client's address: each proxy appends the address it was called from to `X-Forwarded-For`, so from the right the first one
 * that is not ours is the client, whatever it wrote further left itself. Fastify does the same for HTTP requests with the same
 * {@link TrustsProxy}; WebSocket upgrades do not pass it.
 */
export function addressOf(request: IncomingMessage, trusts: TrustsProxy): string {
  const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
  const chain = forwarded.map((address) => address.trim()).filter((address) => address !== "");
  let client = request.socket.remoteAddress ?? "";
  while (trusts(client) && chain.length > 0) client = chain.pop()!;
  return client;
}
