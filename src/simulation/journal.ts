import type { Person } from "./person.ts";
import type { ActivityKind, ActivityRecord, SimulationRecord } from "./records.ts";

/** Collects a day's records out of order and hands them on in order, so that memory holds a day and not a history. */
export class Journal {
  #entries: { readonly atMs: number; readonly record: SimulationRecord }[] = [];
  #counters = { activity: 0, thread: 0, post: 0 };

  write(record: SimulationRecord, atMs: number): void {
    this.#entries.push({ atMs, record });
  }

  writeActivity(kind: ActivityKind, person: Person, atMs: number, properties: ActivityRecord["properties"]): void {
    const key = this.nextKey("activity");
    const occurredAt = new Date(atMs);
    this.write({ type: "activity", key, kind, memberKey: person.record.key, occurredAt, properties }, atMs);
    person.lastActiveMs = Math.max(person.lastActiveMs, atMs);
  }

  nextKey(kind: "activity" | "thread" | "post"): string {
    this.#counters[kind] += 1;
    return `${kind.charAt(0)}${String(this.#counters[kind]).padStart(6, "0")}`;
  }

  /** Everything written for before `untilMs`, oldest first; what was written first comes first among equals. */
  *drain(untilMs: number): Generator<SimulationRecord> {
    const due = this.#entries.filter(({ atMs }) => atMs < untilMs).sort((a, b) => a.atMs - b.atMs);
    this.#entries = this.#entries.filter(({ atMs }) => atMs >= untilMs);
    for (const { record } of due) yield record;
  }
}
