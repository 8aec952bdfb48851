"""The command `start`: sites of decks that are as different as can be."""

import re
import shutil
import subprocess
import sys
import textwrap

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT, TRIAL, run_builder, run_finish
from pages_server import PagesServer

from macros.__main__ import main
from macros.load import load

VOCABULARY = """\
il cane\tthe dog
il gatto\tthe cat
il cane\tthe hound
l'albero\tthe tree
la casa\tthe house; home
il gatto\tthe cat
"""
CODE = """\
term,answer,topic
git stash,"Puts changes aside:

```sh
git stash push -m ""later""
```",Git
a < b && c > d,Compares `a` with `b` in C,C
<script>alert(1)</script>,An element of HTML,HTML
{{ config.site_name }},A variable in Jinja,Jinja
[[link]] {% raw %},What wikis have,Jinja
"""
ARABIC = """\
#separator:tab
#html:false
#deck:الحيوانات
القطة\tحيوان أليف صغير يصطاد الفئران
الجمل\tحيوان كبير يعيش في الصحراء
النحلة\tحشرة تصنع العسل
"""
MATHEMATICS = """\
cards:
  - term: derivative
    topic: Calculus
    answer: The limit $\\lim_{h \\to 0} \\frac{f(x + h) - f(x)}{h}$.
  - term: Euler's identity
    topic: Complex numbers
    answer: |
      $$e^{i\\pi} + 1 = 0$$
    example: It costs 5$ to print.
"""


def many():
    """2,000 rows of a table with tags."""
    rows = (f"word {n},meaning of the word {n},Unit {n // 100 + 1}\n" for n in range(2000))
    return "front,back,topic\n" + "".join(rows)


DECKS = {
    "vocabulary": ("words.txt", VOCABULARY, []),
    "arabic": ("notes.txt", ARABIC, ["--language", "ar"]),
    "code": ("code.csv", CODE, []),
    "mathematics": ("mathematics.yaml", MATHEMATICS, []),
    "many": ("many.csv", many(), ["--title", "Two thousand & more: {{ words }}"]),
}


