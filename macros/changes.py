"""What a pull request does to the deck, as a summary that GitHub shows.

Whatever comes from a deck stands in one line of HTML, which GitHub's Markdown leaves as it
is: no text of a card can become markup, a mention or a link there.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from markdown_it import MarkdownIt

from .load import Reading, read
from .markup import ROOT, Markup, markdown_fields
from .model import ERROR, Card, Deck, Info, Problem, Source, Topic
from .report import count

LIMIT = 1_000_000  # bytes: GitHub takes 1 MiB from a step, and of a larger summary nothing
LONGEST_COMPARED = 1_000_000  # words before by words after: what is longer is shown unmarked

Record = Card | Topic | Source | Info


@dataclass(frozen=True)
class Change:
    """A card, a topic, a source or the deck itself that is not as it was."""

    what: str
    id: str
    before: Record | None
    after: Record | None

    @property
    def happened(self) -> str:
        """In one word."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        renamed = isinstance(self.before, Card) and self.before.id != self.id
        return "renamed" if renamed else "changed"


def summary(
    base: Path, head: Reading, problems: list[Problem], files: str = "", limit: int = LIMIT
) -> str:
    """Every problem, then each thing that changed since the deck at `base`, in GitHub's Markdown.

    `files` is the address under which the project's files can be seen, for links to lines;
    `limit` is in bytes.
    """
    parts = [*_problems(problems, head.deck, files, limit // 2), "<h2>What changed</h2>"]
    if head.deck is None:
        parts.append("<p>It is told here once the deck can be read.</p>")
        return "\n\n".join(parts) + "\n"
    before = read(base) if base.is_file() else Reading(_nothing(head.deck), ())
    if before.deck is None:
        parts += _compared_by_id(base, before, head.deck)
        return "\n\n".join(parts) + "\n"
    if not base.is_file():
        parts.append("<p>There is no deck to compare with, so all of this one is new.</p>")
    parts += _told(before.deck, head.deck, files, limit - _size(parts))
    return "\n\n".join(parts) + "\n"


def compare(before: Deck, after: Deck) -> list[Change]:
    """What is not as it was: cards, then the deck itself, topics and sources.

    A card is followed to a new id where that one lists the old in `formerly`.
    """
    cards = [(card.id, _ancestor(card, before), card) for card in after.cards]
    kept = {old.id for _, old, _ in cards if old}
    cards += [(card.id, card, None) for card in before.cards if card.id not in kept]
    found = [Change("card", *each) for each in cards]
    found.append(Change("deck", after.deck.id, before.deck, after.deck))
    for what, old, new in (
        ("topic", before.topics_by_id, after.topics_by_id),
        ("source", before.sources, after.sources),
    ):
        found += [Change(what, id, old.get(id), new.get(id)) for id in new | old]
    return [change for change in found if change.before != change.after]


def _ancestor(card: Card, before: Deck) -> Card | None:
    ids = (card.id, *card.formerly)
    return next((before.by_id[id] for id in ids if id in before.by_id), None)


def _nothing(deck: Deck) -> Deck:
    """What stands for the deck that was not there, of which only the cards count as new."""
    return Deck(deck.deck, deck.topics, (), deck.sources)


def _problems(problems: list[Problem], deck: Deck | None, files: str, room: int) -> Iterator[str]:
    yield "<h2>The deck</h2>"
    if deck:
        held = (("card", deck.cards), ("topic", deck.topics), ("source", deck.sources))
        yield f"<p>It holds {', '.join(count(len(items), what) for what, items in held)}.</p>"
    if not problems:
        yield "<p>There is no problem.</p>"
        return
    errors = sum(problem.level == ERROR for problem in problems)
    told = [
        count(n, what) for n, what in ((errors, "error"), (len(problems) - errors, "warning")) if n
    ]
    items = _fitting((_problem(problem, files) for problem in problems), room)
    yield f"<p>There {'is' if len(problems) == 1 else 'are'} {' and '.join(told)}:</p>"
    if left := len(problems) - len(items):
        items.append(f"<li>and {left} more, which <code>make check</code> tells.</li>")
    yield "\n".join(["<ul>", *items, "</ul>"])


def _problem(problem: Problem, files: str) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    words = str(problem).removeprefix(f"{place}: ")
    return f"<li>{_link(place, problem.file, problem.line, files)}: {_text(words)}</li>"


def _told(before: Deck, after: Deck, files: str, room: int) -> Iterator[str]:
    changes = compare(before, after)
    moved = [
        f"<p>The order of the {what} has changed.</p>"
        for what, old, new in (
            ("cards", before.by_id, after.by_id),
            ("topics", before.topics_by_id, after.topics_by_id),
        )
        if [id for id in old if id in new] != [id for id in new if id in old]
    ]
    if not changes and not moved:
        yield "<p>Nothing in the deck.</p>"
    if changes:
        counts = Counter((change.what, change.happened) for change in changes)
        told = ", ".join(
            f"{'the deck itself' if what == 'deck' else count(n, what)} {done}"
            for (what, done), n in counts.items()
        )
        yield (
            f"<p>{told[0].upper()}{told[1:]}. Pages are named as they stand in the built site, "
            "which the run of a pull request keeps as the artifact <code>site</code>.</p>"
        )
    yield from moved
    writer = _Writer(before, after, files)
    # What is left out must still leave room to say so.
    shown = _fitting(map(writer.change, changes), room - 1000)
    yield from shown
    if left := len(changes) - len(shown):
        yield (
            f"<p>{count(left, 'more change')} left out: GitHub shows no more than 1 MiB. "
            "The list of changed files has them all.</p>"
        )


def _compared_by_id(base: Path, before: Reading, after: Deck) -> Iterator[str]:
    """What can be told where the deck that was cannot be read."""
    errors = sum(problem.level == ERROR for problem in before.problems)
    yield (
        f"<p>The deck before this change has {count(errors, 'error')}, so the texts cannot be "
        "compared.</p>"
    )
    old = _raw_ids(base)
    if not old:
        return
    new = after.by_id
    for done, ids in (
        ("added", [id for id in new if id not in old]),
        ("no longer there", [id for id in old if id not in new]),
    ):
        if ids:
            yield f"<p>By id, {count(len(ids), 'card')} {done}: {', '.join(map(_code, ids))}.</p>"
    if lost := _lost(old, after):
        yield f"<blockquote>{_lost_note(lost)}</blockquote>"


def _raw_ids(path: Path) -> list[str]:
    """The ids of the cards of a file that holds YAML, but no deck that can be used."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
        ids = [card["id"] for card in raw["cards"]]
    except (yaml.YAMLError, ValueError, LookupError, TypeError, RecursionError):
        return []
    return [id for id in ids if isinstance(id, str)]


class _Writer:
    """Writes changes between two decks, each as one block of HTML."""

    def __init__(self, before: Deck, after: Deck, files: str):
        self._after = after
        self._files = files
        self._markup = (_ReviewMarkup(before), _ReviewMarkup(after))

    def change(self, change: Change) -> str:
        """A heading, where it is, a table of the fields that differ, and what to think of."""
        record = change.after or change.before
        name = record.term if isinstance(record, Card) else record.title
        lines = [f"<h3>{change.what.capitalize()} {change.happened}: {_text(name)}</h3>"]
        lines.append(f"<p>{self._whereabouts(change)}</p>")
        lines += self._table(change)
        lines += [f"<blockquote>{note}</blockquote>" for note in self._notes(change)]
        return "\n".join(lines)

    def _whereabouts(self, change: Change) -> str:
        told = [f"Id {_code(change.id)}"]
        if change.happened == "renamed":
            told.append(f"formerly {_code(change.before.id)}")
        page = ""
        if isinstance(change.after, Card):
            line = self._after.lines[change.id]
            told.append(_link(f"line {line}", "cards.yaml", line, self._files))
            page = f"glossary/{change.after.topic}/index.html#{change.id}"
        elif isinstance(change.after, Topic):
            page = f"glossary/{change.id}/index.html"
        if page:
            told.append(f"page {_code(page)}")
        return ", ".join(told)

    def _table(self, change: Change) -> Iterator[str]:
        sides = [record for record in (change.before, change.after) if record]
        rows = list(self._rows(change, both=len(sides) == 2))
        if not rows:
            return
        heads = ["Before", "After"] if len(sides) == 2 else ["Text"]
        yield "<table>"
        yield f"<tr>{''.join(f'<th>{head}</th>' for head in ['Field', *heads])}</tr>"
        for name, *cells in rows:
            shown = "".join(f'<td dir="auto">{cell}</td>' for cell in cells)
            yield f"<tr><td>{name}</td>{shown}</tr>"
        yield "</table>"

    def _rows(self, change: Change, both: bool) -> Iterator[list[str]]:
        for field in dataclasses.fields(change.after or change.before):
            values = [_value(side, field) for side in (change.before, change.after)]
            if values[0] == values[1] or (field.name == "id" and change.what != "deck"):
                continue
            cells = self._rendered(change, field.name, values)
            if both and cells[0] == cells[1]:
                cells = [_shown(value, _source) for value in values]
            elif both:
                cells = _marked(*cells)
            yield [field.name, *(cells if both else [cells[change.before is None]])]

    def _rendered(self, change: Change, name: str, values: list) -> list[str]:
        cells = []
        for side, value, markup in zip(
            (change.before, change.after), values, self._markup, strict=True
        ):
            write = _text
            if isinstance(side, Card) and name in {path[0] for path, _ in markdown_fields(side)}:
                write = markup.block if isinstance(value, str) else markup.inline
            cells.append(_shown(value, write))
        return cells

    def _notes(self, change: Change) -> Iterator[str]:
        before, after = change.before, change.after
        if isinstance(before, Info) and before.id != after.id:
            yield (
                "The id of the deck has changed. It names what learners have stored, so with "
                "another one they start anew."
            )
        if not isinstance(before, Card):
            return
        if lost := _lost((before.id, *before.formerly), self._after):
            yield _lost_note(lost)
        if after is None:
            return
        if after.revision < before.revision:
            yield (
                f"The revision went down from {before.revision} to {after.revision}. It only goes up."
            )
        answers = self._rendered(change, "answer", [before.answer, after.answer])
        if after.revision == before.revision and answers[0] != answers[1]:
            yield (
                "The answer has changed and the revision has not. Would somebody who learned the "
                "old answer now be wrong? If so, add 1 to <code>revision</code>; if not, all is well."
            )


def _lost(ids: Iterable[str], after: Deck) -> list[str]:
    """The ids that no card has any more, and none has had."""
    known = {id for card in after.cards for id in (card.id, *card.formerly)}
    return [id for id in ids if id not in known]


def _lost_note(ids: list[str]) -> str:
    names = " and ".join(map(_code, ids))
    return (
        f"Learners' schedules hang on ids, and {names} {'is' if len(ids) == 1 else 'are'} gone. Where "
        "a card lives on under another id, list the old one there under <code>formerly</code>."
    )


def _value(side: Record | None, field: dataclasses.Field) -> Any:
    """What a field holds; where there is no record, what it holds when it is left out."""
    if side is not None:
        return getattr(side, field.name)
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return "" if field.default is dataclasses.MISSING else field.default


def _shown(value: Any, write: Callable[[str], str]) -> str:
    """A field's value as one line of HTML; `write` makes HTML of a text."""
    if isinstance(value, tuple):
        items = "".join(f"<li>{_shown(item, write)}</li>" for item in value)
        return f"<ul>{items}</ul>" if items else ""
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return "<br>".join(
            f"{_text(key)}: {_shown(item, write)}" for key, item in value.items() if item
        )
    return _one_line(write(str(value))) if value else ""


def _one_line(html: str) -> str:
    # A blank line would end the HTML, and Markdown would go on.
    return re.sub(r"\r\n?|\n", "&#10;", html)


def _text(text: str) -> str:
    """A text that stays one: what starts a mention, an address or mathematics stands alone."""
    return _one_line(
        re.sub(r"[@#$]|:(?=//|[\w+-]+:)", r"<span>\g<0></span>", escape(text, quote=False))
    )


def _code(text: str) -> str:
    return f"<code>{_one_line(escape(text))}</code>"


def _source(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _link(words: str, file: str, line: int, files: str) -> str:
    if not files:
        return _code(words)
    at = f"{files}/{quote(file)}" + (f"?plain=1#L{line}" if line else "")
    return f'<a href="{escape(at)}">{escape(words)}</a>'


def _size(parts: Iterable[str]) -> int:
    return sum(len(part.encode()) + 2 for part in parts)


def _fitting(parts: Iterable[str], room: int) -> list[str]:
    """As many of the parts, from the first on, as the room in bytes can hold."""
    kept = []
    for part in parts:
        room -= _size([part])
        if room < 0:
            break
        kept.append(part)
    return kept


# A tag, mathematics, or a word, each with the space after it.
_PIECE = re.compile(r"(<[^>]*>|\$\$?[^$<]+\$\$?|(?:(?!&#10;)[^\s<$])+|\$)((?:\s|&#10;)*)")


def _marked(before: str, after: str) -> list[str]:
    """Two lines of HTML with the words that differ marked in each."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if len(old) * len(new) > LONGEST_COMPARED:
        return [before, after]
    words = [[word for word, _ in pieces] for pieces in (old, new)]
    marked = ["", ""]
    for how, *span in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for side, pieces, tag in (
            (0, old[span[0] : span[1]], "del"),
            (1, new[span[2] : span[3]], "ins"),
        ):
            marked[side] += _joined(pieces) if how == "equal" else _wrapped(pieces, tag)
    return marked


def _wrapped(pieces: list[tuple[str, str]], tag: str) -> str:
    """The pieces with the words, but no tag, inside an element."""
    html = ""
    for is_tag, run in groupby(pieces, key=lambda piece: piece[0].startswith("<")):
        run = list(run)
        last, space = run[-1]
        inside = _joined(run[:-1]) + last
        html += (inside if is_tag else f"<{tag}>{inside}</{tag}>") + space
    return html


def _joined(pieces: list[tuple[str, str]]) -> str:
    return "".join(word + space for word, space in pieces)


class _ReviewMarkup(Markup):
    """Card text for a reviewer: addresses are spelled out, mathematics is left to GitHub."""

    def _make_parser(self) -> MarkdownIt:
        parser = super()._make_parser()
        for rule, write in (
            ("text", lambda token: _text(token.content)),
            ("link_open", lambda token: ""),
            ("image", lambda token: f"[{_text(token.content)}: {_code(token.attrs['src'])}]"),
            ("fence", lambda token: _source(token.content)),
            ("math_inline", lambda token: _mathematics(token.content, "$")),
            ("math_block", lambda token: f"<p>{_mathematics(token.content, '$$')}</p>"),
        ):
            parser.add_render_rule(rule, _from_token(write))
        parser.add_render_rule("link_close", _render_address)
        for cell in ("th_open", "td_open"):
            parser.add_render_rule(cell, _from_token(lambda token: f"<{token.tag}>"))
        return parser


def _from_token(write: Callable) -> Callable:
    return lambda self, tokens, n, options, env: write(tokens[n])


def _mathematics(tex: str, mark: str) -> str:
    tex = " ".join(tex.split())
    return _code(tex) if "$" in tex or not tex else f"{mark}{escape(tex)}{mark}"


def _render_address(self, tokens, n, options, env) -> str:
    opened = next(token for token in reversed(tokens[:n]) if token.type == "link_open")
    address = str(opened.attrs["href"])
    return "" if address.startswith(ROOT) else f" ({_code(address)})"
