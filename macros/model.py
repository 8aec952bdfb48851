"""What a deck is: frozen records, each field described where it is declared.

Everything after `load` takes these, never a raw mapping. The descriptions are data: the
loader reads the types from the annotations.
"""

from __future__ import annotations

import dataclasses
import difflib
import heapq
import re
import types
import typing
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from os.path import commonprefix
from pathlib import Path
from typing import Annotated, Any

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
    """A deck or a drawing that cannot be used; `problems` holds every reason, in order of place."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CallError(Exception):
    """A macro was called with something that the deck does not have; says what, and what to do."""


class Known:
    """Names, one of which a wrong word may have been meant for.

    To compare a word with thousands takes long, and most slips leave the start or the end of a
    word as it was: so of many names only those are compared that stand beside the word in order.
    """

    MANY = 20

    def __init__(self, names: Iterable[str]):
        self.names = [name for name in names if name]

    def near(self, word: str) -> str:
        """A sentence that offers the nearest name, or else all if they are few; starts with a space."""
        names = self.names if len(self.names) <= self.MANY else self._beside(word)
        if close := difflib.get_close_matches(word, names, n=1, cutoff=0.6):
            return f' Did you mean "{close[0]}"?'
        if len(self.names) > 12:
            return " Check how it is spelled."
        listed = ", ".join(f'"{name}"' for name in self.names)
        return f" There is {listed or 'none yet'}."

    def _beside(self, word: str) -> list[str]:
        beside: dict[str, int] = {}
        for spelled, ordered in ((word, self._forward), (word[::-1], self._backward)):
            place = bisect_left(ordered, (spelled,))
            for _, name in ordered[max(place - 5, 0) : place + 5]:
                beside[name] = _shared(word, name)
        return heapq.nlargest(4, beside, key=lambda name: beside[name])

    @cached_property
    def _forward(self) -> list[tuple[str, str]]:
        return sorted((name, name) for name in self.names)

    @cached_property
    def _backward(self) -> list[tuple[str, str]]:
        return sorted((name[::-1], name) for name in self.names)


def _shared(one: str, other: str) -> int:
    """How many letters two words share at their start and at their end."""
    at_the_start = len(commonprefix((one, other)))
    return at_the_start + len(commonprefix((one[:at_the_start:-1], other[:at_the_start:-1])))


def near(word: str, known: Iterable[str] | Known) -> str:
    """A sentence that offers the nearest known word, or else all if they are few; starts with a space."""
    return (known if isinstance(known, Known) else Known(known)).near(word)


def slug(name: str) -> str:
    """The slug that a name makes, without accents; empty where more than accents would get lost."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(char)
    )
    if any(char.isalnum() and not char.isascii() for char in plain):
        return ""
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def unknown(kind: str, id: str, known: Iterable[str] | Known) -> str:
    """The words for an id that nothing has, with the nearest that something has."""
    return f'no {kind} has the id "{id}".{near(id, known)}'


@dataclass(frozen=True)
class Example:
    """What a field may hold and what it should not, as YAML has them after the field's name.

    What is wrong with the bad one `check` says; `why` says it where only a reader can tell.
    """

    good: str
    bad: str
    why: str = ""


@dataclass(frozen=True)
class Field:
    """What is to be known of a field of the file."""

    name: str
    kind: Any  # str, int, a record, or a tuple or dict of these
    about: str
    example: Example | None
    needed: bool

    @property
    def sentence(self) -> str:
        """What the field means, as a sentence."""
        return self.about[0].upper() + self.about[1:] + "."


def fields_of(record: type) -> list[Field]:
    """The fields that the file has of a record; those without a description are worked out."""
    hints = typing.get_type_hints(record, include_extras=True)
    found = []
    for each in dataclasses.fields(record):
        if typing.get_origin(hints[each.name]) is Annotated:
            kind, about, *examples = typing.get_args(hints[each.name])
            if typing.get_origin(kind) in (typing.Union, types.UnionType):
                kind = typing.get_args(kind)[0]  # of `… | None`
            needed = each.default is each.default_factory is dataclasses.MISSING
            found.append(Field(each.name, kind, about, examples[0] if examples else None, needed))
    return found


@dataclass(frozen=True)
class Languages:
    """The language of each side, where the two differ."""

    front: Annotated[
        str,
        "BCP 47 tag of the fronts, such as `ja`",
        Example("ja", "Japanese", "Browsers and screen readers need the code."),
    ] = ""
    back: Annotated[str, "BCP 47 tag of the backs", Example("en", "[en, fr]")] = ""


