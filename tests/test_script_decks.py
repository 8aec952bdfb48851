"""Decks in other scripts, and of formulas: sound, and with all that a mode may ask of a card.

They are there for the tests of every mode, which had only English prose to show.
"""

import re

import pytest
from conftest import ROOT, run_builder
from small_project import small_project

from macros.__main__ import _checked
from macros.load import load, read
from macros.markup import markdown_fields

DECKS = sorted((ROOT / "tests" / "decks").glob("*.yaml"))
each_deck = pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)


def test_there_is_a_deck_for_each_difficulty():
    languages = {path.stem: load(path).deck.language for path in DECKS}
    assert languages == {"arabic": "ar", "japanese": "ja", "mathematics": "en"}


@each_deck
def test_no_rule_has_anything_to_say(path):
    assert read(path).problems == ()


@each_deck
def test_a_small_project_of_it_passes_the_check_and_builds(path, tmp_path):
    topics = [topic.id for topic in load(path).topics]
    project = small_project(tmp_path, path.read_text(encoding="utf-8"), topics)
    assert _checked(project)[1] == []
    built = run_builder(project)
    assert built.returncode == 0, built.stdout


@each_deck
def test_it_has_six_to_eight_cards_in_two_topics_with_all_that_a_mode_asks_for(path):
    deck = load(path)
    assert 6 <= len(deck.cards) <= 8
    assert len({card.topic for card in deck.cards}) == len(deck.topics) == 2
    for card in deck.cards:
        for name in ("question", "gist", "hint", "aliases", "reverse", "cloze"):
            assert getattr(card, name), name
        assert len(card.choices) >= 3
        assert all(choice.feedback for choice in card.choices)
        assert all("{{" in sentence for sentence in card.cloze)


def test_every_text_of_the_mathematics_that_is_markdown_has_a_formula():
    deck = load(ROOT / "tests/decks/mathematics.yaml")
    kinds = set()
    for card in deck.cards:
        assert re.search(r"\$.+\$", card.gist)
        kinds |= {path[-1] for path, text in markdown_fields(card) if re.search(r"\$.+\$", text)}
    whole = {"question", "answer", "gist", "hint", "details", "example", "mistake"}
    assert kinds == whole | {"text", "feedback"}


def test_the_japanese_has_no_spaces_and_another_language_behind():
    deck = load(ROOT / "tests/decks/japanese.yaml")
    assert (deck.deck.languages.front, deck.deck.languages.back) == ("ja", "en")
    for card in deck.cards:
        for text in (card.question, card.hint, card.reverse, *card.cloze):
            assert re.search("[ぁ-ヿ]", text)
            assert " " not in text


def test_the_arabic_has_digits_and_latin_letters_in_it():
    deck = load(ROOT / "tests/decks/arabic.yaml")
    sentences = " ".join(sentence for card in deck.cards for sentence in card.cloze)
    assert re.search("[ء-ي]", sentences)
    assert re.search("[0-9]", sentences) and re.search("[A-Za-z]", sentences)
    assert all(
        re.search("[ء-ي]", text) for card in deck.cards for text in (card.question, card.gist)
    )
