"""What a page says of itself to search engines, in the words of schema.org, as JSON-LD.

Only what the page shows: a glossary page is a set of defined terms, a quiz is a list of
flashcards, each with its one answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import unescape

from .markup import Markup
from .model import Card, Deck, Topic
from .words import front

_OPENING = '<script type="application/ld+json">'
_DATA = re.compile(rf"\n?({re.escape(_OPENING)}.*?</script>)")


def terms(deck: Deck, topic: Topic) -> str:
    """The glossary page of a topic, as a `DefinedTermSet`."""
    return _script(
        {
            "@type": "DefinedTermSet",
            "@id": f"#topic-{topic.id}",
            "name": topic.title,
            **({"description": topic.summary} if topic.summary else {}),
            "inLanguage": deck.deck.language,
            "hasDefinedTerm": [
                {
                    "@type": "DefinedTerm",
                    "@id": f"#{card.id}",
                    "name": card.term,
                    **({"alternateName": list(card.aliases)} if card.aliases else {}),
                    "description": _plain(deck, card.answer),
                }
                for card in deck.of_topic(topic.id)
            ],
        }
    )


def flashcards(deck: Deck, cards: Iterable[Card], name: str) -> str:
    """A stack of cards, as a `Quiz` of flashcards."""
    return _script(
        {
            "@type": "Quiz",
            "name": name,
            "inLanguage": deck.deck.language,
            "about": {"@type": "Thing", "name": deck.deck.title},
            "hasPart": [
                {
                    "@type": "Question",
                    "eduQuestionType": "Flashcard",
                    "text": _plain(deck, front(deck, card)),
                    "acceptedAnswer": {"@type": "Answer", "text": _plain(deck, card.answer)},
                }
                for card in cards
            ],
        }
    )


def apart(html: str) -> tuple[str, list[str]]:
    """What a macro has made without its data, and the data, which belongs into the page's head."""
    return _DATA.sub("", html), _DATA.findall(html)


def _plain(deck: Deck, text: str) -> str:
    """A text of a card without its markup, as it reads."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", Markup.of(deck).block(text))).split())


def _script(data: dict) -> str:
    said = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    # So that no text can end the script it stands in.
    said = said.replace("<", r"\u003c")
    return f"{_OPENING}{said}</script>"
