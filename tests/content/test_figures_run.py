"""Every figure that runs: alone without scripts and on paper, by keyboard, from an address, given nonsense."""

import re

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT
from figure_runs import NAMES, opened, page_of
from playwright.sync_api import expect

each_figure = pytest.mark.parametrize("name", NAMES)

# What a figure shows and says now, without what surrounds it.
STATE = """(figure) => ({
  told: [...figure.querySelectorAll("[role=alert]")].map((each) => each.textContent),
  words: figure.querySelector(".figure-words").textContent,
  view: figure.querySelector(".figure-view").innerHTML,
  all: figure.querySelector(".figure-live").textContent,
})"""

# Writes values into the number and text fields of a figure, one after another, as a reader would.
GIVEN = """(figure, [kinds, values]) => {
  const state = STATE;
  const found = [];
  for (const field of figure.querySelectorAll("input, textarea")) {
    if (!kinds.includes(field.type)) continue;
    const { value: before } = field;
    const change = (value) => {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return state(figure);
    };
    for (const value of values) {
      const steady = state(figure);
      const now = change(value);
      found.push({ field: field.name, value, ...now, invalid: field.ariaInvalid === "true", steady: now.view === steady.view });
      change(before);
    }
  }
  return { found, after: state(figure) };
}""".replace("STATE", STATE, 1)

UNTOLD = re.compile(r"NaN|undefined|Infinity|\[object|\{\w+\}|null")


def test_there_is_a_form_for_each_script_and_a_drawing_for_each_form():
    scripts = {file.stem for file in (ROOT / "overrides/assets/figures").glob("*.js")}
    scripts = {name for name in scripts if f"{name}-arithmetic" in scripts}
    drawings = {file.stem for file in (ROOT / "docs/figures").glob("*.svg")}
    assert scripts == {*NAMES}
    assert scripts <= drawings


@each_figure
def test_without_scripts_the_drawing_stands_with_where_its_numbers_are_from(new_page, name):
    page = new_page(java_script_enabled=False)
    page.goto(page_of(name))
    figure = page.locator(f"fig-{name}")
    expect(figure.locator("svg").first).to_be_visible()
    assert figure.locator("form").count() == 0
    assert len(figure.locator("figcaption .figure-source").inner_text()) > 20


@each_figure
def test_it_says_what_it_shows_in_each_state_and_axe_is_content(keep_page, name):
    page = keep_page()
    figure = opened(page, name)
    said = [figure.evaluate(STATE)["words"]]
    assert_axe_is_content(page, [f"fig-{name}"])
    tries = figure.locator(".figure-try button").all()
    assert len(tries) >= 2
    for each in tries:
        each.click()
        state = figure.evaluate(STATE)
        assert not state["told"], each.inner_text()
        assert not UNTOLD.search(state["all"]), UNTOLD.search(state["all"])
        said.append(state["words"])
    assert len(said[0]) > 20
    assert len({*said}) == len(said), "two states are said in the same words"
    assert_axe_is_content(page, [f"fig-{name}"])
    figure.locator("[data-do=reset]").click()
    assert figure.evaluate(STATE)["words"] == said[0]


@each_figure
def test_it_fits_a_small_window_and_its_text_is_legible(keep_page, name):
    page = keep_page()
    figure = opened(page, name)
    assert_nothing_is_wider(page, 360)
    sizes = figure.evaluate(
        """(figure) => [...figure.querySelectorAll(".figure-view *")]
          .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
          .filter((each) => each.checkVisibility())
          .map((each) => {
            const scale = each instanceof SVGElement ? each.getScreenCTM().a : 1;
            return [each.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(each).fontSize) * scale];
          })"""
    )
    assert [each for each in sizes if each[1] < 9] == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(media="print")
    shown = figure.locator("> figure > svg"), figure.locator(".figure-live")
    assert [each.is_visible() for each in shown] == [True, False]
    page.emulate_media(media="screen")
    assert [each.is_visible() for each in shown] == [False, True]