# Each site is built by one worker alone.
@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in DECKS],
)
def started(request, tmp_path_factory):
    """A site that was started, built strictly and finished, with what was said; and its server's address."""
    name, text, options = DECKS[request.param]
    folder = tmp_path_factory.mktemp("start")
    (folder / name).write_text(text, encoding="utf-8")
    into = folder / "new" / "site"
    said = subprocess.run(
        [
            sys.executable,
            "-m",
            "macros",
            "start",
            str(folder / name),
            "--into",
            str(into),
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    # What set-up makes.
    for file in ("fsrs.min.js", "fsrs.LICENSE.txt"):
        shutil.copy(ROOT / "overrides/assets/cards" / file, into / "overrides/assets/cards")
    server = PagesServer(into / "site")
    built = run_builder(into, "mkdocs", server.url)
    assert built.returncode == 0, built.stdout
    finished = run_finish(into, into / "site")
    assert finished.returncode == 0, finished.stdout
    yield request.param, into, said, server.url
    server.stop()


def test_its_check_is_content_and_its_deck_has_every_card(started):
    name, into, said, _ = started
    checked = subprocess.run(
        [sys.executable, "-m", "macros", "check"], cwd=into, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    deck = load(into / "cards.yaml")
    count = {"vocabulary": 5, "arabic": 3, "code": 5, "mathematics": 2, "many": 2000}[name]
    assert len(deck.cards) == count
    assert f"{count} cards in {len(deck.topics)} topic" in said.stdout
    for rule, level in re.findall(r"(?m)^([a-z-]+): (off|warning), since", said.stdout):
        assert deck.deck.rules[rule] == level


def test_its_pages_open_and_axe_finds_nothing(started, chromium):
    name, into, _, url = started
    deck = load(into / "cards.yaml")
    told = []
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    for address in ("", "study/", "glossary/", f"glossary/{deck.topics[0].id}/", "about/"):
        page.goto(url + address)
        if address in ("", "study/"):
            page.locator("[data-do=flip]").last.wait_for()
        assert_axe_is_content(page)
        assert_nothing_is_wider(page)
        assert page.title().endswith(deck.deck.title)
    page.goto(url + "study/")
    first = page.locator("flash-card [data-side], flash-card").first
    card = deck.cards[0]
    assert card.question or card.term in first.inner_text().split("\n"), "a front is shown as it is"
    page.locator("[data-do=flip]").last.click()
    page.locator("[data-grade=good]").last.click()
    page.close()
    assert not told


def test_nothing_of_our_own_deck_is_in_its_pages(started):
    _, into, _, _ = started
    ours = re.compile(
        r"LLM(?!-flashcards)|language model|transformer|fine-tun|LoRA|Flan|Chinchilla|gradient",
        re.IGNORECASE,
    )
    read = [file for file in (into / "site").rglob("*.html")]
    read += [file for file in into.glob("*") if file.suffix in (".md", ".yml", ".yaml", ".json")]
    read += [*(into / "docs").rglob("*.md"), *(into / ".github").rglob("*.*")]
    # The lock files of npm name what others have called their packages.
    read = [file for file in read if file.name != "package-lock.json" and file.is_file()]
    found = {
        file.relative_to(into).as_posix(): match[0]
        for file in read
        if (match := ours.search(file.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert not (into / "docs/learn").exists() and not (into / "tests/content").exists()


def start(tmp_path, text, *options, name="deck.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return main(["start", str(tmp_path / name), "--into", str(tmp_path / "site"), *options])


def test_a_folder_with_something_in_it_is_refused(tmp_path, capsys):
    (tmp_path / "site").mkdir()
    (tmp_path / "site/mine.txt").write_text("keep me")
    assert start(tmp_path, VOCABULARY) == 1
    assert "Name a folder that is new or empty." in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "site").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", (), "deck.txt: "),
        ("one line without a back", (), "deck.txt:1: "),
        (VOCABULARY, ("--strict",), "which --strict refuses"),
        (VOCABULARY, ("--language", "Klingon!"), '"Klingon!" is no code of a language'),
    ],
)
def test_what_cannot_be_a_site_leaves_nothing_behind(tmp_path, capsys, text, options, words):
    assert start(tmp_path, text, *options) == 1
    assert words in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["deck.txt"]


def test_an_empty_folder_will_do_and_everything_make_needs_is_there(tmp_path):
    (tmp_path / "site").mkdir()
    assert start(tmp_path, VOCABULARY, "--title", "Italian animals") == 0
    site = tmp_path / "site"
    dry = subprocess.run(
        ["make", "--dry-run", "serve", "test", "build"], cwd=site, capture_output=True, text=True
    )
    assert dry.returncode == 0, dry.stderr
    assert (site / ".ci/run").stat().st_mode & 0o100
    assert "# Italian animals" in (site / "README.md").read_text(encoding="utf-8")
    # Whoever has git sees what is theirs, and nothing that was made.
    subprocess.run(["git", "init", "--quiet"], cwd=site, check=True)
    listed = subprocess.check_output(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=site, text=True
    )
    assert "cards.yaml" in listed and "__pycache__" not in listed and "fsrs.min.js\n" not in listed


def test_a_started_site_can_start_another(tmp_path):
    assert start(tmp_path, VOCABULARY) == 0
    (tmp_path / "more.csv").write_text(textwrap.dedent(CODE), encoding="utf-8")
    again = subprocess.run(
        [sys.executable, "-m", "macros", "start", "../more.csv", "--into", "../other"],
        cwd=tmp_path / "site",
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0, again.stderr
    assert len(load(tmp_path / "other/cards.yaml").cards) == 5


def test_pictures_come_along_and_a_deck_of_our_own_shape_keeps_its_rules(tmp_path):
    shutil.copy(TRIAL / "cards.yaml", tmp_path / "trial.yaml")
    assert main(["start", str(tmp_path / "trial.yaml"), "--into", str(tmp_path / "site")]) == 0
    deck, trial = load(tmp_path / "site/cards.yaml"), load(TRIAL / "cards.yaml")
    assert deck.cards == trial.cards and deck.sources == trial.sources
    assert (deck.deck.id, deck.deck.license) == (trial.deck.id, trial.deck.license)


SUBJECT = re.compile(
    r"\b(?:llms?|lora|peft|transformers?|self-attention|fine-?tun\w*|gpus?|gpt\w*|bert|chinchilla"
    r"|softmax|language models?|flan\w*|ddp|fsdp|rlhf)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("folder", ["macros", "overrides/assets/cards", "overrides/assets/words"])
def test_the_engine_does_not_know_our_subject(folder):
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".py", ".js", ".css", ".json", ".md") and ".min." not in file.name
        for match in SUBJECT.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
