"""Measures what a learner waits for who has years of learning in the record, on a slow phone.

Sites of 100, 1,000 and 10,000 cards are built, finished and served, and ten reviews of each card
put into the browser's record. Then a session is opened and twenty of its cards are graded, in
Chromium at a quarter of its speed. Files come from the browser's cache, as at a second visit, and
the offline worker is left out.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from audit import Measure
from browser import LAUNCH_ARGS, find
from conftest import run_builder, run_finish
from generated_deck import deck, name
from pages_server import PagesServer
from playwright.sync_api import Browser, Page, sync_playwright
from small_project import small_project

SIZES = (100, 1000, 10_000)  # cards
REVIEWS = 10  # of each card
SLOWDOWN = 4
LOADS = 5
GRADES = 20
PAUSE = 400  # ms in which a card turns, and a learner would have read it
PATIENCE = 120  # seconds

# Puts reviews into the database as record.js lays it out; the record's next opening makes the
# schedules. A card is forgotten now and then; the last reviews are of the last hundred days.
FILL = """async ([modules, cards, reviews]) => {
  const { openRecord } = await import(`${modules}record.js`);
  await openRecord("bench");
  const opening = indexedDB.open("flash-record:bench");
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const grades = ["good", "good", "hard", "again", "good", "good", "easy", "again", "good", "good"];
  const [now, day] = [Date.now(), 864e5];
  const writing = opening.result.transaction("events", "readwrite");
  cards.forEach((card, n) => {
    for (let nth = 0; nth < reviews; nth++) {
      const at = now - ((n * 37) % 100) * day - (reviews - nth - 1) * 9 * day - n;
      const grade = grades[nth % grades.length];
      const event = { id: `${card}-${nth}`, kind: "review", card, grade, mode: "flip", revision: 1, at };
      writing.objectStore("events").put(event);
    }
  });
  await new Promise((resolve) => (writing.oncomplete = resolve));
  opening.result.close();
}"""

OPEN = """async (modules) => {
  const { openRecord } = await import(`${modules}record.js`);
  const began = performance.now();
  window.record = await openRecord("bench");
  return performance.now() - began;
}"""

LOOP = """() => {
  const began = performance.now();
  let sum = 0;
  for (let n = 0; n < 1e7; n++) sum = (sum * 31 + n) % 65521;
  return sum < 0 ? sum : performance.now() - began;
}"""

COUNT = """async (modules) => {
  const module = await import(`${modules}numbers.js`);
  const cards = new Map(record.schedules().map(({ card }) => [card, "topic"]));
  const began = performance.now();
  await module.numbers(record, cards, Date.now());
  return performance.now() - began;
}"""

# Tells when the session's first card had been painted, and of each grade.
WATCH = """
  Object.assign(window, { first: 0, keys: [], events: [], followed: [], graded: [] });
  const deck = () => document.querySelector("study-board > flash-deck[data-state=asking]");
  const looking = new MutationObserver(() => {
    if (first || !deck()?.querySelector(".flash-today").textContent.includes("today")) return;
    looking.disconnect();
    requestAnimationFrame(() => (first = performance.now()));
  });
  looking.observe(document, { childList: true, subtree: true });
  const pressed = ({ key, timeStamp }) => {
    if (key !== "3") return;
    keys.push(timeStamp);
    const follow = () => (deck() ? followed.push(performance.now() - timeStamp) : requestAnimationFrame(follow));
    requestAnimationFrame(follow);
  };
  addEventListener("keydown", pressed, true);
  addEventListener("flash-card:grade", () => graded.push(performance.now()));
  new PerformanceObserver((list) => events.push(...list.getEntries()))
    .observe({ type: "event", durationThreshold: 16 });
"""

# How long each key that grades took to be answered by a painted page, and where the next card was not in
# that, how long the card took. Browsers tell of no event that took less than 16 ms.
NEXTS = """keys.map((at, nth) => {
  const told = events.find(({ name, startTime }) => name === "keydown" && startTime === at);
  return Math.max(told?.duration ?? 16, followed[nth]);
})"""
KEPT = "keys.map((at, nth) => graded[nth] - at)"


def studies(folder: Path) -> list[Measure]:
    """The seconds, milliseconds and megabytes that studying takes, and how each grows with the deck."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
        found = [study(browser, folder / str(cards), cards) for cards in SIZES]
        browser.close()
    return [measure for grown in zip(*found, strict=True) for measure in grown]


