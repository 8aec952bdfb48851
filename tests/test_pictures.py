"""The pictures of a learner's numbers: against a computation of their own, and as a reader meets them."""

import gzip
import json
import math
import random
import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT, TRIAL
from fsrs import Card, Rating, Scheduler, State
from pages_server import PagesServer
from playwright.sync_api import expect
from test_board import open_tables, part, the_board
from test_grading import ask
from test_scheduler import DAY, GRADES, HARD_IN_LEARNING, MINUTE, PASSED, ordered

from macros.load import load

SITE = "trial"

DECK = load(TRIAL / "cards.yaml")
STATES = ("new", "learning", "due", "known", "aside")
TITLES = (
    "Due in the next 30 days",
    "A year of reviews",
    "Remembered",
    "Your cards",
    "Hardest cards",
)
# What is fetched when the pictures are opened, but for the schedule's, which a first turn brings too.
OF_THE_PICTURES = {"numbers.js", "number-tables.js", "pictures.js", "pictures.css", "terms.js"}


# --- a computation of their own: by py-fsrs and Python's calendar


@dataclass
class Prompt:
    """Where a prompt stands; `memory` is py-fsrs's, which counts days from one midnight to another."""

    memory: Card = field(default_factory=lambda: Card(card_id=1))
    due: float = 0
    reps: int = 0
    lapses: int = 0
    suspended: bool = False
    buried: float = 0

    @property
    def state(self):
        return {State.Review: "review"}.get(self.memory.state, "learning") if self.reps else "new"