@dataclass(frozen=True)
class Info:
    """The deck itself: what it is called and what it is known by."""

    id: Annotated[
        str,
        "names the deck in learners' browsers; never changed",
        Example("field-biology", "Field Biology"),
    ]
    title: Annotated[
        str,
        "the deck's name, as shown",
        Example("Field biology", "[Field biology]"),
    ]
    description: Annotated[
        str,
        "one sentence: what one learns here",
        Example(
            "How living things vary, inherit and change.",
            "My cards.",
            "It does not say what one learns.",
        ),
    ]
    license: Annotated[
        str,
        "the license of the cards' text",
        Example("CC BY 4.0", "free", "It does not say what one may do."),
    ] = ""
    language: Annotated[
        str,
        "BCP 47 tag of the deck's language, in which the buttons speak too; left out, it is `en`",
        Example("pt-BR", "Portuguese", "Browsers and screen readers need the code."),
    ] = "en"
    languages: Annotated[
        Languages,
        "the languages of front and back, where they differ",
        Example("{front: ja, back: en}", "ja"),
    ] = Languages()
    asks: Annotated[
        str,
        "how a card without a question asks for its term, which stands in it as `{term}`; left out, "
        "it asks what the term is",
        Example('"{term}"', "Translate this", "Each card would ask the same."),
    ] = ""
    rules: Annotated[
        dict[str, str],
        "rule names, each with `error`, `warning` or `off`",
        Example("{gists-are-short: warning}", "{gist-is-short: warning}"),
    ] = field(default_factory=dict)


@dataclass(frozen=True)
class Topic:
    """A group of cards with a glossary page of its own."""

    id: Annotated[
        str,
        "a slug, also the name of its glossary page",
        Example("evolution", "Evolution!"),
    ]
    title: Annotated[str, "the heading of its page", Example("Evolution", "*Evolution*")]
    summary: Annotated[
        str,
        "one sentence under that heading",
        Example(
            "How kinds of living things change over generations.",
            "All about evolution.",
            "It says no more than the title.",
        ),
    ] = ""


@dataclass(frozen=True)
class Source:
    """A work that a card leans on."""

    authors: Annotated[str, "who wrote it", Example("Charles Darwin", "[Darwin, Wallace]")]
    title: Annotated[
        str,
        "its full title",
        Example("On the Origin of Species", "Darwin's book", "Nobody can look it up."),
    ]
    url: Annotated[
        str,
        "where it can be read, http or https",
        Example("https://www.gutenberg.org/ebooks/1228", "www.gutenberg.org/ebooks/1228"),
    ]
    year: Annotated[str, "when it appeared", Example("1859", "")] = ""
    venue: Annotated[
        str,
        "where it appeared: a journal, a conference, a publisher",
        Example("John Murray, London", "unknown", "Leave it out where there is none."),
    ] = ""


@dataclass(frozen=True)
class Choice:
    """A wrong option, and what is wrong about it."""

    text: Annotated[
        str,
        "a short parallel of the gist",
        Example(
            "traits gained by practice pass to the offspring",
            "none of these",
            "It looks unlike the gist, and teaches nothing.",
        ),
    ]
    feedback: Annotated[
        str,
        "one sentence for the learner who took it",
        Example(
            "That is what Lamarck thought; such traits are not inherited.",
            "Wrong.",
            "It does not say what is wrong about it.",
        ),
    ] = ""


@dataclass(frozen=True)
class Original:
    """What a card was pasted as, and what was wrong with it."""

    front: Annotated[str, "the front as it was pasted", Example("Natural selektion", "")]
    mended: Annotated[
        str,
        "what was wrong and why, in our own words",
        Example(
            'A slip of spelling, "selektion".',
            "Mended.",
            "It does not say what was wrong.",
        ),
    ]


