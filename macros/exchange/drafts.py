"""What a format's `read` gives: drafts of cards with their lines in the input, and notes.

What each format takes is here too, so that all of them take the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model import Source, Topic

LARGEST = 50_000_000  # bytes of a text that is read; a deck may have 20 million

# How the texts of an input are meant.
MARKDOWN = "markdown"  # as the Markdown of a card
PLAIN = "plain"  # each character stands for itself
EITHER = "either"  # nobody said; what reads as Markdown is told


class Refused(Exception):
    """An input that cannot be brought in; says where, why, and what would mend it."""

    def __init__(self, text: str, line: int = 0):
        self.text, self.line = text, line
        super().__init__(text)


@dataclass(frozen=True, order=True)
class Note:
    """Something to tell of an input: its line (0 for the whole), what it is, what was done."""

    line: int
    text: str
    doubtful: bool = True  # it may have been meant in another way: `--strict` refuses it


@dataclass(frozen=True)
class Draft:
    """A card as the input has it: its line, and texts by the names of `Card`'s fields.

    Lists are tuples. The id may be missing; the topic may be a title.
    """

    line: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Media:
    """A picture or sound that comes with an input."""

    name: str  # of the file in docs/assets
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Options:
    """What the caller says about an input, beside the input itself."""

    format: str = ""  # its name in the table of formats; found from the content where it is empty
    between: str = ""  # what stands between the two sides of a card
    after: str = ""  # what stands after a card
    columns: tuple[str, ...] = ()
    text: str = EITHER
    encoding: str = ""
    topic: str = ""  # the title or id for cards without a topic
    assets: Path | None = None  # the folder of pictures and sounds that are there already


@dataclass(frozen=True)
class Found:
    """All that a format has found in an input."""

    said: str  # what the input was read as
    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...] = ()
    text: str = EITHER
    own: bool = False  # its fields are those of a card already: nothing is left to find out
    title: str = ""
    info: Mapping[str, Any] = field(default_factory=dict)  # the fields of `deck`, where it has them
    topics: tuple[Topic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    media: tuple[Media, ...] = ()
    unit: str = "line"  # what the numbers of drafts and notes count
