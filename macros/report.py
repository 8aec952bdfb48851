"""Says what was found: to a person, to GitHub, to a program."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from .model import ERROR, Problem

WIDTH = 100  # of an excerpt; a longer line is cut around its fault


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
    return json.dumps({"problems": told, "counts": counts}, ensure_ascii=False, indent=2)


def excerpt(problem: Problem, folder: Path) -> str:
    """The line of the file that a problem is in, with a caret under its column; empty without a line."""
    before, after = faulty_line(problem, folder)
    if not before + after:
        return ""
    number = f"{problem.line:>5}"
    shown = _visible(before + after)
    return f"{number} | {shown}\n{' ' * len(number)} | {' ' * _width(before)}^"


def faulty_line(problem: Problem, folder: Path) -> tuple[str, str]:
    """The line of the file that a problem is in, up to its column and from there; a long one is cut."""
    if not problem.line:
        return "", ""
    try:
        source = (folder / problem.file).read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return "", ""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if problem.line > len(lines):
        return "", ""
    line = lines[problem.line - 1]
    start = max(0, min(problem.column - 1 - WIDTH // 2, len(line) - WIDTH))
    before = ("…" if start else "") + line[start : problem.column - 1]
    return before, line[problem.column - 1 : start + WIDTH] + ("…" if line[start + WIDTH :] else "")


def _visible(line: str) -> str:
    """A line whose every character takes the room that `_width` counts for it."""
    return "".join(
        " " if char == "\t" else char if char.isprintable() else "\ufffd" for char in line
    )


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    marks = sum(unicodedata.combining(char) > 0 for char in text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) - marks + wide


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
