"""What Anki's text and Anki's packages share: its notes, with fields in HTML, as drafts of cards."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ..rules import SLUG
from ..words import FOLDER, in_language
from .drafts import Draft, Note
from .hypertext import FREE, Medium, markdown, plain
from .plain import bare, one_line

# Marks of a gap, in place of Anki's, which stay as they are while HTML becomes Markdown.
_OPEN, _CLOSE, _HINT = FREE
_GAP = re.compile(rf"{_OPEN}(\d+){_HINT}")
_MARKS = re.compile(r"\{\{c(\d+)::|\}\}|::")
_IN_MATH = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|<anki-mathjax.*?</anki-mathjax>", re.DOTALL)
_HIDDEN = "image-occlusion:"

# What a template shows of a note: {{Field}}, {{hint:Field}}; not what only tests whether it is empty.
_SHOWN = re.compile(r"\{\{(?![#^/!])\s*((?:[^{}:]+:)*)([^{}]+?)\s*\}\}")
_SPECIAL = frozenset("FrontSide Tags Deck Subdeck Card CardFlag Type CardID".split())

# The fields of the notes in our own packages, and what they are of a card.
_OURS = {"Front", "Back", "Term", "Topic", "Gist", "Id"}
_OF_CARD = {
    "Back": "answer",
    "Gist": "gist",
    "Hint": "hint",
    "Details": "details",
    "Example": "example",
    "Mistake": "mistake",
    "Reverse": "reverse",
}
_INLINE = ("gist", "hint", "reverse")
# The entry of a note's card on the site, and a link to the entry of another.
_ENTRY = re.compile(r"(https?://\S*)glossary/([a-z0-9-]+)/#[a-z0-9-]+")
_TO_ENTRY = r"\[([^\[\]|]*)\]\({}glossary/[a-z0-9-]+/#([a-z0-9-]+)\)"


@dataclass(frozen=True)
class Kind:
    """A type of notes: its fields, and which of them stand on the front and on the back."""

    name: str
    fields: tuple[str, ...]
    is_cloze: bool = False
    templates: tuple[tuple[str, str], ...] = ()  # front and back, as Anki writes them

    def sides(self, template: int = 0) -> tuple[list[str], list[str]]:
        """The fields on the front of a template, and those only on its back."""
        if template >= len(self.templates):
            return list(self.fields[:1]), list(self.fields[1:2])
        front, back = (self._shown(side) for side in self.templates[template])
        return front, [name for name in back if name not in front]

    def _shown(self, template: str) -> list[str]:
        found = {}
        for filters, name in _SHOWN.findall(template):
            if "type:" not in filters and name in self.fields and name not in _SPECIAL:
                found[name] = None
        return list(found)


@dataclass(frozen=True)
class AnkiNote:
    """A note: where it stands, its kind, its fields in HTML, and what it wears."""

    line: int
    kind: Kind
    values: tuple[str, ...]
    tags: tuple[str, ...] = ()
    deck: str = ""
    guid: str = ""
    templates: frozenset[int] = frozenset()  # those that it has cards of

    def __getitem__(self, name: str) -> str:
        at = self.kind.fields.index(name) if name in self.kind.fields else len(self.values)
        return self.values[at] if at < len(self.values) else ""


@dataclass
class Telling:
    """Notes that are gathered while drafts are made."""

    notes: list[Note] = field(default_factory=list)
    topics: dict[str, str] = field(default_factory=dict)  # titles by ids, where notes tell both
    _once: set[str] = field(default_factory=set)

    def at(self, line: int) -> Callable[[str], None]:
        """What tells something of a line."""
        return lambda words: self.notes.append(Note(line, words))

    def once(self, words: str, doubtful: bool = True) -> None:
        """Tell something of the whole file, once."""
        if words not in self._once:
            self._once.add(words)
            self.notes.append(Note(0, words, doubtful))


def drafts(
    notes: Iterable[AnkiNote], medium_at: Callable[[int], Medium], telling: Telling
) -> Iterator[Draft]:
    """A draft for each note that can be a card."""
    notes = list(notes)
    terms = {plain(note["Id"]): plain(note["Term"]) for note in notes if _is_ours(note)}
    for note in notes:
        medium, tell = medium_at(note.line), telling.at(note.line)
        if any(_HIDDEN in value for value in note.values):
            tell("a picture with covered parts, which no card here can ask: left out.")
            continue
        if _is_ours(note):
            fields = _ours(note, medium, tell, terms)
            if entry := _ENTRY.fullmatch(plain(note["Link"])):
                telling.topics.setdefault(entry[2], plain(note["Topic"]))
                fields["topic"] = entry[2]
        elif note.kind.is_cloze:
            fields = _cloze(note, medium, tell)
        else:
            fields = _two_sides(note, medium, tell, telling)
        fields["topic"] = fields.get("topic") or note.deck
        fields["tags"] = note.tags
        if not fields.get("id") and (id := own_id(note.guid)):
            fields["id"] = id
        yield Draft(note.line, fields)


def own_id(guid: str) -> str:
    """The id of the card that a note of our own was made from; empty for others."""
    deck, found, card = guid.partition("/")
    return card if found and SLUG.fullmatch(deck) and SLUG.fullmatch(card) else ""


def titles(decks: Iterable[str]) -> dict[str, str]:
    """What decks are called as topics: without what all of their names start with."""
    names = {deck: re.split(r"::|\x1f", deck) for deck in dict.fromkeys(decks)}
    lists = list(names.values())
    shared = 0
    while len(lists) > 1 and all(
        len(parts) > shared + 1 and parts[shared] == lists[0][shared] for parts in lists
    ):
        shared += 1
    if len(lists) == 1:
        shared = len(lists[0]) - 1
    return {
        deck: ": ".join(filter(None, map(one_line, parts[shared:])))
        for deck, parts in names.items()
    }


def _two_sides(note: AnkiNote, medium: Medium, tell: Callable, telling: Telling) -> dict:
    fronts, backs = note.kind.sides()
    if not backs:
        fronts, backs = list(note.kind.fields[:1]), list(note.kind.fields[1:2])
    for name in note.kind.fields:
        if note[name].strip() and name not in fronts + backs:
            words = (
                f'the field "{name}" of the notes "{note.kind.name}" is on neither side: left out.'
            )
            telling.once(words)
    front = "<br>".join(filter(None, (note[name] for name in fronts)))
    back = "\n\n".join(
        filter(None, (markdown(note[name], medium, tell) for name in backs if note[name]))
    )
    fields = front_of(front, medium, tell, own=bool(own_id(note.guid)))
    fields["answer"] = back
    asked, _ = note.kind.sides(1) if len(note.kind.templates) > 1 else ([], [])
    if asked and set(asked) <= set(backs) and 1 in note.templates:
        asking = "<br>".join(note[name] for name in asked)
        fields["reverse"] = markdown(asking, medium, lambda words: None, inline=True)
    return fields


def front_of(front: str, medium: Medium, tell: Callable, own: bool = False) -> dict:
    """The term of a front in HTML, and the question where the front is more than a term."""
    term, asked = plain(front), markdown(front, medium, tell, inline=True)
    if own and (found := _asked_term(term)):
        return {"term": found}
    if not term:
        named = re.search(r"!\[([^\]]*)\]", asked)
        term = named[1] if named else ""
    unmarked = re.sub(r"^(\*{1,3})([^*]+)\1$", r"\2", asked)
    is_term = not re.search(r"[?？؟]\W*$", term) and len(term.split()) <= 10
    if is_term and re.sub(r"\\(.)", r"\1", unmarked) == term:
        return {"term": term}
    return {"term": term, "question": asked}


def _is_ours(note: AnkiNote) -> bool:
    return set(note.kind.fields) >= _OURS


def _ours(note: AnkiNote, medium: Medium, tell: Callable, terms: dict[str, str]) -> dict:
    """The card that a note of our own package was made from, as far as it tells."""
    term = plain(note["Term"])
    fields = {"id": plain(note["Id"]), "term": term, "topic": plain(note["Topic"])}
    fields["aliases"] = tuple(filter(None, map(str.strip, plain(note["Aliases"]).split(","))))
    for name, of_card in _OF_CARD.items():
        fields[of_card] = markdown(note[name], medium, tell, inline=of_card in _INLINE)
    asked = markdown(note["Front"], medium, tell, inline=True)
    if term not in (front := plain(note["Front"]), _asked_term(front)):
        fields["question"] = asked
    sentences = (note[name] for name in note.kind.fields if re.fullmatch(r"Cloze \d+", name))
    marked = (re.sub(r"<mark>(.*?)</mark>", rf"{_OPEN}\1{_CLOSE}", each) for each in sentences)
    made = (markdown(each, medium, tell, inline=True) for each in marked if each)
    fields["cloze"] = tuple(each.replace(_OPEN, "{{").replace(_CLOSE, "}}") for each in made)
    if not (entry := _ENTRY.fullmatch(plain(note["Link"]))):
        return fields
    to_entry = re.compile(_TO_ENTRY.format(re.escape(entry[1])))

    def linked(found: re.Match) -> str:
        words, id = found.groups()
        return (
            f"[[{id}]]" if terms.get(id) == words else f"[[{id}|{words}]]" if id in terms else words
        )

    return {
        name: to_entry.sub(linked, value) if isinstance(value, str) else value
        for name, value in fields.items()
    } | {"cloze": tuple(to_entry.sub(linked, sentence) for sentence in fields["cloze"])}


@lru_cache(maxsize=1)
def _questions() -> list[re.Pattern]:
    """How a card asks for its term where it has no question, in each language of the interface."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        asked = in_language(file.stem)("card.question", term="\0")
        found.append(re.compile(re.escape(one_line(asked)).replace(re.escape("\0"), "(.+)")))
    return found


