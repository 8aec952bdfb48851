"""Decks in other forms: one file a form, in which `read` is the way in and `write` the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..model import Deck
from . import anki_package, anki_text, data, quizlet, table
from .decoding import text_of
from .drafts import EITHER, Found, Options, Refused
from .settle import Incoming, settle

STDIN = "-"


@dataclass(frozen=True)
class Format:
    """A form that a deck can come in."""

    name: str
    read: Callable[[str, Options], Found]  # from text; a package is read from its file


FORMATS = {
    each.name: each
    for each in (
        Format("quizlet", quizlet.read),
        Format("lines", lambda text, options: quizlet.alternating(text)),
        Format("csv", lambda text, options: table.read(text, options, ",")),
        Format("tsv", lambda text, options: table.read(text, options, "\t")),
        Format("json", data.read_json),
        Format("yaml", data.read_yaml),
        Format("anki-text", anki_text.read),
    )
}
PACKAGE = "anki-package"
NAMES = (*FORMATS, PACKAGE)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_YAML = re.compile(
    r"(?m)^(?:deck|topics|sources|cards):|\A\s*(?:#.*\n|---\n)*- +(?:id|term|front|question): "
)
_PAGE = re.compile(r"\s*<(?:!doctype html|html\b)", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b")


def read(path: Path, options: Options = Options(), deck: Deck | None = None) -> Incoming:  # noqa: B008
    """What a file brings; `deck` is the one that it will go into. Raises `Refused` or `OSError`."""
    if options.format == PACKAGE or (not options.format and _is_zip(path)):
        if not _is_zip(path):
            raise Refused("this is no package of Anki. Leave out --as, and its form is found.")
        return settle(anki_package.read(path, options), path.stem, options.topic, deck)
    return read_text(path.read_bytes(), path.name, options, deck)


def read_text(data: bytes, name: str, options: Options, deck: Deck | None = None) -> Incoming:
    """The same for bytes of a text, by the name of their file."""
    text, notes = text_of(data, options.encoding)
    kind = FORMATS[options.format or find(text, name, options)]
    found = kind.read(text, options)
    if found.text == EITHER:
        found = replace(found, text=options.text)
    found = replace(found, notes=(*notes, *found.notes))
    return settle(found, Path(name).stem, options.topic, deck)


def find(text: str, name: str, options: Options) -> str:
    """The name of the format that a text is in, by its content; its file's name decides a doubt."""
    start = text.lstrip()
    ending = Path(name).suffix.lower()
    if _PAGE.match(start) or _XML.match(start):
        raise Refused(
            f"this is a web page or XML. Copy the cards out of it. {quizlet.WHAT_A_DECK_IS}"
        )
    if options.between or options.after:
        return "quizlet"
    if anki_text.is_header(start.partition("\n")[0]):
        return "anki-text"
    if ending == ".json" or (start[:1] in ("{", "[") and re.match(r'[\[{]\s*["\[{]', start)):
        return "json"
    if ending in (".yaml", ".yml") or _YAML.search(text):
        return "yaml"
    delimiter, _ = table.header_of(text)
    if delimiter or options.columns:
        return "tsv" if delimiter == "\t" else "csv"
    if "\t" in text:
        lines = [line for line in text.split("\n") if line.strip()]
        wide = sum(line.count("\t") > 1 for line in lines)
        return "tsv" if ending == ".tsv" or wide * 10 > 9 * len(lines) > 9 else "quizlet"
    return {".csv": "csv", ".tsv": "tsv"}.get(ending, "quizlet")


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _ZIP


__all__ = ["FORMATS", "NAMES", "Incoming", "Options", "Refused", "find", "read", "read_text"]
