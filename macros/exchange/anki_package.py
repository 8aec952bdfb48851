"""Anki packages: .apkg and .colpkg, with the old collection (JSON in one row) or the new one (zstd).

A package comes from somebody, so nothing in it is believed: no size, no name, no text.

What Anki knows our own notes by must never change, or a newer package would be a second deck beside
the first: `FIELDS`, `TEMPLATES`, the ids and the guids.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import sqlite3
import struct
import tempfile
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from posixpath import splitext
from typing import Any

from ..citations import reference
from ..markup import AUDIO, Markup, language
from ..model import Card, Deck, Topic, slug
from ..rules import GAP
from ..words import front, words
from . import anki, anki_record
from .anki import AnkiNote, Kind, Telling
from .anki_record import Record, Returned
from .anki_text import SENTENCES, deck_name, guid
from .drafts import MARKDOWN, Found, Media, Options, Refused
from .hypertext import Medium
from .texts import elsewhere, is_sound

# The way in

LARGEST = 200_000_000  # bytes of a collection, unpacked
LARGEST_FILE = 50_000_000  # the same of a picture or sound
LARGEST_LIST = 20_000_000  # the same of the list of these
MOST_FILES = 100_000
STEPS = 20_000  # of 100,000 instructions each, that a query may take

# The newest first: a package may hold an empty older one that only asks for a newer Anki.
NEW = "collection.anki21b"
COLLECTIONS = (NEW, "collection.anki21", "collection.anki2")
PICTURES = frozenset(".png .jpg .jpeg .gif .webp .avif .svg".split())

AGAIN = "Export it from Anki again."
_ACTIVE = re.compile(rb"<script|\son\w+\s*=|javascript:|<foreignobject|<!entity", re.IGNORECASE)


def read(path: Path, options: Options) -> Found:
    """The cards of a package; nothing of it is written anywhere."""
    with _opened(path) as package:
        entries, name = _entries(package)
        is_new = name == NEW
        telling = Telling()
        media = _Shown(path, _media_list(package, entries, is_new), is_new, options, telling)
        notes = _found(package, entries[name], lambda database: list(_read_notes(database)))
    called = anki.titles(note.deck for note in notes)
    notes = [_renamed(note, called) for note in notes]
    drafts = tuple(anki.drafts(notes, media.of_note, telling))
    telling.once(
        "when each card is due is not brought along: here everybody has their own.", doubtful=False
    )
    said = f"Anki's package, with the {'new' if is_new else 'old'} collection"
    title = path.stem
    if (roots := {re.split(r"::|\x1f", deck)[0] for deck in called}) and len(roots) == 1:
        title = next(iter(roots))
    return Found(
        said,
        drafts,
        tuple(telling.notes),
        text=MARKDOWN,
        own=True,
        topics=tuple(Topic(id, name) for id, name in telling.topics.items()),
        title=title if title != "Default" else "",
        media=tuple(media.files.values()),
        unit="note",
    )


def returned(path: Path, deck: Deck, record: Record) -> Returned:
    """What the package at `path` knows of a learner of the deck, and a record does not."""
    with _opened(path) as package:
        entries, name = _entries(package)
        return _found(
            package, entries[name], lambda database: anki_record.returned(database, deck, record)
        )


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as package:
            yield package
    except zipfile.BadZipFile:
        raise Refused(f"the package is damaged or cut off. {AGAIN}") from None


def _entries(package: zipfile.ZipFile) -> tuple[dict[str, zipfile.ZipInfo], str]:
    """The entries of a package by name, and the name of its collection."""
    entries = {entry.filename: entry for entry in package.infolist()}
    if len(entries) > MOST_FILES:
        raise Refused(f"the package has {len(entries)} files, and {MOST_FILES} at most are read.")
    name = next((name for name in COLLECTIONS if name in entries), "")
    if not name:
        raise Refused(_why_none(entries))
    return entries, name


def _why_none(entries: dict[str, zipfile.ZipInfo]) -> str:
    if "xl/workbook.xml" in entries or "mimetype" in entries:
        return (
            "this is a workbook or a document. Save it as CSV (UTF-8), with a column for each side."
        )
    if "word/document.xml" in entries:
        return (
            "this is a Word document. Save it as plain text (UTF-8), with a tab between the sides."
        )
    return "there is no collection of Anki in this archive. Unpack it, and bring in what is inside."


def unpacked(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int, is_packed: bool
) -> Iterator[bytes]:
    """The content of an entry in parts, unpacked twice where it is packed so; raises `Refused`."""
    shown = entry.filename if entry.filename.isprintable() else "a file"
    too_large = (
        f'"{shown:.60}" would have more than {largest // 1_000_000} MB once unpacked: not read.'
    )
    if entry.file_size > largest:
        raise Refused(too_large)
    total = 0
    try:
        with package.open(entry) as file:
            parts = iter(lambda: file.read(1 << 20), b"")
            for part in _without_zstd(parts) if is_packed else parts:
                total += len(part)
                if total > largest:
                    raise Refused(too_large)
                yield part
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError):
        raise Refused(f'"{shown:.60}" in the package is damaged or cut off. {AGAIN}') from None
    except (RuntimeError, NotImplementedError):
        raise Refused(f'"{shown:.60}" is locked, or packed in an unknown way. {AGAIN}') from None


def _without_zstd(parts: Iterator[bytes]) -> Iterator[bytes]:
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd  # before Python 3.14
    reader = zstd.ZstdDecompressor()
    try:
        for part in parts:
            yield reader.decompress(part, 1 << 20)
            while not reader.eof and not reader.needs_input:
                yield reader.decompress(b"", 1 << 20)
    except zstd.ZstdError:
        raise zlib.error from None
    if not reader.eof:
        raise EOFError


# Media


def _media_list(
    package: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], is_new: bool
) -> dict[str, zipfile.ZipInfo]:
    """The entries of pictures and sounds, by the names that notes call them by."""
    if "media" not in entries:
        return {}
    content = b"".join(unpacked(package, entries["media"], LARGEST_LIST, is_new))
    wrong = Refused(f"the package's list of pictures and sounds cannot be read. {AGAIN}")
    try:
        if is_new:
            names = {
                str(n): _proto(entry)[1][0].decode() for n, entry in enumerate(_proto(content)[1])
            }
        else:
            names = json.loads(content or b"{}")
            names = {str(n): name for n, name in names.items() if isinstance(name, str)}
    except (ValueError, IndexError, AttributeError, RecursionError):
        raise wrong from None
    for name in names.values():
        if re.search(r"[/\\\0]|^\.\.?$", name):
            shown = "".join(char if char.isprintable() else "?" for char in name)
            raise Refused(
                f'a picture or sound is called "{shown:.60}", a path, which no package of Anki has: not read.'
            )
    return {name: entries[n] for n, name in names.items() if n in entries}


def _proto(content: bytes) -> dict[int, list]:
    """The fields of a message in Protocol Buffers, by number; raises `ValueError`."""
    fields: dict[int, list] = defaultdict(list)
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError

    while at < len(content):
        key = number()
        kind = key & 7
        if kind == 0:
            fields[key >> 3].append(number())
        elif kind == 2:
            length = number()
            if at + length > len(content):
                raise ValueError
            fields[key >> 3].append(content[at : at + length])
            at += length
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError
    return fields


class _Shown:
    """The pictures and sounds that notes show, each under a name that fits into an address."""

    def __init__(
        self,
        path: Path,
        entries: dict[str, zipfile.ZipInfo],
        is_new: bool,
        options: Options,
        telling: Telling,
    ):
        self.files: dict[str, Media] = {}  # by the names in the package
        self._path, self._entries, self._is_new = path, entries, is_new
        self._assets, self._telling = options.assets, telling
        self._names: set[str] = set()

    def of_note(self, line: int) -> Medium:
        """What a picture or sound of a note is called in card Markdown."""
        tell = self._telling.at(line)

        def address(name: str) -> str:
            if name in self.files:
                return f"assets/{self.files[name].name}"
            kind = splitext(name)[1].lower()
            shown = "".join(char if char.isprintable() else "?" for char in name)
            if name not in self._entries:
                tell(f'the file "{shown:.60}" is not in the package: left out.')
            elif kind not in PICTURES | AUDIO:
                tell(
                    f'"{shown:.60}" is neither a picture nor a sound that a card can hold: left out.'
                )
            elif kind == ".svg" and _ACTIVE.search(self._content(name)()):
                tell(f'the picture "{shown:.60}" holds a program: left out.')
            else:
                read = self._content(name)
                self.files[name] = Media(self._free(name, read), read)
                return f"assets/{self.files[name].name}"
            return ""

        return address

    def _content(self, name: str) -> Callable[[], bytes]:
        entry = self._entries[name]

        def content() -> bytes:
            with zipfile.ZipFile(self._path) as package:
                return b"".join(unpacked(package, entry, LARGEST_FILE, self._is_new))

        return content

    def _free(self, name: str, read: Callable[[], bytes]) -> str:
        """A name that no other file has, here or in docs/assets, unless it is the same file."""
        stem, kind = splitext(name)
        known_by = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        free = f"{slug(stem)[:60].strip('-') or known_by}{kind.lower()}"
        there = self._assets / free if self._assets else None
        if free in self._names or (there and there.exists() and there.read_bytes() != read()):
            free = f"{free.removesuffix(kind.lower())}-{known_by}{kind.lower()}"
        self._names.add(free)
        return free


# The collection


def _found(
    package: zipfile.ZipFile, entry: zipfile.ZipInfo, ask: Callable[[sqlite3.Connection], Any]
) -> Any:
    """What a question finds in the collection of a package; raises `Refused` where there is none."""
    with tempfile.TemporaryDirectory(prefix="collection-") as folder:
        file = Path(folder, "collection")
        with file.open("wb") as out:
            for part in unpacked(package, entry, LARGEST, entry.filename == NEW):
                out.write(part)
        try:
            uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(uri, uri=True)) as database:
                _guard(database)
                return ask(database)
        except (
            sqlite3.Error,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            IndexError,
            RecursionError,
        ):
            raise Refused(
                f"the package's collection is no database of Anki, or is damaged. {AGAIN}"
            ) from None


def _guard(database: sqlite3.Connection) -> None:
    """Let a database that somebody sent do nothing but be read, and not for ever."""
    steps = iter(range(STEPS))
    database.set_progress_handler(lambda: next(steps, None) is None, 100_000)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    # Anki's own order of names, by which nothing is ordered here.
    database.create_collation("unicase", lambda a, b: (a > b) - (a < b))


def _read_notes(database: sqlite3.Connection) -> Iterator[AnkiNote]:
    tables = {
        name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not {"notes", "cards", "col"} <= tables:
        raise ValueError
    kinds, decks = (_new_types if "notetypes" in tables else _old_types)(database)
    cards: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for note, deck, home, order in database.execute("SELECT nid, did, odid, ord FROM cards"):
        cards[note].append((order, home or deck))  # a card in a filtered deck has a home
    query = "SELECT id, guid, mid, tags, flds FROM notes ORDER BY id"
    for line, (id, own_guid, kind, tags, values) in enumerate(database.execute(query), 1):
        own = sorted(cards.get(id, ()))
        deck = decks.get(own[0][1], "") if own else ""
        yield AnkiNote(
            line,
            kinds.get(kind) or Kind("?", ("Front", "Back")),
            tuple(str(values).split("\x1f")),
            tuple(str(tags).split()),
            deck,
            str(own_guid),
            frozenset(order for order, _ in own),
        )


def _old_types(database: sqlite3.Connection) -> tuple[dict[int, Kind], dict[int, str]]:
    models, decks = database.execute("SELECT models, decks FROM col").fetchone()
    kinds = {}
    for id, model in json.loads(models).items():
        templates = sorted(model["tmpls"], key=lambda each: each["ord"])
        kinds[int(id)] = Kind(
            str(model["name"]),
            tuple(
                str(each["name"]) for each in sorted(model["flds"], key=lambda each: each["ord"])
            ),
            model.get("type") == 1,
            tuple((str(each["qfmt"]), str(each["afmt"])) for each in templates),
        )
    return kinds, {int(id): str(deck["name"]) for id, deck in json.loads(decks).items()}


def _new_types(database: sqlite3.Connection) -> tuple[dict[int, Kind], dict[int, str]]:
    fields: dict[int, list[str]] = defaultdict(list)
    for kind, name in database.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        fields[kind].append(name)
    templates: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for kind, config in database.execute("SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        sides = _proto(config)
        templates[kind].append(tuple(b"".join(sides[n][-1:]).decode() for n in (1, 2)))
    kinds = {
        id: Kind(name, tuple(fields[id]), _proto(config)[1][-1:] == [1], tuple(templates[id]))
        for id, name, config in database.execute("SELECT id, name, config FROM notetypes")
    }
    return kinds, dict(database.execute("SELECT id, name FROM decks"))


def _renamed(note: AnkiNote, called: dict[str, str]) -> AnkiNote:
    name = called.get(note.deck, "")
    return AnkiNote(
        note.line,
        note.kind,
        note.values,
        note.tags,
        "" if name == "Default" else name,
        note.guid,
        note.templates,
    )


# The way out


FIELDS = (
    "Front",
    "Back",
    "Term",
    "Topic",
    "Aliases",
    "Gist",
    "Hint",
    "Details",
    "Example",
    "Mistake",
    "Sources",
    "Reverse",
    *(f"Cloze {n}" for n in range(1, SENTENCES + 1)),
    "Link",
    "Id",
)
TEMPLATES = ("Card", "Reverse", *(f"Cloze {n}" for n in range(1, SENTENCES + 1)))

STYLE = Path(__file__).with_name("anki_cards.css")


def write(deck: Deck, at: int, address: str = "", record: Record | None = None) -> bytes:
    """The package as of a time, in seconds since 1970; Anki takes in what is newer than what it has.

    Links lead to the site at `address`; without one there are none. Where there is a learner's
    record, its answers and schedules are in the package.
    """
    import genanki  # takes a tenth of a second, which no other command should wait for

    media = _Media(deck)
    markup = elsewhere(deck, address, media)
    model = genanki.Model(
        _number(deck, "model"),
        deck.deck.title,
        fields=[{"name": name} for name in FIELDS],
        templates=_templates(deck),
        css=STYLE.read_text(encoding="utf-8"),
    )
    decks = {"": genanki.Deck(_number(deck, "deck"), deck_name(deck), _description(deck, address))}
    for topic in deck.topics:
        description = escape(topic.summary)
        id = _number(deck, f"deck {topic.id}")
        decks[topic.id] = genanki.Deck(id, deck_name(deck, topic), description)
    for place, card in enumerate(deck.cards):
        note = genanki.Note(
            model,
            _fields(deck, card, markup, address),
            sort_field=card.term,
            tags=card.tags,
            guid=guid(deck, card),
            due=place,
        )
        decks[card.topic].add_note(note)
    package = genanki.Package(list(decks.values()))
    return _zipped(_database(package, at, deck, record), media, at)


def _fields(deck: Deck, card: Card, markup: Markup, address: str) -> list[str]:
    """What stands in each of FIELDS."""
    sentences = [_with_gaps(markup, sentence) for sentence in card.cloze[:SENTENCES]]
    works = "".join(f"<li>{reference(source)}</li>" for source in deck.cited(card))
    return [
        markup.inline(front(deck, card)),
        markup.block(card.answer),
        escape(card.term),
        escape(deck.topics_by_id[card.topic].title),
        escape(", ".join(card.aliases)),
        markup.inline(card.gist),
        markup.inline(card.hint),
        markup.block(card.details),
        markup.block(card.example),
        markup.block(card.mistake),
        f"<ul>{works}</ul>" if works else "",
        markup.inline(card.reverse),
        *sentences,
        *[""] * (SENTENCES - len(sentences)),
        f"{address}glossary/{card.topic}/#{card.id}" if address else "",
        card.id,
    ]


def _with_gaps(markup: Markup, sentence: str) -> str:
    """A sentence whose gaps are marked; these letters stand in no text of a language."""
    html = markup.inline(GAP.sub("\ue000\\1\ue001", sentence))
    return html.replace("\ue000", "<mark>").replace("\ue001", "</mark>")


def _templates(deck: Deck) -> list[dict[str, str]]:
    """The front and the back of each of TEMPLATES."""
    say, tongues = words(deck), deck.deck.languages
    own = language(deck.deck.language)
    asking, answering = language(tongues.front) or own, language(tongues.back) or own
    more = "".join(
        f"{{{{#{name}}}}}{label}<div>{{{{{name}}}}}</div>{{{{/{name}}}}}"
        for name, label in (
            ("Details", ""),
            ("Example", f'<p class="label">{say.html("glossary.example")}</p>'),
            ("Mistake", f'<p class="label">{say.html("glossary.mistake")}</p>'),
            ("Sources", f'<p class="label">{say.html("glossary.sources")}</p>'),
        )
    )
    entry = say.html("card.entry", term="{{Term}}")
    below = (
        f'<details class="more"{own}><summary>{say.html("deck.more")}</summary>'
        f"{{{{#Aliases}}}}<p>{say.html('glossary.aliases', names='{{Aliases}}')}</p>{{{{/Aliases}}}}"
        f'<div dir="auto"{answering}>{more}</div></details>'
        f'{{{{#Link}}}}<p class="entry"{own}><a href="{{{{Link}}}}">{entry}</a></p>{{{{/Link}}}}'
    )
    hint = f'{{{{#Hint}}}}<div class="hints"{own}>{{{{hint:Hint}}}}</div>{{{{/Hint}}}}'
    answer = f'<div class="answer" dir="auto"{answering}>{{{{Back}}}}</div>'

    def template(name: str, field: str, lang: str, answer: str) -> dict[str, str]:
        # Nothing else may show where the field is empty: Anki then makes no card.
        head = f'<div class="sheet"><p class="head"{own}>{{{{Topic}}}}</p>'
        asked = f'<div class="front" dir="auto"{lang}>{{{{{field}}}}}</div>'
        return {
            "name": name,
            "qfmt": f"{{{{#{field}}}}}{head}<div class='asked'>{asked}</div>{hint}</div>{{{{/{field}}}}}",
            "afmt": f'{head}{asked}<hr id="answer">{answer}{below}</div>',
        }

    term = f'<p class="term" dir="auto"{own}>{{{{Term}}}}</p>'
    return [
        template("Card", "Front", asking, answer),
        template("Reverse", "Reverse", own, term + answer),
        *(template(name, name, own, answer) for name in TEMPLATES[2:]),
    ]


def _description(deck: Deck, address: str) -> str:
    parts = [escape(deck.deck.description), escape(deck.deck.license)]
    parts.append(f'<a href="{escape(address)}">{escape(address)}</a>' if address else "")
    return "<br>".join(filter(None, parts))


def _number(deck: Deck, name: str) -> int:
    """The number by which Anki knows a thing of a deck, always the same."""
    digest = hashlib.sha256(f"{deck.deck.id} {name}".encode()).digest()
    return (1 << 30) + int.from_bytes(digest[:8], "big") % (1 << 30)


class _Media:
    """The files that cards name, each under a name that no other deck's file has."""

    def __init__(self, deck: Deck):
        self._deck = deck.deck.id
        self._names: dict[Path, str] = {}
        self.files: dict[str, bytes] = {}

    def __call__(self, file: Path | None, words: str) -> str:
        """What shows a file in Anki; the words alone where it is missing."""
        if file is None:
            return escape(words)
        name = escape(self._named(file))
        return f"[sound:{name}]" if is_sound(file) else f'<img src="{name}" alt="{escape(words)}">'

    def _named(self, file: Path) -> str:
        if file not in self._names:
            content = file.read_bytes()
            # With the content in its name, a file that has changed takes no other's place.
            known_by = hashlib.sha256(content).hexdigest()[:12]
            stem = re.sub(r"[^\w-]+", "-", file.stem)
            self._names[file] = f"{self._deck}-{stem}-{known_by}{file.suffix.lower()}"
            self.files[self._names[file]] = content
        return self._names[file]


def _database(package, at: int, deck: Deck, record: Record | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        file = Path(folder, "collection.anki2")
        with closing(sqlite3.connect(file)) as connection:
            package.write_to_db(connection.cursor(), at, itertools.count(at * 1000))
            if record:
                anki_record.put(connection, deck, record, at)
            connection.commit()
        return file.read_bytes()


def _zipped(database: bytes, media: _Media, at: int) -> bytes:
    """The package's file, in which every time is the one given, so that equal content is equal bytes."""
    names = dict(enumerate(media.files))
    parts = {"collection.anki2": database, "media": json.dumps(names).encode()}
    parts |= {str(n): media.files[name] for n, name in names.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            moment = max(time.gmtime(at)[:6], (1980, 1, 1, 0, 0, 0))  # the first that a zip knows
            info = zipfile.ZipInfo(name, moment)
            info.create_system = 3  # the same on every system
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, content)
    return out.getvalue()
