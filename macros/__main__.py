"""The commands: `python -m macros check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import pages
from .load import load
from .model import DeckError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0 when all is well, 1 when what was given has a problem."""
    parser = argparse.ArgumentParser(prog="python -m macros", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser(
        "check", help="look for problems in cards.yaml and in the macro calls of docs/"
    )
    parser.parse_args(arguments)
    return check(Path.cwd())


def check(project: Path) -> int:
    """Print every problem of the deck and the pages of a project, or one line that says ok."""
    try:
        deck = load(project / "cards.yaml")
    except DeckError as error:
        found = error.problems
    else:
        found = pages.problems(deck, project / "docs")
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    counts = (
        (len(deck.cards), "cards"),
        (len(deck.topics), "topics"),
        (len(deck.sources), "sources"),
    )
    print("ok:", ", ".join(f"{n} {word if n != 1 else word[:-1]}" for n, word in counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
