"""From `cards.yaml` to a `Deck`, or to every problem with its line and column.

The file is parsed once, into nodes that know their places; what is wrong anywhere later is
placed by the keys and indexes that lead to it.
"""

from __future__ import annotations

import gc
import re
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from . import rules
from .model import ERROR, At, Choice, Deck, DeckError, Field, Problem, fields_of, near
from .syntax import Source, compose, quoted

LARGEST = 20_000_000  # bytes
MOST_CONTROLS = 1000  # that are told one by one; a file with more is no text

# No page can show these. YAML forbids them too, but makes them from "\beta" and the like.
CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

# What turns the direction of a text, and what ends it. Single marks, as U+200F, are not among them.
TURNS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c")
TURNS |= dict.fromkeys("\u2066\u2067\u2068", "\u2069")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile(f"{CONTROL.pattern}|{TURNING.pattern}")


# What goes on with a text, or with nothing, and is a comment to YAML. People write one as "# so".
_CUT = re.compile(r"[ \t]+(?=#+[^\s#])")
_REST = re.compile(r"[^\r\n]*")

# Inside "…", a tab, a line break or a return takes the place of the start of these commands.
_ESCAPE = re.compile(
    r"\\(?:(t(?:heta|imes|au|ext|anh?|o|op|riangle|ilde|frac)|n(?:u|eq?|abla|ot(?! )|otin)"
    r"|r(?:ho|ight|ightarrow|angle|ceil|floor))(?![a-zA-Z])|[\s\S])"
)

# Lists of names, none of which holds a comma, and a name that needs no quotes in one.
_NAMES = ("aliases", "formerly", "related", "sources", "tags")
_PLAIN = re.compile(r"\w(?:[\w .()/+-]*[\w.)+])?")


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
    return _read(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, ...]:
    """What differs once the deck, or which pictures and sounds there are, has changed."""
    assets = path.parent / "docs" / "assets"
    # The time of a folder changes with what is in it.
    folders = (folder for folder in (assets, *assets.rglob("*/")) if folder.is_dir())
    try:
        stat = path.stat()
        return stat.st_mtime_ns, stat.st_size, *(folder.stat().st_mtime_ns for folder in folders)
    except OSError:
        return ()


