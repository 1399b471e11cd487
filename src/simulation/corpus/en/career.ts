import { casesOf, discussion, question, type ThreadTemplate } from "../template.ts";

/** The career space. */
export const careerEn: readonly ThreadTemplate[] = [
  discussion(
    "interviews",
    [
      "{role} interview, [[what they asked|how it went]]",
      "Interviewed for {role} at a {field} company",
      "[[Got the offer|Rejected after round two]]: {role}",
    ],
    [
      "Three rounds for {role}, {field} company.\n\n1. Projects, in detail. [[Know where every number comes from|Don't recite]].\n2. A case: {q}?\n3. Values and team.\n\n[[Friendly people, would do it again|I fluffed the case]]. Hope this helps someone.",
    ],
    [
      "Thanks for writing it up. I had the same case; they want you to ask about the goal first.",
      "Congratulations or commiserations, either way it's practice.",
      "Would you share the salary range?",
      "What did the values round look like?",
      "Bookmarked, I have one next week.",
    ],
    casesOf(
      "role ~ field ~ q",
      "data analyst ~ grocery delivery ~ how would you decide whether to open in a new city",
      "associate PM ~ ed-tech ~ only 12% finish the course, what do you do in week one",
      "content designer ~ fintech ~ rewrite this error message for someone who is panicking",
      "business analyst ~ e-mobility ~ which three numbers would you use to place chargers",
    ),
  ),
  discussion(
    "career advice",
    ["{topic}", "[[Advice wanted|Thinking aloud]]: {topic}"],
    [
      "{topic}. [[I've been turning it over for a week|My friends are split]], and I'd like to hear from people who don't know me.",
    ],
    [
      "Write down the worst case. It's usually smaller on paper.",
      "I made that choice two years ago. Hard, no regrets.",
      "Set a date three months out, try everything you can until then, decide that day.",
      "Money, growth, people: two out of three is a good job.",
      "Sending a hug, this is hard.",
    ],
    casesOf(
      "topic",
      "Quitting to study full time at 32",
      "Asked to mentor a new hire while I'm still learning myself",
      "How do you start a pay conversation",
      "A year of remote work and I feel I'm going backwards",
      "Everyone on my team is ten years younger",
    ),
  ),
  question(
    "cv",
    ["How do you put {part} on a CV?", "CV help: {part}"],
    [
      "Version [[five|seven]] of my CV, and I still can't write {part} without [[cringing|sounding vague]]. Examples, good or bad, very welcome.",
    ],
    [
      "Situation, what you decided, what changed, with a number. Same for {part}.",
      "Bad: 'responsible for daily tasks'. Good: 'cut month-end from two days to three hours'.",
      "Delete every 'familiar with' and put one concrete thing in its place.",
      "Give it to a friend for 30 seconds and ask what they remember. Cut the rest.",
    ],
    casesOf(
      "part",
      "a career break",
      "course projects",
      "experience from another industry",
      "a summary at the top",
      "a job I left after three months",
    ),
  ),
];

/** The feedback space. */
export const feedbackEn: readonly ThreadTemplate[] = [
  discussion(
    "suggestion",
    ["Suggestion: {idea}", "Could we have {idea}?", "Small wish: {idea}"],
    [
      "A month in and I like it a lot. One small wish: {idea}. [[At the moment it takes me a detour every time|Especially on the phone]]. [[Anyone else?|No hurry, just for the list.]]",
    ],
    [
      "+1 from me.",
      "Yes please.",
      "I asked about this, support said it's planned.",
      "Until then: bookmark the course page, it's nearly as quick.",
      "Upvoted so that someone sees it.",
    ],
    casesOf(
      "idea",
      "remembering playback speed per course",
      "voice notes for assignments",
      "a dark mode",
      "one page with all the quiz questions I got wrong",
      "downloadable handouts",
      "reminders at a time I choose",
    ),
  ),
  question(
    "bug account",
    ["{bug}", "[[Anyone else|Bug]]: {bug}"],
    [
      "{bug}. Tried it on [[Android|an iPhone|the web]], [[signing in again didn't help|cleared the cache, no change]]. Could someone have a look?",
    ],
    [
      "Had this too: {fix}.",
      "Try this: {fix}.",
      "Support told me yesterday: {fix}.",
      "Reported it last week; they answer within two days, faster with a screenshot.",
      "Try another network. Broken on the office one for me, fine on mobile data.",
      "Same here, waiting for an answer too.",
    ],
    casesOf(
      "bug ~ fix",
      "My name is misspelt on the certificate ~ change it in your profile, then generate the certificate again",
      "A finished lesson is stuck at 98% ~ let the last few seconds of credits play, it counts those too",
      "My coupon hasn't expired but is refused ~ check which courses it's for, some are for first purchases only",
      "No notification when my assignment is reviewed ~ 'course activity' is off by default in notification settings",
      "No sound in the live recording ~ switch to standard definition for now, the HD stream is being fixed",
    ),
  ),
];
