"""The real deck: every pasted card is there, sound, and written in our own words."""

import re
from hashlib import sha256

import pytest
from conftest import ROOT
from reading import by_card, page, text

from macros.load import read

FIXTURES = ROOT / "tests" / "fixtures"
PASTED_FRONTS = (FIXTURES / "pasted-fronts.txt").read_text(encoding="utf-8").splitlines()
# Hashes of every six words that follow one another in a pasted definition: the definitions
# themselves are not ours to publish.
PASTED_RUNS = set((FIXTURES / "pasted-runs.txt").read_text(encoding="utf-8").split())

READING = read(ROOT / "cards.yaml")
DECK = READING.deck
each_card = pytest.mark.parametrize("card", DECK.cards, ids=lambda card: card.id)


def words(card_text):
    return len(card_text.split())


def test_no_rule_has_anything_to_say_and_none_is_set():
    assert READING.problems == ()
    assert DECK.deck.rules == {}


def test_the_deck_has_24_cards_in_eight_topics():
    assert len(DECK.cards) == len(PASTED_FRONTS) == 24
    assert len(DECK.topics) == len({card.topic for card in DECK.cards}) == 8


def test_every_pasted_front_has_one_card():
    assert sorted(card.original.front for card in DECK.cards) == sorted(PASTED_FRONTS)


@pytest.mark.parametrize("front", PASTED_FRONTS)
def test_every_pasted_front_leads_to_a_card_an_entry_and_a_correction(site, front):
    (card,) = (card for card in DECK.cards if card.original.front == front)

    studied = by_card(page(site, "study"), "flash-card")[card.id]
    assert text(studied.find(".//summary"))
    assert text(studied.find(".//div[@class='flash-answer']"))

    entry = page(site, f"glossary/{card.topic}").find(f".//h2[@id='{card.id}']")
    assert text(entry.find("bdi")) == card.term

    corrected = by_card(page(site, "corrections"), "tr")[card.id]
    assert text(corrected.find("th")) == front
    assert text(corrected.find(".//a/bdi")) == card.term


@each_card
def test_a_card_has_every_field_that_teaches(card):
    for name in ("question", "gist", "hint", "details", "mistake", "related", "sources"):
        assert getattr(card, name), name
    assert card.original.mended


@each_card
def test_an_answer_is_one_to_three_sentences(card):
    assert 1 <= len(re.findall(r"[.!?](?=\s|$)", card.answer)) <= 3


@each_card
def test_a_gist_is_at_most_twelve_words(card):
    assert words(card.gist) <= 12


@each_card
def test_wrong_choices_are_at_least_three_and_say_what_is_wrong(card):
    assert len(card.choices) >= 3
    assert all(choice.feedback for choice in card.choices)
    options = [card.gist, *(choice.text for choice in card.choices)]
    assert len(set(options)) == len(options)


@each_card
def test_no_option_gives_itself_away(card):
    for choice in card.choices:
        assert abs(words(choice.text) - words(card.gist)) <= 4
        assert not re.search(r"[()\[\]{}]", choice.text)
    assert not re.search(r"[()\[\]{}]", card.gist)


@pytest.mark.parametrize("extreme", [max, min])
def test_who_always_takes_the_longest_or_shortest_option_is_seldom_right(extreme):
    def stands_out(card):
        others = [len(choice.text) for choice in card.choices]
        return len(card.gist) not in others and extreme(len(card.gist), *others) == len(card.gist)

    assert sum(map(stands_out, DECK.cards)) <= len(DECK.cards) / 4


def test_no_pasted_definition_is_copied():
    for path in (ROOT / "cards.yaml", *ROOT.glob("docs/**/*.md")):
        assert runs_of_six(path.read_text(encoding="utf-8")).isdisjoint(PASTED_RUNS), path.name


def test_what_was_mended_quotes_at_most_five_words():
    for card in DECK.cards:
        for quote in re.findall(r'"([^"]*)"|“([^”]*)”', card.original.mended):
            assert words("".join(quote)) <= 5, card.id


def test_every_source_is_used_and_has_an_address_of_its_own():
    assert {id for card in DECK.cards for id in card.sources} == set(DECK.sources)
    addresses = [source.url for source in DECK.sources.values()]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("https://") for address in addresses)


def runs_of_six(written):
    bare = re.findall(r"[a-z0-9]+", written.lower())
    runs = (" ".join(bare[n : n + 6]) for n in range(len(bare) - 5))
    return {sha256(run.encode()).hexdigest()[:16] for run in runs}


def test_a_copied_run_would_be_found():
    assert len(PASTED_RUNS) > 100
    run = sha256(b"one two three four five six").hexdigest()[:16]
    assert runs_of_six("One two, three: four\nfive SIX.") == {run}
