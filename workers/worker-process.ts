import { setTimeout } from "node:timers/promises";
import type { Job } from "bullmq";
import { communities } from "../drizzle/tables/identity.ts";
import { assert } from "../src/kernel/assert.ts";
import type { Day } from "../src/kernel/calendar.ts";
import type { Id } from "../src/kernel/ids.ts";
import { type Clock, MINUTE_MS } from "../src/kernel/instant.ts";
import { describeError } from "../src/platform/log-redaction.ts";
import type { Logger } from "../src/platform/logging.ts";
import { buryLetter } from "../src/platform/outbox/dead-letter-actions.ts";
import { type OutboxMessage, settleMessage } from "../src/platform/outbox/relay-actions.ts";
import { deliverDomainEvent, type Subscriber } from "./domain-events-job.ts";
import { PIPELINE, STAGES, stageNamed } from "./pipeline.ts";
import type { QueueName, Queues } from "./queues.ts";
import { OutboxRelay } from "./relay.ts";
import { runStage } from "./run-stage.ts";
import type { Stage, StageServices } from "./stage.ts";

export interface WorkerOptions {
  readonly services: StageServices;
  readonly databaseUrl: string;
  readonly queues: Queues;
  readonly subscribers: readonly Subscriber[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many domain events are worked on at once. */
  readonly concurrency?: number;
}

/** A stage for one community; for all of them when none is named; the whole pipeline in order when no stage is. */
export interface PipelineJob {
  readonly stage: string | null;
  readonly communityId: Id | null;
  readonly asOf?: Day;
  /** What to run once this has been run. */
  readonly next?: PipelineJob;
}

/**
 * Eight tries over about two minutes outlast a server's restart; what fails then is buried, to be mended and replayed. Its job
 * goes: kept, it would turn away its own message when the outbox, which could not be told of the burial, hands it over again.
 */
const DOMAIN_EVENT_TRIES = {
  attempts: 8,
  backoff: { type: "exponential", delay: 1_000 },
  removeOnFail: true,
} as const;
const STAGE_WAIT_MS = 500;
const PIPELINE_TRIES = { attempts: 3, backoff: { type: "exponential", delay: 5_000 } } as const;

/** How many stages run at once, over all communities, in each queue of them: no training and no mail server keeps a short one waiting. */
const STAGES_AT_ONCE = { pipeline: 4, "pipeline-long": 2 } as const;

/** How often the schedule is looked at: it is kept in the queue, and a Redis may forget. */
const RESCHEDULE_MS = 60_000;

/** Where domain events that no try could deliver are buried. */
export const DOMAIN_EVENT_LETTERS = "domain-events";

/** Starts the background face: the outbox's relay, the consumers of domain events, and the pipeline on its schedule. */
export async function startWorkers(options: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const { services, queues, subscribers, clock, logger } = options;
  const { db } = services;
  const relay = new OutboxRelay({
    db,
    url: options.databaseUrl,
    enqueue: (messages) => enqueueDomainEvents(queues, messages),
    onError: (error) => logger.warn({ err: error }, "the outbox relay failed and goes on"),
  });
  const consumer = queues.work<OutboxMessage>(
    "domain-events",
    (job) => deliverDomainEvent(db, subscribers, job.data, clock),
    { concurrency: options.concurrency ?? 10 },
  );
  consumer.on("failed", (job, error) => {
    // Finished is what will not be tried again: after its tries, or because it took its worker down too often.
    if (job?.finishedOn === undefined) return;
    logger.error({ err: error, messageId: job.data.id }, "a domain event could not be delivered and is buried");
    const { id, communityId } = job.data;
    const letter = {
      communityId,
      source: DOMAIN_EVENT_LETTERS,
      reference: id,
      payload: job.data,
      error: describeError(error),
    };
    const bury = db.systemTransaction(async (sql) => {
      await buryLetter(sql, letter, clock());
      await settleMessage(sql, id);
    });
    bury.catch((lost) => logger.error({ err: lost }, "a dead letter could not be kept"));
  });
  for (const [name, concurrency] of Object.entries(STAGES_AT_ONCE)) {
    const stages = queues.work<PipelineJob>(name as QueueName, (job) => runPipelineJob(options, job), { concurrency });
    stages.on("failed", (job, error) => logger.error({ err: error, job: job?.data }, "a stage failed"));
  }
  await schedule(queues, STAGES);
  const rescheduling = setInterval(() => {
    scheduleMissing(queues).catch((error) => logger.warn({ err: error }, "the schedule could not be looked at"));
  }, RESCHEDULE_MS);
  relay.start();
  return {
    close: async () => {
      clearInterval(rescheduling);
      await relay.stop();
      await queues.close();
    },
  };
}

/** Puts messages on the queue. The outbox id is the job's id, so that handing a message over twice mostly makes one job. */
export async function enqueueDomainEvents(queues: Queues, messages: readonly OutboxMessage[]): Promise<void> {
  await queues.queue("domain-events").addBulk(
    messages.map((message) => ({
      name: "domain-event",
      data: message,
      opts: { jobId: message.id, ...DOMAIN_EVENT_TRIES },
    })),
  );
}

/**
 * Asks the workers to run a stage, or the whole pipeline, as soon as they can. A community's stage waits in the queue once, however often
 * it is asked for; asked for while it runs, it is run once more, for it may have read already what was meant.
 */
export async function enqueueStage(queues: Queues, job: PipelineJob): Promise<void> {
  const { stage: name, communityId, asOf, next } = job;
  const isPlain = name !== null && communityId !== null && asOf === undefined && next === undefined;
  const deduplication = { id: `${name}/${communityId}`, keepLastIfActive: true };
  await queues
    .queue(queueOf(job))
    .add(name ?? "pipeline", job, { ...PIPELINE_TRIES, ...(isPlain ? { deduplication } : {}) });
}

/** Asking for every community is done at once, and a whole pipeline is as long as its longest stage. */
function queueOf({ stage: name, communityId }: PipelineJob): keyof typeof STAGES_AT_ONCE {
  if (communityId === null) return "pipeline";
  return name === null || stageNamed(name)?.isLong ? "pipeline-long" : "pipeline";
}

async function schedule(queues: Queues, stages: readonly Stage[]): Promise<void> {
  const queue = queues.queue("pipeline");
  for (const { name, everyMinutes } of stages) {
    const data: PipelineJob = { stage: name, communityId: null };
    await queue.upsertJobScheduler(name, { every: everyMinutes * MINUTE_MS }, { name, data, opts: PIPELINE_TRIES });
  }
}

/** Schedules again what a Redis has forgotten that was emptied under us. */
async function scheduleMissing(queues: Queues): Promise<void> {
  const known = new Set((await queues.queue("pipeline").getJobSchedulers()).map(({ key }) => key));
  await schedule(
    queues,
    STAGES.filter(({ name }) => !known.has(name)),
  );
}

async function runPipelineJob(options: WorkerOptions, job: Job<PipelineJob>): Promise<void> {
  const { services, clock, queues } = options;
  const { stage: name, communityId, asOf, next } = job.data;
  if (communityId === null) {
    const all = await services.db.system.select({ id: communities.id }).from(communities);
    for (const { id } of all) await enqueueStage(queues, { ...job.data, communityId: id });
    return;
  }
  const stages = name === null ? PIPELINE : [stageNamed(name)];
  for (const each of stages) {
    assert(each, "a pipeline job names a stage that exists");
    const run = () => runStage(each, { communityId, asOf }, services, clock);
    // In a whole pipeline the next stage reads what this one writes: one that is under way is waited for, and run again.
    while ((await run()).kind === "already-running" && name === null) await setTimeout(STAGE_WAIT_MS);
  }
  if (next !== undefined) await enqueueStage(queues, next);
}
