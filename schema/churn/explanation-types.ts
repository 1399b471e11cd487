import { createUnionType, Field, Float, ID, ObjectType } from "type-graphql";
import type { MemberExplanation } from "../../src/churn/churn-queries.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { nodeId } from "../graphql/node-id.ts";
import { ChurnScoreNode, toChurnScore } from "./churn-types.ts";

@ObjectType({ description: "One reason for a score." })
export class ChurnFactor {
  @Field(() => String, { description: "The feature's name." })
  feature!: string;

  @Field(() => Float, { description: "The member's value, in the feature's unit." })
  value!: number;

  @Field(() => Float, { description: "What it adds to the log-odds, against the average member." })
  contribution!: number;

  @Field(() => Float, { description: "The same as a factor on the odds: above 1 it raises the risk." })
  oddsRatio!: number;

  @Field(() => String, { description: "The same in words, in the viewer's language." })
  sentence!: string;
}

@ObjectType({ description: "The member has no score." })
export class ChurnNotScored {
  @Field(() => ID, { description: "The member." })
  memberId!: string;
}

@ObjectType({
  description: "The features have changed since the score was made: it can be explained after the next one.",
})
export class ChurnOutdated {
  @Field(() => ChurnScoreNode, { description: "The score that cannot be explained any more." })
  score!: ChurnScoreNode;
}

@ObjectType({ description: "A score, taken apart." })
export class ChurnExplained {
  @Field(() => ChurnScoreNode, { description: "The score." })
  score!: ChurnScoreNode;

  @Field(() => Float, { description: "The probability of a member who is average in everything." })
  averageProbability!: number;

  @Field(() => [ChurnFactor], { description: "The strongest reasons, the strongest first." })
  factors!: readonly ChurnFactor[];

  @Field(() => Float, { description: "What all other features add together, in log-odds." })
  remainder!: number;
}

export const ChurnExplanationUnion = createUnionType({
  name: "ChurnExplanation",
  description: "Why a member's latest score is what it is, or that it cannot be said.",
  types: () => [ChurnNotScored, ChurnOutdated, ChurnExplained] as const,
  resolveType: (explanation) => {
    if (!("score" in explanation)) return ChurnNotScored;
    return "factors" in explanation ? ChurnExplained : ChurnOutdated;
  },
});

/** Presents an explanation. */
export function toChurnExplanation(
  told: MemberExplanation,
  memberId: Id,
): ChurnNotScored | ChurnOutdated | ChurnExplained {
  switch (told.kind) {
    case "not-scored":
      return { memberId: nodeId("Member", memberId) };
    case "outdated":
      return { score: toChurnScore(told.score) };
    case "explained": {
      const { averageProbability, factors, remainder } = told.explanation;
      return { score: toChurnScore(told.score), averageProbability, factors, remainder };
    }
  }
}
