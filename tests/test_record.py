"""The learner's record: nothing that was recorded is ever lost, whatever happens to the browser."""

import json
import random
import re
import shutil
from contextlib import contextmanager

import engines
import pytest
from browser import LAUNCH_ARGS, find
from conftest import ROOT, empty
from pages_server import PagesServer
from playwright.sync_api import Error

CARDS = ROOT / "overrides" / "assets" / "cards"
MINUTE = 60 * 1000
DAY = 24 * 60 * MINUTE
NOON = 1_750_000_000_000 // DAY * DAY + DAY // 2  # of a day in June 2025, in UTC
GRADES = ["again", "hard", "good", "easy"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A site of nothing but the record's own modules."""
    root = tmp_path_factory.mktemp("record")
    folder = root / "cards"
    folder.mkdir()
    for module in CARDS.glob("*.js"):
        shutil.copy(module, folder)
    shutil.copytree(CARDS.parent / "words", root / "words")
    (folder / "index.html").write_text("<!doctype html><title>Record</title>", encoding="utf-8")
    server = PagesServer(root)
    server.url += "cards/"
    yield server
    server.stop()


@pytest.fixture
def browser(chromium, server, used_contexts):
    """A learner's browser at the empty page: what its pages share is this context's."""
    plain, others = [], []
    free = used_contexts[server.url]

    def open_context(**options):
        if free and not options:
            context, _ = free.pop()
        else:
            context = chromium.new_context(base_url=server.url, **options)
            context.set_default_timeout(20_000)
        (others if options else plain).append(context)
        return context

    yield open_context
    for context in others:
        context.close()
    for context in plain:
        if empty(context, server.url):
            free.append((context, []))
        else:
            context.close()


@pytest.fixture
def tab(browser):
    return Tab(browser())


class Tab:
    """One page with the record of a deck."""

    def __init__(self, context, script="", path=".", deck="tiny", **options):
        self.page = context.new_page()
        if script:
            self.page.add_init_script(script)
        self.page.goto(path)
        self.deck, self.options = deck, options
        self.open()

    def open(self):
        self.page.evaluate(
            """async ([deck, options]) => {
              const { openRecord } = await import("./record.js");
              window.record = await openRecord(deck, options);
              window.file = await import("./record-file.js");
            }""",
            [self.deck, self.options],
        )

    def reload(self):
        self.page.reload()
        self.open()

    def run(self, script, *arguments):
        return self.page.evaluate(script, *arguments)

    def add(self, *events):
        return self.run("(events) => Promise.all(events.map((event) => record.add(event)))", events)

    def take(self, *events):
        """Add events at once, which is many times quicker."""
        self.run("(events) => record.take(events)", events)

    def review(self, card="cat", grade="good", **fields):
        return self.add({"kind": "review", "card": card, "grade": grade, **fields})[0]

    def schedules(self):
        found = self.run("record.schedules()")
        return {(each["card"], each["prompt"]): each for each in found}

    def replayed(self):
        """What the schedules must be: made of all events at once."""
        return self.run(
            """async (formerly) => {
              const { deriveAll } = await import("./scheduler.js");
              const names = new Map(Object.entries(formerly));
              const options = { retention: record.setting("retention"), names };
              return [...deriveAll(await record.events(), options).values()].flat();
            }""",
            self.options.get("formerly", {}),
        )

    def agrees(self):
        schedules = self.schedules()
        assert {(each["card"], each["prompt"]): each for each in self.replayed()} == schedules
        return schedules

    def ids(self):
        return {each["id"] for each in self.run("record.events()")}

    def exported(self):
        return self.run("file.exported(record)")

    def kept(self):
        return self.run("[record.kept, record.why]")

    def merge(self, *files):
        for each in files:
            self.run("(each) => file.merge(record, each)", each)

    def preview(self, content, cards=("cat", "dog"), **options):
        return self.run(
            "([content, cards, options]) => file.preview(record, content, cards, options)",
            [content, cards, options],
        )


def study(chance, count, cards=("cat", "dog", "emu"), prompts=("", "reverse"), start=NOON):
    """Make events as a learner leaves them: mostly reviews, and now and then another."""
    events, at = [], start
    for _ in range(count):
        at += chance.choice([MINUTE, 10 * MINUTE, DAY, chance.randint(1, 20 * DAY)])
        event = {"id": f"{chance.getrandbits(64):x}", "card": chance.choice(cards), "at": at}
        if prompt := chance.choice(prompts):
            event["prompt"] = prompt
        kind = chance.choices(
            ["review", "undo", "suspend", "resume", "bury", "reset"], [20, 2, 1, 1, 1, 1]
        )[0]
        if kind == "undo":
            earlier = [each["id"] for each in events if each["card"] == event["card"]]
            event["undoes"] = chance.choice(earlier or ["none"])
        if kind == "review":
            event |= {"grade": chance.choice(GRADES), "mode": "flip", "revision": 1}
        events.append(event | {"kind": kind})
    return events


@pytest.fixture(params=range(2))
def chance(request):
    return random.Random(request.param)


# --- what is recorded


def test_what_is_added_is_there_after_a_reload(tab, chance):
    for event in study(chance, 30):
        tab.add(event)
    before, log = tab.agrees(), tab.exported()
    assert len(log["events"]) == 30
    tab.reload()
    assert tab.schedules() == before
    assert tab.exported() == log
    tab.agrees()


def test_an_event_gets_an_id_and_a_time(tab):
    event = tab.review()
    assert len(event["id"]) > 15
    assert abs(event["at"] - tab.run("Date.now()")) < 60_000
    assert tab.run("record.events()") == [event]
    assert tab.review(id="mine", at=NOON)["id"] == "mine"


def test_a_page_that_comes_back_as_it_was_left_goes_on(browser):
    """As the back button brings it, from the browser's memory."""
    context = browser()
    tab, other = Tab(context), Tab(context)
    tab.review("cat")
    said = tab.run("""async () => {
      const adding = record.add({ id: "last", kind: "review", card: "dog", grade: "good" });
      const database = IDBDatabase.prototype.transaction;
      const begun = new Promise((resolve) => {
        IDBDatabase.prototype.transaction = function (...given) {
          resolve();
          return database.apply(this, given);
        };
      });
      await begun;
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      await adding;
      return [record.kept, record.schedule("dog").reps];
    }""")
    assert said == [True, 1]
    assert "last" not in other.ids()
    tab.run("void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert "last" in tab.ids()
    assert "last" in other.ids()
    tab.agrees()


def test_what_is_no_event_is_refused(tab):
    for event in ({}, {"kind": "review"}, {"kind": "review", "card": ""}):
        with pytest.raises(Error, match="An event needs a kind, a card and a time"):
            tab.add(event)
    assert tab.ids() == set()
    tab.review()


def test_opening_a_record_twice_gives_the_same(tab):
    assert tab.run(
        """async () => {
          const { openRecord } = await import("./record.js");
          return (await openRecord("tiny")) === record;
        }"""
    )


def test_a_page_is_told_which_cards_changed(tab):
    tab.run("window.changed = []")
    tab.run("record.addEventListener('change', (event) => changed.push(event.detail.cards))")
    tab.review("cat")
    tab.review("dog")
    assert [each for cards in tab.run("changed") for each in cards][-1] == "dog"


def test_nothing_of_the_scheduler_is_fetched_before_it_is_needed(browser):
    context = browser()
    asked = []
    context.on("request", lambda request: asked.append(request.url.rsplit("/")[-1]))
    tab = Tab(context)
    tab.run("record.set('keys', false)")
    tab.reload()
    assert "scheduler.js" not in asked and "fsrs.min.js" not in asked
    tab.review()
    assert "scheduler.js" in asked
    asked.clear()
    tab.reload()
    assert "scheduler.js" not in asked


@pytest.mark.parametrize("fails", [lambda route: route.abort(), lambda route: None])
def test_a_review_while_the_scheduler_cannot_be_had_is_kept(browser, fails):
    context = browser()
    tab = Tab(context)
    tab.review("cat")
    tab.reload()
    context.route("**/scheduler.js", fails)
    tab.review("cat", "again")
    assert tab.kept() == [True, ""]
    context.unroute("**/scheduler.js")
    tab.reload()
    assert tab.agrees()["cat", ""]["reps"] == 2


def test_settings_stay(tab):
    assert tab.run("record.setting('retention')") == 0.9
    tab.run("record.set('retention', 0.8)")
    tab.run("record.set('fromTheFuture', {deep: [1]})")
    tab.reload()
    assert tab.run("record.setting('retention')") == 0.8
    assert tab.run("record.setting('fromTheFuture')") == {"deep": [1]}


def test_another_retention_makes_all_schedules_again(tab, chance):
    tab.add(*study(chance, 40))
    before = tab.agrees()
    tab.run("record.set('retention', 0.75)")
    after = tab.agrees()
    assert before != after
    tab.reload()
    assert tab.schedules() == after


def test_deleting_leaves_nothing(tab):
    tab.review()
    tab.run("record.set('keys', false)")
    tab.run("record.clear()")
    for _ in range(2):
        assert (tab.ids(), tab.schedules()) == (set(), {})
        assert tab.run("record.setting('keys')") is True
        tab.reload()
    tab.review()
    assert tab.agrees()["cat", ""]["reps"] == 1


def test_the_browser_is_asked_once_to_keep_it(browser):
    count = "window.asked = 0; StorageManager.prototype.persist = async () => ++window.asked;"
    tab = Tab(browser(), count)
    for _ in range(9):
        tab.review()
    assert tab.run("asked") == 0
    tab.review()
    tab.page.wait_for_function("asked === 1")
    tab.review()
    tab.reload()
    tab.review()
    tab.run("record.events()")
    assert tab.run("asked") == 0


# --- the browser ends


def test_a_tab_that_is_killed_after_a_grade(browser):
    context = browser()
    tab = Tab(context)
    event = tab.review()
    with tab.page.expect_event("crash"), pytest.raises(Error):
        tab.page.goto("chrome://crash")
    again = Tab(context)
    assert again.ids() == {event["id"]}
    assert again.agrees()["cat", ""]["reps"] == 1


def test_a_page_that_is_left_at_once_after_a_grade(browser):
    tab = Tab(browser())
    first = tab.review("cat")
    with tab.page.expect_navigation():
        tab.run("""() => {
          record.add({ id: "last", kind: "review", card: "dog", grade: "good" });
          location.reload();
        }""")
    tab.open()
    assert tab.ids() == {first["id"], "last"}
    assert tab.agrees()["dog", ""]["reps"] == 1


def test_what_the_database_did_not_take_comes_with_the_next_page(browser):
    context = browser()
    event = Tab(context, THROWS).review()
    again = Tab(context)
    assert again.ids() == {event["id"]}
    assert again.agrees()["cat", ""]["reps"] == 1
    assert again.run("Object.keys(localStorage)") == ["flash-record:tiny"]
    assert Tab(context, deck="other").ids() == set()


def test_an_empty_database_does_not_hide_what_is_noted(tab):
    word = tab.run(
        """async () => {
          const { recordOf } = await import("./record.js");
          const record = recordOf("fresh");
          const read = new Promise((resolve) => record.addEventListener("change", resolve, { once: true }));
          record.open();
          record.add({ kind: "review", card: "cat", grade: "good" });
          await read;
          return [record.schedules().length, "flash-record:fresh" in localStorage];
        }"""
    )
    assert word == [0, True]


def test_a_note_that_is_garbage_is_passed_over(tab):
    event = tab.review()
    for noted in ("{", "null", "7", '{"id": "x"}'):
        tab.run(f"localStorage['flash-record:tiny:x'] = {noted!r}")
        tab.reload()
        assert tab.ids() == {event["id"]}, noted


def test_a_browser_that_is_killed_after_a_grade(chromium, server, tmp_path):
    command = [find(), "--headless", *LAUNCH_ARGS, f"--user-data-dir={tmp_path}"]
    playwright = chromium.browser_type

    @contextmanager
    def killed_afterwards():
        port = tmp_path / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        with engines.running(*command, "--remote-debugging-port=0", "about:blank"):
            number = engines.until(
                lambda: port.exists() and port.read_text().partition("\n")[0], "its port"
            )
            browser = playwright.connect_over_cdp(f"http://127.0.0.1:{number}")
            context = browser.contexts[0]
            yield Tab(context, path=server.url)

    with killed_afterwards() as tab:
        event = tab.review()
    with killed_afterwards() as tab:
        assert tab.ids() == {event["id"]}
        assert tab.agrees()["cat", ""]["reps"] == 1


# --- tabs


def test_two_tabs_that_grade_at_once(browser):
    context = browser()
    one, two = Tab(context), Tab(context)
    for tab, name in ((one, "one"), (two, "two")):
        tab.run(
            """([name, start]) => {
              const cards = ["cat", "dog", "emu", "fox"];
              window.done = (async () => {
                for (let n = 0; n < 100; n++)
                  await record.add({
                    id: `${name}-${n}`, kind: "review", card: cards[n % 4], grade: "good",
                    at: start + Math.floor(Math.random() * 1e10),
                  });
              })();
            }""",
            [name, NOON],
        )
    for tab in (one, two):
        tab.run("done")
    expected = {f"{name}-{n}" for name in ("one", "two") for n in range(100)}
    for tab in (one, two):
        tab.page.wait_for_function("record.schedules().reduce((n, s) => n + s.reps, 0) === 200")
        assert tab.ids() == expected
        assert len(tab.run("record.events()")) == 200
    assert one.agrees() == two.agrees()
    three = Tab(context)
    assert three.agrees() == one.schedules()


def test_a_tab_hears_of_another(browser):
    context = browser()
    one, two = Tab(context), Tab(context)
    two.run("window.changed = []")
    two.run("record.addEventListener('change', (event) => changed.push(...event.detail.cards))")
    one.review("dog")
    two.page.wait_for_function("changed.includes('dog')")
    assert two.schedules() == one.schedules()
    one.run("record.set('newADay', 3)")
    two.page.wait_for_function("record.setting('newADay') === 3")
    one.run("record.set('retention', 0.7)")
    two.page.wait_for_function("record.setting('retention') === 0.7")
    two.review("dog")
    assert two.agrees()["dog", ""]["reps"] == 2
    one.run("record.clear()")
    two.page.wait_for_function("record.schedules().length === 0")
    assert two.run("record.setting('newADay')") == 20


def test_another_deck_of_the_same_origin_is_another_record(browser):
    context = browser()
    tiny, other = Tab(context), Tab(context, deck="tiny-two")
    tiny.review()
    assert other.ids() == set()
    other.review("dog")
    assert set(tiny.schedules()) == {("cat", "")}
    other.run("record.clear()")
    assert len(tiny.ids()) == 1


# --- storage fails


THROWS = "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('', 'SecurityError'); }});"
MISSING = "Object.defineProperty(window, 'indexedDB', {value: undefined});"
DENIED = """IDBFactory.prototype.open = () => {
  const request = new EventTarget();
  request.error = new DOMException("", "InvalidStateError");
  setTimeout(() => request.onerror?.(new Event("error")));
  return request;
};"""
HANGS = "IDBFactory.prototype.open = () => new EventTarget();"
FULL = """const put = IDBObjectStore.prototype.put;
window.full = true;
IDBObjectStore.prototype.put = function (value) {
  const request = put.call(this, value);
  if (window.full && this.name === "events") {
    const { transaction } = this;
    Object.defineProperty(transaction, "error", { value: new DOMException("", "QuotaExceededError") });
    request.addEventListener("success", () => transaction.abort());
  }
  return request;
};"""
FULL_AT_ONCE = """const put = IDBObjectStore.prototype.put;
window.full = true;
IDBObjectStore.prototype.put = function (value) {
  if (window.full) throw new DOMException("", "QuotaExceededError");
  return put.call(this, value);
};"""


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (THROWS, "denied"),
        (MISSING, "denied"),
        (DENIED, "denied"),
        (HANGS, "late"),
        (FULL, "full"),
        (FULL_AT_ONCE, "full"),
        (THROWS + "delete window.BroadcastChannel;", "denied"),
    ],
    ids=["throws", "missing", "denied", "hangs", "full", "full at once", "no channel"],
)
def test_where_storage_cannot_be_had_the_session_goes_on(browser, script, why):
    tab = Tab(browser(), script)
    events = study(random.Random(1), 12)
    for event in events:
        tab.add(event)
    assert tab.kept() == [False, why]
    assert tab.ids() == {each["id"] for each in events}
    assert tab.agrees()
    tab.run("record.set('retention', 0.8)")
    tab.agrees()
    file = tab.exported()
    assert len(file["events"]) == 12
    other = Tab(browser())
    other.merge(file)
    assert other.agrees() == tab.schedules()


