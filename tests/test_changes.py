"""What a pull request is told: every problem, and each card before and after."""

import re
import time
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from conftest import ROOT
from golden import assert_golden
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from macros.__main__ import main
from macros.changes import compare, summary
from macros.load import Reading, load, read
from macros.model import WARNING, Problem

DECK = """\
deck:
  id: small
  title: The small deck
  description: What is needed to tell a change.
topics:
  - id: animals
    title: Animals
  - id: plants
    title: Plants
sources:
  book:
    authors: A Writer
    title: On cats
    url: https://example.org/book
cards:
  - id: cat
    formerly: [kitty]
    term: Cat
    topic: animals
    answer: A small mammal that purrs at $25$ Hz.
    gist: a small mammal that purrs
    choices:
      - text: a mammal that barks
        feedback: That is a dog.
    mistake: See the [[tree|tall plant]].
    related: [tree]
    sources: [book]
  - id: tree
    term: Tree
    topic: plants
    answer: |
      It stands, and has:

      1. roots,
      2. a *crown*.
    related: [cat]
    sources: [book]
"""
FOX = """\
  - id: fox
    term: Fox
    topic: animals
    question: What is $x^2 < 4$ to a *fox*?
    answer: |
      A [mammal](https://example.org/fox) near a [[cat]], like ![a cat](assets/cat.png), for \\$5.

      | legs | tail |
      |-----:|------|
      | 4    | `1`  |

      ```
      one line

      $another$ & <last>
      ```

      $$E = mc^2$$
    sources: [book]
"""
# Each part of it would do something, were it not taken as text.
HOSTILE = """\
  - id: hostile
    term: '<img src=x onerror=alert(1)> @somebody </h3>'
    topic: plants
    answer: |
      <script>alert(1)</script> @org/team, #1, owner/name#2 and https://example.org/ :tada:

      # No heading

      </td></tr></table>

      [words](https://example.org/"onclick=alert(1)) `</code>@somebody` $\\text{</math>}$ costs $ 5 $ or $a\\$b$
    hint: "</table>\\n\\n# A heading\\n\\n[link](https://example.org/)"
    aliases: ["&lt;b&gt;", "[[cat]] **so**"]
    sources: [book]
"""

MOSS = "  - {id: moss, term: Moss, topic: plants, answer: It is soft., sources: [book]}\n"
FILES = "https://example.org/someone/cards/blob/abc"


def edited(*swaps: tuple[str, str]) -> str:
    """The deck with the second text of each pair in the place of the first."""
    deck = DECK
    for old, new in swaps:
        assert old in deck, old
        deck = deck.replace(old, new)
    return deck


NO_TREE = edited((" See the [[tree|tall plant]].", " It barks."), ("    related: [tree]\n", ""))
TOPICS = "  - id: animals\n    title: Animals\n", "  - id: plants\n    title: Plants\n"
CASES = {
    "nothing": (DECK, DECK),
    "added": (DECK, DECK + FOX),
    "hostile": (DECK, DECK + HOSTILE),
    "removed": (DECK, NO_TREE.partition("  - id: tree")[0] + MOSS),
    "changed": (
        DECK,
        edited(
            ("small mammal that purrs at $25$ Hz", "mammal that purrs at $25 + 1$ Hz"),
            ("That is a dog", "That is a big dog"),
            ("[kitty]", "[puss]"),
            ("roots,\n", "deep roots,\n      3. leaves,\n"),
        ),
    ),
    "revised": (
        DECK,
        edited(("It stands", "It grows"), ("topic: plants", "topic: plants\n    revision: 2")),
    ),
    "revised-back": (edited(("term: Cat", "term: Cat\n    revision: 3")), DECK),
    "renamed": (
        DECK,
        edited(("id: cat", "id: felis"), ("[kitty]", "[kitty, cat]"), ("[cat]", "[felis]")),
    ),
    "moved": (
        DECK + MOSS,
        edited(
            ("term: Tree\n    topic: plants", "term: Tree\n    topic: animals"),
            ("cards:\n", "cards:\n" + MOSS),
        ),
    ),
    "written-otherwise": (DECK, edited(("a *crown*", "a _crown_"))),
    "around-the-cards": (
        DECK,
        edited(
            ("id: small", "id: tiny"),
            ("A Writer", "A Better Writer"),
            ("".join(TOPICS), f"{TOPICS[1]}    summary: What stands.\n{TOPICS[0]}"),
        ),
    ),
    "no-deck-before": (None, DECK),
    "before-is-broken": (
        edited(
            ("id: tree", "id: bush"),
            ("[tree]", "[bush]"),
            ("tree|", "bush|"),
            ("title: The small", "tittle: A\n  title: The small"),
        ),
        DECK,
    ),
    "before-is-no-yaml": (edited(("deck:", "deck: {")), DECK),
}


