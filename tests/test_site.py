"""The pages, as those find them who come to learn, in a real browser and in the built files."""

import gzip
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import material
import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT
from playwright.sync_api import expect

from macros.load import load

DECK = load(ROOT / "cards.yaml")
CARDS = DECK.cards
NAMES = [(name, card) for card in CARDS for name in (card.term, *card.aliases)]
THEME_SHEETS = Path(material.__file__).parent / "templates/assets/stylesheets"
# One page of each kind, of those that this deck's site has.
HOME, LEARN, CHAPTER, STUDY = "", "learn/", f"learn/{DECK.topics[-1].id}/", "study/"
GLOSSARY, TOPIC, MAP = "glossary/", f"glossary/{DECK.topics[-1].id}/", "map/"
CORRECTIONS, BIBLIOGRAPHY = "corrections/", "bibliography/"
CONTRIBUTE, ABOUT, MISSING = "contribute/", "about/", "no/such/page/"
KINDS = [HOME, LEARN, CHAPTER, STUDY, GLOSSARY, TOPIC, MAP, CORRECTIONS]
KINDS += [BIBLIOGRAPHY, CONTRIBUTE, ABOUT, MISSING]


def has(address):
    """Whether the pages have one at an address."""
    path = ROOT / "docs" / address
    return (path / "index.md").is_file() or path.with_suffix(".md").is_file()


KINDS = [kind for kind in KINDS if kind == MISSING or has(kind)]

missing_is_told = pytest.mark.expects("status of 404")
each_kind = pytest.mark.parametrize(
    "address",
    [pytest.param(kind, marks=missing_is_told if kind == MISSING else ()) for kind in KINDS],
)


def open_ready(page, address):
    """Open a page and wait for what its scripts make of it."""
    page.goto(address)
    if page.locator("flash-card").count():
        expect(turn(page)).to_be_visible()
    if page.locator("glossary-index").count():
        expect(filter_box(page)).to_be_visible()
    if page.locator("term-map").count():
        expect(page.locator("term-map select")).to_be_visible()


def turn(page):
    """The button of the page's last card or deck."""
    return page.locator("[data-do=flip]").last


def filter_box(page):
    return page.get_by_label("Find a term or an alias")


def listed(page):
    """The ids in the glossary's list that show."""
    return page.locator("li[data-card]:visible").evaluate_all(
        "(items) => items.map((item) => item.dataset.card)"
    )


# The first look


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=str)
def test_the_first_screen_says_what_this_is_and_has_a_card_to_turn(new_page, size):
    width, height = size
    page = new_page(viewport={"width": width, "height": height})
    open_ready(page, HOME)
    card = page.locator("flash-card")
    for part in (page.get_by_role("heading", level=1), card, turn(page)):
        box = part.bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= width
        assert 0 <= box["y"] and box["y"] + box["height"] <= height
    turn(page).click()
    expect(card).to_have_attribute("data-side", "back")


@each_kind
def test_no_page_scrolls_sideways_on_a_narrow_screen(new_page, address):
    """At 320 px, and at 640 px with twice the pixels, as a laptop has it at 200 % zoom."""
    page = new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    open_ready(page, address)
    assert_it_fits(page, 640)
    page.set_viewport_size({"width": 320, "height": 568})
    assert_it_fits(page, 320)
    if address in (HOME, CHAPTER, STUDY):
        turn(page).click()
        assert_it_fits(page, 320)
    if address == CHAPTER:
        finish_the_round(page)
        assert_it_fits(page, 320)


def test_no_page_at_all_is_wider_than_a_narrow_phone(new_page, site):
    page = new_page(viewport={"width": 320, "height": 568}, java_script_enabled=False)
    for file in sorted(site.rglob("index.html")):
        page.goto(f"{file.parent.relative_to(site).as_posix()}/".removeprefix("./"))
        assert_it_fits(page, 320)


