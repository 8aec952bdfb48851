"""What the pages say of themselves to search engines, feeds and those who share a link."""

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest
from conftest import ROOT

from macros.load import load

TOPICS = load(ROOT / "cards.yaml").topics


class Page:
    """A built page, read as a browser reads it."""

    def __init__(self, site: Path, file: Path):
        self.path = file.relative_to(site).as_posix().removesuffix("index.html")
        self.tree = html5lib.parse(file.read_bytes(), namespaceHTMLElements=False)
        self.data = [
            json.loads(script.text)
            for script in self.tree.iter("script")
            if script.get("type") == "application/ld+json"
        ]
        self.texts = [" ".join("".join(each.itertext()).split()) for each in self.tree.iter()]

    def meta(self, name: str) -> str:
        """What the one meta element of that name or property says."""
        (found,) = [
            each
            for each in self.tree.iter("meta")
            if name in (each.get("name"), each.get("property"))
        ]
        return found.get("content")

    def ids(self) -> set[str]:
        return {each.get("id") for each in self.tree.iter() if each.get("id")}

    def has(self, tag: str) -> bool:
        return self.tree.find(f".//{tag}") is not None


@pytest.fixture(scope="module")
def pages(site) -> list[Page]:
    """Every page of the site but the one for a missing page."""
    return [Page(site, file) for file in sorted(site.rglob("index.html"))]


def of_type(page: Page, kind: str) -> list[dict]:
    return [data for data in page.data if data["@type"] == kind]


def test_a_glossary_page_is_one_set_of_the_terms_it_shows(pages):
    topics = [page for page in pages if re.fullmatch(r"glossary/.+/", page.path)]
    assert len(topics) == len(TOPICS)
    for page in topics:
        (terms,) = page.data
        assert terms["@type"] == "DefinedTermSet" and terms["@context"] == "https://schema.org"
        assert terms["@id"][1:] in page.ids()
        assert any(text.startswith(terms["name"]) for text in page.texts)
        assert len(terms["hasDefinedTerm"]) == len(page.tree.findall(".//*[@data-card]"))
        for term in terms["hasDefinedTerm"]:
            assert term["@id"][1:] in page.ids(), term
            assert any(term["description"] in text for text in page.texts), term


def has_quiz(page):
    """The study page has the whole deck, whose cards the chapters have told of."""
    return page.has("flash-deck") and page.path != "study/"


@pytest.mark.parametrize("builder", ["mkdocs", "trial"], indirect=True)
def test_a_page_with_a_quiz_says_so_and_shows_each_of_its_flashcards(pages, builder):
    quizzes = [page for page in pages if has_quiz(page)]
    assert quizzes or builder != "trial"
    for page in quizzes:
        (quiz,) = of_type(page, "Quiz")
        asked = [
            " ".join("".join(each.itertext()).split())
            for each in page.tree.findall(".//flash-deck//summary")
        ]
        assert [question["text"] for question in quiz["hasPart"]] == asked
        for question in quiz["hasPart"]:
            assert question["eduQuestionType"] == "Flashcard"
            assert any(question["acceptedAnswer"]["text"] in text for text in page.texts), question


def test_no_other_page_carries_data(pages):
    for page in pages:
        kinds = [data["@type"] for data in page.data]
        of_glossary = bool(re.fullmatch(r"glossary/.+/", page.path))
        assert kinds == ["DefinedTermSet"] * of_glossary + ["Quiz"] * has_quiz(page), page.path


@pytest.fixture
def types(tmp_path):
    """Holds data against schema.org's vocabulary as TypeScript types; returns what does not fit."""

    def check(data: list[dict]) -> str:
        lines = [
            f"const d{n}: {each['@type']} = {json.dumps(bare(each))};"
            for n, each in enumerate(data)
        ]
        source = 'import type { DefinedTermSet, Quiz } from "schema-dts";\n' + "\n".join(lines)
        (tmp_path / "data.ts").write_text(source, encoding="utf-8")
        (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
        options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext"]
        options += ["--moduleResolution", "bundler", "--ignoreConfig"]
        ended = subprocess.run(
            ["npx", "--no-install", "tsc", *options, str(tmp_path / "data.ts")],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        (tmp_path / "node_modules").unlink()
        return ended.stdout + ended.stderr if ended.returncode else ""

    def bare(data: dict) -> dict:
        return {name: value for name, value in data.items() if name != "@context"}

    return check


def test_the_data_keeps_to_the_vocabulary(pages, types):
    assert types([data for page in pages for data in page.data]) == ""


@pytest.mark.parametrize(
    "slip",
    [
        {"@type": "Quiz", "hasParts": []},
        {"@type": "Quiz", "hasPart": [{"@type": "Question", "eduQuestionKind": "Flashcard"}]},
        {"@type": "DefinedTermSet", "hasDefinedTerm": [{"@type": "Term", "name": "LoRA"}]},
    ],
)
def test_a_slip_in_the_vocabulary_would_be_found(slip, types):
    assert "error TS" in types([slip])


def test_each_page_has_a_description_and_a_title_of_its_own(pages):
    # A deck may be called after its one topic; then the title of the page has both names.
    for said in (
        [page.meta("description") for page in pages],
        [page.tree.find("head/title").text for page in pages],
    ):
        assert len(set(said)) == len(said)
    for page in pages:
        assert 50 <= len(page.meta("description")) <= 160, page.path
        assert page.meta("og:description") == page.meta("description"), page.path
        # Where a page stands in a list of results, its title alone tells it from the others.
        assert page.meta("og:title") in page.tree.find("head/title").text, page.path


def test_each_page_names_its_own_address_and_a_picture(pages, site, site_url):
    for page in pages:
        (canonical,) = page.tree.findall(".//link[@rel='canonical']")
        assert canonical.get("href") == page.meta("og:url") == site_url + page.path
        picture = page.meta("og:image")
        assert picture.startswith(site_url) and (site / picture.removeprefix(site_url)).is_file()


def test_the_sitemap_lists_every_page_and_no_other(pages, site, site_url):
    sitemap = ElementTree.parse(site / "sitemap.xml")
    listed = [
        each.text for each in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert sorted(listed) == sorted(site_url + page.path for page in pages)
