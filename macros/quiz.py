"""From a deck to the HTML of its cards: one alone, a quiz, the study session.

Without JavaScript each card is a `<details>` that opens. The elements take it from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from . import structured
from .markup import ROOT, Markup, entry_address, language
from .model import CallError, Card, Deck, near, unknown
from .repository import Repository

MODES = ("flip",)


def card(deck: Deck, id: str, repository: Repository | None = None) -> str:
    """One card to turn, in the middle of prose."""
    attributes = f' data-deck="{deck.deck.id}"{_ways(repository)} data-search-exclude'
    return _card(deck, _known_card(deck, id), repository, attributes)


def quiz(
    deck: Deck,
    topic: str = "",
    cards: Iterable[str] = (),
    tags: Iterable[str] = (),
    mode: str = "flip",
    limit: int = 0,
    title: str = "",
    repository: Repository | None = None,
) -> str:
    """A stack of cards: those named, or those of a topic, with any of the tags.

    With nothing named it is the whole deck; `limit` keeps the first so many.
    """
    if mode not in MODES:
        raise CallError(f'no mode is called "{mode}".{near(mode, MODES)}')
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise CallError(f"the limit is a whole number from 1 up, not {limit!r}.")
    chosen = _chosen(deck, topic, _listed("cards", cards), _listed("tags", tags))
    chosen = chosen[: limit or None]
    label = title or (f"Quiz: {deck.topics_by_id[topic].title}" if topic else deck.deck.title)
    caption = f'<p class="flash-title">{escape(title)}</p>\n' if title else ""
    stack = _stack(deck, chosen, label, repository, mode, caption)
    return f"{stack}\n{structured.flashcards(deck, chosen, label)}"


def study(deck: Deck, repository: Repository | None = None) -> str:
    """A session over the whole deck, with a way to each topic and the learner's record under it.

    Search engines are told of its cards by the chapters, which ask them too.
    """
    topics = "\n".join(
        f'<li><a href="?topic={topic.id}" target="_self">{escape(topic.title)}</a> '
        f"<span>{_counted(len(deck.of_topic(topic.id)))}, "
        f'<a href="{ROOT}glossary/{topic.id}/">read</a></span></li>'
        for topic in deck.topics
    )
    tags = "\n".join(f'<a href="?tags={tag}" target="_self">{tag}</a>' for tag in sorted(deck.tags))
    # The session tells here how much there is to do; its room is kept from the start.
    line = f'<p class="flash-today">{_counted(len(deck.cards))} in all.</p>\n'
    stack = _stack(deck, deck.cards, deck.deck.title, repository, caption=line, choosable=True)
    return (
        f'<study-board data-deck="{deck.deck.id}">\n{stack}\n'
        f'<nav class="flash-topics" aria-label="Topics"><p>Study one topic, or <a href="?" target="_self">all</a></p>\n'
        f"<ul>\n{topics}\n</ul>\n{f'<p>By tag: {tags}</p>' if tags else ''}</nav>\n"
        f"</study-board>"
    )


def term(deck: Deck, id: str, text: str = "") -> str:
    """A link to a card's glossary entry, under the given words or its term."""
    known = _known_card(deck, id)
    return (
        f'<a class="term" href="{entry_address(known)}" data-card="{known.id}" '
        f'data-deck="{deck.deck.id}">{escape(text or known.term)}</a>'
    )


def _stack(
    deck: Deck,
    cards: Iterable[Card],
    label: str,
    repository: Repository | None,
    mode: str = "flip",
    caption: str = "",
    choosable: bool = False,
) -> str:
    """The cards of a deck; `choosable` ones say by what an address can choose them."""
    inside = "\n".join(
        _card(deck, card, repository, _choice(card) if choosable else "") for card in cards
    )
    attributes = (
        f'mode="{mode}" data-deck="{deck.deck.id}" data-label="{escape(label)}"{_ways(repository)}'
    )
    return f"<flash-deck {attributes} data-search-exclude>\n{caption}{inside}\n</flash-deck>"


def _choice(card: Card) -> str:
    tags = f' data-tags="{" ".join(card.tags)}"' if card.tags else ""
    return f' data-topic-id="{card.topic}"{tags}'


def _ways(repository: Repository | None) -> str:
    """What links.js makes links of; whole, in each card, they would outweigh its text."""
    if repository is None:
        return ""
    ways = {"edit": repository.edit(), "source": repository.source(), "report": repository.issues}
    return "".join(f' data-{name}="{escape(address)}"' for name, address in ways.items())


def _card(
    deck: Deck, card: Card, repository: Repository | None = None, attributes: str = ""
) -> str:
    markup = Markup.of(deck)
    topic = deck.topics_by_id[card.topic].title
    revision = f' data-revision="{card.revision}"' if card.revision > 1 else ""
    formerly = f' data-formerly="{" ".join(card.formerly)}"' if card.formerly else ""
    front, back = deck.deck.languages.front, deck.deck.languages.back
    links = ""
    if repository:
        links = f' <span class="flash-links" data-line="{deck.lines[card.id]}"></span>'
    return (
        f'<flash-card data-card="{card.id}" data-topic="{escape(topic)}"'
        f"{revision}{formerly}{attributes}>\n"
        f'<details><summary dir="auto"{language(front)}>{markup.inline(card.front)}</summary>\n'
        f'<div class="flash-answer" dir="auto"{language(back)}>\n{markup.block(card.answer)}\n</div>\n'
        f'<p class="flash-entry"><a href="{entry_address(card)}">'
        f"<bdi>{escape(card.term)}</bdi> in the glossary</a>{links}</p>\n"
        f"</details>\n</flash-card>"
    )


def _counted(n: int) -> str:
    return "1 card" if n == 1 else f"{n} cards"


def _known_card(deck: Deck, id: str) -> Card:
    if not isinstance(id, str) or id not in deck.by_id:
        raise CallError(unknown("card", str(id), deck.by_id))
    return deck.by_id[id]


def _listed(name: str, ids: Iterable[str]) -> list[str]:
    if isinstance(ids, str) or not isinstance(ids, Iterable):
        raise CallError(f'{name} is a list: write {name}=["{ids}"].')
    return [str(id) for id in ids]


def _chosen(deck: Deck, topic: str, ids: list[str], tags: list[str]) -> list[Card]:
    if topic and topic not in deck.topics_by_id:
        raise CallError(unknown("topic", str(topic), deck.topics_by_id))
    for tag in tags:
        if tag not in deck.tags:
            raise CallError(f'no card has the tag "{tag}".{near(tag, deck.tags)}')
    chosen = [_known_card(deck, id) for id in dict.fromkeys(ids)] if ids else list(deck.cards)
    chosen = [card for card in chosen if not topic or card.topic == topic]
    chosen = [card for card in chosen if not tags or set(tags) & set(card.tags)]
    if not chosen:
        raise CallError("no card fits all that is asked for. Ask for less at once.")
    return chosen
