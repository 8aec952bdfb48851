"""Anki's text: its notes as a table, with headers that say what the columns are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from ..model import Card, Deck, Topic
from ..words import front
from . import anki
from .anki import AnkiNote, Kind, Telling
from .drafts import MARKDOWN, Found, Options, Refused
from .hypertext import Medium
from .table import LONGEST, field_of
from .texts import elsewhere

# The way in

HEADER = re.compile(r"#([a-z]+(?: [a-z]+)?):(.*)")
_NAMES = frozenset(
    "separator html tags columns notetype deck guid if matches".split()
    + ["notetype column", "deck column", "tags column", "guid column", "if matches"]
)
_SEPARATORS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "space": " ",
    "pipe": "|",
    "colon": ":",
}


def is_header(line: str) -> bool:
    """Whether a line is one of Anki's headers."""
    found = HEADER.match(line)
    return bool(found) and found[1] in _NAMES


def read(text: str, options: Options) -> Found:
    """The cards of Anki's text."""
    headers, start = _headers(text)
    separator = _separator(headers.get("separator", ""), text, start)
    rows = list(_rows(text, separator, start))
    if not rows:
        raise Refused("after its headers there is no note in it. Export the notes again.")
    places = {name: _column(headers, name) for name in ("notetype", "deck", "tags", "guid")}
    width = max(len(cells) for _, cells in rows)
    for name, place in places.items():
        if place >= width:
            words = f'"#{name} column:{place + 1}" names a column that is not there. Take it out.'
            raise Refused(words, 1)
    names = headers.get("columns", "")
    named = next(csv.reader([names], delimiter=separator), []) if names else []
    inside = [n for n in range(width) if n not in places.values()]
    if len(inside) < 2:
        raise Refused("a card needs two sides, and there is one column for them.", rows[0][0])
    telling = Telling()
    kinds: dict[str, Kind] = {}
    html = headers.get("html", "true" if re.search("<br|<div|&nbsp;|<b>|<img", text) else "false")
    is_html = html.strip().lower() == "true"
    notes = []
    for line, cells in rows:
        cells = [*cells, *[""] * (width - len(cells))]
        values = tuple(cells[n] if is_html else anki.words_of_html(cells[n]) for n in inside)
        at = {name: cells[place] if place >= 0 else "" for name, place in places.items()}
        name = at["notetype"] or headers.get("notetype", "")
        kind = kinds.setdefault(
            name + " cloze" * ("{{c" in "".join(values)), _kind(name, values, named, inside)
        )
        tags = (headers.get("tags", "") + " " + at["tags"]).split()
        deck = at["deck"] or headers.get("deck", "")
        notes.append(AnkiNote(line, kind, values, tuple(dict.fromkeys(tags)), deck, at["guid"]))
    called = anki.titles(note.deck for note in notes if note.deck)
    notes = [
        AnkiNote(note.line, note.kind, note.values, note.tags, called.get(note.deck, ""), note.guid)
        for note in notes
    ]
    found = tuple(anki.drafts(notes, lambda line: _medium(options, telling, line), telling))
    said = f"Anki's text, {'in HTML' if is_html else 'as plain text'}"
    return Found(said, found, tuple(telling.notes), text=MARKDOWN, own=True)


def _headers(text: str) -> tuple[dict[str, str], int]:
    """The headers, and the line after them."""
    headers = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not is_header(line):
            return headers, number
        name, value = HEADER.match(line).groups()
        headers[name] = value.strip() if name != "columns" else value
    return headers, 1 + text.count("\n")


def _separator(given: str, text: str, start: int) -> str:
    if found := _SEPARATORS.get(given.lower(), given if len(given) == 1 else ""):
        return found
    if given:
        raise Refused(
            f'no separator is called "{given}". Anki has tab, comma, semicolon, pipe, colon and space.'
        )
    first = text.split("\n")[start - 1] if start <= text.count("\n") + 1 else ""
    return next((each for each in "\t;,|" if each in first), "\t")


def _column(headers: dict[str, str], name: str) -> int:
    given = headers.get(f"{name} column", "")
    return int(given) - 1 if given.isdecimal() and int(given) else -1


def _rows(text: str, separator: str, start: int) -> Iterator[tuple[int, list[str]]]:
    rest = "\n".join(text.split("\n")[start - 1 :])
    before = csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)
    line = start
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield line, cells
            line = start + reader.line_num
    except csv.Error:
        words = (
            'a quote opens in this row and does not close, or something follows its end. Write "" for '
            "a quote in a text."
        )
        raise Refused(words, line) from None
    finally:
        csv.field_size_limit(before)


def _kind(name: str, values: tuple[str, ...], named: list[str], inside: list[int]) -> Kind:
    """The kind of a note, whose columns may have names; without them the first two are the sides."""
    fields = [named[n] if n < len(named) and named[n].strip() else f"{n + 1}" for n in inside]
    fields = [f"{field} {n}" if field in fields[:n] else field for n, field in enumerate(fields)]
    front = next((f for f in fields if field_of(f) in ("term", "question")), fields[0])
    backs = [f for f in fields if f != front]
    template = f"{{{{{front}}}}}", "".join(f"{{{{{back}}}}}" for back in backs)
    return Kind(name or "text", tuple(fields), any("{{c" in value for value in values), (template,))


def _medium(options: Options, telling: Telling, line: int) -> Medium:
    """Pictures and sounds that are in docs/assets already; a text brings none."""

    def address(name: str) -> str:
        bare = name.removeprefix("assets/")
        if options.assets and "/" not in bare and (options.assets / bare).is_file():
            return f"assets/{bare}"
        telling.at(line)(
            f'it shows the file "{bare:.60}", which no text brings: left out. Put the file into '
            "docs/assets first, or bring in a package (.apkg)."
        )
        return ""

    return address


# The way out


SENTENCES = 5  # with gaps, that a note of ours has room for
HEADERS = """\
#separator:tab
#html:true
#notetype:Basic
#guid column:1
#deck column:2
#tags column:5
"""


def write(deck: Deck, address: str = "") -> bytes:
    """The card itself, front and back, of each card; a text brings no media, so their words stay."""
    markup = elsewhere(deck, address)
    lines = (
        "\t".join(
            (
                guid(deck, card),
                _cell(deck_name(deck, deck.topics_by_id[card.topic])),
                _cell(markup.inline(front(deck, card))),
                _cell(markup.block(card.answer)),
                " ".join(card.tags),
            )
        )
        for card in deck.cards
    )
    return (HEADERS + "".join(f"{line}\n" for line in lines)).encode()


def guid(deck: Deck, card: Card) -> str:
    """What Anki knows a card by for ever: its deck's id and the first that it had itself."""
    return f"{deck.deck.id}/{(*card.formerly, card.id)[0]}"


def deck_name(deck: Deck, topic: Topic | None = None) -> str:
    """The name of a deck in Anki, in which "::" leads to a deck inside another."""
    names = (deck.deck.title, *([topic.title] if topic else []))
    return "::".join(re.sub(r"\s*::+\s*", ": ", name).strip(": ") or "-" for name in names)


def _cell(text: str) -> str:
    """A cell in quotation marks where it needs them."""
    return '"' + text.replace('"', '""') + '"' if re.search(r'[\t\n\r"#]', text) else text