def test_a_card_in_mid_turn_does_not_widen_a_narrow_page(new_page):
    """In perspective its near edge is wider than the card itself."""
    page = new_page(viewport={"width": 320, "height": 568})
    open_ready(page, HOME)
    widest = page.evaluate("""async () => {
      const page = document.documentElement;
      let [widest, frames] = [0, 0];
      document.querySelector("[data-do=flip]").click();
      do {
        await new Promise(requestAnimationFrame);
        widest = Math.max(widest, page.scrollWidth);
      } while (document.getAnimations().length && ++frames < 200);
      return { widest, frames };
    }""")
    assert widest["frames"] > 0, "the card did not turn"
    assert widest["widest"] <= 320


def assert_it_fits(page, width):
    """Nothing is wider than the screen, and a thumb hits each of our buttons."""
    assert_nothing_is_wider(page, width)
    ours = "flash-card button, flash-deck button, .md-button, glossary-index input, term-map select"
    for box in page.locator(f":is({ours}):visible").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().toJSON())"
    ):
        assert box["height"] >= 44
        assert 0 <= box["left"] and box["right"] <= width


def finish_the_round(page):
    """Miss each card of the quiz, from the one that shows its answer on."""
    deck = page.locator("flash-deck")
    for number in range(deck.locator("flash-card").count()):
        if number:
            turn(page).click()
        deck.locator("[data-grade=again]").click()
    expect(deck.get_by_role("link").last).to_be_visible()


# Finding a term


