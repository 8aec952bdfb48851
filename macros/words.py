"""The words of the interface, in the deck's language: one file a language, for pages and browser alike.

A file is JSON: groups of texts by name. A text is one, or has plural forms by the categories of CLDR,
among which the number `n` chooses; what is to be filled in stands in braces. What a file lacks is
said in English.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from babel import Locale
from babel.numbers import format_decimal

from .model import Card, Deck, DeckError, Problem, escaped

FOLDER = Path(__file__).resolve().parents[1] / "overrides" / "assets" / "words"
ENGLISH = "en"

Groups = dict[str, dict[str, str | dict[str, str]]]

_PLACE = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"[A-Za-z0-9-]+")  # of a language, which no other file has


class Words:
    """The words of one language."""

    def __init__(self, groups: Groups):
        self.groups = groups
        self.tag = groups["language"]["tag"]
        self._locale = Locale.parse(self.tag, sep="-")

    def __call__(self, name: str, /, **values: str | int) -> str:
        """The text of that name, such as "study.inAll", with its places filled."""
        group, key = name.split(".")
        return self._filled(self._form(self.groups[group][key], values), values)

    def html(self, name: str, /, **values: str | int) -> str:
        """The same as HTML; what is filled in is HTML already."""
        group, key = name.split(".")
        return self._filled(escape(self._form(self.groups[group][key], values)), values)

    def _form(self, text: str | dict[str, str], values: dict[str, str | int]) -> str:
        if isinstance(text, str):
            return text
        return text.get(self._locale.plural_form(values["n"]), text["other"])

    def _filled(self, form: str, values: dict[str, str | int]) -> str:
        def value(place: re.Match) -> str:
            given = values[place[1]]
            return given if isinstance(given, str) else format_decimal(given, locale=self._locale)

        return _PLACE.sub(value, form)


def words(deck: Deck) -> Words:
    """The words of a deck's language, or of English where there is no file of it."""
    return in_language(deck.deck.language)


def in_language(language: str) -> Words:
    """The words of a language: each of "pt-BR" its own, else that of "pt", else that of English."""
    names = dict.fromkeys((ENGLISH, language.partition("-")[0], language))
    files = [FOLDER / f"{name}.json" for name in filter(_NAME.fullmatch, names)]
    return _merged(tuple((file, file.stat().st_mtime_ns) for file in files if file.is_file()))


def front(deck: Deck, card: Card) -> str:
    """The question that a card asks, in card Markdown."""
    if card.question or not deck.deck.asks:
        return card.question or words(deck)("card.question", term=escaped(card.term))
    return deck.deck.asks.replace("{term}", escaped(card.term))


@lru_cache(maxsize=8)
def _merged(files: tuple[tuple[Path, int], ...]) -> Words:
    """The words of files and their times, of which a later one goes before an earlier."""
    groups: Groups = {}
    for file, _time in files:
        for group, texts in _read(file).items():
            groups[group] = {**groups.get(group, {}), **texts}
    return Words(groups)


def _read(file: Path) -> Groups:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        place = Path(*file.parts[-4:]).as_posix()
        words = (
            f"this is no JSON: {error.msg}. Look for a comma or a quotation mark that is missing."
        )
        raise DeckError([Problem(place, error.lineno, error.colno, words)]) from error
