"""What a deck is: frozen records, each field described where it is declared.

Everything after `load` takes these, never a raw mapping. The descriptions are data: the
loader reads the types from the annotations.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

ERROR, WARNING, OFF = "error", "warning", "off"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Lines and columns count from 1, columns in characters; 0 means that the place is the
    whole file.
    """

    file: str
    line: int
    column: int
    text: str
    level: str = ERROR
    rule: str = ""  # of those that `deck.rules` can set; empty where there is no choice

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        level = "" if self.level == ERROR else f"{self.level}: "
        rule = f" [{self.rule}]" if self.rule else ""
        return f"{place}: {level}{self.text}{rule}"


@dataclass(frozen=True)
class At:
    """Where in a deck a fault is, before the file's lines and columns are known."""

    path: tuple[str | int, ...]  # the keys and indexes that lead to the value
    key: bool = False  # the key is meant, not the value
    find: str = ""  # the words that are meant, as the file has them, inside the value
    other: tuple[
        str | int, ...
    ] = ()  # the way to a second place, whose line is {line} in the message


class DeckError(Exception):
    """A deck that cannot be used; `problems` holds every reason, in order of place."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CallError(Exception):
    """A macro was called with something that the deck does not have; says what, and what to do."""


def near(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known word, or else all if they are few; starts with a space."""
    names = [name for name in known if name]
    if close := difflib.get_close_matches(word, names, n=1, cutoff=0.6):
        return f' Did you mean "{close[0]}"?'
    if len(names) > 12:
        return " Check how it is spelled."
    listed = ", ".join(f'"{name}"' for name in names)
    return f" There is {listed or 'none yet'}."


def unknown(kind: str, id: str, known: Iterable[str]) -> str:
    """The words for an id that nothing has, with the nearest that something has."""
    return f'no {kind} has the id "{id}".{near(id, known)}'


@dataclass(frozen=True)
class Languages:
    """The language of each side, where the two differ."""

    front: Annotated[str, "BCP 47 tag of the fronts, such as `ja`"] = ""
    back: Annotated[str, "BCP 47 tag of the backs"] = ""


@dataclass(frozen=True)
class Info:
    """The deck itself: what it is called and what it is known by."""

    id: Annotated[str, "names the deck in learners' browsers; never changed"]
    title: Annotated[str, "the deck's name, as shown"]
    description: Annotated[str, "one sentence: what one learns here"]
    license: Annotated[str, "the license of the cards' text"] = ""
    language: Annotated[str, "BCP 47 tag of the deck's language"] = "en"
    languages: Annotated[Languages, "the languages of front and back, where they differ"] = (
        Languages()
    )
    rules: Annotated[dict[str, str], "rule names, each with `error`, `warning` or `off`"] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class Topic:
    """A group of cards with a glossary page of its own."""

    id: Annotated[str, "a slug, also the name of its glossary page"]
    title: Annotated[str, "the heading of its page"]
    summary: Annotated[str, "one sentence under that heading"] = ""


@dataclass(frozen=True)
class Source:
    """A work that a card leans on."""

    authors: Annotated[str, "who wrote it"]
    title: Annotated[str, "its full title"]
    url: Annotated[str, "where it can be read, http or https"]
    year: Annotated[str, "when it appeared"] = ""
    venue: Annotated[str, "where it appeared: a journal, a conference"] = ""


@dataclass(frozen=True)
class Choice:
    """A wrong option, and what is wrong about it."""

    text: Annotated[str, "a short parallel of the gist"]
    feedback: Annotated[str, "one sentence for the learner who took it"] = ""


@dataclass(frozen=True)
class Original:
    """What a card was pasted as, and what was wrong with it."""

    front: Annotated[str, "the front as it was pasted"]
    mended: Annotated[str, "what was wrong and why, in our own words"]


@dataclass(frozen=True)
class Card:
    """One thing to know: a question with an answer, and what surrounds it."""

    id: Annotated[str, "a slug, written once and never changed"]
    term: Annotated[str, "the field's standard term, plain text"]
    topic: Annotated[str, "the id of its topic"]
    answer: Annotated[str, "the back: one to three sentences"]
    formerly: Annotated[tuple[str, ...], "ids that this card had before"] = ()
    aliases: Annotated[tuple[str, ...], "exact synonyms, plain text"] = ()
    tags: Annotated[tuple[str, ...], "slugs that gather cards across topics"] = ()
    question: Annotated[str, "the front; left out, it is 'What is {term}?'"] = ""
    gist: Annotated[str, "the answer in at most 12 words"] = ""
    hint: Annotated[str, "one line that helps without telling"] = ""
    choices: Annotated[tuple[Choice, ...], "wrong options, short parallels of the gist"] = ()
    details: Annotated[str, "the glossary's longer text"] = ""
    example: Annotated[str, "a worked example"] = ""
    mistake: Annotated[str, "the common mistake, and what is true"] = ""
    related: Annotated[tuple[str, ...], "ids of cards to read next"] = ()
    sources: Annotated[tuple[str, ...], "ids of the works that the card leans on"] = ()
    reverse: Annotated[str, "a prompt that asks for the term"] = ""
    cloze: Annotated[tuple[str, ...], "sentences with parts to fill in"] = ()
    revision: Annotated[int, "raised by one when the meaning changes"] = 1
    original: Annotated[Original | None, "what it was pasted as, and what was mended"] = None

    @property
    def front(self) -> str:
        """The question that the card asks, in card Markdown."""
        return self.question or f"What is {_plain(self.term)}?"


def _plain(text: str) -> str:
    """A plain text as Markdown that shows it unchanged."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


@dataclass(frozen=True, eq=False)
class Deck:
    """The whole of `cards.yaml`, in the order of the file."""

    deck: Annotated[Info, "what the deck is called and known by"]
    topics: Annotated[tuple[Topic, ...], "groups of cards, in the order of the glossary"]
    cards: Annotated[tuple[Card, ...], "every card, in the order in which they are taught"]
    sources: Annotated[dict[str, Source], "works that cards lean on, by id"]
    lines: dict[str, int] = field(default_factory=dict)  # where each card starts, by its id

    @cached_property
    def by_id(self) -> dict[str, Card]:
        """The cards by id."""
        return {card.id: card for card in self.cards}

    @cached_property
    def topics_by_id(self) -> dict[str, Topic]:
        """The topics by id."""
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Every tag that some card wears, sorted."""
        return tuple(sorted({tag for card in self.cards for tag in card.tags}))

    def of_topic(self, topic: str) -> tuple[Card, ...]:
        """The cards of one topic, in the order of the file."""
        return tuple(card for card in self.cards if card.topic == topic)