def test_the_search_finds_terms_and_aliases(page):
    page.goto("")
    box = page.get_by_role("textbox", name="Search")
    results = page.get_by_role("search").locator("li a")

    def look_for(text):
        box.fill(text)
        box.press("End")  # the theme listens to keys

    box.click()
    for name, card in NAMES[:: max(len(NAMES) // 20, 1)]:
        look_for(name)
        # The theme adds the words that it marks on the page, between the address and the anchor.
        entry = page.locator(f"a[href*='/glossary/{card.topic}/'][href$='#{card.id}']")
        expect(results.and_(entry), f"the search for {name}").not_to_have_count(0)
        look_for("")
        expect(results).to_have_count(0)


def test_the_glossarys_box_finds_terms_by_what_else_they_are_called(page, site_url):
    page.goto("")
    tabs = page.get_by_role("navigation", name="Tabs")
    tabs.get_by_role("link", name="Glossary").click()
    expect(page).to_have_url(site_url + GLOSSARY)
    box, status = filter_box(page), page.locator("glossary-index").get_by_role("status")
    expect(box).to_be_visible()
    assert len(listed(page)) == len(CARDS)
    for name, card in NAMES:
        box.fill(name)
        assert card.id in listed(page), name
    one = CARDS[0].term
    found = [listed(page) for text in (one, one.upper(), f"  {one} ") if not box.fill(text)]
    assert CARDS[0].id in found[0] and found == found[:1] * 3
    expect(status).to_have_text(re.compile(rf"{len(found[0])} terms?"))
    box.fill("zqxj")
    assert listed(page) == []
    expect(status).to_contain_text("No term or alias has “zqxj” in it.")
    box.fill("")
    assert len(listed(page)) == len(CARDS)
    expect(status).to_have_text("")


def test_an_address_in_the_glossary_leads_to_the_entry_on_its_page(page, site_url):
    for card in (CARDS[0], CARDS[len(CARDS) // 2], CARDS[-1]):
        page.goto(f"glossary/#{card.id}", wait_until="commit")  # it leads on before it is loaded
        expect(page).to_have_url(f"{site_url}glossary/{card.topic}/#{card.id}")
        expect(page.get_by_role("heading", name=card.term, exact=False).first).to_be_in_viewport()
    open_ready(page, GLOSSARY)
    page.evaluate(f"location.hash = '{CARDS[1].id}'")
    expect(page).to_have_url(f"{site_url}glossary/{CARDS[1].topic}/#{CARDS[1].id}")
    open_ready(page, "glossary/#nothing-of-ours")
    assert page.url == f"{site_url}glossary/#nothing-of-ours"


def test_each_card_has_an_entry_and_a_place_in_the_index(site):
    for card in CARDS:
        assert card.id in read(site / f"glossary/{card.topic}/index.html").ids
        assert card.id in read(site / "glossary/index.html").ids


@pytest.mark.parametrize("builder", ["trial"], indirect=True)
def test_mathematics_is_there_without_a_library(page, site):
    with_formulas = [
        file.parent.name
        for file in site.glob("glossary/*/index.html")
        if "<math" in file.read_text(encoding="utf-8")
    ]
    assert "<math" in (site / "study/index.html").read_text(encoding="utf-8")
    assert with_formulas
    asked = []
    page.on("request", lambda call: asked.append(call.url))
    page.goto(f"glossary/{with_formulas[0]}/", wait_until="networkidle")
    box = page.locator("math").first.bounding_box()
    assert box["width"] > 10 and box["height"] > 10
    assert not [url for url in asked if re.search("mathjax|katex|polyfill", url, re.IGNORECASE)]


# What is sent


def test_a_quiz_costs_at_most_12_kb(page, site_url):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(STUDY, wait_until="networkidle")
    expect(page.locator("flash-card")).not_to_have_count(0)
    ours = {
        answer.url.removeprefix(site_url): len(gzip.compress(answer.body()))
        for answer in answers
        if answer.url.startswith((f"{site_url}assets/cards/", f"{site_url}assets/loader"))
    }
    assert {"assets/cards/flash-deck.js", "assets/cards/cards.css"} <= set(ours)
    assert sum(ours.values()) <= 12 * 1024, ours


@pytest.mark.parametrize("address", [ABOUT, TOPIC])
def test_a_page_without_card_and_filter_loads_hardly_any_script_of_ours(page, site_url, address):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    scripts = [answer for answer in answers if answer.request.resource_type == "script"]
    ours = {
        answer.url.removeprefix(site_url): len(gzip.compress(answer.body()))
        for answer in scripts
        if "/assets/javascripts/" not in answer.url
    }
    # Bringing in the offline worker has a kilobyte of its own.
    assert 0 < ours.pop("assets/offline/offline.js") <= 1024
    assert 0 < sum(ours.values()) <= 1024, ours
    assert len(ours) + 1 < len(scripts), "the theme's scripts are not where they were"


def search(page):
    page.keyboard.press("f")
    # Not filled in: the theme listens to the keys.
    page.get_by_role("textbox", name="Search").press_sequentially(CARDS[-1].term)
    expect(page.get_by_role("search").locator("li").first).to_be_visible()
    # Only then has the theme counted what it found.
    expect(page.locator(".md-search-result__meta")).to_contain_text(re.compile(r"\d"))


def open_menu(page):
    page.locator("label[for=__drawer]:visible").first.click()


def whole_sheets(route):
    route.fulfill(path=THEME_SHEETS / route.request.url.rpartition("/")[2])


@pytest.mark.parametrize(
    ("address", "width", "do", "scheme"),
    [
        *((CHAPTER, 1280, None, scheme) for scheme in ("light", "dark") if has(CHAPTER)),
        (TOPIC, 1280, None, "dark"),
        (CONTRIBUTE, 1280, None, "light"),
        (GLOSSARY, 1280, search, "light"),
        (GLOSSARY, 1280, search, "dark"),
        (STUDY, 360, open_menu, "light"),
        (STUDY, 360, open_menu, "dark"),
    ],
)
def test_what_is_left_out_of_the_themes_sheets_is_not_missed(new_page, address, width, do, scheme):
    """Of its main sheet what no page uses goes, and the one of its colors, since ours sets them all."""
    page = new_page(viewport={"width": width, "height": 3000}, color_scheme=scheme)
    page.route("**/stylesheets/whole/*", whole_sheets)
    open_ready(page, address)
    if do:
        do(page)
    without = picture(page)
    loaded = page.evaluate(
        """(palette) => {
          const finished = document.querySelector("link[href*='stylesheets/main.']");
          const address = finished.href.replace("/main.", "/whole/main.");
          const whole = [address, address.replace(/main[^/]*$/, palette)].map((href) => {
            const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
            finished.before(sheet);
            return new Promise((resolve) => Object.assign(sheet, { onload: () => resolve(sheet.sheet.cssRules.length) }));
          });
          const rules = finished.sheet.cssRules.length;
          return Promise.all(whole).then((each) => (finished.remove(), [rules, ...each]));
        }""",
        next(THEME_SHEETS.glob("palette.*.css")).name,
    )
    assert loaded[0] < loaded[1] and loaded[2] > 0
    assert picture(page) == without


def picture(page):
    """A picture of a page once the theme's script has done with it."""
    pictures = [page.screenshot(animations="disabled")]
    while len(pictures) < 2 or pictures[-1] != pictures[-2]:
        assert len(pictures) < 20, "the page does not come to rest"
        page.wait_for_timeout(50)
        pictures.append(page.screenshot(animations="disabled"))
    return pictures[-1]


# Links


class Reading(HTMLParser):
    """What a page links to, and the names by which its parts can be linked to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src") and value is not None:
                self.links.add(value)


@cache
def read(file):
    return Reading(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"], indirect=True)
def test_no_link_within_the_site_is_broken(site, site_url):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) >= 10
    broken = []
    for page in pages:
        here = site_url + page.relative_to(site).as_posix().removesuffix("index.html")
        for link in read(page).links:
            if problem := problem_of(urljoin(here, link), site, site_url):
                broken.append(f"{here}: {link}: {problem}")
    assert not broken, "\n".join(broken)


def problem_of(url, site, site_url):
    """What is wrong with a link, if it leads to our own server."""
    address, anchor = urldefrag(url)
    if urlsplit(address).netloc != urlsplit(site_url).netloc:
        return None
    if not address.startswith(site_url):
        return "outside of the sub-path"
    path = unquote(urlsplit(address).path.removeprefix(urlsplit(site_url).path))
    file = site / path / "index.html" if path.endswith("/") or not path else site / path
    if not file.is_file():
        return "no such file"
    if anchor and file.suffix == ".html" and unquote(anchor) not in read(file).ids:
        return "no such anchor"


@pytest.mark.parametrize("builder", ["mkdocs", "zensical"], indirect=True)
def test_the_index_leads_to_every_entry(site):
    links = read(site / "glossary/index.html").links
    entries = {urldefrag(urljoin("glossary/", link)).fragment for link in links}
    assert entries >= {card.id for card in CARDS}


# For everybody


@each_kind
def test_axe_finds_nothing_before_and_after_a_turn(new_page, address):
    page = new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    open_ready(page, address)
    assert_axe_is_content(page)
    if address in (HOME, CHAPTER, STUDY):
        turn(page).click()
        assert_axe_is_content(page)
    if address == CHAPTER:
        finish_the_round(page)
        assert_axe_is_content(page)
    if address == GLOSSARY:
        filter_box(page).fill("zebra")
        assert_axe_is_content(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ink_stands_out_from_paper(new_page, scheme):
    """On a card, whose rules are a gradient, axe cannot tell; so it is reckoned here."""
    page = new_page(color_scheme=scheme)
    open_ready(page, HOME)
    colors = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      const color = (name) => {
        probe.style.color = `var(--${name})`;
        return getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
      };
      const names = ["ink", "ink-soft", "accent", "paper", "page"];
      return Object.fromEntries(names.map((name) => [name, color(name)]));
    }""")
    assert len(set(map(tuple, colors.values()))) == 5
    for ink in ("ink", "ink-soft", "accent"):
        for ground in ("paper", "page"):
            assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)


def contrast(one, other):
    """The contrast of two sRGB colors as WCAG defines it, from 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color):
    parts = [part / 255 for part in color[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
