"""The command `import`: prints what another program's deck becomes, or appends it to `cards.yaml`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from . import exchange, pages, report
from .exchange import Incoming, Options, Refused
from .exchange.writing import cards_text, deck_text, sources_text, topics_text
from .fix import File, Plan, end_of, fields_at, value_of, with_topic_pages, write_file
from .load import read
from .model import ERROR, WARNING, Deck, Problem
from .report import count
from .rules import RULES
from .syntax import BaseLoader

MOST = 25  # notes of one kind that are told one by one


@dataclass(frozen=True)
class Wish:
    """What the command was asked for."""

    file: str  # "-" is standard input
    into: Path | None = None
    media: Path | None = None  # the folder for pictures and sounds
    strict: bool = False
    options: Options = Options()


def bring_in(project: Path, wish: Wish) -> int:
    """Carry out `import`; returns 0, or 1 where something was refused, and then nothing is written."""
    name = "standard input" if wish.file == exchange.STDIN else Path(wish.file).name
    try:
        deck = _deck_of(wish.into) if wish.into else None
        folder = wish.media or (_assets(wish.into) if wish.into else None)
        incoming = _read(
            wish, replace(wish.options, assets=folder or project / "docs/assets"), deck
        )
        _tell(name, incoming)
        _refuse_doubts(wish, incoming)
        media = {each.name: each.read() for each in incoming.media} if folder else {}
        if wish.into:
            return _append(wish.into, folder, incoming, media)
        return _print(project, name, incoming, folder, media)
    except Refused as refused:
        print(f"{_place(name, refused.line)}: {refused.text}", file=sys.stderr)
    except _DeckRefused as refused:
        print(refused, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or name}: {error.strerror or error}.", file=sys.stderr)
    return 1


class _DeckRefused(Exception):
    """The deck that cards should go into cannot take them."""


def incoming(into: Path, wish: Wish) -> Incoming | None:
    """What a file brings for a new site in the folder `into`; None where it was refused, which is told."""
    name = "standard input" if wish.file == exchange.STDIN else Path(wish.file).name
    try:
        found = _read(wish, replace(wish.options, assets=into / "docs/assets"), None)
        _tell(name, found)
        _refuse_doubts(wish, found)
        return found
    except Refused as refused:
        print(f"{_place(name, refused.line)}: {refused.text}", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or name}: {error.strerror or error}.", file=sys.stderr)
    return None


def _refuse_doubts(wish: Wish, found: Incoming) -> None:
    doubts = [note for note in found.notes if note.doubtful]
    if wish.strict and doubts:
        words = f"{len(doubts)} of this may be meant in another way, which --strict refuses: nothing is written."
        raise Refused(words)


def _deck_of(path: Path) -> Deck:
    reading = read(path)
    if reading.deck is None:
        errors = [problem for problem in reading.problems if problem.level == ERROR]
        told = report.text(errors, path.parent)
        raise _DeckRefused(f"{told}\nMend {path.name} first: nothing is written.")
    return reading.deck


def _assets(deck: Path) -> Path:
    return deck.parent / "docs/assets"


def _read(wish: Wish, options: Options, deck: Deck | None) -> Incoming:
    if wish.file == exchange.STDIN:
        return exchange.read_text(sys.stdin.buffer.read(), "pasted", options, deck)
    return exchange.read(Path(wish.file), options, deck)


# What is said


def _place(name: str, line: int, unit: str = "line") -> str:
    if not line:
        return name
    return f"{name}:{line}" if unit == "line" else f"{name}: {unit} {line}"


def _tell(name: str, incoming: Incoming) -> None:
    """Say what the file was read as, and everything that was doubtful, with its line."""
    counts = f"{count(len(incoming.cards), 'card')}, {count(len(incoming.topics), 'new topic')}"
    print(f"{name}: read as {incoming.said}: {counts}.", file=sys.stderr)
    kinds: Counter[str] = Counter()
    for note in incoming.notes:
        kind = re.sub(r'"[^"]*"|\d+', "", note.text)
        kinds[kind] += 1
        if kinds[kind] <= MOST:
            print(f"{_place(name, note.line, incoming.unit)}: {note.text}", file=sys.stderr)
    if more := sum(count - MOST for count in kinds.values() if count > MOST):
        print(f"{name}: and {more} more of the same kinds.", file=sys.stderr)


# Printing


def _print(
    project: Path, name: str, incoming: Incoming, folder: Path | None, media: dict[str, bytes]
) -> int:
    text = cards_text(incoming.cards)
    broken = rules_not_met(incoming, text)
    print(f"# {count(len(incoming.cards), 'card')} from {name}, to append under `cards:`.")
    for heading, needed in (
        ("topics", topics_text(incoming.topics)),
        ("sources", sources_text(incoming.sources)),
    ):
        if needed:
            print(f"# What they need under `{heading}:`:")
            print("".join(f"# {line}\n" for line in needed.splitlines()), end="")
    print(text, end="")
    if broken:
        eased = "".join(f"    {rule}: off  # {count(n, 'time')}\n" for rule, n in broken.items())
        words = "these cards do not keep to some rules. Mend them, or ease the rules in the deck:"
        print(f"{name}: {words}\ndeck:\n  rules:\n{eased}", end="", file=sys.stderr)
    if folder:
        _write_media(folder, media)
        print(f"{count(len(media), 'file')} written to {folder}.", file=sys.stderr)
    elif incoming.media:
        files = count(len(incoming.media), "file")
        words = (
            f"{files} with pictures and sounds are not kept. To keep them, say --media docs/assets."
        )
        print(f"{name}: {words}", file=sys.stderr)
    return 0


def rules_not_met(incoming: Incoming, cards: str = "") -> dict[str, int]:
    """Of `broken_rules` those that are errors where a deck sets none."""
    broken = broken_rules(incoming, cards)
    return {name: n for name, n in sorted(broken.items()) if RULES[name].level == ERROR}


def broken_rules(incoming: Incoming, cards: str = "") -> Counter[str]:
    """The rules that cards break, and how often each; `cards` is their text, where it is made already.

    Raises `Refused` where the cards would break what every deck must keep to.
    """
    warned = {rule.name: WARNING for rule in RULES.values() if not rule.needed}
    info: dict[str, Any] = {"id": "deck", "title": "Deck", "description": "Deck.", "rules": warned}
    with tempfile.TemporaryDirectory(prefix="deck-") as folder:
        project = Path(folder)
        assets = project / "docs/assets"
        assets.mkdir(parents=True)
        for each in incoming.media:
            (assets / each.name).touch()
        file = project / "cards.yaml"
        file.write_text(deck_text(incoming, cards, **info), encoding="utf-8")
        reading = read(file)
    if reading.deck is None or reading.deck.cards != incoming.cards:
        why = next(
            (each.text for each in reading.problems if not each.rule), "a text would change."
        )
        raise Refused(f"what would be written is no sound deck: {why}")
    return Counter(problem.rule for problem in reading.problems)


# Appending


def _append(path: Path, folder: Path, incoming: Incoming, media: dict[str, bytes]) -> int:
    """Append to a deck, if it then checks: tried on a copy first."""
    if not incoming.cards:
        print(f"nothing is new: {path.name} has all of these cards already.")
        return 0
    text = _with(path, incoming)
    project = path.parent
    with tempfile.TemporaryDirectory(prefix="project-") as copy:
        tried = Path(copy)
        _copy(project, tried, path.name)
        (tried / path.name).write_bytes(text.encode("utf-8"))
        for name in media:
            (tried / "docs/assets" / name).parent.mkdir(parents=True, exist_ok=True)
            (tried / "docs/assets" / name).touch()
        _with_pages(tried, path.name)
        reading = read(tried / path.name)
        found = list(reading.problems)
        if reading.deck:
            found += pages.problems(reading.deck, tried / "docs")
        errors = sorted(problem for problem in found if problem.level == ERROR)
    if errors:
        raise _DeckRefused(_why(path.name, errors))
    _write_media(folder, media)
    write_file(path, text)
    said = _with_pages(project, path.name)
    print("\n".join(said + [f"{path.name}: {count(len(incoming.cards), 'card')} appended."]))
    if media:
        print(f"{count(len(media), 'file')} written to {folder}.")
    return 0


def _why(name: str, errors: list[Problem]) -> str:
    kinds: Counter[str] = Counter()
    lines = []
    for problem in errors:
        kinds[problem.rule] += 1
        if kinds[problem.rule] <= MOST or not problem.rule:
            lines.append(str(problem))
    if (more := len(errors) - len(lines)) > 0:
        lines.append(f"{name}: and {more} more of the same kinds.")
    lines.append(
        "With these cards the deck would not check (the lines are those that it would have): nothing is written."
    )
    if rules := [rule for rule in kinds if rule]:
        eased = "".join(f"    {rule}: off\n" for rule in sorted(rules))
        lines.append(f"Mend them, or ease the rules in {name}:\ndeck:\n  rules:\n{eased}".rstrip())
    return "\n".join(lines)


def _copy(project: Path, copy: Path, deck: str) -> None:
    """What `check` reads of a project: its pages; of other files only that they are there."""
    read_too = {".md", ".svg", ".html", ".yml", ".yaml"}
    for folder in ("docs", "overrides/figures", "overrides/assets/figures"):
        for file in (project / folder).rglob("*") if (project / folder).is_dir() else ():
            if file.is_file():
                to = copy / file.relative_to(project)
                to.parent.mkdir(parents=True, exist_ok=True)
                if file.suffix in read_too or folder != "docs":
                    shutil.copyfile(file, to)
                else:
                    to.touch()
    if (project / "mkdocs.yml").is_file():
        shutil.copyfile(project / "mkdocs.yml", copy / "mkdocs.yml")
    (copy / "docs").mkdir(exist_ok=True)


def _with_pages(project: Path, deck: str) -> list[str]:
    file = File.read(project / deck)
    return with_topic_pages(project, file, {}) if file else []


def _write_media(folder: Path, media: dict[str, bytes]) -> None:
    for name, content in media.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _with(path: Path, incoming: Incoming) -> str:
    """The text of a deck with the cards at its end, and with their topics and sources."""
    deck = File.read(path)
    if deck is None:
        raise _DeckRefused(
            f"{path.name}: it cannot be appended to. Write out what & and * stand for."
        )
    nodes = fields_at(deck.root)
    plan = Plan()
    for name, text, records in (
        ("topics", topics_text, incoming.topics),
        ("sources", sources_text, incoming.sources),
        ("cards", cards_text, incoming.cards),
    ):
        if not records:
            continue
        node = nodes.get(name)
        if node is None or (node.flow_style and node.value):
            raise _DeckRefused(
                f'{path.name}: "{name}" must be a list with an item a line, to be appended to.'
            )
        indent = _indent(node, name)
        made = text(records, indent).rstrip("\n")
        if node.value:
            at = end_of(deck.text, node)
            plan.edit(at, at, f"\n{made}".replace("\n", deck.line_break), "")
        else:
            start, end = node.start_mark.index, node.end_mark.index
            while deck.text[start - 1] == " ":
                start -= 1
            plan.edit(start, end, f"\n{made}".replace("\n", deck.line_break), "")
        plan.means[id(node)] = value_of(node) + _meant(made)
    if not deck.mend(plan):
        raise _DeckRefused(
            f"{path.name}: more than its end would change. Append what `import` prints by hand."
        )
    return deck.mark + deck.text


def _indent(node: Any, name: str) -> int:
    if not node.value:
        return 2
    first = node.value[0]
    # An item starts after its dash.
    return first[0].start_mark.column if name == "sources" else node.start_mark.column


def _meant(made: str) -> list:
    return value_of(yaml.compose(made, Loader=BaseLoader))
