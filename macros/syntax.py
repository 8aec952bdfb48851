"""From the text of a YAML file to nodes that know their places, or to all that keeps it from parsing.

A parser stops at the first fault. So where the whole does not parse, it is cut into blocks, each
card one, and each block that does not parse tells its own first fault.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import yaml

# Pure Python reads the same files, some six times slower.
BaseLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

LONGEST = 1000  # characters of a line that a message quotes
DEEPEST = 20  # a deck needs six; what goes on for ever would break the parser

# What the parser says (the start of it), whether the place is where the fault began, and
# what to tell people.
SYNTAX = (
    (
        "mapping values are not allowed",
        False,
        'a text that holds ": " must stand in quotes, or in a block under ">-".',
    ),
    ("found a tab", False, "a tab cannot indent. Indent with spaces."),
    (
        "found character that cannot start",
        False,
        "a text cannot start with this character. Put it in quotes.",
    ),
    (
        "block sequence entries are not allowed",
        False,
        'a "- " cannot stand here. Put a text that starts with a dash in quotes, or start the list '
        "on the next line.",
    ),
    (
        "did not find expected key",
        False,
        "a key is expected here. Check the quotes and the indentation of this line and of those "
        "above it.",
    ),
    (
        "did not find expected '-'",
        False,
        'a "- " is expected here. Check the indentation of this line and of those above it.',
    ),
    (
        "did not find expected ','",
        True,
        "what this bracket opens does not parse. Close it, with commas between its items, or put "
        "a text that starts with a bracket in quotes.",
    ),
    (
        "did not find expected comment",
        False,
        "a block of text starts on the next line. Put a text that starts with > or | in quotes.",
    ),
    (
        "did not find expected alphabetic",
        False,
        "a text that starts with * or & must stand in quotes.",
    ),
    ("found undefined alias", False, "a text that starts with * must stand in quotes."),
    ("found unexpected end of stream", True, "this quote is not closed. Close it."),
    ("found unexpected document indicator", True, "this quote is not closed. Close it."),
    (
        "could not find expected ':'",
        True,
        'a key needs a colon and a space after it. Write it as "key: text", or check the '
        "indentation of this line.",
    ),
    (
        "found unknown escape",
        False,
        'inside "…" a backslash starts an escape, and there is none like this. Write the '
        "backslash twice, or leave the quotes out.",
    ),
    (
        "found invalid Unicode",
        False,
        "this escape stands for no character. Write the character itself.",
    ),
    (
        "did not find expected <document start>",
        False,
        "this line does not go on with what is above it. Check the indentation of both.",
    ),
    ("but found another document", False, 'a second document starts here. Take out the "---".'),
    (
        "nested",
        False,
        "here is more inside one another than a deck ever needs. Put a text that starts with a "
        "bracket in quotes.",
    ),
)


@dataclass(frozen=True, order=True)
class Fault:
    """What keeps a text from parsing: its index in the text, and what is wrong with what to do."""

    index: int
    words: str


class Source:
    """The text of a file and its lines, to tell where in it an index is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, index: int) -> tuple[int, int]:
        """The line and the column of an index, both from 1."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def starts(self, index: int) -> Iterator[int]:
        """The indexes at which the line of an index and the lines above it start, from there up."""
        for number in range(bisect_right(self._starts, index) - 1, -1, -1):
            yield self._starts[number]

    @cached_property
    def _tops(self) -> list[re.Match]:
        return list(_TOP_KEY.finditer(self.text))

    def top_key(self, index: int) -> str:
        """The last key in the first column at or before an index."""
        number = bisect_right(self._tops, index, key=re.Match.start)
        return self._tops[number - 1]["key"] if number else ""


def compose(source: Source) -> tuple[yaml.Node | None, list[Fault]]:
    """The root node of a YAML text, and the first fault of each block that does not parse.

    Such a block is `None` in the tree. The root itself is `None` where the text holds nothing, or
    where no part of it stands apart from the fault.
    """
    try:
        return _compose(source.text), []
    except yaml.MarkedYAMLError as error:
        first = _fault(source, error)
        if "another document" in (error.problem or ""):
            return None, [first]
    # Each half of a conflict breaks what follows it, so nothing else is worth telling.
    if marks := [Fault(mark.start(), _UNMERGED) for mark in _MERGE.finditer(source.text)]:
        return None, marks
    pairs: list = []
    faults: dict[int, Fault] = {}  # by where the block starts
    for start, end in _cut(source.text, _TOP_KEY):
        found, told = _block(source, start, end)
        pairs += found
        faults |= told
    if not faults:
        return None, [first]
    # The parser has read all that stands before its fault, so it follows from no other.
    start = min(faults)
    if first.index < start:
        faults[first.index] = first
    elif first.index < faults[start].index:
        faults[start] = first
    mark = _mark(0)
    return yaml.MappingNode("", pairs, mark, mark), sorted(faults.values())


_MERGE = re.compile(r"^(?:<{7} |>{7} |\|{7} |={7}\r?$)", re.MULTILINE)
_UNMERGED = (
    "this is a mark of a merge that was not finished. Keep one of the two sides, and take the "
    "marks out."
)


class _Loader(BaseLoader):
    """YAML where every scalar is text, and which is not nested without end."""

    depth = 0

    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested", problem_mark=parent.start_mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        return ""


def _compose(text: str, start: int = 0, end: int | None = None) -> yaml.Node | None:
    """The node of a part of a text, with its places in the whole."""
    root = yaml.compose(text[start:end], Loader=_Loader)
    if start:
        _move(root, start)
    return root


def _move(node: yaml.Node | None, by: int) -> None:
    todo, moved = [node] if node else [], set()
    while todo:
        node = todo.pop()
        if id(node) in moved:
            continue  # an alias of one that is moved
        moved.add(id(node))
        node.start_mark = _mark(node.start_mark.index + by)
        node.end_mark = _mark(node.end_mark.index + by)
        if isinstance(node, yaml.SequenceNode):
            todo += node.value
        elif isinstance(node, yaml.MappingNode):
            todo += [part for pair in node.value for part in pair]


def _mark(index: int) -> yaml.Mark:
    return yaml.Mark(None, index, 0, 0, None, None)


_TOP_KEY = re.compile(r"^(?=(?P<key>[\w-]+)[ \t]*:(?:\s|$))", re.MULTILINE)
_BARE_KEY = re.compile(r"(?P<key>[\w-]+)[ \t]*:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*")


def _cut(text: str, starts: re.Pattern, start: int = 0, end: int | None = None) -> list[tuple]:
    """From where to where each block of a text goes, by what a block starts with."""
    end = len(text) if end is None else end
    found = [match.start() for match in starts.finditer(text, start, end)]
    if not found or text[start : found[0]].strip():
        found.insert(0, start)
    return list(zip(found, [*found[1:], end], strict=True))


def _block(source: Source, start: int, end: int) -> tuple[list, dict[int, Fault]]:
    """The key and value of a block that starts in the first column, and what does not parse in it."""
    try:
        root = _compose(source.text, start, end)
    except yaml.MarkedYAMLError as error:
        return _inside(source, start, end) or ([], {start: _fault(source, error, start)})
    return (root.value if isinstance(root, yaml.MappingNode) else []), {}


def _inside(source: Source, start: int, end: int) -> tuple[list, dict[int, Fault]] | None:
    """The same, from the items or fields under the key; nothing where the fault is in none of them."""
    text = source.text
    head = _BARE_KEY.match(text, start, end)
    first = head and re.compile(r" *(?:(-)(?=\s)|(?=[^\s#-]))").match(text, head.end(), end)
    if not first:
        return None
    is_list = bool(first[1])
    indent = len(first[0]) - is_list
    kind = yaml.SequenceNode if is_list else yaml.MappingNode
    starts = r"-(?=\s)" if is_list else r"[\w-]+[ \t]*:(?=\s)"
    items: list = []
    faults = {}
    for begin, stop in _cut(text, re.compile(rf"^ {{{indent}}}{starts}", re.M), first.start(), end):
        try:
            root = _compose(text, begin, stop)
        except yaml.MarkedYAMLError as error:
            faults[begin] = _fault(source, error, begin)
            key = re.compile(r"[\w-]+").match(text, begin + indent)
            name = yaml.ScalarNode("", key[0] if key else "", _mark(begin), _mark(begin))
            items.append(None if is_list else (name, None))
        else:
            if not isinstance(root, kind):
                return None
            items += root.value
    if not faults:
        return None
    key = yaml.ScalarNode("", head["key"], _mark(start), _mark(start))
    return [(key, kind("", items, _mark(first.start() + indent), _mark(end)))], faults


def _fault(source: Source, error: yaml.MarkedYAMLError, start: int = 0) -> Fault:
    """What the parser stumbled over, with what to do; `start` is where in the text its part starts."""
    said = error.problem or error.context or ""
    unknown = ("", False, f"{said}. Check the quotes and the indentation.")
    _, began, words = next((known for known in SYNTAX if said.startswith(known[0])), unknown)
    mark = (began and error.context_mark) or error.problem_mark or error.context_mark
    index = start + mark.index
    stopped = start + (error.problem_mark or mark).index
    if seen := _seen(source, index) or _open_quote(source, start, stopped):
        index, words = seen
    elif not began:
        index, words = _looked_at(source, index, said, words)
    return Fault(index, f"this is not valid YAML: {words}")


# What only seems to indent a field or an item, or to stand for the colon and the space of a field.
_ODD = "\xa0\u2007\u202f\u3000\ufeff"
_LOOKALIKE = re.compile(
    rf"[ \t-]*(?:(?P<indent>[{_ODD}])[ {_ODD}]*(?:- |[a-z0-9_-]+ *:)"
    rf"|[a-z0-9][a-z0-9_-]*(?: *:(?P<space>[{_ODD}])|(?P<colon>\uff1a)))"
)
_TIGHT_DASH = re.compile(r"[ \t]*-(?=[^\W\d_])")


def _seen(source: Source, index: int) -> tuple[int, str] | None:
    """What hides at the start of the line of a fault, or of the line above, where it can begin."""
    lines = list(islice(_lines(source, index), 2))
    for line in lines:
        if found := _LOOKALIKE.match(source.text, line.start(), line.start() + LONGEST):
            place = found.start(found.lastgroup)
            char = source.text[place]
            code = f"U+{ord(char):04X}"
            if found["colon"]:
                return place, f'here is a wide colon ({code}). Put ": ".'
            name = "no-break space" if char in "\xa0\u202f" else "character"
            words = f"here is a {name} ({code}), which only looks like a space. Put a common one."
            return place, words
    for line in lines:
        dash = _TIGHT_DASH.match(source.text, line.start(), line.start() + LONGEST)
        if dash and (line["key"] or _is_item(source, line)):
            return dash.end() - 1, "put a space after the dash."
    return None


def _is_item(source: Source, line: re.Match) -> bool:
    """Whether the line above is an item of a list that starts in the same column."""
    above = next(islice(_lines(source, line.start()), 1, None), None)
    return bool(above and above["dash"] and above["indent"] == line["indent"])


def _open_quote(source: Source, start: int, index: int) -> tuple[int, str] | None:
    """The quote that was meant to end further up, where the next one has closed it before a fault."""
    line = next(_lines(source, index))
    before = source.text[line.start() : index]
    if len(before) > LONGEST or not (line["key"] or line["dash"]):
        return None
    if '"' not in before and "'" not in before:
        return None
    last = None
    with suppress(yaml.MarkedYAMLError):
        for token in yaml.scan(source.text[start:index], Loader=BaseLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                last = token
    if not last or not start + last.start_mark.index < line.start() < start + last.end_mark.index:
        return None
    closed = source.place(index)[0]
    words = f"this quote is closed only on line {closed}. Close it at the end of its text."
    return start + last.start_mark.index, words


def _looked_at(source: Source, index: int, said: str, words: str) -> tuple[int, str]:
    """The same fault, told better where its line shows what was meant."""
    lines = _lines(source, index)
    line = next(lines)
    value = line.start("value")
    if line.end() - line.start() > LONGEST:
        return index, words
    if "\t" in line["indent"]:
        return source.text.index("\t", line.start()), "a tab cannot indent. Indent with spaces."
    if line["dash"] and index in (line.start("dash"), line.end("key")):
        return line.start("dash"), _stray_dash(source, line)
    if line["key"] and index in (line.start("key"), line.end("key")):
        return line.start("key"), _stray_key(line, lines, words)
    if line["dash"] or line["key"]:
        if index >= value and not _is_open(line["value"]):
            if said.startswith("found invalid"):
                return index, words
            if said.startswith("did not find expected key"):
                words = "this stands after what closes the text. Put the whole text in quotes."
            head = source.text[line.end("indent") : value]
            return (
                index,
                f"{words} Quoted, it is: {head}{quoted(_meant(line['value'].rstrip(), said))}",
            )
    elif index == value and said.startswith("did not find expected "):
        words = (
            "this line belongs to nothing above it. If it goes on with a text, indent it like the "
            "lines of that text."
        )
    return index, words


_LINE = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?P<dash>(?:-[ \t]+)*(?:-(?=[\r\n]|$))?)"
    r"(?:(?P<key>[\w-]+) *:(?: +|(?=[\r\n]|$)))?"
    r"(?P<value>[^\r\n]*)"
)


def _lines(source: Source, index: int) -> Iterator[re.Match]:
    """The line of an index and those above it, from there up, as far as a card may reach."""
    for start in islice(source.starts(index), 200):
        yield _LINE.match(source.text, start)


def quoted(text: str) -> str:
    """A text of one line as YAML that nothing in it can break."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _meant(value: str, said: str) -> str:
    """What the quotes around a value hold, where they were meant to hold all of it."""
    inside = value[1:-1]
    is_escape = said.startswith("found unknown escape")
    only_apostrophes = value[:1] == value[-1:] == "'" and not re.search(r"(?<!\w)'|'(?!\w)", inside)
    return inside if is_escape and value[-1:] == '"' or only_apostrophes else value


