"""The site in Chromium, Firefox and WebKitGTK: whichever are here, and all that are asked for.

REQUIRE_ENGINES=chromium,firefox,webkit makes the absence of one a failure, as the workflow does.
"""

import os
import re
import shutil
from contextlib import contextmanager

import engines
import pytest
from browser import LAUNCH_ARGS, find
from conftest import TRIAL
from pages_server import PagesServer

from macros.finish import finish
from macros.load import load

SITE = "trial"

FOUND = engines.found()
ALIAS, ITS_TERM = "seq2seq", "sequence-to-sequence model"


def test_the_engines_that_are_asked_for_are_here():
    required = os.environ.get("REQUIRE_ENGINES", "chromium").split(",")
    assert set(required) <= set(FOUND)


# What a page does wrong on purpose, so that the watch over the other tests is itself tested.
FAULTS = """
console.error("loud");
Promise.reject("unkept");
document.head.append(Object.assign(document.createElement("script"), {text: "1"}));
nothing.such();
"""


@contextmanager
def serve(site, site_url, folder):
    """Serve a watched copy of the site at an origin, and so a storage and a worker, of its own."""
    shutil.copytree(site, folder)
    server = PagesServer(folder)
    try:
        for file in [*folder.rglob("*.html"), folder / "sitemap.xml"]:
            text = file.read_text(encoding="utf-8").replace(site_url, server.url)
            file.write_text(engines.watched(text, server.url), encoding="utf-8")
        (folder / "witness.js").write_text(engines.WITNESS, encoding="utf-8")
        (folder / "faults.js").write_text(FAULTS, encoding="utf-8")
        finish(folder, load(TRIAL / "cards.yaml"))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def served(site, site_url, tmp_path_factory):
    """The address of the finished site, for all engines."""
    with serve(site, site_url, tmp_path_factory.mktemp("engines") / "site") as server:
        yield server.url


# Of pytest-xdist's workers one starts an engine, and runs all of its tests.
@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in FOUND],
)
def engine(request):
    """A running browser, for all tests of a worker."""
    if request.param == "chromium":
        # The one with windows, which people use.
        kind = request.getfixturevalue("chromium").browser_type
        browser = kind.launch(executable_path=find(), args=LAUNCH_ARGS)
        yield engines.Chromium(browser.new_context())
        browser.close()
        return
    start = {"firefox": engines.firefox, "webkit": engines.webkit}[request.param]
    with start(FOUND[request.param]) as browser:
        yield browser


@pytest.fixture
def browser(engine, request):
    """The running browser; fails the test when a page or the browser complained of anything.

    The test's marker `expects` names what may be complained of.
    """
    yield engine
    marks = request.node.iter_markers("expects")
    expected = [pattern for mark in marks for pattern in mark.args]
    complaints = engine.errors()
    # So that nothing more is heard of the page in the next test.
    engine.open("about:blank")
    engine.console()
    surprises = [text for text in complaints if not any(re.search(e, text) for e in expected)]
    if surprises:
        pytest.fail("The page was not quiet:\n" + "\n".join(surprises), pytrace=False)


def test_a_card_turns_by_click_and_by_space(browser, served):
    browser.open(served + "learn/peft/")
    side = "document.querySelector('flash-deck flash-card:not([hidden])').dataset.side"
    browser.wait(f"{side} === 'front'")
    browser.click("flash-deck flash-card:not([hidden]) .flash-sheet")
    browser.wait(f"{side} === 'back'")
    browser.type(" ")
    browser.wait(f"{side} === 'front'")


def test_grades_bring_the_next_card_and_the_summary(browser, served):
    browser.open(served + "learn/peft/")
    browser.wait("document.querySelector('flash-deck').dataset.state === 'asking'")
    cards = browser.run("document.querySelectorAll('flash-deck flash-card').length")
    shown = (
        "[...document.querySelectorAll('flash-deck flash-card')].findIndex((each) => !each.hidden)"
    )
    for at in range(cards):
        browser.wait(f"{shown} === {at}")
        browser.click("flash-deck [data-do=flip]")
        browser.wait("document.querySelector('flash-deck').dataset.state === 'answered'")
        browser.click(f"flash-deck [data-grade={'again' if at == 1 else 'good'}]")
    browser.wait("document.querySelector('flash-deck').dataset.state === 'done'")
    assert browser.run("document.querySelectorAll('.flash-summary li').length") == 1
    assert browser.run("document.activeElement.className") == "flash-done"


def test_what_was_graded_is_known_on_every_page(browser, served):
    state = "document.querySelector('flash-deck')?.dataset.state"
    # The theme's script comes after the deck, and who leaves before that makes it fail.
    begun = f"{state} === 'asking' && window.document$"
    browser.open(served + "study/")
    browser.wait(begun)
    # With a record a session begins, whose first card may be taller.
    browser.run("document.querySelector('flash-deck').begin()")
    browser.wait("document.querySelector('.flash-today').textContent.includes('today')")
    browser.click("flash-deck [data-do=flip]")
    browser.wait("document.querySelector('[data-grade=easy] small').textContent")
    card = browser.run("document.querySelector('flash-card:not([hidden])').dataset.card")
    browser.click("flash-deck [data-grade=easy]")
    browser.wait(f"{state} === 'asking'")
    browser.open(served + "glossary/")
    mark = f"document.querySelector('li[data-card={card}] .card-mark')?.textContent"
    browser.wait(f"{mark} === 'known'")
    browser.open(served + "study/")
    browser.wait(f"{begun} && document.querySelector('.flash-today').textContent.includes(' new')")
    assert not browser.run(
        f"document.querySelector('flash-deck').round.some((each) => each.dataset.card === {card!r})"
    )


