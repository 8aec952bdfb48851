"""Measures how long a deck of 10,000 cards takes to go out in each form, and the memory."""

import os
import subprocess
import sys
from pathlib import Path

from audit import Measure
from conftest import ROOT
from generated_deck import deck

from macros.exchange.downloads import FORMATS

CARDS = 10_000


def ways_out(folder: Path) -> list[Measure]:
    """The seconds and the megabytes of `export` in each form, with reading the deck."""
    folder.mkdir()
    (folder / "cards.yaml").write_text(deck(CARDS), encoding="utf-8")
    found = []
    for each in FORMATS:
        command = [sys.executable, "-m", "macros", "export", each.name, "-o", "made"]
        started = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)})
        _, status, used = os.wait4(started.pid, 0)
        wrong = [f"exit {os.waitstatus_to_exitcode(status)}"] if status else []
        # Of the processor, which is all that it uses: what else the machine does should not count.
        seconds = round(used.ru_utime + used.ru_stime, 2)
        megabytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1024
        what = f"export {each.name}, {CARDS:,} cards"
        found.append(Measure(f"s: {what}", seconds, "export-10000", wrong))
        found.append(Measure(f"MB: {what}, at the most", round(megabytes), "export-memory"))
    return found