def reviewed(prompt: Prompt, scheduler: Scheduler, at: int, grade: str) -> Prompt:
    # Time goes by days of UTC, so each day may as well have one moment.
    today = datetime.fromtimestamp(at / 1000, UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )

    def after(grade):
        memory = scheduler.review_card(prompt.memory, Rating(GRADES.index(grade) + 1), today)[0]
        return memory, (memory.due - today) / timedelta(milliseconds=1)

    before = prompt.memory.state
    memory, wait = after(grade)
    # The two known differences between py-fsrs and ts-fsrs, see test_scheduler.py.
    if memory.state == State.Learning and grade == "hard":
        wait = HARD_IN_LEARNING
    elif before == memory.state == State.Review:
        wait = ordered({each: int(after(each)[1] // DAY) for each in PASSED})[grade] * DAY
    lapses = prompt.lapses + (before == State.Review and grade == "again")
    return replace(prompt, memory=memory, due=at + wait, reps=prompt.reps + 1, lapses=lapses)


def day_of(at: float, zone: ZoneInfo) -> date:
    local = datetime.fromtimestamp(at / 1000, zone)
    return local.date() - timedelta(days=local.hour < 4)


def start_of(day: date, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(4), zone).timestamp() * 1000


def standing(events: list[dict]) -> list[dict]:
    """The events that no other has undone; an undo can be undone too, by one that comes later."""
    undone = set()
    for event in sorted(events, key=lambda each: -each["at"]):
        if event["kind"] == "undo" and event["id"] not in undone:
            undone.add(event["undoes"])
    return [event for event in events if event["id"] not in undone]


def computed(case: dict) -> dict:
    """The numbers of a history, made with nothing of ours."""
    zone, now, cards = ZoneInfo(case["zone"]), case["now"], case["cards"]
    scheduler = Scheduler(desired_retention=case["retention"], enable_fuzzing=False)
    prompts: dict[tuple[str, str], Prompt] = {}
    reviews, asked = [], []
    for event in sorted(standing(case["events"]), key=lambda each: each["at"]):
        key = (case["names"].get(event["card"], event["card"]), event.get("prompt", ""))
        before, kind, at = prompts.get(key, Prompt()), event["kind"], event["at"]
        if kind == "review":
            reviews.append(at)
            if before.state == "review":
                asked.append((at, event["grade"] != "again"))
            prompts[key] = reviewed(before, scheduler, at, event["grade"])
        elif kind == "suspend":
            prompts[key] = replace(before, suspended=True)
        elif kind == "resume":
            prompts[key] = replace(before, suspended=False, buried=0)
        elif kind == "bury":
            prompts[key] = replace(
                before, buried=start_of(day_of(at, zone) + timedelta(days=1), zone)
            )
        elif kind == "reset":
            prompts[key] = Prompt()
    today = day_of(now, zone)
    ours = {key: prompt for key, prompt in prompts.items() if key[0] in cards}

    def stand(prompt):
        if prompt.suspended or prompt.buried > now:
            return "aside"
        if prompt.state == "review":
            return "due" if day_of(prompt.due, zone) <= today else "known"
        return prompt.state

    topics = {topic: dict.fromkeys(STATES, 0) for topic in cards.values()}
    for card, topic in cards.items():
        topics[topic][stand(prompts.get((card, ""), Prompt()))] += 1

    coming = set()
    for (card, _), prompt in ours.items():
        itself = prompts.get((card, ""), Prompt())
        if prompt.state != "new" and not prompt.suspended and not itself.suspended:
            back = max(prompt.due, prompt.buried, itself.buried, now)
            coming.add(((day_of(back, zone) - today).days, card))
    due = Counter(day for day, _ in coming)
    hard = {}
    for (card, _), prompt in ours.items():
        if prompt.lapses:
            difficulty = math.floor(10 * prompt.memory.difficulty + 0.5) / 10
            hard[card] = min(hard.get(card, (0, 0)), (-difficulty, -prompt.lapses))
    hardest = sorted((difficulty, lapses, card) for card, (difficulty, lapses) in hard.items())

    by_day = Counter(day_of(at, zone) for at in reviews)
    monday = today - timedelta(days=today.weekday() + 52 * 7)
    year = [monday + timedelta(days=n) for n in range((today - monday).days + 1)]
    months = [
        date(today.year - (today.month <= back), (today.month - back - 1) % 12 + 1, 1)
        for back in range(11, -1, -1)
    ]

    def share(of):
        return {"had": sum(of), "of": len(of)}

    return {
        "stands": {state: sum(counts[state] for counts in topics.values()) for state in STATES},
        "topics": topics,
        "due": [
            {"day": start_of(today + timedelta(days=n), zone), "count": due[n]}
            for n in range(30)
            if due[n]
        ],
        "hardest": [
            {"card": card, "difficulty": -difficulty, "lapses": -lapses}
            for difficulty, lapses, card in hardest[:10]
        ],
        "reviews": {
            "today": by_day[today],
            "week": sum(by_day[today - timedelta(days=n)] for n in range(7)),
            "all": len(reviews),
        },
        "year": [{"day": start_of(day, zone), "count": by_day[day]} for day in year],
        "remembered": {
            "month": share([had for at, had in asked if at > now - 30 * DAY]),
            "all": share([had for _, had in asked]),
        },
        "months": [
            {"month": start_of(month, zone)}
            | share([had for at, had in asked if day_of(at, zone).replace(day=1) == month])
            for month in months
        ],
    }


# --- histories


# Days about which clocks change, in one of the two zones or the other, and two like others.
NOWS = ["2025-03-30", "2025-10-26", "2025-04-06", "2025-09-28", "2024-02-29", "2026-01-01"]
ZONES = ["Europe/Berlin", "Pacific/Auckland"]


def history(seed: int, cards: dict[str, str], zone: str) -> dict:
    """A random history of some of the cards, and of a card that the deck lacks."""
    chance = random.Random(seed)
    midnight = datetime.fromisoformat(chance.choice(NOWS)).replace(tzinfo=ZoneInfo(zone))
    now = int(midnight.timestamp() * 1000) + chance.randrange(-3 * DAY, 3 * DAY)
    events: list[dict] = []
    names = {f"old-{card}": card for card in chance.sample([*cards], 2)}

    def add(kind, card, at, **fields):
        events.append({"id": f"e{len(events)}", "kind": kind, "card": card, "at": at, **fields})

    for card in [
        *chance.sample([*cards], chance.choice([0, 3, len(cards), len(cards)])),
        *names,
        "of-another-deck",
    ]:
        prompt = chance.choice([{}, {}, {"prompt": "reverse"}])
        weights = chance.choice([[1, 1, 6, 2], [4, 2, 4, 0], [3, 1, 5, 1]])
        at, left = now - chance.randrange(1, chance.choice([30, 100, 400]) * DAY), 17
        while at < now and (left := left - 1):
            kinds = ["review", "suspend", "resume", "bury", "reset", "undo"]
            kind = chance.choices(kinds, [40, 1, 1, 1, 0.5, 3])[0]
            fields = dict(prompt)
            if kind == "review":
                fields["grade"] = chance.choices(GRADES, weights)[0]
            elif kind == "undo":
                own = [event["id"] for event in events if event["card"] == card]
                fields = {"undoes": chance.choice(own)} if own else {"undoes": "gone"}
            add(kind, card, at, **fields)
            days = chance.choice([1, 1, 2, 3, 5, 8, 13, 30, 90])
            at += chance.choice([chance.randrange(1, days * DAY), chance.randrange(1, 20 * MINUTE)])
    # So that what comes of the events may not lean on their order, nor two of them have one moment.
    moments = Counter(event["at"] for event in events)
    events = [event for event in events if moments[event["at"]] == 1]
    chance.shuffle(events)
    retention = chance.choice([0.7, 0.8, 0.9, 0.9, 0.97])
    given = {"events": events, "cards": cards, "names": names, "now": now}
    return given | {"retention": retention, "zone": zone}


# The record's part is played by a few lines; what it stores is tested elsewhere.
NUMBERS = """async (given) => {
  const { numbers } = await import("./numbers.js");
  const { deriveAll } = await import("./scheduler.js");
  const one = async ({ events, cards, names, now, retention }) => {
    const known = new Map(Object.entries(names));
    const schedules = deriveAll(events, { names: known, retention });
    const record = {
      schedules: () => [...schedules.values()].flat(),
      schedule: (card) => schedules.get(card)?.find(({ prompt }) => prompt === ""),
      events: async () => events,
      now: (card) => known.get(card) ?? card,
      setting: () => retention,
    };
    const found = await numbers(record, new Map(Object.entries(cards)), now);
    return { ...found, topics: Object.fromEntries(found.topics) };
  };
  const found = [];
  for (const each of JSON.parse(given)) found.push(await one(each));
  return JSON.stringify(found);
}"""


@pytest.mark.parametrize("zone", ZONES)
def test_the_numbers_of_random_histories_are_those_of_another_computation(chromium, zone):
    cards = {f"card-{n}": f"topic-{n % 4}" for n in range(18)}
    cases = [history(seed, cards, zone) for seed in range(50)]
    server = PagesServer(ROOT / "overrides" / "assets" / "cards")
    context = chromium.new_context(timezone_id=zone)
    page = context.new_page()
    page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{server.url}empty")
    # As texts, since Playwright is slow to hand over so many values.
    ours = json.loads(page.evaluate(NUMBERS, json.dumps(cases)))
    context.close()
    server.stop()
    theirs = [computed(case) for case in cases]
    for seed, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert our == their, f"history {seed}"
    # They have something of everything, or the comparison would say little.
    assert sum(len(each["hardest"]) == 10 for each in theirs) > 3
    for name in ("due", "hardest"):
        assert sum(len(each[name]) > 1 for each in theirs) > 20
    assert all(sum(each["stands"][state] for each in theirs) > 5 for state in STATES)
    assert sum(share["of"] > 3 for each in theirs for share in each["months"]) > 50


# --- the page


@pytest.fixture(scope="module")
def case():
    """A learner's long history of this deck."""
    cards = {card.id: card.topic for card in DECK.cards}
    cases = (history(seed, cards, ZONES[0]) for seed in range(100, 200))
    found = next(case for case in cases if len(computed(case)["hardest"]) == 10)
    # The site knows of no old names of these cards.
    kept = [event for event in found["events"] if event["card"] not in found["names"]]
    return found | {"events": kept, "names": {}}


@pytest.fixture
def page(keep_page):
    return keep_page(timezone_id=ZONES[0], locale="en-US")


def with_history(page, case):
    """Open the pictures of a history; return the part that they are in."""
    page.clock.set_fixed_time(case["now"] / 1000)
    board = the_board(page)
    take = "await record.take(...given); await record.set('retention', given[2])"
    ask(page, take, case["events"], [], case["retention"])
    return opened(board)


def opened(board):
    numbers = part(board, "numbers")
    expect(numbers.locator("figure")).to_have_count(5)
    expect(numbers.locator("[role=status]")).to_be_empty()
    return numbers


def cells(numbers, title):
    """The rows of a table, each as the texts of its cells."""
    table = numbers.get_by_role("table", name=title)
    expect(table).to_be_visible()
    return table.locator("tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def percent(share):
    return f"{math.floor(100 * share + 0.5)} %"


def shared(share):
    return f"{percent(share['had'] / share['of'])} ({share['had']:,} of {share['of']:,})"


def by_chance(share):
    """Wilson's interval, by the roots of the equation that it solves."""
    z, p, n = 1.96, share["had"] / share["of"], share["of"]
    a, b, c = 1 + z * z / n, -(2 * p + z * z / n), p * p
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    low, high = (math.floor(100 * (-b + sign * root) / (2 * a) + 0.5) for sign in (-1, 1))
    return f"{low} to {high} %"


def test_the_tables_behind_the_pictures_have_the_same_numbers(page, case):
    numbers, theirs, zone = with_history(page, case), computed(case), ZoneInfo(ZONES[0])
    open_tables(numbers)

    def days(of, key="day"):
        return [(day_of(each[key], zone), each) for each in of]

    today = day_of(case["now"], zone)
    assert cells(numbers, "Due in the next 30 days") == [
        ["Today" if day == today else f"{day:%a}, {day:%B} {day.day}", str(each["count"])]
        for day, each in days(theirs["due"])
    ]
    year = days(theirs["year"])
    weeks = [year[at : at + 7] for at in range(0, len(year), 7)]
    assert cells(numbers, "Day by day") == [
        [f"{week[0][0]:%b} {week[0][0].day}"]
        + [str(each["count"]) for _, each in week]
        + [""] * (7 - len(week))
        for week in weeks
        if any(each["count"] for _, each in week)
    ]
    reviews = theirs["reviews"]
    assert [row[1] for row in cells(numbers, "Reviews")] == [f"{n:,}" for n in reviews.values()]
    remembered = theirs["remembered"]
    assert [row[1] for row in cells(numbers, "Remembered")] == [
        percent(case["retention"]),
        shared(remembered["month"]) if remembered["month"]["of"] else "none yet",
        shared(remembered["all"]),
    ]
    assert cells(numbers, "Month by month") == [
        [f"{month:%b %Y}", shared(each), by_chance(each)]
        for month, each in days(theirs["months"], "month")
        if each["of"]
    ]
    assert [int(row[1]) for row in cells(numbers, "Your cards")] == [*theirs["stands"].values()]
    assert cells(numbers, "By topic") == [
        [DECK.topics_by_id[topic].title, *map(str, counts.values())]
        for topic, counts in theirs["topics"].items()
    ]
    terms = {card.id: card.term for card in DECK.cards}
    assert cells(numbers, "Hardest cards") == [
        [terms[each["card"]], str(each["difficulty"]), str(each["lapses"])]
        for each in theirs["hardest"]
    ]


def test_each_picture_tells_its_gist_and_draws_its_numbers(page, case):
    numbers, theirs, zone = with_history(page, case), computed(case), ZoneInfo(ZONES[0])
    assert numbers.locator("figure > h3").all_inner_texts() == [*TITLES]
    most = max(theirs["due"], key=lambda each: each["count"])
    day = day_of(most["day"], zone)
    when = "today" if day == day_of(case["now"], zone) else f"on {day:%A}, {day:%B} {day.day}"
    count = sum(each["count"] for each in theirs["due"])
    due = numbers.get_by_role("img", name=f"{TITLES[0]}: {count} cards in 30 days, most {when}")
    expect(due.locator("rect")).to_have_count(len(theirs["due"]))
    busy = [each["count"] for each in theirs["year"] if each["count"]]
    year = numbers.get_by_role("img", name=f"{sum(busy):,} reviews on {len(busy)} days, most on")
    expect(year.locator("rect")).to_have_count(len(theirs["year"]))
    # A day's square is read by its size: the more reviews, the larger.
    sizes = year.locator("rect").evaluate_all(
        "(all) => all.map((each) => each.width.baseVal.value)"
    )
    by_count = sorted(
        (each["count"], size) for each, size in zip(theirs["year"], sizes, strict=True)
    )
    assert [size for _, size in by_count] == sorted(sizes)
    assert len(set(sizes)) == len({each["count"] for each in theirs["year"]})
    every = theirs["remembered"]["all"]
    asked = f"{percent(every['had'] / every['of'])} of {every['of']:,} answers"
    points = numbers.get_by_role("img", name=asked).locator("circle")
    expect(points).to_have_count(sum(1 for each in theirs["months"] if each["of"]))
    bars = numbers.get_by_role("figure", name="Your cards").get_by_role("img")
    expect(bars).to_have_count(1 + len(theirs["topics"]))
    known = theirs["stands"]["known"]
    expect(bars.first).to_have_accessible_name(re.compile(rf"^{known} known\b" if known else ""))
    hardest = numbers.get_by_role("figure", name="Hardest cards").get_by_role("img")
    worst = theirs["hardest"][0]
    times = "once" if worst["lapses"] == 1 else f"{worst['lapses']} times"
    expect(hardest.first).to_have_accessible_name(
        f"difficulty {worst['difficulty']} of 10, forgotten {times}"
    )


def test_a_hard_card_leads_to_its_entry(page, case, site_url):
    numbers = with_history(page, case)
    id = computed(case)["hardest"][0]["card"]
    link = numbers.get_by_role("link").first
    expect(link).to_have_text(next(card.term for card in DECK.cards if card.id == id))
    assert urljoin(page.url, link.get_attribute("href")) == f"{site_url}glossary/#{id}"
    link.click()
    expect(page.locator(f".entry[data-card='{id}']")).to_be_in_viewport()


def test_it_fits_and_axe_finds_nothing_with_and_without_a_history(new_page, case):
    page = new_page(
        timezone_id=ZONES[0], viewport={"width": 360, "height": 740}, reduced_motion="reduce"
    )
    page.clock.set_fixed_time(case["now"] / 1000)
    numbers = opened(the_board(page))
    for sentence in ("come back will", "Each day will", "remember will", "hardest for you will"):
        expect(numbers.get_by_text(sentence)).to_be_visible()
    assert_axe_is_content(page, ["[data-part=numbers]"])
    ask(page, "await record.take(given)", *case["events"])
    expect(numbers.locator(".picture-waiting")).to_have_count(0)
    open_tables(numbers)
    assert_axe_is_content(page, ["[data-part=numbers]"])
    assert_nothing_is_wider(page, 1280, 360, 320)
    # Nothing is cut off at the side of the card that it stands on.
    wide = """(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"""
    assert numbers.locator("figure").evaluate_all(wide) == []


def test_an_open_table_stays_open_when_the_record_changes(page):
    board = the_board(page)
    numbers = opened(board)
    cards = numbers.get_by_role("figure", name="Your cards").locator("details")
    cards.evaluate("(details) => (details.open = true)")
    deck = page.locator("flash-deck")
    deck.locator("[data-do=flip]").click()
    deck.locator("[data-grade=easy]").click()
    expect(numbers.get_by_role("row", name="Known 1")).to_be_visible()
    expect(numbers.locator("details[open]")).to_have_count(1)


def test_in_print_the_pictures_are_black_on_white_and_alone_on_their_pages(new_page, case):
    page = new_page(timezone_id=ZONES[0], color_scheme="dark")
    numbers = with_history(page, case)
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.emulate_media(media="print")
    for figure in numbers.locator("figure").all():
        expect(figure).to_be_visible()
    expect(numbers.locator("summary:visible")).to_have_count(0)
    expect(page.locator(".board button:visible")).to_have_count(0)
    hard = numbers.get_by_role("figure", name="Hardest cards")
    black = "rgb(0, 0, 0)"
    # The board may be drawn anew meanwhile, so each is looked for again until it is so.
    assert hard.locator("h3, li, a").count() > 2
    for each in (hard, *hard.locator("h3, li, a").all()):
        expect(each).to_have_css("color", black)
    expect(hard).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(numbers.locator("rect").first).to_have_css("fill", black)
    # Who has not opened them prints the cards alone.
    page.emulate_media(media="screen")
    numbers.locator(":scope > summary").click()
    page.emulate_media(media="print")
    expect(page.locator(".board")).to_be_hidden()


def test_nothing_is_fetched_before_they_are_opened_and_then_little(page):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    board = the_board(page)
    page.wait_for_load_state("networkidle")

    def come():
        found = {answer.url.rpartition("/")[2]: answer for answer in answers}
        return {name: found[name] for name in OF_THE_PICTURES & {*found}}

    assert not come()
    opened(board)
    sizes = {name: len(gzip.compress(answer.body())) for name, answer in come().items()}
    assert {*sizes} == OF_THE_PICTURES
    budgets = tomllib.loads((ROOT / "tests/budgets.toml").read_text(encoding="utf-8"))
    assert sum(sizes.values()) <= 1024 * budgets["pictures"]["most"], sizes
