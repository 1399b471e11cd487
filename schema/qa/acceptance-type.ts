import { Field, ID, InputType, ObjectType } from "type-graphql";
import { ThreadNode } from "../community/thread-type.ts";
import { UserError } from "../errors/user-error.ts";
import type { Payload } from "../graphql/mutate.ts";

@InputType({ description: "Which answer to accept." })
export class AnswerAcceptInput {
  @Field(() => ID, { description: "An answer to the caller's question; moderators may name any." })
  postId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "The accepted answer that this one takes the place of; refused when another one is accepted.",
  })
  replacesPostId?: string | null;

  @Field(() => String, {
    description: "A key of the caller's choice, up to 255 characters: asking again with it accepts once.",
  })
  idempotencyKey!: string;
}

@InputType({ description: "Which acceptance to take back." })
export class AnswerUnacceptInput {
  @Field(() => ID, { description: "The accepted answer." })
  postId!: string;
}

@ObjectType({ description: "A question after an answer to it was accepted, or no longer is." })
export class AcceptancePayload implements Payload {
  @Field(() => ThreadNode, { nullable: true, description: "The question; null when refused, or no longer seen." })
  thread?: ThreadNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
