"""The grades, what they record, and what else one can do with a card, as a learner meets them."""

import tomllib

import pytest
import turn
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT, TRIAL
from engines import until
from playwright.sync_api import expect
from test_cards import (
    BUTTONS,
    LISTEN,
    QUIZ,
    card_of,
    do,
    grade,
    graded,
    ids_of,
    press,
    settle,
    the_deck,
    top,
)

from macros import quiz
from macros.load import load
from macros.markup import ROOT as TOP

SITE = "trial"

GRADES = ("again", "hard", "good", "easy")
DAY = 86_400_000
NOON = 1_700_000_000_000
KEPT = "Your answers are kept in this browser alone."

# A module of the cards, as the page itself has it.
MODULE = """const module = (name) =>
  import(new URL(`assets/cards/${name}.js`, document.querySelector("link[href$='cards.css']").href
    .replace("assets/cards/cards.css", "")));
const opened = async () => (await module("record")).openRecord(
  [...document.querySelectorAll("flash-deck")].at(-1).dataset.deck);
"""


@pytest.fixture
def page(keep_page):
    return keep_page()


def ask(page, script, *given):
    """What a script gives that may use `record` and `module(name)`."""
    body = f"async (given) => {{ {MODULE} const record = await opened(); {script} }}"
    return page.evaluate(body, list(given))


def events(page):
    return ask(page, "return (await record.events()).sort((a, b) => a.at - b.at)")


def told(page):
    """Events without what chance and the clock give."""
    return [
        {key: value for key, value in event.items() if key not in ("id", "at", "undoes")}
        for event in events(page)
    ]


def seed(page, *history):
    """Record reviews: (card, grade, when)."""
    add = """
      const event = ([card, grade, at]) => ({ id: `${card} ${at}`, kind: "review", card, grade, at });
      await record.take(given.map(event));
    """
    ask(page, add, *history)


def intervals(deck):
    """What stands under each grade, as soon as it is there."""
    expect(grade(deck, "easy").locator("small")).not_to_be_empty()
    return deck.locator("[data-grade] > small").all_inner_texts()


def forgotten(card, times, start):
    """A history of a card that was learned and then forgotten so many times, a month apart."""
    return [
        (card, "easy", start),
        *(
            (card, name, start + n * 30 * DAY + later)
            for n in range(1, times + 1)
            for name, later in (("again", 0), ("good", 900_000))
        ),
    ]


def notice(deck):
    return deck.locator(".flash-notice")


def more(deck):
    return deck.locator(".flash-more")


def open_more(deck):
    do(deck, "more").click()
    expect(more(deck).get_by_role("button", name="Close")).to_be_visible()
    return more(deck)


def answer(deck, name):
    """Turn the card on top and grade it, as soon as it tells what that would lead to."""
    do(deck, "flip").click()
    intervals(deck)
    grade(deck, name).click()


# Grades


def test_each_grade_is_recorded_and_still_there_after_a_reload(page):
    deck = the_deck(page)
    cards = ids_of(deck)
    given = [*zip(cards, GRADES[:3], strict=True), (cards[0], "easy")]
    for _, name in given[:3]:
        answer(deck, name)
    do(deck, "missed").click()
    answer(deck, "easy")
    heard = graded(page, 4)
    expected = [
        {"kind": "review", "card": card, "grade": name, "mode": "flip", "revision": 1}
        for card, name in given
    ]
    assert told(page) == expected
    recorded = {event["id"]: event for event in events(page)}
    for event in heard:
        assert {key: event[key] for key in recorded[event["id"]]} == recorded[event["id"]]
        assert abs(event["at"] - page.evaluate("Date.now()")) < 60_000
    page.reload()
    assert told(page) == expected


def test_who_goes_back_to_a_card_corrects_its_grade(page):
    deck = the_deck(page)
    card, *_ = ids_of(deck)
    stands = "const { state, reps } = record.schedule(given[0]); return [state, reps]"
    do(deck, "flip").click()
    of_a_new_card = intervals(deck)
    grade(deck, "easy").click()
    do(deck, "previous").click()
    do(deck, "flip").click()
    assert intervals(deck) == of_a_new_card
    grade(deck, "again").click()
    until(lambda: ask(page, stands, card) == ["learning", 1], "the correction")
    assert [event["kind"] for event in told(page)].count("review") == 2
    do(deck, "undo").click()
    until(lambda: ask(page, stands, card) == ["review", 1], "the grade of before")
    do(deck, "undo").click()
    until(lambda: not ask(page, "return record.schedule(given[0])?.reps", card), "no grade")