@pytest.mark.parametrize("script", [FULL, FULL_AT_ONCE])
def test_what_storage_did_not_take_is_stored_when_there_is_room(browser, script):
    tab = Tab(browser(), "const later = () => {" + script + "}; window.fill = later;")
    tab.review("cat")
    tab.run("fill()")
    tab.review("cat")
    tab.review("dog")
    assert tab.kept() == [False, "full"]
    assert tab.agrees()["cat", ""]["reps"] == 2
    tab.run("window.full = false")
    tab.review("dog")
    assert tab.kept() == [True, ""]
    tab.reload()
    assert tab.agrees()["cat", ""]["reps"] == 2
    assert tab.schedules()["dog", ""]["reps"] == 2


def test_storage_that_comes_late_is_used_from_then_on(browser):
    context = browser()
    before = Tab(context)
    before.review("cat", at=NOON)
    before.review("dog", at=NOON)
    tab = Tab(
        context,
        """const open = IDBFactory.prototype.open;
        IDBFactory.prototype.open = function (...names) {
          const late = new EventTarget();
          window.comes = () => new Promise((resolve) => {
            const request = open.apply(this, names);
            request.onsuccess = () => {
              late.result = request.result;
              late.onsuccess();
              resolve();
            };
          });
          return late;
        };""",
    )
    tab.review("cat", at=NOON + DAY)
    assert tab.kept() == [False, "late"]
    tab.run("comes()")
    tab.review("cat", at=NOON + 2 * DAY)
    assert tab.kept() == [True, ""]
    assert tab.agrees()["cat", ""]["reps"] == 3


