/** A bug in our own code: an assumption did not hold. Masked for clients, logged loudly, never caught to carry on. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Throws {@link InvariantError} unless `condition` holds. The message states the rule that must hold. */
export function assert(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new InvariantError(`Invariant broken: ${rule}`);
}

/** Marks a branch that the types rule out; the compiler fails when a union grows and a switch does not. */
export function assertNever(value: never, what: string): never {
  throw new InvariantError(`Invariant broken: unknown ${what}: ${JSON.stringify(value)}`);
}
