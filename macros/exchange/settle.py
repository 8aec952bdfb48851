"""From drafts to cards: texts made safe, topics and ids given, what is double left out, all told."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..model import Card, Choice, Deck, Original, Source, Topic, slug
from ..rules import SLUG
from .drafts import MARKDOWN, PLAIN, Draft, Found, Media, Note, Refused
from .plain import bare, clean, escaped, folded, lines_kept, one_line, reading_of

LONGEST_ID = 60
LISTS = ("formerly", "aliases", "tags", "related", "sources", "cloze", "choices")
NAMES = ("id", "term", "topic", "figure", "revision", "original", "formerly", "aliases", "tags")
NAMES += ("related", "sources")  # fields that are no Markdown
LINES = ("answer", "details", "example", "mistake")  # fields that may have several lines

_QUESTION = re.compile(r"[?？؟;][\"'»”)]*$")
_LONG = 10  # words of a front that is a sentence, not a term

# What other programs make of an arrow: a dash before the sign, or a letter of another font.
_DASHED = re.compile(r"[–—] ?>")
_LETTERED = re.compile(r"(?<=\s)à(?=\s)")
_ACCENTED = re.compile(r"[À-ÖØ-öø-ÿ]")


@dataclass(frozen=True)
class Incoming:
    """What is brought in: cards with all that they lean on, and what is to be told."""

    said: str
    cards: tuple[Card, ...]
    topics: tuple[Topic, ...]  # of these cards, those that the deck does not have
    sources: dict[str, Source]  # the same of the sources
    media: tuple[Media, ...]
    notes: tuple[Note, ...]
    title: str = ""
    info: dict[str, Any] = field(default_factory=dict)
    unit: str = "line"


def settle(found: Found, stem: str, topic: str = "", deck: Deck | None = None) -> Incoming:
    """Make cards of what a format has found; `deck` is the one that they will go into, if any.

    `stem` is the name of the file, for cards whose topic nothing else says.
    """
    work = _Settling(found, deck)
    default = topic or found.title or _title(stem)
    # A note tells more at the card that it belongs to, so one pass does all of a card.
    whole = [done for draft in found.drafts if (done := work.texts(draft))]
    drafts = work.without_doubles(whole)
    cards = tuple(work.cards(drafts, default))
    if not whole:
        words = "no card is left of it:" if found.drafts else "there is no card in it."
        first = next((note for note in work.notes if note.text.endswith("left out.")), None)
        raise Refused(f"{words} {first.text}" if first else words, first.line if first else 0)
    cited = {id for card in cards for id in card.sources}
    known = deck.sources if deck else {}
    sources = {
        id: source for id, source in found.sources.items() if id in cited and id not in known
    }
    named = "\n".join(_all_text(cards)) if found.media else ""
    media = tuple(each for each in found.media if f"assets/{each.name}" in named)
    return Incoming(
        found.said,
        cards,
        tuple(work.new_topics(cards)),
        sources,
        media,
        tuple(sorted((*found.notes, *work.notes))),
        found.title or default,
        dict(found.info),
        found.unit,
    )


class _Settling:
    """What is known while drafts become cards."""

    def __init__(self, found: Found, deck: Deck | None):
        self.notes: list[Note] = []
        self._found = found
        self._deck = deck
        self._numbers: dict[str, int] = {}  # by the start of an id, the last number that was tried
        self._own = found.own
        topics = (*(deck.topics if deck else ()), *found.topics)
        self._topics = {topic.id: topic for topic in reversed(topics)}
        self._by_title = {folded(topic.title): topic.id for topic in reversed(topics)}
        self._taken = {card.id for card in deck.cards} if deck else set()
        if deck:
            self._taken |= {id for card in deck.cards for id in card.formerly}
        self._mends_letters = not self._own and self._is_arrow()

    def _is_arrow(self) -> bool:
        """Whether an à between blanks is likely no word: where no other letter has an accent."""
        texts = (
            text
            for draft in self._found.drafts
            for text in draft.fields.values()
            if isinstance(text, str)
        )
        return not any(_ACCENTED.search(_LETTERED.sub("", text)) for text in texts)

    def note(self, line: int, text: str, doubtful: bool = True) -> None:
        self.notes.append(Note(line, text, doubtful))

    # Texts

    def texts(self, draft: Draft) -> Draft | None:
        """A draft whose texts a deck can hold; nothing where one of its sides is empty."""
        fields: dict[str, Any] = {}
        for name, value in draft.fields.items():
            if isinstance(value, str):
                fields[name] = self._text(draft.line, name, value)
            elif isinstance(value, tuple):
                items = (self._item(draft.line, name, item) for item in value)
                fields[name] = tuple(item for item in items if item)
            else:
                fields[name] = value
        fields = {name: value for name, value in fields.items() if value not in ("", ())}
        if not self._own and "term" in fields:
            self._as_front(fields)
        if "term" not in fields and "question" in fields:
            fields["term"] = one_line(fields["question"])
        side = next((side for side in ("term", "answer") if side not in fields), "")
        if side:
            other = fields.get("answer" if side == "term" else "term", "")
            what = "front" if side == "term" else "back"
            beside = f' beside "{one_line(str(other)):.40}"' if other else ""
            self.note(draft.line, f"the {what} of this card is empty{beside}: left out.")
            return None
        fields["term"] = one_line(fields["term"])
        return Draft(draft.line, fields)

    def _item(self, line: int, name: str, item: Any) -> Any:
        if isinstance(item, Choice):
            text, feedback = (self._text(line, name, part) for part in (item.text, item.feedback))
            return Choice(text, feedback) if text else None
        return self._text(line, name, item)

    def _text(self, line: int, name: str, text: str) -> str:
        text, taken = clean(text)
        if taken:
            self.note(line, f'"{name}" holds {taken}, which no page can show: taken out.')
        if self._own or name in NAMES and name != "term":
            return text
        text = self._with_arrows(line, text.replace("\t", " "))
        if name == "term":
            return text  # plain, and a front as well: see below
        return self._as_markdown(line, name, text)

    def _with_arrows(self, line: int, text: str) -> str:
        if _DASHED.search(text):
            shown = _DASHED.search(text)[0]
            self.note(line, f'"{shown}" looks like a broken arrow: it is "→" now.')
            text = _DASHED.sub("→", text)
        if _LETTERED.search(text):
            if self._mends_letters:
                self.note(line, '"à" looks like a broken arrow: it is "→" now.')
                return _LETTERED.sub("→", text)
            self.note(line, '"à" may be a broken arrow: it is left as it is, among other accents.')
        return text

    def _as_markdown(self, line: int, name: str, text: str) -> str:
        kept = lines_kept if name in LINES else one_line
        if self._found.text == PLAIN:
            return kept(escaped(text))
        if self._found.text == MARKDOWN:
            return text if name in LINES else one_line(text)
        reads = reading_of(text)
        if reads == "marked":
            shown = one_line(text)
            self.note(
                line,
                f'"{shown:.40}{"…" * (len(shown) > 40)}" is read with its Markdown. If its marks '
                "should show, say --text plain; if all of them are meant, --text markdown.",
            )
            return text if name in LINES else one_line(text)
        return kept(escaped(text) if reads else text)

    def _as_front(self, fields: dict[str, Any]) -> None:
        """Make a question of a front that is more than a term."""
        front = fields["term"]
        if "question" in fields:
            return
        marked = self._found.text != PLAIN and reading_of(front) == "marked"
        asks = _QUESTION.search(front) or len(front.split()) > _LONG
        if marked or asks:
            asked = front if marked else escaped(front) if reading_of(front) else front
            fields["question"] = one_line(asked)
        if marked:
            fields["term"] = bare(front)

    # Doubles

    def without_doubles(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts without those that say what an earlier one or the deck says."""
        known = {_said_by(vars(card)): 0 for card in self._deck.cards} if self._deck else {}
        terms = {folded(card.term): 0 for card in self._deck.cards} if self._deck else {}
        left = []
        for draft in drafts:
            said, term = _said_by(draft.fields), folded(draft.fields["term"])
            if said in known:
                where = self._place(known[said], "is in the deck already", "stands on {} already")
                self.note(draft.line, f'"{draft.fields["term"]:.60}" {where}: left out.')
                continue
            if term in terms:
                where = self._place(terms[term], "the deck has", "{} has")
                words = (
                    f'{where} "{draft.fields["term"]:.60}" too, with another answer: both are kept.'
                )
                self.note(draft.line, words)
            known[said] = draft.line
            terms.setdefault(term, draft.line)
            left.append(draft)
        return left

    def _place(self, line: int, in_deck: str, in_file: str) -> str:
        return in_file.format(f"{self._found.unit} {line}") if line else in_deck

    # Topics, ids

    def cards(self, drafts: list[Draft], default: str) -> Iterator[Card]:
        """The cards of drafts, each with its topic and an id of its own."""
        given = {id for draft in drafts if SLUG.fullmatch(id := draft.fields.get("id", ""))}
        seen: set[str] = set()
        for draft in drafts:
            fields = dict(draft.fields)
            fields["topic"] = self._topic(fields.get("topic") or default)
            tags = self._tags(draft.line, fields.get("tags", ()))
            fields["tags"] = tuple(dict.fromkeys(tags))
            own = fields.get("id", "")
            if own in given and own not in seen and own not in self._taken:
                id = own
            else:
                id = self._free(slug_of(own or fields["term"], "card"), given, seen)
                if own:
                    self.note(draft.line, f'the id "{own:.60}" cannot be: it is "{id}" now.')
            seen.add(id)
            fields["id"] = id
            yield Card(**{name: value for name, value in fields.items() if name in _FIELDS})

    def _free(self, id: str, *taken: set[str]) -> str:
        # What was taken stays taken, so each number is tried once.
        number = self._numbers.get(id, 1)
        free = id if number == 1 else f"{id}-{number}"
        while any(free in ids for ids in (*taken, self._taken)):
            number += 1
            free = f"{id}-{number}"
        self._numbers[id] = number
        return free

    def _topic(self, name: str) -> str:
        """The id of the topic that has this id or title; there is one from now on."""
        name = one_line(name)
        id = self._by_title.get(folded(name)) or slug_of(name, "topic")
        if id not in self._topics:
            title = _title(name) if SLUG.fullmatch(name) else name
            self._topics[id] = Topic(id, title)
            self._by_title[folded(name)] = id
        return id

    def new_topics(self, cards: Iterable[Card]) -> Iterator[Topic]:
        """The topics of cards that the deck does not have, in the order of their first cards."""
        known = self._deck.topics_by_id if self._deck else {}
        order = [topic.id for topic in self._found.topics]
        used = dict.fromkeys(card.topic for card in cards)
        for id in [*(id for id in order if id in used), *(id for id in used if id not in order)]:
            if id not in known:
                yield self._topics[id]

    def _tags(self, line: int, tags: Iterable[str]) -> Iterator[str]:
        for tag in dict.fromkeys(tags):
            id = slug_of(tag, "tag")
            if not slug(tag):
                self.note(line, f'the tag "{tag:.40}" has no Latin letters: it is "{id}" now.')
            yield id


_FIELDS = {each.name for each in dataclasses.fields(Card)}


def slug_of(name: str, kind: str) -> str:
    """A slug of at most 60 characters for a name; one made of its letters' code where none is Latin."""
    made = slug(name)
    if not made:
        return f"{kind}-{hashlib.sha256(folded(name).encode()).hexdigest()[:8]}"
    if len(made) > LONGEST_ID:
        made = made[: LONGEST_ID + 1].rpartition("-")[0] or made[:LONGEST_ID]
    return made


def original_of(given: dict[str, str]) -> Original | None:
    """What a card was before, where an input tells both parts."""
    front, mended = given.get("front", ""), given.get("mended", "")
    return Original(front, mended) if front and mended else None


def _said_by(fields: Any) -> tuple[str, ...]:
    said = (fields.get(name, "") for name in ("term", "answer", "question"))
    return (*map(folded, said), *fields.get("cloze", ()))


def _title(name: str) -> str:
    words = re.sub(r"[-_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:] or "Cards"


def _all_text(cards: Iterable[Card]) -> Iterator[str]:
    for card in cards:
        for value in vars(card).values():
            if isinstance(value, str):
                yield value
            elif isinstance(value, tuple):
                yield from (str(item) for item in value)
