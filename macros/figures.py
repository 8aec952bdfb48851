"""From the name of a drawing to a figure in a page, and to one that runs where a form goes with it.

A drawing is an SVG file that people write, `docs/figures/NAME.svg`. It goes into the page as it is,
so that it has the page's font and inks, and only after it has been checked: what it may hold is
listed here, since what a browser makes of the rest nobody can foresee.

A form is a piece of HTML, `overrides/figures/NAME.html`. With it the figure is an element,
`<fig-NAME>`, which a script beside the site's others brings to life.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from xml.parsers import expat

from .calls import address_of, named_in
from .citations import cite
from .markup import ROOT
from .model import CallError, Card, Deck, DeckError, Problem, near
from .rules import SLUG

FOLDER = "figures"  # in docs; of the forms in overrides

_SHAPES = "path line polyline polygon rect circle ellipse"
ELEMENTS = frozenset(f"svg title desc g text tspan {_SHAPES}".split())
ATTRIBUTES = frozenset(
    "class transform d points x y x1 y1 x2 y2 dx dy cx cy r rx ry width height fill stroke "
    "fill-opacity fill-rule opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity "
    "stroke-width dominant-baseline font-family font-size font-style font-weight letter-spacing "
    "text-anchor vector-effect".split()
)
ROOT_ATTRIBUTES = ATTRIBUTES - {"width", "height", "x", "y"} | {"viewBox", "xmlns"}
INKS = ("none", "currentColor")

_CITE = re.compile(r'\{\{ *cite\("([^"]+)"(?:, *"([^"]+)")?\) *\}\}')

# What to do about what people put into a drawing most often.
_REMEDIES = {
    "id": "The names of a page are the page's own, and two drawings may stand in one.",
    "style": "Color it by the classes that figures.css has.",
    "width": "The page sets the size; viewBox tells the shape.",
    "height": "The page sets the size; viewBox tells the shape.",
    "href": "A drawing leads nowhere and fetches nothing.",
    "xlink:href": "A drawing leads nowhere and fetches nothing.",
    "role": "The page says what it is.",
    "script": "A drawing runs nothing.",
    "image": "Draw it with shapes.",
    "defs": "Draw each thing where it stands.",
}


def figure(deck: Deck, name: str, caption: str = "") -> str:
    """A drawing in the page, with its name and description for who cannot see it, and with its form.

    Raises `DeckError` with every problem of a drawing that cannot be shown.
    """
    drawings = _drawings(deck)
    if name not in drawings:
        raise CallError(f'there is no drawing "docs/{FOLDER}/{name}.svg".{near(name, drawings)}')
    file = drawings[name]
    if found := drawing_problems(file):
        raise DeckError(found)
    svg = file.read_text(encoding="utf-8").strip()
    id = f"figure-{name}"
    named = f'role="img" aria-labelledby="{id}-title" aria-describedby="{id}-desc"'
    # The check has seen to it that these come first, and title and desc without attributes.
    svg = svg.replace("<svg", f"<svg {named} data-search-exclude", 1)
    for part in ("title", "desc"):
        svg = re.sub(rf"<{part}\s*>", f'<{part} id="{id}-{part}">', svg, count=1)
    form = deck.folder / "overrides" / FOLDER / f"{name}.html"
    origin, parts = "", ""
    if form.is_file():
        origin, parts = _form(deck, form)
    told = " ".join(filter(None, (escape(caption), origin)))
    shown = (
        f'<link rel="stylesheet" href="{ROOT}assets/figures.css">\n'
        f'<figure class="figure">\n{svg}'
        + (f"\n<figcaption>{told}</figcaption>" if told else "")
        + "\n</figure>"
    )
    if not parts:
        return shown
    # What it does is no text of the page, which a search would find.
    inside = f"{shown}\n<template data-search-exclude>\n{parts}\n</template>"
    return f'<fig-{name} id="fig-{name}" class="figure-runs">\n{inside}\n</fig-{name}>'


def address(deck: Deck, name: str) -> str:
    """Where a figure that runs stands, from the top of the site; empty where no page shows it."""
    if not name or deck.folder is None:
        return ""
    return _shown(*_pages(deck.folder / "docs")).get(name, "")


def _pages(docs: Path) -> tuple[Path, tuple[tuple[Path, int], ...]]:
    """A site's pages, each with the time of its last change."""
    return docs, tuple((file, file.stat().st_mtime_ns) for file in sorted(docs.rglob("*.md")))


@lru_cache(maxsize=4)
def _shown(docs: Path, files: tuple[tuple[Path, int], ...]) -> dict[str, str]:
    """The addresses of the figures that pages show, by their names."""
    found: dict[str, str] = {}
    for file, _time in files:
        for name in named_in(file.read_text(encoding="utf-8", errors="replace"), "figure", "name"):
            found.setdefault(name, f"{address_of(docs, file)}#fig-{name}")
    return found


def _form(deck: Deck, file: Path) -> tuple[str, str]:
    """What a form tells of where its numbers come from, and what a script brings to life."""

    def cited(call: re.Match) -> str:
        return cite(deck, call[1], call[2] or "")

    text = _CITE.sub(cited, file.read_text(encoding="utf-8").strip())
    origin, start, rest = text.partition("<form")
    return re.sub(r"<(/?)p\b", r"<\1span", origin.strip()), start + rest