def test_hard_counts_as_had_and_again_as_missed(page):
    deck = the_deck(page)
    cards = ids_of(deck)
    for name in ("hard", "again", "easy"):
        answer(deck, name)
    expect(deck.get_by_text("You had 2 of 3.")).to_be_focused()
    graded(page, 3)
    # The last grade is told before the end of the round is.
    names = [event["name"] for event in page.evaluate("window.heard")]
    assert names[-2:] == ["flash-card:grade", "flash-deck:done"]
    done = page.evaluate("window.heard.at(-1)")
    assert (done["got"], done["missed"]) == ([cards[0], cards[2]], [cards[1]])


def test_a_new_card_tells_when_it_would_come_back(page):
    deck = the_deck(page)
    do(deck, "flip").click()
    assert intervals(deck) == ["1 min", "6 min", "10 min", "8 days"]
    expect(grade(deck, "again")).to_have_accessible_description("Asked again in 1 minute")
    expect(grade(deck, "easy")).to_have_accessible_description("Asked again in 8 days")


def test_the_intervals_are_those_of_the_scheduler(new_page):
    page = new_page(timezone_id="UTC")
    page.clock.set_fixed_time(NOON / 1000)
    deck = the_deck(page)
    first, second, _ = ids_of(deck)
    seed(page, (first, "easy", NOON - 300 * DAY), (first, "good", NOON - 200 * DAY))
    seed(page, (second, "good", NOON - 60_000))
    ask(page, "await record.set('retention', 0.8)")
    for card in (first, second):
        assert top(deck) == card
        do(deck, "flip").click()
        shown = intervals(deck)
        assert len(set(shown)) == 4
        expected = """
          const { outcomes } = await module("scheduler");
          const { interval } = await module("grading");
          const would = outcomes(record.schedule(given[0]), given[1], { retention: 0.8 });
          return ["again", "hard", "good", "easy"].map((grade) => interval(would[grade].due - given[1]).length);
        """
        assert shown == ask(page, expected, card, NOON)
        do(deck, "next").click()


def test_an_interval_in_words(page):
    expected = {
        1: ("1 min", "in 1 minute"),
        59.4 * 60_000: ("59 min", "in 59 minutes"),
        59.6 * 60_000: ("1 hr", "in 1 hour"),
        1 * DAY: ("1 day", "in 1 day"),
        59 * DAY: ("59 days", "in 59 days"),
        61 * DAY: ("2 mths", "in 2 months"),
        700 * DAY: ("23 mths", "in 23 months"),
        731 * DAY: ("2 yrs", "in 2 years"),
        36500 * DAY: ("100 yrs", "in 100 years"),
    }
    page.goto(QUIZ)
    said = ask(page, 'return given.map((await module("grading")).interval)', *expected)
    assert [(each["length"], each["when"]) for each in said] == [*expected.values()]


