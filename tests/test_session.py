"""A session on the study page, as a learner has it from day to day."""

import re

import pytest
from conftest import TRIAL
from playwright.sync_api import expect
from test_cards import LISTEN, QUIZ, card_of, do, grade, graded, ids_of, settle, the_deck, top
from test_grading import ask, intervals, open_more, seed

from macros.load import load

SITE = "trial"

DECK = load(TRIAL / "cards.yaml")
CARDS = [card.id for card in DECK.cards]
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
MONDAY = 1_767_600_000_000  # 2026-01-05, 8:00 UTC
LATER = {"study-session.js", "grading.js", "record.js", "scheduler.js", "marks.js", "later.css"}


@pytest.fixture
def page(keep_page):
    page = keep_page(timezone_id="UTC")
    page.clock.set_fixed_time(MONDAY / 1000)
    return page


def study(page, address="study/"):
    """Open the study page; return its deck, which may have nothing to ask."""
    page.add_init_script(LISTEN)
    page.goto(address)
    deck = page.locator("flash-deck")
    expect(deck).to_have_attribute("data-state", re.compile("asking|done"))
    return deck


def line(deck):
    return deck.locator(".flash-today")


def done(deck):
    return deck.locator(".flash-summary")


def at(page, ms):
    """Move the clock, for a page that is opened then."""
    page.clock.set_fixed_time(ms / 1000)


def prepare(page, *history, **settings):
    """Open the study page with a record: reviews (card, grade, when), and settings."""
    page.goto("study/")
    seed(page, *history)
    for name, value in settings.items():
        ask(page, "await record.set(...given)", name, value)
    return study(page)


def only(page, *left, **settings):
    """Open a session in which only these cards are not suspended."""
    page.goto("study/")
    suspend = """
      const event = (card) => ({ id: `away ${card}`, kind: "suspend", card, at: 1 });
      await record.take(given.map(event));
    """
    ask(page, suspend, *(card for card in CARDS if card not in left))
    for name, value in settings.items():
        ask(page, "await record.set(...given)", name, value)
    return study(page)


def answer(deck, name):
    do(deck, "flip").click()
    intervals(deck)
    grade(deck, name).click()


def answer_all(deck, name):
    """Grade each card alike until the session ends; return the cards in the order asked."""
    asked = []
    while not done(deck).is_visible():
        asked.append(top(deck))
        count = len(graded(deck.page, 0))
        answer(deck, name)
        graded(deck.page, count + 1)
        expect(deck).to_have_attribute("data-state", re.compile("asking|done"))
        settle(deck)
        if len(asked) > 60:
            raise AssertionError("The session does not end.")
    return asked


def round_of(deck):
    return deck.evaluate("(deck) => deck.round.map((card) => card.dataset.card)")


# What is asked


def test_one_key_starts(page):
    deck = prepare(page, (CARDS[0], "good", MONDAY - DAY))
    expect(line(deck)).to_have_text("You have 1 card due and 20 new today.")
    expect(do(deck, "flip")).to_be_focused()
    page.keyboard.press("Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")


