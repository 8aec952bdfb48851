"""A learner's record in Anki itself, and back: the same answers, due on the same days."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from conftest import ROOT
from pages_server import PagesServer

from macros.__main__ import main

DAY = 86_400_000
NOW = int(datetime.now(UTC).timestamp() * 1000)
GRADES = ["again", "hard", "good", "easy"]


def event(id, at, kind="review", card="cat", **fields):
    if kind == "review":
        fields = {"grade": "good", "mode": "flip", **fields}
    return {"id": id, "kind": kind, "card": card, "at": at, **fields}


def file_of(events, **fields):
    settings = {"retention": {"value": 0.9, "at": NOW}}
    content = {"format": "flash-record", "version": 1, "deck": "small", "events": events}
    return json.dumps(content | {"settings": settings} | fields)


# Under the id that the card had before, undone, begun anew, of a gap, set aside, of two at once.
EVENTS = [
    event("a", NOW - 60 * DAY, card="kitty"),
    event("b", NOW - 60 * DAY + 600_000),
    event("c", NOW - 58 * DAY),
    event("d", NOW - 47 * DAY, grade="again"),
    event("e", NOW - 47 * DAY + 700_000),
    event("wrong", NOW - 30 * DAY, grade="again"),
    event("undo", NOW - 30 * DAY + 1, "undo", undoes="wrong"),
    event("f", NOW - 30 * DAY + 2, grade="hard"),
    event("g", NOW - 20 * DAY, prompt="reverse", grade="easy"),
    event("h", NOW - 20 * DAY, prompt="cloze:1", grade="again"),
    event("i", NOW - 9 * DAY, card="tree"),
    event("j", NOW - 8 * DAY, "reset", card="tree"),
    event("k", NOW - 7 * DAY, card="no", grade="easy"),
    event("l", NOW - 7 * DAY + 1, "suspend", card="no"),
    event("m", NOW - 6 * DAY, card="gone"),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the small deck and a learner's file, from which the commands run."""
    shutil.copy(ROOT / "tests/fixtures/small-deck.yaml", tmp_path / "cards.yaml")
    (tmp_path / "record.json").write_text(file_of(EVENTS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOW // 1000 - 3600))
    return tmp_path


@pytest.fixture
def collection(project):
    opened = Collection(str(project / "collection.anki2"))
    yield opened
    opened.close()


@pytest.fixture
def in_anki(project, collection):
    """Has Anki take in the deck with the record; returns its cards by id and order."""
    assert main(["export", "anki", "--record", "record.json", "-o", "deck.apkg"]) == 0
    options = ImportAnkiPackageOptions(with_scheduling=True)
    collection.import_anki_package(
        ImportAnkiPackageRequest(package_path="deck.apkg", options=options)
    )
    cards = (collection.get_card(id) for id in collection.find_cards(""))
    return {(card.note()["Id"], card.ord): card for card in cards}


@pytest.fixture(scope="module")
def derived(chromium):
    """What the site's own scheduler makes of events: schedules, by prompt."""
    server = PagesServer(ROOT / "overrides/assets/cards")
    context = chromium.new_context(timezone_id="UTC")
    page = context.new_page()
    page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{server.url}empty")
    yield lambda events: page.evaluate(
        """async (events) => {
          const { derive } = await import("./scheduler.js");
          return Object.fromEntries(derive(events, { retention: 0.9, card: events[0].card }));
        }""",
        events,
    )
    context.close()
    server.stop()


def log(collection, card):
    query = "SELECT id, ease, type FROM revlog WHERE cid = ? ORDER BY id"
    return [tuple(row) for row in collection.db.all(query, card.id)]


def test_the_answers_that_stand_are_in_anki_s_log(in_anki, collection, project, capsys):
    cat = [(e["at"], GRADES.index(e["grade"]) + 1) for e in EVENTS[:5] + [EVENTS[7]]]
    assert [row[:2] for row in log(collection, in_anki["cat", 0])] == cat
    # Learned twice, known twice, learned again, known.
    assert [row[2] for row in log(collection, in_anki["cat", 0])] == [0, 0, 1, 1, 2, 1]
    # Two answers of one moment are two rows.
    twice = [log(collection, in_anki["cat", order]) for order in (1, 2)]
    assert twice == [[(NOW - 20 * DAY, 4, 0)], [(NOW - 20 * DAY + 1, 1, 0)]]
    assert log(collection, in_anki["tree", 0]) == []
    assert collection.db.scalar("SELECT count() FROM revlog") == 9


def test_anki_has_each_card_due_when_the_site_has(in_anki, collection, derived):
    today = collection.sched.today
    schedules = derived([e for e in EVENTS if e["card"] in ("cat", "kitty")])
    for order, prompt in enumerate(("", "reverse", "cloze:1")):
        card, wanted = in_anki["cat", order], schedules[prompt]
        state = collection.get_card(card.id).memory_state
        assert state.stability == pytest.approx(wanted["stability"], abs=1e-3)
        assert state.difficulty == pytest.approx(wanted["difficulty"], abs=1e-2)
        assert (card.reps, card.lapses) == (wanted["reps"], wanted["lapses"])
        if wanted["state"] == "review":
            assert (card.type, card.queue) == (2, 2)
            days = (wanted["due"] - NOW) / DAY
            # Days end at four here, and the two libraries may differ by a day.
            assert abs(card.due - today - days) <= 2
        else:
            assert (card.type, card.queue) == (1, 1)
            assert card.due == pytest.approx(wanted["due"] / 1000, abs=400)
    assert in_anki["no", 0].queue == -1 and in_anki["no", 0].type == 2
    assert (in_anki["tree", 0].type, in_anki["tree", 0].queue) == (0, 0)


def test_what_goes_along_is_told(project, capsys):
    assert main(["export", "anki", "--record", "record.json", "-o", "deck.apkg"]) == 0
    assert capsys.readouterr().err == (
        "record.json: 9 answers put into the package, 1 suspended; 1 have no card in it.\n"
    )


@pytest.mark.parametrize("legacy", [True, False])
def test_what_was_answered_in_anki_comes_back_once(
    in_anki, collection, project, capsys, derived, legacy
):
    for key, ease in ((("tree", 0), 3), (("cat", 2), 4)):
        card = in_anki[key]
        collection.sched.extend_limits(10, 10)
        card.start_timer()
        collection.sched.answerCard(card, ease)
    collection.sched.suspend_cards([in_anki["cat", 1].id])
    collection.sched.schedule_cards_as_new([in_anki["cat", 0].id])
    collection.sched.set_due_date([in_anki["tree", 0].id], "3")
    options = ExportAnkiPackageOptions(with_scheduling=True, legacy=legacy)
    collection.export_anki_package(out_path="back.apkg", options=options, limit=None)
    capsys.readouterr()

    before = json.loads(Path("record.json").read_text())
    assert main(["import", "back.apkg", "--record", "record.json"]) == 0
    out, told = capsys.readouterr()
    assert out == "record.json: 4 events appended. Bring the file in on the study page.\n"
    assert "9 rows of the log known already" in told
    assert "1 row of the log that are no answers, or change no schedule: left out" in told
    after = json.loads(Path("record.json").read_text())
    assert after["settings"] == before["settings"]
    assert after["events"][: len(EVENTS)] == EVENTS
    fresh = [
        (each["kind"], each["card"], each.get("prompt", ""), each.get("grade", ""))
        for each in after["events"][len(EVENTS) :]
    ]
    assert sorted(fresh) == [
        ("reset", "cat", "", ""),
        ("review", "cat", "cloze:1", "easy"),
        ("review", "tree", "", "good"),
        ("suspend", "cat", "reverse", ""),
    ]
    assert all(abs(each["at"] - NOW) < DAY for each in after["events"][len(EVENTS) :])
    cat = derived([e for e in after["events"] if e["card"] in ("cat", "kitty")])
    assert cat[""]["state"] == "new" and cat["reverse"]["suspended"]
    assert cat["cloze:1"]["state"] == "review"

    kept = Path("record.json").read_bytes()
    assert main(["import", "back.apkg", "--record", "record.json"]) == 0
    assert "nothing is new, so nothing is written" in capsys.readouterr().out
    assert Path("record.json").read_bytes() == kept


def test_who_began_in_anki_gets_a_file(in_anki, collection, project, capsys):
    options = ExportAnkiPackageOptions(with_scheduling=True, legacy=True)
    collection.export_anki_package(out_path="back.apkg", options=options, limit=None)
    assert main(["import", "back.apkg", "--record", "new.json"]) == 0
    made = json.loads(Path("new.json").read_text())
    assert (made["format"], made["version"], made["deck"]) == ("flash-record", 1, "small")
    reviews = [e for e in made["events"] if e["kind"] == "review"]
    assert len(reviews) == 9 and len(made["events"]) == 10
    assert {e["id"] for e in reviews} == {f"anki-{e['at']}" for e in reviews}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no learner's file"),
        ("[]", "is no learner's file"),
        (file_of([], deck="other"), 'is the record of the deck "other", and this is "small"'),
        (file_of([], version=2), "is of a newer version"),
        (file_of({}), "has no list of events"),
        (file_of([event("a", NOW), {"id": "b"}]), "event 2 has no id, kind, card or time"),
        (file_of([event("a", 7e15)]), "event 1 has no id, kind, card or time"),
        (file_of([event("a", -1)]), "event 1 has no id, kind, card or time"),
        (None, "No such file"),
    ],
)
def test_what_is_no_record_of_the_deck_is_refused(project, capsys, content, told):
    if content is None:
        Path("record.json").unlink()
    else:
        Path("record.json").write_text(content)
    assert main(["export", "anki", "--record", "record.json", "-o", "deck.apkg"]) == 1
    assert told in capsys.readouterr().err
    assert not Path("deck.apkg").exists()
    if content is not None:
        assert main(["export", "anki", "-o", "deck.apkg"]) == 0
        assert main(["import", "deck.apkg", "--record", "record.json"]) == 1
        assert told in capsys.readouterr().err
        assert Path("record.json").read_text() == content