@pytest.fixture
def tell(tmp_path):
    """Writes two decks and returns what is told of them; `None` is a deck that is not there."""

    def write(name: str, text: str | None) -> Path:
        path = tmp_path / name / "cards.yaml"
        (path.parent / "docs/assets").mkdir(parents=True, exist_ok=True)
        (path.parent / "docs/assets/cat.png").write_bytes(b"")
        if text is not None:
            path.write_text(text, encoding="utf-8")
        return path

    def run(before: str | None, after: str, problems: tuple = (), **options) -> str:
        reading = read(write("after", after))
        assert reading.deck, reading.problems
        return summary(write("before", before), reading, list(problems), FILES, **options)

    return run


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told(case, tell):
    assert_golden(tell(*CASES[case]), ROOT / f"tests/golden/changes/{case}.md")


def test_a_deck_that_cannot_be_read_is_told_by_its_problems(tmp_path):
    problems = [
        Problem("cards.yaml", 3, 5, 'card "cat": the <b> @somebody\n\n# of `it` $x$ is wrong.'),
        Problem("cards.yaml", 9, 1, "this is long.", WARNING, "a-rule"),
        Problem("docs/glossary/a page?.md", 0, 0, "it is not there."),
    ]
    told = summary(tmp_path / "none.yaml", Reading(None, ()), problems, FILES)
    assert_golden(told, ROOT / "tests/golden/changes/problems.md")


def test_the_command_tells_of_the_deck_in_the_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("before.yaml").write_text(DECK, encoding="utf-8")
    Path("cards.yaml").write_text(DECK + MOSS, encoding="utf-8")
    assert main(["changes", "before.yaml"]) == 0
    told = capsys.readouterr().out
    assert "<code>docs/glossary/animals.md</code>: the topic" in told
    assert "<h3>Card added: Moss</h3>" in told
    assert "<a " not in told


# What GitHub makes of it


OURS = set(
    "a blockquote br code del em h2 h3 hr ins li ol p pre span strong table tbody td th thead tr ul".split()
)


def page(told: str):
    """The document that comes of a summary where Markdown lets HTML through, as GitHub's does."""
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(told)
    return html5lib.parse(html, namespaceHTMLElements=False)


def words(element) -> str:
    return "".join(element.itertext())


def test_no_text_of_a_card_becomes_markup(tell):
    body = page(tell(*CASES["hostile"])).find("body")
    elements = list(body.iter())[1:]
    assert {element.tag for element in elements} <= OURS
    assert {name for element in elements for name in element.attrib} <= {"href", "dir", "start"}
    links = [element.get("href") for element in elements if element.tag == "a"]
    assert links and all(link.startswith(f"{FILES}/cards.yaml") for link in links)
    assert [words(heading) for heading in body.iter("h3")] == [
        "Card added: <img src=x onerror=alert(1)> @somebody </h3>"
    ]
    for text in (
        "<script>alert(1)</script> @org/team, #1, owner/name#2 and https://example.org/ :tada:",
        "# No heading",
        "</td></tr></table>",
        "</code>@somebody",
        "</table>\n# A heading\nlink (https://example.org/)",
        "&lt;b&gt;",
        "[[cat]] **so**",
    ):
        assert text in words(body)


