"""From a field's text to safe HTML: one fixed kind of Markdown, whatever the site's is.

Raw HTML, attribute lists and macros are not part of it and come out as text. Links and
media inside the site start with `ROOT`, which stands for the way from a page to the top
of the site.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from posixpath import normpath, splitext
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from latex2mathml.exceptions import (
    DoubleSubscriptsError,
    DoubleSuperscriptsError,
    ExtraLeftOrMissingRightError,
    MissingEndError,
    MissingSuperScriptOrSubscriptError,
)
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml as escape
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from .model import Card, Deck, near, unknown

# No text can hold it: YAML forbids the character, and the parser replaces it.
ROOT = "\0"

AUDIO = {".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a"}

_ADDRESS = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
# What people leave the https:// away from.
_HOST = re.compile(
    r"(www\.|([\w-]+\.)*[\w-]+\.(ai|co|com|dev|edu|gov|info|io|net|org)([/?#]|$))", re.IGNORECASE
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)
_CARD_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")

# One line that no rule of the parser reads: most short texts, for which it would take long.
_BARE = re.compile(r"(?![-+*#>]|\d+[.)])[^\0\s`*_$\[\]\\<~|](?:[^\0\s`*_$\[\]\\<~|]| (?! ))*(?<! )")
# Where a text has none of these, nothing can be wrong inside it.
_SPECIAL = re.compile(r"[`$\[]|~~~|<[a-zA-Z!]")
# What can be seen to be sound without parsing the whole text, which takes a hundred times longer.
_SOUND = re.compile(
    r"(?<![`\\])`[^`|\n\\]+`(?!`)"
    r"|(?<![\\\[!])\[\[(?P<id>[a-z0-9-]+)(?:\|[^][`$<|\\]+)?\]\](?![\](])"
    r"|(?<![\\\[!])\[[^][`$<!\\]+\]\(https?://[\w./?&=#%-]+\)"
    r"|(?<![\d$\\])\$(?![\s^_])(?:[A-Za-z0-9)](?:_(?:\w|INDEX))?(?:\^(?:\w|INDEX))?|[-=+/(,. ])+"
    r"(?<!\s)\$(?![\d$])".replace("INDEX", r"\{(?:[A-Za-z0-9](?:_[A-Za-z0-9])?|[-=+/,. ])+\}")
)
_HTML = re.compile(r"<(?:!--|([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>)")
_HTML_NAMES = frozenset(
    "a abbr address article aside audio b base big blockquote body br button canvas caption center "
    "cite code col colgroup dd del details dfn div dl dt em embed figcaption figure font footer "
    "form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link "
    "main mark math meta nav object ol option p picture pre q rp rt ruby s samp script section "
    "select small source span strike strong style sub summary sup svg table tbody td textarea "
    "tfoot th thead title tr tt u ul var video wbr".split()
)
# What an unclosed formula holds, and the price of a thing does not.
_TEX = re.compile(r"\$\$?(?![\d.,])[^$]*?(?:\\[a-zA-Z]{2}|[_^]\{|\b[a-zA-Z)][_^]\w)")


class Fault(NamedTuple):
    """What is wrong inside a text, and what to do about it."""

    kind: str  # of markup: "link", "address", "media", "code", "mathematics" or "html"
    text: str
    find: str  # the words that it is at


def entry_address(card: Card) -> str:
    """Where a card's glossary entry stands, from any page."""
    return f"{ROOT}glossary/{card.topic}/#{card.id}"


def language(tag: str) -> str:
    """The `lang` attribute for a side of a card, or nothing where the page's own holds."""
    return f' lang="{escape(tag)}"' if tag else ""


def markdown_fields(card: Card) -> Iterator[tuple[tuple, str]]:
    """The fields of a card that are Markdown, each with the way to it, the empty ones left out."""
    for name in ("question", "answer", "gist", "hint", "details", "example", "mistake", "reverse"):
        if text := getattr(card, name):
            yield (name,), text
    for n, sentence in enumerate(card.cloze):
        yield ("cloze", n), sentence
    for n, choice in enumerate(card.choices):
        yield ("choices", n, "text"), choice.text
        if choice.feedback:
            yield ("choices", n, "feedback"), choice.feedback


