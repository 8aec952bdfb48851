"""What `check` prints: to a person with a caret under the fault, to GitHub, to a program; and its status."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from macros import report
from macros.__main__ import main
from macros.model import Problem

DECK = """\
deck: {{id: tiny, title: Tiny, description: A deck of a test., rules: {{cards-have-sources: off{rules}}}}}
topics:
  - {{id: animals, title: Animals}}
sources: {{}}
cards:
  - id: cat
    term: cat
    topic: animals
    answer: It purrs.
    gist: {gist}
    mistake: It is no toy.
"""
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen"
SHORT = "it purrs"
GIST = "the gist has 13 words. Say it in at most 12."


@pytest.fixture(autouse=True)
def columns(monkeypatch):
    """Every test has a terminal of 80 columns, whatever it is run in."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Runs `python -m macros check` on a tiny deck with a gist; returns status, output and complaints."""
    monkeypatch.chdir(tmp_path)
    page = Path("docs/glossary/animals.md")
    page.parent.mkdir(parents=True)
    page.write_text('{{ glossary("animals") }}', encoding="utf-8")

    def run(gist: str, *options: str, level: str = "error") -> tuple[int, str, str]:
        rules = f", gists-are-short: {level}"
        Path("cards.yaml").write_text(DECK.format(gist=gist, rules=rules), encoding="utf-8")
        status = main(["check", *options])
        return status, *capsys.readouterr()

    return run


# The status


@pytest.mark.parametrize(
    "gist, level, options, status",
    [
        (SHORT, "error", [], 0),
        (SHORT, "error", ["--strict"], 0),
        (LONG, "error", [], 1),
        (LONG, "warning", [], 0),
        (LONG, "warning", ["--strict"], 1),
        (LONG, "off", ["--strict"], 0),
    ],
)
@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_the_status_is_1_for_errors_and_if_strict_for_warnings(
    check, gist, level, options, status, form
):
    assert check(gist, *options, "--format", form, level=level)[0] == status


# To a person


def test_a_warning_says_that_it_is_one_and_how_many_there_are(check):
    assert check(LONG, level="warning") == (
        0,
        "ok: 1 card, 1 topic, 0 sources, 1 warning\n",
        f'cards.yaml:10:11: warning: card "cat": {GIST} [gists-are-short]\n',
    )


def test_problems_of_deck_and_pages_stand_in_order_of_place(check):
    Path("docs/a.md").write_text("\n\n{{ card('dog') }} {{ card('cow') }}\n", encoding="utf-8")
    Path("docs/B.md").write_text("{{ quiz(topic='plants') }}\n", encoding="utf-8")
    said = check(LONG, level="warning")[2].splitlines()
    places = ["cards.yaml:10:11", "docs/B.md:1:4", "docs/a.md:3:4", "docs/a.md:3:22"]
    assert [line.split(": ")[0] for line in said] == places


