"""Reads the macro calls in the pages that people write, and says which cannot work."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import yaml
from jinja2 import TemplateSyntaxError, nodes

from . import citations, figures, glossary, quiz
from .calls import address_of, arguments_of, calls_in, file_of, named_in, tokens_in
from .exchange import downloads
from .map import term_map
from .model import CallError, Card, Deck, DeckError, Problem
from .repository import Repository

NAMES = (
    "card",
    "quiz",
    "study",
    "term",
    "cite",
    "sources",
    "figure",
    "glossary",
    "glossary_index",
    "map",
    "bibliography",
    "corrections",
    "downloads",
)

# The arguments that name topics, cards and tags, by their place and their name.
IDS = {
    "card": {0: "card", "id": "card"},
    "term": {0: "card", "id": "card"},
    "glossary": {0: "topic", "topic": "topic"},
    "quiz": {0: "topic", "topic": "topic", 1: "card", "cards": "card", 2: "tag", "tags": "tag"},
}


def macros(
    deck: Deck,
    keep: Callable[[str], str],
    repository: Repository | None = None,
    page: Path | None = None,
) -> dict[str, Callable[..., str]]:
    """Every macro by its name in a page; each returns Markdown or HTML, or raises `CallError`.

    `page` is the file that they are called in.
    """
    return {
        "card": lambda id, mode="flip": quiz.card(deck, id, mode, repository),
        "quiz": lambda topic="", cards=(), tags=(), mode="flip", limit=0, title="": quiz.quiz(
            deck, topic, cards, tags, mode, limit, title, repository
        ),
        "study": lambda: quiz.study(deck, repository),
        "term": lambda id, text="": quiz.term(deck, id, text),
        "cite": lambda source, place="": citations.cite(deck, source, place),
        "sources": lambda: citations.sources(deck, cited(page) if page else ()),
        "figure": lambda name, caption="": figures.figure(deck, name, caption),
        "glossary": lambda topic: glossary.topic_page(deck, topic, keep, repository),
        "glossary_index": lambda: glossary.index(deck, repository),
        "map": lambda: term_map(deck),
        "bibliography": lambda: citations.bibliography(deck, _citing(deck)),
        "corrections": lambda: glossary.corrections(deck),
        "downloads": lambda: downloads.listed(deck),
    }


def problems(deck: Deck, docs: Path) -> list[Problem]:
    """Every macro call under `docs` that cannot work, and what the calls need and is not sound.

    That is a glossary page for each topic, and the drawings.
    """
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
    found += figures.problems(deck)
    names = _names_alone(deck)
    for page in sorted(docs.rglob("*.md")):
        found += page_problems(names, page, page.relative_to(docs.parent).as_posix())
    return found


def _names_alone(deck: Deck) -> Deck:
    """A deck of the same names without its texts, on which it does not depend which calls can work."""
    cards = (
        Card(
            card.id,
            card.term,
            card.topic,
            answer=card.id,
            question="?",
            tags=card.tags,
            reverse=card.reverse,
            cloze=card.cloze,
        )
        for card in deck.cards
    )
    return replace(deck, cards=tuple(cards))


def page_problems(deck: Deck, page: Path, name: str, failed: str = "") -> list[Problem]:
    """Every macro call of one page that cannot work; `name` is how messages call the page.

    `failed` is the message of a call that has failed in a build: it is said at each call
    that only the build can tell about.
    """
    known = macros(deck, keep=lambda html: html, page=page)
    source = page.read_text(encoding="utf-8", errors="replace")
    try:
        calls = list(calls_in(source, known))
    except TemplateSyntaxError as error:
        return [Problem(name, error.lineno, 1, f"{error.message}. Check the braces of this line.")]
    found = []
    for call, column in calls:
        macro = call.node.name
        try:
            called(known[macro], *arguments_of(call))
        except nodes.Impossible:
            # Made from other values; only the build can tell.
            if failed.startswith(f"{macro}(): "):
                found.append(Problem(name, call.lineno, column, failed))
        except CallError as error:
            found.append(Problem(name, call.lineno, column, f"{macro}(): {error}"))
        except DeckError:
            pass  # a drawing is at fault, not the call; `problems` tells of it
    return found


def cited(page: Path) -> list[str]:
    """The ids of the sources that a page cites, each once, in the order of its text."""
    return named_in(page.read_text(encoding="utf-8", errors="replace"), "cite", "source")


def _citing(deck: Deck) -> Iterator[citations.Page]:
    """The pages that cite works; the chapters come first, in the order of their topics."""
    if deck.folder is None:
        return
    docs, places = deck.folder / "docs", {id: n for n, id in enumerate(deck.topics_by_id)}
    for file in sorted(docs.rglob("*.md"), key=lambda file: (places.get(file.stem, 999), file)):
        if ids := cited(file):
            yield citations.Page(_title(file), address_of(docs, file), tuple(ids))


def _title(page: Path) -> str:
    """The title of a page, from its front matter, or else its first heading."""
    text = page.read_text(encoding="utf-8", errors="replace")
    if front := re.match(r"---\r?\n(.*?\r?\n)---\r?\n", text, re.DOTALL):
        with suppress(yaml.YAMLError):
            meta = yaml.load(front[1], yaml.BaseLoader)
            if isinstance(meta, dict) and isinstance(meta.get("title"), str):
                return meta["title"]
    heading = re.search(r"^# +(.*?)(?: *\{.*\})?\s*$", text, re.MULTILINE)
    return heading[1] if heading else page.stem


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
    if file := file_of(docs, url):
        name = file.relative_to(docs.parent).as_posix()
        for failed in ("", text):
            found = page_problems(deck, file, name, failed)
            if here := [problem for problem in found if problem.text == text]:
                return here
    return [Problem(f"{docs.name}/{url}", 0, 0, text)]


def named_ids(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Every id in quotes in a macro call of a page: its line and column, of what, the id."""
    before, macro, depth, argument = "", "", 0, None
    try:
        tokens = list(tokens_in(source))
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