def test_before_the_first_turn_nothing_of_grading_is_fetched(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    deck = the_deck(page)
    do(deck, "next").click()
    page.wait_for_load_state("networkidle")
    later = {"grading.js", "scheduler.js", "fsrs.min.js"}
    assert not later & set(asked)
    do(deck, "flip").click()
    intervals(deck)
    assert later <= set(asked)
    assert not {"actions.js", "more.js", "round-end.js", "later.css"} & set(asked)


def test_the_first_sign_of_a_reader_fetches_the_record_and_stores_nothing(new_page):
    left = """async () => [...Object.keys(localStorage), ...(await indexedDB.databases())]
      .filter((each) => JSON.stringify(each).includes("flash-record"))"""
    signs = (
        lambda page: page.mouse.move(1, 1),
        lambda page: page.keyboard.press("Tab"),
        lambda page: page.mouse.wheel(0, 100),
    )
    for give in signs:
        # Of its own: where a mouse has been, the next page in its place has a sign of it.
        page = new_page()
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        deck = the_deck(page)
        page.wait_for_load_state("networkidle")
        assert not any("opening.js" in url for url in asked)
        with page.expect_response("**/record.js"):
            give(page)
        assert page.evaluate(left) == []
    do(deck, "flip").click()
    intervals(deck)
    assert page.evaluate(left) != []


def test_a_turn_may_come_without_any_sign(page):
    deck = the_deck(page)
    do(deck, "flip").evaluate("(flip) => flip.click()")
    assert intervals(deck) == ["1 min", "6 min", "10 min", "8 days"]


@pytest.mark.parametrize(("address", "has_touch"), [(QUIZ, False), ("study/", True)])
def test_what_comes_before_the_first_turn_and_at_it_is_light(new_page, address, has_touch):
    budgets = tomllib.loads((ROOT / "tests/budgets.toml").read_text(encoding="utf-8"))
    view = {"width": 390, "height": 740} if has_touch else {"width": 1280, "height": 800}
    page = new_page(has_touch=has_touch, is_mobile=has_touch, viewport=view)
    page.add_init_script(LISTEN)
    for _ in ("a first visit", "a visit with a record"):
        before, at_it = turn.weigh(page, address)
        assert "cards/fsrs.min.js" in at_it
        assert "cards/swipe.js" not in before
        assert sum(before.values()) <= budgets["cards-before-turn"]["most"], before
        assert sum(at_it.values()) <= budgets["cards-at-turn"]["most"], at_it
        grade(page.locator("flash-deck"), "easy").click()
        graded(page, 1)
        page.goto("about:blank")


def test_a_card_in_the_text_names_its_deck_and_is_not_graded(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto("")
    card = page.locator("flash-card")
    do(card, "flip").click()
    expect(card).to_have_attribute("data-deck", load(TRIAL / "cards.yaml").deck.id)
    page.wait_for_load_state("networkidle")
    expect(card.get_by_role("button")).to_have_text(["Turn back"])
    assert "grading.js" not in asked


@pytest.mark.expects("ERR_FAILED")
def test_should_the_grades_not_come_it_is_said_and_tried_again(page):
    page.route("**/grading.js", lambda route: route.abort())
    deck = the_deck(page)
    do(deck, "flip").click()
    expect(notice(deck)).to_have_text("This cannot be fetched now. Try again when you are online.")
    do(deck, "next").click()
    page.unroute("**/grading.js")
    answer(deck, "good")
    assert len(graded(page, 1)) == 1


def test_two_tabs_share_what_was_answered(page):
    deck = the_deck(page)
    other = page.context.new_page()
    second = the_deck(other)
    do(second, "flip").click()
    new = intervals(second)
    do(second, "flip").click()
    answer(deck, "easy")
    graded(page, 1)
    do(second, "flip").click()
    # Also while the answer shows.
    expect(grade(second, "again").locator("small")).to_have_text("10 min")
    assert new[0] == "1 min"
    grade(second, "good").click()
    graded(other, 1)
    for tab in (page, other):
        assert [event["grade"] for event in told(tab)] == ["easy", "good"]


# Undo


def test_undo_takes_grades_back_one_by_one(page):
    deck = the_deck(page)
    cards = ids_of(deck)
    expect(do(deck, "undo")).to_be_hidden()
    answer(deck, "good")
    answer(deck, "again")
    expect(do(deck, "undo")).to_be_visible()
    for card in (cards[1], cards[0]):
        do(deck, "undo").click()
        assert (top(deck), card_of(deck).get_attribute("data-side")) == (card, "front")
    expect(do(deck, "undo")).to_be_hidden()
    expect(do(deck, "flip")).to_be_focused()
    expect(deck.locator(".flash-live")).to_contain_text("Taken back. 1 of 3.")
    kinds = [(event["kind"], event["card"]) for event in told(page)]
    assert kinds == [
        *(("review", cards[0]), ("review", cards[1])),
        *(("undo", cards[1]), ("undo", cards[0])),
    ]
    undone = {event["undoes"] for event in events(page) if event["kind"] == "undo"}
    assert undone == {event["id"] for event in events(page) if event["kind"] == "review"}
    assert not any(ask(page, "return [...record.schedules()]").count(card) for card in cards)
    do(deck, "flip").click()
    assert intervals(deck) == ["1 min", "6 min", "10 min", "8 days"]


def test_undo_reaches_back_over_the_end_of_a_round(page):
    deck = the_deck(page)
    last = ids_of(deck)[-1]
    for name in ("again", "good", "easy"):
        answer(deck, name)
    expect(deck.get_by_text("You had 2 of 3.")).to_be_focused()
    press(page, "u")
    assert top(deck) == last
    answer(deck, "again")
    expect(deck.get_by_text("You had 1 of 3.")).to_be_focused()
    do(deck, "missed").click()
    answer(deck, "good")
    press(page, "u", "u")
    assert (top(deck), "3 of 3") == (last, card_of(deck).locator(".flash-place").first.inner_text())


# Keys


def test_keys_grade_undo_shuffle_and_tell_of_themselves(page):
    deck = the_deck(page)
    do(deck, "flip").focus()
    for key, name in zip("1234", GRADES, strict=True):
        press(page, "Space")
        intervals(deck)
        press(page, key)
        assert graded(page, 1)[-1]["grade"] == name
        page.evaluate("window.heard = []")
        press(page, "U")
        expect(deck).to_have_attribute("data-state", "asking")
    # Digits wait for the answer.
    press(page, "3")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 3")
    press(page, "ArrowRight", "s")
    expect(deck.locator(".flash-live")).to_contain_text("Shuffled.")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 3")
    press(page, "Shift+?")
    expect(more(deck)).to_be_visible()
    for name in ("Space, Enter", "1, 2, 3, 4", "U", "S", "← →", "?"):
        expect(more(deck).get_by_role("term").get_by_text(name, exact=True)).to_be_visible()
    expect(more(deck).get_by_role("button").first).to_be_focused()
    # What lies behind the panel is not graded.
    press(page, "3")
    press(page, "Escape")
    expect(more(deck)).to_be_hidden()
    expect(do(deck, "flip")).to_be_focused()
    press(page, "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")


def test_the_keys_are_listed_by_a_button_too(page):
    deck = the_deck(page)
    panel = open_more(deck)
    expect(panel).to_have_role("group")
    expect(panel).to_have_accessible_name("More")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(do(deck, "more")).to_be_focused()


def test_what_is_not_for_the_deck_is_left_alone(page):
    deck = the_deck(page)
    do(deck, "flip").click()
    intervals(deck)
    send = """([event, key]) => {
      const deck = document.querySelector("flash-deck");
      const { on, ...init } = event;
      const target = on === "outside" ? document.body
        : on ? deck.appendChild(document.createElement(on)) : deck.querySelector("[data-do=flip]");
      const sent = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
      target.dispatchEvent(sent);
      return sent.defaultPrevented;
    }"""
    for event in (
        {"ctrlKey": True},
        {"altKey": True},
        {"metaKey": True},
        {"shiftKey": True, "key": "U"},
        {"isComposing": True},
        {"on": "input"},
        {"on": "textarea"},
        {"on": "outside"},
    ):
        for key in ("3", "u", "?", "ArrowRight", " "):
            assert not page.evaluate(send, [event, key]), (event, key)
        page.evaluate(send, [event, "s"])  # which the theme has a use for
        settle(deck)
        expect(more(deck)).to_be_hidden()
        expect(card_of(deck)).to_have_attribute("data-side", "back")
        assert events(page) == [], event


def test_a_keyboard_that_has_its_digits_with_shift_grades_too(page):
    deck = the_deck(page)
    do(deck, "flip").click()
    do(deck, "flip").dispatch_event("keydown", {"key": "3", "shiftKey": True, "bubbles": True})
    assert graded(page, 1)[0]["grade"] == "good"


def test_keys_can_be_switched_off_and_stay_off(page):
    deck = the_deck(page)
    box = open_more(deck).get_by_role("checkbox", name="Use the keys for 1 to 4, U, S and ?")
    expect(box).to_be_checked()
    box.click()
    page.keyboard.press("Escape")
    assert events(page) == []  # which is known when all that was set is stored
    page.reload()
    do(deck, "flip").focus()
    press(page, "ArrowRight", "s", "Shift+?", "Space")
    intervals(deck)
    press(page, "3", "u")
    settle(deck)
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    expect(card_of(deck).locator(".flash-place").last).to_have_text("2 of 3")
    expect(more(deck)).to_be_hidden()
    assert events(page) == []
    box = open_more(deck).get_by_role("checkbox", name="Use the keys")
    expect(box).not_to_be_checked()
    box.click()
    more(deck).get_by_role("button", name="Close").click()
    press(page, "3")
    assert len(graded(page, 1)) == 1


# What is kept


def test_where_answers_are_kept_is_said_once(page):
    deck = the_deck(page)
    answer(deck, "good")
    expect(notice(deck)).to_have_text(f"{KEPT} Turn that off")
    page.reload()
    answer(deck, "good")
    graded(page, 1)
    settle(deck)
    expect(notice(deck)).to_be_empty()


def test_who_wants_no_record_of_a_quiz_has_none(page):
    deck = the_deck(page)
    answer(deck, "good")
    notice(deck).get_by_role("button", name="Turn that off").click()
    expect(notice(deck)).to_have_text("Your answers are no longer kept. Turn that on")
    expect(notice(deck).get_by_role("button")).to_be_focused()
    page.reload()
    do(deck, "flip").click()
    expect(grade(deck, "good")).to_be_visible()
    settle(deck)
    grade(deck, "good").click()
    told_of = graded(page, 1)[0]
    assert (told_of["grade"], "id" in told_of) == ("good", False)
    press(page, "u")
    do(deck, "flip").click()
    grade(deck, "easy").click()
    graded(page, 2)
    assert deck.locator("[data-grade] > small").all_inner_texts() == [""] * 4
    assert len(events(page)) == 1
    box = open_more(deck).get_by_role("checkbox", name="Keep my answers in this browser")
    expect(box).not_to_be_checked()
    box.click()
    page.keyboard.press("Escape")
    answer(deck, "hard")
    graded(page, 3)
    assert [event["grade"] for event in told(page)] == ["good", "hard"]


def test_a_study_session_is_kept_also_by_who_wants_no_record_of_a_quiz(page):
    deck = the_deck(page)
    ask(page, "await record.set('recordQuizzes', false)")
    page.evaluate("""() => {
      const board = document.createElement("study-board");
      const deck = document.querySelector("flash-deck");
      deck.before(board);
      board.append(deck);
    }""")
    answer(deck, "good")
    assert "id" in graded(page, 1)[0]
    expect(notice(deck)).to_be_empty()
    offered = open_more(deck).get_by_role("checkbox")
    expect(offered).to_have_count(2)
    assert not offered.and_(page.get_by_label("Keep my answers in this browser")).count()


def test_where_nothing_can_be_stored_it_is_said_once_and_goes_on(new_page):
    page = new_page()
    page.add_init_script("""
      indexedDB.open = () => { throw new DOMException("No.", "SecurityError"); };
    """)
    deck = the_deck(page)
    answer(deck, "good")
    denied = (
        "This browser does not let the page keep a record, "
        "so your answers may last only until you close it."
    )
    expect(notice(deck)).to_have_text(denied)
    do(deck, "undo").click()
    expect(notice(deck)).to_be_empty()
    for name in ("good", "again", "easy"):
        answer(deck, name)
    expect(deck.get_by_text("You had 2 of 3.")).to_be_focused()
    assert len(graded(page, 4)) == 4
    expect(notice(deck)).to_be_empty()


# Other things to do with a card


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("Set aside until tomorrow", "bury", "is set aside until tomorrow."),
        ("Do not ask again", "suspend", "will not be asked again."),
    ],
)
def test_a_card_can_be_set_aside_and_taken_back(page, name, kind, said):
    deck = the_deck(page)
    first, second, _ = ids_of(deck)
    open_more(deck).get_by_role("button", name=name).click()
    expect(more(deck)).to_be_hidden()
    assert top(deck) == second
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 2")
    expect(notice(deck)).to_contain_text(said)
    assert told(page) == [{"kind": kind, "card": first}]
    do(deck, "undo").click()
    assert top(deck) == first
    expect(notice(deck)).to_be_empty()
    expect(open_more(deck).get_by_role("button", name=name)).to_be_visible()
    more(deck).get_by_role("button", name=name).click()
    do(deck, "restart").first.click()
    open_more(deck).get_by_role("button", name="Ask this card again").click()
    expect(notice(deck)).to_contain_text("is asked again.")
    assert [event["kind"] for event in told(page)] == [kind, "undo", kind, "resume"]
    expect(open_more(deck).get_by_role("button", name=name)).to_be_visible()


