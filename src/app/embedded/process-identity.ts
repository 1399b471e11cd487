import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * A process, told apart from a later one that was given the same pid. Both parts hold only letters, digits and dashes, so
 * that an identity can be a file name: a claim written that way is there whole or not at all.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, to the clock tick, within one boot of the machine. */
  readonly start: string;
}

/** The living process with this pid, or null. A zombie is dead: it holds nothing, though signals still reach it. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const start = process.platform === "linux" ? await startFromProc(pid) : await startFromPs(pid);
  return start === null ? null : { pid, start };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.start === identity.start;
}

/** A name for something this process holds, unique within it: `<pid>.<start>.<random>`. */
export async function claimName(): Promise<string> {
  const self = await identifyProcess(process.pid);
  return `${process.pid}.${self?.start ?? "unknown"}.${randomBytes(4).toString("hex")}`;
}

/** Whether the process that made this {@link claimName} still lives. What is no claim at all counts as dead. */
export async function isClaimAlive(claim: string): Promise<boolean> {
  const [pid, start] = claim.split(".");
  return start !== undefined && /^\d+$/.test(pid!) && isAlive({ pid: Number(pid), start });
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot, with the boot it counts from. */
async function startFromProc(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The command's name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0]!;
    return "ZXx".includes(state) ? null : `${boot.slice(0, 8)}-${fields[19]}`;
  } catch {
    return null;
  }
}

async function startFromPs(pid: number): Promise<string | null> {
  try {
    const env = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { env });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith("Z") ? null : start.join("-").replaceAll(/[^\w-]/g, "-");
  } catch {
    return null;
  }
}
