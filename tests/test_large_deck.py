"""A study page whose deck is too long to stand in it: the first fifty cards do, the others come."""

import re

import pytest
from conftest import run_builder, run_finish
from pages_server import PagesServer
from playwright.sync_api import expect
from small_project import small_project
from test_board import part, rows, the_board
from test_cards import card_of, do, grade, graded, heard, ids_of, settle, the_deck, top
from test_grading import ask, notice, seed
from test_session import DAY, MONDAY, answer, done, line, round_of

COUNT, IN_PAGE, IN_LATE = 130, 50, 10
IDS = [f"card-{n}" for n in range(COUNT)]
LATE = IDS[-IN_LATE:]
ONLY_THESE = "The other cards cannot be fetched now. The session goes on with those that are here."

HEAD = """\
deck:
  id: large
  title: Large
  description: Many cards.
  rules: {cards-have-sources: off, cards-have-details-or-a-mistake: off}
topics: [{id: early, title: Early}, {id: late, title: Late}]
sources: {}
cards:
"""
CARD = """\
  - {{id: {id}, term: Term {n}, topic: {topic}, question: "What is number {n}?",
     answer: "It is *{n}*.{more}"{fields}}}
"""


def large_deck(count=COUNT, more=None, fields=None):
    """A deck's file: `more` ends the answers of cards, `fields` are added to them, by number."""
    cards = [
        CARD.format(
            id=f"card-{n}",
            n=n,
            topic="late" if n >= count - IN_LATE else "early",
            more=(more or {}).get(n, ""),
            fields=(fields or {}).get(n, ""),
        )
        for n in range(count)
    ]
    return HEAD + "".join(cards)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    deck = large_deck(fields={COUNT - 2: ", formerly: [old-name], tags: [rare]"})
    project = small_project(tmp_path_factory.mktemp("large"), deck, ["early", "late"])
    build = run_builder(project)
    assert build.returncode == 0, build.stdout
    finished = run_finish(project, project / "site")
    assert finished.returncode == 0, finished.stdout
    return project / "site"


@pytest.fixture(scope="module")
def site_url(site):
    server = PagesServer(site)
    yield server.url
    server.stop()


@pytest.fixture
def page(keep_page):
    page = keep_page(timezone_id="UTC")
    page.clock.set_fixed_time(MONDAY / 1000)
    return page


def prepare(page, *history, without=()):
    """Give the reader a record: reviews (card, grade, when), and cards that are not to be asked."""
    page.goto("study/")
    seed(page, *history)
    suspend = """
      await record.take(given.map((card) => ({ id: `away ${card}`, kind: "suspend", card, at: 1 })));
    """
    ask(page, suspend, *without)


def study(page, address="study/"):
    """Open a session, and return its deck once it has begun."""
    deck = the_deck(page, address)
    expect(line(deck)).not_to_have_text(f"{COUNT} cards in all.")
    return deck


def study_without(page, missing):
    """Open a session whose due card stands beyond the page, where a file of cards is missing."""
    prepare(page, (IDS[-1], "easy", MONDAY - 30 * DAY))
    page.route(f"**/cards/{missing}", lambda route: route.abort())
    deck = study(page)
    expect(notice(deck)).to_have_text(ONLY_THESE)
    return deck


def files_asked(page):
    """Collects the names of the files with cards that the page asks for."""
    asked = []
    page.on("request", lambda call: asked.extend(re.findall(r"/cards/(\w+)\.[^/]*json", call.url)))
    return asked


