"""What a card is asked with besides its front and its back: options, a hint, gaps, another prompt.

It stands in the card as a <template>, which no reader sees. `finish` puts it into a file beside the
page, which is fetched when a mode asks for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import chain, islice

from .markup import Markup, language
from .model import Card, Deck
from .rules import GAP, compared

ENOUGH = 3  # wrong options beside the right one
LOOKED_AT = 200  # other cards, for these: where thousands say the same, more would take minutes

_FORMULA = re.compile(r"\$+([^$]+)\$+")
_MATH = re.compile(r"<math\b(.*?</math>)", re.DOTALL)


def prompts(card: Card) -> list[str]:
    """The prompts that a card has besides itself, as events name them: "reverse", "cloze:1"."""
    gaps = [f"cloze:{n}" for n, _ in enumerate(card.cloze, 1)]
    return (["reverse"] if card.reverse else []) + gaps


def template(deck: Deck, card: Card) -> str:
    """The <template> of a card, each of whose paragraphs says in `data-ask` what it is for."""
    markup = Markup.of(deck)
    # Where the sides differ, options are answers, and all else is in the language of the deck.
    languages = deck.deck.languages
    back = language(languages.back)
    own = language(deck.deck.language) if languages.front or languages.back else ""
    parts = [("right", back, _heard(markup, right_option(card)))]
    for text, feedback in wrong_options(deck, card):
        said = f"<small>{_heard(markup, feedback)}</small>" if feedback else ""
        parts.append(("wrong", back, _heard(markup, text) + said))
    parts += [("alias", "", escape(alias)) for alias in card.aliases]
    if card.hint:
        parts.append(("hint", own, markup.inline(card.hint)))
    if card.reverse:
        parts.append(("reverse", own, markup.inline(card.reverse)))
    parts += [("cloze", own, _with_gaps(markup, sentence)) for sentence in card.cloze]
    inside = "".join(f'<p data-ask="{kind}"{lang}>{html}</p>' for kind, lang, html in parts)
    return f'<template class="flash-asks">{inside}</template>'


def right_option(card: Card) -> str:
    """The text of the option that is right; of a card without a gist, how its answer begins."""
    return card.gist or card.answer.strip().partition("\n\n")[0]


def _heard(markup: Markup, text: str) -> str:
    """A text as HTML whose formulas are heard as TeX: the name of a button would lose their signs."""
    formulas = iter(_FORMULA.findall(text))

    def with_tex(math: re.Match) -> str:
        tex = next(formulas, "").strip()
        return f'<math aria-hidden="true"{math[1]}<span class="flash-live">{escape(tex)}</span>'

    return _MATH.sub(with_tex, markup.inline(text))


def wrong_options(deck: Deck, card: Card) -> Iterator[tuple[str, str]]:
    """The card's own choices, and where these are not enough, what is right for other cards.

    Each with what is said to whom takes it.
    """
    yield from ((choice.text, choice.feedback) for choice in card.choices)
    missing = ENOUGH - len(card.choices)
    if missing > 0:
        taken = {_compared(text) for text in (right_option(card), *(c.text for c in card.choices))}
        for other in islice(_strangers(deck, card), LOOKED_AT):
            text = right_option(other)
            if _compared(text) in taken:
                continue
            taken.add(_compared(text))
            yield text, ""
            missing -= 1
            if not missing:
                return


def _strangers(deck: Deck, card: Card) -> Iterator[Card]:
    """Cards that mean something else: of the same topic those that come next, then of the others.

    A related card is left out, since what is right for it may be right for this one too.
    """
    topics, places = _around(deck)
    near, at = topics[card.topic]
    others = (each for each in _from(deck.cards, places[card.id]) if each.topic != card.topic)
    for other in chain(_from(near, at[card.id]), others):
        if other.id not in card.related and card.id not in other.related:
            yield other


def _from(cards: Sequence[Card], place: int) -> Iterator[Card]:
    """All cards but the one at a place, from the one after it on."""
    yield from cards[place + 1 :]
    yield from cards[:place]


@lru_cache(maxsize=4)
def _around(deck: Deck) -> tuple[dict[str, tuple[list[Card], dict[str, int]]], dict[str, int]]:
    """The cards of each topic with their places in it, and their places in the deck."""
    topics: dict[str, list[Card]] = defaultdict(list)
    for card in deck.cards:
        topics[card.topic].append(card)
    return {id: (cards, _places(cards)) for id, cards in topics.items()}, _places(deck.cards)


def _places(cards: Sequence[Card]) -> dict[str, int]:
    return {card.id: place for place, card in enumerate(cards)}


def _with_gaps(markup: Markup, sentence: str) -> str:
    """A sentence whose gaps are <mark> elements; these letters stand in no text of a language."""
    html = markup.inline(GAP.sub("\ue000\\1\ue001", sentence))
    return html.replace("\ue000", "<mark>").replace("\ue001", "</mark>")


@lru_cache(maxsize=10_000)
def _compared(text: str) -> str:
    return compared(text)
