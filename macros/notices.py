"""What a page shows in place of what could not be made, and what it tells whoever runs the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from . import report
from .model import Problem


def unforeseen(name: str, error: Exception) -> Problem:
    """A fault in this package itself, which is no reason to end a server."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Problem("macros", 0, 0, f"{name}(): this is a fault of the program itself: {said}.")


def tell(problems: Iterable[Problem], told: set[Problem], how: Callable[[object], None]) -> None:
    """Tell of each problem that nobody was told of before."""
    for problem in sorted(set(problems) - told):
        how(problem)
    told.update(problems)


def box(problems: Iterable[Problem], folder: Path) -> str:
    """What a page shows in place of what could not be made: what is wrong, and in which line."""
    items = "\n".join(f"<li>{escape(str(each))}{_line(each, folder)}</li>" for each in problems)
    return (
        '<div class="flash-problem" role="alert"><p><strong>This part cannot be shown.</strong> '
        f"Mend this, and it comes back.</p>\n<ul>\n{items}\n</ul></div>"
    )


def instead(
    name: str, args: tuple, problems: Iterable[Problem], told: list[str], folder: Path
) -> str:
    """What stands in place of what a macro should have made; a page is `told` of a problem once."""
    new = [problem for problem in problems if str(problem) not in told]
    told += map(str, new)
    if new:
        return box(new, folder)
    # So that a sentence can still be read.
    if name == "term" and args:
        return escape(str(args[-1]))
    if name == "cite":
        return escape(", ".join(map(str, args)))
    return '<p class="flash-problem">This part comes back with the one above.</p>'


def notice(text: str, told: list[str]) -> str:
    """A line to who runs the site, above what a page shows; empty if a page was `told` already."""
    if not text or text in told:
        return ""
    told.append(text)
    return f'<p class="flash-problem" role="status">{escape(text)}</p>\n'


def _line(problem: Problem, folder: Path) -> str:
    """The line that a problem is in, with the word marked that is at fault."""
    before, after = report.faulty_line(problem, folder)
    if not before + after:
        return ""
    word = re.match(r"\w+(-\w+)*|\W?", after)[0]
    return (
        f"<pre>{escape(before.lstrip())}<mark>{escape(word) or ' '}</mark>"
        f"{escape(after[len(word) :])}</pre>"
    )


# What Python has read once it keeps, in both servers.
_SOURCES = {path: path.read_bytes() for path in Path(__file__).parent.rglob("*.py")}


def restart() -> str:
    """What to do about files of this package that have changed since they were read; empty if none."""
    changed = [path for path, source in _SOURCES.items() if _source(path) != source]
    if not changed:
        return ""
    names = ", ".join(sorted(path.relative_to(path.parents[1]).as_posix() for path in changed))
    return f"Changed: {names}. Stop the server and start it again."


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
