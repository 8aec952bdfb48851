"""What a deck must keep to: one named function a rule, over a `Deck`.

A rule yields `(path, text)`: the keys and indexes that lead to the fault, and what is
wrong with what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .markup import Markup, markdown_fields
from .model import Deck, unknown

Fault = tuple[tuple, str]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def problems(deck: Deck) -> Iterator[Fault]:
    """Every fault that some rule finds in the deck."""
    for rule in RULES:
        yield from rule(deck)


def ids_are_slugs(deck: Deck) -> Iterator[Fault]:
    named = [(("deck", "id"), deck.deck.id)]
    named += [(("topics", n, "id"), topic.id) for n, topic in enumerate(deck.topics)]
    named += [(("cards", n, "id"), card.id) for n, card in enumerate(deck.cards)]
    for path, id in named:
        if id and not SLUG.fullmatch(id):
            slug = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-") or "a-name"
            yield (
                path,
                f'the id "{id}" is not a slug: small letters, digits, hyphens. Use "{slug}".',
            )


def ids_are_unique(deck: Deck) -> Iterator[Fault]:
    for kind, items in (("topics", deck.topics), ("cards", deck.cards)):
        first: dict[str, int] = {}
        for n, item in enumerate(items):
            if item.id in first:
                before = f"{kind[:-1]} {first[item.id] + 1}"
                yield (kind, n, "id"), f"{before} has this id already. Give one of the two another."
            elif item.id:
                first[item.id] = n


def terms_are_unique(deck: Deck) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for n, card in enumerate(deck.cards):
        named = [(("cards", n, "term"), card.term)]
        named += [(("cards", n, "aliases", k), alias) for k, alias in enumerate(card.aliases)]
        for path, word in named:
            owner = first.setdefault(word, card.id)
            if word and owner != card.id:
                yield path, f'"{word}" already names the card "{owner}". Keep it on one of them.'


def references_exist(deck: Deck) -> Iterator[Fault]:
    for n, card in enumerate(deck.cards):
        if card.topic and card.topic not in deck.topics_by_id:
            yield ("cards", n, "topic"), unknown("topic", card.topic, deck.topics_by_id)
        for k, id in enumerate(card.related):
            if id == card.id:
                yield ("cards", n, "related", k), "a card is not related to itself. Take it out."
            elif id not in deck.by_id:
                yield ("cards", n, "related", k), unknown("card", id, deck.by_id)
        for k, id in enumerate(card.sources):
            if id not in deck.sources:
                yield ("cards", n, "sources", k), unknown("source", id, deck.sources)


def topics_have_cards(deck: Deck) -> Iterator[Fault]:
    used = {card.topic for card in deck.cards}
    if not used <= deck.topics_by_id.keys():
        return  # a card whose topic is wrong may be the one
    for n, topic in enumerate(deck.topics):
        if topic.id not in used:
            yield ("topics", n), "no card has this topic. Write one, or take the topic out."


def sources_are_addressed(deck: Deck) -> Iterator[Fault]:
    for id, source in deck.sources.items():
        if source.url and not re.match(r"https?://[^\s/]+", source.url):
            yield (
                ("sources", id, "url"),
                f'"{source.url}" is not an address. Start it with https://.',
            )


def gists_are_short(deck: Deck) -> Iterator[Fault]:
    for n, card in enumerate(deck.cards):
        words = len(card.gist.split())
        if words > 12:
            yield ("cards", n, "gist"), f"the gist has {words} words. Say it in at most 12."


def texts_render(deck: Deck) -> Iterator[Fault]:
    markup = Markup.of(deck)
    for n, card in enumerate(deck.cards):
        for path, text in markdown_fields(card):
            for fault in markup.faults(text):
                yield ("cards", n, *path), fault


RULES = (
    ids_are_slugs,
    ids_are_unique,
    terms_are_unique,
    references_exist,
    topics_have_cards,
    sources_are_addressed,
    gists_are_short,
    texts_render,
)
