"""The two builders make the same site, and say the same of what is wrong."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import BUILDERS, ROOT, build_once, run_builder
from golden import assert_golden
from reading import by_card, page, text
from small_project import small_project

from macros import glossary, quiz
from macros.load import load
from macros.map import term_map
from macros.markup import ROOT as TOP

SMALL_DECK = ROOT / "tests/fixtures/small-deck.yaml"
COMPLAINT = re.compile(r"warning|error|traceback|[1-9]\d* issues? found", re.IGNORECASE)


# The same site from both


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_strict_build_has_nothing_to_say(builder):
    _, output = build_once(builder)
    assert output.startswith("exit 0\n")
    assert not COMPLAINT.search(output), output


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_page_shows_before_the_themes_script_runs(builder):
    site, _ = build_once(builder)
    for address in pages_of(site):
        tree = page(site, address)
        held = [script for template in tree.iter("template") for script in template.iter("script")]
        scripts = [script for script in tree.iter("script") if script.get("src")]
        # What has to come before the theme's script is small, and does not wait for it.
        at_once = [
            each
            for each in scripts
            if each.get("defer") is None and each.get("type") != "module" and each not in held
        ]
        assert [Path(each.get("src")).name for each in at_once] == ["search-later.js"], address
        assert len(scripts) > len(at_once)
        # A session comes before the theme's script; on another page nothing holds that back.
        held_back = [Path(each.get("src")).name.partition(".")[0] for each in held]
        assert held_back == (["bundle"] if address == "study" else []), address


def pages_of(site):
    return sorted(
        file.parent.relative_to(site).as_posix()
        for file in site.rglob("index.html")
        if "assets" not in file.parts
    )


def content_of(tree):
    """What the macros made in a page: cards, quizzes, entries, index, corrections, anchors."""
    article = tree.find(".//article")
    return {
        "cards": [card_text(card) for card in article.iter("flash-card")],
        "quizzes": [
            (deck.get("mode"), deck.get("data-label"), list(by_card(deck, "flash-card")))
            for deck in article.iter("flash-deck")
        ],
        "entries": {id: text(entry) for id, entry in by_card(article, "div").items()},
        "index": {id: (row.get("id"), text(row)) for id, row in by_card(article, "li").items()},
        "corrections": {id: text(row) for id, row in by_card(article, "tr").items()},
        "anchors": [id for each in article.iter() if (id := each.get("id")) and id != "__skip"],
        "headings": [text(each) for each in article.iter() if each.tag in ("h1", "h2", "h3")],
        "links": [
            href
            for link in article.iter("a")
            if (href := link.get("href")) and link.get("class") != "headerlink"
        ],
    }


def card_text(card):
    return told_of(card), text(card)


def told_of(element):
    # Zensical takes this attribute out when it has made its search index.
    return {name: value for name, value in element.attrib.items() if name != "data-search-exclude"}


def test_both_make_the_same_pages_with_the_same_content():
    ours, theirs = (build_once(builder)[0] for builder in BUILDERS)
    assert pages_of(ours) == pages_of(theirs)
    found = {}
    for address in pages_of(ours):
        found[address] = content_of(page(ours, address))
        assert content_of(page(theirs, address)) == found[address], address

    # And there is something to compare.
    deck = load(ROOT / "cards.yaml")
    ids = set(deck.by_id)
    studied = [card[0]["data-card"] for card in found["study"]["cards"]]
    assert studied == [card.id for card in deck.cards][: len(studied)]
    assert set(found["glossary"]["index"]) == ids
    pasted = {card.id for card in deck.cards if card.original}
    assert set(found.get("corrections", {}).get("corrections", ())) == pasted
    assert {id for each in found.values() for id in each["entries"]} == ids
    assert ids <= {id for each in found.values() for id in each["anchors"]}
    assert sum(len(each["quizzes"]) for each in found.values()) >= 1


def test_both_have_the_same_titles_in_the_navigation():
    def titles(site):
        tree = page(site, "glossary")
        return {
            text(link.find(".//span[@class='md-ellipsis']"))
            for link in tree.iterfind(".//nav//a")
            if "md-nav__link" in link.get("class", "").split()
        }

    ours, theirs = (titles(build_once(builder)[0]) for builder in BUILDERS)
    assert ours == theirs
    assert {"Home", "Study", "Glossary", "Contribute"} <= ours


DRAWING = """\
<svg viewBox="0 0 360 80" stroke="currentColor">
<title>A cat</title>
<desc>A box, and in it a cat.</desc>
<path class="figure-a" d="M10 10h100v60z"/>
</svg>
"""
CITING = """\
# Home

