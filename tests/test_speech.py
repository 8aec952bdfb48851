"""Cards that are read aloud, where a learner wants that. The voice is a stand-in: it notes what it is given."""

import pytest
from playwright.sync_api import expect
from test_cards import LISTEN, QUIZ, card_of, do, grade, graded
from test_grading import more, open_more
from test_session import DECK, study

SITE = "trial"

VOICE = """
  window.saidAloud = [];
  const voices = LANGUAGES.map((lang) => ({ lang }));
  class Utterance { constructor(text) { this.text = text; } }
  const voice = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    cancel: () => window.saidAloud.push("(stops)"),
    speak: ({ text, lang }) => window.saidAloud.push(`${lang}: ${text}`),
  });
  Object.defineProperty(window, "speechSynthesis", { value: voice });
  window.SpeechSynthesisUtterance = Utterance;
"""
BOX = "Read the cards aloud"


@pytest.fixture
def page(keep_page):
    return keep_page()


def with_voices(page, *languages):
    page.add_init_script(VOICE.replace("LANGUAGES", str(list(languages))))


def said(page, count):
    """The last things that were said, once there are so many."""
    page.wait_for_function(
        "(count) => saidAloud.filter((each) => each !== '(stops)').length >= count",
        arg=count,
        polling=20,
    )
    return [text for text in page.evaluate("saidAloud") if text != "(stops)"]


def text_of(deck, side):
    # While a card is turning, its side has no text for a reader.
    expect(card_of(deck).locator(f".flash-{side} .flash-text")).to_be_visible()
    return " ".join(card_of(deck).locator(f".flash-{side} .flash-text").inner_text().split())


def test_nothing_is_read_unless_it_is_wanted(page):
    with_voices(page, "en-GB")
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    deck = study(page)
    do(deck, "flip").click()
    grade(deck, "good").click()
    graded(page, 1)
    assert page.evaluate("saidAloud") == []
    assert not any("speech" in url for url in fetched)


def test_each_side_is_read_when_it_shows_and_the_choice_is_kept(page):
    with_voices(page, "de-DE", "en_US")
    deck = study(page, "study/?topic=prompting")
    open_more(deck)
    more(deck).get_by_label(BOX).check()
    more(deck).get_by_role("button", name="Close").click()
    first = f"en: {text_of(deck, 'front')}"
    assert said(page, 1) == [first]
    do(deck, "flip").click()
    assert said(page, 2)[1:] == [f"en: {text_of(deck, 'back')}"]
    grade(deck, "good").click()
    second = f"en: {text_of(deck, 'front')}"
    assert said(page, 3)[2:] == [second]
    # What was being read stops before the next begins.
    assert page.evaluate("saidAloud").count("(stops)") >= 3
    deck = study(page, "study/?topic=prompting")
    do(deck, "flip").click()
    assert said(page, 1)[0] == f"en: {text_of(deck, 'back')}"
    open_more(deck)
    more(deck).get_by_label(BOX).uncheck()
    before = len(page.evaluate("saidAloud.filter((each) => each !== '(stops)')"))
    more(deck).get_by_role("button", name="Close").click()
    do(deck, "flip").click()
    do(deck, "flip").click()
    page.wait_for_timeout(100)
    assert len(page.evaluate("saidAloud.filter((each) => each !== '(stops)')")) == before


def test_a_side_is_read_in_its_own_language(page):
    with_voices(page, "en-US", "pt-BR")

    def bilingual(route):
        body = (
            route.fetch()
            .text()
            .replace(
                'class="flash-answer" dir="auto"', 'class="flash-answer" dir="auto" lang="pt-BR"'
            )
        )
        route.fulfill(body=body, content_type="text/html")

    page.route(f"**/{QUIZ}", bilingual)
    page.add_init_script(LISTEN)
    page.goto(QUIZ)
    deck = page.locator("flash-deck")
    open_more(deck)
    more(deck).get_by_label(BOX).check()
    assert said(page, 1)[0].startswith("en: ")
    more(deck).get_by_role("button", name="Close").click()
    do(deck, "flip").click()
    assert said(page, 2)[1] == f"pt-BR: {text_of(deck, 'back')}"


def test_where_no_voice_speaks_the_language_it_is_said(page):
    with_voices(page, "de-DE")
    deck = study(page)
    open_more(deck)
    more(deck).get_by_label(BOX).check()
    expect(deck.locator(".flash-notice")).to_have_text("This browser has no voice for English.")
    assert not [text for text in page.evaluate("saidAloud") if text != "(stops)"]


def test_without_a_voice_nothing_is_offered(page):
    page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis")
    deck = study(page)
    open_more(deck)
    expect(more(deck).get_by_label("Use the keys")).to_be_visible()
    assert more(deck).get_by_label(BOX).count() == 0


def test_in_a_mode_what_stands_on_the_card_is_read(page):
    with_voices(page, "en-US")
    deck = study(page, "study/?topic=prompting")
    open_more(deck)
    more(deck).get_by_label(BOX).check()
    more(deck).get_by_role("button", name="Close").click()
    do(deck, "mode-reverse").click()
    expect(deck.locator(".flash-ask")).to_have_count(1)
    card = DECK.of_topic("prompting")[0]
    assert said(page, 2)[-1] == f"en: {card.reverse}"
    do(deck, "mode-match").click()
    expect(deck.locator(".flash-pairs")).to_be_visible()
    page.wait_for_timeout(100)
    assert said(page, 2)[-1] == f"en: {card.reverse}", "no card lies there"
