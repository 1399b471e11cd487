import { casesOf, discussion, type ThreadTemplate } from "../template.ts";

/** Discussions of "Writing Clear English" */
export const writingTalkEn: readonly ThreadTemplate[] = [
  discussion(
    "feedback workshop",
    ["[[Feedback wanted|Please critique]]: {title}", "“{title}”, [[300 words|first draft]]", "Workshop: {title}"],
    [
      "Lesson {number} assignment, first draft. Opening lines:\n\n> {open}\n\n[[Too slow?|I rewrote it nine times.]] Honest notes welcome, [[the crueller the better|especially on rhythm]].",
    ],
    [
      "I'd read on. Cut the adjective in the first sentence and it's even better.",
      "The second sentence is your real opening.",
      "Lovely rhythm. What does the narrator want, though?",
      "“{open}” made me smile, and I read it twice.",
      "The voice is there. Watch the tense, it slips once in the middle.",
      "Ending it one paragraph earlier would be braver.",
    ],
    casesOf(
      "title ~ open",
      "My grandmother's kitchen ~ She measured flour by the sound it made.",
      "The last bus ~ Nobody takes the 11:40 on purpose.",
      "Moving to a cold country ~ In October I bought a coat, and in November I understood why.",
      "How I lost a race ~ I was winning until I noticed.",
      "Letter to my first boss ~ You were right about the spreadsheet and wrong about me.",
    ),
  ),
  discussion(
    "progress",
    [
      "{lesson}: [[what stuck|notes]]",
      "Finished lesson {number}, {lesson}",
      "After {lesson}, [[I reread my old emails|a small discovery]]",
    ],
    [
      "“{lesson}” done. I went back to my own writing and found that {found}. [[Ouch.|Progress, I suppose.]] This week's rule for myself: no email over five sentences.",
    ],
    [
      "The five-sentence rule is brutal and wonderful.",
      "Same here, {found}.",
      "Rereading old emails should come with a warning.",
      "On lesson {number} as well, hello!",
      "Keep an old one, compare in three months.",
    ],
    casesOf(
      "found",
      "I start every second paragraph with 'However'",
      "my average sentence has 34 words",
      "I apologise four times a page",
      "I bury the request in the last line",
      "I never use a short sentence. Not one",
    ),
  ),
  discussion(
    "habits writing",
    ["{topic}", "[[Let's compare|Curious]]: {topic}"],
    [
      "{topic}? I do [[half an hour before work|ten minutes on the train|nothing for days and then three hours]], and I'm not sure it's [[working|sustainable]]. What does your practice look like?",
    ],
    [
      "Every morning, one page, nobody reads it. Three years now.",
      "I write badly on purpose first. Takes the fear out.",
      "A buddy from lesson 2 and I swap a paragraph every Sunday.",
      "Deadlines. Without one I tidy the kitchen.",
      "Reading counts. I type out a paragraph I admire and look at how it's built.",
    ],
    casesOf(
      "topic",
      "Daily word count or daily minutes",
      "Pen and paper or screen",
      "Do you edit while you write",
      "How do you find something to write about",
      "Writing in English every day, how",
    ),
  ),
  discussion(
    "language",
    ["A word I love: {word}", "{word}, [[what a word|today's discovery]]", "Today I learned “{word}”"],
    [
      "Met *{word}* in a book yesterday: {meaning}. [[I've been waiting for a reason to use it.|My language has no word for that.]] What's yours?",
    ],
    [
      "*Petrichor*, every time it rains.",
      "I collect them in a tiny notebook. Adding {word}.",
      "We have one for that in Portuguese, but it takes a whole sentence to explain.",
      "*Defenestrate*. I've never needed it, I'm just glad it exists.",
      "Used it in a meeting today. Silence. Worth it.",
    ],
    casesOf(
      "word ~ meaning",
      "mellifluous ~ flowing like honey",
      "threadbare ~ worn so thin that the threads show",
      "to dither ~ to be busy not deciding",
      "crestfallen ~ what happens to a face when the cake is gone",
      "sonder ~ noticing that every stranger has a life as full as yours",
    ),
  ),
  discussion(
    "ai tools",
    ["Do you let AI edit your drafts? {angle}", "{angle}: [[AI and this course|where do you stand]]"],
    [
      "I ran my assignment through a chatbot and it came back smooth and [[completely unlike me|a bit dead]]. {angle}? [[I'd like to learn, not just to submit.|Asking for real.]]",
    ],
    [
      "I ask it for questions about my draft, never for a draft.",
      "Fine for typos. For voice it's a steamroller.",
      "Write first, compare after, and keep your own version unless you can say why theirs is better.",
      "For work mails, yes. For anything I'd sign with my heart, no.",
      "I use it to explain the rule behind a correction, that helped a lot.",
    ],
    casesOf(
      "angle",
      "Where do you draw the line",
      "Does it help you learn",
      "Would you tell your reader",
      "Is it still your text",
    ),
  ),
  discussion(
    "reading list",
    ["Good [[prose|writing]] to learn from: {kind}", "Recommend me {kind}"],
    [
      "Looking for {kind} to read slowly, pen in hand. [[Short is good.|Old or new, I don't mind.]] What taught you something about sentences?",
    ],
    [
      "Anything by George Orwell, start with the essays.",
      "Joan Didion. Read the first page, then read it again for the commas.",
      "Obituaries in a good newspaper. Whole lives in 600 words.",
      "For {kind}, your library's 'staff picks' shelf is better than any list.",
      "Children's books! Nobody is allowed to waste a word there.",
    ],
    casesOf(
      "kind",
      "short essays",
      "clear business writing",
      "travel writing",
      "science for ordinary readers",
      "very short stories",
    ),
  ),
];
