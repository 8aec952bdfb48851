"""The commands: `python -m macros check`, `fix`, `import FILE`, `export FORMAT`, `schema` and others."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from . import changes, exchange, guide, importing, pages, recording, report, schema, start
from .exchange import downloads
from .finish import FinishError, finish, write_whole
from .fix import fix
from .load import Reading, load, read
from .model import ERROR, Deck, DeckError, Problem


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0 when all is well, 1 when what was given has a problem."""
    given = _parser().parse_args(arguments)
    project = Path.cwd()
    match given.verb:
        case "check":
            return check(project, given.strict, given.format)
        case "fix":
            return mend(project)
        case "import":
            return bring_in(project, given)
        case "start":
            return begin(given)
        case "schema":
            return write_schema(project)
        case "changes":
            return tell_changes(project, given.base, given.files)
        case "export":
            return export(project, given)
        case "finish":
            return finish_site(project, given.site, given.replace)


def _parser() -> argparse.ArgumentParser:
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
    verbs.add_parser("fix", help="mend what needs no person, and say what is left")
    _add_import(verbs.add_parser("import", help="make cards of another program's deck"))
    _add_start(verbs.add_parser("start", help="make a new site of another program's deck"))
    verbs.add_parser(
        "schema", help="write what is made from the fields and rules: for editors, for the guide"
    )
    changing = verbs.add_parser(
        "changes", help="tell what a pull request changes in the deck, as a summary for GitHub"
    )
    changing.add_argument(
        "base", type=Path, help="cards.yaml as it was; where there is none, every card is new"
    )
    changing.add_argument(
        "--files", default="", metavar="ADDRESS", help="where the files can be seen, for links"
    )
    exporting = verbs.add_parser("export", help="write the deck in another form")
    exporting.add_argument(
        "form", metavar="FORMAT", choices=[each.name for each in downloads.FORMATS]
    )
    exporting.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="a file; without one, it is printed"
    )
    exporting.add_argument(
        "--site",
        default=os.environ.get("SITE_URL", ""),
        metavar="ADDRESS",
        help="where links between cards lead; without it, the environment's SITE_URL",
    )
    exporting.add_argument(
        "--record", type=Path, metavar="FILE", help="a learner's file that goes along to Anki"
    )
    finishing = verbs.add_parser(
        "finish", help="write downloads, security policy and offline worker into a built site"
    )
    finishing.add_argument("site", type=Path, help="the folder that the builder has made")
    finishing.add_argument(
        "--replace",
        action="store_true",
        help="the release before is broken: this one takes over at once, unasked",
    )
    return parser


def _add_import(importing: argparse.ArgumentParser) -> None:
    target = importing.add_mutually_exclusive_group()
    target.add_argument(
        "--into",
        type=Path,
        metavar="DECK",
        help="append to this cards.yaml, if it then checks; without it, the cards are printed",
    )
    importing.add_argument(
        "--media", type=Path, metavar="FOLDER", help="where pictures and sounds go"
    )
    target.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="take the answers in an Anki package of this deck into a learner's file instead",
    )
    _add_reading(importing)


def _add_start(starting: argparse.ArgumentParser) -> None:
    starting.add_argument(
        "--into", type=Path, required=True, metavar="FOLDER", help="a folder that is new or empty"
    )
    starting.add_argument("--title", default="", help="the deck's name, if not the file's own")
    starting.add_argument(
        "--language", default="", metavar="CODE", help="the deck's language, as en or pt-BR"
    )
    _add_reading(starting)


def _add_reading(importing: argparse.ArgumentParser) -> None:
    """Add what to read, and how it is meant."""
    importing.add_argument("file", help='what to read; "-" is what is pasted or piped in')
    importing.add_argument(
        "--strict", action="store_true", help="refuse what may be meant in another way"
    )
    importing.add_argument(
        "--as", dest="form", choices=exchange.NAMES, help="the form, if not found"
    )
    importing.add_argument("--between", default="", help="what stands between the sides of a card")
    importing.add_argument("--after", default="", help="what stands after a card")
    importing.add_argument(
        "--columns", default="", metavar="NAMES", help="the fields of a table, as term,answer,topic"
    )
    importing.add_argument(
        "--text", choices=("markdown", "plain"), default="either", help="how texts are meant"
    )
    importing.add_argument("--topic", default="", help="the topic of cards that name none")
    importing.add_argument("--encoding", default="", help="the encoding, if it is not UTF-8")


def bring_in(project: Path, given: argparse.Namespace) -> int:
    """Print the cards that a file becomes, or append them to a deck; or take in a learner's answers."""
    if given.record:
        try:
            deck = load(project / "cards.yaml")
        except DeckError as error:
            print(error, file=sys.stderr)
            return 1
        return recording.from_anki(deck, Path(given.file), given.record)
    wish = importing.Wish(given.file, given.into, given.media, given.strict, _options(given))
    return importing.bring_in(project, wish)


