"""From a deck to its glossary: a page a topic, the index, and what was mended.

A topic's page is Markdown, so that its headings reach the table of contents and the
search; what stands under them is HTML, handed to `keep` and put in after the builder's
own Markdown has run.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from html import escape
from itertools import groupby

from . import figures, structured
from .citations import reference
from .markup import ROOT, Markup, entry_address, language
from .model import CallError, Card, Deck, Topic, unknown
from .repository import Repository
from .words import Words, words

Keep = Callable[[str], str]


def topic_page(deck: Deck, id: str, keep: Keep, repository: Repository | None = None) -> str:
    """The glossary page of a topic: its heading, its summary, and an entry a card."""
    topic = deck.topics_by_id.get(id)
    if topic is None:
        raise CallError(unknown("topic", str(id), deck.topics_by_id))
    parts = [f"# {keep(escape(topic.title))} {{#topic-{topic.id}}}"]
    if topic.summary:
        parts.append(keep(f'<p class="entry-lead">{escape(topic.summary)}</p>'))
    for card in deck.of_topic(id):
        parts.append(f"## {keep(f'<bdi>{escape(card.term)}</bdi>')} {{#{card.id}}}")
        parts.append(keep(_entry(deck, card, repository)))
    if repository:
        parts.append(keep(_suggestion(words(deck), repository, topic)))
    parts.append(keep(structured.terms(deck, topic)))
    return "\n\n".join(parts) + "\n"


def index(deck: Deck, repository: Repository | None = None) -> str:
    """Every term from A to Z, as a plain list that a filter box takes over."""
    ordered = sorted(deck.cards, key=lambda card: (_initial(card.term), _folded(card.term)))
    sections = []
    for letter, cards in groupby(ordered, key=lambda card: _initial(card.term)):
        items = "\n".join(_index_item(deck, card) for card in cards)
        sections.append(
            f'<section aria-label="{escape(letter)}"><p class="glossary-letter">{escape(letter)}</p>\n'
            f"<ul>\n{items}\n</ul></section>"
        )
    after = f"\n{_suggestion(words(deck), repository)}" if repository else ""
    return (
        f'<glossary-index data-deck="{deck.deck.id}">\n'
        + "\n".join(sections)
        + f"\n</glossary-index>{after}"
    )


def corrections(deck: Deck) -> str:
    """A table of what was pasted, what it became, and what was wrong and why."""
    label = words(deck).html("corrections.label")
    rows = "\n".join(
        f'<tr data-card="{card.id}">'
        f'<th scope="row" dir="auto" data-label="{label}">{escape(card.original.front)}</th>'
        f'<td><a href="{entry_address(card)}"><bdi>{escape(card.term)}</bdi></a></td>'
        f"<td>{escape(card.original.mended)}</td></tr>"
        for card in deck.cards
        if card.original
    )
    heads = "".join(
        f'<th scope="col">{words(deck).html(name)}</th>'
        for name in ("corrections.pasted", "corrections.became", "corrections.mended")
    )
    return (
        f'<link rel="stylesheet" href="{ROOT}assets/corrections.css">\n'
        f'<table class="corrections" data-search-exclude>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _entry(deck: Deck, card: Card, repository: Repository | None) -> str:
    markup, say = Markup.of(deck), words(deck)
    spoken = language(deck.deck.languages.back)
    parts = []
    if card.aliases:
        names = ", ".join(f"<bdi>{escape(alias)}</bdi>" for alias in card.aliases)
        parts.append(f'<p class="entry-aliases">{say.html("glossary.aliases", names=names)}</p>')
    parts.append(f'<div class="entry-answer" dir="auto"{spoken}>{markup.block(card.answer)}</div>')
    for name, label in (
        ("details", ""),
        ("example", say.html("glossary.example")),
        ("mistake", say.html("glossary.mistake")),
    ):
        if text := getattr(card, name):
            # Kept apart, so that the text's own first letter decides its direction.
            title = (
                f'<p class="entry-label" lang="{say.tag}"><bdi>{label}</bdi></p>' if label else ""
            )
            inside = title + markup.block(text)
            parts.append(f'<div class="entry-{name}" dir="auto"{spoken}>{inside}</div>')
    if address := figures.address(deck, card.figure):
        name = say.html("card.runOf", term=escape(card.term))
        link = f'<a href="{ROOT}{address}" aria-label="{name}">{say.html("card.run")}</a>'
        parts.append(f'<p class="entry-run" data-search-exclude>{link}</p>')
    if deck.related(card):
        links = ", ".join(
            f'<a href="{entry_address(other)}"><bdi>{escape(other.term)}</bdi></a>'
            for other in deck.related(card)
        )
        parts.append(
            f'<p class="entry-related"><span class="entry-label">{say.html("glossary.related")}</span> '
            f"{links}</p>"
        )
    if deck.cited(card):
        works = "\n".join(f"<li>{reference(source)}</li>" for source in deck.cited(card))
        parts.append(
            f'<div class="entry-sources"><p class="entry-label">{say.html("glossary.sources")}</p>'
            f"<ul>\n{works}\n</ul></div>"
        )
    if repository:
        parts.append(_mending(say, repository, card, deck.lines[card.id]))
    inside = "\n".join(parts)
    return f'<div class="entry" data-card="{card.id}" data-deck="{deck.deck.id}">\n{inside}\n</div>'


def _mending(say: Words, repository: Repository, card: Card, line: int) -> str:
    """The ways from an entry to its card in the repository, each with a name that tells it from others."""
    ways = (
        ("glossary.edit", "glossary.editThis", repository.edit(line)),
        ("glossary.source", "glossary.sourceOf", repository.source(line)),
        ("glossary.report", "glossary.reportIn", repository.report(card, say)),
    )
    links = "\n".join(
        f'<a href="{escape(address)}" aria-label="{say.html(whole, term=escape(card.term))}">'
        f"{say.html(short)}</a>"
        for short, whole, address in ways
    )
    return f'<p class="entry-links" data-search-exclude>\n{links}\n</p>'


def _suggestion(say: Words, repository: Repository, topic: Topic | None = None) -> str:
    address = escape(repository.suggest(topic))
    return (
        '<p class="page-edit" data-search-exclude>'
        f'{say.html("glossary.isMissing")} <a href="{address}">{say.html("glossary.suggest")}</a></p>'
    )


def _index_item(deck: Deck, card: Card) -> str:
    names = "".join(f", <bdi>{escape(alias)}</bdi>" for alias in card.aliases)
    aliases = f' <span class="glossary-aliases">{names[2:]}</span>' if names else ""
    gist = (
        f' <span class="glossary-gist">{Markup.of(deck).inline(card.gist)}</span>'
        if card.gist
        else ""
    )
    return (
        f'<li id="{card.id}" data-card="{card.id}"><a href="{entry_address(card)}">'
        f"<bdi>{escape(card.term)}</bdi></a>{aliases}{gist}</li>"
    )


def _folded(term: str) -> str:
    bare = unicodedata.normalize("NFKD", term.casefold())
    return "".join(char for char in bare if not unicodedata.combining(char))


def _initial(term: str) -> str:
    first = _folded(term)[:1].upper()
    return first if first.isalpha() else "#"
