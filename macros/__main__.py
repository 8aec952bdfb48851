"""The commands: `python -m macros check` and `finish SITE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import pages
from .finish import FinishError, finish
from .load import load
from .model import DeckError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0 when all is well, 1 when what was given has a problem."""
    parser = argparse.ArgumentParser(prog="python -m macros", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser(
        "check", help="look for problems in cards.yaml and in the macro calls of docs/"
    )
    finishing = verbs.add_parser(
        "finish", help="write the security policy and the offline worker into a built site"
    )
    finishing.add_argument("site", type=Path, help="the folder that the builder has made")
    finishing.add_argument(
        "--replace",
        action="store_true",
        help="the release before is broken: this one takes over at once, unasked",
    )
    given = parser.parse_args(arguments)
    if given.verb == "finish":
        return finish_site(Path.cwd(), given.site, given.replace)
    return check(Path.cwd())


def finish_site(project: Path, site: Path, replace: bool) -> int:
    """Finish a built site of a project's deck; print one line on what was done, or every problem."""
    try:
        done = finish(site, load(project / "cards.yaml"), replace)
    except (DeckError, FinishError) as error:
        print(error, file=sys.stderr)
        return 1
    print("finished:", ", ".join(f"{count} {what}" for what, count in done.items()))
    return 0


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
