import { careerEn, feedbackEn } from "./corpus/en/career.ts";
import { announcementsEn, loungeEn } from "./corpus/en/lounge.ts";
import { phrasesEn } from "./corpus/en/phrases.ts";
import { productEn } from "./corpus/en/product.ts";
import { pythonDataEn } from "./corpus/en/python-data.ts";
import { pythonDataTalkEn } from "./corpus/en/python-data-talk.ts";
import { writingEn } from "./corpus/en/writing.ts";
import { writingTalkEn } from "./corpus/en/writing-talk.ts";
import type { Phrases, ThreadTemplate, TopicSpaceKey } from "./corpus/template.ts";
import { careerZh, feedbackZh } from "./corpus/zh-CN/career.ts";
import { financeZh } from "./corpus/zh-CN/finance.ts";
import { announcementsZh, loungeZh } from "./corpus/zh-CN/lounge.ts";
import { photographyZh } from "./corpus/zh-CN/photography.ts";
import { phrasesZh } from "./corpus/zh-CN/phrases.ts";
import { productZh } from "./corpus/zh-CN/product.ts";
import { pythonDataZh } from "./corpus/zh-CN/python-data.ts";
import { pythonDataTalkZh } from "./corpus/zh-CN/python-data-talk.ts";
import type { SimulatedLocale } from "./records.ts";

/** A course as taught: what is sold, what is learnt in which order, and what people write about it. */
export interface Course {
  readonly key: string;
  readonly title: string;
  readonly locale: SimulatedLocale;
  /** How many members choose it, against the other courses of its language. */
  readonly popularity: number;
  readonly priceMinor: number;
  readonly currency: "CNY" | "USD";
  /** Title and minutes; every second lesson ends with a quiz. */
  readonly lessons: readonly (readonly [title: string, minutes: number])[];
  readonly corpus: readonly ThreadTemplate[];
}

/** The pace that a course asks for, in lessons a day. */
export const LESSONS_PER_DAY = 2.2 / 7;

