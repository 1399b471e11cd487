import { DateTime } from "luxon";
import { assert } from "../kernel/assert.ts";
import type { Instant } from "../kernel/instant.ts";
import type { ArchetypeProfile } from "./archetype-catalogue.ts";

/** Relative visits by local hour, 0–23: lunch breaks, evenings, and the hours when people sleep. */
const HOURS: Readonly<Record<ArchetypeProfile["hours"], readonly number[]>> = {
  evening: [3, 1, 0.4, 0.2, 0.2, 0.5, 2, 4, 5, 4, 4, 4, 7, 6, 4, 4, 4, 5, 7, 10, 14, 15, 12, 7],
  "late-night": [9, 6, 3, 1, 0.4, 0.3, 0.6, 1, 2, 3, 3, 4, 5, 5, 4, 4, 4, 5, 6, 8, 11, 14, 15, 13],
  daytime: [1, 0.5, 0.2, 0.2, 0.2, 0.5, 3, 7, 8, 8, 7, 7, 11, 9, 6, 6, 6, 7, 7, 7, 7, 6, 4, 2],
};

/** Relative visits on Monday to Friday: the week begins with resolutions and Friday belongs to friends. */
const WORKING_DAYS = [1.12, 1.06, 1.03, 0.97, 0.76];

/** One UTC day as someone in a zone lives it: which of its 24 hours they may visit in, and how busy a day it is for them. */
export interface DayRhythm {
  /** The mean over the day's hours of the weekday's factor; about 1. */
  readonly factor: number;
  /** Relative visits in each of the 24 hours from the start of the UTC day. */
  readonly hourWeights: readonly number[];
}

/**
 * The rhythms of the UTC day that starts at `start`, by archetype and zone, each worked out once.
 * A zone's offset is taken at `start`, so on the two days a year that clocks change it is an hour off after the change.
 */
export class DayRhythms {
  readonly #clocks = new Map<string, LocalClock>();
  readonly #rhythms = new Map<ArchetypeProfile, Map<string, DayRhythm>>();

  constructor(readonly start: Instant) {}

  of(profile: ArchetypeProfile, zone: string): DayRhythm {
    return this.#rhythms.get(profile)?.get(zone) ?? this.#workOut(profile, zone);
  }

  #workOut(profile: ArchetypeProfile, zone: string): DayRhythm {
    const clock = this.#clocks.get(zone) ?? localClock(zone, this.start);
    this.#clocks.set(zone, clock);
    const rhythm = dayRhythm(profile, clock);
    const byZone = this.#rhythms.get(profile) ?? new Map<string, DayRhythm>();
    this.#rhythms.set(profile, byZone.set(zone, rhythm));
    return rhythm;
  }
}

/** What the clock on the wall shows at an instant. */
export interface LocalClock {
  /** Hours since midnight, with a fraction where the zone has one. */
  readonly hour: number;
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
}

export function localClock(zone: string, at: Instant): LocalClock {
  const local = DateTime.fromJSDate(at, { zone });
  assert(local.isValid, "the zone is a known IANA time zone");
  return { hour: local.hour + local.minute / 60, weekday: local.weekday - 1 };
}

/** The rhythm of 24 hours from a local time on. Weight of hour h: HOURS[local hour]·weekday factor of the local day. */
export function dayRhythm(
  profile: ArchetypeProfile,
  { hour: firstHour, weekday: firstWeekday }: LocalClock,
): DayRhythm {
  const hours = HOURS[profile.hours];
  const hourWeights: number[] = [];
  let weighted = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    const local = Math.floor(firstHour + hour);
    const base = hours[local % 24]!;
    const weekday = (firstWeekday + Math.floor(local / 24)) % 7;
    const weight = base * (WORKING_DAYS[weekday] ?? profile.weekendFactor);
    hourWeights.push(weight);
    weighted += weight;
  }
  return { factor: weighted / hours.reduce((sum, weight) => sum + weight, 0), hourWeights };
}

/**
 * Expected visits on a day: v·w·(1 + 1.5·e^(−τ/4))·e^(−τ/f)·(0.4 + 1.2·h)·p·e^(−6·λ), with v the member's own rate, w the day's
 * rhythm, τ the tenure in days, f the archetype's fading, h the habit, p the pull of what happened (a reply, a sale) and λ the
 * hazard: who is about to leave comes less often. P(active) = 1 − e^(−visits).
 */
export function expectedVisits(member: {
  readonly visitsPerDay: number;
  readonly rhythm: number;
  readonly tenureDays: number;
  readonly fadeDays: number;
  readonly habit: number;
  readonly pull: number;
  readonly hazard: number;
}): number {
  const novelty = 1 + 1.5 * Math.exp(-member.tenureDays / 4);
  const fading = Math.exp(-member.tenureDays / member.fadeDays);
  const habitual = 0.4 + 1.2 * member.habit;
  const mood = Math.exp(-6 * member.hazard);
  return member.visitsPerDay * member.rhythm * novelty * fading * habitual * member.pull * mood;
}

/** A day's habit: h ← h + 0.08·(active − h). */
export function nextHabit(habit: number, active: boolean): number {
  return habit + 0.08 * ((active ? 1 : 0) - habit);
}

/** Sales run for three days in every thirty. */
export function isSaleDay(dayIndex: number): boolean {
  const position = dayIndex % 30;
  return position >= 18 && position <= 20;
}

/** Now and then life comes between: a break begins on a day with this probability, and lasts 3 days and an exponential time. */
export const BREAK_CHANCE = 0.012;
export const BREAK_MIN_DAYS = 3;
export const BREAK_MEAN_DAYS = 12;
