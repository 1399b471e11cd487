import { describeError } from "../platform/log-redaction.ts";
import type { Logger } from "../platform/logging.ts";

const LOOK_AGAIN_MS = 1_000;

/**
 * Tells of failed connections to `server` once an outage, whichever connections fail and however often, and once when it answers
 * again. All of them try again by themselves; `answers` asks the server on a connection of its own.
 */
export function outageTeller(
  server: string,
  answers: () => Promise<unknown>,
  logger: Pick<Logger, "warn" | "info">,
  lookAgainMs = LOOK_AGAIN_MS,
): (error: Error) => void {
  let isAway = false;
  const lookAgain = () => {
    const timer = setTimeout(async () => {
      const isBack = await answers().then(
        () => true,
        () => false,
      );
      if (!isBack) return lookAgain();
      isAway = false;
      logger.info(`${server} answers again`);
    }, lookAgainMs);
    // Keeps no process that is done waiting for a server that stays away.
    timer.unref();
  };
  return (error) => {
    if (isAway) return;
    isAway = true;
    logger.warn({ error: describeError(error) }, `${server} does not answer; it is tried again until it does`);
    lookAgain();
  };
}
