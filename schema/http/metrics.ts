import { timingSafeEqual } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { OperationRecord } from "../graphql/apollo-server.ts";
import { publicError } from "../graphql/errors.ts";

/** A value that is read when Prometheus asks: a pool's waiting clients, a queue's length. */
export interface GaugeSource {
  readonly name: string;
  readonly help: string;
  /** A number, or one by label value: `{ idle: 3, busy: 2 }` becomes the label `state`. */
  readonly read: () => number | Readonly<Record<string, number>>;
}

export interface MetricsOptions {
  /** The registry to add to; a new one unless given. */
  readonly registry?: Registry;
  readonly gauges?: readonly GaugeSource[];
  /** Operation names that always have a series of their own. */
  readonly operationNames?: readonly string[];
}

export interface Metrics {
  readonly registry: Registry;
  recordRequest(method: string, route: string, status: number, durationMs: number): void;
  recordOperation(record: OperationRecord): void;
  websockets: Gauge;
  close(): void;
}

const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Clients choose operation names: only so many get a series of their own, the rest are counted together. */
const OPERATION_NAMES_MAX = 100;

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = options.registry ?? new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "rekindle_http_request_duration_seconds",
    help: "How long HTTP requests took, by route and status.",
    labelNames: ["method", "route", "status"] as const,
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const operations = new Counter({
    name: "rekindle_graphql_operations_total",
    help: "GraphQL operations answered, by name and outcome (ok, or the code of the first error).",
    labelNames: ["operation", "type", "outcome"] as const,
    registers,
  });
  const operationDurations = new Histogram({
    name: "rekindle_graphql_operation_duration_seconds",
    help: "How long GraphQL operations took.",
    labelNames: ["operation", "type"] as const,
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const websockets = new Gauge({ name: "rekindle_websockets_open", help: "Open WebSocket connections.", registers });
  const eventLoop = observeEventLoop(registers);
  for (const source of options.gauges ?? []) addGauge(source, registers);

  const labelOf = boundedLabels(OPERATION_NAMES_MAX, options.operationNames ?? []);
  return {
    registry,
    websockets,
    recordRequest: (method, route, status, durationMs) =>
      requests.labels(method, route, String(status)).observe(durationMs / 1000),
    recordOperation({ name, type, outcome, durationMs }) {
      // What was refused before it ran is not worth a series of its own: names of refused documents are free to invent.
      const operation = type === "unknown" ? "(refused)" : labelOf(name ?? "(anonymous)");
      operations.labels(operation, type, outcome).inc();
      operationDurations.labels(operation, type).observe(durationMs / 1000);
    },
    close: () => eventLoop.disable(),
  };
}

export interface MetricsAccess {
  /** When given, `/metrics` answers those alone who bring it as a bearer token. */
  readonly token?: string;
  /** Whether it answers everybody while there is no token: it shares its port with the API. */
  readonly open: boolean;
}

/** `/metrics` in Prometheus' text format, for those whom `access` admits. */
export function metricsRoute(metrics: Metrics, { token, open }: MetricsAccess) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get("/metrics", async (request, reply) => {
      const admitted = token === undefined ? open : sameText(request.headers.authorization ?? "", `Bearer ${token}`);
      if (!admitted) {
        throw publicError("UNAUTHENTICATED", "The metrics need their token.", [["www-authenticate", "Bearer"]]);
      }
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
  };
}

/** Gives each of the first `max` values its own label, and every later one the same: a label's values must stay few. */
function boundedLabels(max: number, known: readonly string[]): (value: string) => string {
  const seen = new Set(known);
  const room = seen.size + max;
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= room) return "(other)";
    seen.add(value);
    return value;
  };
}

const LAG_RESOLUTION_MS = 20;

function observeEventLoop(registers: Registry[]) {
  const histogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  histogram.enable();
  new Gauge({
    name: "rekindle_event_loop_lag_seconds",
    help: "How late the event loop was since the last scrape.",
    labelNames: ["quantile"] as const,
    registers,
    collect() {
      if (histogram.count === 0) return;
      for (const quantile of [0.5, 0.99, 1]) {
        // Node records the time between two ticks of its timer: an idle loop shows the resolution itself.
        const lagSeconds = histogram.percentile(quantile * 100) / 1e9 - LAG_RESOLUTION_MS / 1e3;
        this.labels(String(quantile)).set(Math.max(0, lagSeconds));
      }
      histogram.reset();
    },
  });
  return histogram;
}

function addGauge(source: GaugeSource, registers: Registry[]): void {
  new Gauge({
    name: source.name,
    help: source.help,
    labelNames: ["state"] as const,
    registers,
    collect() {
      const value = source.read();
      if (typeof value === "number") this.set(value);
      else for (const [state, count] of Object.entries(value)) this.labels(state).set(count);
    },
  });
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
