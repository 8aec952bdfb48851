"""Takes what a page need not carry out of it, into files beside the page.

The cards of a long study session beyond the first fifty: fifty in each file, which a session fetches
as it comes to them. A file's name has the hash of its content, so no list leads to cards of another
release. The list itself keeps its name: a page that is ten minutes old finds the new one, and fits
it, since cards are told apart by their ids.

What the other cards are asked with in modes other than flip: one file for each page, fetched when
such a mode begins.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from html.parser import HTMLParser

from .words import Words

AT_ONCE = 50  # cards in a page, and in a file
LIST = "index.json"

_BOARD = re.compile(r"<study-board\b.*?</study-board>", re.DOTALL)
_DECK = re.compile(r"<flash-deck\b(?![^>]* data-rest=)")
_CARD = re.compile(r"<flash-card\b.*?</flash-card>\s*", re.DOTALL)
_ASKS = re.compile(
    r'(<flash-card data-card="([^"]+)"(?:(?!</flash-card>).)*?)'
    r'<template class="flash-asks">(.*?)</template>',
    re.DOTALL,
)
_CARDS_FILE = re.compile(r"(?:^|/)(?:cards/\d+|asks)\.[0-9a-f]{16}\.json$")


def shorten(path: str, page: bytes, words: Words) -> dict[str, bytes]:
    """The page and what was taken out of it, by path; the page comes last, as it names the others."""
    files: dict[str, bytes] = {}
    # One that is not in UTF-8 is for the caller to refuse.
    text = page.decode(errors="surrogateescape")
    text = _BOARD.sub(lambda board: _shorter(path, board[0], files, words), text)
    text = _without_asks(path, text, files)
    return {**files, path: text.encode(errors="surrogateescape")}


def cards_in(path: str, content: bytes) -> bytes:
    """The HTML in a file that `shorten` has made, of cards or what they ask; nothing of any other."""
    if not _CARDS_FILE.search(path):
        return b""
    return "\n".join(json.loads(content).values()).encode()


def _shorter(path: str, board: str, files: dict[str, bytes], words: Words) -> str:
    cards = list(_CARD.finditer(board))
    if len(cards) <= AT_ONCE or not _DECK.search(board):
        return board
    folder = posixpath.join(re.sub(r"(^|/)index\.html$|\.html$", "", path), "cards")
    taken = [(_attributes(card[0]), card[0].strip()) for card in cards[AT_ONCE:]]
    listed = []
    for start in range(0, len(taken), AT_ONCE):
        some = taken[start : start + AT_ONCE]
        content = _json({named["data-card"]: html for named, html in some})
        name = f"{len(listed) + 1}.{hashlib.sha256(content).hexdigest()[:16]}.json"
        files[posixpath.join(folder, name)] = content
        listed.append({"file": name, "cards": [_entry(named) for named, _ in some]})
    files[posixpath.join(folder, LIST)] = _json(listed)
    address = posixpath.relpath(posixpath.join(folder, LIST), posixpath.dirname(path) or ".")
    # A record is opened under the cards' new names before the list is there.
    renamed = [
        f"{old}:{named['data-card']}"
        for named, _ in taken
        for old in named.get("data-formerly", "").split()
    ]
    told = f' data-renamed="{" ".join(renamed)}"' if renamed else ""
    not_all = words.html("study.notAll", n=AT_ONCE, of=len(cards))
    said = f"<noscript><p>{not_all}</p></noscript>\n"
    shorter = board[: cards[AT_ONCE].start()] + said + board[cards[-1].end() :]
    return _DECK.sub(f'<flash-deck data-rest="{address}"{told}', shorter)


def _without_asks(path: str, text: str, files: dict[str, bytes]) -> str:
    asks: dict[str, str] = {}

    def taken(card: re.Match) -> str:
        asks[card[2]] = card[3]
        return card[1]

    text = _ASKS.sub(taken, text)
    if not asks:
        return text
    content = _json(asks)
    name = f"asks.{hashlib.sha256(content).hexdigest()[:16]}.json"
    files[posixpath.join(posixpath.dirname(path), name)] = content
    return re.sub(r"(<flash-deck\b[^>]*)>", rf'\1 data-asks="{name}">', text)


def _entry(named: dict[str, str]) -> str:
    """What a session needs to know of a card before it asks it: its id, topic, tags and +prompts."""
    tags = named.get("data-tags", "").split()
    prompts = [f"+{prompt}" for prompt in named.get("data-prompts", "").split()]
    return " ".join([named["data-card"], named["data-topic-id"], *tags, *prompts])


def _attributes(html: str) -> dict[str, str]:
    """Those of the tag that the HTML begins with."""
    first = _FirstTag()
    first.feed(html[: html.index("<details")])
    return first.attributes


class _FirstTag(HTMLParser):
    attributes: dict[str, str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = {name: value or "" for name, value in attrs}


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
