"""How long the record takes with years of learning in it, on a slow phone.

`python tests/bench_record.py` prints what was measured beside what is allowed.
"""

import statistics
from pathlib import Path

from browser import LAUNCH_ARGS, find
from pages_server import PagesServer
from playwright.sync_api import sync_playwright

CARDS = Path(__file__).resolve().parent.parent / "overrides" / "assets" / "cards"
SLOWDOWN = 4
SIZES = [(100, 1000), (1000, 10_000), (10_000, 100_000)]

# Fills the database as the record lays it out, and lets the page's next opening make the schedules.
FILL = """async ([deck, cards, events]) => {
  const { openRecord } = await import("./record.js");
  await openRecord(deck);
  const open = indexedDB.open(`flash-record:${deck}`);
  await new Promise((resolve) => (open.onsuccess = resolve));
  const grades = ["good", "good", "again", "easy", "hard", "good"];
  const start = Date.now() - 400 * 864e5;
  for (let from = 0; from < events; from += 10000) {
    const transaction = open.result.transaction("events", "readwrite");
    for (let n = from; n < Math.min(events, from + 10000); n++)
      transaction.objectStore("events").put({
        id: `${n}-${Math.random()}`, kind: "review", card: `card-${n % cards}`, mode: "flip",
        revision: 1, grade: grades[n % grades.length], at: start + (n / cards) * 30 * 864e5 + n,
      });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  }
  open.result.close();
}"""

OPEN = """async (deck) => {
  const { openRecord } = await import("./record.js");
  const start = performance.now();
  window.record = await openRecord(deck);
  return performance.now() - start;
}"""

ADD = """async (cards) => {
  const times = [];
  await record.add({ kind: "review", card: "card-0", grade: "good" }); // the scheduler is fetched
  for (let n = 1; n <= 20; n++) {
    const start = performance.now();
    await record.add({ kind: "review", card: `card-${(n * 7) % cards}`, grade: "good" });
    times.push(performance.now() - start);
  }
  return times;
}"""


def rows() -> list[tuple[str, float, float | None]]:
    """Return what was measured: (name, measured, budget), in ms and MB of the JavaScript heap."""
    server, found = PagesServer(CARDS), []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
            for cards, events in SIZES:
                largest = (cards, events) == SIZES[-1]
                found += measure(browser, server.url, cards, events, largest)
            browser.close()
    finally:
        server.stop()
    return found


def measure(browser, url, cards, events, largest):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{url}empty")
    page.evaluate(FILL, ["bench", cards, events])
    page.close()

    def slow_page():
        page = context.new_page()
        page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto(f"{url}empty")
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        return page, session

    page, _ = slow_page()
    rebuilt = page.evaluate(OPEN, "bench")
    page.close()
    opened = []
    for _ in range(3):
        page, session = slow_page()
        opened.append(page.evaluate(OPEN, "bench"))
        if len(opened) < 3:
            page.close()
    added = page.evaluate(ADD, cards)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    context.close()
    size = f"{cards:,} cards, {events:,} events"
    return [
        (f"record opened, {size}", statistics.median(opened), 1000 if largest else None),
        (f"review recorded, {size}", statistics.median(added), 50 if largest else None),
        (f"memory of the record, {size}", heap, 200 if largest else None),
        (f"all schedules made again, {size}", rebuilt, None),
    ]


if __name__ == "__main__":
    for name, measured, budget in rows():
        print(f"{measured:8.1f}  {'' if budget is None else f'at most {budget}':13} {name}")
