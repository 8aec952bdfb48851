"""From `cards.yaml` to a `Deck`, or to every problem with its line and column.

The file is parsed once, into nodes that know their places; what is wrong anywhere later is
placed by the keys and indexes that lead to it.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml

from . import rules
from .model import ERROR, At, Choice, Deck, DeckError, Problem, near

# Pure Python reads the same files, some six times slower.
BaseLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# What the parser says (the start of it), whether the place is where the fault began, and
# what to tell people.
SYNTAX = (
    (
        "mapping values are not allowed",
        False,
        'a colon and a space cannot stand here. Put a text that holds ": " in quotes, or check '
        "the indentation of this line.",
    ),
    ("found a tab", False, "a tab cannot indent. Indent with spaces."),
    (
        "found character that cannot start",
        False,
        "a text cannot start with this character. Put it in quotes, and indent with spaces only.",
    ),
    (
        "did not find expected key",
        False,
        "a key is expected here. Check the quotes and the indentation of this line and of those "
        "above it.",
    ),
    (
        "did not find expected '-'",
        False,
        'a "- " is expected here. Check the indentation of this line and of those above it.',
    ),
    (
        "did not find expected ','",
        True,
        "what this bracket opens does not parse. Close it, with commas between its items, or put "
        "a text that starts with a bracket in quotes.",
    ),
    (
        "did not find expected comment",
        False,
        "a block of text starts on the next line. Put a text that starts with > or | in quotes.",
    ),
    (
        "did not find expected alphabetic",
        False,
        "a text that starts with * or & must stand in quotes.",
    ),
    ("found undefined alias", False, "a text that starts with * must stand in quotes."),
    ("found unhashable key", False, "a text that starts with a bracket must stand in quotes."),
    ("found unexpected end of stream", True, "this quote is not closed. Close it."),
    (
        "could not find expected ':'",
        True,
        'a key needs a colon and a space after it. Write it as "key: text", or check the '
        "indentation of this line.",
    ),
    (
        "found unknown escape",
        False,
        'inside "…" a backslash starts an escape, and there is none like this. Write the '
        "backslash twice, or leave the quotes out.",
    ),
    (
        "found invalid Unicode",
        False,
        "this escape stands for no character. Write the character itself.",
    ),
    ("but found another document", False, 'a second document starts here. Take out the "---".'),
)

# No page can show these. YAML forbids them too, but makes them from "\beta" and the like.
CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Reading:
    """What came of reading a file: every problem in order of place, and the deck if none is an error."""

    deck: Deck | None
    problems: tuple[Problem, ...]


def load(path: str | Path) -> Deck:
    """Read a deck; raises `DeckError` with every problem that is an error."""
    found = read(path)
    if found.deck is None:
        raise DeckError([problem for problem in found.problems if problem.level == ERROR])
    return found.deck


def read(path: str | Path) -> Reading:
    """Read a deck, from memory where the file has not changed since the last time."""
    path = Path(path)
    try:
        stat = path.stat()
    except OSError:
        stat = None
    stamp = (stat.st_mtime_ns, stat.st_size) if stat else None
    return _read(path, stamp)


@lru_cache(maxsize=4)
def _read(path: Path, stamp: tuple[int, int] | None) -> Reading:
    text, problem = _text(path)
    if problem:
        return Reading(None, (problem,))
    try:
        root = yaml.compose(text, Loader=_Loader)
        raw = _Loader("").construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        return Reading(None, (_syntax(path.name, error),))
    if not isinstance(raw, dict):
        return Reading(None, (Problem(path.name, 1, 1, _NO_DECK),))
    reader = _Reader()
    deck = replace(reader.record(Deck, raw, ()), folder=path.parent)
    found = [(at, words, ERROR, "") for at, words in reader.problems]
    if not reader.broken:
        spoiled = {at.path[:2] for at, _ in reader.problems}
        found += [fault for fault in rules.problems(deck) if not _follows(fault[0].path, spoiled)]
    problems = tuple(sorted(_placed(path.name, root, raw, found)))
    if any(problem.level == ERROR for problem in problems):
        return Reading(None, problems)
    return Reading(replace(deck, lines=_card_lines(root)), problems)


def _follows(path: tuple, spoiled: set[tuple]) -> bool:
    """Whether a whole record may seem to lack something only because of what is told already."""
    return len(path) == 2 and (path in spoiled or (bool(spoiled) and path[0] != "cards"))


_NO_DECK = 'there is no deck in it. Start with the keys "deck", "topics", "sources" and "cards".'


def _text(path: Path) -> tuple[str, Problem | None]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "", Problem(
            path.name, 0, 0, "there is no such file. Put the deck beside mkdocs.yml."
        )
    except OSError as error:
        return "", Problem(
            path.name, 0, 0, f"it cannot be read: {error.strerror}. Put the deck there as a file."
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        line, column = good.count("\n") + 1, len(good) - good.rfind("\n")
        return "", Problem(
            path.name, line, column, "this byte is not UTF-8. Save the file as UTF-8."
        )
    if control := CONTROL.search(text.replace("\r", " ")):
        before = text[: control.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return "", Problem(path.name, line, column, f"here is {_code(control)}. Take it out.")
    if not text.strip():
        return "", Problem(path.name, 1, 1, "the file is empty. " + _NO_DECK.split(". ", 1)[1])
    return text, None


class _Twice(yaml.MarkedYAMLError):
    """A key is given twice."""


class _Loader(BaseLoader):
    """YAML where every scalar is text, and a key given twice is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: dict[str, Any] = {}
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                raise _Twice(
                    problem=f'the key "{key}" is here a second time, first on line {seen[key]}. '
                    "Keep one of them.",
                    problem_mark=key_node.start_mark,
                )
            seen[str(key)] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep=deep)


