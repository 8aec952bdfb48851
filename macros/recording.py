"""A learner's record on its way to Anki and back, by the commands `export anki` and `import`."""

from __future__ import annotations

import sys
from pathlib import Path

from .exchange import Refused, anki_package, anki_record
from .exchange.downloads import Release
from .finish import write_whole
from .model import Deck
from .report import count


def to_anki(deck: Deck, release: Release, file: Path) -> bytes:
    """An Anki package of a deck with the record in a learner's file; raises `Refused` and `OSError`."""
    try:
        record = anki_record.read(file, deck)
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}.") from None
    lost = anki_record.without_card(deck, record)
    said = f"{file.name}: {count(len(record.answers) - lost, 'answer')} put into the package"
    gone = f"; {lost} have no card in it" if lost else ""
    print(f"{said}, {len(record.suspended)} suspended{gone}.", file=sys.stderr)
    return anki_package.write(deck, release.at, release.address, record)


def from_anki(deck: Deck, package: Path, file: Path) -> int:
    """Append what a package knows to a learner's file, or begin one; returns 0, or 1 where refused."""
    try:
        is_new = not file.exists()
        record = anki_record.empty(deck) if is_new else anki_record.read(file, deck)
        found = anki_package.returned(package, deck, record)
        if found.events:
            write_whole(file, anki_record.with_events(record, found.events))
    except Refused as refused:
        print(f"{package.name}: {refused.text}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or package.name}: {error.strerror or error}.", file=sys.stderr)
        return 1
    for n, what in (
        (found.known, "known already"),
        (found.others, "of notes that are not of this deck: left out"),
        (found.left_out, "that are no answers, or change no schedule: left out"),
    ):
        if n:
            print(f"{package.name}: {count(n, 'row')} of the log {what}.", file=sys.stderr)
    done = "written" if is_new else "appended"
    told = f"{count(len(found.events), 'event')} {done}. Bring the file in on the study page."
    print(f"{file}: {told if found.events else 'nothing is new, so nothing is written.'}")
    return 0