def _asked_term(front: str) -> str:
    return next((found[1] for each in _questions() if (found := each.fullmatch(front))), "")


# Gaps


def _cloze(note: AnkiNote, medium: Medium, tell: Callable) -> dict:
    """A card whose sentences have the gaps of a note, a sentence for each number."""
    fronts, backs = note.kind.sides()
    name = next((name for name in [*fronts, *note.kind.fields] if "{{c" in note[name]), "")
    if not name:
        tell("there is no gap in it: taken as a card of two sides.")
        front, back = (note[name] for name in note.kind.fields[:2])
        return front_of(front, medium, tell) | {"answer": markdown(back, medium, tell)}
    source = _IN_MATH.sub(_around_math, note[name])
    text = markdown(_with_marks(source), medium, tell)
    numbers = sorted({int(number) for number in _GAP.findall(text)})
    whole = _said(text, -1)
    sentences = tuple(one_line(_said(text, number).replace("\\\n", " ")) for number in numbers)
    first = [gap for gap in _gaps(text) if gap[0] == numbers[0]]
    hints = [hint for _, _, hint in first if hint]
    words = [bare(content) for _, content, _ in first]
    asked = one_line(_said(text, numbers[0], asking=True).replace("\\\n", " "))
    more = [other for other in dict.fromkeys([*backs, *note.kind.fields[1:]]) if other != name]
    details = "\n\n".join(filter(None, (markdown(note[other], medium, tell) for other in more)))
    term = ", ".join(dict.fromkeys(filter(None, words))) or bare(whole)
    fields = {"term": term, "question": asked, "answer": whole, "details": details}
    fields["hint"] = bare(hints[0]) if hints else ""
    # Braces of a text are not marks of a gap.
    if all(_is_marked(sentence) for sentence in sentences):
        fields["cloze"] = sentences
    else:
        tell("its sentence has braces of its own: it is asked as a whole, without gaps.")
    return fields


