import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerAddress } from "smtp-server";

/** A message as a mail server took it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
}

/** What the server does with the next messages; it takes them unless told otherwise. */
export interface SmtpBehaviour {
  /** Called for each recipient; what it returns is the SMTP status to refuse with, and null takes them. */
  refuses?: (address: string) => number | null;
  /** Cuts the connection after the message was read, before it is confirmed. */
  hangsUpAfterData?: boolean;
  /** Cuts the connection when a sender is named. */
  hangsUpAtSender?: boolean;
  /** Called with each message before it is confirmed. */
  onMail?: (mail: ReceivedMail) => void | Promise<void>;
}

export interface TestSmtpServer {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** May be changed at any time. */
  behaviour: SmtpBehaviour;
  /** Stops listening and cuts every connection; `start` listens on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A real SMTP server on a free port of this machine. */
export async function startSmtpServer(behaviour: SmtpBehaviour = {}): Promise<TestSmtpServer> {
  const port = await freePort();
  let server: SMTPServer | null = null;
  const started: TestSmtpServer = {
    url: `smtp://127.0.0.1:${port}`,
    received: [],
    behaviour,
    stop: async () => {
      const running = server;
      server = null;
      if (running !== null) await new Promise<void>((resolve) => running.close(resolve));
    },
    start: async () => {
      server = createSmtpServer(started);
      await new Promise<void>((resolve) => server?.listen(port, "127.0.0.1", resolve));
    },
  };
  await started.start();
  return started;
}

function createSmtpServer(test: TestSmtpServer): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    closeTimeout: 50,
    onMailFrom: (_address, _session, done) => {
      if (test.behaviour.hangsUpAtSender) return cut(server);
      done();
    },
    onRcptTo: ({ address }, _session, done) => {
      const status = test.behaviour.refuses?.(address) ?? null;
      if (status === null) return done();
      done(Object.assign(new Error(`<${address}>: not here`), { responseCode: status }));
    },
    onData: async (stream, session, done) => {
      const raw = await text(stream);
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom === false ? "" : mailFrom.address;
      const mail = { from, to: rcptTo.map((each: SMTPServerAddress) => each.address), raw };
      test.received.push(mail);
      await test.behaviour.onMail?.(mail);
      if (test.behaviour.hangsUpAfterData) return cut(server);
      done();
    },
  });
  // What a client does to a test server is the test's business.
  server.on("error", () => {});
  return server;
}

/** Ends every connection without a word. */
function cut(server: SMTPServer): void {
  for (const connection of server.connections) {
    (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe: Server = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