def test_a_database_that_is_deleted_under_the_page(tab):
    tab.review()
    tab.run(
        """() => new Promise((resolve) => {
          indexedDB.deleteDatabase("flash-record:tiny").onsuccess = resolve;
        })"""
    )
    tab.review("dog")
    assert tab.kept() == [True, ""]
    tab.reload()
    assert set(tab.agrees()) == {("dog", "")}


# --- storage holds what we did not put there


PUT = """async ([store, rows]) => {
  const open = indexedDB.open("flash-record:tiny");
  await new Promise((resolve) => open.onsuccess = resolve);
  const transaction = open.result.transaction(store, "readwrite");
  for (const row of rows) transaction.objectStore(store).put(row);
  await new Promise((resolve) => transaction.oncomplete = resolve);
  open.result.close();
}"""

CLEAR = """async (store) => {
  const open = indexedDB.open("flash-record:tiny");
  await new Promise((resolve) => open.onsuccess = resolve);
  const transaction = open.result.transaction(store, "readwrite");
  transaction.objectStore(store).clear();
  await new Promise((resolve) => transaction.oncomplete = resolve);
  open.result.close();
}"""


NO_BUCKETS = [
    {},
    {"cards": None},
    {"cards": {"length": 1}},
    {"cards": [None]},
    {"cards": [["cat"]]},
    {"cards": [["cat", [None]]]},
    {"cards": [["cat", [{"prompt": "", "due": "soon"}]]]},
    {"cards": [[7, []]]},
]