def test_with_the_last_card_set_aside_the_round_is_over(page):
    deck = the_deck(page)
    for _ in ids_of(deck):
        open_more(deck).get_by_role("button", name="Do not ask again").click()
    expect(deck.get_by_text("That was the last card.")).to_be_focused()
    press(page, "u")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 1")


def test_a_card_that_is_forgotten_again_and_again_leads_to_its_entry(page, site_url):
    deck = the_deck(page)
    card = top(deck)
    advice = card_of(deck).locator(".flash-advice")
    history = forgotten(card, 8, NOON - 300 * DAY)
    seed(page, *history[:-2])
    do(deck, "flip").click()
    intervals(deck)
    expect(advice).to_have_count(0)
    seed(page, *history[-2:])
    do(deck, "next").click()
    do(deck, "previous").click()
    do(deck, "flip").click()
    expect(advice).to_contain_text("Forgotten 8 times.")
    advice.get_by_role("link").click()
    expect(page).to_have_url(f"{site_url}glossary/peft/#{card}")


CHANGED = """
deck: {id: other, title: T, description: D., rules: {cards-have-sources: off}}
topics: [{id: one, title: One}]
sources: {}
cards:
  - {id: a, term: Aa, topic: one, answer: It is one., revision: 2, formerly: [old, older]}
  - {id: b, term: Bb, topic: one, answer: It is two.}
"""


