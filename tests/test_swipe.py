"""A finger on a stack of cards: it moves the card, and is never in the way of scrolling."""

import re

import pytest
from playwright.sync_api import expect

SITE = "trial"

PHONE = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}


class Finger:
    """One finger, or more, on a page."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def send(self, kind, *points):
        touches = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, start, dx=0, dy=0, lift=True):
        """Go down at a point and move by so many pixels, in steps."""
        (x, y), steps = start, 10
        self.send("touchStart", start)
        for step in range(1, steps + 1):
            self.send("touchMove", (x + dx * step / steps, y + dy * step / steps))
        if lift:
            self.send("touchEnd")


@pytest.fixture
def page(new_page):
    page = new_page(**PHONE)
    page.goto("learn/peft/")
    return page


@pytest.fixture
def deck(page):
    deck = page.locator("flash-deck")
    expect(deck.locator("[data-do=flip]")).to_be_visible()
    deck.evaluate("(deck) => deck.scrollIntoView({ block: 'center' })")
    page.evaluate("""() => {
      window.flips = 0;
      document.addEventListener("flash-card:flip", () => window.flips++);
    }""")
    return deck


@pytest.fixture
def finger(page):
    return Finger(page)


def sheet(deck):
    return deck.locator("flash-card:visible .flash-sheet")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place(deck):
    """The place of the card on top, from 1."""
    return deck.locator("progress").evaluate("(bar) => bar.value")


def shift(deck):
    """How far the card on top lies beside its place, in CSS pixels, wherever it is heading."""
    transform = sheet(deck).evaluate("(sheet) => sheet.style.transform")
    return float(transform.removeprefix("translateX(").removesuffix("px)") or 0)


def test_a_swipe_goes_on_and_back(page, deck, finger):
    for on in (".flash-head", ".flash-front .flash-text"):
        start = middle(sheet(deck).locator(on).first)
        finger.drag(start, dx=-120)
        assert place(deck) == 2
        expect(sheet(deck)).to_be_visible()
        finger.drag(start, dx=120)
        assert place(deck) == 1
    assert page.evaluate("window.flips") == 0
    finger.drag(start, dx=120)  # there is none before the first
    assert (place(deck), shift(deck)) == (1, 0)


def test_the_card_follows_the_finger(deck, finger):
    start = middle(sheet(deck))
    finger.drag(start, dx=-60, lift=False)
    for way in (-60, 20):
        finger.send("touchMove", (start[0] + way, start[1]))
        # A browser tells of a finger's way once a frame.
        expect(sheet(deck)).to_have_attribute("style", re.compile(rf"translateX\({way}px\)"))


@pytest.mark.parametrize("dx", [-12, 30, -80])
def test_a_short_way_settles_back_and_turns_nothing(page, deck, finger, dx):
    finger.drag(middle(sheet(deck)), dx=dx)
    assert (place(deck), shift(deck)) == (1, 0)
    expect(sheet(deck)).to_have_css("transform", "none")
    assert page.evaluate("window.flips") == 0


def test_a_tap_still_turns(page, deck, finger):
    finger.drag(middle(sheet(deck)))
    expect(deck.locator("flash-card:visible")).to_have_attribute("data-side", "back")
    finger.drag(middle(sheet(deck)), dx=-120)
    expect(deck.locator("flash-card:visible")).to_have_attribute("data-side", "front")
    assert place(deck) == 2


@pytest.mark.parametrize("dx", [0, -60])
def test_up_and_down_scrolls_the_page(page, deck, finger, dx):
    before = page.evaluate("scrollY")
    finger.drag(middle(sheet(deck)), dx=dx, dy=-150)
    page.wait_for_function("(before) => scrollY > before + 50", arg=before)
    assert (place(deck), shift(deck), page.evaluate("window.flips")) == (1, 0, 0)


@pytest.mark.parametrize("what", ["code", "formula"])
def test_what_is_wider_than_the_card_scrolls(page, deck, finger, what):
    # A long line of code scrolls by itself; a long formula makes the whole text wider.
    text = sheet(deck).locator(".flash-front .flash-text")
    text.evaluate(
        """(text, what) => {
          const wide = document.createElement(what === "code" ? "pre" : "div");
          wide.innerHTML = what === "code" ? `<code>${"x = 1; ".repeat(60)}</code>` : "x";
          if (what === "formula") wide.style.inlineSize = "900px";
          text.replaceChildren(wide);
        }""",
        what,
    )
    for way in ("next", "previous"):
        deck.locator(f"[data-do={way}]").click()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    scroller = text.locator("code") if what == "code" else text
    finger.drag(middle(scroller), dx=-120)
    assert (place(deck), shift(deck)) == (1, 0)
    scrolled = "(scroller) => scroller.scrollLeft > 20"
    page.wait_for_function(scrolled, arg=scroller.element_handle())


def test_from_right_to_left_it_is_mirrored(deck, finger):
    deck.evaluate("(deck) => (deck.dir = 'rtl')")
    finger.drag(middle(sheet(deck)), dx=120)
    assert place(deck) == 2
    finger.drag(middle(sheet(deck)), dx=-120)
    assert place(deck) == 1


def test_what_takes_the_finger_away_settles_the_card(page, deck, finger):
    start = middle(sheet(deck))
    finger.drag(start, dx=-120, lift=False)
    finger.send("touchCancel")
    assert (place(deck), shift(deck)) == (1, 0)

    finger.drag(start, dx=-120, lift=False)
    x, y = start
    finger.send("touchStart", (x - 120, y), (x + 60, y))  # a second finger, to make it larger
    assert (place(deck), shift(deck)) == (1, 0)
    finger.send("touchEnd")
    assert place(deck) == 1


def test_a_mouse_swipes_nothing(page, deck):
    x, y = middle(sheet(deck))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 150, y, steps=5)
    assert shift(deck) == 0
    page.mouse.up()
    assert place(deck) == 1
