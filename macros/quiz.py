"""From a deck to the HTML of its cards: one alone, a quiz, the study session.

Without JavaScript each card is a `<details>` that opens. The elements take it from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from . import asks, figures, structured
from .markup import ROOT, Markup, entry_address, language
from .model import CallError, Card, Deck, near, unknown
from .repository import Repository
from .words import front, words

# The ways to ask, as modes.js has them.
MODES = ("flip", "choose", "type", "match", "cloze", "reverse", "test")


def card(deck: Deck, id: str, mode: str = "flip", repository: Repository | None = None) -> str:
    """One card in the middle of prose, to turn or to be asked in another mode."""
    known = _known_card(deck, id)
    _check_mode(mode, [known])
    if mode != "flip":
        return _stack(deck, [known], known.term, repository, mode)
    attributes = f' data-deck="{deck.deck.id}"{_ways(repository)} data-search-exclude'
    return _card(deck, known, repository, attributes, modes=False)


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
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise CallError(f"the limit is a whole number from 1 up, not {limit!r}.")
    chosen = _chosen(deck, topic, _listed("cards", cards), _listed("tags", tags))
    _check_mode(mode, chosen)
    chosen = [card for card in chosen if _can_be_asked(card, mode)][: limit or None]
    label = title or deck.deck.title
    if topic and not title:
        label = words(deck)("quiz.title", topic=deck.topics_by_id[topic].title)
    caption = f'<p class="flash-title">{escape(title)}</p>\n' if title else ""
    stack = _stack(deck, chosen, label, repository, mode, caption)
    return f"{stack}\n{structured.flashcards(deck, chosen, label)}"


def study(deck: Deck, repository: Repository | None = None) -> str:
    """A session over the whole deck, with a way to each topic and the learner's record under it.

    Search engines are told of its cards by the chapters, which ask them too.
    """
    say = words(deck)
    topics = "\n".join(
        f'<li><a href="?topic={topic.id}" target="_self">{escape(topic.title)}</a> '
        f"<span>{say.html('study.cards', n=len(deck.of_topic(topic.id)))}, "
        f'<a href="{ROOT}glossary/{topic.id}/">{say.html("study.read")}</a></span></li>'
        for topic in deck.topics
    )
    tags = "\n".join(f'<a href="?tags={tag}" target="_self">{tag}</a>' for tag in sorted(deck.tags))
    # The session tells here how much there is to do; its room is kept from the start.
    line = (
        f'<p class="flash-today">{say.html("study.inAll", n=len(deck.cards))}</p>\n{_modes(deck)}'
    )
    stack = _stack(deck, deck.cards, deck.deck.title, repository, caption=line, choosable=True)
    everything = f'<a href="?" target="_self">{say.html("study.all")}</a>'
    by_tag = f"<p>{say.html('study.byTag', tags=tags)}</p>" if tags else ""
    return (
        f'<study-board data-deck="{deck.deck.id}">\n{stack}\n'
        f'<nav class="flash-topics" aria-label="{say.html("study.topics")}">'
        f"<p>{say.html('study.oneOrAll', all=everything)}</p>\n"
        f"<ul>\n{topics}\n</ul>\n{by_tag}</nav>\n"
        f"</study-board>"
    )


def _modes(deck: Deck) -> str:
    """The buttons that change the mode of a session, for each mode that some card can be asked in."""
    say = words(deck)
    buttons = "\n".join(
        f'<button type="button" data-do="mode-{mode}" aria-pressed="{"true" if mode == "flip" else "false"}">'
        f"{say.html(f'quiz.{mode}')}</button>"
        for mode in MODES
        if any(_can_be_asked(card, mode) for card in deck.cards)
    )
    return (
        f'<div class="flash-modes flash-steps" role="group" aria-label="{say.html("quiz.howToAsk")}">\n{buttons}\n'
        f"</div>\n"
    )


def _can_be_asked(card: Card, mode: str) -> bool:
    return {"cloze": bool(card.cloze), "reverse": bool(card.reverse)}.get(mode, True)


def _check_mode(mode: str, cards: list[Card]) -> None:
    if mode not in MODES:
        raise CallError(f'no mode is called "{mode}".{near(mode, MODES)}')
    if not any(_can_be_asked(card, mode) for card in cards):
        raise CallError(
            f'none of these cards has the field "{mode}", which this mode asks with. '
            f"Give one of them that field, or choose another mode."
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
        f'mode="{mode}" data-deck="{deck.deck.id}" data-language="{escape(deck.deck.language)}" '
        f'data-label="{escape(label)}"{_ways(repository)}'
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
    deck: Deck,
    card: Card,
    repository: Repository | None = None,
    attributes: str = "",
    modes: bool = True,
) -> str:
    """A card; with `modes` it brings what it is asked with in modes other than flip."""
    markup = Markup.of(deck)
    topic = deck.topics_by_id[card.topic].title
    revision = f' data-revision="{card.revision}"' if card.revision > 1 else ""
    formerly = f' data-formerly="{" ".join(card.formerly)}"' if card.formerly else ""
    asked_with = asks.template(deck, card) if modes else ""
    prompts = f' data-prompts="{" ".join(known)}"' if (known := asks.prompts(card)) else ""
    languages = deck.deck.languages
    entry = words(deck).html("card.entry", term=f"<bdi>{escape(card.term)}</bdi>")
    run = ""
    if address := figures.address(deck, card.figure):
        run = f' <a href="{ROOT}{address}">{words(deck).html("card.run")}</a>'
    links = ""
    if repository:
        links = f' <span class="flash-links" data-line="{deck.lines[card.id]}"></span>'
    return (
        f'<flash-card data-card="{card.id}" data-topic="{escape(topic)}"'
        f"{revision}{formerly}{prompts}{attributes}>\n"
        f'<details><summary dir="auto"{language(languages.front)}>{markup.inline(front(deck, card))}</summary>\n'
        f'<div class="flash-answer" dir="auto"{language(languages.back)}>\n{markup.block(card.answer)}\n</div>\n'
        f'<p class="flash-entry"><a href="{entry_address(card)}">{entry}</a>{run}{links}</p>\n'
        f"</details>\n{asked_with}</flash-card>"
    )


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
