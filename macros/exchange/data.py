"""JSON and YAML: a deck in the shape of `cards.yaml`; in, also a bare list of its cards."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from ..model import Choice, Deck, Info, Languages, Source, Topic, fields_of, near
from ..syntax import BaseLoader, compose
from ..syntax import Source as Lines
from .drafts import MARKDOWN, Draft, Found, Note, Options, Refused
from .settle import LISTS, original_of
from .table import COLUMNS, KNOWN

# The way in

FIELDS = (*COLUMNS, "formerly", "original")
SHAPE = (
    'It is a list of cards, or has one under "cards"; a card has "term" and "answer", as in '
    '{"cards": [{"term": "cat", "answer": "an animal that purrs"}]}.'
)
_SPACE = re.compile(r"[ \t\r\n]*")

# A card and the line that it starts on.
Placed = tuple[int, Any]


def read_json(text: str, options: Options) -> Found:
    """The cards of a JSON file."""
    try:
        whole, cards = _parsed(text)
    except json.JSONDecodeError as error:
        words = (
            f"this is no JSON: {error.msg}. Look for a comma, a bracket or a quote that is missing."
        )
        raise Refused(words, error.lineno) from None
    except RecursionError:
        raise Refused(f"there is more inside one another than a deck ever needs. {SHAPE}") from None
    return _found("JSON", whole, cards)


def read_yaml(text: str, options: Options) -> Found:
    """The cards of a YAML file; every value is read as text."""
    source = Lines(text)
    root, faults = compose(source)
    if faults:
        first = min(faults)
        raise Refused(first.words, source.place(first.index)[0])
    # What stands for something elsewhere can stand for a million things.
    if "&" in text and "*" in text and _has_alias(text):
        raise Refused("it names a part by & and *, which a deck has no use for. Write it out.")
    values = _plain(root)
    whole = values if isinstance(values, dict) else {"cards": values}
    nodes = root
    if isinstance(root, yaml.MappingNode):
        nodes = next((value for key, value in root.value if key.value == "cards"), None)
    items = nodes.value if isinstance(nodes, yaml.SequenceNode) else []
    cards = whole.get("cards")
    placed = [source.place(node.start_mark.index)[0] for node in items]
    return _found("YAML", whole, list(zip(placed, cards, strict=True)) if items else None)


def _has_alias(text: str) -> bool:
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=BaseLoader))


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value if key.id == "scalar"}
    return node.value if node is not None else ""


def _parsed(text: str) -> tuple[dict[str, Any], list[Placed] | None]:
    """The values of a JSON text, and its cards with their lines."""
    decoder = json.JSONDecoder(strict=False)
    start = _SPACE.match(text).end()
    if text[start : start + 1] == "[":
        cards, end = _items(text, start, decoder)
        _ends(text, end)
        return {}, cards
    whole, end = decoder.raw_decode(text, start)
    _ends(text, end)
    # The list of cards is read a second time, now item by item, for the lines of these.
    for found in re.finditer(r'"cards"[ \t\r\n]*:[ \t\r\n]*(?=\[)', text):
        try:
            cards, _ = _items(text, found.end(), decoder)
        except json.JSONDecodeError:
            continue
        if isinstance(whole, dict) and [card for _, card in cards] == whole.get("cards"):
            return whole, cards
    return whole if isinstance(whole, dict) else {}, None


def _ends(text: str, end: int) -> None:
    if (rest := _SPACE.match(text, end).end()) < len(text):
        raise json.JSONDecodeError("something follows the end", text, rest)


def _items(text: str, start: int, decoder: json.JSONDecoder) -> tuple[list[Placed], int]:
    found, line, counted = [], 1, 0
    at = _SPACE.match(text, start + 1).end()
    while text[at : at + 1] != "]":
        line += text.count("\n", counted, at)
        counted = at
        value, end = decoder.raw_decode(text, at)
        found.append((line, value))
        at = _SPACE.match(text, end).end()
        if text[at : at + 1] == ",":
            at = _SPACE.match(text, at + 1).end()
        elif text[at : at + 1] != "]":
            raise json.JSONDecodeError("a comma is expected between two items", text, at)
    return found, at + 1


def _found(kind: str, whole: dict[str, Any], cards: list[Placed] | None) -> Found:
    if not cards:
        raise Refused(f"there are no cards in it. {SHAPE}")
    notes: list[Note] = []
    drafts = [draft for line, card in cards if (draft := _draft(line, card, notes))]
    deck = whole.get("deck") if isinstance(whole.get("deck"), dict) else {}
    info = {
        name: _text(value)
        for name, value in deck.items()
        if name in {each.name for each in dataclasses.fields(Info)} - {"languages", "rules"}
    }
    for name in ("languages", "rules"):
        if isinstance(deck.get(name), dict):
            info[name] = {key: _text(value) for key, value in deck[name].items()}
    if "languages" in info:
        info["languages"] = _record(Languages, info["languages"])
    return Found(
        f"{kind} in the shape of cards.yaml" if deck else kind,
        tuple(drafts),
        tuple(notes),
        text=MARKDOWN,
        own=True,
        title=info.get("title", ""),
        info=info,
        topics=tuple(_topics(whole.get("topics"))),
        sources=dict(_sources(whole.get("sources"))),
    )


def _draft(line: int, card: Any, notes: list[Note]) -> Draft | None:
    if not isinstance(card, dict):
        notes.append(Note(line, f"this is no card, but a {_named(card)}: left out. {SHAPE}"))
        return None
    fields: dict[str, Any] = {}
    own = {name for name in card if name in FIELDS}
    for name, value in card.items():
        field = name if name in own else KNOWN.get(str(name).casefold(), "")
        if not field or (field in own and name != field) or field in fields:
            words = f'unknown field "{name!s:.40}": left out.{near(str(name), FIELDS)}'
            notes.append(Note(line, words))
        elif (made := _value(field, value)) not in ("", (), None):
            fields[field] = made
    return Draft(line, fields)


def _value(name: str, value: Any) -> Any:
    if name == "original":
        return original_of(value) if isinstance(value, dict) else None
    if name == "revision":
        number = _text(value)
        return int(number) if re.fullmatch("[1-9][0-9]{0,8}", number) else 1
    if name == "choices":
        items = value if isinstance(value, list) else [value]
        return tuple(choice for item in items if (choice := _choice(item)).text)
    if name in LISTS:
        items = value if isinstance(value, list) else [value]
        return tuple(text for item in items if (text := _text(item)))
    return _text(value)


def _choice(item: Any) -> Choice:
    return _record(Choice, item) if isinstance(item, dict) else Choice(_text(item))


def _record(kind: type, given: dict[str, Any]) -> Any:
    fields = dataclasses.fields(kind)
    needed = {each.name: "" for each in fields if each.default is dataclasses.MISSING}
    names = {each.name for each in fields}
    return kind(**needed | {name: _text(given[name]) for name in names & given.keys()})


def _topics(given: Any) -> Iterator[Topic]:
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict) and _text(each.get("id")):
            topic = _record(Topic, each)
            yield topic if topic.title else dataclasses.replace(topic, title=topic.id)


def _sources(given: Any) -> Iterator[tuple[str, Source]]:
    for id, each in given.items() if isinstance(given, dict) else ():
        if isinstance(each, dict):
            yield str(id), _record(Source, each)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, (str, int, float)) else json.dumps(value)


def _named(value: Any) -> str:
    return {list: "list", type(None): "null"}.get(type(value), "text")


# The way out


def write(deck: Deck) -> bytes:
    """The whole deck, with the fields that are set; saved as `cards.yaml`, it is the same deck."""
    shape = {
        "deck": _set(deck.deck),
        "topics": [_set(topic) for topic in deck.topics],
        "sources": {id: _set(source) for id, source in deck.sources.items()},
        "cards": [_set(card) for card in deck.cards],
    }
    return (json.dumps(shape, ensure_ascii=False, indent=2) + "\n").encode()


def _set(record: Any) -> dict[str, Any]:
    """The fields of a record that differ from what they are when left out."""
    return {
        name: _shape(value)
        for name, usual in _usual(type(record)).items()
        if (value := getattr(record, name)) != usual
    }


@cache
def _usual(record: type) -> dict[str, Any]:
    """What each field of the file is where it is left out."""
    known = {field.name for field in fields_of(record)}
    return {
        each.name: each.default
        if each.default_factory is dataclasses.MISSING
        else each.default_factory()
        for each in dataclasses.fields(record)
        if each.name in known
    }


def _shape(value: Any) -> Any:
    if isinstance(value, Choice) and not value.feedback:
        return value.text
    if dataclasses.is_dataclass(value):
        return _set(value)
    if isinstance(value, tuple):
        return [_shape(each) for each in value]
    return value