def study(browser: Browser, folder: Path, cards: int) -> list[Measure]:
    """What is measured with a deck of so many cards; the largest is held against the budgets."""
    project = small_project(folder, deck(cards), [])
    built = run_builder(project)
    began = time.monotonic()
    finished = run_finish(project, project / "site")
    finishing = time.monotonic() - began
    if built.returncode or finished.returncode:
        sys.exit(built.stdout + finished.stdout)
    server = PagesServer(project / "site")
    learner = Learner(browser, server.url, cards)
    try:
        rows = learner.rows()
    finally:
        learner.context.close()
        server.stop()
    rows.append(("s: finish", round(finishing, 1), ""))
    return [
        Measure(f"{what}, {cards:,} cards", value, budget if cards == max(SIZES) else "")
        for what, value, budget in rows
    ]


class Learner:
    """A browser with the record of a deck of so many cards, slowed down."""

    def __init__(self, browser: Browser, url: str, cards: int):
        self.context = browser.new_context(base_url=url)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.add_init_script("delete Navigator.prototype.serviceWorker")
        self.context.add_init_script(WATCH)
        self.modules = f"{url}assets/cards/"
        page = self.context.new_page()
        page.goto(".")
        page.evaluate(FILL, [self.modules, [name(n) for n in range(cards)], REVIEWS])
        page.close()

    @contextmanager
    def slow_page(self, address: str = ".") -> Iterator[Page]:
        """A page at a quarter of the speed; at the home page nothing opens the record by itself."""
        page = self.context.new_page()
        session = self.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        page.goto(address)
        yield page
        page.close()

    def rows(self) -> list[tuple[str, float, str]]:
        """What was measured, each with the budget that it is held against."""
        replayed = self.opened()
        opened = median(self.opened() for _ in range(LOADS))
        firsts = median(self.first() for _ in range(LOADS))
        with self.slow_page("study/") as page:
            until(page, "first")
            grade(page)
            session = self.context.new_cdp_session(page)
            session.send("HeapProfiler.collectGarbage")
            heap = session.send("Runtime.getHeapUsage")
            held = (heap["usedSize"] + heap["embedderHeapUsedSize"]) / 2**20
            nexts, kept = page.evaluate(NEXTS), page.evaluate(KEPT)
            process = self.process()
        with self.slow_page() as page:
            page.evaluate(OPEN, self.modules)
            counted = page.evaluate(COUNT, self.modules)
            looped = page.evaluate(LOOP)
        return [
            ("s: study page to first card", round(firsts / 1000, 2), "study-first-card"),
            ("ms: grade to next card", round(median(nexts)), "grade-to-next"),
            ("ms: grade to the disk", round(median(kept)), ""),
            ("MB: what scripts and the page hold", round(held), "study-memory"),
            ("MB: the tab's process", process, "study-memory"),
            ("ms: record opened", round(opened), ""),
            ("s: all schedules made again", round(replayed / 1000, 2), ""),
            ("s: numbers", round(counted / 1000, 2), ""),
            ("ms: a plain loop, to compare machines by", round(looped), ""),
        ]

    def process(self) -> int:
        """The megabytes of the tab's process that it shares with none; 0 where the system does not tell."""
        session = self.context.browser.new_browser_cdp_session()
        told = session.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [each["id"] for each in told if each["type"] == "renderer"]
        files = [file for id in renderers if (file := Path(f"/proc/{id}/smaps_rollup")).exists()]
        parts = [re.findall(r"Private_\w+: +(\d+) kB", file.read_text()) for file in files]
        return round(max((sum(map(int, sizes)) for sizes in parts), default=0) / 1024)

    def opened(self) -> float:
        """The milliseconds in which the record opens."""
        with self.slow_page() as page:
            return page.evaluate(OPEN, self.modules)

    def first(self) -> float:
        """The milliseconds from the call of the study page to the session's first card."""
        with self.slow_page("study/") as page:
            until(page, "first")
            return page.evaluate("first")


def grade(page: Page) -> None:
    """Turn and grade cards, as a learner does, without haste."""
    for n in range(GRADES):
        page.wait_for_timeout(PAUSE)
        page.keyboard.press("Space")
        until(page, "document.querySelector('[data-grade=good] > small').textContent")
        page.wait_for_timeout(PAUSE)
        page.keyboard.press("3")
        until(page, f"graded.length > {n}")
    page.wait_for_timeout(PAUSE)


def until(page: Page, told: str) -> None:
    """Wait for a page to tell something, from outside, so that the page has nothing to do for it."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(told):
        if time.monotonic() > end:
            sys.exit(f"{page.url} has not told {told} in {PATIENCE} s")
        page.wait_for_timeout(50)
