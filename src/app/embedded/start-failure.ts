/** The embedded PostgreSQL cannot run here, and what the person who started it can do about it. Shown as it is. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";

  constructor(
    readonly problem: string,
    readonly remedy: string,
    readonly logTail = "",
  ) {
    super([problem, remedy, logTail && `It last said:\n${indent(logTail)}`].filter(Boolean).join("\n"));
  }
}

const USE_A_SERVER = "or set DATABASE_URL to a PostgreSQL server (15 or newer) of your own";

/** What the server, `initdb` or the operating system says when it cannot go on, and the way out. First match wins. */
const REMEDIES: readonly { says: RegExp; remedy: string }[] = [
  {
    says: /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/,
    remedy: "The disk is full: free some space, then start again.",
  },
  {
    says: /Read-only file system|EROFS/,
    remedy: "The file system is read-only: choose a data folder that can be written to.",
  },
  {
    says: /error while loading shared libraries|Library not loaded/,
    remedy: `A system library is missing: install the one named (Debian: libstdc++6), ${USE_A_SERVER}.`,
  },
  {
    says: /effective user ID .* user does not exist/,
    remedy: `The user id this process runs under has no name: add it to /etc/passwd, ${USE_A_SERVER}.`,
  },
  {
    says: /spawn E(PERM|INVAL)/,
    remedy: `This process is root but may not become another user, and PostgreSQL refuses to run as root: start as an ordinary user, ${USE_A_SERVER}.`,
  },
  {
    says: /spawn .*ENOENT|spawn .*ENOEXEC/,
    remedy: `The PostgreSQL binaries do not fit this system (they need glibc; Alpine has musl): use a Debian-based image, ${USE_A_SERVER}.`,
  },
  {
    says: /invalid permissions|could not change permissions|wrong ownership/,
    remedy: "Keep the data folder on a file system with Unix owners and modes (not on a Windows or network share).",
  },
  {
    says: /not compatible with this version|incompatible with server/,
    remedy: `The data was written by another major version: go back to the Rekindle release that wrote it, ${USE_A_SERVER}.`,
  },
  {
    says: /lock file .* already exists/,
    remedy:
      "Another PostgreSQL runs over this data, from another container or started by hand: stop it, then start again.",
  },
  {
    says: /has held .* for too long/,
    remedy: "It is still starting or stopping the database: wait for it, or end it, then start again.",
  },
  {
    says: /password authentication failed/,
    remedy: "The password kept beside the data is not that of the database: put back the file `postgres/password`.",
  },
  {
    says: /could not (create|resize|map) (anonymous )?shared memory|Cannot allocate memory/,
    remedy: "There is too little memory: free some, then start again.",
  },
  {
    says: /EACCES|Permission denied|EPERM/,
    remedy: "A file belongs to another user: start as the user who owns the data folder, or choose another folder.",
  },
  {
    says: /could not locate a valid checkpoint record|invalid primary checkpoint|PANIC/,
    remedy: "The data is damaged: restore a backup, or move the folder away to begin with an empty one.",
  },
];

/** `error` as a {@link StartFailure}: what was being done, what went wrong, and the remedy when we know one. */
export function explainFailure(doing: string, error: unknown, logTail = ""): StartFailure {
  if (error instanceof StartFailure) return error;
  const said = error instanceof Error ? error.message : String(error);
  const known = REMEDIES.find(({ says }) => says.test(said) || says.test(logTail));
  const remedy = known?.remedy ?? `Read the log lines if there are any, then start again, ${USE_A_SERVER}.`;
  return new StartFailure(`${doing} failed: ${said.trim()}`, remedy, logTail);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "  ");
}
