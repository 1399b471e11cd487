/** A moment in UTC. Days belong to a member's time zone; see {@link ./calendar.ts}. */
export type Instant = Date;

/** Where time comes from. Only `src/app`, `schema` and `workers` hold a clock; everything below is passed `now`. */
export type Clock = () => Instant;

export const systemClock: Clock = () => new Date();

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** `instant` moved by `deltaMs`, which may be negative. */
export function addMs(instant: Instant, deltaMs: number): Instant {
  return new Date(instant.getTime() + deltaMs);
}
