"""The schedule: against py-fsrs, an implementation that is not ours, and by its own rules."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from conftest import ROOT
from fsrs import Card, Rating, Scheduler, State
from pages_server import PagesServer

MINUTE = 60 * 1000
DAY = 24 * 60 * MINUTE
NOON = 1_750_000_000_000 // DAY * DAY + DAY // 2  # of a day in June 2025, in UTC
GRADES = ["again", "hard", "good", "easy"]
PASSED = GRADES[1:]
SHORT = [1, 6, 10, 15]  # minutes, within a session


@pytest.fixture(scope="module")
def modules():
    """The address of the modules that the site serves."""
    server = PagesServer(ROOT / "overrides" / "assets" / "cards")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def open_page(chromium, modules):
    """Gives an empty page beside the modules, one for each time zone."""
    pages = {}

    def open_page(zone="UTC"):
        if zone in pages:
            return pages[zone]
        page = pages[zone] = chromium.new_context(timezone_id=zone).new_page()
        page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto(f"{modules}empty")
        page.evaluate(
            """async () => {
              const { derive, outcomes } = await import("./scheduler.js");
              window.derive = (events, options = {}) =>
                [...derive(events, { retention: 0.9, ...options }).values()];
              window.outcomes = (schedule, at, retention = 0.9) =>
                outcomes(schedule, at, { retention });
            }"""
        )
        return page

    yield open_page
    for page in pages.values():
        page.context.close()


@pytest.fixture
def page(open_page):
    return open_page()


def review(at, grade="good", **fields):
    event = {"id": f"e{at}", "kind": "review", "card": "cat", "at": at, "grade": grade}
    return event | fields


def derive(page, events, **options):
    return page.evaluate("([events, options]) => derive(events, options)", [events, options])


# --- the oracle


def histories(count: int) -> list[list[tuple[int, str]]]:
    """Make histories of (ms, grade): whole days between sessions, minutes within them."""
    chance = random.Random(5)
    made = []
    for _ in range(count):
        at, history = NOON, []
        for _ in range(chance.randint(1, 12)):
            history.append((at, chance.choices(GRADES, [2, 2, 5, 1])[0]))
            days = chance.choice([1, 1, 2, 3, 5, 8, 13, 30, 90, 400])
            at += chance.choice([days * DAY, chance.choice(SHORT) * MINUTE])
        made.append(history)
    return made


# The first known difference: ts-fsrs gives Hard the mean of both steps of learning, in whole minutes.
HARD_IN_LEARNING = 6 * MINUTE


def ordered(days: dict[str, int]) -> dict[str, int]:
    """The second known difference: ts-fsrs keeps the intervals of Hard, Good and Easy in this order."""
    hard = min(days["hard"], days["good"])
    good = max(days["good"], hard + 1)
    return {"hard": hard, "good": good, "easy": max(days["easy"], good + 1)}


def py_fsrs(history, retention) -> list[dict]:
    """What py-fsrs says after each review, with the two known differences taken into account."""
    scheduler = Scheduler(desired_retention=retention, enable_fuzzing=False)
    card, said = Card(card_id=1), []

    def after(grade):
        return scheduler.review_card(card, Rating(GRADES.index(grade) + 1), now)[0]

    for at, grade in history:
        now = datetime.fromtimestamp(at / 1000, UTC)
        before, reviewed = card, after(grade)
        due, state = at + (reviewed.due - now) / timedelta(milliseconds=1), reviewed.state
        known = due
        if state == State.Learning and grade == "hard":
            known = at + HARD_IN_LEARNING
        elif before.state == state == State.Review:
            known = (
                at + ordered({each: (after(each).due - now).days for each in PASSED})[grade] * DAY
            )
        said.append(
            {
                "state": state.name.lower(),
                "stability": reviewed.stability,
                "difficulty": reviewed.difficulty,
                "due": known,
                "differs": state.name if known != due else "",
            }
        )
        card = reviewed
    return said


@pytest.mark.parametrize("retention", [0.9, 0.7, 0.97])
def test_py_fsrs_gives_the_same_schedules(page, retention):
    made = histories(1000 if retention == 0.9 else 100)
    logs = [[review(at, grade) for at, grade in history] for history in made]
    ours = page.evaluate(
        """([logs, retention]) => logs.map((events) =>
          events.map((_, at) => derive(events.slice(0, at + 1), { retention })[0]))""",
        [logs, retention],
    )
    differences = set()
    for history, schedules in zip(made, ours, strict=True):
        for schedule, theirs in zip(schedules, py_fsrs(history, retention), strict=True):
            assert schedule["state"] == theirs["state"]
            assert schedule["due"] == theirs["due"]
            for name in ("stability", "difficulty"):
                assert schedule[name] == pytest.approx(theirs[name], rel=1e-6, abs=1e-6)
            differences.add(theirs["differs"])
    # Both known differences occur in these histories; a third would have failed above.
    assert differences == {"", "Learning", "Review"}


# --- what the log says


@pytest.fixture(params=range(3))
def shuffled(request):
    return random.Random(request.param)


def test_the_order_of_the_events_does_not_matter(page, shuffled):
    events = [review(at, grade) for at, grade in histories(1)[0]]
    events += [
        {"id": "s", "kind": "suspend", "card": "cat", "at": NOON + 3 * DAY},
        {"id": "r", "kind": "resume", "card": "cat", "at": NOON + 4 * DAY},
    ]
    mixed = shuffled.sample(events, len(events))
    assert derive(page, mixed) == derive(page, events)


def test_each_prompt_has_a_schedule(page):
    events = [review(NOON), review(NOON + DAY, prompt="reverse"), review(NOON + DAY, "easy")]
    card, reverse = derive(page, events)
    assert (card["prompt"], card["reps"]) == ("", 2)
    assert (reverse["prompt"], reverse["reps"]) == ("reverse", 1)
    assert [card] == derive(page, [events[0], events[2]])


def test_a_review_that_is_undone_never_was(page):
    first, second = review(NOON), review(NOON + DAY, "again")
    undo = {"id": "u", "kind": "undo", "card": "cat", "at": NOON + DAY + 1, "undoes": second["id"]}
    assert derive(page, [first, second, undo]) == derive(page, [first])
    # Also where it was undone by a clock that runs behind.
    assert derive(page, [first, second, undo | {"at": NOON - DAY}]) == derive(page, [first])
    alone = undo | {"undoes": first["id"]}
    assert derive(page, [first, alone]) == []


def test_an_undo_can_be_undone(page):
    first, second = review(NOON), review(NOON + DAY)
    undo = {"id": "u", "kind": "undo", "card": "cat", "at": NOON + DAY + 1, "undoes": second["id"]}
    redo = undo | {"id": "v", "undoes": "u"}
    assert derive(page, [first, second, undo, redo]) == derive(page, [first, second])
    twice = undo | {"id": "w", "undoes": second["id"]}
    assert derive(page, [first, second, undo, twice, redo]) == derive(page, [first])
    circle = [undo | {"id": "a", "undoes": "b"}, undo | {"id": "b", "undoes": "a"}]
    assert len(derive(page, [first, *circle])) == 1


def test_suspend_and_resume(page):
    suspend = {"id": "s", "kind": "suspend", "card": "cat", "at": NOON + 1}
    resume = {"id": "r", "kind": "resume", "card": "cat", "at": NOON + 2}
    (suspended,) = derive(page, [review(NOON), suspend])
    (plain,) = derive(page, [review(NOON)])
    assert suspended == plain | {"suspended": True}
    assert derive(page, [review(NOON), suspend, resume]) == [plain]
    (new,) = derive(page, [suspend])
    assert (new["state"], new["suspended"], new["reps"]) == ("new", True, 0)


def test_reset_starts_afresh_at_the_new_revision(page):
    old = [review(NOON + day * DAY, "again", revision=1) for day in range(3)]
    reset = {"id": "r", "kind": "reset", "card": "cat", "at": NOON + 9 * DAY, "revision": 2}
    (fresh,) = derive(page, [*old, reset])
    assert (fresh["state"], fresh["reps"], fresh["lapses"]) == ("new", 0, 0)
    assert fresh["revision"] == 2
    again = review(NOON + 10 * DAY, revision=2)
    assert derive(page, [*old, reset, again]) == derive(page, [again])


def test_the_first_review_is_the_first_that_stands(page):
    events = [review(NOON), review(NOON + DAY), review(NOON + 2 * DAY)]
    undo = {"id": "u", "kind": "undo", "card": "cat", "undoes": f"e{NOON}", "at": NOON + 3 * DAY}
    reset = {"id": "r", "kind": "reset", "card": "cat", "at": NOON + 4 * DAY}
    again = review(NOON + 5 * DAY)
    firsts = [
        ([], NOON),
        ([undo], NOON + DAY),
        ([undo, reset], 0),
        ([undo, reset, again], NOON + 5 * DAY),
    ]
    for then, first in firsts:
        assert derive(page, [*events, *then])[0]["first"] == first


def test_a_revision_is_the_one_that_was_last_reviewed(page):
    (schedule,) = derive(page, [review(NOON, revision=3), review(NOON + DAY)])
    assert schedule["revision"] == 3


def test_a_card_that_is_forgotten_eight_times_is_a_leech(page):
    events, at = [review(NOON, "easy")], NOON
    for lapses in range(1, 9):
        at += 30 * DAY
        events += [review(at, "again"), review(at + 10 * MINUTE, "good")]
        (schedule,) = derive(page, events)
        assert (schedule["lapses"], schedule["leech"]) == (lapses, lapses == 8)


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "wink"},
        {"grade": "perfect"},
        {"grade": "toString"},
        {"grade": None},
        {"grade": ["good"]},
        {"at": None},
        {"at": "yesterday"},
        {"at": -1},
        {"at": 9e15},
        {"prompt": 7},
        {"id": None},
        {"kind": "undo", "undoes": 7},
        {"kind": "undo", "undoes": "gone"},
        {"kind": "undo"},
    ],
)
def test_what_is_not_known_is_left_alone(page, event):
    known = [review(NOON), review(NOON + DAY)]
    assert derive(page, [*known, review(NOON + 2 * DAY) | event]) == derive(page, known)


def test_unknown_fields_do_not_matter(page):
    assert derive(page, [review(NOON, mood="fine")]) == derive(page, [review(NOON)])


def test_a_clock_that_was_set_back_does_not_throw(page):
    events = [review(NOON), review(NOON + DAY), review(NOON + DAY // 2), review(NOON - DAY)]
    (schedule,) = derive(page, events)
    assert (schedule["reps"], schedule["last"]) == (4, NOON + DAY)
    before = page.evaluate("([schedule, at]) => outcomes(schedule, at)", [schedule, NOON])
    now = page.evaluate("([schedule, at]) => outcomes(schedule, at)", [schedule, NOON + DAY])
    assert before == now


# --- days


ZONES = ["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]


def test_a_history_gives_one_schedule_in_every_time_zone(open_page):
    chance = random.Random(7)
    at, events = NOON, []
    for _ in range(60):
        at += chance.randint(1, 9 * DAY)
        events.append(review(at, chance.choice(GRADES)))
    assert len({str(derive(open_page(zone), events)) for zone in ZONES}) == 1


# Of Berlin in 2025: clocks go forward on 30 March and back on 26 October.
@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2025-06-10T22:00+02:00", "2025-06-11T04:00+02:00"),
        ("2025-06-11T03:59+02:00", "2025-06-11T04:00+02:00"),
        ("2025-06-11T04:00+02:00", "2025-06-12T04:00+02:00"),
        ("2025-03-29T12:00+01:00", "2025-03-30T04:00+02:00"),
        ("2025-03-30T01:30+01:00", "2025-03-30T04:00+02:00"),
        ("2025-03-30T04:00+02:00", "2025-03-31T04:00+02:00"),
        ("2025-10-25T12:00+02:00", "2025-10-26T04:00+01:00"),
        ("2025-10-26T02:30+02:00", "2025-10-26T04:00+01:00"),
        ("2025-10-26T02:30+01:00", "2025-10-26T04:00+01:00"),
        ("2025-12-31T23:59+01:00", "2026-01-01T04:00+01:00"),
    ],
)
def test_bury_lasts_until_four_in_the_morning(open_page, at, until):
    ms = datetime.fromisoformat(at).timestamp() * 1000
    bury = {"id": "b", "kind": "bury", "card": "cat", "at": ms}
    (buried,) = derive(open_page("Europe/Berlin"), [bury])
    assert buried["buried"] == datetime.fromisoformat(until).timestamp() * 1000
    resume = bury | {"id": "c", "kind": "resume", "at": ms + 1}
    assert derive(open_page("Europe/Berlin"), [bury, resume])[0]["buried"] == 0


@pytest.mark.parametrize("changes", ["2025-03-30T00:00+01:00", "2025-10-26T00:00+02:00"])
def test_summer_time_moves_no_schedule(open_page, changes):
    midnight = datetime.fromisoformat(changes).timestamp() * 1000
    events = [review(midnight + hour * 60 * MINUTE, "good") for hour in range(-30, 30, 5)]
    assert derive(open_page("Europe/Berlin"), events) == derive(open_page("UTC"), events)


# --- what the buttons say


def test_the_buttons_say_what_the_grades_then_give(page):
    events = []
    for at, grade in histories(3)[2]:
        schedules = derive(page, events)
        said = page.evaluate("([s, at]) => outcomes(s, at)", [schedules[0] if events else None, at])
        for each in GRADES:
            (then,) = derive(page, [*events, review(at, each)])
            assert said[each] == {"due": then["due"], "state": then["state"]}
        events.append(review(at, grade))


def test_who_wants_to_remember_more_sees_cards_sooner(page):
    events = [review(NOON, "easy"), review(NOON + 8 * DAY), review(NOON + 40 * DAY)]
    due = [derive(page, events, retention=r)[0]["due"] for r in (0.97, 0.9, 0.8, 0.7)]
    assert all(sooner < later for sooner, later in pairwise(due))
    assert derive(page, events, retention=0.2)[0]["due"] == due[3]
    assert derive(page, events, retention=1)[0]["due"] == due[0]
    assert derive(page, events, retention="much")[0]["due"] == due[1]


def test_the_page_on_the_schedule_tells_its_numbers(page):
    text = " ".join((ROOT / "docs/schedule.md").read_text(encoding="utf-8").split())
    new = page.evaluate("(at) => outcomes(undefined, at)", NOON)
    again, hard, good, easy = (worded(new[grade]["due"] - NOON) for grade in GRADES)
    assert f"{again}, {hard}, {good} or {easy} where it is new" in text
    times = [NOON]
    for _ in range(5):
        [schedule] = derive(page, [review(time) for time in times])
        times.append(schedule["due"])
    step, *days = [after - before for before, after in pairwise(times)]
    first, second, third, fourth = (wait // DAY for wait in days)
    said = f"{worded(step)}, then after {first}, {second}, {third} and {fourth} days"
    assert f"a card comes back after {said}" in text


def worded(ms):
    number, unit = (ms // DAY, "day") if ms >= DAY else (ms // MINUTE, "minute")
    return f"{number} {unit}{'' if number == 1 else 's'}"
