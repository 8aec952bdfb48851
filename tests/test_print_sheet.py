"""The cards on paper: how many pages, that fronts and backs lie over each other, that all text is there."""

import math
import re

import pytest
from accessibility import assert_axe_is_content
from test_finish import DECK

A4, LETTER = (210, 297), (215.9, 279.4)
MARGIN = 10  # of the page, in millimetres
A_PIXEL = 25.4 / 96


@pytest.fixture
def sheet(keep_page, site_url):
    """Opens a page of cards as it is printed on a paper of that size."""

    def go(kind, paper=A4):
        page = keep_page()
        page.goto(f"{site_url}downloads/{kind}.html")
        page.emulate_media(media="print")
        width, height = (round((side - 2 * MARGIN) / A_PIXEL) for side in paper)
        page.set_viewport_size({"width": width, "height": height})
        return page

    yield go
    page = keep_page()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})


def boxes(page, kind):
    """Where the cards of each page of a kind are on it, by card, in pixels from its left and its top."""
    return page.evaluate(
        """(kind) => [...document.querySelectorAll(`.${kind}`)].map((page) => {
          const top = page.getBoundingClientRect().top;
          return Object.fromEntries([...page.querySelectorAll("article")].map((card) => {
            const box = card.getBoundingClientRect();
            return [card.dataset.card, [box.left, box.top - top, box.width, box.height]];
          }));
        })""",
        kind,
    )


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("kind", "cards", "each"), [("print", 8, 2), ("fold", 4, 1)])
def test_a_page_of_paper_has_a_page_of_cards(sheet, kind, cards, each, paper):
    pdf = sheet(kind).pdf(format=paper)
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == each * math.ceil(len(DECK.cards) / cards)


@pytest.mark.parametrize("paper", [A4, LETTER])
def test_a_back_lies_behind_its_front(sheet, paper):
    page = sheet("print", paper)
    width = page.evaluate("document.documentElement.clientWidth")
    fronts, backs = boxes(page, "fronts"), boxes(page, "backs")
    assert len(fronts) == len(backs) > 0
    for front, back in zip(fronts, backs, strict=True):
        assert list(front) == list(back)
        for card, (left, top, wide, high) in front.items():
            turned = [width - left - wide, top, wide, high]
            assert back[card] == pytest.approx(turned, abs=1), card


def test_a_fold_is_between_front_and_back(sheet):
    page = sheet("fold")
    sides = page.evaluate(
        """[...document.querySelectorAll("article")].map((side) => {
          const { left, right, top } = side.getBoundingClientRect();
          return [side.dataset.card, left, right, top];
        })"""
    )
    assert len(sides) == 2 * len(DECK.cards)
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        assert front[0] == back[0] and front[3] == back[3]
        assert front[2] == pytest.approx(back[1], abs=0.5)


@pytest.mark.parametrize("kind", ["print", "fold"])
def test_every_text_fits_on_its_card(sheet, kind):
    cut = sheet(kind).evaluate(
        """[...document.querySelectorAll(".front, .back")]
          .filter((text) => text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1)
          .map((text) => text.parentElement.dataset.card)"""
    )
    assert cut == []


def test_the_marks_are_on_the_paper(sheet):
    for paper in (A4, LETTER):
        page = sheet("print", paper)
        reach = page.evaluate(
            """[...document.querySelectorAll(".fronts")].map((page) => {
              const box = page.getBoundingClientRect();
              return [box.left, innerWidth - box.right, page.offsetHeight];
            })"""
        )
        for left, right, height in reach:
            assert min(left, right) * A_PIXEL >= 4
            assert height * A_PIXEL + 8 <= paper[1] - 2 * MARGIN


@pytest.mark.parametrize("address", ["downloads/", "downloads/print.html", "downloads/fold.html"])
def test_axe_finds_no_fault(keep_page, site_url, address):
    page = keep_page()
    page.goto(site_url + address)
    page.locator("h1").wait_for()
    assert_axe_is_content(page)


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"], indirect=True)
def test_a_download_is_saved_and_a_sheet_opened(page, site, site_url):
    page.goto(site_url + "downloads/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Anki package").click()
    name = f"{DECK.deck.id}.apkg"
    assert saved.value.suggested_filename == name
    assert saved.value.path().read_bytes() == (site / "downloads" / name).read_bytes()
    page.get_by_role("link", name="Cards to print on both sides").click()
    page.locator(".fronts").first.wait_for()
    assert page.locator("article").count() == 2 * len(DECK.cards)
