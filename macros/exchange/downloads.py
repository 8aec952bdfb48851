"""The ways out of a deck: what `finish` puts into `downloads/`, and `export` writes by hand."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

from ..load import no_collector
from ..markup import ROOT
from ..model import Deck
from ..words import Words, words
from . import anki_package, anki_text, data, gift, print_sheet, quizlet, table

FOLDER = "downloads"


@dataclass(frozen=True)
class Release:
    """What a download is of besides the deck."""

    at: int  # seconds since 1970
    address: str = ""  # of the site, with a slash at its end; empty where it is not known
    inside: bool = False  # of a built site, beside whose files it stands


@dataclass(frozen=True)
class Format:
    """A form that a deck goes out in."""

    name: str  # by which `export` knows it
    file: str  # what its file is called; after the deck's id where it begins with no letter
    write: Callable[[Deck, Release], bytes]
    is_page: bool = False
    is_text: bool = True

    def path(self, deck: Deck) -> str:
        """Where its file is in a site."""
        return f"{FOLDER}/{'' if self.is_page else deck.deck.id}{self.file}"

    @property
    def key(self) -> str:
        """How its words are called: "anki-text" is "ankiText"."""
        return re.sub(r"-(\w)", lambda letter: letter[1].upper(), self.name)


FORMATS = (
    Format(
        "anki",
        ".apkg",
        lambda deck, of: anki_package.write(deck, of.at, of.address),
        is_text=False,
    ),
    Format("anki-text", "-anki.txt", lambda deck, of: anki_text.write(deck, of.address)),
    Format("quizlet", "-quizlet.txt", lambda deck, of: quizlet.write(deck)),
    Format("gift", "-gift.txt", lambda deck, of: gift.write(deck, of.address)),
    Format("csv", ".csv", lambda deck, of: table.write(deck)),
    Format("json", ".json", lambda deck, of: data.write(deck)),
    Format(
        "print",
        "print.html",
        lambda deck, of: print_sheet.write(deck, inside=of.inside),
        is_page=True,
    ),
    Format(
        "fold",
        "fold.html",
        lambda deck, of: print_sheet.write(deck, fold=True, inside=of.inside),
        is_page=True,
    ),
)

_SIZE = re.compile(r'(<td data-size-of="([^"]+)">)[^<]*(</td>)')


@lru_cache(maxsize=1)
def made(deck: Deck, release: Release) -> dict[str, bytes]:
    """Every download of a deck, by its path in a site."""
    return {each.path(deck): written(each, deck, release) for each in FORMATS}


def written(each: Format, deck: Deck, release: Release) -> bytes:
    """One download of a deck; what the texts are parsed into is no garbage until the end."""
    with no_collector():
        return each.write(deck, release)


def listed(deck: Deck) -> str:
    """A table of the downloads; `finish` writes their sizes into it."""
    say = words(deck)
    heads = "".join(
        f'<th scope="col">{say.html(f"downloads.{name}")}</th>' for name in ("file", "use", "size")
    )
    rows = "\n".join(_row(deck, each, say) for each in FORMATS)
    return (
        f"<table data-search-exclude>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _row(deck: Deck, each: Format, say: Words) -> str:
    path = escape(each.path(deck))
    # A theme that fetches pages by itself must leave these to the browser.
    way = 'target="_self"' if each.is_page else "download"
    return (
        f'<tr><td><a href="{ROOT}{path}" {way}>{say.html(f"downloads.{each.key}")}</a></td>'
        f"<td>{say.html(f'downloads.{each.key}For')}</td>"
        f'<td data-size-of="{path}">{say.html("downloads.later")}</td></tr>'
    )


def with_sizes(page: bytes, files: dict[str, bytes], say: Words) -> bytes:
    """A page whose table says how large each download is."""

    def size(cell: re.Match) -> str:
        if cell[2] not in files:
            return cell[0]
        kilobytes = max(1, round(len(files[cell[2]]) / 1024))
        return f"{cell[1]}{say.html('downloads.kilobytes', n=kilobytes)}{cell[3]}"

    if b"data-size-of=" not in page:
        return page
    return _SIZE.sub(size, page.decode(errors="surrogateescape")).encode(errors="surrogateescape")


def moment(project: Path) -> int:
    """The time that a download is of: SOURCE_DATE_EPOCH, else the commit's, else the deck's file's.

    What is not committed is newer than the commit, so then the time is the file's too.
    """
    if (given := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        return int(given)
    if not _git(project, "status", "--porcelain", "--", "cards.yaml", "docs/assets"):
        if (told := _git(project, "log", "-1", "--format=%ct")).isdigit():
            return int(told)
    return int((project / "cards.yaml").stat().st_mtime)


def _git(project: Path, *arguments: str) -> str:
    """What git says about a project; nothing where there is no git, or no repository."""
    command = ["git", "-C", str(project), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