def test_a_record_goes_into_no_other_form(project, capsys):
    assert main(["export", "csv", "--record", "record.json"]) == 2
    assert capsys.readouterr() == ("", "a record goes to Anki alone: export anki --record FILE\n")


def test_what_is_no_package_brings_no_answers(project, capsys):
    Path("cards.txt").write_text("a\tb\n")
    assert main(["import", "cards.txt", "--record", "record.json"]) == 1
    assert "damaged or cut off" in capsys.readouterr().err


def test_times_that_no_date_has_and_grades_of_the_future_are_left_alone(project, capsys):
    late = datetime.now(UTC) + timedelta(days=1)
    events = [
        event("a", int(late.timestamp() * 1000)),
        event("b", 1),
        event("c", NOW, grade="brilliant"),
        event("d", NOW, prompt="sung"),
        event("f", NOW, prompt="cloze:" + "9" * 5000),
        event("e", NOW, "undo", undoes="e"),
    ]
    for setting in ({"value": float("nan")}, {"value": "all"}, 0.9):
        Path("record.json").write_text(file_of(events, settings={"retention": setting}))
        assert main(["export", "anki", "--record", "record.json", "-o", "deck.apkg"]) == 0
        assert "2 answers put" in capsys.readouterr().err


def test_answers_and_cards_are_not_taken_in_at_once(project, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["import", "deck.apkg", "--into", "cards.yaml", "--record", "record.json"])
    assert stopped.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
