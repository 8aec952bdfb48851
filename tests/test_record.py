"""The learner's record: nothing that was recorded is ever lost, whatever happens to the browser."""

import json
import random
import shutil

import pytest
from conftest import ROOT
from pages_server import PagesServer

CARDS = ROOT / "overrides" / "assets" / "cards"
DAY = 24 * 60 * 60 * 1000
NOON = 1_750_000_000_000 // DAY * DAY + DAY // 2  # of a day in June 2025, in UTC


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A site of nothing but the record's own modules."""
    folder = tmp_path_factory.mktemp("record")
    for module in CARDS.glob("*.js"):
        shutil.copy(module, folder)
    (folder / "index.html").write_text("<!doctype html><title>Record</title>", encoding="utf-8")
    server = PagesServer(folder)
    yield server
    server.stop()


@pytest.fixture
def browser(chromium, server):
    """A learner's browser at the empty page: what its pages share is this context's."""
    contexts = []

    def open_context(**options):
        context = chromium.new_context(base_url=server.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def tab(browser):
    return Tab(browser())


class Tab:
    """One page with the record of a deck."""

    def __init__(self, context, script="", deck="tiny", **options):
        self.page = context.new_page()
        if script:
            self.page.add_init_script(script)
        self.page.goto(".")
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

    def review(self, card="cat", grade="good", **fields):
        return self.add({"kind": "review", "card": card, "grade": grade, **fields})[0]

    def schedules(self):
        found = self.run("record.schedules()")
        return {(each["card"], each["prompt"]): each for each in found}

    def replayed(self):
        """What the schedules must be: made of all events at once."""
        return self.run(
            """async () => {
              const { deriveAll } = await import("./scheduler.js");
              const names = new Map(Object.entries(%s));
              const options = { retention: record.setting("retention"), names };
              return [...deriveAll(await record.events(), options).values()].flat();
            }"""
            % json.dumps(self.options.get("formerly", {}))
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


def test_try(tab):
    event = tab.review()
    assert len(event["id"]) > 15
    assert tab.kept() == [True, ""]
    before = tab.agrees()
    tab.reload()
    assert tab.agrees() == before
    print(before)