@contextmanager
def no_collector() -> Iterator[None]:
    """Without looking for garbage: the nodes of a large file are looked through again and again.

    That takes most of the time, and nothing among them is garbage until the end.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@lru_cache(maxsize=4)
@no_collector()
def _read(path: Path, stamp: tuple[int, ...]) -> Reading:
    try:
        text = _text(path)
    except DeckError as error:
        return Reading(None, tuple(error.problems))
    source = Source(text)
    root, faults = compose(source)
    found = [(fault.index, (), fault.words, ERROR, "") for fault in faults]
    deck = None
    if isinstance(root, yaml.MappingNode) and root.value:
        reader = _Reader(source, partial=bool(faults))
        deck = replace(reader.record(Deck, root, ()), folder=path.parent)
        found += [(index, way, words, ERROR, "") for index, way, words in reader.problems]
        if not reader.broken:
            spoiled = {way[:2] for _, way, _ in reader.problems}
            found += _by_rules(deck, source, root, spoiled)
    elif not faults:
        found.append((0, (), _NO_DECK, ERROR, ""))
    problems = tuple(
        sorted(
            Problem(path.name, *source.place(index), _shown(_who(root, way) + words), level, rule)
            for index, way, words, level, rule in found
        )
    )
    if any(problem.level == ERROR for problem in problems):
        return Reading(None, problems)
    items = _node(root, At(("cards",))).value
    starts = (source.place(item.start_mark.index)[0] for item in items)
    lines = dict(zip((card.id for card in deck.cards), starts, strict=True))
    return Reading(replace(deck, lines=lines), problems)


def _by_rules(
    deck: Deck, source: Source, root: yaml.Node, spoiled: set[tuple]
) -> Iterator[tuple[int, tuple, str, str, str]]:
    """What the rules find, each with its index in the text and the way to it."""
    for at, words, level, rule in rules.problems(deck):
        if _follows(at.path, spoiled):
            continue
        if at.other:
            line = source.place(_node(root, At(at.other)).start_mark.index)[0]
            words = words.replace("{line}", str(line))
        yield _index(source.text, root, at), at.path, words, level, rule


def _follows(path: tuple, spoiled: set[tuple]) -> bool:
    """Whether a whole record may seem to lack something only because of what is told already."""
    return len(path) == 2 and (path in spoiled or (bool(spoiled) and path[0] != "cards"))


_START = 'Start with the keys "deck", "topics", "sources" and "cards".'
_NO_DECK = f"there is no deck in it. {_START}"


def _text(path: Path) -> str:
    """What a file holds; raises `DeckError` where that cannot be a deck."""

    def wrong(text: str, line: int = 0, column: int = 0) -> DeckError:
        return DeckError([Problem(path.name, line, column, text)])

    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise wrong(
                f"the file has {size / 1e6:.1f} MB, and may have {LARGEST / 1e6:.0f}. "
                "Take out what is not a card, or make two decks of it."
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise wrong("there is no such file. Put the deck beside mkdocs.yml.") from None
    except OSError as error:
        raise wrong(f"it cannot be read: {error.strerror}. Put the deck there as a file.") from None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        place = Source(good).place(len(good))
        raise wrong("this byte is not UTF-8. Save the file as UTF-8.", *place) from None
    if controls := [match for match in CONTROL.finditer(text) if match[0] != "\r"]:
        source = Source(text)
        found = [
            Problem(
                path.name, *source.place(match.start()), f"here is {_code(match[0])}. Take it out."
            )
            for match in controls[:MOST_CONTROLS]
        ]
        if (more := len(controls) - MOST_CONTROLS) > 0:
            words = f"there are {more} more control characters. Save the file as plain text."
            found.append(Problem(path.name, 0, 0, words))
        raise DeckError(found)
    if not text.strip():
        raise wrong(f"the file is empty. {_START}", 1, 1)
    return text


@lru_cache
def _fields(kind: type) -> dict[str, Field]:
    """The fields that the file has of a record, by name."""
    return {field.name: field for field in fields_of(kind)}


class _Reader:
    """Builds records from nodes by their annotations, and notes what does not fit.

    In a `partial` tree, what does not parse is `None`: it is passed over, and nothing is missed.
    """

    def __init__(self, source: Source, partial: bool = False) -> None:
        self.problems: list[tuple[int, tuple, str]] = []  # the index, the way to it, the words
        self.broken = partial  # so badly that the rules would only repeat it
        self._source = source
        self._text = source.text
        self._partial = partial
        self._refused: set[int] = set()

    def record(self, kind: type, node: yaml.Node, path: tuple, key: yaml.Node | None = None) -> Any:
        given = _fields(kind)
        if kind is Choice and isinstance(node, yaml.ScalarNode):
            return Choice(self._scalar(str, node, path))
        if not isinstance(node, yaml.MappingNode) or not node.value:
            needed = [name for name, field in given.items() if field.needed]
            names = ", ".join(needed or given)
            self.broken = self.broken or len(path) < 2
            words = f"{_called(path)} should hold fields ({names}), but is {_named(node)}."
            self._problem(node, path, words)
            return _nothing(kind)
        values = {}
        found = self._pairs(node, path)
        for name, (name_node, value) in found.items():
            if name in given:
                values[name] = self._value(given[name].kind, value, (*path, name), name_node)
            else:
                words = f'unknown field "{name}".{near(name, given)}'
                self._problem(name_node, (*path, name), words)
        for name, field in given.items():
            if field.needed and name not in found:
                values[name] = _nothing(field.kind)
                if path or not self._partial:
                    words = f'the field "{name}" is missing. Add it ({field.about}).'
                    self._problem(key or node, (*path, name), words)
                self.broken = self.broken or not path
        return kind(**values)

    def _value(
        self, kind: Any, node: yaml.Node | None, path: tuple, key: yaml.Node | None = None
    ) -> Any:
        if node is None:
            return _nothing(kind)
        if self._text.startswith(("&", "!"), node.start_mark.index):
            self._refuse(node, path)
            return _nothing(kind)
        origin = typing.get_origin(kind)
        if kind is str or kind is int:
            return self._scalar(kind, node, path)
        if origin is tuple:
            return self._items(typing.get_args(kind)[0], node, path)
        if origin is dict:
            return self._named(typing.get_args(kind)[1], node, path)
        return self.record(kind, node, path, key)

    def _refuse(self, node: yaml.Node, path: tuple) -> None:
        """Tell of a name or a type that YAML was given; such a node is never gone into.

        A small file can name the same one a million times, so it is told once, where it stands.
        """
        index = node.start_mark.index
        if index not in self._refused:
            self._refused.add(index)
            sign = self._text[index]
            self._problem(
                node,
                path,
                f"{_called(path)} starts with {sign}, which YAML takes for itself. Put the whole text "
                f"in quotes, or take out the word that starts with {sign}.",
            )

    def _scalar(self, kind: type, node: yaml.Node, path: tuple) -> str | int:
        if not isinstance(node, yaml.ScalarNode):
            words = f"{_called(path)} should be one text, but is {_named(node)}."
            self._problem(node, path, words + self._how_to_quote(node))
            return kind()
        text = node.value.strip()  # a block ends in a line break that nobody means
        if cut := kind is str and not node.style and _CUT.match(self._text, node.end_mark.index):
            self._problem_of_cut(node, path, cut.end())
            return text if path[-1] == "id" else kind()  # others may name it
        if not text:
            self._problem(node, path, f"{_called(path)} is empty. Fill it in, or take it out.")
            return kind()
        if node.style == '"' and self._has_lost_command(node, path):
            return kind()
        if UNSEEN.search(text) and (unseen := _unseen(text)):
            char, words = unseen
            start = node.start_mark.index
            found = self._text.find(char, start, node.end_mark.index)
            self.problems.append((max(start, found), path, f"{_called(path)} holds {words}"))
            return kind()
        if kind is int:
            if re.fullmatch("[1-9][0-9]{0,8}", text):
                return int(text)
            words = f'{_called(path)} should be a whole number from 1 up, not "{text:.20}".'
            self._problem(node, path, words)
            return 1
        return text

    def _problem_of_cut(self, node: yaml.Node, path: tuple, sign: int) -> None:
        """Tell of a text whose line goes on after a #, which may be meant or not."""
        start = node.start_mark.index
        written = _REST.match(self._text, start)[0].strip()
        if node.value:
            words = 'ends before " #": YAML takes the rest for a comment.'
        else:
            words = "is empty: YAML takes what follows # for a comment."
        words += ' If it is one, put a space after "#". If it belongs to the text,'
        if self._text.find("\n", start, sign) >= 0:
            words += " put the whole text in quotes."
        else:
            head = self._text[self._text.rfind("\n", 0, start) + 1 : start].strip()
            words += f" quote it: {head} {quoted(written)}"
        self.problems.append((sign, path, f"{_called(path)} {words}"))

    def _has_lost_command(self, node: yaml.Node, path: tuple) -> bool:
        """Whether an escape has eaten the start of a TeX command, of which it tells."""
        start, end = node.start_mark.index, node.end_mark.index
        for escape in _ESCAPE.finditer(self._text, start, end):
            if (command := escape[1]) and "$" in self._text[start : escape.start()]:
                made = {"t": "tab", "n": "line break", "r": "return"}[command[0]]
                words = (
                    f'{_called(path)} holds a {made}, which "\\{command[0]}" makes of \\{command}. '
                    "Inside \"…\", write each backslash twice, or use '…'."
                )
                self.problems.append((escape.start(), path, words))
                return True
        return False

    def _items(self, kind: Any, node: yaml.Node, path: tuple) -> tuple:
        if not isinstance(node, yaml.SequenceNode):
            self.broken = self.broken or len(path) < 2
            words = f"{_called(path)} should be a list, but is {_named(node)}."
            self._problem(node, path, words + self._how_to_list(node, path))
            return ()
        return tuple(self._value(kind, item, (*path, n)) for n, item in enumerate(node.value))

    def _named(self, kind: Any, node: yaml.Node, path: tuple) -> dict:
        if not isinstance(node, yaml.MappingNode):
            if node.value:
                words = f"{_called(path)} should hold ids, each with fields under it, but is {_named(node)}."
                self._problem(node, path, words)
            return {}
        return {
            name: self._value(kind, value, (*path, name), key)
            for name, (key, value) in self._pairs(node, path).items()
        }

    def _pairs(self, node: yaml.MappingNode, path: tuple) -> dict[str, tuple]:
        """The keys and values of a mapping, by what the keys say."""
        found: dict[str, tuple] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                words = "a text that starts with a bracket must stand in quotes."
                self._problem(key, (*path, ""), words)
                continue
            name = key.value
            if name not in found:
                found[name] = key, value
                continue
            first = self._source.place(found[name][0].start_mark.index)[0]
            words = f'the key "{name}" is here a second time, first on line {first}.'
            if path and isinstance(path[-1], int) and name == next(iter(found)):
                # All that follows may be the fields of another, which others may name.
                self.broken = True
                words += ' If something new starts here, put "- " before it; if not,'
                self._problem(key, (*path, name), f"{words} keep one of them.")
                break
            self._problem(key, (*path, name), f"{words} Keep one of them.")
        return found

    def _how_to_quote(self, node: yaml.Node) -> str:
        written = self._text[node.start_mark.index : node.end_mark.index].strip()
        if not written or "\n" in written:
            return " Put a text that starts with a bracket or a dash in quotes."
        return f" If a text is meant, put it in quotes: {quoted(written)}"

    def _how_to_list(self, node: yaml.Node, path: tuple) -> str:
        written = self._text[node.start_mark.index : node.end_mark.index].strip()
        if path[-1] not in _NAMES or not isinstance(node, yaml.ScalarNode) or "\n" in written:
            return ' Start each item with "- ".'
        names = (name.strip() for name in node.value.lstrip("-–—").split(","))
        items = (name if _PLAIN.fullmatch(name) else quoted(name) for name in names if name)
        return f" Write it as: {path[-1]}: [{', '.join(items)}]"

    def _problem(self, node: yaml.Node, path: tuple, words: str) -> None:
        self.problems.append((node.start_mark.index, path, words))