def problems(deck: Deck) -> list[Problem]:
    """What is wrong with the drawings of a site, also with those that no page shows yet."""
    found = [fault for file in _drawings(deck).values() for fault in drawing_problems(file)]
    return found + [
        _not_shown(deck, card)
        for card in deck.cards
        if card.figure and not address(deck, card.figure)
    ]


def _not_shown(deck: Deck, card: Card) -> Problem:
    """That a card leads to a figure that no page shows, at the line where it says so."""
    line = deck.lines[card.id]
    text = (deck.folder / "cards.yaml").read_text(encoding="utf-8").splitlines()
    ahead = enumerate(text[line - 1 :], line)
    place = next(((n, t.index("figure:") + 1) for n, t in ahead if "figure:" in t), (line, 1))
    words = f'card "{card.id}": no page shows a figure "{card.figure}".{near(card.figure, _shown(*_pages(deck.folder / "docs")))}'
    return Problem("cards.yaml", *place, words)


def drawing_problems(file: Path) -> list[Problem]:
    """Everything for which a drawing cannot go into a page, with its line and column."""
    name = f"docs/{FOLDER}/{file.name}"
    if not SLUG.fullmatch(file.stem):
        words = "a drawing is named by small letters, digits and hyphens. Give it such a name."
        return [Problem(name, 0, 0, words)]
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        return [Problem(name, 0, 0, "it is not in UTF-8. Save it so.")]
    if not re.match(r"\s*<svg\s", text):
        words = "a drawing starts with its <svg>. Take out what stands before that."
        return [Problem(name, 1, 1, words)]
    return [Problem(name, *place, words) for place, words in _Reader().read(text)]


def _drawings(deck: Deck) -> dict[str, Path]:
    """The files of the drawings by their names; none where a deck comes from no file."""
    files = (deck.folder / "docs" / FOLDER).glob("*.svg") if deck.folder else ()
    return {file.stem: file for file in sorted(files)}


class _Reader:
    """Reads a drawing from its start to its end, and notes what may not be in it."""

    def __init__(self) -> None:
        self.found: list[tuple[tuple[int, int], str]] = []
        self.open: list[str] = []
        self.seen: list[str] = []
        self.said = {"title": "", "desc": ""}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        # A browser ends these earlier than XML does, and would read on inside them.
        self.parser.CommentHandler = partial(self._no, "a comment")
        self.parser.ProcessingInstructionHandler = partial(self._no, "an instruction in <? ?>")
        self.parser.StartCdataSectionHandler = partial(self._no, "a section in <![CDATA[ ]]>")

    def read(self, text: str) -> list[tuple[tuple[int, int], str]]:
        """What is wrong with a drawing: the place of each, and what to do about it."""
        try:
            self.parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            said = expat.errors.messages[error.code]
            place = (error.lineno, error.offset + 1)
            return [*self.found, (place, f"this is not valid XML: {said}. Close what is open.")]
        for name, what in (("title", "its name"), ("desc", "all that it shows, in words")):
            if not self.said[name].strip():
                words = (
                    f"it has no <{name}>: {what}, for who cannot see it. Write one at the start."
                )
                self.found.append(((1, 1), words))
        return self.found

    def _note(self, words: str) -> None:
        place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.found.append((place, words))

    def _no(self, what: str, *_) -> None:
        self._note(f"{what} cannot stand in a page's drawing. Take it out.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if words := self._misplaced(name):
            self._note(words)
        else:
            self._check_attributes(name, attributes)
        self.seen.append(name)
        self.open.append(name)

    def _misplaced(self, name: str) -> str:
        """What is wrong with an element that stands here; empty if nothing is."""
        if name not in ELEMENTS:
            why = _REMEDIES.get(name, "Draw with paths, shapes and text.")
            return f"<{name}> cannot stand in a drawing. {why}"
        if (name == "svg") == bool(self.open):
            return "a drawing is one <svg>. Put no other inside it."
        if name in self.said and (name in self.seen or set(self.seen) - {"svg", *self.said}):
            return (
                "a drawing has one <title> and one <desc>, before all else. "
                f"Put this <{name}> there, or take it out."
            )
        if self.open and self.open[-1] in self.said:
            return f"<{self.open[-1]}> holds plain text. Take the <{name}> out."
        return ""

    def _check_attributes(self, name: str, attributes: dict[str, str]) -> None:
        allowed = {"svg": ROOT_ATTRIBUTES, "title": (), "desc": ()}.get(name, ATTRIBUTES)
        for key, value in attributes.items():
            if key not in allowed:
                why = "A drawing runs nothing." if key.startswith("on") else _REMEDIES.get(key, "")
                self._note(f'<{name}> cannot have {key}="…". {why or "Take it out."}')
            elif key in ("fill", "stroke") and value not in INKS:
                self._note(
                    f'{key}="{value}" is the same ink on light and dark paper. Write "none" or '
                    '"currentColor", or give it a class such as "figure-a".'
                )
            elif "url(" in value:
                self._note(f"{key} cannot name something by url(…). Draw it where it stands.")
        if name == "svg" and "viewBox" not in attributes:
            self._note('the <svg> has no viewBox. Give it one, such as viewBox="0 0 360 200".')

    def _text(self, text: str) -> None:
        if self.open[-1] in self.said:
            self.said[self.open[-1]] += text

    def _end(self, name: str) -> None:
        self.open.pop()
