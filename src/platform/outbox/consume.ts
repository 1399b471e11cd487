import type { Instant } from "../../kernel/instant.ts";
import type { Tx } from "../database/database.ts";
import { prepared } from "../database/prepared.ts";

const claim = prepared<{ claimed: boolean }>(
  "processed_claim",
  `insert into processed_messages (consumer, message_id, processed_at) values ($1, $2, $3)
   on conflict do nothing returning true as claimed`,
);

/**
 * Runs `act` unless `consumer` has had this message: the claim commits or rolls back with the effects, and a second consumer of
 * the same message waits for the first one's transaction. Returns whether `act` ran.
 */
export async function consumeOnce(
  tx: Tx,
  consumer: string,
  messageId: string,
  act: () => Promise<unknown>,
  now: Instant,
): Promise<boolean> {
  const claimed = await claim(tx, [consumer, messageId, now]);
  if (claimed.length === 0) return false;
  await act();
  return true;
}