def test_a_first_visit_fetches_nothing_of_a_session(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    deck = study(page)
    page.wait_for_load_state("networkidle")
    expect(line(deck)).to_have_text(f"{len(CARDS)} cards in all.")
    assert not LATER & set(asked)
    do(deck, "flip").click()
    expect(line(deck)).to_have_text("You have 20 new cards today.")
    expect(card_of(deck).locator(".flash-place").last).to_have_text("1 of 20")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    assert top(deck) == CARDS[0]
    assert LATER - {"marks.js", "later.css"} <= set(asked)


def test_what_is_due_comes_first_by_its_time_and_then_what_is_new(page):
    a, b, c = CARDS[10:13]
    deck = prepare(
        page,
        (a, "easy", MONDAY - 20 * DAY),
        (b, "easy", MONDAY - 30 * DAY),
        (c, "easy", MONDAY - 1 * DAY),
        newADay=2,
    )
    expect(line(deck)).to_have_text("You have 2 cards due and 2 new today.")
    assert round_of(deck) == [b, a, CARDS[0], CARDS[1]]
    assert top(deck) == b
    # One key starts.
    page.keyboard.press("Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    intervals(deck)
    page.keyboard.press("4")
    expect(line(deck)).to_have_text("You have 1 card due and 2 new today.")


def test_a_card_is_due_all_day_and_the_day_begins_at_four(page):
    card = CARDS[5]
    page.goto("study/")
    seed(page, (card, "easy", MONDAY - 8 * DAY))  # due in the evening, or at eight
    due = ask(page, "return record.schedule(given[0]).due", card)
    morning = due - due % DAY + 4 * HOUR
    for moment, is_due in ((morning - MINUTE, False), (morning, True)):
        at(page, moment)
        deck = study(page)
        expect(line(deck)).to_contain_text("due and" if is_due else "new cards today")


def test_new_cards_and_reviews_a_day_are_limited(page):
    history = [(card, "easy", MONDAY - 30 * DAY) for card in CARDS[:5]]
    deck = prepare(page, *history, newADay=2, reviewsADay=3)
    expect(line(deck)).to_have_text("You have 3 cards due and 2 new today.")
    for _ in range(4):
        answer(deck, "easy")
    graded(page, 4)
    deck = study(page)
    expect(line(deck)).to_have_text("You have 1 new card today.")
    # What was taken back is not counted.
    answer(deck, "easy")
    done(deck).get_by_role("button", name="Undo").click()
    graded(page, 1)
    wait = "while (!(await record.events()).some(({ kind }) => kind === 'undo')) ;"
    ask(page, wait)
    deck = study(page)
    expect(line(deck)).to_have_text("You have 1 new card today.")
    at(page, MONDAY + DAY)
    expect(line(study(page))).to_have_text("You have 2 cards due and 2 new today.")


def test_a_week(page):
    """Three new cards a day, each answered Good as often as it is asked."""
    only(page, *CARDS[:9], newADay=3)
    met, counts = [], []
    for day in range(7):
        at(page, MONDAY + day * DAY)
        page.add_init_script(LISTEN)
        page.goto("study/")
        deck = page.locator("flash-deck")
        expect(line(deck)).not_to_have_text(f"{len(CARDS)} cards in all.")
        asked = answer_all(deck, "good")
        met += [card for card in dict.fromkeys(asked) if card not in met]
        counts.append(len(set(asked)))
    assert met == CARDS[:9]
    # Good twice is learned, and comes back after two days.
    assert counts == [3, 3, 6, 3, 3, 0, 0]
    expect(done(page.locator("flash-deck"))).to_contain_text("Nothing is due.")


def test_what_is_set_aside_is_left_out(page):
    page.goto("study/")
    for card, kind in ((CARDS[0], "suspend"), (CARDS[1], "bury")):
        ask(page, "await record.add({ card: given[0], kind: given[1] })", card, kind)
    deck = study(page)
    expect(line(deck)).to_contain_text("20 new")
    assert round_of(deck)[0] == CARDS[2]
    at(page, MONDAY + DAY)
    deck = study(page)
    expect(line(deck)).to_contain_text("20 new")
    assert round_of(deck)[0] == CARDS[1]


def test_prompts_of_one_card_are_not_asked_on_the_same_day(page):
    page.goto("study/")
    other = "await record.add({ kind: 'review', card: given[0], prompt: 'reverse', grade: 'good' })"
    ask(page, other, CARDS[0])
    assert study_round(page)[0] == CARDS[1]
    at(page, MONDAY + DAY)
    assert study_round(page)[0] == CARDS[0]


def study_round(page, address="study/"):
    deck = study(page, address)
    expect(line(deck)).to_contain_text("today")
    return round_of(deck)


# Learning


def test_a_missed_card_comes_back_when_its_minute_is_over(page):
    a, b, c = CARDS[:3]
    deck = only(page, a, b, c)
    expect(line(deck)).to_have_text("You have 3 new cards today.")
    answer(deck, "again")
    expect(line(deck)).to_have_text("You have 1 card due and 2 new today.")
    expect(card_of(deck).locator(".flash-place").first).to_have_text("2 of 4")
    assert round_of(deck) == [a, b, c, a]
    at(page, MONDAY + 2 * MINUTE)
    answer(deck, "easy")
    assert round_of(deck) == [a, b, a, c]
    assert top(deck) == a


def test_a_missed_card_comes_back_at_once_when_nothing_else_is_left(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    answer(deck, "good")  # back in ten minutes
    answer(deck, "again")  # back in one
    assert round_of(deck) == [a, b, b, a]
    answer(deck, "easy")
    assert top(deck) == a
    # Undo goes back through it all.
    do(deck, "undo").click()
    do(deck, "undo").click()
    assert (top(deck), round_of(deck)) == (b, [a, b, a])
    answer(deck, "easy")
    answer(deck, "easy")
    expect(done(deck)).to_contain_text("You have answered 2 cards, all new.")


def test_a_card_that_was_being_learned_is_asked_after_a_reload(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    answer(deck, "again")
    graded(page, 1)
    deck = study(page)
    expect(line(deck)).to_have_text("You have 1 card due and 1 new today.")
    assert round_of(deck) == [b, a]
    at(page, MONDAY + 2 * MINUTE)
    assert study_round(page) == [a, b]


# The address


def test_the_address_chooses_topic_tags_and_number(page):
    topic = DECK.topics[2]
    expected = [card.id for card in DECK.of_topic(topic.id)]
    assert study_round(page, f"study/?topic={topic.id}") == expected
    topics = page.get_by_role("navigation", name="Topics")
    link = topics.get_by_role("link", name=topic.title, exact=True)
    link.hover()
    expect(link.and_(page.locator("[aria-current]"))).to_have_count(1)
    assert study_round(page, f"study/?topic={topic.id}&limit=1") == expected[:1]
    tag = min(DECK.tags)
    tagged = [card.id for card in DECK.cards if tag in card.tags]
    assert study_round(page, f"study/?tags={tag},other") == tagged[:20]
    page.goto("study/?topic=nothing")
    expect(done(page.locator("flash-deck"))).to_have_text("No card fits this choice.")


def test_links_lead_to_each_topic_and_tag(page, site_url):
    study(page)
    topic, tag = DECK.topics[1], min(DECK.tags)
    page.get_by_role("link", name=topic.title, exact=True).and_(
        page.locator("[href*=topic]")
    ).click()
    expect(page).to_have_url(f"{site_url}study/?topic={topic.id}")
    deck = page.locator("flash-deck")
    expect(line(deck)).to_contain_text("today")
    assert round_of(deck) == [card.id for card in DECK.of_topic(topic.id)]
    page.get_by_role("link", name=tag, exact=True).click()
    expect(page).to_have_url(f"{site_url}study/?tags={tag}")
    page.get_by_role("link", name="all", exact=True).click()
    expect(page).to_have_url(re.compile(r"study/\?$"))


def test_a_seed_gives_everybody_the_same_order(page, new_page):
    first = study_round(page, "study/?seed=class")
    assert sorted(first) != first
    assert len(first) == 20
    other = new_page()
    assert study_round(other, "study/?seed=class") == first
    assert study_round(other, "study/?seed=another") != first
    # What has been learned is missing, and the others keep their order.
    deck = study(page, "study/?seed=class")
    expect(line(deck)).to_contain_text("today")
    answer(deck, "easy")
    graded(page, 1)
    assert study_round(page, "study/?seed=class")[:19] == first[1:]


def test_shuffling_puts_its_seed_into_the_address(page):
    deck = study(page)
    before = ids_of(deck)[:20]
    do(deck, "shuffle").click()
    expect(deck.locator(".flash-live")).to_contain_text("Shuffled.")
    order = round_of(deck)
    assert order != before
    assert "seed=" in page.url
    assert study_round(page, page.url) == order


# The end


def test_the_end_tells_what_was_done_and_when_the_next_card_comes_back(page):
    a, b, c = CARDS[:3]
    deck = only(page, a, b, c, newADay=2)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    assert answer_all(deck, "easy") == [a, b]
    expect(done(deck)).to_contain_text("You have answered 2 cards, all new.")
    expect(done(deck)).to_contain_text("Nothing more is due. The next card comes back tomorrow.")
    expect(done(deck).locator(".flash-done")).to_be_focused()
    expect(line(deck)).to_be_empty()
    ask(page, "await record.add({ card: given[0], kind: 'suspend' })", c)
    page.goto("study/")
    deck = page.locator("flash-deck")
    expect(done(deck)).to_have_text(
        "Nothing is due. The next card comes back in 8 days.Study ahead"
    )


def test_skipped_cards_can_be_asked_again(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    do(deck, "next").click()
    answer(deck, "easy")
    expect(done(deck)).to_contain_text("You have answered 1 card, all new.")
    expect(done(deck)).to_contain_text("1 skipped, still to be asked.")
    done(deck).get_by_role("button", name="Ask the one skipped").click()
    expect(card_of(deck)).to_have_attribute("data-card", a)
    assert round_of(deck) == [a]


def test_one_can_study_ahead(page):
    a, b, c = CARDS[:3]
    only(page, a, b, c)
    history = [
        (a, "easy", MONDAY - HOUR),
        (b, "easy", MONDAY - 2 * DAY),
        (c, "easy", MONDAY - 3 * DAY),
    ]
    seed(page, *history)
    page.goto("study/")
    deck = page.locator("flash-deck")
    expect(done(deck)).to_contain_text("Nothing is due. The next card comes back in 5 days.")
    done(deck).get_by_role("button", name="Study ahead").click()
    expect(line(deck)).to_have_text("3 more cards, ahead of time.")
    # What was asked today already comes last.
    assert round_of(deck) == [c, b, a]
    answer(deck, "good")
    expect(line(deck)).to_have_text("2 more cards, ahead of time.")
    answer(deck, "good")
    answer(deck, "good")
    expect(done(deck)).to_contain_text("You have answered 3 cards.")


def study_ahead(page, *cards):
    """Begin a round of cards that are not due, none of which was asked today."""
    only(page, *cards)
    seed(page, *((card, "easy", MONDAY - (2 + n) * DAY) for n, card in enumerate(cards)))
    page.goto("study/")
    deck = page.locator("flash-deck")
    done(deck).get_by_role("button", name="Study ahead").click()
    expect(line(deck)).to_have_text(f"{len(cards)} more cards, ahead of time.")
    return deck


def test_a_round_ahead_of_time_goes_on_when_it_begins_again(page):
    a, b, c = CARDS[:3]
    deck = study_ahead(page, a, b, c)
    answer(deck, "good")
    graded(page, 1)
    at(page, MONDAY + MINUTE)
    for action, said in (("shuffle", "Shuffled."), ("restart", "1 of 2")):
        do(deck, action).click()
        expect(deck.locator(".flash-live")).to_contain_text(said)
        expect(line(deck)).to_have_text("2 more cards, ahead of time.")
        assert sorted(round_of(deck)) == sorted([a, b])
    first, second = round_of(deck)
    for name in ("Ask the 2 skipped", "Ask the one skipped"):
        answer(deck, "good") if "one" in name else do(deck, "next").click()
        do(deck, "next").click()
        done(deck).get_by_role("button", name=name).click()
        expect(done(deck)).to_be_hidden()
        assert round_of(deck) == ([second] if "one" in name else [first, second])
    expect(line(deck)).to_have_text("1 more card, ahead of time.")


def test_a_round_ahead_of_time_outlives_what_changes_all_schedules(page):
    a, b, c = CARDS[:3]
    deck = study_ahead(page, a, b, c)
    ask(page, "await record.set('retention', 0.8)")
    expect(line(deck)).to_have_text("3 more cards, ahead of time.")
    assert round_of(deck) == [c, b, a]
    at(page, MONDAY + MINUTE)
    ask(page, "await record.add({ kind: 'review', card: given[0], grade: 'easy' })", b)
    expect(line(deck)).to_have_text("2 more cards, ahead of time.")
    assert round_of(deck) == [c, a]


def test_undo_leads_back_to_the_session_before_studying_ahead(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    answer_all(deck, "easy")
    done(deck).get_by_role("button", name="Study ahead").click()
    expect(line(deck)).to_have_text("2 more cards, ahead of time.")
    page.keyboard.press("u")
    expect(line(deck)).to_have_text("You have 1 new card today.")
    assert (top(deck), round_of(deck)) == (b, [a, b])


def test_what_a_limit_leaves_is_told_and_asked_on(page):
    due, new = CARDS[:3], CARDS[10:12]
    only(page, *due, *new)
    seed(page, *((card, "easy", MONDAY - 30 * DAY) for card in due))
    deck = study(page, "study/?limit=2")
    expect(line(deck)).to_have_text("You have 2 cards due today.")
    answer_all(deck, "easy")
    expect(done(deck)).to_contain_text("1 due and 2 new are left for today.")
    expect(done(deck)).not_to_contain_text("comes back")
    done(deck).get_by_role("button", name="Go on").click()
    expect(line(deck)).to_have_text("You have 1 card due and 1 new today.")
    answer_all(deck, "easy")
    expect(done(deck)).to_contain_text("1 new is left for today.")


def test_the_end_of_a_choice_speaks_of_the_choice(page):
    topic = DECK.topics[2]
    card = DECK.of_topic(topic.id)[0].id
    only(page, CARDS[0], card)
    deck = study(page, f"study/?topic={topic.id}")
    answer(deck, "easy")
    expect(done(deck)).to_contain_text("Nothing more is due in this choice.")


def test_what_is_due_beyond_a_day_s_measure_comes_first_ahead_of_time(page):
    a, b, c = CARDS[:3]
    only(page, a, b, c, reviewsADay=1)
    old = [(card, "easy", MONDAY - n * DAY) for card, n in ((a, 40), (b, 30), (c, 2))]
    seed(page, *old)
    deck = study(page)
    expect(line(deck)).to_have_text("You have 1 card due today.")
    answer(deck, "easy")
    done(deck).get_by_role("button", name="Study ahead").click()
    expect(line(deck)).to_have_text("3 more cards, ahead of time.")
    assert round_of(deck) == [b, c, a]


def test_a_page_left_open_begins_anew_on_the_next_day(page):
    a, b = CARDS[:2]
    deck = only(page, a, b, newADay=1)
    expect(line(deck)).to_have_text("You have 1 new card today.")
    answer(deck, "easy")
    expect(done(deck)).to_contain_text("The next card comes back tomorrow.")
    at(page, MONDAY + DAY)
    # Who has not left the page in between is given what is due, too.
    done(deck).get_by_role("button", name="Study ahead").click()
    expect(line(deck)).to_have_text("You have 1 new card today.")
    assert round_of(deck) == [b]
    answer(deck, "easy")
    expect(done(deck)).to_be_visible()
    come_back = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(come_back)
    expect(done(deck)).to_contain_text("You have answered 1 card")
    at(page, MONDAY + 3 * DAY)
    page.evaluate(come_back)
    expect(done(deck)).to_contain_text("Nothing is due. The next card comes back in 5 days.")
    at(page, MONDAY + 10 * DAY)
    page.evaluate(come_back)
    expect(line(deck)).to_have_text("You have 2 cards due today.")
    assert round_of(deck) == [a, b]


def test_cards_learned_elsewhere_are_no_longer_new_after_an_import(page):
    a, b, c = CARDS[:3]
    deck = only(page, a, b, c)
    expect(line(deck)).to_have_text("You have 3 new cards today.")
    seed(page, *((card, "easy", MONDAY - 30 * DAY) for card in (b, c)))
    expect(line(deck)).to_have_text("You have 2 cards due and 1 new today.")


@pytest.mark.expects("ERR_FAILED")
def test_again_before_the_scheduler_has_come_brings_the_card_back(page):
    a, b = CARDS[:2]
    only(page, a, b)
    page.route("**/fsrs.min.js", lambda route: route.abort())
    deck = study(page)
    do(deck, "flip").click()
    grade(deck, "again").click()
    expect(card_of(deck)).to_have_attribute("data-card", b)
    assert round_of(deck) == [a, b, a]
    do(deck, "flip").click()
    grade(deck, "good").click()
    expect(card_of(deck)).to_have_attribute("data-card", a)


def test_when_all_is_deleted_the_session_begins_anew(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    answer(deck, "easy")
    do(deck, "flip").click()
    clear = """
      await record.clear();
      const detail = { cards: [], cleared: true };
      record.dispatchEvent(new CustomEvent("change", { detail }));
    """
    ask(page, clear)
    expect(line(deck)).to_have_text("You have 20 new cards today.")
    expect(card_of(deck)).to_have_attribute("data-side", "front")
    assert (top(deck), round_of(deck)) == (CARDS[0], CARDS[:20])
    assert deck.evaluate("(deck) => deck.grades.size") == 0


def test_another_tab_s_answers_leave_the_session(page):
    a, b, c = CARDS[:3]
    deck = only(page, a, b, c)
    expect(line(deck)).to_have_text("You have 3 new cards today.")
    other = page.context.new_page()
    other.clock.set_fixed_time(MONDAY / 1000)
    other.goto(QUIZ)
    ask(other, "await record.add({ kind: 'review', card: given[0], grade: 'easy' })", b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    assert round_of(deck) == [a, c]
    expect(card_of(deck).locator(".flash-place").first).to_have_text("1 of 2")


# Around it


def test_a_session_is_not_for_a_quiz(page):
    prepare(page, (CARDS[0], "easy", MONDAY - 30 * DAY))
    deck = the_deck(page)
    do(deck, "flip").click()
    intervals(deck)
    assert round_of(deck) == ids_of(deck)
    expect(line(deck)).to_have_count(0)


def test_nothing_moves_when_the_session_comes(new_page):
    page = new_page(viewport={"width": 360, "height": 740})
    page.add_init_script("""
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
        .observe({ type: "layout-shift", buffered: true });
    """)
    page.goto("study/")
    seed(page, (CARDS[0], "easy", MONDAY - 30 * DAY))
    deck = study(page)
    expect(line(deck)).to_contain_text("due and")
    settle(deck)
    assert page.evaluate("window.shifts.map((shift) => shift.value)") == []


@pytest.mark.expects("ERR_FAILED")
def test_without_the_session_the_deck_is_a_plain_round(page):
    page.route("**/study-session.js", lambda route: route.abort())
    deck = study(page)
    answer(deck, "good")
    graded(page, 1)
    assert round_of(deck) == CARDS


def test_setting_a_card_aside_keeps_the_place(page):
    a, b = CARDS[:2]
    deck = only(page, a, b)
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    answer(deck, "again")
    answer(deck, "easy")
    assert (top(deck), round_of(deck)) == (a, [a, b, a])
    open_more(deck).get_by_role("button", name="Do not ask again").click()
    expect(done(deck)).to_contain_text("You have answered 2 cards")
