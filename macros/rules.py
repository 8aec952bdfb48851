"""What a deck must keep to: one named function a rule, over a `Deck`.

A rule yields `(at, text)`: where the fault is, and what is wrong with what to do about it.
Its name, with hyphens, is what `deck.rules` sets to `error`, `warning` or `off`; its
docstring says what it asks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .markup import Markup, markdown_fields
from .model import ERROR, OFF, WARNING, At, Card, Deck, Known, near, slug, unknown

Fault = tuple[At, str, str, str]  # where, what and what to do, level, name of the rule
Found = Iterator[tuple[At, str]]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ADDRESS = re.compile(r"https?://[^\s/?#@.]+(\.[^\s/?#@.]+)+(:\d+)?([/?#]\S*)?", re.IGNORECASE)
GAP = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)
LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
MARKS = re.compile(r"(\*{1,3}|`{1,3}|\$|(?<!\w)_{1,3})(\S(?:.{,200}?\S)?)\1")
WORD = re.compile(r"\w{4,}")


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
        return " ".join((self.check.__doc__ or "").strip().split("\n\n")[0].split())


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
    """What is wrong with the settings of the deck."""
    if deck.deck.asks and "{term}" not in deck.deck.asks:
        yield (
            At(("deck", "asks")),
            '"asks" does not name the term, so that each card would ask the same. Put {term} where it belongs.',
        )
    for name, level in deck.deck.rules.items():
        at = ("deck", "rules", name)
        if name not in RULES:
            yield At(at, key=True), f'no rule is called "{name}".{near(name, RULES)}'
        elif RULES[name].needed:
            yield At(at, key=True), f'the pages lean on the rule "{name}". Take it out of the list.'
        elif level not in (ERROR, WARNING, OFF):
            yield At(at), f'a rule is set to "error", "warning" or "off", not to "{level}".'


# What the pages lean on


@rule(needed=True)
def ids_are_slugs(deck: Deck) -> Found:
    """Ids of the deck, of topics and of cards are small letters, digits and hyphens."""
    yield from _no_slugs([(("deck", "id"), deck.deck.id)])
    yield from _no_slugs((("topics", n, "id"), topic.id) for n, topic in enumerate(deck.topics))
    yield from _no_slugs((("cards", n, "id"), card.id) for n, card in enumerate(deck.cards))


@rule(needed=True)
def ids_are_unique(deck: Deck) -> Found:
    """No two topics have the same id, and no two cards."""
    for kind, items in (("topics", deck.topics), ("cards", deck.cards)):
        first: dict[str, int] = {}
        for n, item in enumerate(items):
            before = first.setdefault(item.id, n)
            if item.id and before != n:
                yield (
                    At((kind, n, "id"), other=(kind, before, "id")),
                    f"the {kind[:-1]} on line {{line}} has this id already. Give one of the two "
                    "another.",
                )


@rule(needed=True)
def topics_exist(deck: Deck) -> Found:
    """Each card names its topic by an id that exists."""
    known = Known(deck.topics_by_id)
    for n, card in enumerate(deck.cards):
        if card.topic and card.topic not in deck.topics_by_id:
            yield At(("cards", n, "topic")), unknown("topic", card.topic, known)


# Ids


@rule()
def names_are_slugs(deck: Deck) -> Found:
    """Tags, former ids and the ids of sources are small letters, digits and hyphens too."""
    for id in deck.sources:
        yield from _no_slugs([(("sources", id), id)], key=True)
    for n, card in enumerate(deck.cards):
        for name in ("tags", "formerly"):
            items = enumerate(getattr(card, name))
            yield from _no_slugs((("cards", n, name, k), item) for k, item in items)


@rule()
def former_ids_stay_free(deck: Deck) -> Found:
    """An id that a card once had is no other card's, now or before."""
    first: dict[str, str] = {}
    for n, card in enumerate(deck.cards):
        for k, id in enumerate(card.formerly):
            at, owner = At(("cards", n, "formerly", k)), first.setdefault(id, card.id)
            if id == card.id:
                yield at, "this is the id that the card has now. Take it out."
            elif id and owner != card.id:
                yield (
                    at,
                    f'"{id}" is also a former id of the card "{owner}". Keep it on one of them.',
                )
    for n, card in enumerate(deck.cards):
        owner = first.get(card.id, card.id)
        if owner != card.id:
            words = f'the card "{owner}" once had this id, and learners\' records still follow it. '
            yield At(("cards", n, "id")), f"{words}Take another."


