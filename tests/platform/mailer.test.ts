import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { createFolderMailer, createSmtpMailer, type Mail, type Mailer } from "../../src/platform/mailer.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";

const FROM = "学院 <no-reply@academy.example>";
const mail: Mail = {
  to: "lin@example.com",
  subject: "送您 50 枚金币",
  text: "林，您好！\n",
  messageId: "nudge-1@rekindle",
};

describe("mail over SMTP", () => {
  let server: TestSmtpServer;
  let mailer: Mailer;
  beforeEach(async () => {
    server = await startSmtpServer();
    mailer = createSmtpMailer(server.url, FROM);
  });
  afterEach(async () => {
    mailer.close();
    await server.stop();
  });

  it("arrives, in any script", async () => {
    expect(await mailer.send(mail)).toEqual({ kind: "sent" });
    const [received] = server.received;
    expect(received).toMatchObject({ from: "no-reply@academy.example", to: ["lin@example.com"] });
    expect(received?.raw).toContain("Message-ID: <nudge-1@rekindle>");
    const subject = /^Subject: (.*(?:\r\n\s.*)*)/m.exec(received?.raw ?? "")?.[1] ?? "";
    const words = [...subject.matchAll(/=\?UTF-8\?B\?(.*?)\?=/g)].map(([, word]) => Buffer.from(word ?? "", "base64"));
    expect(Buffer.concat(words).toString("utf8")).toBe("送您 50 枚金币");
  });

  it.each([
    ["550", "refused", 550],
    ["552", "refused", 552],
    ["450", "deferred", 450],
    ["452", "deferred", 452],
  ] as const)("is %s to a recipient: %s, without the server's sentence", async (reason, kind, status) => {
    server.behaviour = { refuses: () => status };
    expect(await mailer.send(mail)).toEqual({ kind, reason });
    server.behaviour = {};
    expect(await mailer.send(mail)).toEqual({ kind: "sent" });
  });

  it("is refused for an address that is none, and goes to nobody else", async () => {
    expect(await mailer.send({ ...mail, to: "" })).toMatchObject({ kind: "refused" });
    for (const to of [
      "lin@example.com, eve@example.com",
      "lin@example.com\r\nBcc: eve@example.com",
      "<eve@example.com>lin@example.com",
    ]) {
      await mailer.send({ ...mail, to });
    }
    expect(server.received.flatMap((received) => received.to)).not.toContain("eve@example.com");
    for (const { raw } of server.received) expect(raw.split("\r\n\r\n")[0]).not.toMatch(/^(bcc|cc):/im);
  });

  it("takes no headers from its subject, text or id", async () => {
    const hostile = "Hi\r\nBcc: eve@example.com\r\nX-Evil: 1\r\n\r\nbody";
    await mailer.send({ ...mail, subject: hostile, text: hostile, messageId: "a\r\nX-Evil: 2" });
    const [received] = server.received;
    expect(received?.to).toEqual(["lin@example.com"]);
    expect(received?.raw.split("\r\n\r\n")[0]).not.toMatch(/^(bcc|x-evil):/im);
  });

  it("is unreachable while nobody listens, and arrives by the same mailer later", async () => {
    await mailer.send(mail);
    await server.stop();
    expect(await mailer.send(mail)).toMatchObject({ kind: "unreachable" });
    await server.start();
    expect(await mailer.send(mail)).toEqual({ kind: "sent" });
  });

  it("is unreachable when the connection breaks before the message", async () => {
    server.behaviour = { hangsUpAtSender: true };
    expect(await mailer.send(mail)).toMatchObject({ kind: "unreachable" });
    expect(server.received).toEqual([]);
  });

  it("may have gone out when the connection breaks after the message, and is not called unsent", async () => {
    server.behaviour = { hangsUpAfterData: true };
    expect(await mailer.send(mail)).toMatchObject({ kind: "unknown" });
    expect(server.received).toHaveLength(1);
  });

  it("is unreachable where our sender or our password is not wanted", async () => {
    for (const greeting of ["421 closing", "554 go away"]) {
      const refusing = createServer((socket: Socket) => socket.end(`${greeting}\r\n`));
      const other = createSmtpMailer(`smtp://127.0.0.1:${await portOf(refusing)}`, FROM);
      expect(await other.send(mail)).toMatchObject({ kind: "unreachable" });
      other.close();
      refusing.close();
    }
    const script = ["250 hello\r\n", "530 authenticate first\r\n", "250 ok\r\n", "250 ok\r\n"];
    const strict = createServer((socket: Socket) => {
      const replies = [...script];
      socket.write("220 ready\r\n");
      socket.on("data", () => socket.write(replies.shift() ?? "221 bye\r\n"));
      socket.on("error", () => {});
    });
    const other = createSmtpMailer(`smtp://127.0.0.1:${await portOf(strict)}`, FROM);
    expect(await other.send(mail)).toMatchObject({ kind: "unreachable" });
    other.close();
    strict.close();
  });
});

describe("mail into a folder", () => {
  const folder = (name: string) => join(inject("scratchFolder"), name);

  it("is a file that a mail program opens, for the owner's eyes", async () => {
    const mailer = createFolderMailer(folder("mail"), FROM);
    expect(await mailer.send(mail)).toEqual({ kind: "sent" });
    expect(await mailer.send(mail)).toEqual({ kind: "sent" });
    const files = await readdir(folder("mail"));
    expect(files).toEqual(["nudge-1_rekindle.eml"]);
    const path = join(folder("mail"), "nudge-1_rekindle.eml");
    const written = await readFile(path, "utf8");
    expect(written).toContain("To: lin@example.com");
    expect(written).toContain("Message-ID: <nudge-1@rekindle>");
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it("stays in its folder, whatever the id", async () => {
    const mailer = createFolderMailer(folder("kept"), FROM);
    await mailer.send({ ...mail, messageId: "../../escaped" });
    expect(await readdir(folder("kept"))).toEqual([".._.._escaped.eml"]);
  });

  it("waits while the folder cannot be written", async () => {
    await mkdir(folder("blocked-parent"));
    await writeFile(join(folder("blocked-parent"), "mail"), "a file where the folder should be");
    const mailer = createFolderMailer(join(folder("blocked-parent"), "mail"), FROM);
    expect(await mailer.send(mail)).toEqual({ kind: "unreachable", reason: expect.stringMatching(/^E[A-Z]+$/) });
  });
});

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
