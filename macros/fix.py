"""Mends what needs no person, by editing lines: all else of a file stays byte for byte.

A mend is planned on the nodes of the YAML, which know their places, and is kept only if the
new text means what the old one did, but for what was to change.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from . import pages
from .model import OFF, Card, slug
from .rules import SLUG
from .syntax import DEEPEST, BaseLoader

# The rules, of those that a deck can turn off, that ask for links back and for slugs as names.
LINKED_BACK = "related-goes-both-ways"
NAMES = "names-are-slugs"

# What stands before `related` in a card, and what holds no [[links]].
BEFORE_RELATED = [each.name for each in dataclasses.fields(Card)]
del BEFORE_RELATED[BEFORE_RELATED.index("related") :]
PLAIN = {"id", "formerly", "term", "aliases", "topic", "tags", "related", "sources", "original"}

BREAK = re.compile(r"\r\n|\n|\r")
# Code, in which a bracket is no link, or else the id of a link.
LINK = re.compile(r"(`+).+?(?<!`)\1(?!`)|(?<=\[\[)(?P<id>[^\[\]|]+)(?=\||\]\])", re.DOTALL)

PAGE = """\
---
description: {about}
search:
  boost: 2
---

{{{{ glossary("{id}") }}}}
"""

Renames = dict[str, dict[str, str]]  # "topic", "card" and so on, each with new ids by the old ones


def fix(project: Path) -> list[str]:
    """Mend the deck and the pages of a project; returns a line for each thing done, with its place.

    A deck that does not parse is left alone. Raises `OSError` where a file cannot be written.
    """
    deck = File.read(project / "cards.yaml")
    if deck is None:
        return []
    deck.mend(_without_spaces(deck))
    renames, plan = _with_slugs(deck)
    if not deck.mend(plan):
        renames = {}
    deck.mend(_with_ids(deck))
    deck.mend(_with_links_back(deck))
    deck.write()
    said = deck.said()
    if renames:
        said += _rename_in_pages(project, renames)
    return said + with_topic_pages(project, deck, renames)


# A file and its mends


@dataclass
class Plan:
    """Edits of a text, and what they change in its meaning."""

    edits: list[tuple[int, int, str, str]] = field(default_factory=list)  # from, to, text, said
    means: dict[int, Any] = field(default_factory=dict)  # new values of nodes, by their `id()`

    def edit(self, start: int, end: int, text: str, said: str = "") -> None:
        self.edits.append((start, end, text, said))


class File:
    """A YAML file: its text, its nodes, and what has been done to it."""

    def __init__(self, path: Path, mark: str, text: str, root: yaml.MappingNode):
        self.name = path.name
        self.text = self._before = text
        self.root = root
        self._path = path
        self.mark = mark
        self._notes: list[tuple[int, str]] = []
        self._failed: list[str] = []
        found = BREAK.search(text)
        self.line_break = found[0] if found else "\n"

    @classmethod
    def read(cls, path: Path) -> File | None:
        """The file, or nothing where it does not parse or leans on aliases, which stand for more than one place."""
        try:
            text = path.read_bytes().decode("utf-8")
            # The parser does not count a byte-order mark.
            mark = text[: text.startswith("\ufeff")]
            text = text[len(mark) :]
            depth = 0
            for event in yaml.parse(text, Loader=BaseLoader):
                depth += isinstance(event, yaml.CollectionStartEvent)
                depth -= isinstance(event, yaml.CollectionEndEvent)
                if depth > DEEPEST or isinstance(event, yaml.AliasEvent):
                    return None
            root = yaml.compose(text, Loader=BaseLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            return None
        return cls(path, mark, text, root) if isinstance(root, yaml.MappingNode) else None

    def mend(self, plan: Plan) -> bool:
        """Carry out a plan; false, and nothing done, where more than the plan says would change."""
        if not plan.edits:
            return True
        edits = sorted(plan.edits, key=lambda edit: edit[0])
        parts, notes, length, position = [], [], 0, 0
        for start, end, text, said in edits:
            parts += [self.text[position:start], text]
            length += start - position
            if said:
                notes.append((length + len(text) - len(text.lstrip(" \r\n")), said))
            length += len(text)
            position = end
        text = "".join([*parts, self.text[position:]])
        try:
            root = yaml.compose(text, Loader=BaseLoader)
        except yaml.YAMLError:
            root = None
        if root is None or value_of(root) != value_of(self.root, plan.means):
            self._failed += [said for *_, said in edits if said]
            return False
        ends = [end for _, end, _, _ in edits]
        moves = list(accumulate((len(new) - (to - at) for at, to, new, _ in edits), initial=0))
        earlier = [(at + moves[bisect_right(ends, at)], said) for at, said in self._notes]
        self._notes = earlier + notes
        self.text, self.root = text, root
        return True

    def said(self) -> list[str]:
        """What was done, and what could not be, a line each."""
        starts = [0, *(found.end() for found in BREAK.finditer(self.text))]
        lines = []
        for at, said in sorted(self._notes):
            line = bisect_right(starts, at)
            lines.append(f"{self.name}:{line}:{at - starts[line - 1] + 1}: {said}")
        return lines + [
            f"{self.name}: not done, since more would change with it: {said}"
            for said in self._failed
        ]

    def write(self) -> None:
        """Replace the file where its text has changed."""
        if self.text != self._before:
            write_file(self._path, self.mark + self.text)


def write_file(path: Path, text: str) -> None:
    """Put a text in the place of a file at once, so that nobody ever finds half of it."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(number, "wb") as file:
            file.write(text.encode("utf-8"))
        if path.exists():
            shutil.copymode(path, name)
        else:
            os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


