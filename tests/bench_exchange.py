"""Measures how long 10,000 cards take to go out in each form and to come in again, and the memory."""

import os
import subprocess
import sys
from pathlib import Path

from audit import Measure
from conftest import ROOT
from generated_deck import deck

from macros.exchange.downloads import FORMATS

CARDS = 10_000
# The names of the forms that come in, by the names under which they went out.
COMES_IN = {
    "anki": "anki-package",
    "anki-text": "anki-text",
    "quizlet": "quizlet",
    "csv": "csv",
    "json": "json",
}


def ways_out_and_in(folder: Path) -> list[Measure]:
    """The seconds and the megabytes of `export` in each form, and of `import` from each that is read."""
    folder.mkdir()
    (folder / "cards.yaml").write_text(deck(CARDS), encoding="utf-8")
    found = []
    for each in FORMATS:
        found += costs(folder, ["export", each.name, "-o", f"made.{each.name}"])
    for out, into in {**COMES_IN, "yaml": "yaml"}.items():
        file = "cards.yaml" if out == "yaml" else f"made.{out}"
        found += costs(folder, ["import", file, "--as", into])
    return found


def costs(folder: Path, arguments: list[str]) -> list[Measure]:
    """What a command takes of the processor and of memory."""
    started = subprocess.Popen(
        [sys.executable, "-m", "macros", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(started.pid, 0)
    wrong = [f"exit {os.waitstatus_to_exitcode(status)}"] if status else []
    # Of the processor, which is all that it uses: what else the machine does should not count.
    seconds = round(used.ru_utime + used.ru_stime, 2)
    megabytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1024
    verb, *rest = arguments
    what = f"{verb} {rest[0] if verb == 'export' else rest[-1]}, {CARDS:,} cards"
    return [
        Measure(f"s: {what}", seconds, f"{verb}-10000", wrong),
        Measure(f"MB: {what}, at the most", round(megabytes), f"{verb}-memory"),
    ]
