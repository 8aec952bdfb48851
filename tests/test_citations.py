"""Citations in a page, and the list of works at its end."""

import pytest
from conftest import ROOT
from reading import parse, text

from macros import notices, pages
from macros.load import load
from macros.markup import ROOT as TOP
from macros.model import CallError, Problem

DECK = (
    (ROOT / "tests/fixtures/small-deck.yaml")
    .read_text(encoding="utf-8")
    .replace(
        "cards:\n",
        """\
  later: {authors: Writer & Sons, year: 2021, title: More cats, url: "https://example.org/more"}
  manual: {authors: Library documentation, title: Manual, url: "https://example.org/manual"}
cards:
""",
        1,
    )
)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "docs").mkdir()
    rules = DECK.replace("rules: {", "rules: {sources-are-cited: off, ")
    (tmp_path / "cards.yaml").write_text(rules, encoding="utf-8")
    return tmp_path


def macro(project, name, page=""):
    """A macro as a page of that text calls it."""
    file = project / "docs/index.md"
    file.write_text(page, encoding="utf-8")
    return pages.macros(load(project / "cards.yaml"), keep=str, page=file)[name]


@pytest.mark.parametrize(
    ("given", "said", "address"),
    [
        (["book"], "Writer & Sons, 2020", "https://example.org/book?a=1&b=2"),
        (
            ["book", "Table <1>"],
            "Writer & Sons, 2020, Table <1>",
            "https://example.org/book?a=1&b=2",
        ),
        (["manual"], "Library documentation", "https://example.org/manual"),
    ],
)
def test_a_citation_names_authors_year_and_place_and_leads_to_the_work(
    project, given, said, address
):
    (link,) = parse(macro(project, "cite")(*given)).iter("a")
    assert (text(link), link.get("href")) == (said, address)


def test_an_unknown_source_is_told_with_the_nearest(project):
    with pytest.raises(CallError) as error:
        macro(project, "cite")("bok")
    assert str(error.value) == 'no source has the id "bok". Did you mean "book"?'


def test_the_list_has_each_work_that_the_page_cites_once_by_authors_and_year(project):
    page = """\
({{ cite("later") }}) and ({{ cite(source="book", place="p. 3") }}; {{ cite("later", "p. 1") }};
{{ cite("manual") }})

{% raw %}{{ cite("nothing") }}{% endraw %}
"""
    items = [text(each) for each in parse(macro(project, "sources", page)()).iter("li")]
    assert items == [
        "Library documentation, Manual.",
        'Writer & Sons, On <cats>, Journal "A", 2020.',
        "Writer & Sons, More cats, 2021.",
    ]


def test_the_list_leads_to_the_works(project):
    (link,) = parse(macro(project, "sources", '{{ cite("book") }}')()).iter("a")
    assert (text(link), link.get("href")) == ("On <cats>", "https://example.org/book?a=1&b=2")


def test_a_list_on_a_page_without_citations_is_told(project):
    with pytest.raises(CallError) as error:
        macro(project, "sources", 'A {{ card("cat") }}')()
    said = 'this page cites nothing. Cite a work with {{ cite("ID") }}, or take the list out.'
    assert str(error.value) == said


def test_check_says_where_and_once(project):
    """A wrong id is the citation's fault; the list says nothing of it."""
    macro(project, "cite", 'A cat ({{ cite("bok") }}).\n\n{{ sources() }}\n')
    deck = load(project / "cards.yaml")
    found = pages.page_problems(deck, project / "docs/index.md", "docs/index.md")
    said = 'no source has the id "bok". Did you mean "book"?'
    assert [str(each) for each in found] == [f"docs/index.md:1:11: cite(): {said}"]


def test_where_a_page_was_told_already_the_sentence_can_still_be_read(tmp_path):
    told = []
    wrong = [Problem("cards.yaml", 1, 1, "the file is empty.")]
    assert "the file is empty." in notices.instead("card", ("cat",), wrong, told, tmp_path)
    assert notices.instead("cite", ("book", "p. 3"), wrong, told, tmp_path) == "book, p. 3"


# The bibliography

PAGES = {
    "index.md": '# Home { #top }\n\nSee {{ cite("book") }}.\n',
    "learn/plants.md": '---\ntitle: "Plants: a view"\n---\n\n# Plants\n\n{{ cite("manual") }}\n',
    "learn/animals.md": '# Animals\n\n{{ cite("manual", "p. 1") }} {{ cite("manual", "p. 2") }}\n',
    "learn/broken.md": '# Broken\n\n{{ cite("manual" }}\n',
    "bibliography.md": "# Works\n\n{{ bibliography() }}\n",
}


@pytest.fixture
def works(project):
    """What the bibliography has of each work: its anchor, and its lines with their links."""
    for name, written in PAGES.items():
        file = project / "docs" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(written, encoding="utf-8")
    deck = load(project / "cards.yaml")
    page = project / "docs/bibliography.md"
    tree = parse(pages.macros(deck, keep=str, page=page)["bibliography"]().replace(TOP, "../"))
    return {
        item.get("id"): (
            [text(line) for line in item.iter("p")],
            [link.get("href") for link in item.iter("a")],
        )
        for item in tree.iter("li")
    }


def test_the_bibliography_has_every_work_by_authors_and_year(works):
    assert list(works) == ["source-manual", "source-book", "source-later"]
    assert [lines[0] for lines, _ in works.values()] == [
        "Library documentation, Manual.",
        'Writer & Sons, On <cats>, Journal "A", 2020.',
        "Writer & Sons, More cats, 2021.",
    ]


def test_a_work_leads_to_itself_its_cards_and_its_chapters(works):
    assert works["source-book"] == (
        ['Writer & Sons, On <cats>, Journal "A", 2020.', "Cards Cat Chapters Home"],
        ["https://example.org/book?a=1&b=2", "../glossary/animals/#cat", "../"],
    )


def test_chapters_stand_in_the_order_of_their_topics_each_once(works):
    assert works["source-manual"][0][1:] == ["Chapters Animals, Plants: a view"]
    assert works["source-manual"][1][1:] == ["../learn/animals/", "../learn/plants/"]


def test_a_work_that_nothing_leans_on_stands_alone(works):
    assert len(works["source-later"][0]) == 1