@rule()
def related_cards_exist(deck: Deck) -> Found:
    """Related cards are named by ids that exist."""
    meant = _meant(deck)
    for n, card in enumerate(deck.cards):
        for k, id in enumerate(card.related):
            if id and id not in deck.by_id and id not in meant:
                yield At(("cards", n, "related", k)), unknown("card", id, deck.known_cards)


@rule()
def related_cards_are_others(deck: Deck) -> Found:
    """No card is related to itself."""
    for n, card in enumerate(deck.cards):
        for k, id in enumerate(card.related):
            if id and id == card.id:
                yield (
                    At(("cards", n, "related", k)),
                    "a card is not related to itself. Take it out.",
                )


@rule(WARNING)
def related_goes_both_ways(deck: Deck) -> Found:
    """Cards are related in both directions: each names the other."""
    for n, card in enumerate(deck.cards):
        if not SLUG.fullmatch(card.id):
            continue  # what is wrong is the id, which nobody should be asked to name
        for k, id in enumerate(card.related):
            other = deck.by_id.get(id, card)
            if card.id not in other.related and other is not card:
                yield (
                    At(("cards", n, "related", k)),
                    f'the card "{id}" does not name this one. Add "{card.id}" to its "related", or '
                    "take it out here.",
                )


@rule()
def lists_name_each_once(deck: Deck) -> Found:
    """Related cards, sources, tags and former ids stand only once in their list."""
    for n, card in enumerate(deck.cards):
        for name in ("related", "sources", "tags", "formerly"):
            items = getattr(card, name)
            if len(set(items)) == len(items):
                continue
            for k, item in enumerate(items):
                if item and item in items[:k]:
                    yield At(("cards", n, name, k)), f'"{item}" is listed twice. Take one out.'


# Topics and sources


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
def sources_exist(deck: Deck) -> Found:
    """Sources are named by ids that exist."""
    known = Known(deck.sources)
    by_address = {source.url: name for name, source in deck.sources.items()}
    for n, card in enumerate(deck.cards):
        for k, id in enumerate(card.sources):
            if id in by_address:
                words = f'this is the address of the source "{by_address[id]}". Name it by that id.'
            elif id and id not in deck.sources:
                words = f'{unknown("source", id, known)} A new one goes under "sources" first.'
            else:
                continue
            yield At(("cards", n, "sources", k)), words


@rule()
def sources_are_cited(deck: Deck) -> Found:
    """Each source is named by a card."""
    cited = {id for card in deck.cards for id in card.sources}
    if not cited <= deck.sources.keys():
        return  # a card whose source is wrong may be the one
    for id in deck.sources:
        if id not in cited:
            words = 'no card names this source. Add it to the "sources" of one, or take it out.'
            yield At(("sources", id), key=True), words


@rule()
def sources_have_addresses(deck: Deck) -> Found:
    """Each source has an address that starts with http:// or https://."""
    for id, source in deck.sources.items():
        if source.url and not ADDRESS.fullmatch(source.url):
            words = f'"{source.url}" is not an address. Write it as https://example.org/page.'
            yield At(("sources", id, "url")), words


@rule()
def cards_have_sources(deck: Deck) -> Found:
    """Each card names a source."""
    for n, card in enumerate(deck.cards):
        if not card.sources:
            yield (
                At(("cards", n)),
                'it names no source. Add "sources", with the id of a work that says what the '
                "card says.",
            )


# Terms and answers


@rule()
def terms_are_unique(deck: Deck) -> Found:
    """No two cards go by the same term or alias, and no card by the same one twice."""
    first: dict[str, str] = {}
    for n, card in enumerate(deck.cards):
        own = set()
        for path, word in _names(card):
            at, known = At(("cards", n, *path)), _folded(word)
            owner = first.setdefault(known, card.id)
            if known and owner != card.id:
                yield at, f'"{word}" already names the card "{owner}". Keep it on one of them.'
            elif known in own:
                yield at, f'"{word}" already names this card. Take it out.'
            elif known:
                own.add(known)