class Markup:
    """Renders the texts of one deck, each once.

    `rules` render some kinds of its tokens in another way, for where the text is not shown by this site.
    """

    def __init__(self, deck: Deck, rules: Mapping[str, Callable[..., str]] | None = None):
        self._deck = deck
        self._rendered: dict[tuple[str, bool], tuple[str, tuple[Fault, ...]]] = {}
        self._parser = self._make_parser()
        for name, rule in (rules or {}).items():
            self._parser.add_render_rule(name, rule)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(deck: Deck) -> Markup:
        """The renderer of a deck, the same one each time, so that nothing is rendered twice."""
        return Markup(deck)

    def block(self, text: str) -> str:
        """A text of one or more paragraphs, as HTML."""
        return self._render(text, inline=False)[0]

    def inline(self, text: str) -> str:
        """A text of one line, as HTML without a paragraph around it."""
        return self._render(re.sub(r"[ \t\r\n]+", " ", text).strip(" "), inline=True)[0]

    def faults(self, text: str) -> tuple[Fault, ...]:
        """What is wrong inside a text: links that lead nowhere, mathematics that does not parse."""
        return () if self._looks_sound(text) else self._render(text, inline=False)[1]

    def _looks_sound(self, text: str) -> bool:
        """Whether a glance is enough to see that nothing is wrong inside a text."""
        if not _SPECIAL.search(text):
            return True
        return not _SPECIAL.search(_SOUND.sub(self._without, text))

    def _without(self, sound: re.Match) -> str:
        return "" if not sound["id"] or sound["id"] in self._deck.by_id else sound[0]

    def _render(self, text: str, inline: bool) -> tuple[str, tuple[Fault, ...]]:
        key = (text, inline)
        if key not in self._rendered and _BARE.fullmatch(text):
            shown = escape(text)
            self._rendered[key] = (shown if inline else f"<p>{shown}</p>", ())
        if key not in self._rendered:
            env: dict = {"faults": [], "lines": text.split("\n"), "markup": self}
            render = self._parser.renderInline if inline else self._parser.render
            rendered = render(text, env).strip()
            # Told once, however often the text has it, and in one line.
            faults = dict.fromkeys(
                fault._replace(text=" ".join(fault.text.split())) for fault in env["faults"]
            )
            self._rendered[key] = (rendered, tuple(faults))
        return self._rendered[key]

    @cached_property
    def _files(self) -> dict[str, str]:
        """The files of the site's `docs`, each also by its name in small letters."""
        docs = self._deck.folder / "docs"
        found = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.*"))
        return {path.casefold(): path for path in found} | {path: path for path in found}

    def missing(self, address: str) -> str:
        """What is wrong with the address of a file of the site; empty if it is there."""
        if self._deck.folder is None:
            return ""
        path = normpath(unquote(re.split("[?#]", address)[0]))
        if path.startswith(".."):
            return (
                f'"{address}" leads out of the site. Put the file into docs/assets and name that.'
            )
        if path in self._files and self._files[path] == path:
            return ""
        if there := self._files.get(path.casefold()):
            return (
                f'the file is called "{there}", not "{path}". Write its capitals and small letters '
                "as they are."
            )
        media = {file for file in self._files.values() if not file.endswith(".md")}
        close = near(path, sorted(media)) if media else " Put it there."
        return f'there is no file "docs/{path}".{close}'

    def _make_parser(self) -> MarkdownIt:
        parser = MarkdownIt("zero").enable(
            [
                "list",
                "fence",
                "table",
                "backticks",
                "emphasis",
                "link",
                "image",
                "escape",
                "newline",
            ]
        )
        parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
        parser.inline.ruler.at("math_inline", _mathematics)
        parser.inline.ruler.before("backticks", "open_code", _open_code)
        parser.inline.ruler.before("link", "card_link", self._card_link)
        parser.inline.ruler.after("image", "refused_address", _refused_address)
        parser.inline.ruler.after("image", "html", _html)
        parser.inline.ruler.after("math_inline", "open_mathematics", _open_mathematics)
        parser.validateLink = _is_safe
        parser.add_render_rule("math_inline", _render_math)
        parser.add_render_rule("math_block", _render_math)
        parser.add_render_rule("fence", _render_fence)
        parser.add_render_rule("image", _render_media)
        parser.add_render_rule("link_open", _render_link)
        for cell in ("th_open", "td_open"):
            parser.add_render_rule(cell, _render_cell)
        return parser

    def _card_link(self, state: StateInline, silent: bool) -> bool:
        """Reads `[[id]]` and `[[id|text]]`."""
        match = _CARD_LINK.match(state.src, state.pos)
        if not match:
            # Where words in brackets have an address after them, the outer bracket is just that.
            if re.compile(r"\[\[(?!\[|[^\[\]]*\]\()").match(state.src, state.pos):
                words = "this [[ starts no link. Write [[id]] or [[id|words]], or \\[[ for the brackets."
                _note(state, silent, "link", words)
            return False
        if not silent:
            id, text = match[1].strip(), match[2]
            card = self._deck.by_id.get(id)
            if card is None:
                words = f"[[{id}]]: {unknown('card', id, self._deck.known_cards)}"
                _note(state, silent, "link", words)
            linked = card is not None and state.linkLevel == 0
            if linked:
                state.push("link_open", "a", 1).attrs = {"href": entry_address(card)}
            state.push("text", "", 0).content = (text or (card.term if card else id)).strip()
            if linked:
                state.push("link_close", "a", -1)
        state.pos = match.end()
        return True