def test_a_corrupt_snapshot_is_made_again(tab):
    tab.review("cat")
    tab.review("dog")
    before = tab.schedules()
    for row in NO_BUCKETS:
        tab.run(PUT, ["buckets", [{"bucket": 0, **row}]])
        tab.reload()
        assert tab.agrees() == before, row
        tab.reload()
        assert tab.agrees() == before, row


@pytest.mark.parametrize("store", ["buckets", "meta"])
def test_a_snapshot_that_is_gone_is_made_again(tab, store):
    tab.review("cat")
    before = tab.schedules()
    tab.run(CLEAR, store)
    tab.reload()
    assert tab.agrees() == before


@pytest.mark.parametrize("made", [2, 4, "x"])
def test_a_snapshot_of_an_older_or_newer_version_is_made_again(tab, made):
    tab.review("cat")
    before = tab.schedules()
    row = {"bucket": 0, "cards": [["cat", [before["cat", ""] | {"stability": 99}]]]}
    tab.run(PUT, ["buckets", [row]])
    tab.run(PUT, ["meta", [{"key": "snapshot", "made": made, "retention": 0.9, "names": {}}]])
    tab.reload()
    assert tab.agrees() == before


def test_garbage_in_the_log_harms_nothing(tab):
    junk = [
        {"id": "a"},
        {"id": "b", "card": "cat"},
        {"id": "c", "card": "cat", "kind": "review", "at": "now"},
        {"id": "d", "card": ["cat"], "kind": "review", "at": 1},
        {"id": 5, "card": "cat", "kind": "review", "at": 1},
    ]
    tab.review("cat")
    tab.run(PUT, ["events", junk])
    tab.review("cat")
    tab.run(CLEAR, "buckets")
    tab.reload()
    assert tab.agrees()["cat", ""]["reps"] == 2
    assert len(tab.exported()["events"]) == 2


