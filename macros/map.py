"""The map: every term in the order of the deck, with those it hangs together with, as list and picture in one.

Two terms hang together where either names the other as related. From each term a line leads down the
margin to the later ones among them. It is cut into pieces, one beside each row, so that a row may be
as high as its text and nothing has to be measured in a browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .markup import ROOT, entry_address
from .model import Card, Deck, Topic
from .words import words

# In CSS pixels; term-map.css has a margin as wide, and the middle of a first line as far down.
WIDTH, MIDDLE = 84, 22
DOT = WIDTH - 12  # where the dots are
NEAREST, FARTHEST = WIDTH - 24, 2  # and the lines at either side
STEP, CURVE = 6, 4  # from line to line, where there is room
BELOW = 9999  # past the end of any row; what sticks out is cut off


def term_map(deck: Deck) -> str:
    """Every term in the deck's order, with those it hangs together with and the lines between them."""
    picture, say = _Picture(deck), words(deck)
    topics = [topic for topic in deck.topics if deck.of_topic(topic.id)]
    links = "\n".join(f'<a href="#topic-{topic.id}">{escape(topic.title)}</a>' for topic in topics)
    sections = "\n".join(_section(deck, topic, picture) for topic in topics)
    return (
        f'<link rel="stylesheet" href="{ROOT}assets/term-map.css">\n'
        f'<term-map data-deck="{deck.deck.id}" data-language="{escape(deck.deck.language)}" data-search-exclude>\n'
        f'<nav aria-label="{say.html("study.topics")}">\n{links}\n</nav>\n'
        f"{sections}\n</term-map>"
    )


def _section(deck: Deck, topic: Topic, picture: _Picture) -> str:
    rows = []
    for card in deck.of_topic(topic.id):
        row = f"{picture.beside(card)}\n<p>{_link(card)}</p>"
        if others := ", ".join(map(_link, picture.together(card))):
            row += f'\n<p class="map-with">{words(deck).html("map.with", terms=others)}</p>'
        rows.append(f'<li data-card="{card.id}">{row}</li>')
    inside = "\n".join(rows)
    return (
        f'<section aria-labelledby="topic-{topic.id}">\n'
        f'<h2 id="topic-{topic.id}">{picture.above(topic)}{escape(topic.title)}</h2>\n'
        f"<ol>\n{inside}\n</ol></section>"
    )


def _link(card: Card) -> str:
    return f'<a href="{entry_address(card)}"><bdi>{escape(card.term)}</bdi></a>'


class _Picture:
    """The lines between the cards of a deck, a piece at a time.

    A card's number is its place, and a line's that of the card from which it comes.
    """

    def __init__(self, deck: Deck):
        self._cards = [card for topic in deck.topics for card in deck.of_topic(topic.id)]
        self._places = {card.id: n for n, card in enumerate(self._cards)}
        self._together: list[set[int]] = [set() for _ in self._cards]
        for n, card in enumerate(self._cards):
            for other in {self._places[each.id] for each in deck.related(card)} - {n}:
                self._together[n].add(other)
                self._together[other].add(n)
        self._ends = {
            n: max(those) for n, those in enumerate(self._together) if max(those, default=-1) > n
        }
        lanes = self._lanes()
        step = min(STEP, (NEAREST - FARTHEST) / max([1, *lanes.values()]))
        # In the middle of a pixel, where a line is sharp.
        self._x = {n: int(NEAREST - lane * step) + 0.5 for n, lane in lanes.items()}

    def together(self, card: Card) -> list[Card]:
        """The cards that a card hangs together with, in order."""
        return [self._cards[n] for n in sorted(self._together[self._places[card.id]])]

    def above(self, topic: Topic) -> str:
        """The pieces beside a topic's heading."""
        at = next(n for n, card in enumerate(self._cards) if card.topic == topic.id)
        return _svg(self._passing(n) for n, end in self._ends.items() if n < at <= end)

    def beside(self, card: Card) -> str:
        """The pieces beside a card, those that end in it over the others, and its dot."""
        at = self._places[card.id]
        pieces = [self._passing(n) for n, end in self._ends.items() if n < at < end]
        pieces += [self._starting(at)] if at in self._ends else []
        pieces += [self._ending(n, at) for n in sorted(self._together[at]) if n < at]
        return _svg([*pieces, f'<circle cx="{DOT}" cy="{MIDDLE}" r="4"/>'])

    def _lanes(self) -> dict[int, int]:
        """The lane of each line, from the text outwards: the shorter the nearer, and no two touch."""
        lanes: list[list[tuple[int, int]]] = []
        for start, end in sorted(self._ends.items(), key=lambda line: (line[1] - line[0], line)):
            free = (lane for lane in lanes if all(end < a or b < start for a, b in lane))
            if (lane := next(free, None)) is None:
                lanes.append(lane := [])
            lane.append((start, end))
        return {start: n for n, lane in enumerate(lanes) for start, _ in lane}

    def _passing(self, line: int) -> str:
        return self._piece(line, f"M{self._x[line]:g} 0V{BELOW}")

    def _starting(self, line: int) -> str:
        x = self._x[line]
        bend = f"H{x + CURVE:g}Q{x:g} {MIDDLE} {x:g} {MIDDLE + CURVE}"
        return self._piece(line, f"M{DOT} {MIDDLE}{bend}V{BELOW}")

    def _ending(self, line: int, at: int) -> str:
        x = self._x[line]
        bend = f"V{MIDDLE - CURVE}Q{x:g} {MIDDLE} {x + CURVE:g} {MIDDLE}"
        return self._piece(line, f"M{x:g} 0{bend}H{DOT}", f' data-to="{self._cards[at].id}"')

    def _piece(self, line: int, shape: str, to: str = "") -> str:
        return f'<path data-from="{self._cards[line].id}"{to} d="{shape}"/>'


def _svg(parts: Iterable[str]) -> str:
    # Hidden, since the list says the same.
    return f'<svg aria-hidden="true">{"".join(parts)}</svg>'
