import type { FastifyInstance } from "fastify";
import type { Logger } from "../../src/platform/logging.ts";

/** Something that must work for this process to serve: resolves when it does. */
export type ReadinessCheck = () => Promise<unknown>;

export interface HealthOptions {
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly isDraining: () => boolean;
  readonly checkTimeoutMs: number;
  readonly logger: Logger;
}

interface Readiness {
  readonly status: "ready" | "not-ready" | "draining";
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly durationMs: number }>>;
}

/**
 * `/livez`: the process answers, so do not restart it. `/readyz`: send it requests, or not: 503 while it drains or while a check
 * fails. Probes that come while checks are running share their result. Why a check failed is in the log, not in the answer.
 */
export function healthRoutes(options: HealthOptions) {
  let running: Promise<Readiness> | null = null;
  const readiness = () => {
    running ??= checkAll(options).finally(() => {
      running = null;
    });
    return running;
  };
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/livez", async () => ({ status: "alive" }));
    app.get("/readyz", async (_request, reply) => {
      const state = await readiness();
      return reply
        .code(state.status === "ready" ? 200 : 503)
        .header("cache-control", "no-store")
        .send(state);
    });
  };
}

async function checkAll(options: HealthOptions): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(options.checks).map(async ([name, check]) => {
      const startedAt = performance.now();
      const ok = await passes(name, check, options);
      return [name, { ok, durationMs: Math.round(performance.now() - startedAt) }] as const;
    }),
  );
  const checks = Object.fromEntries(results);
  if (options.isDraining()) return { status: "draining", checks };
  return { status: results.every(([, { ok }]) => ok) ? "ready" : "not-ready", checks };
}

async function passes(name: string, check: ReadinessCheck, options: HealthOptions): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the check took too long")), options.checkTimeoutMs);
    });
    await Promise.race([check(), late]);
    return true;
  } catch (error) {
    options.logger.warn({ err: error, check: name }, "a readiness check fails");
    return false;
  } finally {
    clearTimeout(timer);
  }
}
