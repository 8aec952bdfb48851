"""What the contribute page says of every field and rule, made from the model and the rules.

The page is written by people; what stands in it between `<!-- made: NAME -->` and
`<!-- end -->` is made here.
"""

from __future__ import annotations

import dataclasses
import re
import tempfile
import textwrap
import typing
from pathlib import Path

import yaml

from .load import read
from .model import Card, Choice, Deck, Field, Info, Languages, Original, Source, Topic, fields_of
from .rules import RULES

PAGE = "docs/contribute.md"

MADE = re.compile(r"(<!-- made: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# The subject that a message begins with; on the page it is plain which is meant.
WHO = re.compile(r'^(deck|(topic|source|card) "[^"]*"): ')

# By the heading under which the page has their fields.
RECORDS = {
    "deck": Info,
    "languages": Languages,
    "topics": Topic,
    "sources": Source,
    "cards": Card,
    "choices": Choice,
    "original": Original,
}

# The examples are of one card. It names this one, and the source by this id.
NEIGHBOR = """\
- id: variation
  term: variation
  topic: evolution
  question: What sets two animals of one kind apart?
  answer: They differ in many traits, and some of these differences are inherited.
  gist: many traits, some of which they have inherited
  details: It is there before any selection begins.
  mistake: '"Traits appear because they are needed." They appear whether they are needed or not.'
  related: [natural-selection]
  sources: [darwin]
""".splitlines()
SOURCE = "darwin"

# The fields of a card that is worth copying, in the order in which one thinks of them.
BEST = ("id", "term", "topic", "question", "answer", "gist", "mistake", "related", "sources")


WIDTH = 68  # of a line of it


def filled(page: str) -> str:
    """The text of the page with the parts that are made put in anew."""
    parts = {heading: _fields(heading) for heading in RECORDS}
    parts |= {"a card": _card(), "rules": _rules(False), "needed rules": _rules(True)}
    return MADE.sub(lambda made: f"{made[1]}{parts[made[2]]}\n{made[3]}", page)


def example_deck(record: type | None = None, field: str = "", value: str = "") -> str:
    """A `cards.yaml` of every field's good example, with another value for one field of a record."""

    def group(kind: type) -> list[str]:
        lines = []
        for each in fields_of(kind):
            if (kind, each.name) == (record, field):
                lines.append(f"{each.name}: {value}")
            elif within := record_within(each.kind):
                lines += [f"{each.name}:", *_indented(nested(each, within))]
            else:
                lines.append(f"{each.name}: {each.example.good}")
        return lines

    def nested(field: Field, kind: type) -> list[str]:
        lines = group(kind)
        if typing.get_origin(field.kind) is dict:
            return [f"{SOURCE}:", *_indented(lines)]
        if typing.get_origin(field.kind) is tuple:
            lines = ["- " + lines[0], *_indented(lines[1:])]
        return [*NEIGHBOR, *lines] if kind is Card else lines

    return "\n".join(group(Deck)) + "\n"


def complaint(record: type, field: Field) -> str:
    """What is wrong with the bad example of a field: what `check` says of it, or why it is bad."""
    deck = example_deck(record, field.name, field.example.bad)
    pairs = zip(example_deck().split("\n"), deck.split("\n"), strict=False)
    line = next(number for number, (good, bad) in enumerate(pairs, 1) if good != bad)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cards.yaml")
        file.write_text(deck, encoding="utf-8")
        said = [problem.text for problem in read(file).problems if problem.line == line]
    return f"The check says: {_code(WHO.sub('', said[0]))}" if said else field.example.why


def _fields(heading: str) -> str:
    """Each field of a record: what it means, and a good and a bad example."""
    record, made = RECORDS[heading], []
    for field in fields_of(record):
        good, bad = (
            _code(f"{field.name}: {value}".strip())
            for value in (field.example.good, field.example.bad)
        )
        needed = "needed" if field.needed else "may be left out"
        made.append(
            f"#### `{field.name}` {{ #{heading}-{field.name} }}\n\n"
            f"*{_kind(field.kind)}, {needed}.* {field.sentence}\n\n"
            f"- Good: {good}\n"
            f"- Not so: {bad}<br>{complaint(record, field)}\n"
        )
    # In the examples double braces are a part to fill in, not a macro.
    return "{% raw %}\n\n" + "\n".join(made) + "\n{% endraw %}"


def _card() -> str:
    """A whole card, of the fields that every card is better for."""
    lines = []
    good = {field.name: field.example.good for field in fields_of(Card)}
    for name in BEST:
        line = f"{name}: {good[name]}"
        if len(line) > WIDTH:
            text = yaml.load(good[name], Loader=yaml.BaseLoader)
            lines += [f"{name}: >-", *_indented(textwrap.wrap(text, WIDTH))]
        else:
            lines.append(line)
    return "\n".join(["", "```yaml", "- " + lines[0], *_indented(lines[1:]), "```", ""])


def _rules(needed: bool) -> str:
    """The rules that always hold, or those that a deck can set, with their levels."""
    chosen = [rule for rule in RULES.values() if rule.needed == needed]
    items = [
        f"- `{rule.name}`{'' if needed else f' ({rule.level})'}: {rule.about}" for rule in chosen
    ]
    return "\n".join(["", *items, ""])


def _kind(kind: typing.Any) -> str:
    """What a field holds, in plain words."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        return "A list"
    if origin is dict or dataclasses.is_dataclass(kind):
        return "A group"
    return "A number" if kind is int else "A text"


def record_within(kind: typing.Any) -> type | None:
    """The record that a field holds, or that the items of its list or group are."""
    return next((it for it in (kind, *typing.get_args(kind)) if dataclasses.is_dataclass(it)), None)


def _indented(lines: list[str]) -> list[str]:
    return ["  " + line for line in lines]


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"
