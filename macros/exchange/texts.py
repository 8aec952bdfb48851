"""The texts of cards for other programs: as HTML without this site around it, and as plain text.

Mathematics goes out as the TeX that it was written as, which those programs either show or at
least keep; from MathML nobody gets it back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from os.path import splitext
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..markup import AUDIO, ROOT, Markup
from ..model import Deck

# What stands for a picture or a sound: from its file, which may be missing, and its words.
Medium = Callable[[Path | None, str], str]


def elsewhere(deck: Deck, address: str = "", medium: Medium | None = None) -> Markup:
    """Renders for a program that shows HTML and has MathJax, as Anki and Moodle do.

    Links to other cards lead to the site's `address`; without one, their words stay.
    """
    shown = medium or (lambda file, words: escape(words))

    def opened(self, tokens, n, options, env) -> str:
        href = str(tokens[n].attrs["href"]).replace(ROOT, "")
        inside = not re.match(r"https?:|mailto:", href, re.IGNORECASE)
        kept = bool(address) or not inside
        env.setdefault("kept links", []).append(kept)
        href = address + href if inside else href
        return f'<a href="{escape(href)}">' if kept else ""

    def closed(self, tokens, n, options, env) -> str:
        return "</a>" if env["kept links"].pop() else ""

    def image(self, tokens, n, options, env) -> str:
        words = self.renderInlineAsText(tokens[n].children, options, env)
        return shown(media_file(deck, str(tokens[n].attrs["src"])), words)

    rules = {"link_open": opened, "link_close": closed, "image": image}
    return Markup(deck, rules | {"math_inline": _tex, "math_block": _tex_block})


def _tex(self, tokens, n, options, env) -> str:
    return escape(f"\\({tokens[n].content.strip()}\\)", quote=False)


def _tex_block(self, tokens, n, options, env) -> str:
    tex = escape(tokens[n].content.strip(), quote=False)
    return f"<p>\\[{tex}\\]</p>\n"


def media_file(deck: Deck, address: str) -> Path | None:
    """The file that a text names, where it is there."""
    if deck.folder is None:
        return None
    file = deck.folder / "docs" / unquote(urlsplit(address).path)
    return file if file.is_file() else None


def is_sound(file: Path) -> bool:
    """Whether a file is to be heard."""
    return splitext(file.name)[1].lower() in AUDIO


class Plain:
    """Card Markdown as plain text, in which mathematics stays as `$…$`."""

    def __init__(self, deck: Deck):
        rules = {"math_inline": _dollars, "math_block": _dollars, "image": _words}
        rules |= {"link_open": _nothing, "link_close": _nothing}
        self._markup = Markup(deck, rules)

    def __call__(self, text: str) -> str:
        """The text with a line for each paragraph, item and row."""
        found = _Text()
        found.feed(self._markup.block(text))
        found.close()
        return re.sub(r"\n+", "\n", "".join(found.parts)).strip()


def _dollars(self, tokens, n, options, env) -> str:
    sign = "$$" if tokens[n].type == "math_block" else "$"
    return escape(f"{sign}{tokens[n].content.strip()}{sign}")


def _words(self, tokens, n, options, env) -> str:
    return escape(self.renderInlineAsText(tokens[n].children, options, env))


def _nothing(self, tokens, n, options, env) -> str:
    return ""


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts: list[str] = []
        self._numbers: list[int] = []  # of the next item of each list, 0 where it has dots

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul"):
            self._numbers.append(int(dict(attrs).get("start") or 1) if tag == "ol" else 0)
        elif tag == "li":
            number = self._numbers[-1]
            self.parts.append(f"\n{number}. " if number else "\n- ")
            self._numbers[-1] += bool(number)
        elif tag in ("td", "th") and self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append(" | ")
        elif tag in ("tr", "br"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self._numbers.pop()
        if tag in ("p", "pre", "ol", "ul", "table"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if data.strip() or (data and "\n" not in data):
            self.parts.append(data)