def begin(given: argparse.Namespace) -> int:
    """Make a new site of a file's cards."""
    read = importing.Wish(given.file, strict=given.strict, options=_options(given))
    return start.start(start.Wish(read, given.into, given.title, given.language))


def _options(given: argparse.Namespace) -> exchange.Options:
    return exchange.Options(
        format=given.form or "",
        between=given.between,
        after=given.after,
        columns=tuple(given.columns.split(",")) if given.columns else (),
        text=given.text,
        encoding=given.encoding,
        topic=given.topic,
    )


def check(project: Path, strict: bool = False, form: str = "text") -> int:
    """Print every problem of the deck and the pages of a project, or one line that says ok."""
    reading, found = _checked(project)
    errors = sum(problem.level == ERROR for problem in found)
    counts = _counts(reading.deck) if reading.deck else {}
    if form == "json":
        print(report.as_json(found, counts))
    elif form == "github":
        print(report.github(found), end="\n" if found else "")
    elif found:
        print(report.text(found, project, excerpts=sys.stderr.isatty()), file=sys.stderr)
    if errors:
        return 1
    if strict and found:
        if form != "json":
            told = "1 warning counts" if len(found) == 1 else f"{len(found)} warnings count"
            print(f"{told} as a problem, as --strict asks.", file=sys.stderr)
        return 1
    if form != "json":
        warnings = {"warnings": len(found)} if found else {}
        told = [f"{n} {word if n != 1 else word[:-1]}" for word, n in (counts | warnings).items()]
        print("ok:", ", ".join(told))
    return 0


def mend(project: Path) -> int:
    """Mend a project; print what was done, and then what `check` finds. Editors are told too."""
    try:
        said = fix(project)
    except OSError as error:
        print(f"{error.filename}: it cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print("\n".join(said) or "nothing to mend.")
    if deck := read(project / "cards.yaml").deck:
        schema.write_local(project, deck)
    return check(project)


def write_schema(project: Path) -> int:
    """Write the schemas, and the parts of the contribute page that are made; print what has changed."""
    page = project / guide.PAGE
    changed = [(schema.FILE, schema.write(project / schema.FILE, schema.written(schema.schema())))]
    if page.is_file():
        made = guide.filled(page.read_text(encoding="utf-8"))
        changed.append((guide.PAGE, schema.write(page, made)))
    if deck := read(project / "cards.yaml").deck:
        changed.append((schema.LOCAL, schema.write_local(project, deck)))
    print("written:", ", ".join(name for name, new in changed if new) or "nothing is new")
    return 0


def tell_changes(project: Path, base: Path, files: str) -> int:
    """Print what differs from the deck at `base`, as a summary; `check` is what judges."""
    reading, found = _checked(project)
    print(changes.summary(base, reading, found, files), end="")
    return 0


def export(project: Path, given: argparse.Namespace) -> int:
    """Write the deck of a project in another form, to a file or to the standard output."""
    (chosen,) = (each for each in downloads.FORMATS if each.name == given.form)
    output = given.output
    if output is None and not chosen.is_text and sys.stdout.isatty():
        print(f"this is no text. Name a file: export {given.form} -o FILE", file=sys.stderr)
        return 2
    if given.record and given.form != "anki":
        print("a record goes to Anki alone: export anki --record FILE", file=sys.stderr)
        return 2
    try:
        deck = load(project / "cards.yaml")
        address = f"{given.site.rstrip('/')}/" if given.site else ""
        of = downloads.Release(downloads.moment(project), address)
        if given.record:
            written = recording.to_anki(deck, of, given.record)
        else:
            written = downloads.written(chosen, deck, of)
        if output:
            write_whole(output, written)
    except (DeckError, exchange.Refused) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: it cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    if output is None:
        sys.stdout.buffer.write(written)
        sys.stdout.flush()
    return 0


def finish_site(project: Path, site: Path, replace: bool) -> int:
    """Finish a built site of a project's deck; print one line on what was done, or every problem."""
    try:
        done = finish(site, load(project / "cards.yaml"), replace)
    except (DeckError, FinishError) as error:
        print(error, file=sys.stderr)
        return 1
    print("finished:", ", ".join(f"{count} {what}" for what, count in done.items()))
    return 0


def _checked(project: Path) -> tuple[Reading, list[Problem]]:
    """The deck of a project, and every problem of it and of the pages."""
    reading = read(project / "cards.yaml")
    found = list(reading.problems)
    if reading.deck:
        found += pages.problems(reading.deck, project / "docs")
    return reading, sorted(found)


def _counts(deck: Deck) -> dict[str, int]:
    return {"cards": len(deck.cards), "topics": len(deck.topics), "sources": len(deck.sources)}


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # some consoles cannot show every character
    sys.exit(main())