Cats are mammals ({{ cite("book", "p. 3") }}).

{{ figure("cat", "A cat & its box.") }}

## Sources

{{ sources() }}
"""


def test_both_make_the_same_of_citations_and_drawings(sound_project, tmp_path):
    made = []
    for builder in BUILDERS:
        project = shutil.copytree(sound_project, tmp_path / builder)
        (project / "docs/figures").mkdir(exist_ok=True)
        (project / "docs/figures/cat.svg").write_text(DRAWING, encoding="utf-8")
        call(project, CITING)
        ended = run_builder(project, builder)
        assert ended.returncode == 0, ended.stdout
        article = page(project / "site", "").find(".//article")
        (figure,) = article.iter("figure")
        made.append(
            {
                "figure": [told_of(each) for each in figure.iter()],
                "shown": text(figure),
                "paragraphs": [text(each) for each in article.iter("p")],
                "works": [text(each) for each in article.iter("li")],
                "addresses": [href for each in article.iter() if (href := each.get("href"))],
            }
        )
    assert made[0] == made[1]
    assert len(made[0]["figure"]) == 6
    assert made[0]["shown"] == "A cat A box, and in it a cat. A cat & its box."
    assert "Cats are mammals (Writer & Sons, 2020, p. 3)." in made[0]["paragraphs"]
    assert made[0]["works"] == ['Writer & Sons, On <cats>, Journal "A", 2020.']
    assert "assets/figures.css" in made[0]["addresses"]


# What is wrong is said once, with its place, and stops the build

NO_CARD = 'no card has the id "ca". Did you mean "cat"?'
SMALL = SMALL_DECK.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sound_project(tmp_path_factory):
    return small_project(tmp_path_factory.mktemp("sound"), SMALL, topics=["animals", "plants"])


@pytest.fixture
def project(sound_project, tmp_path):
    """A small sound project that a test may spoil."""
    shutil.copytree(sound_project, tmp_path / "project")
    return tmp_path / "project"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# The start of the message; then the file, and its new text, or what to put in place of what.
# A file of which no more is said is taken away.
FAULTS = {
    "cards.yaml: there is no such file.": ("cards.yaml",),
    "cards.yaml:1:1: the file is empty.": ("cards.yaml", ""),
    'cards.yaml:25:14: this is not valid YAML: a text that holds ": "': (
        "cards.yaml",
        "term: Cat\n",
        "term: Cat: dog\n",
    ),
    'cards.yaml:15:5: topic "stones": no card has this topic.': (
        "cards.yaml",
        "sources:\n",
        "  - id: stones\n    title: Stones\nsources:\n",
    ),
    f'cards.yaml:53:47: card "cat": [[ca]]: {NO_CARD}': (
        "cards.yaml",
        "see [[tree]]",
        "see [[ca]]",
    ),
    f"docs/index.md:1:14: card(): {NO_CARD}": ("docs/index.md", 'One card: {{ card("ca") }}'),
    f"docs/index.md:2:32: term(): {NO_CARD}": (
        "docs/index.md",
        'A {{ term("cat") }}\nand a {{ term("cat") }} and {{ term("ca") }}',
    ),
    f"docs/index.md:1:4: quiz(): {NO_CARD}": ("docs/index.md", '{{ quiz(cards=["no", "ca"]) }}'),
    'docs/index.md:1:4: quiz(): no topic has the id "plant". Did you mean "plants"?': (
        "docs/index.md",
        '{{ quiz(topic="plant") }}',
    ),
    'docs/index.md:1:4: quiz(): no card has the tag "mamal". Did you mean "mammal"?': (
        "docs/index.md",
        '{{ quiz(tags=["mamal"]) }}',
    ),
    'docs/index.md:1:4: glossary(): no topic has the id "x". There is "animals", "plants".': (
        "docs/index.md",
        '{{ glossary("x") }}',
    ),
    "docs/index.md:1:4: quiz(): got an unexpected keyword argument 'topics'. It takes: topic,": (
        "docs/index.md",
        '{{ quiz(topics="plants") }}',
    ),
    'docs/index.md:1:4: card(): id should be a text in quotes, such as id="…".': (
        "docs/index.md",
        "{{ card(5) }}",
    ),
    "docs/index.md:1:1: unexpected '}', expected ')'. Check the braces of this line.": (
        "docs/index.md",
        '{{ card("cat" }}',
    ),
    'docs/index.md:1:4: cite(): no source has the id "bok". Did you mean "book"?': (
        "docs/index.md",
        '{{ cite("bok") }}',
    ),
    "docs/index.md:1:4: sources(): this page cites nothing.": (
        "docs/index.md",
        "{{ sources() }}",
    ),
    'docs/index.md:1:4: figure(): there is no drawing "docs/figures/cat.svg".': (
        "docs/index.md",
        '{{ figure("cat") }}',
    ),
    'docs/glossary/plants.md: the topic "plants" needs this page.': ("docs/glossary/plants.md",),
}
OF_THE_DECK = 'cards.yaml:25:14: this is not valid YAML: a text that holds ": "'
OF_A_PAGE = f"docs/index.md:2:32: term(): {NO_CARD}"


def spoil(project, message):
    """Do to a project what makes that message."""
    name, *texts = FAULTS[message]
    if not texts:
        (project / name).unlink()
    elif len(texts) == 1:
        (project / name).write_text(texts[0], encoding="utf-8")
    else:
        change(project / name, *texts)


def call(project, markdown):
    """Make a home page of a text that calls macros."""
    (project / "docs/index.md").write_text(markdown, encoding="utf-8")


def run(project, *command):
    """Run a command in a project with the tests' own Python first; return status and output."""
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # The tests themselves are run by make, which would tell this one that it is not the first.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ended = subprocess.run(
        command,
        cwd=project,
        env=outside | {"PATH": binaries, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return ended.returncode, ended.stdout


FSRS = "overrides/assets/cards/fsrs.min.js"


def make(project, target):
    """Run a target of the real Makefile, which thinks all is set up in the tests' own Python."""
    shutil.copy(ROOT / "Makefile", project)
    shutil.copytree(ROOT / "tests", project / "tests", ignore=lambda _, names: names)
    venv = project / "venv"
    venv.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (venv / part).symlink_to(Path(sys.prefix, part))
    for name in ("requirements.txt", "tests/requirements.txt"):
        shutil.copy(ROOT / name, project / name)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, project)
    (project / "node_modules").mkdir()
    for made in (
        "venv/made.stamp",
        "venv/site.stamp",
        "venv/tests.stamp",
        "node_modules/stamp",
        FSRS,
    ):
        (project / made).touch()
    return run(project, "make", "--silent", "VENV=venv", target)


