import { chown, lchown, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StartFailure } from "./start-failure.ts";

/** Whom PostgreSQL runs as when we are root, which it refuses to be. Null: as ourselves. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/** The owner of data that is already there, else `nobody`: an account every system has, and `initdb` wants a named one. */
export async function chooseServerUser(data: string): Promise<ServerUser> {
  const owner = await stat(data).catch(() => null);
  const self = process.getuid?.();
  if (self !== 0) {
    if (owner === null || owner.uid === self) return null;
    throw new StartFailure(
      `The database in ${data} belongs to user ${owner.uid}, and this process is user ${self}.`,
      `Start as that user, or hand the folder over: chown -R ${self} ${dirname(data)}`,
    );
  }
  return owner === null || owner.uid === 0 ? await nobody() : { uid: owner.uid, gid: owner.gid };
}

async function nobody(): Promise<ServerUser> {
  const accounts = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n").map((line) => line.split(":"));
  const account = accounts.find(([name]) => name === "nobody");
  if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) };
  throw new StartFailure(
    "PostgreSQL refuses to run as root, and there is no user `nobody` to run it as.",
    "Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.",
  );
}

/** Whether `user` gets to `path` by its name: every folder on the way lets it through, and `path` itself can be read. */
export async function canReach(path: string, user: ServerUser): Promise<boolean> {
  if (user === null) return true;
  let needed = 0o5;
  for (let at = path; ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & needed) !== needed) return false;
    if (at === dirname(at)) return true;
    needed = 0o1;
  }
}

/** Hands a folder and all in it to `user`; links are handed over, not followed. */
export async function giveTo(folder: string, user: ServerUser): Promise<void> {
  if (user === null) return;
  await chown(folder, user.uid, user.gid);
  for (const name of await readdir(folder, { recursive: true })) await lchown(join(folder, name), user.uid, user.gid);
}
