import { casesOf, discussion, question, type ThreadTemplate } from "../template.ts";

/** "Product Management in Practice" */
export const productEn: readonly ThreadTemplate[] = [
  question(
    "prioritisation",
    [
      "{boss} wants “{feature}”. [[How do I say no?|Do we build it?]]",
      "Should {product} have {feature}?",
      "{feature}: [[pressure from|pushed by]] {boss}",
    ],
    [
      "I work on {product}. {boss} insists on {feature} because [[a competitor has it|one big account asked]]. In the data [[nobody has asked for it|it came up twice in a month]]. How would you handle the conversation?",
      "{product}, team of [[five|eight|twelve]], sprint already full. {boss} wants {feature} in. I scored it as in lesson {number} and it came last. [[Do I show the scores?|Is that too blunt?]]",
    ],
    [
      "Don't say no. Ask which number should move if we build it. Often {feature} turns out to have a cheaper cousin.",
      "Offer two versions: the full one with what it pushes out, and a three-day one that tests the idea. Let {boss} choose.",
      "What's the one metric that matters for {product} right now? If {feature} doesn't touch it, steer the talk back there.",
      "Score it together. A score you bring as a shield only makes enemies.",
      "Write down what not doing it would cost. Sometimes we're the ones who are wrong.",
    ],
    casesOf(
      "product ~ boss ~ feature",
      "a budgeting app ~ the CEO ~ a social feed",
      "shift planning for restaurants ~ the head of sales ~ custom reports",
      "a reading app for kids ~ marketing ~ a daily spin-the-wheel",
      "a B2B file share ~ our largest customer ~ watermarks",
      "a second-hand book marketplace ~ an investor ~ live shopping",
    ),
  ),
  question(
    "research interviews",
    ["User interviews: {trouble}", "Interviewing {who}, and {trouble}", "[[First interviews|Help]]: {trouble}"],
    [
      "Lesson {number} assignment: I talked to {who}, and {trouble}. [[On the recording I talk more than they do.|Half a page of notes from an hour.]] What would you change?",
    ],
    [
      "Ask about the last time it happened, never about what they would do. The past is evidence, the future is politeness.",
      "{fix}.",
      "Thirty minutes is plenty for {who}, and the first five are small talk.",
      "Count to three before you fill a silence. The truth tends to come at four.",
      "{fix}. And write it up the same day.",
    ],
    casesOf(
      "who ~ trouble ~ fix",
      "five new parents ~ everything is 'fine' ~ ask them to show you on their phone, from the start",
      "three shop owners ~ it turned into a support call ~ give them ten minutes to vent, then say what you'd like to learn with the rest",
      "six students ~ everyone said something different ~ group by what they did rather than by who they are, you may have two kinds of users",
      "our own support team ~ they only propose solutions ~ ask what they'd stop doing tomorrow if it existed",
    ),
  ),
  question(
    "specs writing",
    [
      "How detailed should {part} be?",
      "{part} for {product}, [[keeps coming back from engineering|please review]]",
      "Writing {part}",
    ],
    [
      "Spec for {product} (lesson {number}). Every review stalls at {part}. [[More detail and it reads like a manual, less and nobody can build it.|Third version now.]] Where's the line?",
    ],
    [
      "When engineering doesn't have to ask and QA can write the tests. {tip}.",
      "Hand it to someone who wasn't in the room; each of their questions is a gap.",
      "{tip}. Cut our reviews in half.",
      "Ask your engineers which three things they need spelled out. Every team answers differently.",
      "Draw the flow first. Most holes in {part} show up in the drawing.",
    ],
    casesOf(
      "product ~ part ~ tip",
      "a clinic booking page ~ the error cases ~ a table: offline, double submit, timeout, no permission, and what the person sees for each",
      "a deals app ~ the business rules ~ number the rules and refer to the numbers, so a change happens in one place",
      "a course platform ~ the analytics section ~ write the question first, then the event; if nobody would look, don't track it",
      "an expense tool ~ the user stories ~ the 'so that' is the point, if you can't write it don't build it",
      "a courier app ~ the acceptance criteria ~ given, when, then, and one thing a line",
    ),
  ),
  question(
    "metrics",
    [
      "{metric} is down, [[where do I start|how would you break it down]]?",
      "Is {metric} the right north star for {product}?",
      "Interview question: {metric} fell 15%",
    ],
    [
      "{product}. {metric} has been sliding for two weeks and I'm asked for a first analysis tomorrow. So far I'd [[split by channel|compare new and old users]]. What else?",
    ],
    [
      "First make sure it's real. Definition changed? Tracking broken? Same dip last year? Half of all drops end there.",
      "{cut}. Those two cuts usually find it.",
      "Draw {metric} as a tree, what multiplies to what, and see which branch moved first.",
      "Lay releases, campaigns and holidays over the same timeline.",
      "Bring one number that a team can act on, {metric} alone leaves everyone nodding.",
    ],
    casesOf(
      "product ~ metric ~ cut",
      "a vocabulary app ~ next-day retention ~ Sign-up channel first, then how much they did on day one",
      "paid newsletters ~ renewal rate ~ By month of purchase, then by whether they opened last month's issues",
      "grocery delivery ~ repeat purchase ~ By area, then by first-order category",
      "a telehealth service ~ booking conversion ~ Step by step through the funnel, then by specialty",
    ),
  ),
  question(
    "teamwork",
    ["{who} said “{line}” [[in the review|in front of everyone]]", "How do you answer “{line}”?"],
    [
      "In today's review {who} said “{line}”. [[I froze.|It got awkward.]] [[Part of it is on me|I don't know how to bring it up afterwards]]. How do you deal with this?",
    ],
    [
      "Talk in private and open with 'what worries you most?'. There's usually an old scar.",
      "Translate it. “{line}” means: tell me sooner and tell me why.",
      "We walk through it one on one before every review now. The meeting only confirms.",
      "Saying 'I haven't thought that through, you'll have an answer tomorrow' beats bluffing every time.",
    ],
    casesOf(
      "who ~ line",
      "our tech lead ~ this makes no sense at all",
      "the designer ~ so what do you actually want?",
      "a tester ~ if it isn't written down, it's a bug",
      "someone from ops ~ last time you promised that too",
    ),
  ),
  question(
    "pricing",
    ["How would you price {product}?", "Starting to charge for {product}"],
    [
      "{product} has been free for half a year, with [[200|600|1,500]] active users. Time to charge. [[I'm afraid they'll all leave.|Per seat or per feature?]] All the examples in the course are huge companies.",
    ],
    [
      "Talk to your ten heaviest users. What would they use if you shut down tomorrow, and what does that cost? There's your ceiling.",
      "I'd charge per {unit}: it grows with what they get out of it.",
      "Give existing users a year, new ones the new plan. Much less noise.",
      "The first price is wrong anyway. Start high and discount; raising is harder.",
    ],
    casesOf(
      "product ~ unit",
      "a stock tool for small shops ~ location",
      "scheduling for tutors ~ active student",
      "a design plugin ~ export",
      "a community manager's helper ~ group",
    ),
  ),
  discussion(
    "teardown",
    ["Teardown: {app}, {part}", "What {app} gets right about {part}", "{app}'s {part}, [[assignment|a closer look]]"],
    [
      "This week's teardown: {part} in {app}.\n\n1. {point}\n2. [[onboarding is one step, very restrained|the entry is deeper than I expected]]\n3. error messages [[sound like a person|still say 'something went wrong']]\n\nWhy do you think they built it this way?",
    ],
    [
      "{point}: my guess is it lowers the bar for the first time and asks for the rest later.",
      "Could also be history rather than design. Old products have scar tissue.",
      "Nice. Add 'what I'd change', the graders look for that.",
      "Two years with {app} and I never noticed.",
      "Compare {part} with a rival; where they differ is where the strategy is.",
    ],
    casesOf(
      "app ~ part ~ point",
      "Duolingo ~ streaks ~ you can buy back a lost streak, which says a lot about what they sell",
      "Airbnb ~ search ~ the map is the interface and the list is the afterthought",
      "Notion ~ templates ~ the empty page is never empty",
      "Monzo ~ notifications ~ the push arrives before the card machine beeps",
      "Strava ~ kudos ~ one tap, no text, and somehow it's the whole product",
    ),
  ),
  discussion(
    "career",
    ["From {who} to PM, [[is it realistic|lessons so far]]?", "{who}, trying to break into product"],
    [
      "{who}, at lesson {number}. [[Twenty applications, two interviews.|Every interviewer asks for a shipped product.]] Can course work go on the CV without looking like padding?",
    ],
    [
      "Yes, if it says what you found and decided. Not 'learned Figma'.",
      "Don't hide the past. Every job has decisions in it, and that's what they want to hear.",
      "Find a real small problem near you, solve it end to end, even for twenty users.",
      "Industry software is hiring people who know the industry. Look there first.",
      "It took me 47 applications. Hang in there.",
    ],
    casesOf("who", "support agent", "front-end developer", "bank clerk", "primary school teacher", "nurse"),
  ),
  discussion(
    "notes",
    ["{lesson} in three lines", "Lesson {number}, {lesson}: [[my takeaways|notes]]", "Thinking about {lesson}"],
    [
      "Three lines on “{lesson}”:\n\n- {take}\n- diverge, then converge, never both in one meeting\n- [[the assignment taught me more than the video|method without context is decoration]]\n\n[[What did you take from it?|Add yours.]]",
    ],
    [
      "“{take}” goes on my wall.",
      "Line two is the story of my last workshop.",
      "On lesson {number} too. The café example will stay with me.",
      "I'd add: a framework is for agreeing, not for winning.",
      "Good summary, thanks.",
    ],
    casesOf(
      "take",
      "people buy the hole, not the drill",
      "a request without a metric is a wish",
      "if everyone agrees, nobody read it",
      "launch is when the learning starts",
      "know why they stay before you remove anything",
    ),
  ),
  discussion(
    "ai trends",
    ["AI features: {angle}?", "[[Where are you with AI|Honest talk]]: {angle}"],
    [
      "We're being asked to 'add AI'. {angle}? [[My boss is thrilled, I'm nervous.|Engineering says two days. I doubt it.]] What has your team learned?",
    ],
    [
      "Our summary button was a hit in week one and dead by week three. Now it only shows when you select text.",
      "Design for it being wrong. Where that's expensive, don't let it decide.",
      "Do the sums on cost a call times daily users before the demo.",
      "Treat it like a bright intern on their first day.",
      "Look for what people do ten times a day. Start there, AI or not.",
    ],
    casesOf(
      "angle",
      "where has it really helped",
      "how do you measure quality",
      "do you charge extra",
      "do we still write specs",
    ),
  ),
  discussion(
    "resources",
    ["Beyond the course: {field}", "Best [[books|things to read]] on {field}?"],
    [
      "{field} feels like my weak spot. What did you read, watch or listen to that changed how you work? [[One pick each, please.|Short is fine.]]",
    ],
    [
      "One-star reviews in the app store. Best {field} textbook there is.",
      "Annual reports of companies you like, the 'business' section.",
      "Continuous Discovery Habits, and actually do the exercises.",
      "Podcasts while commuting, but write one line down each time.",
      "Teach it to a colleague. Nothing exposes gaps in {field} like that.",
    ],
    casesOf("field", "user research", "analytics", "growth", "interaction design", "business models"),
  ),
];
