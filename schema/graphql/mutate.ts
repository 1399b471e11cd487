import type { Viewer } from "../../src/identity/viewer.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { once } from "../../src/platform/idempotency.ts";
import { type Context, viewerOf } from "../context.ts";
import { toUserError, type UserError } from "../errors/user-error.ts";

/** What every mutation returns beside its entities, which are null when it was refused. */
export interface Payload {
  userErrors: UserError[];
}

/** A payload as `act` makes it: its entities. */
type Entities<P extends Payload> = Omit<P, "userErrors">;

/**
 * Runs one mutation: opens the viewer's transaction, acts, and presents a refusal as the payload's `userErrors`. Whatever was
 * thrown, nothing of it stays.
 */
export function mutate<P extends Payload>(
  ctx: Context,
  act: (tx: Tx, viewer: Viewer) => Promise<Entities<P>>,
): Promise<P> {
  return mutateOutside(ctx, (viewer) => ctx.services.db.transaction(viewer.communityId, (tx) => act(tx, viewer)));
}

/** {@link mutate} for what happens outside the database: `act` opens no transaction, because it would hold it open meanwhile. */
export async function mutateOutside<P extends Payload>(
  ctx: Context,
  act: (viewer: Viewer) => Promise<Entities<P>>,
): Promise<P> {
  const viewer = viewerOf(ctx);
  try {
    const entities = await act(viewer);
    ctx.forgetLoaded();
    return { ...entities, userErrors: [] } as unknown as P;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { userErrors: [toUserError(error, viewer.locale)] } as P;
  }
}

/**
 * Like {@link mutate} for what moves value: `act` runs once for the input's idempotency key. It returns a receipt (plain JSON,
 * ids) that is kept with the key; `present` makes the payload from it, the first time and every later one.
 */
export async function mutateOnce<Receipt, P extends Payload>(
  ctx: Context,
  operation: string,
  input: { readonly idempotencyKey: string },
  act: (tx: Tx, viewer: Viewer) => Promise<Receipt>,
  present: (tx: Tx, receipt: Receipt) => Promise<Entities<P>>,
): Promise<P> {
  return mutate<P>(ctx, async (tx, viewer) => {
    const { idempotencyKey, ...body } = input;
    const asked = { memberId: viewer.memberId, key: idempotencyKey, operation, body };
    const receipt = await once(tx, asked, () => act(tx, viewer), ctx.now());
    return present(tx, receipt);
  });
}
