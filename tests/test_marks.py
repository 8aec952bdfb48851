"""The marks that tell how a card stands, wherever it is named."""

import pytest
from accessibility import assert_axe_is_content
from conftest import TRIAL
from playwright.sync_api import expect
from test_cards import settle
from test_grading import ask, seed

from macros.load import load

SITE = "trial"

DECK = load(TRIAL / "cards.yaml")
DAY = 86_400_000
NOON = 1_767_614_400_000  # 2026-01-05, 12:00 UTC
TOPIC = next(topic.id for topic in DECK.topics if len(DECK.of_topic(topic.id)) > 3)
CARDS = [card.id for card in DECK.of_topic(TOPIC)][:4]
MARKED = ["glossary/", f"glossary/{TOPIC}/", "map/", ""]  # pages that name cards
STAGES = ["new", "learning", "due", "known"]
HISTORY = [
    (CARDS[1], "again", NOON - 60_000),
    (CARDS[2], "easy", NOON - 20 * DAY),
    (CARDS[3], "easy", NOON - DAY),
]
SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
    .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def page(keep_page):
    return with_record(keep_page(timezone_id="UTC"))


def with_record(page):
    page.clock.set_fixed_time(NOON / 1000)
    page.goto("study/")
    seed(page, *HISTORY)
    return page


def marks(page, where):
    return page.locator(f"{where} > .card-mark")


def test_each_entry_and_its_line_in_the_index_say_how_the_card_stands(page):
    page.goto(f"glossary/{TOPIC}/")
    for card, stage in zip(CARDS, STAGES, strict=True):
        heading = page.locator(f"h2[id='{card}']")
        expect(heading.locator(".card-mark")).to_have_text(stage)
        expect(heading.locator(".card-mark")).to_be_visible()
        assert (
            heading.evaluate("(h2) => getComputedStyle(h2.lastElementChild, '::before').content[1]")
            in "○◐◆●"
        )
    page.goto("glossary/")
    for card, stage in zip(CARDS, STAGES, strict=True):
        expect(marks(page, f"li[data-card='{card}']")).to_have_text(stage)


def test_each_stage_has_a_shape_of_its_own(page):
    page.goto(f"glossary/{TOPIC}/")
    expect(marks(page, "h2").first).to_be_visible()
    shapes = page.locator("h2 > .card-mark").evaluate_all(
        "(all) => all.slice(0, 4).map((mark) => getComputedStyle(mark, '::before').content)"
    )
    assert len(set(shapes)) == 4


def test_a_card_in_the_text_is_marked_on_both_sides(page):
    page.goto("")
    card = page.locator("flash-card[data-deck]")
    expect(card.locator(".flash-front .card-mark")).to_have_text("new")
    page.evaluate(GRADE, card.get_attribute("data-card"))
    expect(card.locator(".flash-front .card-mark")).to_have_text("known")
    card.get_by_role("button").click()
    expect(card.locator(".flash-back .card-mark")).to_be_visible()


def test_the_word_of_a_term_shows_when_one_points_at_it(page):
    seed(page, ("lora", "easy", NOON - 20 * DAY))
    page.goto("learn/peft/")
    term = page.locator("a.term[data-card=lora]")
    expect(term).to_have_accessible_name("LoRA due")
    style = "(term) => getComputedStyle(term).textDecorationStyle"
    assert term.evaluate(style) == "double"
    clipped = "(mark) => getComputedStyle(mark).clipPath"
    assert term.locator(".card-mark").evaluate(clipped) != "none"
    term.hover()
    assert term.locator(".card-mark").evaluate(clipped) == "none"


MODULE = """const module = (name) => import(new URL(`assets/cards/${name}.js`,
  document.querySelector("link[href$='cards.css']").href.replace("assets/cards/cards.css", "")));"""
GRADE = f"""async (card) => {{ {MODULE}
  const record = await (await module("record")).openRecord("{DECK.deck.id}");
  await record.add({{ kind: "review", card, grade: "easy" }});
}}"""


def test_a_mark_changes_with_a_grade_in_another_tab(page):
    page.goto(f"glossary/{TOPIC}/")
    mark = page.locator(f"h2[id='{CARDS[0]}'] > .card-mark")
    expect(mark).to_have_text("new")
    other = page.context.new_page()
    other.clock.set_fixed_time(NOON / 1000)
    other.goto("glossary/")
    other.evaluate(GRADE, CARDS[0])
    expect(mark).to_have_text("known")
    expect(marks(other, f"li[data-card='{CARDS[0]}']")).to_have_text("known")


def test_a_card_that_is_set_aside_has_no_mark(page):
    page.goto("study/")
    ask(page, "await record.add({ card: given[0], kind: 'suspend' })", CARDS[3])
    page.goto(f"glossary/{TOPIC}/")
    expect(page.locator(f"h2[id='{CARDS[2]}'] > .card-mark")).to_be_visible()
    expect(page.locator(f"h2[id='{CARDS[3]}'] > .card-mark")).to_have_count(0)


def test_a_first_visit_fetches_nothing_for_them(keep_page):
    page = keep_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    for address in (*MARKED, "learn/peft/", "study/"):
        page.goto(address, wait_until="networkidle")
        later = {"marks.js", "record.js", "later.css", "grading.js"}
        assert not later & set(asked), address
        assert page.locator(".card-mark").count() == 0, address


THEME_HAS_RUN = """() => new Promise((go) => {
  const look = () => (window.document$ ? requestAnimationFrame(() => requestAnimationFrame(() => go())) : setTimeout(look, 20));
  look();
})"""


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_when_they_come(new_page, width):
    page = with_record(new_page(viewport={"width": width, "height": 740}, timezone_id="UTC"))
    page.add_init_script(SHIFTS)
    held = []
    page.route("**/marks.js", lambda route: held.append(route))
    for address in MARKED:
        with page.expect_request("**/marks.js"):
            page.goto(address)
        page.evaluate("document.fonts.ready.then(() => undefined)")
        # What the theme's script moves at the sides is not of the marks.
        page.evaluate(THEME_HAS_RUN)
        settle(page.locator("body"))
        width_before = page.evaluate("document.documentElement.scrollWidth")
        page.evaluate("window.shifts.length = 0")
        held.pop().continue_()
        expect(page.locator(".card-mark").first).to_be_attached()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifts.map((shift) => shift.value)") == [], address
        assert page.evaluate("document.documentElement.scrollWidth") == width_before, address


def test_axe_finds_nothing(new_page):
    page = with_record(new_page(viewport={"width": 360, "height": 740}, timezone_id="UTC"))
    for address in MARKED:
        page.goto(address)
        expect(page.locator(".card-mark").first).to_be_attached()
        page.wait_for_load_state("networkidle")
        assert_axe_is_content(page)


def test_deleting_the_record_takes_the_marks_away_for_the_next_visit(page):
    ask(page, "await record.clear()")
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"glossary/{TOPIC}/", wait_until="networkidle")
    assert "marks.js" not in asked
