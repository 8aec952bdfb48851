"""Reads a chapter as its readers do: block by block, without what the macros put into it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT

from macros.model import Deck

# A linked term in a block: its card's id and its words, between letters that no text has.
TERM = re.compile("\ue000(.*?)\ue001(.*?)\ue002", re.DOTALL)

_MACRO = re.compile(r"\{\{\s*(\w+)\((.*?)\)\s*\}\}", re.DOTALL)
_STRING = re.compile(r'"([^"]*)"')
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_LEFT_OUT = (
    re.compile(r"\A---\n.*?\n---\n", re.DOTALL),
    re.compile(r"^## Sources\n.*", re.DOTALL | re.MULTILINE),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r" *\{:? ?[#.][^{}]*\}"),
)
_BLOCK = re.compile(r"^```[\s\S]*?^```$|(?:^.*\S.*(?:\n|\Z))+", re.MULTILINE)
_ITEM = re.compile(r"^ *(?:[-*+]|\d+[.)]) +", re.MULTILINE)

# What has a full stop at its end, and a sentence goes on after it.
_SHORTENED = re.compile(r"\b(?:al|e\.g|i\.e|vs|cf|ca|Figs?|Eqs?|App|Sec)\.(?=\s)")
_END = re.compile(r"(?<=[.!?])[\"”)*]*\s+(?=[\"“(*]*[A-Z0-9√\ue000])")


@dataclass(frozen=True)
class Block:
    """A paragraph, an item of a list, a heading, a table, code, or the caption of a figure."""

    line: int  # of the file, at which it starts
    kind: str  # "prose", "question", "heading", "table", "code" or "caption"
    text: str  # with its linked terms marked, see TERM

    @property
    def printed(self) -> str:
        """The text as it is printed."""
        return TERM.sub(r"\2", self.text)

    @property
    def plain(self) -> str:
        """The words that count for how hard it reads: no formulas, no linked terms."""
        return re.sub(r"`[^`]*`", " ", TERM.sub(" ", self.text))


def file_of(topic: str) -> Path:
    """The chapter on a topic."""
    return ROOT / f"docs/learn/{topic}.md"


def blocks(deck: Deck, source: str) -> Iterator[Block]:
    """The blocks of a chapter, without its front matter, its citations and its list of sources."""
    text = source
    for pattern in _LEFT_OUT:
        text = _put(pattern, lambda _: "", text)
    text = _put(_MACRO, lambda call: _shown(deck, call[1], _STRING.findall(call[2])), text)
    text = _put(_LINK, lambda link: link[1], text)
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield from _parts(line, match[0].strip("\n"))


def _put(pattern: re.Pattern, made: Callable[[re.Match], str], text: str) -> str:
    """The text with something else for each match, on as many lines, so that places stay."""

    def put(match: re.Match) -> str:
        new = made(match)
        return new + "\n" * (match[0].count("\n") - new.count("\n"))

    return pattern.sub(put, text)


def _shown(deck: Deck, macro: str, given: list[str]) -> str:
    """What of a macro's call is prose: the words of a link, a figure's caption."""
    if macro == "term":
        card = deck.by_id.get(given[0])
        words = given[1] if given[1:] else card.term if card else given[0]
        return f"\ue000{given[0]}\ue001{words}\ue002"
    return f"Figure: {given[1]}" if macro == "figure" and given[1:] else ""


def _parts(line: int, text: str) -> Iterator[Block]:
    """The blocks of what stands between two empty lines."""
    bare = text.strip()
    if bare.startswith("```"):
        yield Block(line, "code", text)
    elif bare.startswith("#"):
        yield Block(line, "heading", bare.lstrip("# "))
    elif bare.startswith("|"):
        yield Block(line, "table", text)
    elif bare.startswith("Figure: "):
        yield Block(line, "caption", bare.removeprefix("Figure: "))
    elif re.fullmatch(r"\*[^*]+\*", bare):
        yield Block(line, "question", bare.strip("*"))
    elif not _ITEM.match(text):
        yield Block(line, "prose", text)
    else:
        starts = [match.start() for match in _ITEM.finditer(text)]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            item = _ITEM.sub("", text[start:end], count=1)
            yield Block(line + text.count("\n", 0, start), "prose", item)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    guarded = _SHORTENED.sub(lambda m: m[0].replace(".", "\ue003"), " ".join(text.split()))
    parts = (part.replace("\ue003", ".") for part in _END.split(guarded))
    return [part for part in parts if words(part)]


def words(text: str) -> list[str]:
    """The words of a text, numbers among them; a sign such as "=" is none."""
    return [word for word in text.split() if re.search(r"[^\W_]", word)]


def grade(texts: list[str]) -> float:
    """The Flesch-Kincaid grade of paragraphs: how many years of school they ask for."""
    told = [
        re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", each) for t in texts for each in sentences(t)
    ]
    told = [spoken for spoken in told if spoken]
    count = sum(map(len, told))
    heard = sum(syllables(word) for spoken in told for word in spoken)
    return 0.39 * count / len(told) + 11.8 * heard / count - 15.59


# An e that is not heard: at the end or before an ending, where no consonant needs it.
_SILENT = re.compile(
    r"(?<![aeiouytd])(?<![^aeiouyl]l)e(?=d$)"
    r"|(?<![aeiouyscxzg])(?<![cs]h)(?<![^aeiouyl]l)e(?=s$)"
    r"|(?<![aeiouy])(?<![^aeiouyl]l)e(?=$|ly$|ments?$|less$|ful$)"
)
# Vowels side by side that are two syllables, and an m that is one.
_APART = re.compile(
    r"(?<![tcsxg])(?<!ll)i(?=[ao]|um)|i(?=er$|est$|et)|(?<=[cst]i)(?=ate|ation)"
    r"|[aeou](?=y?ing|yer)|(?<=cr)e(?=at[ei])|(?<=[dr])e(?=as?$)|(?<!g)e(?=o[^up])"
    r"|(?<![gq])u(?=al|ou|at|e[nl])|sm(?=s?$)"
)


def syllables(word: str) -> int:
    """How many syllables an English word has; abbreviations are spelled, a syllable a letter.

    Near enough for an average: over 20,000 words of these chapters the sum was within a thousandth
    of what the CMU Pronouncing Dictionary says.
    """
    if word.isupper() and len(word) > 1:
        return len(word)
    bare = _SILENT.sub("", re.sub(r"['’]s?$", "", word.lower()))
    return max(1, len(re.findall("[aeiouy]+", bare)) + len(_APART.findall(bare)))
