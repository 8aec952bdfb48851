"""A deck goes out in each form that is read too, and comes back: the same cards, as far as the form has them."""

from dataclasses import fields, replace

import pytest
from conftest import ROOT

from macros import exchange
from macros.exchange import anki_package, anki_text, data, quizlet, table
from macros.load import load
from macros.markup import Markup
from macros.model import Card

DECK = load(ROOT / "cards.yaml")
ADDRESS = "https://example.org/deck/"
MADE = {
    "d.json": lambda: data.write(DECK),
    "d.csv": lambda: table.write(DECK),
    "d.apkg": lambda: anki_package.write(DECK, 1_700_000_000, ADDRESS),
    "d.txt": lambda: anki_text.write(DECK),
    "q.txt": lambda: quizlet.write(DECK),
}


@pytest.fixture(scope="module")
def back(tmp_path_factory):
    """What comes back of a form, by the name of its file."""

    def read(name: str):
        file = tmp_path_factory.mktemp("out") / name
        file.write_bytes(MADE[name]())
        return exchange.read(file)

    return read


def test_json_has_all(back):
    incoming = back("d.json")
    assert incoming.cards == DECK.cards and not incoming.notes
    assert (incoming.topics, incoming.sources) == (DECK.topics, DECK.sources)
    assert incoming.info["id"] == DECK.deck.id


def test_a_table_has_all_but_what_cards_were_before(back):
    incoming = back("d.csv")
    assert not incoming.notes
    assert incoming.cards == tuple(replace(card, formerly=(), original=None) for card in DECK.cards)


# What a package does not have: Anki has no place for it, or it was turned into words.
LOST = {"formerly", "aliases", "related", "sources", "choices", "figure", "revision", "original"}


def test_a_package_has_what_anki_asks(back):
    incoming = back("d.apkg")
    assert [note for note in incoming.notes if note.doubtful] == []
    assert incoming.topics == tuple(replace(topic, summary="") for topic in DECK.topics)
    markup = Markup.of(DECK)
    for made, card in zip(incoming.cards, DECK.cards, strict=True):
        for name in {field.name for field in fields(Card)} - LOST - {"question", "cloze", "tags"}:
            one, other = getattr(made, name), getattr(card, name)
            assert one == other or shown(markup, one) == shown(markup, other), (card.id, name)
        assert set(made.tags) == set(card.tags)
        assert len(made.cloze) == min(len(card.cloze), anki_package.SENTENCES)
        assert made.question in ("", card.question) or shown(markup, made.question) == shown(
            markup, card.question or f"What is {card.term}?"
        )


def shown(markup: Markup, text: str) -> str:
    html = markup.block(text)
    return "".join(html.replace("<p>", "").replace("</p>", "").split())


def test_text_for_anki_has_both_sides(back):
    incoming = back("d.txt")
    assert [card.id for card in incoming.cards] == [card.id for card in DECK.cards]
    assert [topic.title for topic in incoming.topics] == [topic.title for topic in DECK.topics]
    assert not incoming.notes


def test_text_for_quizlet_has_both_sides(back):
    for made, card in zip(back("q.txt").cards, DECK.cards, strict=True):
        assert card.question or made.term == card.term
        assert made.answer.split()[0] in card.answer
