"""Decks in other scripts, and of formulas, in every mode, as a learner has them."""

import re

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT
from engines import until
from playwright.sync_api import expect
from test_cards import LISTEN, QUIZ, do, grade, graded, top
from test_modes import OTHERS, offered, options, tiles, type_answer, verdict

from macros import quiz
from macros.load import load
from macros.markup import ROOT as TOP

SITE = "trial"

DECKS = {path.stem: load(path) for path in sorted((ROOT / "tests/decks").glob("*.yaml"))}
each_deck = pytest.mark.parametrize("name", DECKS)
TEXTS = "(all) => all.map((each) => [each.innerText, getComputedStyle(each).direction])"
LAST_DIRECTION = "(text) => getComputedStyle(text.lastElementChild ?? text).direction"


@pytest.fixture
def page(keep_page):
    page = keep_page()
    page.set_viewport_size({"width": 320, "height": 740})
    return page


def open_deck(page, name, mode):
    """A quiz of a deck in a page of the site, in the deck's direction."""
    deck = DECKS[name]
    stack = quiz.quiz(deck, mode=mode).replace(TOP, "../../")

    def with_deck(route):
        body = route.fetch().text()
        body = re.sub(r"<flash-deck\b.*?</flash-deck>", lambda _: stack, body, flags=re.DOTALL)
        direction = "rtl" if name == "arabic" else "ltr"
        body = body.replace('lang="en"', f'lang="{deck.deck.language}"', 1)
        body = body.replace('<body dir="ltr"', f'<body dir="{direction}"', 1)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(f"**/{QUIZ}", with_deck)
    page.add_init_script(LISTEN)
    page.goto(QUIZ)
    found = page.locator("flash-deck")
    expect(found).to_have_attribute("data-state", "asking")
    if mode != "flip":
        expect(found.locator(".flash-ask")).to_have_count(1)
    return found


def front(deck):
    return deck.locator("flash-card:not([hidden]) .flash-front .flash-text")


def back(deck):
    return deck.locator("flash-card:not([hidden]) .flash-back .flash-text")


def change_mode(deck, mode):
    deck.evaluate("(deck, mode) => deck.setAttribute('mode', mode)", mode)
    until(lambda: deck.evaluate("(deck) => deck.asking?.mode ?? 'flip'") == mode, mode)
    expect(deck).to_have_attribute("data-state", "asking")
    expect(deck).not_to_have_attribute("aria-busy", "true")


@each_deck
def test_every_mode_fits_and_is_legible_to_all(page, name):
    deck = open_deck(page, name, "flip")
    for mode in (*OTHERS, "flip"):
        change_mode(deck, mode)
        assert_nothing_is_wider(page, 320)
        if name == "arabic":
            # Where an English word stands first, such as the mark of a gap, the text is no less Arabic.
            texts = deck.locator("[dir=auto]:not(:has([dir])):visible").evaluate_all(TEXTS)
            ways = {way for text, way in texts if re.search("[\u0600-\u06ff]", text)}
            assert ways <= {"rtl"}, (mode, texts)
            if mode not in ("match", "test"):
                assert front(deck).evaluate(LAST_DIRECTION) == "rtl", mode
        if mode in ("flip", "reverse"):
            do(deck, "flip").click()
        elif mode == "choose":
            options(deck).first.click()
        elif mode == "match":
            for column in (1, 2):
                tiles(deck, column).first.click()
        else:
            answers = ".flash-options > button, .flash-fields [type=submit]"
            page.wait_for_timeout(300 if mode == "test" else 0)
            deck.locator(answers).first.click()
        assert_nothing_is_wider(page, 320)
        assert_axe_is_content(page, ["article"])


@each_deck
def test_the_name_is_left_out_of_what_asks_for_it_and_is_right_when_typed(page, name):
    deck = open_deck(page, name, "type")
    for card in DECKS[name].cards:
        assert top(deck) == card.id
        for names in (card.term, *card.aliases):
            assert names not in front(deck).inner_text()
        type_answer(deck, card.term)
        assert (verdict(deck), offered(deck)) == ("Right.", ["good"])
        assert back(deck).locator("strong").first.inner_text() == card.term
        grade(deck, "good").click()
    expect(deck).to_have_attribute("data-state", "done")


@each_deck
def test_gaps_stand_in_their_sentence_also_where_words_do_not_part(page, name):
    deck = open_deck(page, name, "cloze")
    for card in [card for card in DECKS[name].cards if card.cloze]:
        assert top(deck) == card.id
        gaps = re.findall(r"\{\{(.*?)\}\}", card.cloze[0])
        around = re.split(r"\{\{.*?\}\}", re.sub(r"\$.*?\$", "", card.cloze[0]))
        shown = front(deck).inner_text()
        for piece in around:
            assert "".join(piece.split()) in "".join(shown.split()) or "$" in card.cloze[0]
        assert shown.count("[gap") == len(gaps)
        type_answer(deck, *gaps)
        assert verdict(deck) == "Right."
        assert back(deck).locator("mark").all_inner_texts() == gaps
        grade(deck, "good").click()
    expect(deck).to_have_attribute("data-state", "done")


def test_each_side_says_in_which_language_it_is(page):
    deck = open_deck(page, "japanese", "choose")
    expect(front(deck)).to_have_attribute("lang", "ja")
    assert options(deck).evaluate_all("(all) => all.map((each) => each.lang)") == ["en"] * 4
    deck = open_deck(page, "japanese", "reverse")
    card = DECKS["japanese"].cards[0]
    assert front(deck).locator("p").get_attribute("lang") == "ja"
    do(deck, "flip").click()
    expect(back(deck).locator("p[lang=ja] > strong")).to_have_text(card.term)
    expect(back(deck)).to_have_attribute("lang", "en")


def test_what_is_being_composed_is_no_answer_yet(page):
    deck = open_deck(page, "japanese", "type")
    field = deck.locator(".flash-fields input")
    field.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send(
        "Input.imeSetComposition", {"text": "げつようび", "selectionStart": 5, "selectionEnd": 5}
    )
    # The Enter that ends a composition is the input method's: a browser calls its key "Process".
    for kind in ("rawKeyDown", "keyUp"):
        process = {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send("Input.dispatchKeyEvent", process)
    expect(deck).to_have_attribute("data-state", "asking")
    keyboard.send("Input.insertText", {"text": "月曜日"})
    assert field.input_value() == "月曜日"
    page.keyboard.press("Enter")
    assert verdict(deck) == "Right."


def test_the_arrow_that_points_onward_goes_on_where_text_runs_leftward(page):
    deck = open_deck(page, "arabic", "choose")
    first = top(deck)
    options(deck).first.focus()
    page.keyboard.press("ArrowLeft")
    assert top(deck) == DECKS["arabic"].cards[1].id
    page.keyboard.press("ArrowRight")
    assert top(deck) == first


def test_formulas_are_drawn_in_options_pairs_and_gaps(page):
    deck = open_deck(page, "mathematics", "choose")
    drawn = "(all) => all.filter((each) => each.querySelector('math')).length"
    assert options(deck).evaluate_all(drawn)
    assert "$" not in " ".join(options(deck).all_inner_texts())
    deck = open_deck(page, "mathematics", "match")
    assert tiles(deck, 2).evaluate_all(drawn)
    pair = DECKS["mathematics"].cards[0]
    tiles(deck, 1).filter(has_text=re.compile(f"^{re.escape(pair.term)}$")).click()
    assert deck.locator("[aria-pressed=true]").count() == 1
    graded(page, 0)
