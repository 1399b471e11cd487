import { activitiesOf } from "../events/activity-actions.ts";
import type { EventKind } from "../events/tracking-plan-catalogue.ts";
import type { DomainEvent } from "../kernel/domain-events.ts";
import type { Person } from "./person.ts";
import type { ActivityRecord, SimulationRecord } from "./records.ts";

/** Collects a day's records out of order and hands them on in order, so that memory holds a day and not a history. */
export class Journal {
  #entries: { readonly atMs: number; readonly record: SimulationRecord }[] = [];
  #counters = { activity: 0, thread: 0, post: 0 };

  write(record: SimulationRecord, atMs: number): void {
    this.#entries.push({ atMs, record });
  }

  /** What a person did, as the platform's client reports it. */
  writeActivity(kind: EventKind, person: Person, atMs: number, properties: ActivityRecord["properties"]): void {
    this.#log(kind, person.record.key, atMs, properties);
    person.lastActiveMs = Math.max(person.lastActiveMs, atMs);
  }

  /** What a domain event means for each member it concerns: the same as when it happens in the product. Its ids are our keys. */
  writeMeaning(event: DomainEvent, actor: Person, atMs: number): void {
    for (const { memberId, kind } of activitiesOf(event)) this.#log(kind, memberId, atMs, {});
    actor.lastActiveMs = Math.max(actor.lastActiveMs, atMs);
  }

  nextKey(kind: "activity" | "thread" | "post"): string {
    this.#counters[kind] += 1;
    return `${kind.charAt(0)}${String(this.#counters[kind]).padStart(6, "0")}`;
  }

  /** Everything written for before `untilMs`, oldest first; what was written first comes first among equals. */
  drain(untilMs: number): SimulationRecord[] {
    const due = this.#entries.filter(({ atMs }) => atMs < untilMs).sort((a, b) => a.atMs - b.atMs);
    this.#entries = this.#entries.filter(({ atMs }) => atMs >= untilMs);
    return due.map(({ record }) => record);
  }

  #log(kind: EventKind, memberKey: string, atMs: number, properties: ActivityRecord["properties"]): void {
    const key = this.nextKey("activity");
    this.write({ type: "activity", key, kind, memberKey, occurredAt: new Date(atMs), properties }, atMs);
  }
}