def test_garbage_in_the_settings_harms_nothing(tab):
    tab.review("cat")
    junk = [{"name": "retention", "value": "much", "at": 1}, {"name": "keys"}]
    tab.run(PUT, ["settings", junk])
    tab.reload()
    tab.review("cat")
    assert tab.agrees()["cat", ""]["reps"] == 2


# --- versions


def test_an_older_database_gets_the_stores_that_it_lacks(browser):
    context = browser()
    page = context.new_page()
    page.goto(".")
    page.evaluate(
        """async () => {
          const open = indexedDB.open("flash-record:tiny", 1);
          open.onupgradeneeded = () => {
            const events = open.result.createObjectStore("events", { keyPath: "id" });
            events.createIndex("card", "card");
            events.put({ id: "old", kind: "review", card: "cat", at: 1e12, grade: "good" });
          };
          await new Promise((resolve) => open.onsuccess = resolve);
          open.result.close();
        }"""
    )
    tab = Tab(context)
    assert tab.kept() == [True, ""]
    assert tab.agrees()["cat", ""]["last"] == 1e12


def test_what_a_newer_version_wrote_survives(browser):
    context = browser()
    tab = Tab(context)
    tab.review("cat")
    tab.run(
        """async () => {
          const open = indexedDB.open("flash-record:tiny", 7);
          open.onupgradeneeded = () => {
            open.result.createObjectStore("notes", { keyPath: "id" }).put({ id: "n", text: "mine" });
          };
          await new Promise((resolve) => open.onsuccess = resolve);
          open.result.close();
        }"""
    )
    unknown = [
        {"id": "w", "kind": "wink", "card": "cat", "at": NOON, "eye": "left"},
        {"id": "x", "kind": "review", "card": "cat", "at": NOON, "grade": "perfect"},
        {"id": "y", "kind": "review", "card": "cat", "at": NOON, "grade": "good", "mood": [1]},
    ]
    tab.run(PUT, ["events", unknown])
    tab.reload()
    tab.review("cat")
    assert tab.kept() == [True, ""]
    assert tab.agrees()["cat", ""]["reps"] == 3
    exported = {each["id"]: each for each in tab.exported()["events"]}
    assert [exported[each["id"]] for each in unknown] == unknown
    notes = """async () => {
      const open = indexedDB.open("flash-record:tiny");
      await new Promise((resolve) => open.onsuccess = resolve);
      const get = open.result.transaction("notes").objectStore("notes").get("n");
      await new Promise((resolve) => get.onsuccess = resolve);
      open.result.close();
      return [open.result.version, get.result.text];
    }"""
    assert tab.run(notes) == [7, "mine"]
    other = Tab(browser())
    other.merge(tab.exported())
    assert other.exported()["events"] == tab.exported()["events"]


