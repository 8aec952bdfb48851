"""From a field's text to safe HTML: one fixed kind of Markdown, whatever the site's is.

Raw HTML, attribute lists and macros are not part of it and come out as text. Links and
media inside the site start with `ROOT`, which stands for the way from a page to the top
of the site.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import splitext
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml as escape
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath import dollarmath_plugin

from .model import Card, Deck, unknown

# No text can hold it: YAML forbids the character, and the parser replaces it.
ROOT = "\0"

AUDIO = {".mp3", ".ogg", ".oga", ".opus", ".wav", ".m4a"}

_ADDRESS = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]", re.IGNORECASE)


def entry_address(card: Card) -> str:
    """Where a card's glossary entry stands, from any page."""
    return f"{ROOT}glossary/{card.topic}/#{card.id}"


def language(tag: str) -> str:
    """The `lang` attribute for a side of a card, or nothing where the page's own holds."""
    return f' lang="{escape(tag)}"' if tag else ""


def markdown_fields(card: Card) -> Iterator[tuple[tuple, str]]:
    """The fields of a card that are Markdown, each with the way to it, the empty ones left out."""
    for name in ("question", "answer", "gist", "hint", "details", "example", "mistake"):
        if text := getattr(card, name):
            yield (name,), text
    for n, choice in enumerate(card.choices):
        yield ("choices", n, "text"), choice.text
        if choice.feedback:
            yield ("choices", n, "feedback"), choice.feedback


class Markup:
    """Renders the texts of one deck, each once."""

    def __init__(self, deck: Deck):
        self._deck = deck
        self._rendered: dict[tuple[str, bool], tuple[str, tuple[str, ...]]] = {}
        self._parser = self._make_parser()

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
        return self._render(" ".join(text.split()), inline=True)[0]

    def faults(self, text: str) -> tuple[str, ...]:
        """What is wrong inside a text: links to no card, mathematics that does not parse."""
        return self._render(text, inline=False)[1]

    def _render(self, text: str, inline: bool) -> tuple[str, tuple[str, ...]]:
        key = (text, inline)
        if key not in self._rendered:
            env: dict = {"faults": []}
            render = self._parser.renderInline if inline else self._parser.render
            self._rendered[key] = (render(text, env).strip(), tuple(env["faults"]))
        return self._rendered[key]

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
        parser.inline.ruler.before("link", "card_link", self._card_link)
        parser.validateLink = _is_safe
        parser.add_render_rule("math_inline", _render_math)
        parser.add_render_rule("math_block", _render_math)
        parser.add_render_rule("image", _render_media)
        parser.add_render_rule("link_open", _render_link)
        for cell in ("th_open", "td_open"):
            parser.add_render_rule(cell, _render_cell)
        return parser

    def _card_link(self, state: StateInline, silent: bool) -> bool:
        """Reads `[[id]]` and `[[id|text]]`."""
        match = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]").match(state.src, state.pos)
        if not match:
            return False
        if not silent:
            id, text = match[1].strip(), match[2]
            card = self._deck.by_id.get(id)
            if card is None:
                state.env["faults"].append(f"[[{id}]]: {unknown('card', id, self._deck.by_id)}")
            linked = card is not None and state.linkLevel == 0
            if linked:
                state.push("link_open", "a", 1).attrs = {"href": entry_address(card)}
            state.push("text", "", 0).content = (text or (card.term if card else id)).strip()
            if linked:
                state.push("link_close", "a", -1)
        state.pos = match.end()
        return True


def _is_safe(address: str) -> bool:
    return bool(_ADDRESS.match(address)) or not _SCHEME.match(address)


def _rooted(address: str) -> str:
    """An address inside the site counts from its top, wherever the card is shown."""
    inside = not _ADDRESS.match(address) and not address.startswith((ROOT, "#"))
    return ROOT + address if inside else address


def _render_link(self: RendererHTML, tokens, n, options, env) -> str:
    token = tokens[n]
    token.attrs["href"] = _rooted(token.attrs["href"])
    return self.renderToken(tokens, n, options, env)


def _render_media(self: RendererHTML, tokens, n, options, env) -> str:
    token = tokens[n]
    address, words = str(token.attrs["src"]), self.renderInlineAsText(token.children, options, env)
    if _ADDRESS.match(address):
        env["faults"].append(
            f'the image "{address}" is on another site. Put a copy into docs/assets and name that.'
        )
        return escape(f"![{words}]({address})")
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
        env["faults"].append(f"the mathematics ${tex}$ {fault}")
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


def mathml(tex: str, display: bool = False) -> tuple[str, str]:
    """TeX as MathML, and what is wrong with it, one of the two empty.

    The converter takes unknown commands and open braces without a word, and passes markup
    through; so both are looked for here, and only known elements are written out.
    """
    bare = re.sub(r"\\.", "", tex)
    if bare.count("{") != bare.count("}"):
        return "", "has a brace that does not close. Write one } for each {."
    try:
        root = convert_to_element(tex, display="block" if display else "inline")
    except Exception:  # the converter's errors have no common base, some are IndexErrors
        return (
            "",
            "does not parse. Check that each \\left has its \\right, and each \\begin its \\end.",
        )
    for node in root.iter():
        if (node.text or "").startswith("\\") and len(node.text or "") > 1:
            return (
                "",
                f"has an unknown command {node.text}. Check its spelling, or say it in another way.",
            )
        if node.tag not in _MATH_TAGS or not set(node.attrib) <= _MATH_ATTRIBUTES | {"xmlns"}:
            return (
                "",
                "has a command that a card may not use. Take out colors, links, classes and styles.",
            )
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
