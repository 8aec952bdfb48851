"""What a deck must keep to: one named function a rule, over a `Deck`.

A rule yields `(at, text)`: where the fault is, and what is wrong with what to do about it.
Its name, with hyphens, is what `deck.rules` sets to `error`, `warning` or `off`; its
docstring says what it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .markup import Markup, markdown_fields
from .model import ERROR, OFF, WARNING, At, Deck, near, unknown

Fault = tuple[At, str, str, str]  # where, what and what to do, level, name of the rule
Found = Iterator[tuple[At, str]]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Rule:
    """One thing that a deck is asked to keep to."""

    name: str
    level: str  # unless `deck.rules` sets another
    needed: bool  # the pages lean on it, so it is always an error
    check: Callable[[Deck], Found]

    @property
    def about(self) -> str:
        """What the rule asks for, in one sentence."""
        return (self.check.__doc__ or "").strip().split("\n\n")[0]


RULES: dict[str, Rule] = {}


def rule(level: str = ERROR, needed: bool = False) -> Callable:
    """Enter a function into `RULES` under its own name."""

    def enter(check: Callable[[Deck], Found]) -> Callable[[Deck], Found]:
        name = check.__name__.replace("_", "-")
        RULES[name] = Rule(name, level, needed, check)
        return check

    return enter


def problems(deck: Deck) -> Iterator[Fault]:
    """Every fault that some rule finds in the deck, at the level that the deck has set for the rule."""
    for at, words in _settings(deck):
        yield at, words, ERROR, ""
    for rule in RULES.values():
        level = rule.level if rule.needed else deck.deck.rules.get(rule.name, rule.level)
        if level == OFF:
            continue
        for at, words in rule.check(deck):
            yield at, words, level, "" if rule.needed else rule.name


def _settings(deck: Deck) -> Found:
    """What is wrong with `deck.rules` itself."""
    for name, level in deck.deck.rules.items():
        at = ("deck", "rules", name)
        if name not in RULES:
            yield At(at, key=True), f'no rule is called "{name}".{near(name, RULES)}'
        elif RULES[name].needed:
            yield At(at, key=True), f'the pages lean on the rule "{name}". Take it out of the list.'
        elif level not in (ERROR, WARNING, OFF):
            yield At(at), f'a rule is set to "error", "warning" or "off", not to "{level}".'


@rule(needed=True)
def ids_are_slugs(deck: Deck) -> Found:
    """Ids of the deck, of topics and of cards are small letters, digits and hyphens."""
    named = [(At(("deck", "id")), deck.deck.id)]
    named += [(At(("topics", n, "id")), topic.id) for n, topic in enumerate(deck.topics)]
    named += [(At(("cards", n, "id")), card.id) for n, card in enumerate(deck.cards)]
    for at, id in named:
        if id and not SLUG.fullmatch(id):
            slug = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-") or "a-name"
            yield (
                at,
                f'the id "{id}" is not a slug: small letters, digits, hyphens. Use "{slug}".',
            )


@rule(needed=True)
def ids_are_unique(deck: Deck) -> Found:
    """No two topics have the same id, and no two cards."""
    for kind, items in (("topics", deck.topics), ("cards", deck.cards)):
        first: dict[str, int] = {}
        for n, item in enumerate(items):
            if item.id in first:
                yield (
                    At((kind, n, "id"), other=(kind, first[item.id], "id")),
                    f"the {kind[:-1]} on line {{line}} has this id already. Give one of the two "
                    "another.",
                )
            elif item.id:
                first[item.id] = n


@rule()
def terms_are_unique(deck: Deck) -> Found:
    """No two cards go by the same term or alias."""
    first: dict[str, str] = {}
    for n, card in enumerate(deck.cards):
        named = [(At(("cards", n, "term")), card.term)]
        named += [(At(("cards", n, "aliases", k)), alias) for k, alias in enumerate(card.aliases)]
        for at, word in named:
            owner = first.setdefault(word, card.id)
            if word and owner != card.id:
                yield at, f'"{word}" already names the card "{owner}". Keep it on one of them.'


@rule(needed=True)
def references_exist(deck: Deck) -> Found:
    """Topics, related cards and sources are named by ids that exist."""
    for n, card in enumerate(deck.cards):
        if card.topic and card.topic not in deck.topics_by_id:
            yield At(("cards", n, "topic")), unknown("topic", card.topic, deck.topics_by_id)
        for k, id in enumerate(card.related):
            if id == card.id:
                yield (
                    At(("cards", n, "related", k)),
                    "a card is not related to itself. Take it out.",
                )
            elif id not in deck.by_id:
                yield At(("cards", n, "related", k)), unknown("card", id, deck.by_id)
        for k, id in enumerate(card.sources):
            if id not in deck.sources:
                yield At(("cards", n, "sources", k)), unknown("source", id, deck.sources)


@rule()
def topics_have_cards(deck: Deck) -> Found:
    """Each topic has a card."""
    used = {card.topic for card in deck.cards}
    if not used <= deck.topics_by_id.keys():
        return  # a card whose topic is wrong may be the one
    for n, topic in enumerate(deck.topics):
        if topic.id not in used:
            yield At(("topics", n)), "no card has this topic. Write one, or take the topic out."


@rule()
def sources_are_addressed(deck: Deck) -> Found:
    """Each source has an address that starts with http:// or https://."""
    for id, source in deck.sources.items():
        if source.url and not re.match(r"https?://[^\s/]+", source.url):
            yield (
                At(("sources", id, "url")),
                f'"{source.url}" is not an address. Start it with https://.',
            )


@rule()
def gists_are_short(deck: Deck) -> Found:
    """A gist has at most 12 words."""
    for n, card in enumerate(deck.cards):
        words = len(card.gist.split())
        if words > 12:
            yield At(("cards", n, "gist")), f"the gist has {words} words. Say it in at most 12."


@rule(needed=True)
def texts_render(deck: Deck) -> Found:
    """Links between cards, mathematics and pictures in a text can be shown."""
    markup = Markup.of(deck)
    for n, card in enumerate(deck.cards):
        for path, text in markdown_fields(card):
            for fault in markup.faults(text):
                yield At(("cards", n, *path)), fault
