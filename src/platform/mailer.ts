import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stays the same when the same message is sent again, so that a mailbox can tell. Without the angle brackets. */
  readonly messageId: string;
}

/** The mail server could not be asked at all: nothing was sent, and trying later is safe. */
export class MailUnreachableError extends Error {
  override readonly name = "MailUnreachableError";
}

/** Sends mail. A rejection other than {@link MailUnreachableError} leaves open whether the message went out. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** Failures before the message itself was handed over. */
const BEFORE_SENDING = new Set(["ECONNECTION", "ECONNREFUSED", "EDNS", "ENOTFOUND", "EAUTH", "ETLS", "ESOCKET"]);

/** Mail over SMTP, on a few kept connections. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 10_000,
    socketTimeout: 30_000,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail({ ...mail, from, messageId: `<${mail.messageId}>` });
      } catch (error) {
        const { code, command } = error as { code?: string; command?: string };
        if (command !== "DATA" && BEFORE_SENDING.has(code ?? "")) {
          throw new MailUnreachableError(`the mail server cannot be reached (${code})`);
        }
        throw error;
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
      const { message } = await transport.sendMail({ ...mail, from, messageId: `<${mail.messageId}>` });
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${mail.messageId.replaceAll(/[^\w.-]/g, "_")}.eml`), message as Buffer, {
        mode: 0o600,
      });
    },
    close: () => transport.close(),
  };
}
