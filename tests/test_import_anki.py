"""Packages that Anki itself has made come in whole, in its old form and in its new one."""

import random
import sqlite3
import zipfile
from pathlib import Path

import pytest
from anki.collection import Collection, ExportAnkiPackageOptions

from macros import exchange
from macros.__main__ import main
from macros.exchange.hypertext import markdown
from macros.load import load
from macros.markup import mathml

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
SOUND = b"ID3" + b"\1" * 400
DECK = """\
deck: {id: d, title: D, description: D., rules: {cards-have-sources: off}}
topics: []
sources: {}
cards: []
"""


@pytest.fixture(scope="session")
def packages(tmp_path_factory) -> Path:
    """A folder with a collection of Anki, exported as `old.apkg` and as `new.apkg`."""
    folder = tmp_path_factory.mktemp("anki")
    collection = Collection(str(folder / "collection.anki2"))
    media = {
        "Fin (1).PNG": PICTURE,
        "say it.mp3": SOUND,
        "bad.svg": b"<svg><script>x()</script></svg>",
    }
    called = {}  # as Anki calls the files, which is not as they were called
    for name, content in media.items():
        (folder / name).write_bytes(content)
        called[name] = collection.media.add_file(str(folder / name))

    def add(kind: str, fields: list[str], deck: str, tags: list[str]) -> None:
        note = collection.new_note(collection.models.by_name(kind))
        note.fields[: len(fields)] = fields
        note.tags = tags
        collection.add_note(note, collection.decks.id(deck))

    fin = '<div>It <i>steers</i>.</div><img src="{}">[sound:{}]'.format(*called.values())
    add(
        "Basic",
        ["<b>Fin</b>", fin + "<script>alert(1)</script>"],
        "Sea::Fish",
        ["sea", "body::part"],
    )
    add("Basic (and reversed card)", ["Fisch", "fish"], "Sea::Fish", [])
    add(
        "Basic",
        ['What is this? <img src="bad.svg">', '<a href="javascript:x()">A</a> picture'],
        "Sea",
        [],
    )
    sentence = "{{c1::Puffins::which birds?}} dive to {{c2::60 m}}, a {{c3::{{c1::seabird}} habit}}"
    add("Cloze", [sentence, "Atlantic"], "Sea::Birds", ["birds"])
    add("Cloze", [r"\(a = {{c1::b^2}}\) holds", ""], "Sea::Birds", [])
    for legacy in (True, False):
        options = ExportAnkiPackageOptions(with_media=True, legacy=legacy)
        path = folder / ("old.apkg" if legacy else "new.apkg")
        collection.export_anki_package(out_path=str(path), options=options, limit=None)
    collection.close()
    return folder


FORMS = pytest.mark.parametrize("form", ["old", "new"])


@FORMS
def test_a_package_comes_in_whole(packages, form):
    incoming = exchange.read(packages / f"{form}.apkg")
    with zipfile.ZipFile(packages / f"{form}.apkg") as package:
        assert ("collection.anki21b" in package.namelist()) == (form == "new")
    fin, fish, this, puffins, formula = incoming.cards
    assert (fin.id, fin.term, fin.topic, fin.tags) == (
        "fin",
        "Fin",
        "sea-fish",
        ("body-part", "sea"),
    )
    assert fin.answer == "It *steers*.\\\n![fin 1](assets/fin-1.png)![say it](assets/say-it.mp3)"
    assert (fish.term, fish.answer, fish.reverse) == ("Fisch", "fish", "fish")
    assert (this.question, this.answer, this.topic) == ("What is this?", "A picture", "sea")
    assert puffins.term == "Puffins, seabird" and puffins.hint == "which birds?"
    assert puffins.question == "[which birds?] dive to 60 m, a […] habit"
    assert puffins.answer == "Puffins dive to 60 m, a seabird habit"
    assert puffins.cloze == (
        "{{Puffins}} dive to 60 m, a {{seabird}} habit",
        "Puffins dive to {{60 m}}, a seabird habit",
        "Puffins dive to 60 m, a {{seabird habit}}",
    )
    assert puffins.details == "Atlantic"
    assert formula.cloze == ("{{$a = b^2$}} holds",)
    assert [topic.title for topic in incoming.topics] == ["Sea: Fish", "Sea", "Sea: Birds"]
    assert {each.name: each.read() for each in incoming.media} == {
        "fin-1.png": PICTURE,
        "say-it.mp3": SOUND,
    }
    told = [note.text for note in incoming.notes]
    assert any("<script>" in text for text in told)
    assert any('"bad.svg" holds a program: left out' in text for text in told)
    assert any("a link that would run a program" in text for text in told)