@pytest.fixture
def changed(page, tmp_path):
    """A deck with a card whose meaning and id have changed since it was learned as "older"."""
    the_deck(page)
    (tmp_path / "cards.yaml").write_text(CHANGED, encoding="utf-8")
    made = quiz.quiz(load(tmp_path / "cards.yaml")).replace(TOP, "../../")
    page.evaluate(
        "(made) => document.querySelector('article').insertAdjacentHTML('beforeend', made)", made
    )
    return page.locator("flash-deck").last


def test_a_card_that_has_changed_offers_to_start_afresh(page, changed):
    now = page.evaluate("Date.now()")
    seed(page, ("older", "easy", now - 90 * DAY), ("older", "good", now - 60 * DAY))
    do(changed, "flip").click()
    assert intervals(changed)[0] == "10 min"
    advice = card_of(changed).locator(".flash-advice")
    expect(advice).to_contain_text("The meaning of this card has changed since you learned it.")
    advice.get_by_role("button", name="Start this card afresh").click()
    expect(advice).to_have_count(0)
    expect(do(changed, "flip")).to_be_focused()
    expect(notice(changed)).to_have_text("This card starts afresh.")
    assert intervals(changed) == ["1 min", "6 min", "10 min", "8 days"]
    assert told(page)[-1] == {"kind": "reset", "card": "a", "revision": 2}
    do(changed, "undo").click()
    do(changed, "flip").click()
    expect(advice).to_be_visible()
    # A grade says that the card is known as it is now.
    grade(changed, "good").click()
    graded(page, 1)
    do(changed, "previous").click()
    do(changed, "flip").click()
    intervals(changed)
    expect(advice).to_have_count(0)


