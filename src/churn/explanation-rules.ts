import type { Locale } from "../../drizzle/tables/identity.ts";
import { FEATURES, type Feature, NEVER_DAYS } from "../features/feature-catalogue.ts";
import { explainLogistic } from "../math/logistic.ts";
import { matrixFromRows, rowOf } from "../math/matrix.ts";
import { type ChurnArtefact, prepare } from "./learning-rules.ts";

/** One reason for a member's score. */
interface ChurnFactor {
  readonly feature: string;
  /** In the feature's unit. */
  readonly value: number;
  /** What it adds to the log-odds of churning, against the average member the model learnt from. */
  readonly contribution: number;
  /** The same as a factor on the odds: above 1 it raises the risk. */
  readonly oddsRatio: number;
  readonly sentence: string;
}

export interface ChurnExplanation {
  readonly probability: number;
  /** The probability of a member who is average in every feature. */
  readonly averageProbability: number;
  /** Strongest first. */
  readonly factors: readonly ChurnFactor[];
  /** What the features not among `factors` add together, in log-odds. */
  readonly remainder: number;
}

/**
 * Takes a score apart: its log-odds are the average member's plus each feature's contribution, exactly. Features that move together share
 * their effect between them, so that a single contribution is a hint, and their sum is the fact.
 *
 * @param values in the catalogue's order and natural units.
 */
export function explainChurn(
  artefact: ChurnArtefact,
  values: readonly number[],
  options: { readonly locale: Locale; readonly factorsMax?: number },
): ChurnExplanation {
  const { locale, factorsMax = 5 } = options;
  const explained = explainLogistic(artefact.model, rowOf(prepare(artefact, matrixFromRows([values])), 0));
  const factors = FEATURES.map((feature, index): ChurnFactor => {
    const contribution = explained.contributions[index]!;
    const oddsRatio = Math.exp(contribution);
    const value = values[index]!;
    return {
      feature: feature.name,
      value,
      contribution,
      oddsRatio,
      sentence: sentenceOf(feature, value, oddsRatio, locale),
    };
  })
    .filter((factor) => factor.contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  return {
    probability: explained.probability,
    averageProbability: 1 / (1 + Math.exp(-explained.intercept)),
    factors: factors.slice(0, factorsMax),
    remainder: factors.slice(factorsMax).reduce((sum, factor) => sum + factor.contribution, 0),
  };
}

function sentenceOf(feature: Feature, value: number, oddsRatio: number, locale: Locale): string {
  const name = feature.description[locale];
  const shown = shownValue(feature, value, locale);
  const times = oddsRatio.toFixed(2);
  switch (locale) {
    case "en":
      return `${name[0]!.toUpperCase()}${name.slice(1)}: ${shown}. That makes the odds of leaving ${times} times the average member's.`;
    case "zh-CN":
      return `${name}：${shown}，使流失几率为平均成员的 ${times} 倍。`;
  }
}

const NEVER: Record<Locale, string> = { en: `${NEVER_DAYS} or more, or never`, "zh-CN": `${NEVER_DAYS} 天以上或从未` };

function shownValue({ measure }: Feature, value: number, locale: Locale): string {
  const isSince = measure.of === "days-since-last" || measure.of === "days-since-last-but-one";
  if (isSince && value >= NEVER_DAYS) return NEVER[locale];
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}