export const COURSES: readonly Course[] = [
  {
    key: "python-data-zh",
    title: "Python 数据分析实战",
    locale: "zh-CN",
    popularity: 3,
    priceMinor: 39900,
    currency: "CNY",
    lessons: [
      ["环境搭建与 Jupyter", 18],
      ["变量、列表与字典", 24],
      ["读取 CSV 与 Excel", 20],
      ["DataFrame 的选取与过滤", 26],
      ["缺失值与重复值", 22],
      ["groupby 分组聚合", 28],
      ["merge 与 concat", 24],
      ["时间序列与 resample", 25],
      ["透视表", 19],
      ["matplotlib 基础", 27],
      ["图表的选择", 21],
      ["SQL 与 Python 联动", 26],
      ["AB 实验分析", 30],
      ["结业项目：用户留存分析", 35],
    ],
    corpus: [...pythonDataZh, ...pythonDataTalkZh],
  },
  {
    key: "product-zh",
    title: "产品经理实战课",
    locale: "zh-CN",
    popularity: 2,
    priceMinor: 49900,
    currency: "CNY",
    lessons: [
      ["产品经理到底做什么", 16],
      ["从问题出发", 20],
      ["用户访谈", 25],
      ["用户画像与场景", 18],
      ["需求优先级", 22],
      ["流程图与原型", 27],
      ["写一份能落地的 PRD", 30],
      ["评审与协作", 20],
      ["指标与埋点", 26],
      ["增长实验", 24],
      ["商业模式与定价", 23],
      ["结业项目：从零到上线", 34],
    ],
    corpus: productZh,
  },
  {
    key: "photography-zh",
    title: "从零开始学摄影",
    locale: "zh-CN",
    popularity: 2,
    priceMinor: 19900,
    currency: "CNY",
    lessons: [
      ["认识你的相机和手机", 15],
      ["光圈、快门、ISO", 24],
      ["对焦与测光", 20],
      ["构图的减法", 22],
      ["看见光", 25],
      ["人像", 26],
      ["风光与旅行", 24],
      ["街头与人文", 21],
      ["静物与一盏灯", 23],
      ["后期流程", 28],
      ["组照与叙事", 22],
    ],
    corpus: photographyZh,
  },
  {
    key: "finance-zh",
    title: "给普通人的理财课",
    locale: "zh-CN",
    popularity: 2.5,
    priceMinor: 12900,
    currency: "CNY",
    lessons: [
      ["先看清钱去了哪里", 15],
      ["预算与应急金", 18],
      ["债务与信用", 20],
      ["保险怎么配", 24],
      ["复利与现值", 22],
      ["认识基金", 23],
      ["资产配置", 26],
      ["个税与社保", 20],
      ["家庭财务会议", 16],
      ["写下你的计划", 25],
    ],
    corpus: financeZh,
  },
  {
    key: "python-data-en",
    title: "Data Analysis with Python",
    locale: "en",
    popularity: 3,
    priceMinor: 5900,
    currency: "USD",
    lessons: [
      ["Setting up Jupyter", 18],
      ["Variables, lists, dictionaries", 24],
      ["Reading files", 20],
      ["Selecting and filtering", 26],
      ["Missing and duplicate values", 22],
      ["Grouping and aggregating", 28],
      ["Joining tables", 24],
      ["Time series", 25],
      ["Pivot tables", 19],
      ["Charts with matplotlib", 27],
      ["Choosing the right chart", 21],
      ["SQL meets Python", 26],
      ["Analysing experiments", 30],
      ["Final project: who stays?", 35],
    ],
    corpus: [...pythonDataEn, ...pythonDataTalkEn],
  },
  {
    key: "writing-en",
    title: "Writing Clear English",
    locale: "en",
    popularity: 2.5,
    priceMinor: 3900,
    currency: "USD",
    lessons: [
      ["One idea a sentence", 14],
      ["Verbs do the work", 18],
      ["Cutting", 20],
      ["Paragraphs and transitions", 22],
      ["E-mails people answer", 21],
      ["Openings", 19],
      ["Structure", 25],
      ["Tone", 20],
      ["Editing others", 24],
      ["A personal essay", 30],
    ],
    corpus: [...writingEn, ...writingTalkEn],
  },
  {
    key: "product-en",
    title: "Product Management in Practice",
    locale: "en",
    popularity: 2,
    priceMinor: 7900,
    currency: "USD",
    lessons: [
      ["What product managers do", 16],
      ["Start from the problem", 20],
      ["Interviewing users", 25],
      ["Personas and situations", 18],
      ["Prioritising", 22],
      ["Flows and prototypes", 27],
      ["Specs that get built", 30],
      ["Reviews and teamwork", 20],
      ["Metrics", 26],
      ["Experiments", 24],
      ["Pricing", 23],
      ["Final project: zero to launch", 34],
    ],
    corpus: productEn,
  },
];

/** Spaces that every member sees, in whichever language they write. */
export const TOPIC_SPACES: Readonly<Record<TopicSpaceKey, string>> = {
  announcements: "公告 · Announcements",
  lounge: "休息区 · Lounge",
  career: "求职与职场 · Careers",
  feedback: "建议与反馈 · Feedback",
};

export const TOPIC_CORPORA: Readonly<
  Record<SimulatedLocale, Readonly<Record<TopicSpaceKey, readonly ThreadTemplate[]>>>
> = {
  "zh-CN": { announcements: announcementsZh, lounge: loungeZh, career: careerZh, feedback: feedbackZh },
  en: { announcements: announcementsEn, lounge: loungeEn, career: careerEn, feedback: feedbackEn },
};

export const PHRASES: Readonly<Record<SimulatedLocale, Phrases>> = { "zh-CN": phrasesZh, en: phrasesEn };
