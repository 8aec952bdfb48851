"""A learner's record in an Anki package, and back: what was answered, when it is due, what is set aside.

What both know alike is an answer: of which prompt, when, and how it was graded. All else is made of
these, here as in Anki.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from .. import asks
from ..model import Deck
from .anki_text import SENTENCES, guid
from .drafts import Refused

FORMAT, VERSION = "flash-record", 1
GRADES = ("again", "hard", "good", "easy")
DAY = 86_400
LATEST = 32_503_680_000_000  # the year 3000: what no date can hold is no time
ORDERS = 2 + SENTENCES  # templates of our notes: the card, its reverse, its gaps
# What Anki calls the kinds of an answer, and where a card stands.
LEARNING, REVIEW, RELEARNING, FILTERED, MANUAL = range(5)
SUSPENDED = -1


@dataclass(frozen=True)
class Answer:
    """One answer of a learner; `number` is its time in ms since 1970, and no other answer's."""

    number: int
    card: str
    order: int  # of the template in Anki: 0 is the card itself, 1 the reverse, 2 the first gap
    grade: int  # 1 is "again", 4 is "easy"


@dataclass(frozen=True)
class Record:
    """A learner's file of a deck."""

    content: dict[str, Any]
    answers: tuple[Answer, ...]  # that stand, since each prompt was last begun anew
    all_answers: frozenset[Answer]
    suspended: frozenset[tuple[str, int]]  # cards and orders

    @property
    def retention(self) -> float:
        """The share of due cards that the learner wants to remember."""
        setting = self.content["settings"].get("retention")
        found = setting.get("value") if isinstance(setting, dict) else None
        if not isinstance(found, (int, float)) or math.isnan(found):
            return 0.9
        return min(max(found, 0.7), 0.97)


def empty(deck: Deck) -> Record:
    """The file of a learner who has answered nothing."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "deck": deck.deck.id,
        "events": [],
        "settings": {},
    }
    return Record(content, (), frozenset(), frozenset())


def read(path: Path, deck: Deck) -> Record:
    """A learner's file; raises `Refused` where it is none, or another deck's, and `OSError`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Refused(
            f'"{path.name}" is no learner\'s file. Save yours on the study page, under "Your record".'
        )
    if content.get("version") != VERSION:
        raise Refused(f'"{path.name}" is of a newer version of this project. Update the project.')
    if content.get("deck") != deck.deck.id:
        raise Refused(
            f'"{path.name}" is the record of the deck "{content.get("deck")}", and this is "{deck.deck.id}".'
        )
    events = content.setdefault("events", [])
    if not isinstance(events, list) or not isinstance(content.setdefault("settings", {}), dict):
        raise Refused(f'"{path.name}" has no list of events, or no settings. Save it again.')
    for place, event in enumerate(events, 1):
        if not _is_event(event):
            raise Refused(
                f'"{path.name}": event {place} has no id, kind, card or time. Save it again.'
            )
    return Record(content, *_derived(events, deck))


def _is_event(event: Any) -> bool:
    return (
        isinstance(event, dict)
        and all(isinstance(event.get(name), str) and event[name] for name in ("id", "kind", "card"))
        and _is_time(event.get("at"))
    )


def _is_time(at: Any) -> bool:
    return isinstance(at, (int, float)) and 0 <= at < LATEST


def _derived(
    events: list[dict], deck: Deck
) -> tuple[tuple[Answer, ...], frozenset[Answer], frozenset[tuple[str, int]]]:
    """The answers and what is set aside, as the deck calls its cards now."""
    now = {old: card.id for card in deck.cards for old in card.formerly}
    answers: dict[tuple[str, int], list[Answer]] = defaultdict(list)
    suspended: set[tuple[str, int]] = set()
    taken: dict[int, Answer] = {}
    events = sorted(events, key=lambda event: (event["at"], event["id"]))
    undone = _undone(events)
    for event in events:
        order = _order(event.get("prompt", ""))
        if order is None:
            continue
        prompt = (now.get(event["card"], event["card"]), order)
        answer = None
        if event["kind"] == "review" and event.get("grade") in GRADES:
            number = int(event["at"])
            while number in taken:
                number += 1
            answer = Answer(number, *prompt, GRADES.index(event["grade"]) + 1)
            taken[number] = answer
        if event["id"] in undone:
            continue
        match event["kind"]:
            case "review" if answer:
                answers[prompt].append(answer)
            case "suspend":
                suspended.add(prompt)
            case "resume":
                suspended.discard(prompt)
            case "reset":
                answers.pop(prompt, None)
                suspended.discard(prompt)
    found = sorted((each for some in answers.values() for each in some), key=lambda a: a.number)
    return tuple(found), frozenset(taken.values()), frozenset(suspended)


