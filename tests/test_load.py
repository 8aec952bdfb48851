"""What the loader says of a bad `cards.yaml`: the place, the fault, and what to do about it.

Each file in `faults` is a tiny deck with the fault that it is named after; beside it stands
what `python -m macros check` says of it. Each in `accepted` holds what looks like a fault and
is none; beside it stands what comes of it.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from conftest import ROOT
from golden import assert_golden
from hypothesis import given, settings
from hypothesis import strategies as st

from macros import report, rules
from macros.__main__ import check as run_check
from macros.__main__ import main
from macros.load import load, read
from macros.model import At, DeckError

FAULTS = sorted((ROOT / "tests" / "faults").glob("*.yaml"))
ACCEPTED = sorted((ROOT / "tests" / "accepted").glob("*.yaml"))
SMALL = ROOT / "tests" / "fixtures" / "small-deck.yaml"


HEAD = """\
deck: {id: tiny, title: Tiny, description: A deck of a test.}
topics:
  - {id: animals, title: Animals}
sources: {}
cards:
"""


def page(topic: str) -> None:
    """Write the glossary page of a topic."""
    path = Path(f"docs/glossary/{topic}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{{{ glossary("{topic}") }}}}', encoding="utf-8")


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Runs `python -m macros check` where `cards.yaml` is what a test wrote; returns the outcome."""
    monkeypatch.chdir(tmp_path)

    def run() -> tuple[int, str, str]:
        status = main(["check"])
        return status, *capsys.readouterr()

    return run


@pytest.mark.parametrize("fault", FAULTS, ids=lambda path: path.stem)
def test_a_fault_is_told_with_its_place_and_remedy(fault, check):
    shutil.copy(fault, "cards.yaml")
    status, said, complained = check()
    assert (status, said) == (1, "")
    assert_golden(complained, fault.with_suffix(".txt"))


@pytest.mark.parametrize("deck", ACCEPTED, ids=lambda path: path.stem)
def test_what_looks_like_a_fault_and_is_none_is_accepted(deck, check):
    shutil.copy(deck, "cards.yaml")
    page("animals")
    status, said, complained = check()
    card = {name: text for name, text in vars(load("cards.yaml").by_id["cat"]).items() if text}
    assert (status, complained) == (0, "")
    assert_golden(said + json.dumps(card, indent=2) + "\n", deck.with_suffix(".txt"))


def test_each_card_tells_its_own_fault_of_syntax(check):
    card = '  - {{id: c{n}, term: t{n}, topic: animals, answer: "An animal"}}\n'
    broken = "  - id: c{n}\n    term: t: {n}\n    answer: An animal\n"
    cards = "".join((card + broken).format(n=n) for n in range(10))
    Path("cards.yaml").write_text(HEAD + cards, encoding="utf-8")
    first = HEAD.count("\n") + 3
    assert [line.split(":")[1:3] for line in check()[2].splitlines()] == [
        [str(first + 4 * n), "12"] for n in range(10)
    ]


def test_a_missing_file_is_told(check):
    assert check() == (
        1,
        "",
        "cards.yaml: there is no such file. Put the deck beside mkdocs.yml.\n",
    )


def test_a_folder_in_the_place_of_the_file_is_told(check):
    Path("cards.yaml").mkdir()
    assert check() == (
        1,
        "",
        "cards.yaml: it cannot be read: Is a directory. Put the deck there as a file.\n",
    )


@pytest.mark.parametrize("encoding, place", [("latin-1", "2:7"), ("utf-16", "1:1")])
def test_a_file_that_is_not_utf8_is_told_with_the_first_bad_byte(check, encoding, place):
    Path("cards.yaml").write_bytes("deck:\n  id: é\n".encode(encoding))
    message = f"cards.yaml:{place}: this byte is not UTF-8. Save the file as UTF-8.\n"
    assert check() == (1, "", message)


def test_a_file_over_20_mb_is_refused_before_it_is_read(check, monkeypatch):
    with open("cards.yaml", "wb") as file:
        file.truncate(20_000_001)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"{self} is read"))
    assert check() == (
        1,
        "",
        "cards.yaml: the file has 20.0 MB, and may have 20. "
        "Take out what is not a card, or make two decks of it.\n",
    )


@pytest.mark.parametrize("start", ["[", "- ", "{a: ", "? ", "- - [{a: [", "&a [", "[" + "*a, " * 9])
def test_nesting_without_end_is_refused_at_once(check, start):
    Path("cards.yaml").write_text(HEAD + "  - id: " + start * 300_000, encoding="utf-8")
    before = time.process_time()
    status, _, said = check()
    assert (status, said.count("\n")) == (1, 1)
    assert time.process_time() - before < 3


