"""Drawings in a page: what they are for who cannot see them, and what may not be in one."""

import re

import pytest
from conftest import ROOT
from reading import parse, text

from macros import pages
from macros.load import load
from macros.model import CallError, DeckError

DECK = (ROOT / "tests/fixtures/small-deck.yaml").read_text(encoding="utf-8")
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 80" fill="none" stroke="currentColor">
<title>A cat &amp; a tree</title>
<desc>A box, the cat, left of a box, the tree.</desc>
<rect class="figure-a" x="10" y="10" width="100" height="60"/>
<text class="figure-text" x="60" y="44" font-size="13" text-anchor="middle">cat</text>
</svg>
"""


@pytest.fixture
def draw(tmp_path):
    """Writes a drawing of that name beside the small deck; gives the project's folder."""

    def write(drawing: str, name: str = "cat") -> None:
        folder = tmp_path / "docs/figures"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
        (tmp_path / "cards.yaml").write_text(DECK, encoding="utf-8")
        return tmp_path

    return write


def figure(project, *args):
    return pages.macros(load(project / "cards.yaml"), keep=str)["figure"](*args)


def faults(project):
    """What `check` says of the drawings and the page of a project."""
    found = pages.problems(load(project / "cards.yaml"), project / "docs")
    return [str(each) for each in found if "needs this page" not in each.text]


def test_a_drawing_stands_in_the_page_with_its_name_description_and_caption(draw):
    page = parse(figure(draw(DRAWING), "cat", "A cat & <its> tree."))
    (shown,) = page.iter("figure")
    svg = next(each for each in shown.iter() if each.tag.endswith("svg"))
    ids = {each.get("id"): text(each) for each in svg.iter() if each.get("id")}
    assert svg.get("role") == "img"
    assert ids[svg.get("aria-labelledby")] == "A cat & a tree"
    assert ids[svg.get("aria-describedby")] == "A box, the cat, left of a box, the tree."
    assert text(shown.find("figcaption")) == "A cat & <its> tree."
    assert [each.get("class") for each in svg.iter() if each.get("class")] == [
        "figure-a",
        "figure-text",
    ]


def test_without_a_caption_there_is_none(draw):
    assert "figcaption" not in figure(draw(DRAWING), "cat")


def test_two_drawings_of_a_page_share_no_id(draw):
    project = draw(DRAWING), draw(DRAWING, "tree")
    page = parse(figure(project[0], "cat") + figure(project[0], "tree"))
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_a_sound_drawing_has_no_faults(draw):
    assert faults(draw(DRAWING)) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cta", 'there is no drawing "docs/figures/cta.svg". Did you mean "cat"?'),
        ("cat.svg", 'there is no drawing "docs/figures/cat.svg.svg". Did you mean "cat"?'),
        ("../cat", 'there is no drawing "docs/figures/../cat.svg". Did you mean "cat"?'),
    ],
)
def test_an_unknown_drawing_is_told_with_the_nearest(draw, name, said):
    with pytest.raises(CallError) as error:
        figure(draw(DRAWING), name)
    assert str(error.value) == said


# A figure that runs

FORM = """\
<p class="figure-source">Counted by {{ cite("book", "page 7") }}.</p>
<form>
<label>Cats <input name="cats" type="number" min="0" max="9" step="1" value="3"></label>
</form>
<div class="figure-view"></div>
"""


@pytest.fixture
def run(draw):
    """A project whose drawing has a form, with pages of these texts, and a card that leads to a figure."""

    def write(pages: dict[str, str], leads_to: str = "cat"):
        project = draw(DRAWING)
        (project / "overrides/figures").mkdir(parents=True)
        (project / "overrides/figures/cat.html").write_text(FORM, encoding="utf-8")
        for name, page in pages.items():
            file = project / "docs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page, encoding="utf-8")
        card = f"    sources: [book]\n    figure: {leads_to}\n"
        deck = DECK.replace("    sources: [book]\n", card, 1)
        assert deck != DECK
        (project / "cards.yaml").write_text(deck, encoding="utf-8")
        return project

    return write


def test_with_a_form_a_drawing_is_an_element_that_waits_for_its_script(run):
    page = parse(figure(run({}), "cat", "A cat."))
    (shown,) = page.iter("fig-cat")
    assert shown.get("id") == "fig-cat"
    (told,) = shown.iter("figcaption")
    assert text(told).startswith("A cat. Counted by Writer & Sons")
    assert text(told).endswith(", page 7.")
    assert not list(told.iter("p"))
    outside = [each.tag for each in shown.iter() if each.tag in ("form", "template")]
    assert outside[0] == "template"


def test_a_card_leads_to_its_figure_wherever_that_stands(run):
    project = run({"deep/birds.md": '{{ figure("cat") }}\n'})
    deck = load(project / "cards.yaml")
    made = pages.macros(deck, keep=str)
    card = next(card for card in deck.cards if card.figure)
    shown = parse(made["card"](card.id)), parse(made["glossary"](card.topic))
    for each in shown:
        links = [link.get("href") for link in each.iter("a") if text(link) == "Run it"]
        assert len(links) == 1
        assert links[0].endswith("deep/birds/#fig-cat")
    assert faults(project) == []


