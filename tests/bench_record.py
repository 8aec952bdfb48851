"""Measures what a learner waits for who has years of learning in the record, on a slow phone.

Sites of 100, 1,000 and 10,000 cards are built, finished and served, and ten reviews of each card
put into the browser's record. Then a session is opened and twenty of its cards are graded, in
Chromium at a quarter of its speed. Files come from the browser's cache, as at a second visit, and
the offline worker is left out.
"""

import statistics
import sys
import time
from pathlib import Path

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
LEAST = 16  # ms: browsers tell of no event that took less

# Puts reviews into the database as record.js lays it out; the record's next opening makes the
# schedules. A card is forgotten now and then; the last reviews are of the last hundred days.
FILL = """async ([record, all, reviews]) => {
  const { openRecord } = await import(record);
  await openRecord("bench");
  const opening = indexedDB.open("flash-record:bench");
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const grades = ["good", "good", "hard", "again", "good", "good", "easy", "again", "good", "good"];
  const [now, day] = [Date.now(), 864e5];
  const writing = opening.result.transaction("events", "readwrite");
  all.forEach((card, n) => {
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

OPEN = """async (record) => {
  const { openRecord } = await import(record);
  const began = performance.now();
  window.record = await openRecord("bench");
  return performance.now() - began;
}"""

COUNT = """async (numbers) => {
  const module = await import(numbers);
  const cards = new Set(record.schedules().map(({ card }) => card));
  const began = performance.now();
  await module.numbers(record, cards, Date.now());
  return performance.now() - began;
}"""

# Tells when the session's first card had been painted, and of each grade.
WATCH = """
  Object.assign(window, { first: 0, keys: [], events: [], graded: [] });
  const look = () => {
    const deck = document.querySelector("study-board > flash-deck[data-state=asking]");
    const told = deck?.querySelector(".flash-today").textContent.includes("today");
    requestAnimationFrame(told ? () => (first = performance.now()) : look);
  };
  requestAnimationFrame(look);
  addEventListener("keydown", ({ key, timeStamp }) => key === "3" && keys.push(timeStamp), true);
  addEventListener("flash-card:grade", () => graded.push(performance.now()));
  new PerformanceObserver((list) => events.push(...list.getEntries()))
    .observe({ type: "event", durationThreshold: 16 });
"""


def studies(folder: Path) -> list[Measure]:
    """The seconds, milliseconds and megabytes that studying takes, each as the deck grows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
        each = [measured(browser, folder / str(cards), cards) for cards in SIZES]
        browser.close()
    return [measure for rows in zip(*each, strict=True) for measure in rows]


def measured(browser: Browser, folder: Path, cards: int) -> list[Measure]:
    """What is measured with a deck of so many cards."""
    project = small_project(folder, deck(cards), [])
    built = run_builder(project)
    began = time.monotonic()
    finished = run_finish(project, project / "site")
    finishing = time.monotonic() - began
    if built.returncode or finished.returncode:
        sys.exit(built.stdout + finished.stdout)
    megabytes = sum(file.stat().st_size for file in (project / "site/study").iterdir()) / 2**20
    server = PagesServer(project / "site")
    context = browser.new_context(base_url=server.url)
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(".")
    ids = [name(n) for n in range(cards)]
    page.evaluate(FILL, [f"{server.url}assets/cards/record.js", ids, REVIEWS])
    page.close()

    def slow_page(address: str) -> Page:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        page.add_init_script(WATCH)
        page.goto(address)
        return page

    def opened() -> float:
        page = slow_page(".")
        took = page.evaluate(OPEN, f"{server.url}assets/cards/record.js")
        page.close()
        return took

    replay, opening = opened(), statistics.median(opened() for _ in range(LOADS))
    page = slow_page(".")
    page.evaluate(OPEN, f"{server.url}assets/cards/record.js")
    numbers = page.evaluate(COUNT, f"{server.url}assets/cards/numbers.js")
    page.close()
    firsts = []
    for _ in range(LOADS):
        page = slow_page("study/")
        until(page, "first")
        firsts.append(page.evaluate("first"))
        if len(firsts) < LOADS: page.close()
    print(firsts)
    nexts, kept = grade(page)
    print(nexts, kept)
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")
    print(heap)
    print(replay, opening, numbers, finishing, megabytes)
    context.close()
    server.stop()
    return []

def until(page, told):
    while not page.evaluate(told):
        page.wait_for_timeout(50)

def grade(page):
    for n in range(GRADES):
        page.wait_for_timeout(PAUSE)
        page.keyboard.press("Space")
        until(page, "document.querySelector('[data-grade=good] > small').textContent")
        page.wait_for_timeout(PAUSE)
        page.keyboard.press("3")
        until(page, f"graded.length > {n}")
    page.wait_for_timeout(PAUSE)
    return page.evaluate("""[
      keys.map((at) => events.find(({ name, startTime }) => name === "keydown" && startTime === at)?.duration ?? 16),
      keys.map((at, n) => graded[n] - at)]""")

if __name__ == "__main__":
    import tempfile
    SIZES = [int(x) for x in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as f: studies(Path(f))