@pytest.mark.parametrize(
    "line, column, shown",
    [
        ("term: cat", 7, ["term: cat", "      ^"]),
        ("term: cat", 10, ["term: cat", "         ^"]),
        ("a\tb\tc", 5, ["a b c", "    ^"]),
        ("猫と犬: x", 6, ["猫と犬: x", "        ^"]),
        ("Ａ cat", 3, ["Ａ cat", "   ^"]),
        ("e\u0301te\u0301: x", 8, ["e\u0301te\u0301: x", "     ^"]),
        ("a\x1b[31m\u202ered: x", 9, ["a\ufffd[31m\ufffdred: x", "        ^"]),
        ("un\xa0chat: x", 4, ["un chat: x", "   ^"]),
    ],
    ids=["plain", "at the end", "tabs", "wide", "full width", "accents", "hidden", "no-break"],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
def test_the_caret_stands_under_the_character(tmp_path, mark, ending, line, column, shown):
    text = f"{mark}# first{ending}{line}{ending}# last{ending}"
    (tmp_path / "cards.yaml").write_text(text, encoding="utf-8", newline="")
    made = report.excerpt(Problem("cards.yaml", 2, column, ""), tmp_path)
    assert made == f"    2 | {shown[0]}\n      | {shown[1]}"


@pytest.mark.parametrize("char", ["x", "猫", "e\u0301"])
@pytest.mark.parametrize("at", [0, 1, 40, 5000, 9998, 9999])
def test_a_long_line_is_cut_around_its_fault(tmp_path, char, at):
    columns = {"…": 1, "x": 1, "!": 1, "猫": 2, "e": 1, "\u0301": 0}
    line = char * at + "!" + char * (9999 - at)
    (tmp_path / "cards.yaml").write_text(line, encoding="utf-8")
    problem = Problem("cards.yaml", 1, len(char) * at + 1, "")
    shown, caret = (row[len("    1 | ") :] for row in report.excerpt(problem, tmp_path).split("\n"))
    assert caret == " " * sum(columns[each] for each in shown.split("!")[0]) + "^"
    assert 65 <= sum(columns[each] for each in shown) <= 72


@pytest.mark.parametrize("line, column", [(0, 0), (3, 1), (99, 1)])
def test_where_there_is_no_line_there_is_no_excerpt(tmp_path, line, column):
    (tmp_path / "cards.yaml").write_text("one\ntwo", encoding="utf-8")
    assert report.excerpt(Problem("cards.yaml", line, column, ""), tmp_path) == ""
    assert report.excerpt(Problem("docs/none.md", 1, 1, ""), tmp_path) == ""


def on_a_terminal(folder: Path, columns: int) -> list[str]:
    """The lines that `check` writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    # Python asks these first, and the test's own would count.
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    run = [sys.executable, "-m", "macros", "check"]
    subprocess.run(run, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, timeout=30)
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # Linux says so where others send nothing more
        pass
    os.close(ours)
    return written.decode("utf-8").split("\r\n")


def test_on_a_terminal_the_caret_stands_under_the_fault(tmp_path):
    deck = DECK.format(gist=SHORT, rules="") + "    related: [猫, dog, cat]\n"
    (tmp_path / "cards.yaml").write_text(deck, encoding="utf-8")
    lines = on_a_terminal(tmp_path, 80)
    assert lines[1:3] == [
        "   12 |     related: [猫, dog, cat]",
        "      |               ^",
    ]
    assert lines[4:6] == [
        "   12 |     related: [猫, dog, cat]",
        "      |                   ^",
    ]


def test_an_excerpt_keeps_to_the_width_of_the_terminal(tmp_path):
    deck = DECK.format(gist=SHORT, rules="").replace(
        "It purrs.", "猫" * 90 + " [[dgo]] " + "犬" * 90
    )
    (tmp_path / "cards.yaml").write_text(deck, encoding="utf-8")
    shown, caret = on_a_terminal(tmp_path, 60)[1:3]
    wide = sum(char in "猫犬" for char in shown)
    assert 50 <= len(shown) + wide <= 60
    assert caret.endswith("^") and len(caret) <= 60


# To GitHub


def test_github_gets_a_command_for_each_problem(check):
    for level, word in (("error", "error"), ("warning", "warning")):
        said = check(LONG, "--format", "github", level=level)[1].splitlines()
        place = "file=cards.yaml,line=10,col=11,title=gists-are-short"
        assert said[0] == f'::{word} {place}::card "cat": {GIST}'


def test_github_hears_that_all_is_well(check):
    assert check(SHORT, "--format", "github") == (0, "ok: 1 card, 1 topic, 0 sources\n", "")


def test_what_github_would_read_as_its_own_is_escaped():
    problem = Problem("docs/a,b:c%.md", 3, 4, "50% of\r\n::error::x, y: z")
    assert report.github([problem]) == (
        "::error file=docs/a%2Cb%3Ac%25.md,line=3,col=4::50%25 of%0D%0A::error::x, y: z"
    )
    assert report.github([Problem("cards.yaml", 0, 0, "gone")]) == "::error file=cards.yaml::gone"
    assert report.github([]) == ""


# To a program


def test_json_has_the_keys_that_are_documented(check):
    status, said, complained = check(LONG, "--format", "json", level="warning")
    assert (status, complained) == (0, "")
    assert json.loads(said) == {
        "problems": [
            {
                "file": "cards.yaml",
                "line": 10,
                "column": 11,
                "level": "warning",
                "rule": "gists-are-short",
                "text": f'card "cat": {GIST}',
            }
        ],
        "counts": {"cards": 1, "topics": 1, "sources": 0},
    }


def test_json_has_no_counts_where_the_deck_cannot_be_read(check):
    told = json.loads(check("", "--format", "json")[1])
    assert told["counts"] == {}
    assert [problem["rule"] for problem in told["problems"]] == [""]


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_a_console_that_cannot_show_a_character_gets_an_escape(check, form):
    check('"[[猫]]"')
    ended = subprocess.run(
        [sys.executable, "-m", "macros", "check", "--format", form],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert r"[[\u732b]]" in ended.stdout + ended.stderr
