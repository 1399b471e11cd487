import { casesOf, discussion, type ThreadTemplate } from "../template.ts";

/** What staff post. */
export const announcementsEn: readonly ThreadTemplate[] = [
  discussion(
    "announcement live",
    ["Live session on {day}: {topic}", "This {day}, 7 pm UTC: {topic}", "Next live session — {topic}"],
    [
      "We're live this **{day} at 7 pm UTC** on *{topic}*.\n\n- about an hour, the last twenty minutes for questions\n- post yours below, the most upvoted go first\n- the recording is up by noon the next day",
    ],
    [
      "Alarm set.",
      "Could you touch on this one: {ask}?",
      "3 am for me, so recording it is. Thanks for always posting them quickly.",
      "Looking forward to it, the last one was great.",
      "Will the slides be shared as well?",
    ],
    casesOf(
      "day ~ topic ~ ask",
      "Wednesday ~ the ten mistakes we see most often in assignments ~ how much polish do you expect in the final project",
      "Thursday ~ switching careers, with three former students ~ how did you explain the gap on your CV",
      "Wednesday ~ keeping going when work gets busy ~ is it better to skip ahead or catch up in order",
      "Thursday ~ five assignments, reviewed live ~ can we still submit ours",
      "Wednesday ~ open questions ~ what counts towards the certificate",
    ),
  ),
  discussion(
    "announcement",
    ["{title}"],
    ["{body}\n\nQuestions? Reply here, someone reads along every weekday."],
    [
      "Got it, thanks!",
      "Great news, been waiting for this.",
      "Does it apply to people who joined earlier as well?",
      "Love how often things improve here.",
      "Thank you, team.",
    ],
    casesOf(
      "title ~ body",
      "Assignments of the month ~ Congratulations to the eight of you; 50 points each are on their way. We looked at reflection and process, not at polish.",
      "How to ask so that you get an answer ~ Say what you did, what you expected, and what you saw instead. Paste text rather than screenshots. Questions like that get a first answer within about four hours.",
      "A small change to points ~ From next week an accepted answer earns 20 points instead of 15, and one-word posts earn none. What you already earned stays.",
      "Maintenance on Saturday ~ Videos and uploads pause between 18:00 and 19:00 UTC on Saturday. Progress is safe.",
      "New here? Start with these three things ~ Finish lesson 1, say hello in the lounge, and upvote one post that helped you. That's a good first week.",
    ),
  ),
];

/** The lounge, where everyone posts. */
export const loungeEn: readonly ThreadTemplate[] = [
  discussion(
    "streak habits",
    ["Day {n}: {feel}", "{n} days in a row!", "{n}-day streak, {feel}"],
    [
      "Day {n}. {feel}. [[Only twenty minutes today, but I showed up.|Did today's on the train.|Caught up on the two lessons I owed.]]",
      "That's {n} days without a gap. {feel}, and I wanted to tell someone who'd get it.",
    ],
    [
      "Impressive! My record is nine.",
      "Day three here, following in your footsteps.",
      "What's the trick? Same time every day?",
      "Showing up is the whole thing.",
      "Well done you.",
      "Joining tomorrow. Hold me to it.",
    ],
    casesOf(
      "n ~ feel",
      "7 ~ easier than I feared",
      "14 ~ nearly forgot twice",
      "21 ~ it feels like a habit now",
      "30 ~ my partner has noticed",
      "45 ~ no alarm needed any more",
      "60 ~ more than I learned in a term at uni",
    ),
  ),
  discussion(
    "introductions",
    ["Hello from {who}", "Hi all, {who} here", "[[New here|Long-time reader, first post]]: {who}"],
    [
      "Hi! I'm {who}, taking *{course}*. [[I study after the kids are in bed|Mostly weekends for me]], and my goal is to {goal}. Happy to be here.",
    ],
    [
      "Welcome!",
      "Welcome aboard. The first three lessons are a bit dry, it gets fun after that.",
      "Same goal here, let's do it.",
      "Nice to meet you. Ask away in the course space, people are kind.",
      "Another evening learner, hello!",
    ],
    casesOf(
      "who ~ goal",
      "a pharmacist in Leeds ~ finish something for once",
      "a dad of two in Toronto ~ have an hour a day that's mine",
      "a site surveyor from Durban ~ move to a desk before my knees give up",
      "a retired physics teacher in Lyon ~ keep up with my grandchildren",
      "a second-year student in Bengaluru ~ graduate with one real skill",
      "the owner of a small café in Melbourne ~ finally understand my own numbers",
    ),
  ),
  discussion(
    "study-tips",
    ["{topic}?", "Honest question: {topic}?", "{topic}? [[What works for you|Tips wanted]]"],
    [
      "{topic}? I've tried [[timers|getting up early|a very pretty planner]] and it lasts about a week. [[Maybe I'm lazy|Maybe it's just not for me]]. What do you actually do, on a bad day?",
    ],
    [
      "Phone in another room. Boring, works.",
      "I don't aim for an hour. I aim to open the lesson. The rest mostly follows.",
      "A friend and I send each other a screenshot every night. Shame is a great motivator.",
      "Lunch breaks. My brain is mush after six.",
      "Missing one day is fine, I just never miss two.",
      "Exercises first, video second. Keeps me awake.",
    ],
    casesOf(
      "topic",
      "How do you study after a full day of work",
      "When in the day do you learn best",
      "Do you take notes, and do you ever reread them",
      "How do you stop drifting off during videos",
      "How do you catch up after falling behind",
    ),
  ),
  discussion(
    "off-topic",
    ["{topic}", "[[Friday thread|Coffee break]]: {topic}"],
    ["{body}"],
    [
      "This made my day.",
      "Guilty.",
      "I thought it was only me.",
      "Stealing this.",
      "Ha! Sent to my whole team.",
      "Mine is worse, trust me.",
    ],
    casesOf(
      "topic ~ body",
      "Habits this course has ruined you with ~ I now critique restaurant menus before ordering. My family has stopped waiting for me.",
      "Who is your study buddy? ~ Mine is an orange cat who sits on the keyboard. He has submitted one blank assignment so far.",
      "It's raining, perfect study weather ~ Or nap weather. I chose the nap. Tomorrow, definitely.",
      "What's on your desk right now? ~ A dying basil, three mugs, and a book open at page 14 since March.",
      "What do you listen to while studying? ~ Nothing with words for me, or I start singing. Playlists welcome.",
      "What does your family think of all this? ~ My mum: aren't you a bit old for school? My daughter: have you done your homework?",
    ),
  ),
  discussion(
    "books",
    ["Reading {what} — [[loving it|recommended]]", "Has anyone read {what}?"],
    [
      "Something outside the course: {what}. [[Couldn't put it down after chapter three|A few pages before bed]], and it kept reminding me of last week's assignment. What are you all reading?",
    ],
    [
      "On the list, thanks.",
      "Read it twice. The second half is better.",
      "Podcasts only at the moment, my eyes are done by nine.",
      "Number 37 in the library queue…",
      "If you like that, try anything by the same author.",
    ],
    casesOf(
      "what",
      "Deep Work",
      "The Design of Everyday Things",
      "Bird by Bird",
      "Thinking, Fast and Slow",
      "Piranesi",
    ),
  ),
];