@dataclass(frozen=True)
class Card:
    """One thing to know: a question with an answer, and what surrounds it."""

    id: Annotated[
        str,
        "a slug, written once and never changed",
        Example("natural-selection", "Natural selection"),
    ]
    term: Annotated[
        str,
        "the field's standard term, plain text",
        Example("natural selection", "variation"),
    ]
    topic: Annotated[str, "the id of its topic", Example("evolution", "evolutoin")]
    answer: Annotated[
        str,
        "the back: one to three sentences",
        Example(
            "Individuals whose inherited traits suit their surroundings leave more offspring, so "
            "that these traits become more common.",
            "It needs two things: variation and inheritance.",
        ),
    ]
    formerly: Annotated[
        tuple[str, ...],
        "ids that this card had before, for links and learners' records",
        Example("[selection]", "[Selection]"),
    ] = ()
    aliases: Annotated[
        tuple[str, ...],
        "exact synonyms and abbreviations, plain text; no two cards share one",
        Example("[survival of the fittest]", "[variation]"),
    ] = ()
    tags: Annotated[
        tuple[str, ...],
        "slugs that gather cards across topics",
        Example("[mechanisms]", "mechanisms"),
    ] = ()
    question: Annotated[
        str,
        "the front; left out, it is 'What is {term}?'",
        Example(
            "How does a trait come to spread in a population?",
            "What about traits?",
            "Two readers would give two answers.",
        ),
    ] = ""
    gist: Annotated[
        str,
        "the answer in at most 12 words, without brackets",
        Example(
            "inherited traits that bring more offspring become more common",
            "the traits that suit the surroundings bring more offspring and so become more common",
        ),
    ] = ""
    hint: Annotated[
        str,
        "one line that helps without telling",
        Example(
            "Count the young, not the years.",
            "Traits that bring more offspring spread.",
            "It is the answer.",
        ),
    ] = ""
    choices: Annotated[
        tuple[Choice, ...],
        "wrong options, short parallels of the gist; each a text, or `text` with `feedback`",
        Example(
            "[traits gained by practice pass to the offspring, "
            "traits that the species needs appear when it needs them]",
            "[inherited traits that bring more offspring become more common]",
            "It is the right answer.",
        ),
    ] = ()
    details: Annotated[
        str,
        "the glossary's longer text, mostly a list",
        Example(
            "It works on what [[variation]] brings forth.",
            "It works on what [[variaton]] brings forth.",
        ),
    ] = ""
    example: Annotated[
        str,
        "a worked example, with the arithmetic written out",
        Example(
            "Say that birds eat 5 of 10 light moths and 2 of 10 dark ones. Then 5 light and 8 dark "
            r"ones are left to breed, and $\frac{8}{13}$ are dark.",
            r"$\frac{8}{13$ are dark.",
        ),
    ] = ""
    mistake: Annotated[
        str,
        "a common wrong belief in quotation marks, and then what is true",
        Example(
            """'"Animals evolve while they live." Each keeps what it inherited; the population evolves.'""",
            "Many get this wrong.",
            "It does not say what they believe, or what is true.",
        ),
    ] = ""
    related: Annotated[
        tuple[str, ...],
        "ids of cards to read next, the nearest first",
        Example("[variation]", "[natural-selection]"),
    ] = ()
    sources: Annotated[
        tuple[str, ...],
        "ids of the works that bear out what the card says",
        Example("[darwin]", "[darvin]"),
    ] = ()
    figure: Annotated[
        str,
        "the name of a figure that runs, which shows it; the card leads there",
        Example("finches", "migration", "That figure shows something else."),
    ] = ""
    reverse: Annotated[
        str,
        "a prompt that asks for the term",
        Example(
            "What do we call it when heritable differences decide who leaves more young?",
            "What is natural selection?",
            "It has the term in it.",
        ),
    ] = ""
    cloze: Annotated[
        tuple[str, ...],
        "sentences with parts to fill in, between double braces",
        Example(
            '["It acts on traits that are {{inherited}}."]',
            '["It acts on traits that are {{inherited."]',
            "The braces are not closed.",
        ),
    ] = ()
    revision: Annotated[
        int,
        "1 at first; raised by 1 when the meaning changes, not for a typo",
        Example("2", "0"),
    ] = 1
    original: Annotated[
        Original | None,
        "for a card that was pasted: what it was, and what was mended",
        Example(
            "{front: Natural selektion, mended: A slip of spelling.}",
            "{front: Natural selektion}",
        ),
    ] = None


def escaped(text: str) -> str:
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
    folder: Path | None = None  # that the file is in; the pictures are in `docs` beside it

    @cached_property
    def by_id(self) -> dict[str, Card]:
        """The cards by id."""
        return {card.id: card for card in self.cards}

    @cached_property
    def known_cards(self) -> Known:
        """The ids of the cards, to look for the one that was meant."""
        return Known(self.by_id)

    @cached_property
    def topics_by_id(self) -> dict[str, Topic]:
        """The topics by id."""
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Every tag that some card wears, sorted."""
        return tuple(sorted({tag for card in self.cards for tag in card.tags}))

    def related(self, card: Card) -> tuple[Card, ...]:
        """The cards that a card is related to, of those that exist."""
        return tuple(self.by_id[id] for id in card.related if id in self.by_id)

    def cited(self, card: Card) -> tuple[Source, ...]:
        """The sources of a card, of those that exist."""
        return tuple(self.sources[id] for id in card.sources if id in self.sources)

    def of_topic(self, topic: str) -> tuple[Card, ...]:
        """The cards of one topic, in the order of the file."""
        return tuple(card for card in self.cards if card.topic == topic)