def _undone(events: list[dict]) -> set[str]:
    """The ids of events that others have undone; what undoes comes later, and can be undone too."""
    undone: set[str] = set()
    for event in reversed(events):
        if event["kind"] == "undo" and event["id"] not in undone:
            undone.add(str(event.get("undoes", "")))
    return undone


def _order(prompt: Any) -> int | None:
    """The place of a prompt among Anki's templates: "" is 0, "reverse" 1, "cloze:1" 2."""
    if prompt in ("", None):
        return 0
    if prompt == "reverse":
        return 1
    gap = re.fullmatch("cloze:([1-9][0-9]?)", str(prompt))
    return int(gap[1]) + 1 if gap else None


def _prompt(order: int) -> dict[str, str]:
    """What an event says of the prompt of that place."""
    if order == 0:
        return {}
    return {"prompt": "reverse" if order == 1 else f"cloze:{order - 1}"}


# To Anki


def put(database: sqlite3.Connection, deck: Deck, record: Record, at: int) -> None:
    """Write a record into the collection of a package of the deck, as of a time in seconds since 1970."""
    found = _cards(database, deck)
    # Anki counts days from a moment; with four in the morning here its days are the learner's.
    first = datetime.fromtimestamp(at).replace(hour=4, minute=0, second=0, microsecond=0)
    begun = int((first - timedelta(days=3650)).timestamp())
    # In the first version of Anki's log, which it takes a package to have, "good" was "easy" at first.
    (settings,) = database.execute("SELECT conf FROM col").fetchone()
    settings = json.dumps({**json.loads(settings), "schedVer": 2})
    database.execute("UPDATE col SET crt = ?, conf = ?", (begun, settings))
    histories: dict[int, list[Answer]] = defaultdict(list)
    for answer in record.answers:
        if card := found.get((answer.card, answer.order)):
            histories[card].append(answer)
    for card, answers in histories.items():
        _put_card(database, card, answers, record.retention, begun)
    for prompt in record.suspended & found.keys():
        database.execute("UPDATE cards SET queue = ? WHERE id = ?", (SUSPENDED, found[prompt]))