def test_an_alias_bomb_is_refused_at_once(check):
    lines = [f"    {{}}: &b{n} [{', '.join([f'*b{n - 1}'] * 1000)}]\n" for n in range(1, 7)]
    names = ("aliases", "tags", "related", "sources", "cloze", "choices")
    bomb = "".join(line.format(name) for line, name in zip(lines, names, strict=True))
    Path("cards.yaml").write_text(f"{HEAD}  - id: &b0 cat\n{bomb}", encoding="utf-8")
    before = time.process_time()
    status, _, said = check()
    assert status == 1
    assert said.count(" takes for itself") == 7
    assert time.process_time() - before < 3


def test_a_file_of_control_characters_is_told_in_bounds(check):
    Path("cards.yaml").write_bytes(b"\0" * 100_000)
    lines = check()[2].splitlines()
    assert len(lines) == 1001
    assert lines[0] == (
        "cards.yaml: there are 99000 more control characters. Save the file as plain text."
    )


# The words that a rule means, found in the ways in which a file can have them


@pytest.mark.parametrize(
    "value, words, place",
    [
        ("An animal with the mark here", "the mark", "9:28"),
        ("'It''s an animal'", "It's", "9:14"),
        ('"An \\"animal\\" with the mark"', "the mark", "9:33"),
        ('"An \\"animal\\" with the mark"', '"animal"', "9:17"),
        ('"An animal of \\\\frac{1}{2}"', "\\frac{1}", "9:27"),
        ("An animal\n      with the mark", "the mark", "10:12"),
        ("An animal with the\n      mark", "the mark", "9:28"),
        (">-\n      An animal\n      with the mark", "the mark", "11:12"),
        ("|\n      An animal\n\n      with the mark", "the mark", "12:12"),
        ('"An animal with the\\x20mark"', "the mark", "9:13"),
        ("The mark is further down", "the answer", "9:13"),
    ],
)
def test_a_fault_inside_a_text_is_told_where_its_words_stand(
    check, monkeypatch, value, words, place
):
    def marks(deck):
        yield At(("cards", 0, "answer"), find=words), "here."

    monkeypatch.setattr(rules, "RULES", {"marks": rules.Rule("marks", "error", True, marks)})
    card = (
        f"  - id: cat\n    term: a\n    topic: animals\n    answer: {value}\n    hint: the answer\n"
    )
    Path("cards.yaml").write_text(HEAD + card, encoding="utf-8")
    assert check()[2] == f'cards.yaml:{place}: card "cat": here.\n'


def test_a_control_character_is_told_with_its_place(check):
    Path("cards.yaml").write_text("deck:\r\n  id: ab\x01c\r\n", encoding="utf-8", newline="")
    message = "cards.yaml:2:9: here is the control character U+0001. Take it out.\n"
    assert check() == (1, "", message)


@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["windows", "unix"])
@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with a byte order mark", "without"])
def test_places_do_not_depend_on_what_an_editor_adds(check, ending, mark):
    fault = (ROOT / "tests/faults/unknown-topic.yaml").read_text(encoding="utf-8")
    Path("cards.yaml").write_text(mark + fault, encoding="utf-8", newline=ending)
    assert check()[2].startswith('cards.yaml:16:12: card "cat": no topic has the id "animal".')


def test_a_sound_deck_is_ok(check):
    shutil.copy(SMALL, "cards.yaml")
    page("animals")
    page("plants")
    assert check() == (0, "ok: 3 cards, 2 topics, 1 source\n", "")


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check", "--no-such-option"]], ids=str)
def test_a_wrong_call_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m macros" in capsys.readouterr().err


def test_the_command_ends_with_the_status_and_no_traceback(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "macros", "check"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("cards.yaml: there is no such file.")
    assert ended.stderr.count("\n") == 1


def test_every_scalar_is_text(tmp_path):
    deck = load(SMALL)
    assert deck.by_id["no"].term == "no"
    assert deck.sources["book"].year == "2020"


def test_an_unchanged_file_is_not_read_again(tmp_path, monkeypatch):
    path = Path(shutil.copy(SMALL, tmp_path / "cards.yaml"))
    first = load(path)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"{self} is read again"))
    assert load(path) is first
    assert load(str(path)) is first


@pytest.mark.parametrize("how", ["longer", "as long, but later", "as late, but longer"])
def test_a_changed_file_is_read_again(tmp_path, how):
    path = Path(shutil.copy(SMALL, tmp_path / "cards.yaml"))
    os.utime(path, ns=(1, 1))
    before = load(path)
    text = path.read_text(encoding="utf-8")
    new = "The other deck" if how == "as long, but later" else "A deck of another length"
    path.write_text(text.replace("The small deck", new), encoding="utf-8")
    if how == "as late, but longer":
        os.utime(path, ns=(1, 1))
    assert (before.deck.title, load(path).deck.title) == ("The small deck", new)


