import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { PollChoice, PollResults } from "../../drizzle/tables/threads.ts";
import type { PollOptionView, PollView } from "../../src/community/poll-queries.ts";
import type { PollSettings } from "../../src/community/poll-rules.ts";

export enum PollChoiceEnum {
  SINGLE = "single",
  MULTIPLE = "multiple",
}
registerEnumType(PollChoiceEnum, { name: "PollChoice", description: "How many options a ballot may name." });

export enum PollResultsEnum {
  ALWAYS = "always",
  VOTED = "voted",
  CLOSED = "closed",
}
registerEnumType(PollResultsEnum, {
  name: "PollResults",
  description: "From when on a member sees how a poll stands.",
  valuesConfig: {
    ALWAYS: { description: "At once." },
    VOTED: { description: "Once they have voted, or the poll is closed." },
    CLOSED: { description: "Once the poll is closed." },
  },
});

@ObjectType({ description: "What may be voted for." })
class PollOption {
  @Field(() => Int, { description: "Where it stands, from 1; ballots name it by this." })
  position!: number;

  @Field(() => String, { description: "Plain text." })
  text!: string;

  @Field(() => Int, { nullable: true, description: "Ballots that name it; null while the caller may not see them." })
  voteCount!: number | null;
}

@ObjectType({ description: "What a thread of the kind POLL asks. Ballots are secret." })
export class Poll {
  @Field(() => PollChoiceEnum, { description: "How many options a ballot may name." })
  choice!: PollChoice;

  @Field(() => PollResultsEnum, { description: "From when on a member sees how it stands." })
  results!: PollResults;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it closes, or closed; null for never." })
  closesAt!: Date | null;

  @Field(() => Boolean, { description: "Whether it takes no more ballots." })
  closed!: boolean;

  @Field(() => Int, { description: "Members who have voted." })
  ballotCount!: number;

  @Field(() => [Int], { description: "What the caller voted for; empty when they have not." })
  myPositions!: readonly number[];

  @Field(() => [PollOption], { description: "In the order that the author gave them." })
  options!: readonly PollOptionView[];
}

/** Presents a poll. */
export function toPoll(view: PollView): Poll {
  return Object.assign(new Poll(), view);
}

@InputType({ description: "What a poll asks. The thread's title is the question, its opening post says more." })
export class PollInput {
  @Field(() => [String], { description: "2 to 20 of up to 200 characters; they cannot be changed later." })
  options!: string[];

  @Field(() => PollChoiceEnum, { defaultValue: "single", description: "How many options a ballot may name." })
  choice!: PollChoice;

  @Field(() => PollResultsEnum, { defaultValue: "always", description: "From when on a member sees how it stands." })
  results!: PollResults;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it closes; leave it out for never." })
  closesAt?: Date | null;
}

/** Reads what came in. */
export function readPollInput(input: PollInput | null | undefined): PollSettings | null {
  return input == null ? null : { ...input, closesAt: input.closesAt ?? null };
}

@InputType({ description: "A ballot in a poll; it takes the place of an earlier one." })
export class PollVoteInput {
  @Field(() => ID, { description: "The poll's thread." })
  threadId!: string;

  @Field(() => [Int], { description: "The options by their positions; none takes the ballot back." })
  positions!: number[];
}

@InputType({ description: "A poll to close before its time." })
export class PollCloseInput {
  @Field(() => ID, { description: "A thread of the caller's own." })
  threadId!: string;
}
