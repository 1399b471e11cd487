import { casesOf, question, type ThreadTemplate } from "../template.ts";

/** "Data Analysis with Python" */
export const pythonDataEn: readonly ThreadTemplate[] = [
  question(
    "pandas errors",
    [
      "{err} when {when}",
      "[[Help|Stuck on lesson {number}]]: {err}",
      "What does `{err}` [[actually mean|want from me]]?",
    ],
    [
      "I get this when {when}:\n\n```\n{err}\n```\n\nThe path is right and [[I restarted the kernel|it worked in the video|a classmate's notebook runs fine]]. Where do I start looking?",
      "{when} and pandas greets me with `{err}`. [[I've read three different explanations and they disagree|Search results were not kind]]. What's the sane way to debug this?",
    ],
    [
      "{fix}. Bit me last week too.",
      "Put a `print(type(x))` and a `.head()` right above the failing line. It's rarely what I think it is.",
      "Could you paste the smallest three lines that still fail, as text? Screenshots are hard to try out.",
      "Restart and run all. Cells executed out of order have cost me whole evenings.",
      "There's a table of common errors on the last page of lesson {number}'s handout, easy to miss.",
      "Print `df.columns.tolist()` and `df.dtypes` first, then look at the failing line again. Most likely {fix}.",
      "Read the traceback from the bottom up until the first line that is yours. In your case: {fix}.",
      "I'd bet on this: {fix}. Then run all cells from the top, not just the broken one.",
    ],
    casesOf(
      "err ~ when ~ fix",
      "KeyError: 'date' ~ selecting the date column ~ there's a space in the header, so `df.columns = df.columns.str.strip()`",
      'UnicodeDecodeError: invalid start byte ~ reading a CSV exported from Excel ~ the file is cp1252, `pd.read_csv(path, encoding="cp1252")`',
      "ValueError: could not convert string to float: '1,280' ~ converting prices ~ thousands separators, read it with `thousands=\",\"`",
      "SettingWithCopyWarning ~ adding a column to a filtered frame ~ `.copy()` after filtering, or assign with `df.loc[mask, col] = value`",
      "ModuleNotFoundError: No module named 'openpyxl' ~ opening an xlsx file ~ install it into the same environment the kernel uses: `%pip install openpyxl`",
      "TypeError: '<' not supported between 'str' and 'int' ~ sorting by age ~ mixed types in the column, `pd.to_numeric(df[\"age\"], errors=\"coerce\")` first",
    ),
  ),
  question(
    "groupby",
    ["How do I {want} with groupby?", "groupby {key}: {want}", "[[Can't get groupby to|Trying to]] {want}"],
    [
      'I have {data} and want to {want} per {key}. So far:\n\n```python\ndf.groupby("{key}")["amount"].sum()\n```\n\nThat gives me [[one number a group|only part of it]]. What am I missing?',
      "{data}. I can {want} with a for loop, but it's [[painfully slow|not what the lesson wants]]. What's the pandas way?",
    ],
    [
      "{how}. No loop needed.",
      "Work it out by hand for ten rows first, then write the code for exactly that.",
      "Sketch the table you want, header and two rows. People read “{want}” differently.",
      "I write the loop first so that I know the right answer, then the short version, then compare with `.equals`.",
      "Ask yourself what one row of the result stands for. Here it's one {key}, so {how}.",
      "The second half of lesson 6 has nearly this example: {how}.",
      "{how}, and `.reset_index()` before you export, or the {key} ends up in the index.",
    ],
    casesOf(
      "data ~ key ~ want ~ how",
      '80,000 food delivery orders ~ district ~ get total, mean and count at once ~ use `agg(total=("amount", "sum"), mean=("amount", "mean"), n=("amount", "size"))`',
      'till data from a shop ~ store ~ keep the best-selling row of each group ~ `df.loc[df.groupby("store")["amount"].idxmax()]`',
      'last year\'s expense claims ~ team ~ show each claim as a share of its group ~ divide by `groupby("team")["amount"].transform("sum")`',
      'video statistics ~ channel ~ keep only groups with more than ten rows ~ `df.groupby("channel").filter(lambda g: len(g) > 10)`',
      'gym check-ins ~ member ~ count the days between visits ~ sort by time, then `groupby("member")["time"].diff().dt.days`',
    ),
  ),
  question(
    "merge cleaning",
    [
      "More rows after a left join?",
      "Merging {left} with {right}: {symptom}",
      "merge gives me {symptom}, [[why|what did I do wrong]]?",
    ],
    [
      'Left is {left}, right is {right}, joined on `{key}` with `how="left"`. The result: {symptom}. [[There are no duplicates on the left|I thought a left join couldn\'t do that]].',
    ],
    [
      '{why}. Add `validate="m:1"` and pandas will complain for you.',
      "Print `shape` before and after every merge. Once it's a habit these take five minutes.",
      "Pick one `{key}` that went wrong and look at it in both tables. Faster than staring at the whole thing.",
      "What does one row on the right stand for? If you can't say, don't merge yet. (Stolen from the lesson.)",
      "Turn on `indicator=True` and look at `_merge`, it usually gives it away. I suspect {why}.",
      "Check `.duplicated().sum()` and `.dtype` of `{key}` on both sides. {why}.",
      "Same thing happened to me with {left}. It turned out that {why}.",
    ],
    casesOf(
      "left ~ right ~ key ~ symptom ~ why",
      "orders ~ customers ~ customer_id ~ 300 extra rows ~ a customer appears twice on the right, so deduplicate before joining",
      "a class list ~ exam scores ~ student_no ~ nothing but NaN in the score column ~ one side is text with leading zeros, the other is an integer",
      "products ~ a category map ~ category ~ half of the rows unmatched ~ there are trailing spaces in one of them, `.str.strip()` both",
      "daily sales ~ weather ~ date ~ no matches at all ~ one side carries a time of day, `.dt.normalize()` it",
    ),
  ),
  question(
    "charts matplotlib",
    ["{chart}: {trouble}", "matplotlib {trouble}, [[how do I fix it|help]]", "My {chart} has a problem: {trouble}"],
    [
      "Assignment for lesson {number}: a {chart}. Mine has {trouble}. [[Windows 11, VS Code|M2 Mac, JupyterLab|Screenshot's in my submission]]. [[Which parameter is it?|I've stared at the docs for an hour.]]",
    ],
    [
      "{fix}.",
      'This one\'s in the live session recording: {fix}. And save with `bbox_inches="tight"`.',
      "{fix}, [[just checked|works here]].",
      "Are you mixing `plt.` and `ax.`? I only use `fig, ax = plt.subplots()` now, and half of my problems went away.",
      "Which version? `matplotlib.__version__` helps others reproduce it.",
      "I find the nearest picture in the official gallery and swap in my data. No shame.",
      "{fix}. While you're there, dpi=150 makes it readable on slides.",
    ],
    casesOf(
      "chart ~ trouble ~ fix",
      "line chart ~ dates piled on top of each other ~ `fig.autofmt_xdate()`, or a `WeekdayLocator` if you only want Mondays",
      "twin-axis plot ~ only one of two legends ~ collect `get_legend_handles_labels()` from both axes and pass the lot to one legend",
      "heatmap ~ the top row cut in half ~ update matplotlib, 3.1.1 had exactly this bug",
      "histogram ~ one giant bar and nothing else ~ outliers; look at the 99th percentile and pass `range=`, and say so in the caption",
      "bar chart ~ bars in alphabetical order ~ sort the values before plotting, the axis keeps the order it's given",
    ),
  ),
  question(
    "time-series",
    ["resample by {unit} [[looks wrong|gives odd rows]]", "{what} per {unit}: {odd}"],
    [
      "{what}, with timestamps to the second, summed per {unit} with `resample`. {odd}. [[Is it a parameter, or me?|What's the right way?]]",
    ],
    [
      "{fix}.",
      "Make sure it's a real datetime index first. Then {fix}.",
      "Try it on three days of data first. Small enough to check by eye.",
      "Just `df.plot()` it. Odd things jump out.",
      "Look for duplicate timestamps before you group by {unit}, that was my mistake once.",
      "Lesson 8's comments have this as well: {fix}. If 'no rows' really means zero, add `.fillna(0)`.",
    ],
    casesOf(
      "what ~ unit ~ odd ~ fix",
      "Metro entries ~ hour ~ Lots of NaN at night ~ resample makes a row for empty hours too; `sum()` gives 0 and `mean()` gives NaN, so pick on purpose",
      'Shop revenue ~ week ~ My weeks start on Sunday, the company\'s don\'t ~ use `resample("W-MON", label="left", closed="left")`',
      "My runs ~ month ~ The last month is terribly low ~ it isn't over yet, drop incomplete periods before plotting",
      'Page views ~ day ~ Everything is shifted by a few hours ~ the source is UTC; `tz_localize("UTC")` then `tz_convert` to your zone',
    ),
  ),
  question(
    "setup jupyter",
    ["{trouble}", "Setup: {trouble}", "Lesson 1 and already lost: {trouble}"],
    [
      "Complete beginner. {trouble}. [[I've watched the video three times|This took my whole evening]], [[and I'm close to giving up|no idea what I skipped]].",
      "{trouble}. [[Windows 10|Windows 11|macOS 14]], fresh Anaconda from the official site.",
    ],
    [
      "Don't worry, very common: {fix}.",
      "If all else fails use a hosted notebook for the first week. Don't let the setup stop you.",
      "Any spaces or accents in the folder name? Try a plain one.",
      "The written setup guide in the course files is easier to follow than the video, one step at a time.",
      "{fix}. If not, paste the whole terminal output as text so others can search for it.",
      "What fixed it for me: {fix}. It's all easier after lesson 1, promise.",
    ],
    casesOf(
      "trouble ~ fix",
      "Jupyter sits at 'Connecting to kernel' forever ~ a VPN or proxy is catching localhost, exclude 127.0.0.1",
      "conda: command not found ~ open the Anaconda Prompt from the start menu, it sets the path for you",
      "pandas is installed but import fails ~ the notebook runs another Python; `import sys; sys.executable` tells you which",
      "requirements won't install on the newest Python ~ make an environment: `conda create -n course python=3.11`",
    ),
  ),
  question(
    "statistics experiments",
    ["p = {p}: ship it or not?", "{metric} is up, p = {p}. [[Now what|Is that enough]]?", "Which test for {metric}?"],
    [
      "We ran a small test at work, about {n} people a group, measuring {metric}. Treatment is ahead, p = {p}. My manager wants to roll it out and [[I don't feel ready to say yes|I'd like a second opinion]].",
    ],
    [
      "Was the sample size planned? With {n} a group, what's the smallest lift you could have seen? Without that p = {p} says little.",
      "Report the interval instead of the p-value. 'Somewhere between −0.2 and +1.1 points' is something a manager can act on.",
      "Check the split first. If it isn't close to 50/50, nothing after that matters.",
      "How many days? You want whole weeks, weekend people behave differently on {metric}.",
    ],
    casesOf(
      "metric ~ n ~ p",
      "next-day retention ~ 3,000 ~ 0.08",
      "checkout conversion ~ 12,000 ~ 0.03",
      "minutes watched ~ 800 ~ 0.21",
      "coupon redemption ~ 5,000 ~ 0.049",
    ),
  ),
  question(
    "sql",
    ["SQL and pandas disagree on {what}", "{what}: two tools, two answers"],
    [
      "Lesson 12 exercise. I compute {what} in SQL and in pandas and they're [[a few dozen rows|about 1%]] apart. Same logic as far as I can tell. How do you track something like this down?",
    ],
    [
      "{why}. Compare one user's rows in both, it's the fastest way.",
      "Check the date range and the time zone on both sides. I was once off by the last eight hours.",
      "Compare row counts before anything else. If those differ, the metric can't agree.",
      "List the rows left after each filter, side by side. The step where they part is your answer.",
      "Bisect: find the day that differs, then the user. My guess is that {why}.",
      "I had this: {why}.",
    ],
    casesOf(
      "what ~ why",
      "distinct users ~ `count(distinct)` skips NULL, `nunique(dropna=False)` doesn't",
      "average basket ~ SQL divided two integers and truncated, multiply by 1.0",
      "7-day retention ~ one counts calendar days and the other 24-hour windows",
      "refund rate ~ an order with several refunds is multiplied by the join",
    ),
  ),
];
