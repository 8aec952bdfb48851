"""Where the deck is kept on GitHub, and the addresses at which a reader can mend it.

Addresses are only made here, and followed by whoever clicks: nothing is asked of GitHub.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import quote

from .model import Card, Topic
from .words import Words

DECK = "cards.yaml"

# A server, an owner and a name; no `@`, before which somebody's password could stand.
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:/[^\s/?#@]+){2,}", re.IGNORECASE)

# How long a text may be in an address. GitHub takes 8 KB, and sends who is not signed in to an
# address that holds the whole of the first one, in which each "%" has become "%25".
_LINE = 300
_TEXT = 4000


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub or on a GitHub Enterprise server, at one commit of one branch."""

    url: str
    branch: str = "main"
    commit: str = ""  # empty where it is not known

    @classmethod
    def of(cls, settings: Mapping[str, Any], tell: Callable[[str], object]) -> Repository | None:
        """The one that a site's settings name: `repository`, its address, `branch` and `commit`.

        None where no address is given, and where it is of no use, which `tell` is told.
        """
        # A builder reads settings as YAML, in which a commit can look like a number.
        names = ("repository", "branch", "commit")
        url, branch, commit = (str(settings.get(name) or "").strip() for name in names)
        url = url.rstrip("/").removesuffix(".git").rstrip("/")
        if not url:
            return None
        if not _ADDRESS.fullmatch(url):
            tell(
                'the address of the repository should look like "https://github.com/OWNER/NAME". '
                'Mend it in REPOSITORY_URL, or under "extra" in mkdocs.yml. Until then no page '
                "leads there."
            )
            return None
        return cls(url, branch or cls.branch, commit)

    @classmethod
    def settled(
        cls, settings: MutableMapping[str, Any], tell: Callable[[str], object]
    ) -> Repository | None:
        """The same; and the settings then hold its address as a template wants it, or none."""
        found = cls.of(settings, tell)
        settings["repository"] = found.url if found else ""
        return found

    def edit(self, line: int = 0) -> str:
        """GitHub's editor for the deck, at a line of it."""
        return f"{self.url}/edit/{quote(self.branch)}/{DECK}{_anchor(line)}"

    def source(self, line: int = 0) -> str:
        """The deck as this site was made from it, at a line; as the branch has it where that is unknown."""
        return f"{self.url}/blob/{quote(self.commit or self.branch)}/{DECK}{_anchor(line)}"

    @property
    def issues(self) -> str:
        """The page on which an issue is opened."""
        return f"{self.url}/issues/new"

    def report(self, card: Card, words: Words) -> str:
        """An issue about a card, with what is known of it filled in."""
        question = card.question or words("card.question", term=card.term)
        return self._form(
            "mistake.yml",
            title=_cut(words("links.title", term=card.term), _LINE),
            card=_cut(card.id, _LINE),
            text=_cut(words("links.text", question=question, answer=card.answer), _TEXT),
        )

    def suggest(self, topic: Topic | None = None) -> str:
        """An issue that suggests a card, with its topic filled in where there is one."""
        return self._form("card.yml", **({"topic": _cut(topic.title, _LINE)} if topic else {}))

    def _form(self, template: str, **fields: str) -> str:
        filled = "".join(f"&{name}={quote(text, safe='')}" for name, text in fields.items())
        return f"{self.issues}?template={template}{filled}"


def _anchor(line: int) -> str:
    return f"#L{line}" if line else ""


def _cut(text: str, room: int) -> str:
    """The text, or as much of its start as takes that many bytes in an address."""
    sizes = list(accumulate(len(quote(char, safe="")) for char in text[: room + 1]))
    if not sizes or sizes[-1] <= room:
        return text
    return text[: bisect_right(sizes, room - len(quote("…")))] + "…"
