import type { Account } from "../../src/rewards/movement-rules.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { defineLoader } from "../graphql/loader.ts";

/** What members have, by their ids (not their global ids). */
export const pointsLoader = defineLoader<string, Account>((reader, memberIds) => pointsByMember(reader, memberIds));
