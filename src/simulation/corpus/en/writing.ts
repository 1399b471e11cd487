import { casesOf, question, type ThreadTemplate } from "../template.ts";

/** "Writing Clear English" */
export const writingEn: readonly ThreadTemplate[] = [
  question(
    "grammar",
    [
      "{a} or {b}?",
      "“{a}” vs “{b}”, [[which one is right|I can never remember]]",
      "[[Quick grammar question|Grammar]]: {a} / {b}",
    ],
    [
      "In my assignment I wrote “{sample}” and the feedback [[circled it|just says 'check this']]. Should it be {a} or {b}? [[I've seen both|My spell checker is silent]].",
      "{a} or {b}? My sentence: “{sample}”. [[I'd like the rule, not only the answer.|English is my third language, be patient with me.]]",
    ],
    [
      "{rule}.",
      "{rule}. Read it aloud and you'll hear it.",
      "Search both in a newspaper's archive and read ten examples. Works better than rules for me.",
      "I'd rewrite the sentence so that the question goes away. Often it gets shorter, too.",
      "Put it on a sticky note for a week. That's how I got rid of mine.",
      "[[Easy way to remember|My trick]]: {rule}.",
      "Both exist, but in your sentence {rule}.",
    ],
    casesOf(
      "a ~ b ~ sample ~ rule",
      "fewer ~ less ~ we had less customers in June ~ use fewer for things you can count, less for what you pour",
      "affect ~ effect ~ the change did not effect sales ~ affect is nearly always the verb, effect the noun",
      "which ~ that ~ the report which you sent is late ~ no comma and essential to the meaning, so 'that'",
      "I ~ me ~ please send it to Ana and I ~ drop Ana and listen: 'send it to me'",
      "its ~ it's ~ the company changed it's logo ~ it's always unfolds to 'it is'; if it can't, use its",
      "has been ~ was ~ the office has been closed in 2019 ~ a finished time like 2019 wants the simple past",
    ),
  ),
  question(
    "email work",
    [
      "How do I {task} without sounding {tone}?",
      "An email to {task}, [[is this too {tone}|please have a look]]",
      "Sounding less {tone}",
    ],
    [
      "I have to {task} and every draft sounds {tone}. Current version:\n\n> {draft}\n\n[[English isn't my first language and I can't hear it|It has to go out tomorrow]]. How would you put it?",
    ],
    [
      "Lead with what you need and by when, then the reason, then stop. “{better}”",
      "I'd write: “{better}”",
      "Cut the apology and the adverbs first, look again, and you'll find it isn't {tone} at all.",
      "Imagine you're on the receiving end, on a busy Monday. What would you want to read first?",
      "Sleep on it if you can, then cut a third. My messages always calm down overnight.",
      "Context matters: a colleague can have two lines, a client wants one more sentence of warmth. But “{better}” works for both.",
    ],
    casesOf(
      "task ~ tone ~ draft ~ better",
      "chase a late reply ~ pushy ~ I am writing to remind you again about my email. ~ Could you let me know by Thursday? I'd like to book the room.",
      "turn down a meeting ~ rude ~ I can't come to this meeting, it is not relevant for me. ~ I'll skip this one, but I'm happy to read the notes and answer questions.",
      "ask for a raise ~ arrogant ~ I believe I deserve more money for all my work. ~ Since March I've taken over onboarding; I'd like to talk about what that means for my salary.",
      "correct my boss ~ bossy ~ You are wrong about the numbers. ~ I get 14% rather than 18% here; could we compare sources?",
      "complain to a supplier ~ angry ~ This is unacceptable and very disappointing!!! ~ The delivery is nine days late. What date can you commit to?",
    ),
  ),
  question(
    "style editing",
    [
      "How to cut {what}?",
      "Feedback says “{note}”. [[What does that mean in practice|How do I fix it]]?",
      "My drafts are full of {what}",
    ],
    [
      "For the third time my feedback says “{note}”. I see it once it's marked, never before. How do you spot {what} in your own drafts? [[Any routine?|I edit on screen, maybe that's it.]]",
    ],
    [
      "{how}.",
      "Print it. Different eyes. Then {how}.",
      "One pass for one thing. A pass only for {what}: {how}.",
      "Leave it overnight, then {how}. It gets faster, I promise.",
      "Ask someone to read it to you. Where they stumble, fix it.",
      "Swap drafts with a classmate. I see {what} in other people's text at once, never in mine.",
      "Keep a list of your own three worst habits next to the screen. Mine has coffee stains by now.",
    ],
    casesOf(
      "what ~ note ~ how",
      "long sentences ~ one idea at a time ~ read it aloud and put a full stop wherever you run out of breath",
      "the passive voice ~ who did it? ~ search for 'by' and for 'was', and ask who acts",
      "filler words ~ trim ~ search for very, really, quite, just, and delete until it hurts",
      "abstract nouns ~ too heavy ~ hunt for -tion and -ment, most of them hide a verb",
      "hedging ~ say it ~ allow yourself one 'perhaps' a page and choose where",
    ),
  ),
  question(
    "structure essays",
    ["How do I [[start|open]] {piece}?", "Stuck on the {part} of {piece}", "{piece}: the {part} won't come together"],
    [
      "Assignment for lesson {number} is {piece}. I have notes and a vague idea, but the {part} [[reads like a school essay|goes in circles]]. How do you get unstuck?",
    ],
    [
      "Write the {part} last. You can't introduce what you haven't met.",
      "Tell it to a friend in one minute, write down what you said.",
      "Start in the middle of the action and explain afterwards. Works for {piece} more often than not.",
      "Write ten bad versions of the first sentence in ten minutes. Number seven is usually fine.",
      "For {piece} I ask what the reader should do or feel at the end, and build backwards.",
    ],
    casesOf(
      "piece ~ part",
      "a cover letter ~ opening",
      "a product review ~ ending",
      "a personal essay ~ opening",
      "a report for my boss ~ summary",
      "a speech for a wedding ~ middle",
    ),
  ),
  question(
    "vocabulary",
    ["Difference between {a} and {b}?", "When would you say {a} rather than {b}?"],
    [
      "My dictionary gives almost the same definition for *{a}* and *{b}*. [[Native speakers here, what do you hear?|I used one and was told to use the other.]] Example sentences would help a lot.",
    ],
    [
      "{diff}.",
      "{diff}. Look at which words they sit next to in a corpus; that tells you more than a definition.",
      "To my ear: {diff}.",
      "Look them up in a learner's dictionary rather than an ordinary one, the examples are much better.",
      "As a native speaker I had to think about it for a minute, so don't be hard on yourself.",
      "Write five sentences with each about your own day. It sticks better than a definition.",
    ],
    casesOf(
      "a ~ b ~ diff",
      "childish ~ childlike ~ childish is a complaint, childlike a compliment",
      "slim ~ skinny ~ same measurement, different kindness",
      "actually ~ currently ~ false friend in half of Europe: actually means 'in fact', not 'now'",
      "ensure ~ insure ~ ensure makes certain, insure costs money every month",
      "historic ~ historical ~ historic made history, historical merely belongs to it",
    ),
  ),
  question(
    "punctuation",
    ["{mark}: [[yes or no|when]]?", "Do I need {mark} here?"],
    ["Sentence from my draft: “{sample}” Does it need {mark}? [[Two apps disagree.|I tend to sprinkle them.]]"],
    [
      "{rule}.",
      "{rule}. When in doubt, make it two sentences.",
      "Read it aloud and pause where the mark would be. If the pause feels silly, leave it out.",
      "Pick one style guide and stop worrying. Consistency is what people notice.",
      "I'd restructure so that it isn't needed at all.",
      "House styles differ, but mostly {rule}.",
    ],
    casesOf(
      "mark ~ sample ~ rule",
      "a semicolon ~ The food was cold, the waiter was warm. ~ two full sentences joined by a comma want a semicolon or a full stop",
      "an Oxford comma ~ I thank my parents, Ada and Grace. ~ without it your parents are Ada and Grace, so yes",
      "a hyphen ~ a well known author ~ before the noun hyphenate, after it don't",
      "a colon ~ My favourites are: tea, toast and silence. ~ no colon after 'are', the sentence isn't finished",
    ),
  ),
];
