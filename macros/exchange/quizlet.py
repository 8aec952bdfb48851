"""Quizlet's text: a tab between the two sides and a line a card; in, also as copied from its page."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from math import log
from statistics import median

from ..model import Deck
from .drafts import Draft, Found, Note, Options, Refused
from .texts import Plain

# The way in

_PROSE = "this looks like prose or code, not like cards."
_HEADING = re.compile(r"#{1,6} |```|~~~|\|.*\|$")  # of a page in Markdown
_LONG = 12  # words of a front that is none, unless it asks
_MOST = 6  # lines of a card that is copied from a page
_NUMBERED = re.compile(r"\s*(?:\(?(?:[ivx]{1,4}|\d{1,3}|[a-z])[.)]|[-•*·–])\s")
_ENDED = re.compile(r"[.,;:]$")
# What people put between two sides, beside a tab; each would be a guess, so it must be said.
BETWEEN = (" - ", " – ", " — ", "---", " = ", " : ", ": ", "::", " | ", "|", ";", ",", "  ")

WHAT_A_DECK_IS = (
    "Put a card on each line, with a tab between its sides; or name what stands between them, such "
    'as --between " - ".'
)


def read(text: str, options: Options) -> Found:
    """The cards of a text; raises `Refused` where it holds none."""
    between = unescaped(options.between) or "\t"
    after = unescaped(options.after) or "\n"
    if between in text:
        return _with_separators(text, between, after)
    if options.between or options.after:
        raise Refused(f"{named(between)} stands nowhere in it. Name what stands between the sides.")
    return alternating(text)


def unescaped(separator: str) -> str:
    """A separator as it was meant, where somebody wrote \\t for a tab and \\n for a new line."""
    return separator.replace("\\t", "\t").replace("\\n", "\n")


def named(separator: str) -> str:
    """What a message calls a separator."""
    return {"\t": "a tab", "\n": "a new line"}.get(separator, f'"{separator}"'.replace("\n", "\\n"))


def _with_separators(text: str, between: str, after: str) -> Found:
    pieces = text.split(after)
    breaks = accumulate((piece.count("\n") + after.count("\n") for piece in pieces), initial=0)
    # A piece may start with the line breaks that follow a separator of another kind.
    parts = [
        (1 + line + _lead(piece), piece.strip("\n" if between == "\t" else "\n\t"))
        for line, piece in zip(breaks, pieces, strict=False)
        if piece.strip()
    ]
    marked = sum(between in piece for _, piece in parts)
    if marked * 4 < len(parts):
        words = f"only {marked} of {len(parts)} lines have {named(between)}."
        raise Refused(f"{words} {WHAT_A_DECK_IS}")
    drafts: list[tuple[int, str, str]] = []
    notes, title = [], ""
    for line, piece in parts:
        front, found, back = piece.partition(between)
        if found:
            if between in back:
                what = "a stray tab" if between == "\t" else f"{named(between)} a second time"
                notes.append(Note(line, f"{what}: the card is split at the first one."))
                back = back.replace(between, " ") if between == "\t" else back
            drafts.append((line, front, back))
        elif drafts:
            start, front, back = drafts[-1]
            drafts[-1] = start, front, f"{back.strip()}\n{piece.strip()}".strip()
            words = f'it has no {named(between).removeprefix("a ")}: taken for more of the answer of "{front.strip():.40}".'
            notes.append(Note(line, words))
        elif not title:
            title = piece.strip()
            notes.append(Note(line, f'taken for the title: "{title:.60}".'))
        else:
            notes.append(
                Note(line, f'"{piece.strip():.60}" stands before the first card: left out.')
            )
    said = (
        f"Quizlet's text, with {named(between)} between the sides and {named(after)} after a card"
    )
    made = tuple(Draft(line, {"term": front, "answer": back}) for line, front, back in drafts)
    return Found(said, made, tuple(notes), title=title)


def _lead(piece: str) -> int:
    return len(piece) - len(piece.lstrip("\n"))


# Lines that alternate, as one copies them from Quizlet's page


def alternating(text: str) -> Found:
    """The cards of lines that are fronts and backs by turns, perhaps under a title."""
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    _refuse_what_is_none(lines)
    starts = _cut([line.strip() for _, line in lines])
    title = lines[0][1].strip() if starts[0] else ""
    notes = [Note(lines[0][0], f'taken for the title: "{title:.60}".')] if title else []
    long = sum(
        len(lines[start][1].split()) > _LONG and "?" not in lines[start][1] for start in starts
    )
    if long * 4 > len(starts):
        raise Refused(f"{_PROSE} {WHAT_A_DECK_IS}")
    drafts = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        front, *back = (line.strip() for _, line in lines[start:end])
        line = lines[start][0]
        if len(back) > 1:
            words = f'lines {lines[start + 1][0]} to {lines[end - 1][0]} are taken for one answer, of "{front:.40}".'
            notes.append(Note(lines[start + 1][0], words))
        drafts.append(Draft(line, {"term": front, "answer": "\n".join(back)}))
    said = "lines that are fronts and backs by turns, as copied from Quizlet's page"
    return Found(said, tuple(drafts), tuple(notes), title=title)


def _refuse_what_is_none(lines: list[tuple[int, str]]) -> None:
    texts = [line for _, line in lines]
    if len(texts) < 2:
        raise Refused(f"there is one line, and no tab in it. {WHAT_A_DECK_IS}", lines[0][0])
    bare = [line.strip() for line in texts]
    shared = [each for each in BETWEEN if sum(each in line for line in bare) * 5 > len(bare) * 4]
    words = median(len(line.split()) for line in texts)
    # Commas are in any long sentence.
    if shared and (words <= 14 or shared[0] not in (",", ";", ": ")):
        told = (
            f"most lines have {named(shared[0])} in them, and none has a tab. If that stands between "
            f'the sides, say --between "{shared[0]}".'
        )
        raise Refused(told, lines[0][0])
    indented = sum(line[0] in " \t" for line in texts)
    headed = sum(bool(_HEADING.match(line)) for line in bare)
    if words > 14 or indented * 4 > len(texts) or headed * 10 > len(texts):
        raise Refused(f"{_PROSE} {WHAT_A_DECK_IS}")
    ended = Counter(bool(_ENDED.search(line.strip())) for line in texts[::2])
    if len(texts) > 5 and ended[True] * 5 > 2 * len(texts[::2]):
        other = Counter(bool(_ENDED.search(line.strip())) for line in texts[1::2])
        if other[True] * 5 > 2 * len(texts[1::2]):
            raise Refused(f"{_PROSE} {WHAT_A_DECK_IS}")


def _cut(lines: list[str]) -> list[int]:
    """Where the cards start, by what is likeliest: short fronts, longer backs, no loose lines."""
    usual = median(log(1 + len(line)) for line in lines)
    front = [_cost_as_front(line, usual) for line in lines]
    back = [_cost_as_back(line, usual) for line in lines]
    best: list[tuple[float, int]] = [(0.0, 0)]  # for so many lines: the cost, the last card's start
    for end in range(1, len(lines) + 1):
        found = [(0.25, 0)] if end == 1 else []  # a title
        for size in range(2, min(_MOST, end) + 1):
            start = end - size
            more = 1.5 * (size - 2)
            found.append((best[start][0] + front[start] + back[start + 1] + more, start))
        best.append(min(found))
    starts, end = [], len(lines)
    while end > 1:
        end = best[end][1]
        starts.append(end)
    return starts[::-1]


def _cost_as_front(line: str, usual: float) -> float:
    if line.endswith(("?", "？", "؟")):
        return 0.0
    cost = max(0.0, log(1 + len(line)) - usual)
    return cost + 2 * bool(_NUMBERED.match(line)) + 0.5 * bool(_ENDED.search(line))


def _cost_as_back(line: str, usual: float) -> float:
    asks = line.endswith(("?", "？", "؟"))
    return max(0.0, usual - log(1 + len(line))) / 2 + asks


# The way out


def write(deck: Deck) -> bytes:
    """The question of each card, or else its term, and the answer, as plain text in one line."""
    plain = Plain(deck)

    def side(text: str) -> str:
        return re.sub(r"\s+", " ", plain(text))

    lines = (
        f"{side(card.question) if card.question else card.term}\t{side(card.answer)}\n"
        for card in deck.cards
    )
    return "".join(lines).encode()