# Nodes


def value_of(node: yaml.Node, means: dict[int, Any] | None = None) -> Any:
    """What a node holds; a group of fields as pairs, so that none gets lost."""
    if means and id(node) in means:
        return means[id(node)]
    if isinstance(node, yaml.ScalarNode):
        return node.value.strip()  # as the loader reads it
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, means) for item in node.value]
    return [(value_of(key, means), value_of(value, means)) for key, value in node.value]


def fields_at(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """The values of a group of fields; none where the node is none, or has a field twice."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = {key.value: value for key, value in pairs if isinstance(key, yaml.ScalarNode)}
    return found if len(found) == len(pairs) else {}


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str:
    return node.value.strip() if isinstance(node, yaml.ScalarNode) else ""


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    else:
        for pair in node.value:
            for part in pair:
                yield from _scalars(part)


def _group(deck: File, kind: str) -> list[tuple[yaml.Node, dict[str, yaml.Node]]]:
    """The nodes of all topics or cards, each with its fields."""
    return [(node, fields_at(node)) for node in _items(fields_at(deck.root).get(kind))]


def _is_off(deck: File, rule: str) -> bool:
    rules = fields_at(fields_at(fields_at(deck.root).get("deck")).get("rules"))
    return _text(rules.get(rule)) == OFF


def _named(kind: str, n: int, id: str) -> str:
    return f'{kind} "{id}": ' if id else f"{kind} {n + 1}: "


def _is_block(node: yaml.Node) -> bool:
    """Whether a node is a text after | or >."""
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def end_of(text: str, node: yaml.Node) -> int:
    """Where the last line of a node ends, before its line break."""
    while not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = node.end_mark.index
    if _is_block(node):
        # Spaces in its last lines can be a part of it; empty lines are not.
        start = node.start_mark.index
        return start + len(text[start:end].rstrip("\r\n"))
    found = BREAK.search(text, end)
    return found.start() if found else len(text)


def _put(plan: Plan, deck: File, node: yaml.ScalarNode, new: str, said: str) -> None:
    """Plan a new text for a short one, in the quotes that it has."""
    start, end = node.start_mark.index, node.end_mark.index
    quote = deck.text[start] if node.style in ("'", '"') else ""
    space = "" if start < end else " "  # a field without a value ends at its colon
    plan.edit(start, end, f"{space}{quote}{new}{quote}", said)
    plan.means[id(node)] = new


# The mends of a deck


def _without_spaces(deck: File) -> Plan:
    """Take out spaces and tabs at the ends of lines, where they mean nothing."""
    plan = Plan()
    blocks = [node for node in _scalars(deck.root) if _is_block(node)]
    starts = [node.start_mark.index for node in blocks]
    ends = [
        found.span()
        for found in re.finditer(r"[ \t]+(?=[\r\n]|\Z)", deck.text)
        # In quotes, a backslash before it makes a space count.
        if deck.text[found.start() - 1 : found.start()] != "\\"
        and _is_idle(deck.text, found, blocks, bisect_right(starts, found.start()) - 1)
    ]
    if ends:
        count = f"{len(ends)} lines, of which this is the first" if ends[1:] else "this line"
        plan.edit(*ends[0], "", f"took out spaces at the end of {count}.")
        plan.edits += [(start, end, "", "") for start, end in ends[1:]]
    return plan


def _is_idle(text: str, found: re.Match, blocks: list[yaml.Node], n: int) -> bool:
    """Whether spaces at the end of a line are no part of the block that starts last before them."""
    if n < 0 or found.start() >= blocks[n].end_mark.index:
        return True
    header, *lines = BREAK.split(text[blocks[n].start_mark.index : blocks[n].end_mark.index])
    if found.start() <= blocks[n].start_mark.index + len(header):
        return True
    # An empty line may be indented as far as the block is.
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip(" "))
    is_empty = text[found.start() - 1] in "\r\n" and set(found[0]) == {" "}
    return is_empty and not re.search(r"\d", header) and len(found[0]) <= indent


def _with_slugs(deck: File) -> tuple[Renames, Plan]:
    """Make slugs of ids that are none, where no other has them, and rename what refers to them."""
    plan = Plan()
    cards = _group(deck, "cards")
    topics = _group(deck, "topics")
    info = fields_at(fields_at(deck.root).get("deck"))
    renames = {
        "deck": _rename(plan, deck, "deck", [info.get("id")]),
        "topic": _rename(plan, deck, "topic", [given.get("id") for _, given in topics]),
        "card": _rename(plan, deck, "card", [given.get("id") for _, given in cards]),
        "source": {},
        "tag": {},
    }
    if not _is_off(deck, NAMES):
        sources = fields_at(deck.root).get("sources")
        keys = [key for key, _ in sources.value] if isinstance(sources, yaml.MappingNode) else []
        renames["source"] = _rename(plan, deck, "source", keys)
        renames["tag"] = _new_tags(cards)
    for n, (_, given) in enumerate(cards):
        own = _text(given.get("id"))
        who = _named("card", n, renames["card"].get(own, own))
        refers = [("topic", given["topic"])] if "topic" in given else []
        for kind, name in (("card", "related"), ("source", "sources"), ("tag", "tags")):
            refers += [(kind, node) for node in _items(given.get(name))]
        for kind, node in refers:
            old = _text(node)
            if old in renames[kind] and not _is_block(node):
                new = renames[kind][old]
                _put(plan, deck, node, new, f'{who}"{old}" is now "{new}".')
        if renames["card"]:
            for name in given.keys() - PLAIN:
                for node in _scalars(given[name]):
                    _relink(plan, deck, node, renames["card"], who)
    return {kind: new for kind, new in renames.items() if new}, plan


def _rename(plan: Plan, deck: File, kind: str, ids: list[yaml.Node | None]) -> dict[str, str]:
    """Plan slugs for the ids of one kind; returns them by the old ids."""
    count = Counter(map(_text, ids))
    taken = set(count) | (_former(deck) if kind == "card" else set())
    renamed = {}
    for node in ids:
        old = _text(node)
        if not old or SLUG.fullmatch(old) or count[old] > 1 or _is_block(node):
            continue
        new = slug(old)
        if new and new not in taken:
            taken.add(new)
            renamed[old] = new
            who = "deck: " if kind == "deck" else f'{kind} "{new}": '
            _put(plan, deck, node, new, f'{who}the id "{old}" is now "{new}".')
    return renamed


def _new_tags(cards: list[tuple[yaml.Node, dict[str, yaml.Node]]]) -> dict[str, str]:
    """Slugs for tags that are none, by the old tags; they stand nowhere but in the cards."""
    tags = {_text(node): "" for _, given in cards for node in _items(given.get("tags"))}
    renamed: dict[str, str] = {}
    for old in tags:
        new = "" if SLUG.fullmatch(old) else slug(old)
        if new and new not in tags.keys() | renamed.values():
            renamed[old] = new
    return renamed


def _former(deck: File) -> set[str]:
    """The ids that cards once had, which no other card may take."""
    cards = _group(deck, "cards")
    return {_text(node) for _, fields in cards for node in _items(fields.get("formerly"))}


def _relink(
    plan: Plan, deck: File, node: yaml.ScalarNode, renamed: dict[str, str], who: str
) -> None:
    """Plan new ids in the [[links]] of a text."""

    def places(text: str) -> list[tuple[int, int, str, str]]:
        found = [match for match in LINK.finditer(text) if match["id"]]
        ids = [" ".join(match["id"].split()) for match in found]
        return [
            (*match.span("id"), id, renamed[id])
            for match, id in zip(found, ids, strict=True)
            if id in renamed
        ]

    meant = places(node.value)
    start = node.start_mark.index
    written = places(deck.text[start : node.end_mark.index])
    if [ids for *_, ids in meant] != [ids for *_, ids in written]:
        return  # written with escapes, or across lines: `check` names what it leads to
    value = node.value
    for at, to, _, new in reversed(meant):
        value = value[:at] + new + value[to:]
    for at, to, old, new in written:
        plan.edit(start + at, start + to, new, f"{who}[[{old}]] is now [[{new}]].")
    if meant:
        plan.means[id(node)] = value.strip()


def _with_ids(deck: File) -> Plan:
    """Give each card without an id one made from its term, where no other has it."""
    plan, cards = Plan(), _group(deck, "cards")
    taken = {_text(fields.get("id")) for _, fields in cards} | _former(deck)
    for card, fields in cards:
        new, given = slug(_text(fields.get("term"))), fields.get("id")
        is_blank = given is None or (value_of(given) == "" and not _is_block(given))
        if not new or new in taken or not is_blank:
            continue
        taken.add(new)
        said = f'card "{new}": added this id, made from its term. Keep it, whatever changes.'
        if given is not None:
            _put(plan, deck, given, new, said)
            continue
        first = card.value[0][0].start_mark
        after = ", " if card.flow_style else deck.line_break + " " * first.column
        plan.edit(first.index, first.index, f"id: {new}{after}", said)
        plan.means[id(card)] = [("id", new), *value_of(card)]
    return plan


def _with_links_back(deck: File) -> Plan:
    """Let each card that is related to another be named by it too."""
    plan = Plan()
    if _is_off(deck, LINKED_BACK):
        return plan
    cards = [(_text(fields.get("id")), node, fields) for node, fields in _group(deck, "cards")]
    count = Counter(id for id, *_ in cards)
    names = {id: list(map(_text, _items(fields.get("related")))) for id, _, fields in cards}
    lists = [
        (key, value)
        for _, node, fields in cards
        if _items(fields.get("related"))
        for key, value in node.value
        if key.value == "related"
    ]
    missing: dict[str, list[str]] = {id: [] for id, *_ in cards}
    # A list that names what is not there may name this card as it was once called.
    clear = {id for id, related in names.items() if all(each in names for each in related)}
    for id, related in names.items():
        if SLUG.fullmatch(id) and count[id] == 1:
            for other in dict.fromkeys(related):
                if other in clear and SLUG.fullmatch(other) and id not in [other, *names[other]]:
                    missing[other].append(id)
    for id, node, fields in cards:
        if count[id] == 1 and missing[id]:
            listed = ", ".join(f'"{each}"' for each in missing[id])
            said = f'card "{id}": added {listed} to "related", to link back.'
            if "related" not in fields:
                _add_list(plan, deck, node, missing[id], lists, said)
            elif isinstance(fields["related"], yaml.SequenceNode):
                _add_items(plan, deck, fields["related"], missing[id], said)
    return plan


def _add_items(
    plan: Plan, deck: File, related: yaml.SequenceNode, ids: list[str], said: str
) -> None:
    """Plan more items at the end of a list, written as its last one is."""
    last = related.value[-1] if related.value else None
    quote = last.style if isinstance(last, yaml.ScalarNode) and last.style in ("'", '"') else ""
    items = [f"{quote}{id}{quote}" for id in ids]
    if last is None:
        start = related.start_mark.index + 1
        spaces = re.match(r"[ \t]*", deck.text[start : related.end_mark.index])[0]
        plan.edit(start, start + len(spaces), ", ".join(items), said)
    elif related.flow_style:
        at = last.end_mark.index
        plan.edit(at, at, "".join(f", {item}" for item in items), said)
    else:
        at = end_of(deck.text, last)
        start = last.start_mark.index
        dash = deck.text[start - last.start_mark.column : start]
        if not re.fullmatch(r" *- +", dash):
            return
        plan.edit(at, at, "".join(f"{deck.line_break}{dash}{item}" for item in items), said)
    plan.means[id(related)] = value_of(related) + ids


def _add_list(
    plan: Plan,
    deck: File,
    card: yaml.MappingNode,
    ids: list[str],
    others: list[tuple[yaml.Node, yaml.SequenceNode]],
    said: str,
) -> None:
    """Plan the field `related` of a card, after those that stand before it, as most cards have it."""
    names = [key.value for key, _ in card.value]
    n = max(n for n, name in enumerate(names) if name in BEFORE_RELATED)
    key, value = card.value[n]
    flow = f"related: [{', '.join(ids)}]"
    if card.flow_style:
        at = value.end_mark.index
        plan.edit(at, at, f", {flow}", said)
    else:
        at = end_of(deck.text, value)
        start = deck.line_break + " " * key.start_mark.column
        blocks = [(key, value) for key, value in others if not value.flow_style]
        if len(blocks) * 2 > len(others):
            name, items = blocks[0]
            indent = " " * (items.start_mark.column - name.start_mark.column)
            flow = "related:" + "".join(f"{start}{indent}- {id}" for id in ids)
        plan.edit(at, at, start + flow, said)
    pairs = value_of(card)
    plan.means[id(card)] = [*pairs[: n + 1], ("related", ids), *pairs[n + 1 :]]


# The mends of pages


def _rename_in_pages(project: Path, renames: Renames) -> list[str]:
    """Name topics and cards by their new ids in the macro calls of the pages."""
    told = []
    for page in sorted((project / "docs").rglob("*.md")):
        try:
            text = page.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        lines = re.split(r"(\r\n|\n|\r)", text)  # each second one is a break
        said = []
        for line, column, kind, old in reversed(list(pages.named_ids("\n".join(lines[::2])))):
            if new := renames.get(kind, {}).get(old):
                at, whole = column - 1, lines[2 * line - 2]
                lines[2 * line - 2] = whole[:at] + new + whole[at + len(old) :]
                name = page.relative_to(project).as_posix()
                said.append(f'{name}:{line}:{column}: "{old}" is now "{new}".')
        if said:
            write_file(page, "".join(lines))
        told += reversed(said)
    return told


def with_topic_pages(project: Path, deck: File, renames: Renames) -> list[str]:
    """Write the glossary page that a topic lacks, and enter it into the navigation."""
    topics = [(_text(fields.get("id")), fields) for _, fields in _group(deck, "topics")]
    former = {new: old for old, new in renames.get("topic", {}).items()}
    settings = File.read(project / "mkdocs.yml")
    folder = project / "docs/glossary"
    said = []
    for n, (id, fields) in enumerate(topics):
        page = folder / f"{id}.md"
        if not SLUG.fullmatch(id) or page.is_file():
            continue
        title = _text(fields.get("title")) or id
        name = page.relative_to(project).as_posix()
        before = f"{former.get(id, id)}.md"
        if any(other.name == before for other in folder.glob("*.md")):
            (folder / before).rename(page)
            said.append(f"{name}: this page was {before}.")
        else:
            about = (
                _text(fields.get("summary"))
                or f"{title}: each term with its meaning, and with the terms that belong to it."
            )
            about = json.dumps(" ".join(about.split()), ensure_ascii=False)
            write_file(page, PAGE.format(about=about, id=id))
            said.append(f'{name}: wrote this page for the topic "{id}".')
        if settings:
            neighbors = [f"glossary/{other}.md" for other, _ in reversed(topics[:n])]
            said += _enter(settings, f"glossary/{id}.md", title, f"glossary/{before}", neighbors)
    if settings:
        settings.write()
        said += settings.said()
    return said


def _enter(settings: File, page: str, title: str, before: str, neighbors: list[str]) -> list[str]:
    """Enter a page into a navigation that lists pages; returns what is left to do by hand, if anything."""
    listed = dict(_listed(fields_at(settings.root).get("nav")))
    if page in listed or not listed:
        return []
    plan = Plan()
    said = f"the navigation lists {page} now."
    glossary = [path for path in listed if path.startswith("glossary/")]
    after = next((path for path in [*neighbors, *reversed(glossary)] if path in listed), None)
    key = title if _is_plain(title) else json.dumps(title, ensure_ascii=False)
    if before in listed:
        _put(plan, settings, listed[before][2], page, said)
    elif after:
        items, n, _ = listed[after]
        start = items.value[n].start_mark
        dash = settings.text[start.index - start.column : start.index]
        if re.fullmatch(r" *- +", dash):
            at = end_of(settings.text, items.value[n])
            plan.edit(at, at, f"{settings.line_break}{dash}{key}: {page}", said)
            others = value_of(items)
            plan.means[id(items)] = [*others[: n + 1], [(title, page)], *others[n + 1 :]]
    if plan.edits and settings.mend(plan):
        return []
    return [f'{settings.name}: add this line to "nav" yourself: - {key}: {page}']


def _listed(node: yaml.Node | None) -> Iterator[tuple[str, tuple[yaml.Node, int, yaml.Node]]]:
    """Each page of a navigation, with the list that it stands in, its place there, and its node."""
    for n, item in enumerate(_items(node)):
        is_titled = isinstance(item, yaml.MappingNode) and len(item.value) == 1
        target = item.value[0][1] if is_titled else item
        if isinstance(target, yaml.ScalarNode):
            yield target.value, (node, n, target)
        yield from _listed(target)


def _is_plain(title: str) -> bool:
    """Whether a title may stand as a key without quotes."""
    try:
        return yaml.safe_load(f"{title}: x") == {title: "x"}
    except (yaml.YAMLError, ValueError):  # the second for a date that is none
        return False