def _nothing(kind: Any) -> Any:
    """What stands for a value that cannot be read, so that the rest can be looked at."""
    origin = typing.get_origin(kind)
    if origin in (tuple, dict) or kind in (str, int):
        return (origin or kind)()
    needed = {name: field.kind for name, field in _fields(kind).items() if field.needed}
    return kind(**{name: _nothing(field) for name, field in needed.items()})


def _called(path: tuple) -> str:
    """What a message calls the value at a path: by its key, or by its number in a list."""
    if isinstance(path[-1], str):
        return f'"{path[-1]}"'
    return "it" if len(path) == 2 else f'item {path[-1] + 1} of "{path[-2]}"'


def _named(node: yaml.Node) -> str:
    if not node.value:
        return "empty"
    return {"sequence": "a list", "mapping": "a group of fields"}.get(node.id, "a text")


def _code(char: str) -> str:
    return f"the control character U+{ord(char):04X}"


def _unseen(text: str) -> tuple[str, str] | None:
    """The first character of a text that cannot be there, and what is wrong with it."""
    if control := CONTROL.search(text):
        return control[0], f'{_code(control[0])}. Inside "…", write each backslash twice.'
    opened: list[str] = []
    for turn in TURNING.findall(text):
        if turn in TURNS:
            opened.append(turn)
        elif not opened or TURNS[opened.pop()] != turn:
            return (
                turn,
                f"U+{ord(turn):04X}, which ends a direction that nothing began. Take it out.",
            )
    if opened:
        end = ord(TURNS[opened[0]])
        words = f"U+{ord(opened[0]):04X}, which turns the direction of the text and does not end."
        return opened[0], f"{words} Take it out, or put U+{end:04X} where it should end."
    return None


