import type { Id } from "../../src/kernel/ids.ts";
import { type Report, reportsById } from "../../src/moderation/report-queries.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";

/** Null for what the viewer may not see. */
export const reportLoader = defineLoader<Id, Report | null>(async (reader, ids, viewer) =>
  inOrder(ids, await reportsById(reader, viewer, ids), (report) => report.id),
);
