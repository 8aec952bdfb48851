"""From the HTML of another program to the Markdown of a card.

A library that makes Markdown of HTML makes more than a card may hold (headings, quotations, raw HTML),
and needs a second and a half for a thousand fields; so this is made for the one kind of Markdown that
cards have. Nothing of a script, a style or an attribute gets through.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import quote, unquote

from ..markup import mathml
from .plain import escaped, one_line

# No text can hold these: Unicode keeps them free for what goes on inside a program.
_BREAK, _LEFT, _RIGHT = "\ufdd0", "\ufdd1", "\ufdd2"
_KEPT = re.compile("\ufdd1(\\d+)\ufdd2")
FREE = "\ufdd3\ufdd4\ufdd5"  # for whoever calls: they go through as they are
_TAKEN = re.compile("[\ufdd0-\ufdd2\ufde0-\ufde3]")

_DROPPED = frozenset(
    "script style head title iframe object embed template noscript svg canvas".split()
)
_DROPPED_TOLD = frozenset("script iframe object embed".split())
_VOID = frozenset("br hr img input meta link wbr area base col source track".split())
_PARAGRAPHS = frozenset(
    "p h1 h2 h3 h4 h5 h6 blockquote section article center dl details table ul ol pre".split()
)
_BLOCKS = frozenset("div li dt dd tr summary header footer figure figcaption address".split())
_STRONG, _EMPHASIS = frozenset("b strong h1 h2 h3 h4 h5 h6".split()), frozenset("i em cite".split())
_CODE = frozenset("code kbd samp tt".split())
_DEEPEST = 6  # lists inside one another

_MATH = re.compile(
    r"\\\((?P<a>.+?)\\\)|\\\[(?P<b>.+?)\\\]|\[\$\](?P<c>.+?)\[/\$\]|\[\$\$\](?P<d>.+?)\[/\$\$\]"
    r"|\[latex\](?P<e>.+?)\[/latex\]"
    r"|<anki-mathjax(?P<block>[^>]*)>(?P<f>.*?)</anki-mathjax>",
    re.DOTALL | re.IGNORECASE,
)
_SOUND = re.compile(r"\[sound:([^\]]+)\]", re.IGNORECASE)
_NEEDS = re.compile(r"[<&]|\\[(\[]|\[(?:\$|latex\]|sound:)", re.IGNORECASE)

_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
_RAISED |= {"−": "⁻"}
_LOWERED = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_LOWERED |= {"−": "₋"}

# What shows a file: its address on the site, or nothing where it cannot be had; and what to tell.
Medium = Callable[[str], str]
Tell = Callable[[str], None]


def markdown(source: str, medium: Medium, tell: Tell, inline: bool = False) -> str:
    """The Markdown of some HTML; `inline` for a field of one line."""
    if not _NEEDS.search(source):
        made = escaped(source.strip())
        return one_line(made) if inline else made.replace("\n", " ")
    reader = _Reader(medium, tell, inline)
    return reader.read(source)


def plain(source: str) -> str:
    """The text of some HTML in one line, without marks, pictures or sounds."""
    if not _NEEDS.search(source):
        return one_line(source)
    reader = _Plain()
    reader.feed(_SOUND.sub("", _MATH.sub(lambda math: " " + _tex(math) + " ", source)))
    reader.close()
    return one_line("".join(reader.parts))


def _tex(math: re.Match) -> str:
    inside = next(math[name] for name in "abcdef" if math[name] is not None)
    bare = html.unescape(re.sub(r"<[^>]*>", " ", inside)).replace("\xa0", " ")
    return one_line(bare).strip("$ ")


# Letters and digits with an index or exponent each: sound, and found so in a hundredth of the time.
_INSIDE = r"(?:[A-Za-z0-9](?:_[A-Za-z0-9])?(?![_^])|[+\-=/,])+"
_SIMPLE = re.compile(
    rf"(?=.*\S)(?:[A-Za-z0-9](?:[_^](?:[A-Za-z0-9]|\{{{_INSIDE}\}}))?(?![_^])|[ +\-=/,.()])+"
)


@lru_cache(maxsize=20_000)
def _is_sound(tex: str) -> bool:
    return bool(_SIMPLE.fullmatch(tex)) or not mathml(tex)[1]


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self._dropped += tag in _DROPPED
        if tag in _PARAGRAPHS | _BLOCKS or tag == "br":
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._dropped -= tag in _DROPPED and self._dropped > 0
        if tag in _PARAGRAPHS | _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.parts.append(data)


class _Frame:
    """An open element and what stands in it so far."""

    def __init__(self, tag: str, attrs: dict[str, str | None]):
        self.tag, self.attrs = tag, attrs
        self.parts: list[str] = []


class _Reader(HTMLParser):
    """Builds the Markdown on a stack of open elements, however deep they go."""

    def __init__(self, medium: Medium, tell: Tell, inline: bool):
        super().__init__()
        self._medium, self._tell, self._inline = medium, tell, inline
        self._stack = [_Frame("", {})]
        self._kept: list[str] = []
        self._raw = self._dropped = self._lists = self._tables = 0
        self._language = ""  # of the code that is open
        self._data: list[str] = []  # of one text, which the parser may give in pieces

    def read(self, source: str) -> str:
        source = _MATH.sub(self._keep_math, _TAKEN.sub("", source))
        self.feed(source)
        self.close()
        self._flush()
        while len(self._stack) > 1:
            self._close()
        made = _settled("".join(self._stack[0].parts)).replace(_LINE, "\n")
        if self._inline:
            made = one_line(made.replace("\\\n", "\n"))
        return _KEPT.sub(lambda kept: self._kept[int(kept[1])], made).strip()

    def _keep(self, made: str) -> str:
        self._kept.append(made)
        return f"{_LEFT}{len(self._kept) - 1}{_RIGHT}"

    def _keep_math(self, math: re.Match) -> str:
        tex = _tex(math)
        if not tex:
            return ""
        if any(char in tex for char in FREE):
            return self._keep(tex)  # a gap in mathematics, of which the caller tells
        if "$" in tex.replace("\\$", "") or not _is_sound(tex):
            self._tell(f"the mathematics {tex:.60} cannot be shown: kept as code.")
            return self._keep(_code(tex))
        block = math["b"] is not None or math["d"] is not None or "block" in (math["block"] or "")
        if block and not self._inline:
            return f"<p>{self._keep(f'$${chr(10)}{tex}{chr(10)}$$')}</p>"
        return self._keep(f"${tex}$")

    # What the parser calls

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flush()
        if tag in _DROPPED:
            self._dropped += 1
            if tag in _DROPPED_TOLD:
                self._tell(f"a <{tag}> is left out: a card holds no program and no other page.")
        if self._dropped:
            return
        if tag in _VOID:
            self._void(tag, dict(attrs))
            return
        if tag in ("ul", "ol"):
            self._lists += 1
        self._tables += tag == "table"
        self._raw += tag == "pre" or tag in _CODE
        if found := re.search(r"\blanguage-([\w+#-]+)", dict(attrs).get("class") or ""):
            self._language = found[1]
        if tag in ("audio", "video"):
            self._show(dict(attrs).get("src"))
        self._stack.append(_Frame(tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._flush()
        if tag in _DROPPED:
            self._dropped -= self._dropped > 0
        elif not self._dropped and tag not in _VOID:
            # An end without its start, as editors leave them, ends nothing.
            if any(frame.tag == tag for frame in self._stack[: -_MOST_OPEN - 1 : -1]):
                while self._close() != tag:
                    pass

    def handle_data(self, data: str) -> None:
        self._data.append(data)

    def _flush(self) -> None:
        """Take what stands before an element or the end."""
        data, self._data = "".join(self._data), []
        if self._dropped or not data:
            return
        if self._raw:
            self._add(data)
            return
        start = 0
        for sound in _SOUND.finditer(data):
            self._text(data[start : sound.start()])
            self._show(html.unescape(sound[1]))
            start = sound.end()
        self._text(data[start:])

    # What is made of it

    def _add(self, text: str) -> None:
        self._stack[-1].parts.append(text)

    def _text(self, data: str) -> None:
        text = _SPACES.sub(" ", data)
        if text:
            before = "".join(self._stack[-1].parts[-1:]).strip(f" \n{_BREAK}")
            text = escaped(text, line_start=not before)
            # Another sign may follow in another element.
            self._add(_SIGN.sub(r"\\$", text) if "$" in text else text)

    def _void(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "br":
            self._add("\n" if self._raw else _BREAK)
        elif tag == "hr":
            self._add("\n\n")
        elif tag == "img":
            self._show(attrs.get("src"), attrs.get("alt") or "")
        elif tag == "source":
            self._show(attrs.get("src"))

    def _show(self, address: str | None, words: str = "") -> None:
        """Show a picture or sound, or lead to one on another site."""
        address = (address or "").strip()
        if not address:
            return
        if re.match(r"(?:https?:)?//", address):
            self._tell(
                f'the picture or sound "{address:.80}" is on another site: there is a link to it.'
            )
            address = "https:" + address if address.startswith("//") else address
            words = one_line(words) or address.rpartition("/")[2] or address
            self._add(self._keep(f"[{escaped(words[:80])}]({_quoted(address)})"))
        elif found := self._medium(unquote(address) if "%" in address else address):
            words = one_line(words) or re.sub(
                r"[-_]+", " ", found.rpartition("/")[2].rpartition(".")[0]
            )
            words = re.sub(r"[][\\!`$*_<]", "", words)
            self._add(self._keep(f"![{words}]({_quoted(found)})"))

    def _close(self) -> str:
        """End the innermost element: put what it has become into the one around it."""
        frame = self._stack.pop()
        tag, inside = frame.tag, "".join(frame.parts)
        if tag in ("ul", "ol"):
            self._lists -= 1
        self._tables -= tag == "table"
        if tag == "pre" or tag in _CODE:
            self._raw -= 1
            made = inside if self._raw else self._code_of(tag, inside)
        elif self._raw:
            made = inside + "\n" * (tag in _BLOCKS | _PARAGRAPHS)
        else:
            made = self._made(frame, inside)
        self._add(made)
        return tag

    def _code_of(self, tag: str, inside: str) -> str:
        text = _KEPT.sub(lambda kept: self._kept[int(kept[1])], inside).replace("\xa0", " ")
        text = re.sub("[\ufdd1\ufdd2]", "", text)
        if tag == "pre" and not self._inline and text.strip():
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            language, self._language = self._language, ""
            made = f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"
            return "\n\n" + _LINE.join(map(self._keep, made.split("\n"))) + "\n\n"
        return self._keep(_code(one_line(text))) if text.strip() else ""

    def _made(self, frame: _Frame, inside: str) -> str:
        tag = frame.tag
        if tag in ("ul", "ol"):
            return self._list(frame)
        if tag == "table":
            return _table(frame) if self._tables == 0 else inside
        if tag in ("tr", "td", "th", "li"):
            return self._part(frame, inside)
        if tag in _STRONG or tag in _EMPHASIS:
            made = _marked(inside, "**" if tag in _STRONG else "*")
            return f"\n\n{made}\n\n" if tag in _PARAGRAPHS else made
        if tag in ("sup", "sub"):
            return _moved(
                inside, _RAISED if tag == "sup" else _LOWERED, "^" if tag == "sup" else "_"
            )
        if tag == "a":
            return self._link(frame.attrs.get("href"), inside)
        if tag == "rt":
            return f"({inside.strip()})" if inside.strip() else ""
        if tag == "rp":
            return ""
        if tag in _PARAGRAPHS:
            return f"\n\n{inside}\n\n"
        if tag in _BLOCKS:
            return f"{_BREAK}{inside}{_BREAK}"
        return inside

    def _part(self, frame: _Frame, inside: str) -> str:
        """An item, a row or a cell, kept with the list or the table that it belongs to."""
        if frame.tag == "li":
            return f"{_ITEM}{inside}"
        if not self._tables:
            return f"{_BREAK}{inside}{_BREAK}"
        return f"{_ROW}{inside}" if frame.tag == "tr" else f"{_CELL}{inside}"

    def _list(self, frame: _Frame) -> str:
        items = [_settled(item) for item in "".join(frame.parts).split(_ITEM)]
        items = [item for item in items if item]
        if not items or self._inline or self._tables or self._lists >= _DEEPEST:
            return _BREAK + _BREAK.join(items) + _BREAK
        lines = []
        for number, item in enumerate(items, 1):
            mark = f"{number}. " if frame.tag == "ol" else "- "
            item = re.sub(r"\n\n(?=(?:-|\d+\.) )", "\n", item).replace("\n", _LINE)
            lines.append(mark + item.replace(_LINE, _LINE + " " * len(mark)))
        return "\n\n" + _LINE.join(lines) + "\n\n"

    def _link(self, address: str | None, inside: str) -> str:
        address = (address or "").strip()
        words = one_line(inside.replace(_BREAK, " "))
        if re.match(r"(?:https?://[^\s/]|mailto:[^\s@]+@)", address, re.IGNORECASE):
            if re.search(rf"\]\(|[\n{_LINE}{_ITEM}]", inside) or not words:
                return inside or escaped(address)
            return f"[{words}]({_quoted(address)})"
        if re.match(r"\s*(?:javascript|vbscript|data):", address, re.IGNORECASE):
            self._tell("a link that would run a program is left out; its words are kept.")
        return inside


_MOST_OPEN = 200  # elements that an end looks through for its start
_ITEM, _ROW, _CELL = "\ufde0", "\ufde1", "\ufde2"
_LINE = "\ufde3"  # a line break inside a list, a table or code, which is made already


_SPACES = re.compile(r"[ \t\r\n\f]+")
_SIGN = re.compile(r"(?<!\\)\$")
_PARTS = re.compile(f"[{_ITEM}{_ROW}{_CELL}]")
_WIDE = re.compile(rf"(?<=[^ {_LINE}]) {{2,}}")
_ENDS = re.compile(rf"[ \n{_BREAK}]*[\n{_BREAK}][ \n{_BREAK}]*")


def _settled(text: str) -> str:
    """A text with its line breaks as Markdown has them: after a backslash, or an empty line between parts."""
    text = _PARTS.sub(_BREAK, text)

    def as_break(found: re.Match) -> str:
        run = found[0]
        if "\n" in run or run.count(_BREAK) > 3:
            return "\n" if run.count("\n") == 1 and _BREAK not in run else "\n\n"
        return "\\\n"

    text = _WIDE.sub(" ", text.strip(f" \n{_BREAK}"))
    return _ENDS.sub(as_break, text)


def _code(text: str) -> str:
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{room}{text}{room}{ticks}"


def _marked(inside: str, mark: str) -> str:
    """A text in marks of emphasis, which must touch it; lines of a block each get their own."""
    if not inside.strip(f" \n{_BREAK}\xa0") or _LINE in inside or _ITEM in inside:
        return inside
    parts = re.split(rf"([\n{_BREAK}]+)", inside)
    return "".join(
        part
        if n % 2 or not part.strip(" \xa0")
        else re.sub(r"^([ \xa0]*)(.*?)([ \xa0]*)$", rf"\1{mark}\2{mark}\3", part)
        for n, part in enumerate(parts)
    )


def _moved(inside: str, letters: dict[str, str], sign: str) -> str:
    text = inside.strip()
    if re.search(f"[\n{_BREAK}{_LINE}{_ITEM}]", text):
        return inside
    if all(char in letters for char in text):
        return "".join(letters[char] for char in text)
    return (
        f"{sign}{text}" if len(text) == 1 else f"{sign}({text})" if sign == "^" else f"\\_({text})"
    )


def _table(frame: _Frame) -> str:
    rows = []
    for row in "".join(frame.parts).split(_ROW)[1:]:
        cells = [one_line(_settled(cell).replace("\\\n", " ")) for cell in row.split(_CELL)[1:]]
        if any(cells):
            rows.append([cell.replace("|", "\\|") for cell in cells])
    width = max(map(len, rows), default=0)
    if width < 2:
        return "\n\n" + _BREAK.join(cell for row in rows for cell in row) + "\n\n"
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * width)
    return "\n\n" + _LINE.join(lines) + "\n\n"


def _quoted(address: str) -> str:
    return quote(address, safe="/:?#@!$&'*+,;=%~.-_")