@FORMS
def test_a_package_is_appended_with_its_media(packages, form, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("docs/assets").mkdir(parents=True)
    Path("docs/assets/fin-1.png").write_bytes(b"another picture")
    Path("cards.yaml").write_text(DECK)
    assert main(["import", str(packages / f"{form}.apkg"), "--into", "cards.yaml"]) == 0
    deck = load(Path("cards.yaml"))
    assert len(deck.cards) == 5
    written = sorted(path.name for path in Path("docs/assets").iterdir())
    assert written[0].startswith("fin-1-") and written[1:] == ["fin-1.png", "say-it.mp3"]
    assert Path("docs/assets/fin-1.png").read_bytes() == b"another picture"
    assert f"assets/{written[0]}" in deck.by_id["fin"].answer
    capsys.readouterr()
    assert main(["check"]) == 0

    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert main(["import", str(packages / f"{form}.apkg"), "--into", "cards.yaml"]) == 0
    assert "nothing is new" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@FORMS
def test_media_are_kept_where_one_says(packages, form, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    package = str(packages / f"{form}.apkg")
    assert main(["import", package]) == 0
    assert "say --media docs/assets" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert main(["import", package, "--media", "docs/assets"]) == 0
    assert Path("docs/assets/say-it.mp3").read_bytes() == SOUND


@FORMS
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_half_a_package_is_refused(packages, form, share, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    data = (packages / f"{form}.apkg").read_bytes()
    Path("half.apkg").write_bytes(data[: int(len(data) * share)])
    assert main(["import", "half.apkg", "--media", "docs/assets"]) == 1
    out, told = capsys.readouterr()
    assert (out, told) == (
        "",
        "half.apkg: the package is damaged or cut off. Export it from Anki again.\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["half.apkg"]


def damaged(package: Path, to: Path, name: str, change) -> Path:
    """A copy of a package in which one entry is changed."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(to, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            new.writestr(entry, change(content) if entry == name else content)
    return to


def test_a_page_of_rubbish_in_a_database_is_told(packages, tmp_path, capsys):
    def change(content: bytes) -> bytes:
        return content[:4096] + b"\x5a" * (len(content) - 4096)

    package = damaged(packages / "old.apkg", tmp_path / "bad.apkg", "collection.anki21", change)
    package = damaged(package, tmp_path / "worse.apkg", "collection.anki2", change)
    assert main(["import", str(package)]) == 1
    assert "is no database of Anki, or is damaged" in capsys.readouterr().err


def test_a_database_runs_nothing(packages, tmp_path, capsys):
    def with_views(content: bytes) -> bytes:
        file = tmp_path / "changed"
        file.write_bytes(content)
        connection = sqlite3.connect(file)
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "notes" in names
        connection.executescript(
            "CREATE TABLE kept AS SELECT * FROM notes; DROP TABLE notes;"
            "CREATE VIEW notes AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) "
            "SELECT x AS id, x AS guid, x AS mid, '' AS tags, '' AS flds FROM n;"
        )
        connection.close()
        return file.read_bytes()

    package = damaged(packages / "old.apkg", tmp_path / "a.apkg", "collection.anki21", with_views)
    package = damaged(package, tmp_path / "b.apkg", "collection.anki2", with_views)
    assert main(["import", str(package)]) == 1
    assert "is no database of Anki, or is damaged" in capsys.readouterr().err


def test_no_mathematics_is_taken_for_sound_that_is_not():
    chance = random.Random(5)
    texts = {
        "".join(chance.choices("abX019 +-=/,.()__^^{}{}\\", k=chance.randint(1, 9)))
        for _ in range(20_000)
    }
    shown = {
        text: markdown(rf"\({text}\)", str, lambda told: None, inline=True)
        for text in texts
        if text.strip("\\ ")
    }
    taken = [text.strip() for text, made in shown.items() if made == f"${text.strip()}$"]
    assert len(taken) > 2000
    assert [text for text in taken if mathml(text)[1]] == []
