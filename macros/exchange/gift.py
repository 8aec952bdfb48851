"""Questions to choose from, as GIFT, which Moodle and other classroom systems import."""

from __future__ import annotations

import re

from ..asks import right_option, wrong_options
from ..markup import Markup
from ..model import Card, Deck, Topic
from ..words import front
from .texts import elsewhere


def write(deck: Deck, address: str = "") -> bytes:
    """A question a card, with the options and the feedback of the mode "choose", a category a topic.

    A deck with too few cards for any wrong option has none. Media are not carried, their words stay.
    """
    markup = elsewhere(deck, address)
    parts = [_comment(f"{deck.deck.title}. {deck.deck.license}")]
    for topic in deck.topics:
        if cards := deck.of_topic(topic.id):
            parts.append(_category(deck, topic))
            parts += filter(None, (_question(deck, card, markup) for card in cards))
    return ("\n\n".join(parts) + "\n").encode()


def _question(deck: Deck, card: Card, markup: Markup) -> str:
    wrong = [
        f"\t~{_html(markup.inline(text))}{_feedback(markup, feedback)}"
        for text, feedback in wrong_options(deck, card)
    ]
    if not wrong:
        return ""
    known_by = [f"[id:{card.id}]", *(f"[tag:{tag}]" for tag in card.tags)]
    lines = [
        _comment(" ".join(known_by)),
        f"::{_escaped(card.term)}::{_html(markup.inline(front(deck, card)))} {{",
        f"\t={_html(markup.inline(right_option(card)))}",
        *wrong,
        f"\t####{_html(markup.block(card.answer))}",
        "}",
    ]
    return "\n".join(lines)


def _feedback(markup: Markup, text: str) -> str:
    return f"#{_html(markup.inline(text))}" if text else ""


def _html(html: str) -> str:
    return f"[html]{_escaped(html)}"


def _escaped(text: str) -> str:
    """A text in which nothing is a sign of GIFT; a line break is one, and an empty line ends a question."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")


def _category(deck: Deck, topic: Topic) -> str:
    names = (name.replace("/", "//") for name in (deck.deck.title, topic.title))
    return f"$CATEGORY: $course$/top/{'/'.join(names)}"


def _comment(text: str) -> str:
    return f"// {text.strip()}"
