"""Says what was found: to a person, to GitHub, to a program."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from .model import ERROR, Problem

WIDTH = 100  # columns of an excerpt at most; a longer line is cut around its fault
NUMBER = 5  # columns of the number of its line


def count(n: int, what: str) -> str:
    """A number of things, as "1 card" and "2 cards"."""
    return f"{n} {what}{'s' * (n != 1)}"


def text(problems: Iterable[Problem], folder: Path, excerpts: bool = False) -> str:
    """A line for each problem, with the line of the file and a caret under it if asked for."""
    lines = []
    for problem in problems:
        lines.append(str(problem))
        if excerpts and (shown := excerpt(problem, folder)):
            lines.append(shown)
    return "\n".join(lines)


def github(problems: Iterable[Problem]) -> str:
    """A workflow command for each problem, which GitHub shows at its line of the pull request.

    Escaped as GitHub's own toolkit does it.
    """
    lines = []
    for problem in problems:
        place = {"file": problem.file}
        if problem.line:
            place |= {"line": problem.line, "col": problem.column}
        if problem.rule:
            place["title"] = problem.rule
        given = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        level = "error" if problem.level == ERROR else "warning"
        lines.append(f"::{level} {given}::{_data(problem.text)}")
    return "\n".join(lines)


def as_json(problems: Iterable[Problem], counts: dict[str, int]) -> str:
    """An object with `problems`, in order of place, and `counts` of what the deck holds.

    A problem has `file`, `line` and `column` (from 1; 0 for the whole file), `level` (`error` or
    `warning`), `rule` (empty where `deck.rules` has no say) and `text`. `counts` is empty where
    the deck could not be read.
    """
    names = ("file", "line", "column", "level", "rule", "text")
    told = [{name: getattr(problem, name) for name in names} for problem in problems]
    return json.dumps({"problems": told, "counts": counts}, indent=2)


def excerpt(problem: Problem, folder: Path) -> str:
    """The line of the file that a problem is in, with a caret under its column; empty without a line."""
    room = shutil.get_terminal_size().columns - NUMBER - len(" | ")
    before, after = faulty_line(problem, folder, min(room, WIDTH))
    if not before + after:
        return ""
    shown, gap = _visible(before + after), " " * _width(_visible(before))
    return f"{problem.line:>{NUMBER}} | {shown}\n{'':{NUMBER}} | {gap}^"


def faulty_line(problem: Problem, folder: Path, width: int = WIDTH) -> tuple[str, str]:
    """The line of the file that a problem is in, up to its column and from there; a long one is cut."""
    lines = _lines(folder / problem.file)
    if not 1 <= problem.line <= len(lines):
        return "", ""
    line, at = lines[problem.line - 1], problem.column - 1
    # Of what goes on for ever, as much as may be shown.
    near, room = slice(max(at - 2 * width, 0), at), width - len("……")
    after = _fitting(line[at : at + 2 * width], max(room - _width(line[near]), room // 2))
    before = _fitting(line[near][::-1], room - _width(after))[::-1]
    is_cut = len(before) < at, at + len(after) < len(line)
    return "…" * is_cut[0] + before, after + "…" * is_cut[1]


def _lines(path: Path) -> list[str]:
    try:
        stat = path.stat()
        return _read(path, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return []


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> list[str]:
    source = path.read_bytes().decode("utf-8-sig", errors="replace")
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _visible(line: str) -> str:
    """A line in which nothing is hidden or turned round, and each character takes the room that it is given."""
    return "".join(
        char if char.isprintable() else " " if char == "\t" or char.isspace() else "\ufffd"
        for char in line
    )


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    marks = sum(unicodedata.category(char) in ("Mn", "Me") for char in text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) - marks + wide


def _fitting(text: str, room: int) -> str:
    """As much of the start of a text as has room."""
    for n, char in enumerate(text):
        room -= _width(char)
        if room < 0:
            return text[:n]
    return text


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