# For everybody, on every screen


def test_axe_finds_nothing_at_any_step(new_page):
    page = new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    deck = the_deck(page)

    def check():
        assert_axe_is_content(page)
        assert_nothing_is_wider(page, 1280, 360)

    seed(page, *forgotten(top(deck), 8, NOON - 300 * DAY))
    do(deck, "flip").click()
    intervals(deck)
    expect(card_of(deck).locator(".flash-advice")).to_be_visible()
    check()
    grade(deck, "again").click()
    expect(notice(deck)).to_contain_text(KEPT)
    check()
    open_more(deck)
    check()
    more(deck).get_by_role("button", name="Set aside").click()
    expect(notice(deck)).to_contain_text("set aside")
    check()
    do(deck, "next").click()
    expect(deck.get_by_text("You had 0 of 1.")).to_be_focused()
    check()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_grades_take_a_room_that_was_kept_for_them(new_page, width):
    page = new_page(viewport={"width": width, "height": 740})
    page.add_init_script("""
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
        .observe({ type: "layout-shift", buffered: true });
    """)
    deck = the_deck(page)
    grade(deck, "good").evaluate(
        "(each) => each.scrollIntoView({ block: 'end', behavior: 'instant' })"
    )
    settle(deck)
    stood = deck.evaluate(BUTTONS)
    page.evaluate("window.shifts.length = 0")
    do(deck, "flip").click()
    intervals(deck)
    settle(deck)
    assert deck.evaluate(BUTTONS) == stood
    assert page.evaluate("window.shifts.length") == 0
    boxes = {name: grade(deck, name).bounding_box() for name in GRADES}
    assert len({box["y"] for box in boxes.values()}) == 1
    assert [*boxes] == sorted(boxes, key=lambda name: boxes[name]["x"])
    for box in boxes.values():
        assert box["height"] >= 44 and box["width"] >= 60
        assert 0 <= box["x"] and box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# What is on its way


