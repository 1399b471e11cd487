import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { useServer as serveProtocol } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { SubscriptionProtocol } from "../graphql/subscriptions.ts";
import { addressOf, type TrustsProxy } from "./caller.ts";

export interface WebsocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly protocol: SubscriptionProtocol;
  readonly connectionsPerAddressMax: number;
  readonly messageBytesMax: number;
  readonly trusts: TrustsProxy;
  readonly isDraining: () => boolean;
  readonly onConnectionCount: (open: number) => void;
  readonly production: boolean;
}

export interface Websockets {
  /** Tells every client to go away (1001) and waits for them; those that do not answer are cut off. */
  close(): Promise<void>;
}

const GOODBYE_MS = 2_000;

/** Takes WebSocket upgrades on `path`, so many per address, and speaks graphql-transport-ws with them. */
export function acceptWebsockets(options: WebsocketOptions): Websockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.messageBytesMax });
  const openByAddress = new Map<string, number>();
  const protocol = serveProtocol<Record<string, unknown>, Record<never, never>>(
    { ...options.protocol, isProd: options.production },
    sockets,
  );

  let open = 0;
  const countOpen = (change: number) => {
    open += change;
    options.onConnectionCount(open);
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const address = addressOf(request, options.trusts);
    const ofAddress = openByAddress.get(address) ?? 0;
    if (request.url?.split("?", 1)[0] !== options.path) return refuse(socket, "404 Not Found");
    if (options.isDraining()) return refuse(socket, "503 Service Unavailable");
    if (ofAddress >= options.connectionsPerAddressMax) return refuse(socket, "429 Too Many Requests");
    openByAddress.set(address, ofAddress + 1);
    countOpen(+1);
    socket.once("close", () => {
      const left = (openByAddress.get(address) ?? 1) - 1;
      if (left > 0) openByAddress.set(address, left);
      else openByAddress.delete(address);
      countOpen(-1);
    });
    sockets.handleUpgrade(request, socket, head, (websocket) => {
      sockets.emit("connection", websocket, request);
    });
  };
  options.server.on("upgrade", onUpgrade);

  return {
    async close() {
      const cutOff = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, GOODBYE_MS);
      await protocol.dispose();
      clearTimeout(cutOff);
      options.server.off("upgrade", onUpgrade);
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
