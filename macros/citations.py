"""From a deck's sources to what pages show of them: citations, a page's list of works, the bibliography."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from .markup import ROOT, entry_address
from .model import CallError, Deck, Source, unknown
from .words import words


@dataclass(frozen=True)
class Page:
    """A page that cites works."""

    title: str
    address: str  # from the top of the site
    cites: tuple[str, ...]  # ids of sources


def cite(deck: Deck, source: str, place: str = "") -> str:
    """A citation in the text, as "Darwin, 1859, chapter 4", which leads to the work."""
    if source not in deck.sources:
        raise CallError(unknown("source", source, deck.sources))
    known = deck.sources[source]
    said = ", ".join(part for part in (known.authors, known.year, place) if part)
    return f'<a href="{escape(known.url)}">{escape(said)}</a>'


def sources(deck: Deck, cited: Iterable[str]) -> str:
    """The works that a page cites, each once, ordered by authors."""
    ids = set(cited)
    if not ids:
        raise CallError(
            'this page cites nothing. Cite a work with {{ cite("ID") }}, or take the list out.'
        )
    known = _ordered(deck, ids & deck.sources.keys())
    items = "\n".join(f"<li>{reference(deck.sources[id])}.</li>" for id in known)
    return f"<ul>\n{items}\n</ul>"


def bibliography(deck: Deck, pages: Iterable[Page]) -> str:
    """Every work of the deck, ordered by authors, with the cards and the pages that lean on it."""
    say, cards, chapters = words(deck), defaultdict(list), defaultdict(list)
    for card in deck.cards:
        for id in card.sources:
            cards[id].append((entry_address(card), card.term))
    for page in pages:
        for id in page.cites:
            chapters[id].append((ROOT + page.address, page.title))
    items = []
    for id in _ordered(deck, deck.sources):
        uses = _uses(
            {
                say.html("bibliography.cards"): cards[id],
                say.html("bibliography.pages"): chapters[id],
            }
        )
        work = reference(deck.sources[id])
        items.append(f'<li id="source-{escape(id)}"><p>{work}.</p>{uses}</li>')
    return '<ul class="bibliography">\n' + "\n".join(items) + "\n</ul>"


def reference(source: Source) -> str:
    """A work as a bibliography has it, without a full stop at its end."""
    place = ", ".join(part for part in (source.venue, source.year) if part)
    ending = f", {escape(place)}" if place else ""
    return (
        f'{escape(source.authors)}, <a href="{escape(source.url)}"><cite>{escape(source.title)}</cite></a>'
        f"{ending}"
    )


def _ordered(deck: Deck, ids: Iterable[str]) -> list[str]:
    """The ids of works in the order of a bibliography: by authors, then by year."""

    def key(id: str) -> tuple[str, str, str]:
        work = deck.sources[id]
        return work.authors.casefold(), work.year, work.title

    return sorted(ids, key=key)


def _uses(leaning: dict[str, list[tuple[str, str]]]) -> str:
    """Lines of links to what leans on a work, by what it is; empty where nothing does."""
    lines = [
        f'<span class="entry-label">{label}</span> '
        + ", ".join(
            f'<a href="{escape(address)}"><bdi>{escape(name)}</bdi></a>' for address, name in links
        )
        for label, links in leaning.items()
        if links
    ]
    told = "<br>\n".join(lines)
    return f'\n<p class="entry-related" data-search-exclude>{told}</p>' if told else ""
