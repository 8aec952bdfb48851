"""Cards on paper, to cut out, as a page that the browser prints on A4 or Letter.

On both sides of the paper: eight fronts a page, and on the next their backs, with the columns changed
over as turning the paper about its long edge does. On one side: front and back beside each other, to
fold between them.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from ..markup import Markup, language
from ..model import Card, Deck
from ..words import front, words
from .texts import is_sound, media_file

A_PAGE = 8  # sides of cards
STYLE = "assets/print-sheet.css"

_STYLE = Path(__file__).resolve().parents[2] / "overrides" / STYLE

# How long a text may be, in signs of its Markdown, to stand on a card in each size of type.
_SIZES = ((200, "xl"), (310, "l"), (420, "m"), (580, "s"), (800, "xs"))
_LINE = 45  # signs that a line takes at the most
_PICTURE = 300  # as many signs as take its room


def write(deck: Deck, fold: bool = False, inside: bool = False) -> bytes:
    """The page; `inside` a site, in its folder `downloads`, it asks for the sheet and the pictures there.

    Else it carries them with it.
    """
    say, kind = words(deck), "fold" if fold else "print"
    title = say(f"downloads.{kind}Title", title=deck.deck.title)
    style = (
        f'<link rel="stylesheet" href="../{STYLE}">'
        if inside
        else f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"
    )
    back = f'<p><a href="../">{escape(deck.deck.title)}</a></p>\n' if inside else ""
    return (
        f'<!doctype html>\n<html{language(deck.deck.language)}>\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="robots" content="noindex">\n{style}\n</head>\n<body>\n'
        f"<header>\n{back}<h1>{escape(title)}</h1>\n<p>{say.html(f'downloads.{kind}How')}</p>\n</header>\n"
        f"<main>\n{''.join(_pages(deck, fold, inside))}</main>\n</body>\n</html>\n"
    ).encode()


def _pages(deck: Deck, fold: bool, inside: bool) -> Iterator[str]:
    markup = _on_paper(deck, inside)
    cards = list(enumerate(deck.cards, 1))
    at_once = A_PAGE // 2 if fold else A_PAGE
    for start in range(0, len(cards), at_once):
        some = cards[start : start + at_once]
        missing = [_EMPTY] * (at_once - len(some))
        fronts = [_front(deck, card, place, markup) for place, card in some] + missing
        backs = [_back(deck, card, place, markup) for place, card in some] + missing
        if fold:
            both = [side for pair in zip(fronts, backs, strict=True) for side in pair]
            yield _page("fold", both)
        else:
            yield _page("fronts", fronts)
            yield _page("backs", backs)


def _page(kind: str, sides: Sequence[str]) -> str:
    return f'<section class="page {kind}">\n{"".join(sides)}</section>\n'


_EMPTY = "<div></div>\n"


def _front(deck: Deck, card: Card, place: int, markup: Markup) -> str:
    text = front(deck, card)
    return _side(deck, card, place, "front", deck.deck.languages.front, text, markup.inline(text))


def _back(deck: Deck, card: Card, place: int, markup: Markup) -> str:
    spoken = deck.deck.languages.back
    return _side(deck, card, place, "back", spoken, card.answer, markup.block(card.answer))


def _side(deck: Deck, card: Card, place: int, kind: str, spoken: str, text: str, html: str) -> str:
    topic = escape(deck.topics_by_id[card.topic].title)
    return (
        f'<article data-card="{card.id}"><p class="head"><bdi>{topic}</bdi> <span>{place}</span></p>'
        f'<div class="{kind} {_size(text)}" dir="auto"{language(spoken)}>{html}</div></article>\n'
    )


def _size(text: str) -> str:
    lines = text.count("\n")
    long = len(text) + lines * _LINE + len(re.findall(r"!\[", text)) * _PICTURE
    return next((name for room, name in _SIZES if long <= room), "xxs")


def _on_paper(deck: Deck, inside: bool) -> Markup:
    """Renders without links, which nobody can follow on paper."""

    def nothing(self, tokens, n, options, env) -> str:
        return ""

    def image(self, tokens, n, options, env) -> str:
        words = escape(self.renderInlineAsText(tokens[n].children, options, env))
        file = media_file(deck, str(tokens[n].attrs["src"]))
        if file is None or is_sound(file):
            return words
        return f'<img src="{escape(_address(deck, file, inside))}" alt="{words}">'

    return Markup(deck, {"link_open": nothing, "link_close": nothing, "image": image})


def _address(deck: Deck, file: Path, inside: bool) -> str:
    if inside:
        return "../" + file.relative_to(deck.folder / "docs").as_posix()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
