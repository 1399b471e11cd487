import { casesOf, discussion, type ThreadTemplate } from "../template.ts";

/** Discussions of "Data Analysis with Python" */
export const pythonDataTalkEn: readonly ThreadTemplate[] = [
  discussion(
    "project showcase",
    ["[[Final project|My project]]: {topic}", "I analysed {topic}", "{topic}, [[two weekends later|what I found]]"],
    [
      "For the project I took {topic}. What I found:\n\n- {find}\n- [[cleaning was 70% of the work|weekends look nothing like weekdays]]\n- I cut twelve charts down to four and it reads better\n\n[[The code is not pretty, be gentle|Feedback welcome]], [[especially on the charts|especially on whether the conclusion holds]].",
    ],
    [
      "'{find}' is a great hook. Can you split it by time of day?",
      "Four charts! I have twenty. Time to delete.",
      "Where did you get the data for {topic}? I'd like to follow along.",
      "Add one line on the limits of the sample, interviewers always ask.",
      "Lovely work, [[saved|reading it again tonight]]. The cleaning part could be its own post.",
      "Could it be the sample? I'd stratify by area before believing it.",
    ],
    casesOf(
      "topic ~ find",
      "three years of my bank statements ~ I spend three times more on coffee than on books",
      "rents in my city ~ every extra km from a station takes about 4% off",
      "IMDb's top 250 ~ length and rating are nearly unrelated",
      "our canteen's till data ~ Friday lunch is a third below Monday",
      "bike-share trips ~ rain halves leisure trips but commuters hardly care",
    ),
  ),
  discussion(
    "progress notes",
    ["Lesson {number} done: {lesson}", "{lesson}, [[my notes|what tripped me up]]", "Notes on {lesson}"],
    [
      "Finished “{lesson}”. The thing I'll keep: {gain}. [[Onwards tomorrow!|The next title scares me a little.]]",
      "Watched “{lesson}” twice. The first time I thought I got it, the exercise disagreed. Second time, typing along, it turned out that {gain}.",
    ],
    [
      "Just did that one too. Completely agree that {gain}.",
      "Typing along is the only way for me as well.",
      "Did you manage exercise 3? I'm stuck there.",
      "Would you share the notes?",
      "Keep going!",
    ],
    casesOf(
      "gain",
      "looking at the data before writing code saves half the work",
      "error messages tell you the answer if you let them",
      "a chain reads better than six temporary variables",
      "checking `shape` after every step keeps me calm",
      "a chart should start with a question",
    ),
  ),
  discussion(
    "tools",
    ["{a} or {b}?", "{a} vs {b}: [[real experience please|what do you use]]", "Worth moving from {a} to {b}?"],
    [
      "The course uses {a}, everyone at work swears by {b}. [[I'm finally comfortable and don't want to start over|Afraid I couldn't follow the videos]]. What do you use, and why?",
    ],
    [
      "Stick with {a} during the course. The tool isn't the bottleneck.",
      "Both. {a} to explore, {b} for anything I keep.",
      "{b} takes about a week, then you won't go back.",
      "Whatever your team uses. Working together beats features.",
      "Assignment first, tools later (note to self).",
    ],
    casesOf(
      "a ~ b",
      "Jupyter ~ VS Code",
      "pandas ~ polars",
      "matplotlib ~ plotly",
      "pivot tables ~ pandas",
      "CSV ~ Parquet",
    ),
  ),
  discussion(
    "career",
    [
      "{who}, learning data analysis. [[Too late?|Is it realistic?]]",
      "{who}: [[halfway and wavering|honest opinions wanted]]",
    ],
    [
      "{who}, [[forty minutes|an hour]] a day is all I have. I'm at lesson {number} and keeping up, but [[is this enough to get hired one day|how far is it from the real job]]? I'd love to hear from people who made it.",
    ],
    [
      "Take data from your own field and do one small project. It beats ten tutorials.",
      "{who} is an advantage: you know the business. Code is the easy half.",
      "Learn SQL well. Nine of my ten interviews opened with it.",
      "Read twenty job ads, circle the words that repeat, fill the gaps.",
      "An hour a day for half a year is a lot. Compare yourself with last week.",
    ],
    casesOf(
      "who",
      "Accountant at 38",
      "History graduate",
      "Five years in quality control",
      "Returning after two kids",
      "Former line cook",
    ),
  ),
];
