"""The ways out of a deck: each form against what it was when last read, and read back."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace

import html5lib
import pytest
from conftest import ROOT, TRIAL, run_finish
from golden import assert_golden
from hypothesis import given
from hypothesis import strategies as st
from test_finish import DECK, PAGE, small  # noqa: F401

from macros.__main__ import main
from macros.exchange import data, downloads, gift, quizlet, table
from macros.finish import finish
from macros.load import load
from macros.model import Choice, fields_of

SMALL = ROOT / "tests/fixtures/small-deck.yaml"
GOLDEN = ROOT / "tests/golden"
TEXTS = ("anki-text", "quizlet", "gift", "csv", "json", "print", "fold")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the small deck, in which commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cards.yaml").write_bytes(SMALL.read_bytes())
    return tmp_path


@pytest.mark.parametrize("form", TEXTS)
def test_a_text_is_as_it_was(form, project, capsysbinary):
    assert main(["export", form, "--site", "https://example.org/deck"]) == 0
    made = capsysbinary.readouterr().out.decode("utf-8-sig").replace("\r\n", "\n")
    made = re.sub(r"<style>.*?</style>", "<style></style>", made, flags=re.DOTALL)
    suffix = {"csv": "csv", "json": "json", "print": "html", "fold": "html"}.get(form, "txt")
    assert_golden(made, GOLDEN / f"export-{form}.{suffix}")


# The command


def test_a_file_has_what_is_printed(project, capsysbinary):
    assert main(["export", "csv", "-o", "out.csv"]) == 0
    assert capsysbinary.readouterr().out == b""
    assert main(["export", "csv"]) == 0
    assert capsysbinary.readouterr().out == (project / "out.csv").read_bytes()


def test_a_deck_at_fault_goes_nowhere(project, capsys):
    (project / "cards.yaml").write_text("deck: 1\n")
    assert main(["export", "json", "-o", "out.json"]) == 1
    assert "cards.yaml:1:7: " in capsys.readouterr().err
    assert not (project / "out.json").exists()


def test_a_file_that_cannot_be_written_is_named(project, capsys):
    (project / "taken").mkdir()
    assert main(["export", "json", "-o", "taken"]) == 1
    assert "taken" in capsys.readouterr().err
    assert [path.name for path in (project / "taken").iterdir()] == []


def test_a_form_that_there_is_not_is_a_wrong_call(project, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["export", "pdf"])
    assert ended.value.code == 2
    assert "anki-text" in capsys.readouterr().err


# JSON


@pytest.mark.parametrize("file", [SMALL, ROOT / "cards.yaml"])
def test_json_is_the_same_deck(file, tmp_path):
    deck = load(file)
    for name in ("assets", "figures"):
        (tmp_path / "docs").mkdir(exist_ok=True)
        os.symlink(ROOT / "docs" / name, tmp_path / "docs" / name)
    for page in (ROOT / "docs/learn").parent.glob("*/*.md"):
        copy = tmp_path / "docs" / page.relative_to(ROOT / "docs")
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(page.read_bytes())
    (tmp_path / "cards.yaml").write_bytes(data.write(deck))
    again = load(tmp_path / "cards.yaml")
    for part in ("deck", "topics", "cards", "sources"):
        assert getattr(again, part) == getattr(deck, part)


# CSV


def rows(deck):
    text = table.write(deck).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("file", [SMALL, ROOT / "cards.yaml"])
def test_a_row_brings_all_fields_back(file):
    deck = load(file)
    for card, row in zip(deck.cards, rows(deck), strict=True):
        cells = {name: table.unshielded(cell) for name, cell in row.items()}
        for name, cell in cells.items():
            value = getattr(card, name)
            if name == "choices":
                parts = (table.divided(choice, "|") for choice in table.divided(cell, ";"))
                assert tuple(Choice(*part) for part in parts) == value
            elif name in table.LISTS:
                assert tuple(table.divided(cell, ";")) == value
            else:
                assert cell == ("" if (name, value) == ("revision", 1) else str(value))


def test_the_columns_are_fields():
    (cards,) = (field for field in fields_of(type(DECK)) if field.name == "cards")
    names = {field.name for field in fields_of(cards.kind.__args__[0])}
    assert names - set(table.COLUMNS) == {"formerly", "original"}
    assert set(table.COLUMNS) <= names


def test_no_cell_is_a_formula():
    (card, *_) = DECK.cards
    starts = (
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "'=1",
        "''@x",
        "'plain",
        "x=1",
    )
    for start in starts:
        (row,) = rows(replace(DECK, cards=(replace(card, answer=start),)))
        assert row["answer"][0] not in "=+-@\t\r\n＝", start
        assert table.unshielded(row["answer"]) == start
    assert row["answer"] == "x=1"


def test_a_spreadsheet_knows_the_letters_and_the_lines():
    written = table.write(DECK)
    assert written.startswith(b"\xef\xbb\xbfid,term,")
    assert written.endswith(b"\r\n")


edges = st.text(alphabet="a;| \\'=-\t\nß", max_size=12)


@given(edges)
def test_what_is_shielded_is_unshielded(text):
    shielded = table.shielded(text)
    assert table.unshielded(shielded) == text
    assert shielded[:1] not in tuple("=-\t\n")


@given(
    st.lists(edges.map(lambda text: text.strip(" ")).filter(bool), max_size=4),
    st.sampled_from(";|"),
)
def test_what_is_joined_is_divided(texts, sign):
    assert table.divided(table.joined(texts, sign), sign) == texts


# Quizlet


def test_a_card_is_a_line_with_one_tab():
    lines = quizlet.write(DECK).decode().splitlines()
    assert len(lines) == len(DECK.cards)
    assert all(line.count("\t") == 1 and all(line.split("\t")) for line in lines)


# GIFT


def questions(text):
    """The questions of a GIFT file as a classroom system reads them."""
    category = ""
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if not line.startswith("//")]
        if lines and lines[0].startswith("$CATEGORY: "):
            category = lines[0].removeprefix("$CATEGORY: ")
        elif lines:
            # What is escaped is no sign any more.
            hidden = re.sub(r"\\(.)", lambda at: chr(0xE000 + ord(at[1])), "\n".join(lines))
            title, asked, inside = re.fullmatch(
                r"::(.*?)::(.*?)\{(.*)\}\s*", hidden, re.DOTALL
            ).groups()
            inside, _, general = inside.partition("####")
            options = re.findall(r"([=~])([^=~]*)", inside)
            yield {
                "category": category,
                "title": shown(title),
                "asked": shown(asked),
                "general": shown(general),
                "options": [(sign, *map(shown, text.split("#"))) for sign, text in options],
            }


def shown(text):
    text = re.sub(
        r"[\ue000-\ue0ff]", lambda at: chr(ord(at[0]) - 0xE000), text.replace("\ue06e", "\n")
    )
    return text.strip().removeprefix("[html]")


def words_in(markup):
    return "".join(html5lib.parseFragment(markup).itertext())


def test_gift_is_read_back():
    deck, tricky = load(TRIAL / "cards.yaml"), r"{a} ~ b = c # d: e \ f // g -> h"
    card = replace(
        deck.cards[0],
        term=tricky,
        question=r"Is \{a\} ~ b = c # d: $\frac{1}{n} \neq \nu$?",
        choices=(Choice("x = {y}", "no: ~#=:"), Choice("%50% so")),
    )
    deck = replace(deck, cards=(card, *deck.cards[1:]))
    found = list(questions(gift.write(deck).decode()))
    ordered = [card for topic in deck.topics for card in deck.of_topic(topic.id)]
    assert [each["title"] for each in found] == [card.term for card in ordered]
    for each, card in zip(found, ordered, strict=True):
        topic = deck.topics_by_id[card.topic].title
        assert each["category"] == f"$course$/top/{deck.deck.title}/{topic}"
        signs = [sign for sign, *_ in each["options"]]
        assert signs == ["=", *"~" * max(3, len(card.choices))]
        assert words_in(each["general"]).split()[0] in card.answer
    first = found[0]
    assert words_in(first["asked"]) == r"Is {a} ~ b = c # d: \(\frac{1}{n} \neq \nu\)?"
    assert first["options"][1] == ("~", "x = {y}", "no: ~#=:")
    assert first["options"][2] == ("~", "%50% so")


# In the site


@pytest.fixture
def with_list(small):  # noqa: F811
    body = downloads.listed(DECK).replace("\0", "../")
    (small / "downloads").mkdir()
    (small / "downloads/index.html").write_text(PAGE.format(head="", body=body), encoding="utf-8")
    return small


def test_all_that_is_listed_is_there_with_its_size(with_list):
    finish(with_list, DECK)
    page = html5lib.parse(
        (with_list / "downloads/index.html").read_bytes(), namespaceHTMLElements=False
    )
    listed = [row for row in page.iter("tr") if row.find("td") is not None]
    assert len(listed) == len(downloads.FORMATS)
    for row in listed:
        file = with_list / "downloads" / row.find("td/a").get("href")
        size = int(re.sub(r"\D", "", row.findall("td")[2].text))
        assert abs(size - file.stat().st_size / 1024) < 2


def test_links_lead_to_where_the_site_is(with_list):
    canonical = '<link rel="canonical" href="https://example.org/deck/">'
    index = with_list / "index.html"
    index.write_text(index.read_text().replace("</head>", canonical + "</head>"))
    finish(with_list, DECK)
    package = zipfile.ZipFile(with_list / f"downloads/{DECK.deck.id}.apkg")
    (card, *_) = DECK.cards
    link = f"https://example.org/deck/glossary/{card.topic}/#{card.id}"
    assert link.encode() in package.read("collection.anki2")


def test_the_same_commit_gives_the_same_bytes(project):
    def packages(seed, stamp):
        (project / "cards.yaml").touch()
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        env["SOURCE_DATE_EPOCH"] = stamp
        command = [sys.executable, "-m", "macros", "export", "anki"]
        return subprocess.run(command, env=env, cwd=project, capture_output=True, check=True).stdout

    one = packages("1", "1700000000")
    assert packages("2", "1700000000") == one
    assert packages("1", "1700000001") != one


def test_the_time_is_that_of_the_commit_until_the_deck_is_changed(project, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    deck = project / "cards.yaml"
    os.utime(deck, (1_600_000_000, 1_600_000_000))
    assert downloads.moment(project) == 1_600_000_000

    def git(*arguments):
        names = [
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "commit.gpgsign=false",
        ]
        env = os.environ | {"GIT_COMMITTER_DATE": "1650000000 +0000"}
        subprocess.run(["git", *names, *arguments], cwd=project, env=env, check=True)

    git("init", "-q")
    git("add", "cards.yaml")
    git("commit", "-qm", "A deck")
    assert downloads.moment(project) == 1_650_000_000
    deck.write_text(deck.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    os.utime(deck, (1_660_000_000, 1_660_000_000))
    assert downloads.moment(project) == 1_660_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert downloads.moment(project) == 1_700_000_000


def test_a_site_that_is_finished_anew_has_no_older_downloads(with_list):
    finish(with_list, DECK)
    once = {path: path.read_bytes() for path in (with_list / "downloads").iterdir()}
    (with_list / f"downloads/{DECK.deck.id}.csv").write_text("old")
    assert run_finish(ROOT, with_list).returncode == 0
    assert {path: path.read_bytes() for path in (with_list / "downloads").iterdir()} == once
