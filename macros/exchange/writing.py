"""Cards as the YAML of `cards.yaml`, as a person would write it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..model import Card, Choice, Source, Topic, fields_of
from .settle import Incoming

WIDTH = 100
# What needs no quotes, as a field and as an item of a list in brackets.
_PLAIN = re.compile(r"[^\W_](?:[^\n\t\"'#:\\]|:(?=\S)|(?<=\S)#|(?<=.)['\"\\])*")
_ITEM = re.compile(r"[^\W_][\w .()/+'-]*")
# What YAML takes for a number, a date or the like; here all is text, but editors do not know.
_OTHER = re.compile(
    r"[-+.\d][-+.,:_\deExXoOa-fA-FTZ ]*|(?:y|n|yes|no|on|off|true|false|null)", re.I
)
_DEFAULTS = {
    each.name: each.default
    for record in (Card, Choice, Topic, Source)
    for each in dataclasses.fields(record)
}


def cards_text(cards: Iterable[Card], indent: int = 2) -> str:
    """Cards as the items of the list `cards`."""
    return _items(cards, Card, indent)


def topics_text(topics: Iterable[Topic], indent: int = 2) -> str:
    """Topics as the items of the list `topics`."""
    return _items(topics, Topic, indent)


def sources_text(sources: dict[str, Source], indent: int = 2) -> str:
    """Sources as the entries of `sources`."""
    pad = " " * indent
    return "".join(
        f"{pad}{_scalar(id, indent)}:\n"
        + "".join(f"{pad}  {line}\n" for line in _fields(source, Source))
        for id, source in sources.items()
    )


def deck_text(incoming: Incoming, cards: str = "", **info: Any) -> str:
    """A whole `cards.yaml` of what is brought in; `info` has fields of `deck` that it lacks or that differ.

    `cards` is the text of its cards, where that is made already: of 10,000 it takes seconds.
    """
    deck = {**incoming.info, **info}
    parts = ["deck:\n"]
    for name, value in deck.items():
        if isinstance(value, dict):
            parts += [
                f"  {name}:\n",
                *(f"    {key}: {_scalar(each, 4)}\n" for key, each in value.items()),
            ]
        elif dataclasses.is_dataclass(value):
            given = ", ".join(f"{key}: {each}" for key, each in vars(value).items() if each)
            parts.append(f"  {name}: {{{given}}}\n" if given else "")
        elif value:
            text = _scalar(value, 2, name).replace("\n", "\n  ")
            parts.append(f"  {name}: {text}\n")
    sources = sources_text(incoming.sources)
    parts += ["\ntopics:\n", topics_text(incoming.topics)]
    parts += ["\nsources:\n", sources] if sources else ["\nsources: {}\n"]
    return "".join([*parts, "\ncards:\n", cards or cards_text(incoming.cards)])


def _items(records: Iterable[Any], kind: type, indent: int) -> str:
    lines = []
    for record in records:
        for n, line in enumerate(_fields(record, kind)):
            start = "- " if n == 0 else "  "
            lines.append(f"{' ' * indent}{start}{line}" if line.strip() else "")
    return "".join(f"{line}\n" for line in lines)


_ORDER = {kind: [each.name for each in fields_of(kind)] for kind in (Card, Choice, Topic, Source)}
# As people write a card: what it is called, what it asks, what it answers.
_FIRST = ["id", "formerly", "term", "aliases", "topic", "tags", "question", "answer"]
_ORDER[Card] = [*_FIRST, *(name for name in _ORDER[Card] if name not in _FIRST)]


def _fields(record: Any, kind: type) -> Iterator[str]:
    """The lines of a record's fields that are set, the name of each first."""
    for name in _ORDER[kind]:
        value = getattr(record, name)
        if value == _DEFAULTS.get(name) or value in ("", ()):
            continue
        if name == "choices":
            yield "choices:"
            for choice in value:
                lines = (
                    list(_fields(choice, Choice)) if choice.feedback else [_scalar(choice.text, 4)]
                )
                lines = [part for line in lines for part in line.split("\n")]
                yield f"  - {lines[0]}"
                yield from (f"    {line}" for line in lines[1:])
        elif name == "cloze":
            yield "cloze:"
            yield from (f"  - {_quoted(sentence)}" for sentence in value)
        elif isinstance(value, tuple):
            yield f"{name}: [{', '.join(_item(item) for item in value)}]"
        elif dataclasses.is_dataclass(value):
            yield f"{name}:"
            yield from (f"  {key}: {_quoted(each)}" for key, each in vars(value).items())
        else:
            yield from f"{name}: {_scalar(str(value), 2, name)}".split("\n")


def _item(text: str) -> str:
    return (
        text
        if _ITEM.fullmatch(text) and not _OTHER.fullmatch(text) and text[-1] != " "
        else _quoted(text)
    )


def _scalar(text: str, indent: int, name: str = "") -> str:
    """A text as YAML after its key; a long one is a block, indented by two."""
    if isinstance(text, int) or name == "revision":
        return str(text)
    if "\n" in text:
        return "|\n" + "\n".join(
            f"  {line}".rstrip() if not line.strip() else f"  {line}" for line in text.split("\n")
        )
    if len(text) > WIDTH - 16 and "  " not in text and " " in text and "\t" not in text:
        return ">-\n" + "\n".join(f"  {line}" for line in _wrapped(text, WIDTH - 6))
    if _PLAIN.fullmatch(text) and not _OTHER.fullmatch(text) and text[-1] not in ": ":
        return text
    return _quoted(text)


def _wrapped(text: str, width: int) -> Iterator[str]:
    """A text in lines, broken only where one space stands; `textwrap` takes ten times as long."""
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _quoted(text: str) -> str:
    if "\n" in text:
        inside = (
            text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        )
        return f'"{inside}"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
