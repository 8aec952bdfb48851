"""From `cards.yaml` to a `Deck`, or to every problem with its line and column.

The file is read twice at most: once fast, without places, and a second time with them,
only when there is something to point at.
"""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import yaml

from . import rules
from .model import Choice, Deck, DeckError, Problem, near

# Pure Python reads the same files, some six times slower.
BaseLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

REMEDIES = {
    "mapping values are not allowed": 'Put a text that holds ": " in quotes.',
    "found character '\\t'": "Indent with spaces, not with tabs.",
    "found character that cannot start": "Put a text that starts with this character in quotes.",
    "did not find expected key": "Check the indentation and the quotes of the lines above.",
    "did not find expected '-'": "Check the indentation of the lines above.",
    "unexpected end of stream": "Close the quote that is open here.",
}


def load(path: str | Path) -> Deck:
    """Read a deck, from memory where the file has not changed since the last time.

    Raises `DeckError` with every problem found.
    """
    path = Path(path)
    try:
        stat = path.stat()
    except OSError:
        stat = None
    stamp = (stat.st_mtime_ns, stat.st_size) if stat else None
    found = _load(path, stamp)
    if isinstance(found, list):
        raise DeckError(found)
    return found


@lru_cache(maxsize=4)
def _load(path: Path, stamp: tuple[int, int] | None) -> Deck | list[Problem]:
    text, problem = _text(path)
    if problem:
        return [problem]
    try:
        raw = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        return [_syntax(path.name, error)]
    except yaml.YAMLError as error:
        return [Problem(path.name, 0, 0, f"this cannot be read as YAML: {error}.")]
    if not isinstance(raw, dict):
        return [Problem(path.name, 1, 1, _NO_DECK)]
    reader = _Reader()
    deck = reader.record(Deck, raw, ())
    if not reader.broken:
        for where, text_ in rules.problems(deck):
            reader.problem(where, text_)
    if not reader.problems:
        return deck
    return _placed(path.name, text, raw, reader.problems)


_NO_DECK = 'there is no deck in it. Start with the keys "deck", "topics", "sources" and "cards".'


def _text(path: Path) -> tuple[str, Problem | None]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "", Problem(
            path.name, 0, 0, "there is no such file. Put the deck beside mkdocs.yml."
        )
    except OSError as error:
        return "", Problem(path.name, 0, 0, f"cannot be read: {error.strerror}.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8")
        line, column = good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1
        return "", Problem(
            path.name, line, column, "this byte is not UTF-8. Save the file as UTF-8."
        )
    if not text.strip():
        return "", Problem(path.name, 1, 1, "the file is empty. " + _NO_DECK.split(". ", 1)[1])
    return text, None


class _Loader(BaseLoader):
    """YAML where every scalar is text, and a key given twice is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: dict[str, Any] = {}
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f'the key "{key}" is here a second time, first on line {seen[key]}',
                    problem_mark=key_node.start_mark,
                )
            seen[str(key)] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep=deep)


def _syntax(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = (error.problem or error.context or "it does not parse").strip()
    remedy = next((words for start, words in REMEDIES.items() if start in said), "")
    if "a second time" in said:
        said, remedy = f"{said}.", "Keep one of them."
    else:
        said = f"this is not valid YAML: {said}."
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Problem(file, line, column, f"{said} {remedy}".strip())


@dataclass(frozen=True)
class At:
    """Where a fault is: the keys and indexes that lead to it, and whether the key is meant."""

    path: tuple[str | int, ...]
    key: bool = False


class _Reader:
    """Builds records from a raw mapping by their annotations, and notes what does not fit."""

    def __init__(self) -> None:
        self.problems: list[tuple[At, str]] = []
        self.broken = False

    def problem(self, path: tuple | At, text: str) -> None:
        self.problems.append((path if isinstance(path, At) else At(tuple(path)), text))

    def record(self, kind: type, raw: Any, path: tuple) -> Any:
        if kind is Choice and isinstance(raw, str):
            raw = {"text": raw}
        if not isinstance(raw, dict):
            names = ", ".join(field.name for field in fields(kind))
            self.broken = self.broken or len(path) < 2
            self.problem(path, f"expected fields ({names}), found {_named(raw)}.")
            raw = {}
        hints = typing.get_type_hints(kind, include_extras=True)
        for key in raw:
            if key not in hints:
                self.problem(At((*path, key), key=True), f'unknown field "{key}".{near(key, hints)}')
        values = {}
        for field in fields(kind):
            if field.name in raw:
                values[field.name] = self.value(hints[field.name], raw[field.name], (*path, field.name))
            elif field.default is MISSING:
                if raw:
                    self.problem(path, f'the field "{field.name}" is missing. {_about(hints[field.name])}')
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
            self.problem(path, f'"{path[-1]}" is one text, not {_named(raw)}.')
            return kind()
        if not raw.strip():
            self.problem(path, f'"{path[-1]}" is empty. Fill it in, or take the line out.')
            return kind()
        if kind is int:
            if raw.isascii() and raw.isdigit() and int(raw[:9]) > 0:
                return int(raw)
            self.problem(path, f'"{path[-1]}" is a whole number from 1 up, not "{raw}".')
            return 1
        # YAML's block scalars end in a line break that nobody means.
        return raw.strip()

    def items(self, kind: type, raw: Any, path: tuple) -> tuple:
        if not isinstance(raw, list):
            self.broken = self.broken or len(path) < 2
            self.problem(path, f'"{path[-1]}" is a list, not {_named(raw)}. Start each item with "- ".')
            return ()
        return tuple(self.value(kind, item, (*path, index)) for index, item in enumerate(raw))

    def named(self, kind: type, raw: Any, path: tuple) -> dict:
        if not isinstance(raw, dict):
            if raw not in ("", []):
                self.problem(path, f'"{path[-1]}" is a list of ids with fields, not {_named(raw)}.')
            return {}
        return {key: self.record(kind, item, (*path, key)) for key, item in raw.items()}


def _bare(hint: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    if typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(kind for kind in typing.get_args(hint) if kind is not type(None))
    return hint


def _about(hint: Any) -> str:
    about = typing.get_args(hint)[1]
    return f"It is {about}." if about.startswith(("a ", "the ", "one ")) else f"{about.capitalize()}."


def _nothing(hint: Any) -> Any:
    kind = _bare(hint)
    if typing.get_origin(kind) is tuple:
        return ()
    if typing.get_origin(kind) is dict:
        return {}
    if kind in (str, int):
        return kind()
    return kind(**{field.name: "" for field in fields(kind) if field.default is MISSING})


def _named(raw: Any) -> str:
    return {list: "a list", dict: "fields"}.get(type(raw), "a text" if raw else "nothing")


def _placed(file: str, text: str, raw: dict, found: list[tuple[At, str]]) -> list[Problem]:
    root = yaml.compose(text, Loader=BaseLoader)
    placed = []
    for at, words in found:
        node = _node(root, at)
        mark = node.start_mark
        who = _who(raw, at.path)
        placed.append(Problem(file, mark.line + 1, mark.column + 1, f"{who}{words}"))
    return sorted(placed)


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