def test_a_newer_version_is_not_held_up_by_an_open_page(browser):
    context = browser()
    tab, newer = Tab(context), Tab(context)
    tab.review("cat")
    opened = newer.run(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("flash-record:tiny", 9);
          open.onblocked = () => resolve("blocked");
          open.onsuccess = () => { open.result.close(); resolve("open"); };
        })"""
    )
    assert opened == "open"
    tab.review("cat")
    assert tab.kept() == [True, ""]
    assert tab.agrees()["cat", ""]["reps"] == 2


# --- cards change


def test_a_card_that_the_deck_has_no_more_stays_in_the_log(tab):
    tab.review("gone")
    tab.review("cat")
    tab.reload()
    assert set(tab.schedules()) == {("gone", ""), ("cat", "")}


def test_a_renamed_card_keeps_what_was_recorded(browser, chance):
    context = browser()
    before = Tab(context)
    events = study(chance, 40, cards=("kitten", "cat", "dog"))
    before.add(*events)
    names = {"kitten": "cat", "puss": "cat"}
    tab = Tab(context, formerly=names)
    schedules = tab.agrees()
    assert {card for card, _ in schedules} == {"cat", "dog"}
    assert tab.run("record.schedule('kitten')?.card ?? 'none'") in ("cat", "none")
    # A tab that was open all the while still knows the old id alone.
    before.review("kitten", at=NOON + 900 * DAY)
    tab.page.wait_for_function("(at) => record.schedule('cat')?.last === at", arg=NOON + 900 * DAY)
    tab.agrees()
    assert {each["card"] for each in tab.exported()["events"]} == {"kitten", "cat", "dog"}
    tab.reload()
    tab.agrees()
    # A page without this card leaves its schedule alone.
    other = Tab(context)
    other.review("dog")
    tab.reload()
    assert {card for card, _ in tab.agrees()} == {"cat", "dog"}


def test_a_card_that_is_reviewed_under_its_old_id_in_another_tab(browser):
    context = browser()
    new, old = Tab(context, formerly={"kitten": "cat"}), Tab(context)
    old.review("kitten", at=NOON)
    new.page.wait_for_function("record.schedules().length === 1")
    new.review("cat", at=NOON + DAY)
    schedules = new.agrees()
    assert set(schedules) == {("cat", "")}
    assert schedules["cat", ""]["reps"] == 2


def test_a_revised_card_can_start_afresh(tab):
    tab.review("cat", at=NOON, revision=1)
    tab.review("cat", at=NOON + DAY, revision=1)
    assert tab.schedules()["cat", ""]["revision"] == 1
    tab.add({"kind": "reset", "card": "cat", "revision": 2, "at": NOON + 2 * DAY})
    schedule = tab.agrees()["cat", ""]
    assert (schedule["state"], schedule["revision"], schedule["reps"]) == ("new", 2, 0)
    assert len(tab.ids()) == 3


# --- time


def test_a_clock_that_was_set_back_loses_nothing(browser):
    tab = Tab(browser(timezone_id="UTC"))  # of its own: a clock stays with its context
    tab.page.clock.install(time=NOON / 1000)
    tab.review("cat")
    tab.page.clock.set_system_time((NOON - DAY) / 1000)
    tab.review("cat")
    tab.run("record.set('newADay', 1)")
    tab.page.clock.set_system_time((NOON - 2 * DAY) / 1000)
    tab.run("record.set('newADay', 2)")
    tab.reload()
    assert tab.agrees()["cat", ""]["reps"] == 2
    assert tab.run("record.setting('newADay')") == 2


def test_another_time_zone_gives_the_same_schedules(browser, chance):
    events = [each for each in study(chance, 60) if each["kind"] != "bury"]
    found = []
    for zone in ("Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"):
        tab = Tab(browser(timezone_id=zone))
        tab.add(*events)
        found.append(tab.agrees())
    assert found[0] == found[1] == found[2]


# --- two devices


def test_two_devices_merge_in_any_order(browser, chance):
    phone, laptop = Tab(browser()), Tab(browser())
    shared = study(chance, 20)
    phone.take(*shared, *study(chance, 30, start=NOON + 9 * DAY))
    laptop.take(*shared, *study(chance, 30, start=NOON + 5 * DAY))
    # An undo on the one, and a review of the same card on the other.
    reviewed = next(each for each in shared if each["kind"] == "review")
    undo = {"kind": "undo", "card": reviewed["card"], "undoes": reviewed["id"], "id": "undo"}
    phone.add(undo | {"at": NOON + 99 * DAY})
    laptop.review(reviewed["card"], at=NOON + 100 * DAY)
    phone.run("record.set('retention', 0.8)")
    laptop.run("record.set('retention', 0.85)")
    files = [phone.exported(), laptop.exported()]
    one, other = Tab(browser()), Tab(browser())
    one.merge(*files)
    other.merge(*reversed(files))
    phone.merge(files[1])
    laptop.merge(files[0])
    merged = [tab.exported() for tab in (one, other, phone, laptop)]
    assert all(each == merged[0] for each in merged)
    assert len(merged[0]["events"]) == 20 + 30 + 30 + 2
    assert one.run("record.setting('retention')") == 0.85
    schedules = one.agrees()
    assert other.agrees() == phone.agrees() == laptop.agrees() == schedules
    one.merge(*files)
    assert one.exported() == merged[0]


def test_settings_of_one_moment_merge_in_any_order(browser):
    base = {"format": "flash-record", "version": 1, "deck": "tiny", "events": []}
    files = [base | {"settings": {"newADay": {"value": n, "at": NOON}}} for n in (5, 30)]
    one, other = Tab(browser()), Tab(browser())
    one.merge(*files)
    other.merge(*reversed(files))
    assert one.exported() == other.exported()


def test_an_import_says_first_what_it_would_do(tab):
    tab.review("cat", id="a", at=NOON)
    file = tab.exported()
    more = [{"id": n, "kind": "review", "card": n, "at": NOON} for n in ("dog", "gone")]
    file["events"] += [*more, more[0]]
    expected = {"fresh": 2, "known": 1, "foreign": 1, "problem": ""}
    assert tab.preview(file) == expected
    assert tab.preview(json.dumps(file)) == expected
    assert tab.ids() == {"a"}
    tab.merge(json.dumps(file))
    assert tab.ids() == {"a", "dog", "gone"}
    tab.run("record.clear()")
    assert tab.preview(file)["fresh"] == 3


FILE = {"format": "flash-record", "version": 1, "deck": "tiny", "events": [], "settings": {}}
EVENT = {"id": "a", "kind": "review", "card": "cat", "at": 1}


NO_COPIES = [
    ("not json", "This is no record of a learner from a site like this one."),
    ("null", "This is no record of a learner from a site like this one."),
    ([], "This is no record of a learner from a site like this one."),
    (FILE | {"format": "x"}, "This is no record of a learner from a site like this one."),
    (
        FILE | {"version": 2},
        "This file was written by a newer version of this site. Reload the page, then try again.",
    ),
    (
        FILE | {"deck": "other"},
        "This file belongs to another deck, “other”. This one is “tiny”.",
    ),
    (FILE | {"events": {}}, "This file is damaged: it has no list of events."),
    (FILE | {"settings": None}, "This file is damaged: it has no list of events."),
    (
        FILE | {"events": [EVENT, EVENT | {"card": None}]},
        "This file is damaged: its event 2 lacks an id, a kind, a card or a time.",
    ),
    (
        FILE | {"events": [7]},
        "This file is damaged: its event 1 lacks an id, a kind, a card or a time.",
    ),
]


def test_a_file_that_cannot_be_taken_in(tab):
    tab.review("cat")
    before = tab.exported()
    for content, problem in NO_COPIES:
        assert tab.preview(content)["problem"] == problem
        with pytest.raises(Error, match=re.escape(problem)):
            tab.merge(content)
        assert tab.exported() == before


def test_another_decks_file_is_taken_when_asked_for(tab):
    content = FILE | {"deck": "other", "events": [EVENT]}
    assert tab.preview(content, anyDeck=True)["fresh"] == 1
    tab.run("(content) => file.merge(record, content, { anyDeck: true })", content)
    assert tab.ids() == {"a"}


# --- between whiles


def quickly(script=""):
    """Let a database be late after a tenth of the time that it is given."""
    return (
        "const wait = window.setTimeout;"
        "window.setTimeout = (does, ms, ...given) => wait(does, ms / 10, ...given);" + script
    )


NO_TRANSACTION = """() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("", "UnknownError"); };
}"""


def test_a_retention_that_is_set_while_a_grade_is_written(tab):
    tab.add(*({"kind": "review", "card": card, "grade": "good"} for card in "abcde"))
    tab.run(
        """async () => {
          const { getAll } = IDBIndex.prototype;
          let set;
          IDBIndex.prototype.getAll = function (...asked) {
            IDBIndex.prototype.getAll = getAll;
            set = record.set("retention", 0.8);
            return getAll.apply(this, asked);
          };
          await record.add({ kind: "review", card: "a", grade: "good" });
          await set;
        }"""
    )
    assert len(tab.agrees()) == 5
    tab.reload()
    assert len(tab.agrees()) == 5


def test_a_connection_that_ends_after_a_while_is_made_again(browser):
    tab = Tab(browser(), quickly())
    tab.review("cat")
    tab.page.wait_for_timeout(400)
    tab.run(
        """() => new Promise((resolve) => {
          indexedDB.deleteDatabase("flash-record:tiny").onsuccess = resolve;
        })"""
    )
    tab.review("dog")
    assert tab.kept() == [True, ""]


def test_a_database_that_did_not_open_is_tried_again(browser):
    tab = Tab(browser(), "window.real = IDBFactory.prototype.open;" + DENIED)
    tab.review("cat")
    assert tab.kept() == [False, "denied"]
    tab.run("() => { IDBFactory.prototype.open = window.real; }")
    tab.review("dog")
    assert tab.kept() == [True, ""]
    assert set(tab.agrees()) == {("cat", ""), ("dog", "")}


def test_a_log_that_cannot_be_read_is_no_empty_log(tab):
    tab.review()
    file = tab.exported()
    tab.run(NO_TRANSACTION)
    tab.review("dog")
    for script in ("file.exported(record)", "record.events()", "record.clear()"):
        with pytest.raises(Error):
            tab.run(script)
    assert "does not hand out your record" in tab.preview(file)["problem"]


def test_a_snapshot_without_its_names_is_made_again(tab):
    tab.review()
    tab.run(PUT, ["meta", [{"key": "snapshot", "made": 2, "retention": 0.9}]])
    tab.reload()
    assert tab.kept() == [True, ""]
    tab.review()
    assert tab.kept() == [True, ""]
    assert tab.agrees()["cat", ""]["reps"] == 2


def test_a_chain_of_undos_of_any_length(tab):
    reps = tab.run(
        """async (at) => {
          const { deriveAll } = await import("./scheduler.js");
          const events = [{ id: "0", kind: "review", card: "cat", grade: "good", at }];
          for (let n = 1; n <= 20000; n++)
            events.push({ id: `${n}`, kind: "undo", undoes: `${n - 1}`, card: "cat", at: at + n });
          const count = (events) =>
            deriveAll(events, { retention: 0.9, names: new Map() }).get("cat").length;
          return [count(events), count(events.slice(0, -1))];
        }""",
        NOON,
    )
    assert reps == [1, 0]


def test_one_card_that_cannot_be_scheduled_holds_up_no_other(tab):
    cards = tab.run(
        """async () => {
          const { deriveAll } = await import("./scheduler.js");
          const review = { kind: "review", at: 1, grade: "good" };
          const bad = { ...review, id: "a", card: "cat", get revision() { throw new Error("No."); } };
          const events = [bad, { ...review, id: "b", card: "dog" }];
          return [...deriveAll(events, { retention: 0.9, names: new Map() }).keys()];
        }"""
    )
    assert cards == ["dog"]


def test_another_tab_does_not_bring_deleted_settings_back(browser):
    context = browser()
    one = Tab(context)
    one.run("record.set('newADay', 3)")
    deaf = Tab(context, "delete window.BroadcastChannel;")
    one.run("record.clear()")
    deaf.review()
    one.reload()
    assert one.run("record.settings()") == []
    assert one.agrees()["cat", ""]["reps"] == 1


def test_deleting_where_there_are_only_notes(browser):
    tab = Tab(browser(), THROWS + "window.cleared = [];")
    tab.run("record.addEventListener('change', ({ detail }) => cleared.push(detail))")
    tab.review()
    tab.run("localStorage['flash-record:tiny:x'] = '{'")
    tab.run("cleared.length = 0")
    tab.run("record.clear()")
    assert tab.run("cleared") == [{"cards": [], "cleared": True}]
    assert tab.run("Object.keys(localStorage)") == []
    assert (tab.ids(), tab.schedules()) == (set(), {})


def test_a_database_that_opens_late_is_read_at_once(browser):
    context = browser()
    Tab(context).review("cat")
    tab = Tab(
        context,
        quickly(
            """const open = IDBFactory.prototype.open;
            IDBFactory.prototype.open = function (...names) {
              const late = new EventTarget();
              window.comes = () => {
                const request = open.apply(this, names);
                request.onsuccess = () => {
                  late.result = request.result;
                  late.onsuccess();
                };
              };
              return late;
            };"""
        ),
    )
    assert (tab.kept(), tab.schedules()) == ([False, "late"], {})
    tab.run("comes()")
    tab.page.wait_for_function("record.schedules().length === 1")
    assert tab.kept() == [True, ""]


def test_a_record_that_could_not_be_opened_can_be_opened_again(browser):
    context = browser()
    Tab(context, THROWS).review()
    page = context.new_page()
    page.add_init_script(THROWS)
    body = "export const deriveAll = () => { if (window.broken) throw 1; return new Map(); };"
    page.route(
        "**/scheduler.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript"),
    )
    page.goto(".")
    opened = page.evaluate(
        """async () => {
          const { openRecord } = await import("./record.js");
          const opens = () => openRecord("tiny").then(() => true, () => false);
          window.broken = true;
          const first = await opens();
          window.broken = false;
          return [first, await opens()];
        }"""
    )
    assert opened == [False, True]


def test_the_word_that_a_record_exists_stays_where_storage_is_late(browser):
    context = browser()
    Tab(context).review()
    tab = Tab(context, quickly(HANGS))
    tab.run("record.set('retention', 0.8)")
    assert tab.kept() == [False, "late"]
    assert tab.run("'flash-record:tiny' in localStorage")
