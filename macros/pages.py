"""Reads the macro calls in the pages that people write, and says which cannot work."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from . import glossary, quiz
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


def named_ids(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Every id in quotes in a macro call of a page: its line and column, of what, the id."""
    before, macro, depth, argument = "", "", 0, None
    try:
        tokens = list(_tokens(source))
    except TemplateSyntaxError:
        return
    for line, column, kind, value in tokens:
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
            yield line, column + 1, named, value[1:-1]
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
    name, place = "", 0
    for line, column, kind, value in _tokens(source):
        if value == "(" and name:
            columns[line, name].append(place)
        name, place = (value, column) if kind == "name" else ("", 0)
    return columns


def _tokens(source: str) -> Iterator[tuple[int, int, str, str]]:
    """What a template is made of, but for its spaces: the line and column of each, its kind, its text."""
    position = 0
    for _, kind, value in Environment().lex(source):
        if kind == "whitespace":
            continue
        start = source.index(value, position)
        position = start + len(value)
        line = source.count("\n", 0, start) + 1
        yield line, start - source.rfind("\n", 0, start), kind, value