@rule(WARNING)
def terms_are_not_defined_by_themselves(deck: Deck) -> Found:
    """An answer does not define its term by the same term, as in "A cat is a cat that purrs."."""
    for n, card in enumerate(deck.cards):
        term, answer = _folded(card.term), _folded(card.answer)
        if term and term in answer and _defines_by(term, re.split(r"[.;:]", answer)[0]):
            words = f'the answer defines "{card.term}" by itself. Say what it is in other words.'
            yield At(("cards", n, "answer")), words


@rule(WARNING)
def questions_keep_the_answer(deck: Deck) -> Found:
    """A question does not give its answer away, nor does a reverse prompt hold the term."""
    for n, card in enumerate(deck.cards):
        if card.question and _gives_away(card):
            words = "the question gives its answer away. Ask without the words of the answer."
            yield At(("cards", n, "question")), words
        prompt = _folded(card.reverse)
        for _, name in _names(card) if prompt else ():
            if _holds(prompt, _folded(name)):
                words = f'the prompt asks for the term, and holds "{name}". Say it in other words.'
                yield At(("cards", n, "reverse"), find=name), words
                break


@rule(WARNING)
def answers_are_short(deck: Deck) -> Found:
    """An answer has at most 60 words."""
    for n, card in enumerate(deck.cards):
        words = len(card.answer.split())
        if words > 60:
            yield (
                At(("cards", n, "answer")),
                f'the answer has {words} words. Say it in at most 60, and the rest in "details".',
            )


@rule()
def gists_are_short(deck: Deck) -> Found:
    """A gist has at most 12 words."""
    for n, card in enumerate(deck.cards):
        words = len(card.gist.split())
        if words > 12:
            yield At(("cards", n, "gist")), f"the gist has {words} words. Say it in at most 12."


@rule(WARNING)
def cards_have_details_or_a_mistake(deck: Deck) -> Found:
    """A card has a common mistake, or details."""
    for n, card in enumerate(deck.cards):
        if not card.mistake and not card.details:
            words = 'there is neither a "mistake" nor "details". Add what people get wrong.'
            yield At(("cards", n)), words


# Choices and gaps


@rule()
def choices_are_wrong(deck: Deck) -> Found:
    """No wrong choice says the same as the gist, the term, an alias or another choice."""
    for n, card in enumerate(deck.cards):
        if not card.choices:
            continue
        taken = {
            compared(name): ("an alias" if path[1:] else "the term") for path, name in _names(card)
        }
        taken[compared(card.gist)] = "the gist"
        for k, choice in enumerate(card.choices):
            bare = compared(choice.text)
            if bare and bare in taken:
                words = f"this choice says the same as {taken[bare]}. Write another wrong one."
                yield At(("cards", n, "choices", k, "text")), words
            taken.setdefault(bare, f"choice {k + 1}")


@rule(WARNING)
def gists_look_like_choices(deck: Deck) -> Found:
    """The right option is not betrayed by being much longer than the wrong ones."""
    for n, card in enumerate(deck.cards):
        right = len(card.gist.split())
        longest = max((len(choice.text.split()) for choice in card.choices), default=right)
        if right > 1.5 * longest and right >= longest + 4:
            yield (
                At(("cards", n, "gist")),
                f"the right option has {right} words, the longest wrong one {longest}. Make them about "
                "as long.",
            )


@rule()
def gaps_are_marked(deck: Deck) -> Found:
    """Each sentence of a cloze has a gap, and each gap is marked as {{words}}."""
    for n, card in enumerate(deck.cards):
        for k, sentence in enumerate(card.cloze):
            at = ("cards", n, "cloze", k)
            rest = GAP.sub("", sentence)
            if "{{" in rest or "}}" in rest:
                mark = "{{" if "{{" in rest else "}}"
                words = f"a {mark} of this sentence stands alone. Mark each gap as {{{{words}}}}."
                yield At(at, find=mark), words
            elif sentence and not GAP.search(sentence):
                words = "this sentence has no gap. Write {{ and }} around the words to fill in."
                yield At(at), words
            elif any(not gap.strip() for gap in GAP.findall(sentence)):
                yield At(at, find="{{"), "this gap is empty. Write what belongs into it."