def test_nobody_is_called_and_nothing_else_is_linked(tell):
    body = page(tell(*CASES["hostile"])).find("body")
    # What GitHub looks for, it looks for in each text by itself, and not in code.
    code = {
        id(inner)
        for tag in ("code", "pre", "a")
        for outer in body.iter(tag)
        for inner in outer.iter()
    }
    texts = [element.text for element in body.iter() if id(element) not in code]
    texts += [element.tail for element in body.iter() if element.tag in OURS]
    found = re.compile(r"@\w|#\w|://|:\w+:|\$.")
    mathematics = r" $\text{</math>}$ costs "
    assert [text for text in texts if text and found.search(text)] == [mathematics]


ANY_TEXT = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n<>&`$@#*[]()|\\:"))
    .map(str.strip)
    .filter(bool)
)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    path = tmp_path_factory.mktemp("before") / "cards.yaml"
    path.write_text(DECK, encoding="utf-8")
    return path


@given(text=ANY_TEXT)
def test_any_text_stays_in_its_cell(before, text):
    deck = load(before)
    cat = replace(deck.cards[0], term=text, answer=text, aliases=(text,))
    told = summary(before, Reading(replace(deck, cards=(cat, deck.cards[1])), ()), [], FILES)
    body = page(told).find("body")
    assert {element.tag for element in list(body.iter())[1:]} <= OURS
    assert [element.tag for element in body] == "h2 p p h2 p h3 p table blockquote".split()
    rows = [row.findall("td") for row in body.find("table").iter("tr")]
    cells = {
        row[0].text: row[1:] for row in rows if row and row[0].text in ("term", "aliases", "answer")
    }
    for name in ("term", "aliases"):
        assert words(cells[name][-1]) == text
    assert words(cells["term"][0]) == "Cat"
    assert words(cells["answer"][0]) == "A small mammal that purrs at $25$ Hz."


# What is too much


def test_more_than_github_takes_is_cut_and_said(tell):
    many = "".join(
        MOSS.replace("moss", f"moss-{n}").replace("Moss", f"Moss {n}") for n in range(200)
    )
    problems = [Problem("cards.yaml", n, 1, "this is wrong.", WARNING) for n in range(1, 501)]
    told = tell(DECK, DECK + many, problems, limit=40_000)
    assert len(told.encode()) <= 40_000
    body = page(told).find("body")
    listed = [words(item) for item in body.find("ul")]
    assert listed[0] == "cards.yaml:1:1: warning: this is wrong."
    assert listed[-1] == f"and {501 - len(listed)} more, which make check tells."
    cards = list(body.iter("h3"))
    assert words(cards[0]) == "Card added: Moss 0"
    assert f"{200 - len(cards)} more changes left out" in words(body)
    assert len(cards) > 20


@pytest.mark.parametrize("limit", range(30_000, 30_500, 100))
def test_the_summary_fits_whatever_is_cut(limit, tell):
    cards = [(f"moss-{n}", f"Moss {n}") for n in range(100)]
    many = "".join(MOSS.replace("moss", id).replace("Moss", term) for id, term in cards)
    assert limit - 1_500 < len(tell(DECK, DECK + many, limit=limit).encode()) <= limit


def test_one_card_that_is_too_long_is_left_out(tell):
    told = tell(DECK, DECK + MOSS.replace("soft", "soft " * 9000), limit=40_000)
    assert "1 more change left out" in told
    assert len(told.encode()) < 2_000


def test_long_texts_are_compared_in_good_time(tell):
    # Words that all recur are the worst that can be compared.
    texts = ["a b " * 490 + "c", "b a " * 490 + "d"]
    started = time.monotonic()
    marked = tell(*(edited(("It stands, and has:", text)) for text in texts))
    assert "<del>" in marked
    longer = tell(*(edited(("It stands, and has:", text * 3)) for text in texts))
    assert "<del>" not in longer and "<h3>Card changed: Tree</h3>" in longer
    assert time.monotonic() - started < 10


# What goes with what


def test_a_card_is_followed_through_its_former_ids(tmp_path):
    decks = []
    for n, text in enumerate((DECK, CASES["renamed"][1])):
        path = tmp_path / f"{n}.yaml"
        path.write_text(text, encoding="utf-8")
        decks.append(load(path))
    told = [(change.happened, change.id) for change in compare(*decks)]
    assert told == [("renamed", "felis"), ("changed", "tree")]
