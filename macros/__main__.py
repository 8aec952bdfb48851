"""The commands: `python -m macros check` and `finish SITE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import pages, report
from .finish import FinishError, finish
from .load import load, read
from .model import ERROR, Deck, DeckError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0 when all is well, 1 when what was given has a problem."""
    parser = argparse.ArgumentParser(prog="python -m macros", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    checking = verbs.add_parser(
        "check", help="look for problems in cards.yaml and in the macro calls of docs/"
    )
    checking.add_argument("--strict", action="store_true", help="a warning is a problem too")
    checking.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="for a person, for GitHub's annotations, or for a program",
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
    return check(Path.cwd(), given.strict, given.format)


def finish_site(project: Path, site: Path, replace: bool) -> int:
    """Finish a built site of a project's deck; print one line on what was done, or every problem."""
    try:
        done = finish(site, load(project / "cards.yaml"), replace)
    except (DeckError, FinishError) as error:
        print(error, file=sys.stderr)
        return 1
    print("finished:", ", ".join(f"{count} {what}" for what, count in done.items()))
    return 0


def check(project: Path, strict: bool = False, form: str = "text") -> int:
    """Print every problem of the deck and the pages of a project, or one line that says ok."""
    reading = read(project / "cards.yaml")
    found = list(reading.problems)
    if reading.deck:
        found += pages.problems(reading.deck, project / "docs")
    found.sort()
    errors = sum(problem.level == ERROR for problem in found)
    counts = _counts(reading.deck) if reading.deck else {}
    if form == "json":
        print(report.as_json(found, counts))
    elif form == "github":
        print(report.github(found), end="\n" if found else "")
    elif found:
        print(report.text(found, project, excerpts=sys.stderr.isatty()), file=sys.stderr)
    if errors or (strict and found):
        return 1
    if form != "json":
        warnings = {"warnings": len(found)} if found else {}
        told = [f"{n} {word if n != 1 else word[:-1]}" for word, n in (counts | warnings).items()]
        print("ok:", ", ".join(told))
    return 0


def _counts(deck: Deck) -> dict[str, int]:
    return {"cards": len(deck.cards), "topics": len(deck.topics), "sources": len(deck.sources)}


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # some consoles cannot show every character
    sys.exit(main())