def held(page, pattern):
    """Hold back the files that fit; return what lets them go."""
    waiting, gone = [], []
    page.route(pattern, lambda route: route.continue_() if gone else waiting.append(route))

    def let_go():
        gone.append(True)
        for route in waiting:
            route.continue_()

    return let_go


def at_the_last_card(page):
    """Go to the last card of the deck and turn it; return the deck."""
    page.add_init_script(LISTEN)
    deck = the_deck(page)
    for _ in range(2):
        do(deck, "next").click()
    do(deck, "flip").click()
    intervals(deck)
    return deck


def test_the_last_card_is_graded_once_however_often_one_presses(new_page):
    page = new_page()
    deck = at_the_last_card(page)
    let_go = held(page, "**/round-end.js")
    good = grade(deck, "good")
    good.evaluate("(good) => [1, 2].forEach(() => good.click())")
    graded(page, 1)
    good.click()
    let_go()
    expect(deck).to_have_attribute("data-state", "done")
    assert len(events(page)) == 1


@pytest.mark.expects("ERR_FAILED")
def test_where_the_end_cannot_be_fetched_the_last_card_is_asked_again(new_page):
    page = new_page()
    deck = at_the_last_card(page)
    page.route("**/round-end.js", lambda route: route.abort())
    grade(deck, "good").click()
    expect(deck).to_have_attribute("data-state", "asking")
    assert len(graded(page, 1)) == 1


def test_a_grade_is_for_the_card_that_lay_on_top_when_it_was_given(new_page):
    page = new_page()
    page.add_init_script(LISTEN)
    deck = the_deck(page)
    let_go = held(page, "**/grading.js")
    do(deck, "flip").click()
    grade(deck, "easy").click()
    do(deck, "next").click()
    do(deck, "flip").click()
    let_go()
    intervals(deck)
    assert events(page) == []


def test_a_key_that_is_held_presses_once(page):
    deck = the_deck(page)
    for _ in range(2):
        do(deck, "flip").click()
        intervals(deck)
        grade(deck, "good").click()
    assert len(graded(page, 2)) == 2
    do(deck, "flip").focus()
    page.keyboard.down("u")
    page.keyboard.down("u")
    page.keyboard.up("u")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("2 of 3")
    press(page, "u")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 3")


def test_a_grade_is_noted_before_the_session_has_come(new_page):
    page = new_page()
    page.goto("study/")
    held(page, "**/study-session.js")
    deck = page.locator("flash-deck")
    do(deck, "flip").click()
    grade(deck, "easy").click()
    expect(deck).to_have_attribute("data-state", "asking")
    page.goto("glossary/")
    expect(page.locator(".card-mark[data-stage=known]")).to_have_count(1)