_dollars = math_inline_dollar(allow_space=False, allow_digits=False)


def _mathematics(state: StateInline, silent: bool) -> bool:
    """Reads `$…$`, also at the start of a text that ends in a digit or a backslash.

    There the plugin takes the last character for the one before the first.
    """
    if state.pos:
        return _dollars(state, silent)
    state.src += " "
    taken = _dollars(state, silent)
    state.src = state.src[:-1]
    return taken


# Rules that take nothing: they only note what the others have left as text.


def _note(state: StateInline, silent: bool, kind: str, words: str, start: int = -1) -> bool:
    if not silent:
        find = _first_word(state.src[state.pos if start < 0 else start :][:80])
        state.env["faults"].append(Fault(kind, words, find))
    return False


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0] if text.strip() else ""


def _open_code(state: StateInline, silent: bool) -> bool:
    ticks = re.compile("`+").match(state.src, state.pos)
    if ticks and not re.compile(f"(?<!`){ticks[0]}(?!`)").search(state.src, ticks.end()):
        words = f"the code that {ticks[0]:.3} opens does not close. Close it, or write \\` for the character."
        return _note(state, silent, "code", words)
    return False


def _open_mathematics(state: StateInline, silent: bool) -> bool:
    if _TEX.match(state.src, state.pos):
        words = (
            "the mathematics that this $ opens is not read as such. Write $…$ without blanks at its "
            "ends, $$…$$ as a block of its own, or \\$ for the character."
        )
        return _note(state, silent, "mathematics", words)
    return False


def _refused_address(state: StateInline, silent: bool) -> bool:
    bracket = re.compile(r"!?\[").match(state.src, state.pos)
    if not bracket or silent:
        return False
    helpers = state.md.helpers
    end = helpers.parseLinkLabel(state, bracket.end() - 1, bracket[0] == "[")
    start = re.compile(r"\(\s*").match(state.src, end + 1) if end >= 0 else None
    if not start:
        return False
    found = helpers.parseLinkDestination(state.src, start.end(), state.posMax)
    if found.ok and not _is_safe(state.md.normalizeLink(found.str)):
        words = (
            f'"{found.str}" is no address for a card. Start it with https://, http:// or mailto:, '
            "or name a page of this site without a slash in front."
        )
        _note(state, silent, "address", words, start.end())
    return False


def _html(state: StateInline, silent: bool) -> bool:
    tag = _HTML.match(state.src, state.pos)
    if tag and (not tag[1] or tag[1].lower() in _HTML_NAMES):
        words = (
            f"{tag[0]:.40} is HTML, which shows as text. Write it in Markdown, or in backticks if it "
            "should show."
        )
        return _note(state, silent, "html", words)
    return False


def _is_safe(address: str) -> bool:
    return bool(_ADDRESS.match(address)) or not _SCHEME.match(address)


def _rooted(address: str) -> str:
    """An address inside the site counts from its top, wherever the card is shown."""
    inside = not _ADDRESS.match(address) and not address.startswith((ROOT, "#"))
    return ROOT + address if inside else address


def _render_link(self: RendererHTML, tokens, n, options, env) -> str:
    token = tokens[n]
    address = str(token.attrs["href"])
    if _HOST.match(address):
        fault = f'"{address}" would be a page of this site. Write it as https://{address}.'
        env["faults"].append(Fault("address", fault, address))
    token.attrs["href"] = _rooted(address)
    return self.renderToken(tokens, n, options, env)


def _render_fence(self: RendererHTML, tokens, n, options, env) -> str:
    token = tokens[n]
    first, end = token.map
    last = env["lines"][end - 1].strip()
    if end - first < 2 or not last.startswith(token.markup) or set(last) != set(token.markup):
        words = f"the block of code that {token.markup} opens does not close. End it with a line {token.markup}."
        env["faults"].append(Fault("code", words, f"{token.markup}{_first_word(token.info)}"))
    return self.fence(tokens, n, options, env)


def _render_media(self: RendererHTML, tokens, n, options, env) -> str:
    token = tokens[n]
    address, words = str(token.attrs["src"]), self.renderInlineAsText(token.children, options, env)
    if _ADDRESS.match(address):
        fault = (
            f'the image "{address}" is on another site. Put a copy into docs/assets and name that.'
        )
        env["faults"].append(Fault("media", fault, address))
        return escape(f"![{words}]({address})")
    if fault := env["markup"].missing(address):
        env["faults"].append(Fault("media", fault, unquote(address)))
    address = escape(_rooted(address))
    if splitext(address)[1].lower() in AUDIO:
        return (
            f'<audio controls preload="none" src="{address}" aria-label="{escape(words)}"></audio>'
        )
    return f'<img src="{address}" alt="{escape(words)}" loading="lazy">'