def test_without_javascript_the_first_fifty_can_be_read_and_lead_to_the_others(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("study/")
    assert ids_of(page) == IDS[:IN_PAGE]
    page.get_by_text(f"What is number {IN_PAGE - 1}?").click()
    expect(page.get_by_text(f"It is {IN_PAGE - 1}.")).to_be_visible()
    # Chromium shows this where a reader has switched scripts off, but not where a test has.
    said = page.locator("flash-deck > noscript").evaluate("(said) => said.textContent")
    assert "the first 50 of 130 cards." in said
    page.get_by_role("listitem").filter(has_text="Late").get_by_role("link", name="read").click()
    expect(page.get_by_role("heading", name=f"Term {COUNT - 1}")).to_be_visible()


def test_cards_that_are_not_in_the_page_are_asked_in_every_mode_too(page):
    prepare(page, without=IDS[: IN_PAGE - 2])
    deck = study(page, "study/?mode=match")
    # Two of the five are in the page, and the others come.
    expect(deck.locator(".flash-pairs > div:first-child > button")).to_have_count(5)
    # One that came so is a card like the others.
    do(deck, "mode-flip").click()
    for _ in range(2):
        do(deck, "next").click()
    assert top(deck) == IDS[IN_PAGE]
    do(deck, "flip").click()
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    for _ in range(2):
        do(deck, "previous").click()
    do(deck, "mode-choose").click()
    expect(deck.locator(".flash-options > button")).to_have_count(4)
    for _ in range(2):
        do(deck, "next").click()
    expect(deck.locator(".flash-options > button").get_by_text(f"It is {IN_PAGE}.")).to_be_visible()
    do(deck, "mode-test").click()
    expect(deck.locator("progress")).to_have_js_property("max", 20)


def test_a_first_visit_fetches_none_of_the_others(page):
    asked = files_asked(page)
    deck = the_deck(page, "study/")
    page.wait_for_load_state("networkidle")
    assert (asked, top(deck)) == ([], IDS[0])
    expect(line(deck)).to_have_text("130 cards in all.")


def test_a_session_goes_beyond_the_page_and_each_card_is_there_before_its_turn(page, site_url):
    prepare(page, without=IDS[: IN_PAGE - 2])
    asked = files_asked(page)
    deck = study(page)
    assert round_of(deck) == IDS[IN_PAGE - 2 :][:20]
    assert asked == ["index"]
    with page.expect_response("**/cards/1.*.json"):
        answer(deck, "easy")
    answer(deck, "easy")
    assert (top(deck), asked) == (IDS[IN_PAGE], ["index", "1"])
    do(deck, "flip").click()
    expect(card_of(deck).get_by_text(f"It is {IN_PAGE}.")).to_be_visible()
    entry = card_of(deck).get_by_role("link", name="in the glossary")
    assert entry.evaluate("(a) => a.href") == f"{site_url}glossary/early/#{IDS[IN_PAGE]}"
    grade(deck, "good").click()
    settle(deck)
    assert top(deck) == IDS[IN_PAGE + 1]
    # And back again.
    do(deck, "undo").click()
    do(deck, "undo").click()
    assert top(deck) == IDS[IN_PAGE - 1]


def test_what_is_due_comes_first_though_it_is_not_in_the_page(page):
    prepare(page, (IDS[-1], "easy", MONDAY - 30 * DAY), (IDS[60], "easy", MONDAY - 20 * DAY))
    asked = files_asked(page)
    deck = study(page)
    expect(line(deck)).to_have_text("You have 2 cards due and 20 new today.")
    assert round_of(deck) == [IDS[-1], IDS[60], *IDS[:20]]
    assert top(deck) == IDS[-1]
    answer(deck, "easy")
    assert top(deck) == IDS[60]
    assert sorted(asked) == ["1", "2", "index"]


def test_the_address_chooses_among_all_cards(page):
    assert round_of(study(page, "study/?topic=late")) == LATE
    deck = study(page, "study/?tags=rare")
    assert (round_of(deck), top(deck)) == ([IDS[-2]], IDS[-2])


def test_a_renamed_card_that_is_not_in_the_page_keeps_its_record(page):
    prepare(page, ("old-name", "easy", MONDAY - 30 * DAY))
    deck = study(page)
    assert round_of(deck)[0] == top(deck) == IDS[-2]
    expect(line(deck)).to_have_text("You have 1 card due and 20 new today.")


def test_the_numbers_are_of_all_cards(page):
    board = the_board(page, (IDS[-1], "easy", MONDAY - 30 * DAY))
    told = rows(part(board, "numbers"), "Your cards")
    assert (told["New"], told["Due"]) == (str(COUNT - 1), "1")


def test_a_hard_card_that_is_not_in_the_page_is_named_by_its_term(page):
    learned = MONDAY - 30 * DAY
    board = the_board(page, (IDS[-1], "easy", learned), (IDS[-1], "again", learned + 9 * DAY))
    expect(part(board, "numbers").get_by_role("link")).to_have_text(f"Term {COUNT - 1}")


def test_while_a_card_is_on_its_way_the_one_before_is_not_graded_again(page):
    prepare(page, without=IDS[: IN_PAGE - 1])
    held = []
    page.route("**/cards/1.*.json", lambda route: held.append(route))
    deck = study(page)
    answer(deck, "easy")
    expect(deck).to_have_attribute("aria-busy", "true")
    grade(deck, "again").click()
    graded(page, 1)
    held[0].continue_()
    expect(card_of(deck)).to_have_attribute("data-card", IDS[IN_PAGE])
    assert [event["grade"] for event in heard(page, "flash-card:grade")] == ["easy"]
    expect(line(deck)).to_have_text("You have 19 new cards today.")
    do(deck, "flip").click()
    expect(card_of(deck)).to_have_attribute("data-side", "back")


@pytest.mark.expects("ERR_FAILED")
@pytest.mark.parametrize("missing", ["index.json", "2.*.json"])
def test_what_cannot_be_fetched_is_left_out_and_told(page, missing):
    deck = study_without(page, missing)
    expect(line(deck)).to_have_text("You have 20 new cards today.")
    assert top(deck) == IDS[0]
    answer(deck, "easy")
    assert top(deck) == IDS[1]


@pytest.mark.expects("ERR_FAILED")
@pytest.mark.parametrize("missing", ["index.json", "2.*.json"])
def test_a_new_round_asks_again_for_what_could_not_be_fetched(page, missing):
    deck = study_without(page, missing)
    page.unroute(f"**/cards/{missing}")
    do(deck, "next").click()
    do(deck, "restart").click()
    expect(card_of(deck)).to_have_attribute("data-card", IDS[-1])
    expect(notice(deck)).to_be_empty()


@pytest.mark.expects("ERR_FAILED")
def test_a_session_ends_where_the_next_card_cannot_be_fetched(page):
    prepare(page, without=IDS[: IN_PAGE - 1])
    page.route("**/cards/1.*.json", lambda route: route.abort())
    deck = study(page)
    expect(line(deck)).to_have_text("You have 20 new cards today.")
    expect(notice(deck)).to_be_empty()
    answer(deck, "easy")
    expect(done(deck)).to_contain_text("You have answered 1 card, all new.")
    expect(notice(deck)).to_have_text(ONLY_THESE)


def test_a_card_beyond_the_page_that_was_set_aside_is_listed_by_its_term(page):
    prepare(page, without=IDS[IN_PAGE + 3 : IN_PAGE + 4])
    study(page)
    page.locator("study-board > nav").hover()
    aside = page.locator("details[data-part=aside]")
    aside.locator("summary").click()
    expect(aside.get_by_role("listitem")).to_contain_text(f"Term {IN_PAGE + 3}, not asked any more")
    aside.get_by_role("button", name=f"Ask again: Term {IN_PAGE + 3}").click()
    expect(aside).to_contain_text("None.")
    assert not ask(page, "return record.schedule(given[0]).suspended", IDS[IN_PAGE + 3])
