"""Reads the macro calls in the pages that people write, and says which cannot work."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from . import glossary, quiz, report
from .model import CallError, Card, Deck, Problem
from .repository import Repository

NAMES = ("card", "quiz", "study", "term", "glossary", "glossary_index", "corrections")

# The arguments that name topics, cards and tags, by their place and their name.
IDS = {
    "card": {0: "card", "id": "card"},
    "term": {0: "card", "id": "card"},
    "glossary": {0: "topic", "topic": "topic"},
    "quiz": {0: "topic", "topic": "topic", 1: "card", "cards": "card", 2: "tag", "tags": "tag"},
}


def macros(
    deck: Deck, keep: Callable[[str], str], repository: Repository | None = None
) -> dict[str, Callable[..., str]]:
    """Every macro by its name in a page; each returns Markdown or HTML, or raises `CallError`."""
    return {
        "card": lambda id: quiz.card(deck, id, repository),
        "quiz": lambda topic="", cards=(), tags=(), mode="flip", limit=0, title="": quiz.quiz(
            deck, topic, cards, tags, mode, limit, title, repository
        ),
        "study": lambda: quiz.study(deck, repository),
        "term": lambda id, text="": quiz.term(deck, id, text),
        "glossary": lambda topic: glossary.topic_page(deck, topic, keep, repository),
        "glossary_index": lambda: glossary.index(deck, repository),
        "corrections": lambda: glossary.corrections(deck),
    }


def problems(deck: Deck, docs: Path) -> list[Problem]:
    """Every macro call under `docs` that cannot work, and every topic without a glossary page."""
    found = [
        Problem(
            f"{docs.name}/glossary/{topic.id}.md",
            0,
            0,
            f'the topic "{topic.id}" needs this page. Write into it {{{{ glossary("{topic.id}") }}}}.',
        )
        for topic in deck.topics
        if not (docs / "glossary" / f"{topic.id}.md").is_file()
    ]
    names = _names_alone(deck)
    for page in sorted(docs.rglob("*.md")):
        found += page_problems(names, page, page.relative_to(docs.parent).as_posix())
    return found


def _names_alone(deck: Deck) -> Deck:
    """A deck of the same names without its texts: which calls can work does not depend on these."""
    cards = (
        Card(card.id, card.term, card.topic, answer="", question="?", tags=card.tags)
        for card in deck.cards
    )
    return replace(deck, cards=tuple(cards))


def page_problems(deck: Deck, page: Path, name: str, failed: str = "") -> list[Problem]:
    """Every macro call of one page that cannot work; `name` is how messages call the page.

    `failed` is the message of a call that has failed in a build: it is said at each call
    that only the build can tell about.
    """
    known = macros(deck, keep=lambda html: html)
    source = page.read_text(encoding="utf-8", errors="replace")
    try:
        calls = list(_calls(source, known))
    except TemplateSyntaxError as error:
        return [Problem(name, error.lineno, 1, f"{error.message}. Check the braces of this line.")]
    found = []
    for call, column in calls:
        macro = call.node.name
        try:
            called(known[macro], *_arguments(call))
        except nodes.Impossible:
            # Made from other values; only the build can tell.
            if failed.startswith(f"{macro}(): "):
                found.append(Problem(name, call.lineno, column, failed))
        except CallError as error:
            found.append(Problem(name, call.lineno, column, f"{macro}(): {error}"))
    return found


def called(macro: Callable[..., str], args: tuple, kwargs: dict) -> str:
    """What a macro gives for these arguments; raises `CallError` also where they do not fit it."""
    takes = inspect.signature(macro).parameters
    try:
        given = inspect.signature(macro).bind(*args, **kwargs).arguments
    except TypeError as error:
        raise CallError(f"{error}. It takes: {', '.join(takes) or 'nothing'}.") from None
    for name, value in given.items():
        is_text = (
            isinstance(takes[name].default, str) or takes[name].default is inspect.Parameter.empty
        )
        if is_text and not isinstance(value, str):
            raise CallError(f'{name} should be a text in quotes, such as {name}="…".')
    return macro(*args, **kwargs)


def placed(deck: Deck, docs: Path, url: str, text: str) -> list[Problem]:
    """A call that failed while its page was built, with its place where it is found."""
    for path in (f"{url.rstrip('/')}.md", f"{url}index.md"):
        if (docs / path).is_file():
            for failed in ("", text):
                found = page_problems(deck, docs / path, f"{docs.name}/{path}", failed)
                if here := [problem for problem in found if problem.text == text]:
                    return here
    return [Problem(f"{docs.name}/{url}", 0, 0, text)]


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
    """What a page shows in place of cards that could not be made: what is wrong, and in which line."""
    items = "\n".join(f"<li>{escape(str(each))}{_line(each, folder)}</li>" for each in problems)
    return (
        '<div class="flash-problem" role="alert"><p><strong>The cards cannot be shown.</strong> '
        f"Mend this, and they come back.</p>\n<ul>\n{items}\n</ul></div>"
    )


def instead(
    name: str, args: tuple, problems: Iterable[Problem], told: list[str], folder: Path
) -> str:
    """What stands in place of what a macro should have made; a page is `told` of a problem once."""
    new = [problem for problem in problems if str(problem) not in told]
    told += map(str, new)
    if new:
        return box(new, folder)
    if name == "term" and args:
        return escape(str(args[-1]))  # so that its sentence can still be read
    return '<p class="flash-problem">These cards come back with those above.</p>'


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


def named_ids(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Every id in quotes in a macro call of a page: its line and column, of what, the id."""
    position, before, macro, depth, argument = 0, "", "", 0, None
    try:
        tokens = list(Environment().lex(source))
    except TemplateSyntaxError:
        return
    for _, kind, value in tokens:
        if kind == "whitespace":
            continue
        start = source.index(value, position)
        position = start + len(value)
        if not macro:
            if value == "(" and before in IDS:
                macro, depth, argument = before, 1, 0
        elif value in ("(", "[", "{"):
            depth += 1
        elif value in (")", "]", "}"):
            depth -= 1
            macro = macro if depth else ""
        elif depth == 1 and value == ",":
            argument = argument + 1 if isinstance(argument, int) else None
        elif depth == 1 and value == "=":
            argument = before
        elif kind == "string" and (named := IDS[macro].get(argument)):
            yield (
                source.count("\n", 0, start) + 1,
                start - source.rfind("\n", 0, start) + 1,
                named,
                value[1:-1],
            )
        before = value if kind == "name" else ""


def _calls(source: str, names: Iterable[str]) -> Iterator[tuple[nodes.Call, int]]:
    """The calls of macros, each with its column."""
    columns = _columns(source)
    for call in Environment().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in names:
            yield call, columns[call.lineno, call.node.name].pop(0)


def _arguments(call: nodes.Call) -> tuple[tuple, dict]:
    args = tuple(arg.as_const() for arg in call.args)
    return args, {pair.key: pair.value.as_const() for pair in call.kwargs}


def _columns(source: str) -> dict[tuple[int, str], list[int]]:
    """The columns of all names that are called, by line and name, which the syntax tree lacks."""
    columns = defaultdict(list)
    position, name, column = 0, "", 0
    for line, kind, value in Environment().lex(source):
        if kind == "whitespace":
            continue
        start = source.index(value, position)
        position = start + len(value)
        if kind == "name":
            name, column = value, start - source.rfind("\n", 0, start)
            continue
        if value == "(" and name:
            columns[line, name].append(column)
        name = ""
    return columns
