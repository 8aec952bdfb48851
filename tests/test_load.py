"""What the loader says of a bad `cards.yaml`: the place, the fault, and what to do about it.

Each file in `faults` is a tiny deck with the fault that it is named after; beside it stands
what `python -m macros check` says of it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from golden import assert_golden

from macros.__main__ import main
from macros.load import load
from macros.model import DeckError

FAULTS = sorted((ROOT / "tests" / "faults").glob("*.yaml"))
SMALL = ROOT / "tests" / "fixtures" / "small-deck.yaml"


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
    for topic in ("animals", "plants"):
        page = Path(f"docs/glossary/{topic}.md")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f'{{{{ glossary("{topic}") }}}}', encoding="utf-8")
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