@pytest.mark.parametrize("message", FAULTS)
def test_make_build_stops_with_one_message(project, message):
    spoil(project, message)
    status, output = make(project, "build")
    said = [line for line in output.splitlines() if not line.startswith("make:")]
    assert status != 0
    assert len(said) == 1, output
    assert said[0].startswith(message)
    assert not (project / "site").exists()


def test_make_zensical_stops_too(project):
    spoil(project, OF_A_PAGE)
    status, output = make(project, "zensical")
    assert status != 0
    assert output.startswith(f"{OF_A_PAGE}\n")


def test_make_build_builds_a_sound_project(project):
    status, output = make(project, "build")
    assert status == 0, output
    assert output.startswith("ok: 3 cards, 2 topics, 1 source\n")
    assert (project / "site/glossary/plants/index.html").exists()


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("message", [OF_THE_DECK, OF_A_PAGE], ids=["deck", "page"])
def test_a_build_without_check_shows_the_message_in_the_page(project, builder, message):
    call(project, "{{ card('cat') }}")
    spoil(project, message)
    ended = run_builder(project, builder)
    assert message in ended.stdout
    assert "Traceback" not in ended.stdout
    if builder == "mkdocs":  # Zensical takes no notice of what macros say
        assert ended.returncode == 1
    status, _ = run(project, sys.executable, "-m", builder, "build")
    assert status == 0
    box = page(project / "site", "").find(".//div[@class='flash-problem']")
    assert message in text(box)
    assert box.get("role") == "alert"


def test_a_name_without_quotes_is_told_with_its_place_by_the_build(project):
    call(project, "{{ card('cat') }} {{ card(cat) }}")
    status, output = run(project, sys.executable, "-m", "mkdocs", "build", "--strict")
    assert status == 1
    assert 'docs/index.md:1:22: card(): id should be a text in quotes, such as id="…".' in output


# What a contributor's deck becomes, whole


GOLDEN = ROOT / "tests/golden"


@pytest.mark.parametrize(
    "name, make_html",
    [
        ("glossary-page.md", lambda deck: glossary.topic_page(deck, "animals", keep=str)),
        ("glossary-index.html", glossary.index),
        ("map.html", term_map),
        ("quiz.html", lambda deck: quiz.quiz(deck, title='Cats & "dogs"')),
        ("corrections.html", glossary.corrections),
    ],
)
def test_a_small_deck_becomes_this(name, make_html):
    html = make_html(load(SMALL_DECK))
    assert_golden(html.replace(TOP, "TOP/").strip() + "\n", GOLDEN / name)