def _syntax(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = f"{error.problem or error.context}. Check the quotes and the indentation."
    for start, began, words in SYNTAX:
        if said.startswith(start):
            mark = (began and error.context_mark) or mark
            said = words
    said = error.problem if isinstance(error, _Twice) else f"this is not valid YAML: {said}"
    return Problem(file, mark.line + 1, mark.column + 1, said)


class _Reader:
    """Builds records from a raw mapping by their annotations, and notes what does not fit."""

    def __init__(self) -> None:
        self.problems: list[tuple[At, str]] = []
        self.broken = False  # so badly that the rules would only repeat it

    def problem(self, path: At | tuple, text: str) -> None:
        self.problems.append((path if isinstance(path, At) else At(tuple(path)), text))

    def record(self, kind: type, raw: Any, path: tuple) -> Any:
        if kind is Choice and isinstance(raw, str):
            raw = {"text": raw}
        if not raw or not isinstance(raw, dict):
            given = _fields(kind)
            needed = [field.name for field in given if _is_needed(field)]
            names = ", ".join(needed or [field.name for field in given])
            self.broken = self.broken or len(path) < 2
            self.problem(
                path, f"{_called(path)} should hold fields ({names}), but is {_named(raw)}."
            )
            raw = {}
        given = {field.name: field for field in _fields(kind)}
        hints = typing.get_type_hints(kind, include_extras=True)
        for key in raw:
            if key not in given:
                self.problem(
                    At((*path, key), key=True), f'unknown field "{key}".{near(key, given)}'
                )
        values = {}
        for field in given.values():
            if field.name in raw:
                values[field.name] = self.value(
                    hints[field.name], raw[field.name], (*path, field.name)
                )
            elif _is_needed(field):
                if raw:
                    about = typing.get_args(hints[field.name])[1]
                    words = f'the field "{field.name}" is missing. Add it ({about}).'
                    self.problem(At(path, key=True), words)
                self.broken = self.broken or len(path) < 1
                values[field.name] = _nothing(hints[field.name])
        return kind(**values)

    def value(self, hint: Any, raw: Any, path: tuple) -> Any:
        kind = _bare(hint)
        origin = typing.get_origin(kind)
        if kind is str or kind is int:
            return self.scalar(kind, raw, path)
        if origin is tuple:
            return self.items(typing.get_args(kind)[0], raw, path)
        if origin is dict:
            return self.named(typing.get_args(kind)[1], raw, path)
        return self.record(kind, raw, path)

    def scalar(self, kind: type, raw: Any, path: tuple) -> str | int:
        if not isinstance(raw, str):
            words = f"{_called(path)} should be one text, but is {_named(raw)}."
            self.problem(
                path, f"{words} Put a text that starts with a bracket or a dash in quotes."
            )
            return kind()
        if not raw.strip():
            self.problem(path, f"{_called(path)} is empty. Fill it in, or take it out.")
            return kind()
        if control := CONTROL.search(raw):
            remedy = 'Inside "…", write each backslash twice.'
            self.problem(path, f"{_called(path)} holds {_code(control)}. {remedy}")
            return kind()
        if kind is int:
            if re.fullmatch("[1-9][0-9]{0,8}", raw):
                return int(raw)
            self.problem(
                path, f'{_called(path)} should be a whole number from 1 up, not "{raw:.20}".'
            )
            return 1
        # YAML's block scalars end in a line break that nobody means.
        return raw.strip()

    def items(self, kind: type, raw: Any, path: tuple) -> tuple:
        if not isinstance(raw, list):
            self.broken = self.broken or len(path) < 2
            words = f"{_called(path)} should be a list, but is {_named(raw)}."
            self.problem(path, f'{words} Start each item with "- ".')
            return ()
        return tuple(self.value(kind, item, (*path, index)) for index, item in enumerate(raw))

    def named(self, kind: type, raw: Any, path: tuple) -> dict:
        if not isinstance(raw, dict):
            if raw not in ("", []):
                words = f"{_called(path)} should hold ids, each with fields under it, but is {_named(raw)}."
                self.problem(path, words)
            return {}
        return {key: self.value(kind, item, (*path, key)) for key, item in raw.items()}


def _fields(kind: type) -> list[Field]:
    """The fields that the file has; those without a description are worked out."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return [field for field in fields(kind) if typing.get_origin(hints[field.name]) is Annotated]


def _is_needed(field: Field) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _bare(hint: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    if typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(kind for kind in typing.get_args(hint) if kind is not type(None))
    return hint


def _nothing(hint: Any) -> Any:
    kind = _bare(hint)
    if typing.get_origin(kind) is tuple:
        return ()
    if typing.get_origin(kind) is dict:
        return {}
    if kind in (str, int):
        return kind()
    return kind(**{field.name: "" for field in _fields(kind) if _is_needed(field)})


def _called(path: tuple) -> str:
    """What a message calls the value at a path: by its key, or by its number in a list."""
    if isinstance(path[-1], str):
        return f'"{path[-1]}"'
    return "it" if len(path) == 2 else f'item {path[-1] + 1} of "{path[-2]}"'


def _named(raw: Any) -> str:
    if not raw:
        return "empty"
    return {list: "a list", dict: "a group of fields"}.get(type(raw), "a text")


def _code(control: re.Match) -> str:
    return f"the control character U+{ord(control[0]):04X}"


def _placed(file: str, root: yaml.Node, raw: dict, found: list[rules.Fault]) -> Iterator[Problem]:
    for at, words, level, rule in found:
        mark = _node(root, at).start_mark
        who = _who(raw, at.path)
        yield Problem(file, mark.line + 1, mark.column + 1, f"{who}{words}", level, rule)


def _card_lines(root: yaml.Node) -> dict[str, int]:
    cards = _node(root, At(("cards",)))
    lines = {}
    for card in cards.value:
        id = next(value.value for key, value in card.value if key.value == "id")
        lines[id] = card.start_mark.line + 1
    return lines


def _node(root: yaml.Node, at: At) -> yaml.Node:
    node = root
    for depth, step in enumerate(at.path):
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        for key, value in pairs:
            if key.value == step:
                last = depth == len(at.path) - 1
                node = key if at.key and last else value
                break
        else:
            # A field that is not there: its owner is the place.
            return node
    return node


def _who(raw: dict, path: tuple) -> str:
    """The subject of a message, such as `card "lora": `."""
    if len(path) < 2:
        return ""
    name: Any = path[1]
    if path[0] in ("cards", "topics"):
        item = raw[path[0]][path[1]]
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(name, str) or not name:
            return f"{path[0][:-1]} {path[1] + 1}: "
    elif path[0] != "sources":
        return f"{path[0]}: "
    return f'{path[0][:-1]} "{name}": '