def _around_math(math: re.Match) -> str:
    """Mathematics with a gap inside: all of it is the gap, since a gap cannot stand in a formula."""
    inside = math[0]
    number = re.search(r"\{\{c(\d+)::", inside)
    if not number:
        return inside
    whole = re.sub(r"\{\{c\d+::(.*?)(?:::[^{}]*)?\}\}", r"\1", inside, flags=re.DOTALL)
    return f"{{{{c{number[1]}::{whole}}}}}" if "{{c" not in whole else whole


def _with_marks(source: str) -> str:
    """A text whose gaps have our marks; what closes nothing stays as it is."""
    parts, end, opened = [], 0, 0
    for mark in _MARKS.finditer(source):
        parts.append(source[end : mark.start()])
        end = mark.end()
        if mark[1]:
            opened += 1
            parts.append(f"{_OPEN}{mark[1]}{_HINT}")
        elif mark[0] == "}}" and opened:
            opened -= 1
            parts.append(_CLOSE)
        elif mark[0] == "::" and opened:
            parts.append(_HINT)
        else:
            parts.append(mark[0])
    return "".join(parts) + source[end:] + _CLOSE * opened


def _gaps(text: str) -> list[tuple[int, str, str]]:
    """The number, the words and the hint of each gap, those inside others too."""
    found, stack = [], []
    for piece in re.split(rf"({_OPEN}\d+{_HINT}|{_CLOSE})", text):
        if start := _GAP.fullmatch(piece):
            stack.append([int(start[1]), ""])
        elif piece == _CLOSE:
            number, inside = stack.pop()
            words, _, hint = inside.partition(_HINT)
            found.append((number, words, hint))
            if stack:
                stack[-1][1] += words
        elif stack:
            stack[-1][1] += piece
    return found


def _said(text: str, number: int, asking: bool = False) -> str:
    """The sentence with the gaps of one number marked, or left open where it asks."""
    stack: list[list] = [[0, ""]]
    for piece in re.split(rf"({_OPEN}\d+{_HINT}|{_CLOSE})", text):
        if start := _GAP.fullmatch(piece):
            stack.append([int(start[1]), ""])
        elif piece == _CLOSE and len(stack) > 1:
            own, inside = stack.pop()
            words, _, hint = inside.partition(_HINT)
            inner = any(each[0] == number for each in stack[1:])
            if own == number and not inner:
                words = f"[{hint or '…'}]" if asking else f"{{{{{words}}}}}"
            stack[-1][1] += words
        else:
            stack[-1][1] += piece
    return stack[0][1].replace(_HINT, "::")


def _is_marked(sentence: str) -> bool:
    rest = re.sub(r"\{\{((?:(?!\{\{|\}\}).)+)\}\}", "", sentence)
    return "{{" not in rest and "}}" not in rest and rest != sentence


def words_of_html(text: str) -> str:
    """A plain text as the HTML that shows it, for notes whose fields are no HTML."""
    return html.escape(text, quote=False).replace("\n", "<br>")