# Presses each button that has something to find out, and tells what is then cut: a text of a drawing
# outside of it, the widest part that leaves the figure, a choice too long for its field.
CUT = """(figure) => {
  const found = [];
  const live = figure.querySelector(".figure-live");
  for (const button of [null, ...figure.querySelectorAll("[data-set]")]) {
    button?.click();
    const tell = (what) => found.push(`${button?.textContent ?? "the start"}: ${what.trim().slice(0, 40)}`);
    for (const text of live.querySelectorAll("svg text")) {
      const [inner, outer] = [text, text.ownerSVGElement].map((each) => each.getBoundingClientRect());
      if (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1)
        tell(text.textContent);
    }
    const end = live.getBoundingClientRect().right;
    for (const each of live.querySelectorAll(".figure-view > *"))
      if (each.getBoundingClientRect().right > end) tell(each.className);
  }
  return found;
}"""


@each_figure
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_cut_whatever_is_tried(keep_page, name, width):
    page = keep_page()
    page.set_viewport_size({"width": width, "height": 800})
    assert opened(page, name).evaluate(CUT) == []


@each_figure
def test_nonsense_is_told_beside_its_field_and_the_picture_stays(keep_page, name):
    figure = opened(keep_page(), name)
    start = figure.evaluate(STATE)
    given = figure.evaluate(GIVEN, [["number"], ["", "-1e99", "1e99", "-0.5e-9"]])
    for each in given["found"]:
        case = each["field"], each["value"]
        assert not UNTOLD.search(each["all"]), case
        assert bool(each["told"]) == each["invalid"], case
        assert each["told"] or each["value"] == "-0.5e-9", case
        assert each["steady"] or not each["told"], case
    assert given["after"] == start


@each_figure
def test_any_text_is_taken_or_told_of(keep_page, name):
    figure = opened(keep_page(), name)
    start = figure.evaluate(STATE)
    texts = [
        "",
        " ",
        "x" * 5000,
        "a " * 2000,
        "<img src=x onerror=alert(1)>",
        "日本語",
        "שלום",
        "🙂",
        "1e999",
    ]
    given = figure.evaluate(GIVEN, [["text", "textarea", "search"], [*texts, "\u0000", "NaN" * 3]])
    for each in given["found"]:
        case = each["field"], each["value"][:40]
        assert bool(each["told"]) == each["invalid"], case
        assert each["told"] or each["words"], case
        assert "<img" not in each["view"], case
    assert given["after"] == start


@each_figure
def test_its_state_is_in_the_address_and_comes_back_from_there(keep_page, name):
    page = keep_page()
    figure = opened(page, name)
    figure.locator(".figure-try button").first.click()
    said = figure.evaluate(STATE)["words"]
    page.wait_for_url(f"**?{name}-*")
    query = page.evaluate("location.search")
    page.goto("about:blank")
    figure = opened(page, name, query)
    assert figure.evaluate(STATE)["words"] == said
    figure.locator("[data-do=reset]").click()
    page.wait_for_url(f"**/#fig-{name}")


@each_figure
def test_an_address_of_nonsense_leaves_a_figure_that_works(keep_page, name):
    page = keep_page()
    fields = [*opened(page, name).evaluate("(figure) => Object.keys(figure.fields)")]
    page.goto("about:blank")
    query = "&".join(
        f"{name}-{field}=%22%3Cb%3E-1e99" for field in [*fields, "nothing", "__proto__"]
    )
    figure = opened(page, name, f"?{query}")
    assert figure.evaluate(STATE)["words"]
    figure.locator("[data-do=reset]").click()
    state = figure.evaluate(STATE)
    assert not state["told"]
    assert not UNTOLD.search(state["all"])


@each_figure
def test_everything_in_it_is_reached_by_keyboard(keep_page, name):
    page = keep_page()
    figure = opened(page, name)
    page.evaluate(
        """([figure]) => {
          const can = "input, select, textarea, button, summary, a[href], [tabindex='0']";
          window.left = new Set([...figure.querySelectorAll(can)].filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0));
          figure.tabIndex = -1;
          figure.focus();
          figure.addEventListener("focusin", ({ target }) => {
            window.left.delete(target);
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
            if (outlineStyle === "none" && boxShadow === "none") (window.bare ??= []).push(target.outerHTML);
          });
        }""",
        [figure.element_handle()],
    )
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("!window.left.size"):
            break
    assert page.evaluate("[...window.left].map((each) => each.outerHTML)") == []
    assert page.evaluate("window.bare ?? []") == []
    button = figure.locator(".figure-try button").first
    before = figure.evaluate(STATE)["words"]
    button.focus()
    page.keyboard.press("Enter")
    assert figure.evaluate(STATE)["words"] != before