def _is_open(value: str) -> bool:
    """Whether a value starts with a quote or a bracket that its line does not close."""
    ends = {'"': '"', "'": "'", "[": "]", "{": "}"}
    return value[:1] in ends and ends[value[0]] not in value[1:]


def _column(line: re.Match, part: str) -> int:
    return line.start(part) - line.start() + 1


def _stray_dash(source: Source, line: re.Match) -> str:
    for other in islice(_lines(source, line.start()), 1, None):
        if not other["indent"] and other["key"] and not other["dash"]:
            break
        if line["key"] and other["dash"] and other["key"] == line["key"]:
            if other["indent"] == line["indent"]:
                break
            return (
                f'this "- " stands in column {_column(line, "dash")}, and that of the item before '
                f"in column {_column(other, 'dash')}. Start both in the same column."
            )
    if source.top_key(line.start()) == "sources":
        return "a source is no list item: write its id with a colon, and its fields under it."
    return 'this "- " belongs to no list. Take it out, or put a text that starts with a dash in quotes.'


def _stray_key(line: re.Match, above: Iterator[re.Match], words: str) -> str:
    field = next((other for other in above if other["key"]), None)
    if not field or _column(field, "key") == _column(line, "key"):
        return words
    return (
        f'"{line["key"]}" starts in column {_column(line, "key")}, and the field above it in '
        f'column {_column(field, "key")}. Start both in the same column, put "- " before what '
        'starts a new item, and put a text that holds ": " in quotes.'
    )