# What a Markdown text holds


@rule()
def links_lead_to_cards(deck: Deck) -> Found:
    """A [[link]] names a card that exists."""
    yield from _text_faults(deck)["link"]


@rule()
def addresses_are_safe(deck: Deck) -> Found:
    """A link or picture has an address that is http(s), mailto or relative."""
    yield from _text_faults(deck)["address"]


@rule()
def media_are_there(deck: Deck) -> Found:
    """Pictures and sounds are files of the site, named with their capitals."""
    yield from _text_faults(deck)["media"]


@rule()
def code_closes(deck: Deck) -> Found:
    """Each backtick and each block of code that opens also closes."""
    yield from _text_faults(deck)["code"]


@rule()
def mathematics_parses(deck: Deck) -> Found:
    """Mathematics closes, parses, and uses commands that a card may use."""
    yield from _text_faults(deck)["mathematics"]


@rule(WARNING)
def texts_hold_no_html(deck: Deck) -> Found:
    """A text has no HTML, which would show as it is written."""
    yield from _text_faults(deck)["html"]


@lru_cache(maxsize=4)
def _text_faults(deck: Deck) -> dict[str, list[tuple[At, str]]]:
    """What is wrong inside the texts of a deck, by kind of markup."""
    markup = Markup.of(deck)
    found = defaultdict(list)
    for n, card in enumerate(deck.cards):
        for path, text in markdown_fields(card):
            for fault in markup.faults(text):
                found[fault.kind].append((At(("cards", n, *path), find=fault.find), fault.text))
    return found


def _meant(deck: Deck) -> set[str]:
    """The ids that cards should have whose own is no slug: to name those is no fault."""
    return {slug(card.id) for card in deck.cards if not SLUG.fullmatch(card.id)}


def _no_slugs(ids: Iterable[tuple[tuple, str]], key: bool = False) -> Found:
    for path, id in ids:
        if id and not SLUG.fullmatch(id):
            words = f'"{id}" is not a slug: small letters, digits, hyphens. Use "{slug(id) or "a-name"}".'
            yield At(path, key), words


def _names(card: Card) -> Iterator[tuple[tuple, str]]:
    """The names that a card goes by, each with the way to it: the term first, then the aliases."""
    yield ("term",), card.term
    for k, alias in enumerate(card.aliases):
        yield ("aliases", k), alias


def _folded(text: str) -> str:
    """A text as it is compared: without regard to capitals, and to how accents are stored."""
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def compared(text: str) -> str:
    """A text as it is compared, without the marks of emphasis, code and mathematics, and without a period."""
    plain = MARKS.sub(r"\2", LINK.sub(r"\1", text))
    return _folded(plain).rstrip(".").rstrip()


def _holds(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words."""
    return bool(words in text and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _defines_by(term: str, sentence: str) -> bool:
    """Whether a sentence says that a term is that term, or is itself no more than a kind of it.

    A sentence that only has the term as its subject, or mentions it later, is well.
    """
    name = re.escape(term)
    subject = rf"(?:(?:an?|the) )?{name} (?:is|are|means|denotes|describes|refers to) (.*)"
    if defined := re.match(subject, sentence):
        return _holds(re.split(", | that | which | who | whose ", defined[1])[0], term)
    return bool(re.match(rf"an? (?:\w+ ){{0,2}}{name}(?: (?:that|which|who|whose)\b|$)", sentence))


def _gives_away(card: Card) -> bool:
    """Whether a question has the whole gist, or nearly all the words of the answer's first sentence.

    The words of the term do not count. A question that offers several answers with "or" is well.
    """
    question, gist = _folded(card.question), compared(card.gist)
    if " or " in question:
        return False
    term = _folded(card.term)
    if gist and gist not in term and _holds(question, gist):
        return True
    asked = set(WORD.findall(question))
    told = set(WORD.findall(_folded(card.answer).split(". ")[0])) - set(WORD.findall(term))
    return len(told) >= 4 and len(told & asked) >= 0.8 * len(told)
