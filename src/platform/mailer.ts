import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createTransport } from "nodemailer";

export interface Mail {
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stays the same when the same message is sent again, so that a mailbox can tell. Without the angle brackets. */
  readonly messageId: string;
}

/**
 * How sending ended. Only after `unknown` may the message have gone out without our knowing: the connection broke while it was
 * being handed over. `reason` is a word or an SMTP status, never the server's sentence, which likes to quote the address.
 */
export type Sending =
  | { readonly kind: "sent" }
  /** The server took nothing and will never take this message: an address that does not exist. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The server took nothing for now: a full mailbox, a greylist. Others may get theirs. */
  | { readonly kind: "deferred"; readonly reason: string }
  /** The server could not be asked at all, and nobody else's mail would fare better. */
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface Mailer {
  /** Sends a mail, or says why not. Does not throw. */
  send(mail: Mail): Promise<Sending>;
  close(): void;
}

/** How many mails are worth sending at once. */
export const MAIL_CONNECTIONS = 4;

/** Mail over SMTP, on a few kept connections. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: MAIL_CONNECTIONS,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });
  /** The contents of the messages in hand. Once one was read from, its message may have gone out; errors alone do not tell. */
  const contents = new Map<string, Readable[]>();
  transport.use("stream", ({ message }, done) => {
    const createReadStream = message.createReadStream.bind(message);
    message.createReadStream = (...options) => {
      const content = createReadStream(...options);
      contents.get(message.messageId())?.push(content);
      return content;
    };
    done();
  });
  return {
    send: async (mail) => {
      const messageId = `<${mail.messageId}>`;
      const made: Readable[] = [];
      contents.set(messageId, made);
      try {
        await transport.sendMail(compose(mail, from));
        return { kind: "sent" };
      } catch (error) {
        return classify(
          error,
          made.some((content) => content.readableDidRead),
        );
      } finally {
        contents.delete(messageId);
      }
    },
    close: () => transport.close(),
  };
}

/** Mail into a folder, one `.eml` file a message: what an installation without a mail server does, for looking at. */
export function createFolderMailer(folder: string, from: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    send: async (mail) => {
      const path = join(folder, `${mail.messageId.replaceAll(/[^\w.-]/g, "_")}.eml`);
      try {
        const { message } = await transport.sendMail(compose(mail, from));
        await mkdir(folder, { recursive: true });
        await writeFile(`${path}.part`, message as Buffer, { mode: 0o600 });
        await rename(`${path}.part`, path);
        return { kind: "sent" };
      } catch (error) {
        return { kind: "unreachable", reason: codeOf(error) };
      }
    },
    close: () => transport.close(),
  };
}

/** The address goes as an object: as text it could name several. */
function compose({ to, subject, text, messageId }: Mail, from: string) {
  return { from, to: { name: "", address: to }, subject, text, messageId: `<${messageId}>` };
}

/**
 * A refusal by the server counts whenever it came; without one it depends on whether the message was `begun`. 421 is none: a server
 * that shuts down says it at any time, and may have taken the message just before.
 */
function classify(error: unknown, begun: boolean): Sending {
  const { code, command, responseCode } = error as { code?: unknown; command?: unknown; responseCode?: unknown };
  const status = typeof responseCode === "number" ? responseCode : null;
  if ((code === "EENVELOPE" || code === "EMESSAGE") && status !== 421) {
    // A server that will not have our sender is none for anybody.
    if (command === "MAIL FROM") return { kind: "unreachable", reason: String(status) };
    if (status !== null && status < 500) return { kind: "deferred", reason: String(status) };
    return { kind: "refused", reason: status === null ? "invalid-address" : String(status) };
  }
  return { kind: begun ? "unknown" : "unreachable", reason: codeOf(error) };
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[A-Z_]{1,40}$/.test(code) ? code : "error";
}