def _render_cell(self: RendererHTML, tokens, n, options, env) -> str:
    # The parser aligns by a style attribute, which a strict policy for content forbids.
    token = tokens[n]
    style = str(token.attrs.pop("style", ""))
    side = f' class="align-{style.split(":")[1]}"' if style else ""
    return f"<{token.tag}{side}>"


def _render_math(self: RendererHTML, tokens, n, options, env) -> str:
    tex, display = tokens[n].content.strip(), tokens[n].type == "math_block"
    rendered, fault = mathml(tex, display)
    if fault:
        opens = "" if display else "$"
        env["faults"].append(
            Fault("mathematics", f"the mathematics ${tex}$ {fault}", _first_word(opens + tex))
        )
        return f"<code>{escape(tex)}</code>"
    return f'<div class="math">{rendered}</div>' if display else rendered


_MATH_TAGS = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mtable mtr mtd "
    "munder mover munderover mstyle mpadded mphantom".split()
)
_MATH_ATTRIBUTES = frozenset(
    "display displaystyle mathvariant stretchy fence separator lspace rspace minsize maxsize "
    "width height depth linethickness accent accentunder form columnalign".split()
)

# How many children an element must have to mean anything.
_MATH_PARTS = dict.fromkeys("mfrac msub msup mroot munder mover".split(), 2) | dict.fromkeys(
    ("msubsup", "munderover"), 3
)
_ENVIRONMENTS = "align align* array bmatrix Bmatrix cases matrix pmatrix smallmatrix split vmatrix Vmatrix".split()
_REMEDY = "Check its braces and commands."
_REMEDIES: dict[type[Exception], str] = {
    ExtraLeftOrMissingRightError: "Give each \\left its \\right.",
    MissingEndError: "Give each \\begin its \\end.",
    DoubleSubscriptsError: "Put braces where one subscript follows another: {x_1}_2.",
    DoubleSuperscriptsError: "Put braces where one exponent follows another: {x^1}^2.",
    MissingSuperScriptOrSubscriptError: "Write something after each _ and ^.",
}


def mathml(tex: str, display: bool = False) -> tuple[str, str]:
    """TeX as MathML, and what is wrong with it, one of the two empty.

    The converter takes unknown commands and open braces without a word, and passes markup
    through; so both are looked for here, and only known elements are written out.
    """
    bare = re.sub(r"\\.", "", tex)
    if bare.count("{") != bare.count("}"):
        return "", "has a brace that does not close. Write one } for each {."
    for name in re.findall(r"\\begin\{(.*?)\}", tex):
        if name not in _ENVIRONMENTS:
            return "", f'has an unknown environment "{name}".{near(name, _ENVIRONMENTS)}'
    try:
        root = convert_to_element(tex, display="block" if display else "inline")
    except Exception as error:  # the converter's errors have no common base, some are IndexErrors
        return "", f"does not parse. {_REMEDIES.get(type(error), _REMEDY)}"
    for node in root.iter():
        command = node.text or ""
        if command.startswith("\\") and len(command) > 1:
            return "", (
                f"has an unknown command {command}. Check its spelling, or say it in another way."
            )
        if node.tag not in _MATH_TAGS or not set(node.attrib) <= _MATH_ATTRIBUTES | {"xmlns"}:
            return "", (
                "has a command that a card may not use. Take out colors, links, classes and styles."
            )
        if len(node) < _MATH_PARTS.get(node.tag, 0):
            return "", "lacks a part. Give each command all that it takes, in braces."
    return _mathml(root), ""


def _mathml(node: Element) -> str:
    word = _upright_word(node)
    if word:
        return f"<mi>{escape(word)}</mi>"
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in node.attrib.items() if name != "xmlns"
    )
    inside = escape(html.unescape(node.text or "")) + "".join(
        map(_mathml, _with_whole_numbers(node))
    )
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>"


def _with_whole_numbers(node: Element) -> list[Element]:
    """The children of a node, with `3{,}538` as one number: the converter makes three of it."""
    whole: list[Element] = []
    for child in node:
        comma = len(whole) > 1 and child.tag == whole[-2].tag == "mn" and _is_comma(whole[-1])
        if comma:
            whole.pop()
            whole[-1].text = f"{whole[-1].text},{child.text}"
        else:
            whole.append(child)
    return whole


def _is_comma(node: Element) -> bool:
    return node.tag == "mrow" and [html.unescape(mo.text or "") for mo in node] == [","]


def _upright_word(node: Element) -> str:
    """The word that an `mrow` spells in upright letters: one name, not a product of letters."""
    letters = list(node)
    upright = all(mi.tag == "mi" and mi.get("mathvariant") == "normal" for mi in letters)
    return "".join(mi.text or "" for mi in letters) if len(letters) > 1 and upright else ""