def _shown(words: str) -> str:
    """A message as one line, in which nothing is hidden."""
    return "".join(
        char if char.isprintable() or char in "\u200e\u200f\u061c" else "\ufffd" for char in words
    )


def _node(root: yaml.Node, at: At) -> yaml.Node:
    """The node at a path, or the nearest that holds it where it is not there."""
    node = root
    for depth, step in enumerate(at.path):
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        for key, value in pairs:
            if key.value == step:
                node = key if at.key and depth == len(at.path) - 1 else value
                break
        else:
            return node
    return node


def _index(text: str, root: yaml.Node, at: At) -> int:
    """Where in the text a fault is: at the words that it names, or else at the start of the value."""
    node = _node(root, at)
    start = node.start_mark.index
    if at.find:
        for words in _spellings(at.find, node):
            if match := words.search(text, start, node.end_mark.index):
                return match.start()
    return start


def _spellings(words: str, node: yaml.Node) -> Iterable[re.Pattern]:
    """How a file may have written some words: with escapes inside quotes, and broken into lines."""
    style = getattr(node, "style", None)
    if style == '"':
        yield _over_lines(words.replace("\\", "\\\\").replace('"', '\\"'))
    if style == "'":
        yield _over_lines(words.replace("'", "''"))
    yield _over_lines(words)


def _over_lines(words: str) -> re.Pattern:
    return re.compile(r"\s+".join(map(re.escape, words.split())))


def _who(root: yaml.Node | None, path: tuple) -> str:
    """The subject of a message, such as `card "variation": `."""
    if len(path) < 2:
        return ""
    kind, name = path[:2]
    if kind in ("cards", "topics"):
        item = _node(root, At((kind, name)))
        fields = item.value if isinstance(item, yaml.MappingNode) else []
        id = next((value for key, value in fields if key.value == "id"), None)
        if not isinstance(id, yaml.ScalarNode) or not id.value:
            return f"{kind[:-1]} {name + 1}: "
        name = id.value
    elif kind != "sources":
        return f"{kind}: "
    return f'{kind[:-1]} "{name:.60}": '
