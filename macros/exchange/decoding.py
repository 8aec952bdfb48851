"""From the bytes of a file to its text, or to the reason why it is none."""

from __future__ import annotations

import codecs
import re

from .drafts import LARGEST, Note, Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What files of other kinds start with, and what to do with one.
_OTHERS = (
    (b"%PDF", "a PDF. Copy its text into a plain text file, with a tab between the sides"),
    (b"\x1f\x8b", "packed by gzip. Unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd. Export the deck from Anki as a package (.apkg)"),
    (b"SQLite format 3", "a database. Export the deck from Anki as a package (.apkg)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document. Save it as CSV, or as plain text"),
    (b"Rar!", "packed by RAR. Unpack it"),
    (b"7z\xbc\xaf", "packed by 7-Zip. Unpack it"),
    (b"\x89PNG", "a picture. A deck is text: type it, or have the text of the picture read"),
    (b"\xff\xd8\xff", "a picture. A deck is text: type it, or have the text of the picture read"),
)


def text_of(data: bytes, encoding: str = "") -> tuple[str, list[Note]]:
    """The text of a file, with line breaks as `\\n`, and what is to be told of its encoding."""
    for start, words in _OTHERS:
        if data.startswith(start):
            raise Refused(f"this file is {words}.")
    if len(data) > LARGEST:
        raise Refused(
            f"the file has {len(data) // 1_000_000} MB, and a deck has at most "
            f"{LARGEST // 1_000_000}. Bring it in in parts."
        )
    text, notes = _decoded(data, encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Refused("here is a NUL, which no text has. Save the deck as plain text.", line)
    if not text.strip():
        raise Refused("the file is empty. Put a card on each line, with a tab between its sides.")
    return re.sub("\r\n?", "\n", text), notes


def _decoded(data: bytes, encoding: str) -> tuple[str, list[Note]]:
    if encoding:
        return _decode(data, encoding), []
    for mark, name in _MARKS:
        if data.startswith(mark):
            told = [] if name == "utf-8-sig" else [_told(name.upper())]
            return _decode(data, name), told
    # Half of the bytes of UTF-16 are zero where a text is Western.
    evens, odds = data[:2000:2].count(0), data[1:2000:2].count(0)
    if max(evens, odds) * 4 > min(len(data), 2000) // 2 * 3 and min(evens, odds) == 0:
        name = "utf-16-be" if evens else "utf-16-le"
        return _decode(data, name), [_told(name.upper())]
    return _decode(data, "utf-8"), []


def _told(name: str) -> Note:
    return Note(0, f"the file is {name}, and is read as that.", doubtful=False)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        words = f'no encoding is called "{encoding}". Name one such as utf-8, utf-16 or cp1252.'
        raise Refused(words) from None
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            words = f"the file is not {encoding.upper()}, or is cut off. Save it as UTF-8."
            raise Refused(words) from None
        raise _not_utf8(data, error) from None


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Refused:
    line = data.count(b"\n", 0, error.start) + 1
    loose = data.decode("utf-8", errors="surrogateescape")
    others = [char for char in loose if char > "\x7f" and not "\udc80" <= char <= "\udcff"]
    if others:
        words = (
            "this line is not UTF-8, though others are: two encodings are mixed. Save each part as "
            "UTF-8 before you join them."
        )
    else:
        words = (
            "this line is not UTF-8. Save the file as UTF-8, or name its encoding, such as "
            "--encoding cp1252 (Western) or cp1250 (Central European)."
        )
    return Refused(words, line)