def test_modes_ask_in_place_and_grade(browser, served):
    browser.open(served + "study/?topic=peft&mode=choose&seed=class")
    browser.wait(
        "document.querySelectorAll('.flash-options > button').length === 4 && window.document$"
    )
    browser.click(".flash-options > button")
    browser.wait("document.querySelector('.flash-verdict[data-verdict]')")
    browser.wait("document.activeElement.dataset.grade")
    browser.click("[data-grade]:not([hidden])")
    browser.wait("document.querySelector('flash-deck').dataset.state === 'asking'")
    browser.click("[data-do=mode-type]")
    browser.wait("document.querySelector('.flash-fields input')")
    browser.click(".flash-fields input")
    browser.type("something else")
    browser.click(".flash-fields [type=submit]")
    browser.wait("document.querySelector('.flash-verdict').textContent.includes('something else')")
    browser.click("[data-grade=good]")
    browser.wait("document.querySelector('.flash-fields')")
    browser.click("[data-do=mode-match]")
    browser.wait("document.querySelectorAll('.flash-pairs button').length === 6")


def test_the_search_finds_a_term_by_an_alias(browser, served):
    browser.open(served)
    browser.wait("document.querySelector('.md-search__input')")
    browser.click(".md-search__input")
    browser.wait("document.activeElement.className.includes('md-search__input')")
    browser.type(ALIAS)
    found = "document.querySelector('.md-search-result__list')?.textContent"
    browser.wait(f"{found}?.includes({ITS_TERM!r})")


def test_instant_navigation_leaves_working_decks(browser, served):
    browser.open(served + "learn/")
    browser.wait("window.same = document.querySelector('.md-content a[href$=\"peft/\"]')")
    # Before the theme has the list of pages, a link is an ordinary one.
    pages = "({ name, responseEnd }) => name.endsWith('sitemap.xml') && responseEnd"
    browser.wait(f"performance.getEntriesByType('resource').some({pages})")
    side = "document.querySelector('flash-deck flash-card:not([hidden])')?.dataset.side"
    for _ in range(2):
        browser.click(".md-content a[href$='peft/']")
        browser.wait(f"location.href.endsWith('learn/peft/') && {side} === 'front'")
        browser.click("flash-deck [data-do=flip]")
        browser.wait(f"{side} === 'back'")
        browser.run("history.back()")
        browser.wait("location.href.endsWith('learn/') && !document.querySelector('flash-deck')")
    assert browser.run("!!window.same")


def test_the_palette_changes_and_is_kept(browser, served):
    browser.open(served)
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    browser.wait(scheme)
    before = browser.run(scheme)
    browser.click("label[for^=__palette]:not([hidden])")
    browser.wait(f"{scheme} !== {before!r}")
    browser.open(served + "study/")
    browser.wait(f"{scheme} !== {before!r}")


def test_the_map_shows_a_way_and_its_lines_meet(browser, served):
    browser.open(served + "map/?to=lora")
    # In Firefox the theme's script complains where its page is left before it has run.
    browser.wait("document.readyState === 'complete'")
    browser.wait("document.querySelectorAll('.map-way li').length > 0")
    # One for each pair of rows or headings that follow each other.
    gaps = browser.run("""(() => {
      const boxes = [...document.querySelectorAll("term-map section svg")].map((svg) => svg.getBoundingClientRect());
      return boxes.slice(1).map(({ top }, above) => Math.abs(top - boxes[above].bottom));
    })()""")
    assert len(gaps) > 10
    assert max(gaps) < 0.5
    assert browser.run("document.querySelectorAll('path.map-lit').length") > 0


# Chromium says of each request that it had no answer, as when the page looks for a new version.
@pytest.mark.expects("status of 404", "net::ERR_")
def test_with_the_server_dead_pages_open_and_cards_turn(browser, site, site_url, tmp_path):
    with serve(site, site_url, tmp_path / "site") as server:
        browser.open(server.url)
        browser.wait("navigator.serviceWorker.controller")
        server.stop()
        browser.open(server.url + "learn/peft/")
        browser.wait("document.querySelector('flash-deck').dataset.state === 'asking'")
        browser.click("flash-deck [data-do=flip]")
        browser.wait("document.querySelector('[data-grade=good] small').textContent === '10 min'")
        browser.open(server.url + "no/such/page/")
        browser.wait("document.querySelector('h1').textContent.startsWith('There is no page')")


def test_what_goes_wrong_is_noticed(engine, served):
    engine.open(served)
    engine.run(
        "document.head.append(Object.assign(document.createElement('script'), {src: 'faults.js'}))"
    )
    signs = ("policy: script-src-elem", "rejection: unkept", "console: loud", "error: .*nothing")
    said = []

    def all_noticed():
        said.extend(engine.errors())
        return all(re.search(sign, "\n".join(said)) for sign in signs)

    engines.until(all_noticed, (signs, said))