def test_a_mended_file_is_read_again_and_a_broken_one_told_each_time(tmp_path):
    path = tmp_path / "cards.yaml"
    for _ in range(2):
        with pytest.raises(DeckError, match="there is no such file"):
            load(path)
    shutil.copy(SMALL, path)
    assert load(path).deck.title == "The small deck"


# Whatever stands in the file


# What YAML takes for itself, and words that a deck has.
PIECES = st.sampled_from(
    [
        *"\n\t\r\0\x85\u2028\u202e\ufeff -:#,[]{}&*!|>'\"%@`?\\$",
        "\n  - ",
        "\n    ",
        ": ",
        " #",
        "---",
    ]
    + [
        "deck:",
        "cards:",
        "id",
        "term: ",
        "answer: >-\n",
        "[[cat]]",
        "$\\frac{1}{2}$",
        "<<: *a",
        "é猫",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join)
LINES = SMALL.read_text(encoding="utf-8").splitlines(keepends=True)


@st.composite
def mutations(draw) -> str:
    """A sound deck after some slips of the hand: lines lost, doubled, moved, characters put in."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        slip = draw(st.sampled_from(["lose", "double", "move", "type", "indent"]))
        n = draw(st.integers(0, len(lines) - 1))
        line = lines[n] if slip in ("double", "type", "indent") else lines.pop(n)
        if slip in ("double", "move"):
            lines.insert(draw(st.integers(0, len(lines))), line)
        elif slip == "type":
            at = draw(st.integers(0, len(line)))
            lines[n] = line[:at] + draw(PIECES) + line[at:]
        elif slip == "indent":
            lines[n] = " " * draw(st.integers(1, 5)) + line
    return "".join(lines)


NAMES = (
    "deck topics cards sources id title description term topic answer choices text related rules"
)
SHAPES = st.recursive(
    TEXTS | st.none() | st.integers() | st.sampled_from(["cat", "animals", "off", "[[cat]]"]),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES.split()) | TEXTS, inside, max_size=5)
    ),
    max_leaves=20,
)
DECKS = st.fixed_dictionaries(
    {},
    optional={
        "deck": SHAPES,
        "topics": SHAPES | st.lists(SHAPES),
        "sources": SHAPES | st.dictionaries(TEXTS, SHAPES),
        "cards": SHAPES | st.lists(st.dictionaries(st.sampled_from(NAMES.split()), SHAPES)),
    },
)


@given(
    st.binary(max_size=200)
    | TEXTS.map(str.encode)
    | TEXTS.map(lambda text: f"{HEAD}  - id: cat\n    answer: {text}\n".encode())
    | mutations().map(str.encode)
    | (DECKS | SHAPES).map(lambda shape: yaml.safe_dump(shape, allow_unicode=True).encode())
)
@settings(max_examples=150, deadline=None)
def test_no_file_makes_the_check_crash(data):
    with TemporaryDirectory() as folder:
        Path(folder, "cards.yaml").write_bytes(data)
        said, complained = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(complained):
            status = run_check(Path(folder))
        assert status in (0, 1)
        assert not said.getvalue() or said.getvalue().startswith("ok: ")
        for line in complained.getvalue().splitlines():
            assert re.match(r"(cards\.yaml|docs/glossary/.*\.md)(:[1-9]\d*:[1-9]\d*)?: \S", line)
        assert "Traceback" not in complained.getvalue()
        for problem in read(Path(folder, "cards.yaml")).problems:
            assert problem.column <= 1 or report.excerpt(problem, Path(folder)).endswith("^")


# The room that each part keeps to


HOSTS_BLOCKED = """
import importlib, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("mkdocs", "zensical", "markdown"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_the_engine_imports_without_either_builder():
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "macros").rglob("*.py")
        if path.name not in ("__init__.py", "blocks.py")
    )
    assert "macros.load" in modules and "macros.quiz" in modules
    run = [sys.executable, "-c", HOSTS_BLOCKED]
    ended = subprocess.run([*run, *modules], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    # The adapter needs one of them, so the blocker does block.
    assert (
        "is blocked"
        in subprocess.run([*run, "macros.blocks"], cwd=ROOT, capture_output=True, text=True).stderr
    )


def test_the_adapter_is_thin():
    assert len((ROOT / "macros/__init__.py").read_text(encoding="utf-8").splitlines()) < 60
