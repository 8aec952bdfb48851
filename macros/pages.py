"""Reads the macro calls in the pages that people write, and says which cannot work."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from . import glossary, quiz
from .model import CallError, Card, Deck, Problem

NAMES = ("card", "quiz", "study", "term", "glossary", "glossary_index", "corrections")


def macros(deck: Deck, keep: Callable[[str], str]) -> dict[str, Callable[..., str]]:
    """Every macro by its name in a page; each returns Markdown or HTML, or raises `CallError`."""
    return {
        "card": lambda id: quiz.card(deck, id),
        "quiz": lambda topic="", cards=(), tags=(), mode="flip", limit=0, title="": quiz.quiz(
            deck, topic, cards, tags, mode, limit, title
        ),
        "study": lambda: quiz.study(deck),
        "term": lambda id, text="": quiz.term(deck, id, text),
        "glossary": lambda topic: glossary.topic_page(deck, topic, keep),
        "glossary_index": lambda: glossary.index(deck),
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


def placed(deck: Deck, docs: Path, url: str, text: str) -> list[str]:
    """The message of a call that failed while its page was built, with its place where it is found."""
    for path in (f"{url.rstrip('/')}.md", f"{url}index.md"):
        if (docs / path).is_file():
            for failed in ("", text):
                found = page_problems(deck, docs / path, f"{docs.name}/{path}", failed)
                if here := [str(problem) for problem in found if problem.text == text]:
                    return here
    return [f"{docs.name}/{url}: {text}"]


def box(problems: list[str]) -> str:
    """What a page shows in place of cards that could not be made."""
    items = "\n".join(f"<li><code>{escape(problem)}</code></li>" for problem in problems)
    return (
        '<div class="flash-problem" role="alert"><p>The cards cannot be shown. '
        f"Mend this, and they come back.</p>\n<ul>\n{items}\n</ul></div>"
    )


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