@pytest.mark.parametrize(
    ("leads_to", "pages", "advice"),
    [
        ("cta", {"a.md": '{{ figure("cat") }}'}, ' Did you mean "cat"?'),
        ("cat", {"a.md": "Nothing."}, " There is none yet."),
    ],
)
def test_a_figure_that_no_page_shows_is_told_where_the_card_names_it(run, leads_to, pages, advice):
    project = run(pages, leads_to)
    lines = (project / "cards.yaml").read_text(encoding="utf-8").splitlines()
    (line,) = [n for n, each in enumerate(lines, 1) if "figure:" in each]
    (said,) = faults(project)
    assert said.startswith(f"cards.yaml:{line}:5: card ")
    assert said.endswith(f': no page shows a figure "{leads_to}".{advice}')


FAULTS = [
    ("<title>A cat &amp; a tree</title>\n", "", ":1:1: it has no <title>: its name, for who"),
    ("<title>A cat &amp; a tree</title>", "<title> </title>", ":1:1: it has no <title>: its name"),
    ("A box, the cat, left of a box, the tree.", "", ":1:1: it has no <desc>: all that it shows"),
    (
        "<rect",
        "<g><title>Cat</title></g><rect",
        ":4:4: a drawing has one <title> and one <desc>, before all else. Put this <title> there",
    ),
    ("A box,", "<g>A box</g>,", ":3:7: <desc> holds plain text. Take the <g> out."),
    ("<rect", "<script>go()</script><rect", ":4:1: <script> cannot stand in a drawing."),
    ("<rect", "<style>a{}</style><rect", ":4:1: <style> cannot stand in a drawing. Color it by"),
    ("<rect", "<foreignObject/><rect", ":4:1: <foreignObject> cannot stand in a drawing. Draw"),
    ("<rect", '<image href="x.png"/><rect', ":4:1: <image> cannot stand in a drawing."),
    ("<rect", '<a href="//x.org"/><rect', ":4:1: <a> cannot stand in a drawing."),
    ("<rect", "<svg/><rect", ":4:1: a drawing is one <svg>. Put no other inside it."),
    ("<rect", '<rect id="a"', ':4:1: <rect> cannot have id="…". The names of a page are the'),
    ("<rect", '<rect onclick="go()"', ':4:1: <rect> cannot have onclick="…". A drawing runs'),
    ("<rect", '<rect style="fill: red"', ':4:1: <rect> cannot have style="…". Color it by'),
    ("<rect", '<rect fill="red"', ':4:1: fill="red" is the same ink on light and dark paper.'),
    ("<rect", '<rect transform="url(//x.org)"', ":4:1: transform cannot name something by url"),
    ("<svg", '<svg width="360"', ':1:1: <svg> cannot have width="…". The page sets the size;'),
    ("<svg", '<svg role="img"', ':1:1: <svg> cannot have role="…". The page says what it is.'),
    ('viewBox="0 0 360 80"', "", ":1:1: the <svg> has no viewBox. Give it one, such as"),
    # For a browser the comment ends at once, and the script runs.
    ("<rect", "<!--><script>go()</script>--><rect", ":4:1: a comment cannot stand in a page's"),
    ("<rect", "<?xml-stylesheet href='x'?><rect", ":4:1: an instruction in <? ?> cannot stand"),
    ("A box,", "<![CDATA[><script>go()</script>]]>", ":3:7: a section in <![CDATA[ ]]> cannot"),
    ("<svg", "<!DOCTYPE svg>\n<svg", ":1:1: a drawing starts with its <svg>. Take out what"),
    ("<svg", '<?xml version="1.0"?>\n<svg', ":1:1: a drawing starts with its <svg>. Take out"),
    ("</text>", "", ":6:3: this is not valid XML: mismatched tag. Close what is open."),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_what_cannot_stand_in_a_page_is_told_with_its_place(draw, old, new, said):
    assert old in DRAWING
    project = draw(DRAWING.replace(old, new, 1))
    (project / "docs/index.md").write_text('{{ figure("cat") }}\n', encoding="utf-8")
    told = faults(project)
    assert len(told) == 1
    assert told[0].startswith(f"docs/figures/cat.svg{said}")
    with pytest.raises(DeckError) as error:
        figure(project, "cat")
    assert str(error.value) == told[0]


def test_all_that_is_wrong_is_told_at_once(draw):
    drawing = DRAWING.replace("<rect", '<rect id="a" stroke="#fff"').replace(
        "<text", '<text id="b"'
    )
    assert [each.split(": ")[0] for each in faults(draw(drawing))] == [
        "docs/figures/cat.svg:4:1",
        "docs/figures/cat.svg:4:1",
        "docs/figures/cat.svg:5:1",
    ]


def test_a_drawing_with_a_name_that_no_page_can_carry_is_told(draw):
    (said,) = faults(draw(DRAWING, 'a "cat"'))
    assert said.startswith('docs/figures/a "cat".svg: a drawing is named by small letters, digits')


SHEET = (ROOT / "overrides/assets/figures.css").read_text(encoding="utf-8")
SITE_SHEET = (ROOT / "overrides/assets/site.css").read_text(encoding="utf-8")


def channels(color):
    return [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("tint", "abcde")
@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_text_stands_out_from_every_tint(scheme, tint):
    (colors,) = re.findall(rf'scheme="{scheme}"\] {{\n(.*?)}}', SITE_SHEET, re.DOTALL)
    ink, paper = (re.search(rf"--{name}: (#\w+);", colors)[1] for name in ("ink", "paper"))
    (color,) = re.findall(rf"\.figure-{tint} {{\n  --tint: (#\w+);", SHEET)
    part = int(re.search(r"var\(--tint\) (\d+)%", SHEET)[1]) / 100
    pairs = zip(channels(color), channels(paper), strict=True)
    mixed = luminance([part * c + (1 - part) * p for c, p in pairs])
    dark, light = sorted((mixed, luminance(channels(ink))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
