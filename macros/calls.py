"""Reads the calls of macros in the pages that people write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment, TemplateSyntaxError, nodes


def named_in(text: str, macro: str, argument: str) -> list[str]:
    """What the calls of a macro name first, each once, in the order of the text."""
    if f"{macro}(" not in text:
        return []
    found = []
    try:
        for call, _ in calls_in(text, (macro,)):
            with suppress(nodes.Impossible):  # made from other values; only the build can tell
                args, named = arguments_of(call)
                found.append(args[0] if args else named.get(argument))
    except TemplateSyntaxError:
        return []  # `pages.page_problems` tells of it
    return list(dict.fromkeys(name for name in found if isinstance(name, str)))


def calls_in(source: str, names: Iterable[str]) -> Iterator[tuple[nodes.Call, int]]:
    """The calls of macros, each with its column."""
    columns = _columns(source)
    for call in Environment().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in names:
            yield call, columns[call.lineno, call.node.name].pop(0)


def arguments_of(call: nodes.Call) -> tuple[tuple, dict]:
    """What a call is given; raises `nodes.Impossible` where that is made from other values."""
    args = tuple(arg.as_const() for arg in call.args)
    return args, {pair.key: pair.value.as_const() for pair in call.kwargs}


def _columns(source: str) -> dict[tuple[int, str], list[int]]:
    """The columns of all names that are called, by line and name, which the syntax tree lacks."""
    columns = defaultdict(list)
    name, place = "", 0
    for line, column, kind, value in tokens_in(source):
        if value == "(" and name:
            columns[line, name].append(place)
        name, place = (value, column) if kind == "name" else ("", 0)
    return columns


def tokens_in(source: str) -> Iterator[tuple[int, int, str, str]]:
    """What a template is made of, but for its spaces: the line and column of each, its kind, its text."""
    position = 0
    for _, kind, value in Environment().lex(source):
        if kind == "whitespace":
            continue
        start = source.index(value, position)
        position = start + len(value)
        line = source.count("\n", 0, start) + 1
        yield line, start - source.rfind("\n", 0, start), kind, value


def file_of(docs: Path, address: str) -> Path | None:
    """The file of a page, by the address that it has in the site."""
    path = unquote(address)
    files = (docs / f"{path.rstrip('/')}.md", docs / path / "index.md")
    return next((file for file in files if file.is_file()), None)


def address_of(docs: Path, file: Path) -> str:
    """The address that a page has in the site, by its file."""
    path = file.relative_to(docs).with_suffix("")
    folder = (path.parent if path.name == "index" else path).as_posix()
    return "" if folder == "." else f"{folder}/"