def _put_card(
    database: sqlite3.Connection, card: int, answers: list[Answer], retention: float, begun: int
) -> None:
    """Write the answers of a card, and when it is due by FSRS-6, which here and Anki have in common."""
    from fsrs import Card, Rating, Scheduler, State

    kinds = {State.Learning: LEARNING, State.Review: REVIEW, State.Relearning: RELEARNING}
    scheduler = Scheduler(desired_retention=retention, enable_fuzzing=False)
    memory, before, seconds, lapses = Card(card_id=card), LEARNING, 0, 0
    for answer in answers:
        # Days are those of UTC, as on the study page, so each may as well have one moment.
        moment = datetime.fromtimestamp(answer.number / 1000, UTC)
        today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        memory, _ = scheduler.review_card(memory, Rating(answer.grade), today)
        kind, was = kinds[memory.state], seconds
        seconds = int((memory.due - today).total_seconds())
        lapses += before == REVIEW and answer.grade == 1
        row = (
            answer.number,
            card,
            -1,
            answer.grade,
            _interval(seconds),
            _interval(was),
            _difficulty(memory.difficulty),
            0,
            before,
        )
        database.execute("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        before = kind
    due = answers[-1].number // 1000 + seconds
    is_known = before == REVIEW
    state = {"s": round(memory.stability, 4), "d": round(memory.difficulty, 3)}
    database.execute(
        "UPDATE cards SET type = ?, queue = ?, due = ?, ivl = ?, factor = 2500, reps = ?, lapses = ?,"
        " left = ?, data = ? WHERE id = ?",
        (
            # Anki's numbers of where a card stands: 1 learning, 2 review, 3 learning again.
            before + 1,
            2 if is_known else 1,
            (due - begun) // DAY if is_known else due,
            seconds // DAY if is_known else 0,
            len(answers),
            lapses,
            0 if is_known else 1001,
            json.dumps(state, separators=(",", ":")),
            card,
        ),
    )


def _interval(seconds: int) -> int:
    """An interval as Anki writes it: days, or seconds below zero."""
    return seconds // DAY if seconds >= DAY else -seconds


def _difficulty(difficulty: float) -> int:
    """From 1 to 10 here, from 100 to 1100 in Anki's log."""
    return round((difficulty - 1) / 9 * 1000) + 100


def _cards(database: sqlite3.Connection, deck: Deck) -> dict[tuple[str, int], int]:
    """Anki's numbers of the deck's cards, by card and order."""
    ids = {guid(deck, card): card.id for card in deck.cards}
    rows = database.execute("SELECT n.guid, c.ord, c.id FROM cards c JOIN notes n ON n.id = c.nid")
    return {(ids[own], order): card for own, order, card in rows if own in ids}


def without_card(deck: Deck, record: Record) -> int:
    """How many answers of a record have no card in a package of the deck: their prompt is gone, or too many."""
    prompts = {
        (card.id, order)
        for card in deck.cards
        for order in map(_order, ("", *asks.prompts(card)))
        if order < ORDERS
    }
    return sum((each.card, each.order) not in prompts for each in record.answers)


# And back


@dataclass(frozen=True)
class Returned:
    """What a package knows that a record does not."""

    events: tuple[dict[str, Any], ...]
    known: int  # answers that the record has already
    others: int  # answers of notes that are not of this deck
    left_out: int  # changes of a schedule that are no answers


def returned(database: sqlite3.Connection, deck: Deck, record: Record) -> Returned:
    """What the collection of a package knows that a record does not, as events to append to it."""
    prompts = {card: prompt for prompt, card in _cards(database, deck).items()}
    # Also what was undone or begun anew: it must not come back by Anki.
    known = {(each.number, each.card, each.order): each.grade for each in record.all_answers}
    events: list[dict[str, Any]] = []
    had = others = left_out = 0
    rows = database.execute("SELECT id, cid, ease, factor, type FROM revlog ORDER BY id")
    for number, card, ease, factor, kind in rows:
        if card not in prompts:
            others += 1
        elif known.get((number, *prompts[card])) == ease:
            had += 1
        elif not _is_time(number) or (told := _told(ease, factor, kind)) is None:
            left_out += 1
        else:
            events.append(_event(f"anki-{number}", number, prompts[card], told))
    events += _set_aside(database, prompts, record)
    ids = {event["id"] for event in record.content["events"]}
    fresh = tuple(event for event in events if event["id"] not in ids)
    return Returned(fresh, had + len(events) - len(fresh), others, left_out)


def _told(ease: int, factor: int, kind: int) -> dict[str, str] | None:
    """What a row of Anki's log is here; nothing where it is no answer that counts."""
    if kind == MANUAL and not ease and not factor:
        return {"kind": "reset"}  # "Forget"
    # Cramming that leaves the schedule alone has no factor.
    if ease not in (1, 2, 3, 4) or kind >= MANUAL or (kind == FILTERED and not factor):
        return None
    return {"kind": "review", "grade": GRADES[ease - 1]}


def _set_aside(
    database: sqlite3.Connection, prompts: dict[int, tuple[str, int]], record: Record
) -> Iterator[dict[str, Any]]:
    """What is suspended in Anki alone, as of the time when Anki last changed it.

    Not the other way round: what is suspended here alone may never have been so in Anki.
    """
    query = "SELECT id, mod FROM cards WHERE queue = ? ORDER BY id"
    for card, changed in database.execute(query, (SUSPENDED,)):
        if card in prompts and prompts[card] not in record.suspended and _is_time(changed * 1000):
            id = f"anki-suspend-{card}-{changed}"
            yield _event(id, changed * 1000, prompts[card], {"kind": "suspend"})


def _event(id: str, at: int, prompt: tuple[str, int], told: dict[str, str]) -> dict[str, Any]:
    card, order = prompt
    return {"id": id, **told, "card": card, **_prompt(order), "at": at}


def with_events(record: Record, events: Iterable[dict]) -> bytes:
    """A learner's file with events appended."""
    content = {**record.content, "events": [*record.content["events"], *events]}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
