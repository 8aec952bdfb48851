"""From plain text to the Markdown of a card that shows it unchanged, with few marks."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from ..load import CONTROL, TURNING, TURNS
from ..markup import Markup
from ..model import Deck, Info

# Where a text has none of these, it is Markdown that shows as it is written.
_SPECIAL = re.compile(r"[\\*_`$\[<|~]|^[ \t]*(?:[-+]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_MARK = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"  # a backslash that would escape
    r"|(?<![^\s])\*(?!\s)|(?<=\S)\*"  # a star that is not between blanks
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore that is not between two letters
    r"|`"
    r"|\[(?=\[)|\[(?=[^\[\]]*\]\()"
    r"|<(?=[a-zA-Z!])"
    r"|~(?=~~)"
)
_DOLLAR = re.compile(r"\$")
_LINE = re.compile(
    r"^([ \t]*)(?:([-+*])(?=[ \t]|$)|(\d{1,9})([.)])(?=[ \t]|$)|(?=[|:-][-|: \t]*$))", re.M
)
_LIST = re.compile(r"(?:[-+*]|\d{1,9}[.)])[ \t]")

_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_LOST = re.compile("[\ud800-\udfff]")


def clean(text: str) -> tuple[str, str]:
    """A text without what no card can hold, and what was taken out, if anything."""
    text = _BREAKS.sub("\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\ufeff", "")
    found = CONTROL.findall(text)
    lost = _LOST.findall(text)
    if found:
        text = CONTROL.sub("", text)
    if lost:
        text = _LOST.sub("\ufffd", text)
    turned = TURNING.search(text) and not _is_balanced(text)
    if turned:
        text = TURNING.sub("", text)
    taken = found + lost + (["\u202a"] if turned else [])
    if not taken:
        return text.strip(), ""
    kind = "a mark that turns the direction" if turned else f"U+{ord(taken[0]):04X}"
    return text.strip(), kind


def _is_balanced(text: str) -> bool:
    opened: list[str] = []
    for turn in TURNING.findall(text):
        if turn in TURNS:
            opened.append(turn)
        elif not opened or TURNS[opened.pop()] != turn:
            return False
    return not opened


def escaped(text: str, line_start: bool = True) -> str:
    """A plain text as Markdown that shows it unchanged, with as few backslashes as that takes."""
    if not _SPECIAL.search(text):
        return text
    text = _MARK.sub(lambda mark: "\\" + mark[0], text)
    if not re.fullmatch(r"[^$]*\$(?=[\d\s]|$)[^$]*", text):
        text = _DOLLAR.sub(r"\\$", text)
    return _LINE.sub(_escape_line, text) if line_start else text


def _escape_line(found: re.Match) -> str:
    indent, bullet, number, point = found.groups()
    if bullet:
        return f"{indent}\\{bullet}"
    return f"{indent}{number}\\{point}" if number else f"{indent}\\"


def one_line(text: str) -> str:
    """A text with each run of white space as one space."""
    return " ".join(text.split())


def lines_kept(text: str) -> str:
    """A text whose single line breaks stay line breaks in Markdown."""
    return re.sub(r"(?<!\n)[ \t]*\n[ \t]*(?=[^\s])", "\\\\\n", text)


@lru_cache(maxsize=1)
def _markup() -> Markup:
    return Markup(Deck(Info("d", "D", "D"), (), (), {}))


def reading_of(text: str) -> str:
    """How a text reads as Markdown: "" where it shows as it is, "marked" or "broken"."""
    if not _SPECIAL.search(text):
        return ""
    if "\n" not in text and _LIST.match(text):
        return "broken"  # a list of one item is a number that somebody wrote
    markup = _markup()
    if markup.faults(text):
        return "broken"
    shown = markup.block(text)
    shows = re.sub(r"\s+", " ", html.unescape(re.sub(r"</?p>", "", shown))).strip()
    return "" if "<" not in re.sub(r"</?p>", "", shown) and shows == one_line(text) else "marked"


def bare(text: str) -> str:
    """Markdown as plain text, roughly: for a term."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?<!\\)[*`$]+", "", text.replace("\\\n", " "))
    return one_line(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))


def folded(text: str) -> str:
    """A text as two are compared: without regard to capitals, and to how accents are stored."""
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())
