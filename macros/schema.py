"""What an editor needs to help with `cards.yaml`: a JSON Schema (draft-07) made from the model.

The committed one, `cards.schema.json`, holds for every deck. The local one also offers the ids
and tags of the deck at hand; it is never committed.
"""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .model import ERROR, OFF, WARNING, Choice, Deck, Field, fields_of
from .rules import RULES, SLUG

FILE = "cards.schema.json"
LOCAL = ".cards.local.schema.json"

# Every scalar of the file is text to us; an editor reads `1.0` and `true` as what they look like.
TEXT = {
    "type": ["string", "number", "boolean"],
    "pattern": r"\S",
    "errorMessage": "One text belongs here, and it is not empty.",
    "patternErrorMessage": "This is empty. Fill it in, or take it out.",
}
ID = TEXT | {
    "pattern": f"^{SLUG.pattern}$",
    "patternErrorMessage": "An id is a slug: small letters, digits and hyphens.",
}
NUMBER = {
    "type": ["integer", "string"],
    "minimum": 1,
    "maximum": 999_999_999,
    "pattern": "^[1-9][0-9]{0,8}$",
    "patternErrorMessage": "This should be a whole number from 1 up.",
}
IDS = ("id", "topic", "formerly", "tags", "related")  # fields that hold slugs


def schema() -> dict[str, Any]:
    """The schema of every `cards.yaml`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by `python -m macros schema` from macros/model.py and macros/rules.py.",
        "title": "A deck of flash cards",
        **_record(Deck),
    }


def local(deck: Deck) -> dict[str, Any]:
    """The schema of one deck's file, which offers the deck's ids and insists on none."""
    made = schema()
    card = made["properties"]["cards"]["items"]["properties"]
    card["topic"] = _offering(card["topic"], deck.topics_by_id)
    for name, known in (("tags", deck.tags), ("related", deck.by_id), ("sources", deck.sources)):
        card[name]["items"] = _offering(card[name]["items"], known)
    return made


def written(schema: dict[str, Any]) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_local_in_serve(project: Path, deck: Deck) -> None:
    """Write the local schema where a builder serves the site, so that editors follow the deck."""
    # Neither builder tells which of its commands runs.
    if "serve" in sys.argv[1:]:
        write_local(project, deck)


@lru_cache(maxsize=1)  # a server asks for it at each macro of each page
def write_local(project: Path, deck: Deck) -> bool:
    """Write the local schema of a project's deck; returns whether that changed the file.

    It is a help alone, so a folder that cannot be written is left as it is.
    """
    with suppress(OSError):
        return write(project / LOCAL, written(local(deck)))
    return False


def write(file: Path, text: str) -> bool:
    """Write a text where the file has another; returns whether it had."""
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    file.write_text(text, encoding="utf-8")
    return True


def _record(kind: type) -> dict[str, Any]:
    """The schema of a group of fields."""
    described = fields_of(kind)
    needed = [field.name for field in described if field.needed]
    made: dict[str, Any] = {
        "type": "object",
        "properties": {
            field.name: {
                "description": field.sentence,
                **_value(field.name, field.kind),
                **_examples(field),
            }
            for field in described
        },
        "additionalProperties": False,
    }
    return made | ({"required": needed} if needed else {"minProperties": 1})


def _value(name: str, kind: Any) -> dict[str, Any]:
    """The schema of a field's value."""
    if name == "rules":
        return _rules()
    if kind is str:
        return ID if name in IDS else TEXT
    if kind is int:
        return NUMBER
    if typing.get_origin(kind) is tuple:
        return {"type": "array", "items": _value(name, typing.get_args(kind)[0])}
    if typing.get_origin(kind) is dict:
        # The loader takes a key with nothing under it for an empty group.
        return {
            "type": ["object", "null"],
            "additionalProperties": _value(name, typing.get_args(kind)[1]),
        }
    if kind is Choice:
        return {"anyOf": [TEXT, _record(kind)]}
    return _record(kind)


def _rules() -> dict[str, Any]:
    """The schema of `deck.rules`: each rule that has a choice, and what it can be set to."""
    settings = {
        rule.name: {"description": rule.about, "enum": [ERROR, WARNING, OFF]}
        for rule in RULES.values()
        if not rule.needed
    }
    return {"type": ["object", "null"], "properties": settings, "additionalProperties": False}


def _examples(field: Field) -> dict[str, Any]:
    if not field.example:
        return {}
    return {"examples": [yaml.load(field.example.good, Loader=yaml.BaseLoader)]}


def _offering(value: dict[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """A schema that offers what is known; what is not known yet is no fault to the editor."""
    without = {name: part for name, part in value.items() if name != "examples"}
    return without | ({"anyOf": [{"enum": names}, {}]} if (names := list(known)) else {})
