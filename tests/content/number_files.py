"""Where the numbers of a topic come from: holds tests/content/numbers/TOPIC.yaml against its texts.

Each entry has a `text`, as it is printed in the chapter or in a card of the topic, and says what the
numbers in it are: from a `source` at a `place`; `computed` by an expression, or by a list with one for
each number; or `chosen`, with the reason.
"""

import ast
import math
import operator
import re
from collections.abc import Iterator
from pathlib import Path

import prose
import yaml

from macros.markup import markdown_fields
from macros.model import Deck, near
from macros.rules import GAP

FIELDS = ("text", "source", "place", "computed", "chosen")

# Without what is a mere index, as in W_0 and x_{12}.
NUMBER = re.compile(r"(?<![\d_])(?<!_\{)\d+(?:,\d{3})*(?:\.\d+)?")
_CARD_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]+))?\]\]")

Texts = list[tuple[str, str]]  # the place of each, and the text


def texts_of(deck: Deck, topic: str, chapter: str) -> Texts:
    """All that a topic's chapter and cards print, but what the macros make of other texts."""
    page = f"docs/learn/{topic}.md"
    found = [
        (f"{page}:{block.line}", _bare(deck, block.printed))
        for block in prose.blocks(deck, chapter)
    ]
    for card in deck.of_topic(topic):
        fields = [(("term",), card.term), *((("alias",), alias) for alias in card.aliases)]
        for path, text in [*fields, *markdown_fields(card)]:
            place = f'cards.yaml:{deck.lines[card.id]}: card "{card.id}", {path[0]}'
            found.append((place, _bare(deck, text)))
    return found


def read(file: Path) -> list[dict]:
    """The entries of a file, in which every value is a text, or a list of texts."""
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader) or []


def faults(deck: Deck, name: str, entries: list[dict], texts: Texts) -> Iterator[str]:
    """What is wrong with the entries of a file, and each number that has none."""
    texts = [(place, text) for place, text in texts if NUMBER.search(text)]
    covered = {place: [] for place, _ in texts}
    for entry in entries:
        said = entry.get("text", "") if isinstance(entry, dict) else ""
        if not re.search(r"\d", said):
            yield f'{name}: {entry}: each entry has a "text" with a number in it. Write one.'
            continue
        wrong = [*_wrong(deck, entry, [found[0] for found in NUMBER.finditer(said)])]
        found = _finder(_bare(deck, said))
        spans = [(place, m.span()) for place, text in texts for m in found.finditer(text)]
        if not spans:
            wrong.append(
                "this stands nowhere in the chapter and the cards of its topic. Write it as it is "
                "printed, or take the entry out."
            )
        for place, span in spans:
            covered[place].append(span)
        yield from (f'{name}: "{said}": {words}' for words in wrong)
    for place, text in texts:
        for number in NUMBER.finditer(text):
            start, end = number.span()
            if not any(first <= start and end <= last for first, last in covered[place]):
                around = text[max(0, start - 25) : end + 25]
                yield (
                    f'{place}: nothing says where {number[0]} is from, in "…{around}…". Write into '
                    f'{name}: - text: "{number[0]}", and under it source and place, computed, or chosen.'
                )


def compute(expression: str) -> float:
    """The value of an expression of arithmetic; raises `ValueError` for anything else."""
    try:
        return _value(ast.parse(expression.strip(), mode="eval").body)
    except (SyntaxError, TypeError, ArithmeticError, ValueError) as error:
        raise ValueError(f"{expression}: {error}") from None


def agrees(printed: str, value: float) -> bool:
    """Whether a value, rounded to the digits that a number is printed with, is that number.

    The sign stands in the text, not in the number, and is left aside.
    """
    number = printed.replace(",", "")
    digits = len(number.partition(".")[2])
    half = 0.5 * 10**-digits
    return abs(abs(value) - float(number)) <= half * (1 + 1e-9)


def _wrong(deck: Deck, entry: dict, numbers: list[str]) -> Iterator[str]:
    """What is wrong with what an entry says of its numbers."""
    for field in entry:
        if field not in FIELDS:
            yield f'unknown field "{field}".{near(field, FIELDS)}'
    if not entry.keys() & {"source", "computed", "chosen"}:
        yield "it does not say what the number is. Add source and place, computed, or chosen."
    if "source" in entry:
        if entry["source"] not in deck.sources:
            yield f'no source has the id "{entry["source"]}".{near(entry["source"], deck.sources)}'
        if not entry.get("place"):
            yield 'the source needs a "place": a table, a figure, a section.'
    if "chosen" in entry and not entry["chosen"].strip():
        yield '"chosen" needs a reason: what the number is for.'
    if "computed" in entry:
        given = entry["computed"]
        expressions = given if isinstance(given, list) else [given]
        if len(expressions) != len(numbers):
            yield (
                f"it computes {len(expressions)} for {len(numbers)} numbers: {', '.join(numbers)}. "
                "Write a list with an expression for each."
            )
            return
        for number, expression in zip(numbers, expressions, strict=True):
            try:
                value = compute(expression)
            except ValueError as error:
                yield f"this is not arithmetic: {error}. Use + - * / ** and {', '.join(_FUNCTIONS)}."
                continue
            if not agrees(number, value):
                yield f"{expression} is {value:.10g}, not {number}. Mend the one that is wrong."


def _bare(deck: Deck, text: str) -> str:
    """A text without its marks, in one line, its card links as they read."""

    def linked(match: re.Match) -> str:
        card = deck.by_id.get(match[1])
        return match[2] or (card.term if card else match[1])

    text = GAP.sub(r"\1", _CARD_LINK.sub(linked, text)).replace("{,}", ",")
    return " ".join(re.sub(r"[*`]", "", text).split())


def _finder(text: str) -> re.Pattern:
    """Finds a text where no digit goes on before or after it."""
    return re.compile(rf"(?<!\d)(?<!\d[.,]){re.escape(text)}(?![.,]?\d)")


_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "round": round,
}


def _value(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=op, operand=inner) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(inner))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*map(_value, args))
    raise ValueError("no such thing is known")
