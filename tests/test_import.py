"""What `python -m macros import` makes of other programs' decks, what it says, and what it refuses.

Each file in `imports` is such a deck; beside it stands what was printed, and what was said.
"""

import html
import io
import shutil
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT
from golden import assert_golden
from hypothesis import example, given, settings
from hypothesis import strategies as st

from macros import exchange
from macros.__main__ import main
from macros.exchange import Options
from macros.exchange.plain import escaped
from macros.exchange.writing import cards_text, deck_text
from macros.importing import rules_not_met
from macros.load import load, read
from macros.markup import Markup
from macros.model import Card, Choice, Deck, Info, Original
from macros.rules import RULES

FOLDER = ROOT / "tests/imports"
EMPTY = Markup(Deck(Info("d", "D", "D"), (), (), {}))
CASES = sorted(path for path in FOLDER.iterdir() if len(path.suffixes) == 1)
DECK = """\
# A deck of somebody.
deck:
  id: d
  title: D
  description: D.
  rules: {cards-have-sources: off, cards-have-details-or-a-mistake: off}
topics:
  - id: t  # the first
    title: T
sources: {}
cards:
  - id: cat
    term: Cat
    topic: t
    answer: It purrs.  # and more

# The end.
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder for a project with a small deck."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs/glossary").mkdir(parents=True)
    (tmp_path / "docs/glossary/t.md").write_text('{{ glossary("t") }}\n')
    (tmp_path / "cards.yaml").write_text(DECK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def said(project, capsys):
    """Runs the command on a file of that content; returns its status and what it has said."""

    def run(content: bytes | str, *arguments: str, name: str = "deck.txt"):
        data = content.encode() if isinstance(content, str) else content
        (project / name).write_bytes(data)
        status = main(["import", name, *arguments])
        return status, *capsys.readouterr()

    return run


def files(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def made(content: str, name: str = "deck.txt", **options):
    return exchange.read_text(content.encode(), name, Options(**options))


def cards(content: str, name: str = "deck.txt", **options):
    return made(content, name, **options).cards


def sides(content: str, name: str = "deck.txt", **options):
    return [(card.term, card.answer) for card in cards(content, name, **options)]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_deck_becomes_this(case, project, capsys):
    shutil.copy(case, project)
    assert main(["import", case.name]) == 0
    printed, told = capsys.readouterr()
    assert_golden(printed, FOLDER / f"{case.name}.printed.yaml")
    assert_golden(told, FOLDER / f"{case.name}.said.txt")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_what_is_printed_checks_when_it_is_appended(case, project, capsys):
    incoming = exchange.read(case)
    off = dict.fromkeys(rules_not_met(incoming), "off")
    info = {"id": "d", "title": "D", "description": "D.", "rules": off}
    head = deck_text(incoming, **info).partition("\ncards:\n")[0]
    main(["import", str(case)])
    printed, _ = capsys.readouterr()
    (project / "cards.yaml").write_text(f"{head}\ncards:\n{printed}", encoding="utf-8")
    (project / "docs/glossary/t.md").unlink()
    assert load(project / "cards.yaml").cards == incoming.cards
    main(["fix"])
    assert main(["check"]) == 0
    assert [card.id for card in exchange.read(case).cards] == [card.id for card in incoming.cards]


def test_cards_are_appended_with_all_else_as_it_was(said, project):
    status, out, _ = said("dog\tit barks\nowl\tit hoots\n", "--into", "cards.yaml", "--topic", "T")
    assert (status, out) == (0, "cards.yaml: 2 cards appended.\n")
    new = "  - id: dog\n    term: dog\n    topic: t\n    answer: it barks\n"
    new += "  - id: owl\n    term: owl\n    topic: t\n    answer: it hoots\n"
    text = (project / "cards.yaml").read_text()
    assert text == DECK.replace("# and more\n", f"# and more\n{new}")


@pytest.mark.parametrize("ending", ["\r\n", "\n"], ids=["windows", "unix"])
def test_a_deck_keeps_its_line_breaks_and_its_indentation(said, project, ending):
    flush = DECK.replace("\n  - id: cat\n    ", "\n- id: cat\n  ").replace("\n    ", "\n  ")
    flush = flush.replace("\n  title: T\n", "\n    title: T\n").partition("\n\n")[0]
    (project / "cards.yaml").write_bytes(flush.replace("\n", ending).encode())
    assert said("dog\tit barks\n", "--into", "cards.yaml", "--topic", "New")[0] == 0
    text = (project / "cards.yaml").read_bytes().decode()
    assert text.count("\n") == text.count(ending)
    assert text.replace(ending, "\n").endswith(
        "# and more\n- id: dog\n  term: dog\n  topic: new\n  answer: it barks"
    )


def test_a_deck_that_would_not_check_is_left_alone(said, project):
    (project / "deck.txt").touch()
    before = files(project)
    status, out, told = said("Cat\tit meows\n", "--into", "cards.yaml", "--topic", "New")
    assert status == 1 and not out
    assert 'the deck has "Cat" too, with another answer: both are kept.' in told
    assert 'card "cat-2": "Cat" already names the card "cat"' in told
    assert told.endswith(
        "nothing is written.\nMend them, or ease the rules in cards.yaml:\n"
        "deck:\n  rules:\n    terms-are-unique: off\n"
    )
    (project / "deck.txt").write_bytes(b"")
    assert files(project) == before


def test_a_new_topic_gets_its_page(said, project):
    status, out, _ = said("dog\tit barks\n", "--into", "cards.yaml", "--topic", "Loud animals")
    assert status == 0
    assert (project / "docs/glossary/loud-animals.md").is_file()
    assert 'wrote this page for the topic "loud-animals"' in out
    assert main(["check"]) == 0


def test_what_is_there_already_is_not_appended_again(said, project):
    assert said("dog\tit barks\n", "--into", "cards.yaml", "--topic", "T")[0] == 0
    before = (project / "cards.yaml").read_bytes()
    status, out, _ = said("dog\tit barks\n", "--into", "cards.yaml", "--topic", "T")
    assert (status, out) == (0, "nothing is new: cards.yaml has all of these cards already.\n")
    assert (project / "cards.yaml").read_bytes() == before


def test_the_first_cards_of_a_deck(said, project):
    head = DECK.partition("topics:")[0] + "topics: []\nsources: {}\ncards: []\n"
    (project / "cards.yaml").write_text(head)
    (project / "docs/glossary/t.md").unlink()
    assert said("dog\tit barks\n", "--into", "cards.yaml")[0] == 0
    assert [card.id for card in load(project / "cards.yaml").cards] == ["dog"]
    assert (project / "cards.yaml").read_text().startswith(head.partition("topics:")[0])


@pytest.mark.parametrize("case", ["page.txt", "tabs.txt", "header.csv", "bare.csv", "cards.json"])
def test_strict_refuses_what_is_doubtful(case, project, capsys):
    before = files(project)
    assert main(["import", str(FOLDER / case), "--strict", "--into", "cards.yaml"]) == 1
    out, told = capsys.readouterr()
    assert not out and told.endswith("which --strict refuses: nothing is written.\n")
    assert files(project) == before


def test_strict_takes_what_is_plain(said):
    assert said("dog\tit barks\ncat\tit purrs\n", "--strict")[0] == 0


# Texts


def test_lines_that_alternate_need_no_title():
    assert sides("dog\nit barks\ncat\nit purrs\n") == [("dog", "it barks"), ("cat", "it purrs")]
    asked = "What is the capital of Norway?\nOslo\nWhat is the capital of Latvia?\nRiga\n"
    assert sides(asked)[1] == ("What is the capital of Latvia?", "Riga")


def test_separators_can_be_named():
    assert sides("dog---it barks\n\ncat---it purrs", between="---", after=r"\n\n") == [
        ("dog", "it barks"),
        ("cat", "it purrs"),
    ]
    assert sides("a,b;c,d", between=",", after=";") == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    ("header", "front"),
    [
        ("Term,Definition", "English"),
        ("Vorderseite,Rückseite", "Deutsch"),
        ("Mot,Traduction", "français"),
        ("Palabra,Traducción", "español"),
        ("Słowo,Tłumaczenie", "polski"),
        ("Parola,Traduzione", "italiano"),
        ("FRONT,BACK", "capitals"),
        ("Back,Front", "the other way round"),
    ],
)
def test_columns_are_known_by_their_names(header, front):
    row = f"back,{front}" if header.startswith("Back") else f"{front},back"
    assert sides(f"{header}\n{row}\n") == [(front, "back")]


def test_columns_can_be_named():
    (card,) = cards("3,dog,it barks,Animals", columns=("-", "term", "answer", "topic"))
    assert (card.term, card.answer, card.topic) == ("dog", "it barks", "animals")


def test_markdown_is_taken_or_shown_as_asked():
    content = "dog\tit *barks* at 2 * 3\n"
    assert sides(content) == sides(content, text="markdown") == [("dog", "it *barks* at 2 * 3")]
    assert sides(content, text="plain") == [("dog", r"it \*barks\* at 2 * 3")]
    assert len(made(content).notes) == 1 and not made(content, text="markdown").notes


def test_an_accent_among_others_is_no_arrow():
    incoming = made("dîner\tmanger à midi\n")
    assert incoming.cards[0].answer == "manger à midi"
    assert "may be a broken arrow" in incoming.notes[0].text


def test_ids_hold_in_every_script_and_length():
    long = " ".join(["word"] * 60)
    found = [card.id for card in cards(f"犬\tdog\nÉté\tsummer\n{long}\tlong\nete\tother\n")]
    assert found[1] == "ete" and found[3] == "ete-2"
    assert found[0].startswith("card-") and len(found[2]) <= 60
    assert found == [card.id for card in cards(f"犬\tdog\nÉté\tsummer\n{long}\tlong\nete\tother\n")]


def test_a_deck_may_come_in_another_encoding(said):
    assert "UTF-16, and is read as that" in said("Ära\tage\n".encode("utf-16"))[2]
    assert "UTF-16-LE" in said("dog\tit barks\ncat\tit purrs\n".encode("utf-16-le"))[2]
    assert "Ära" in said("Ära\tage\n".encode("cp1252"), "--encoding", "cp1252")[1]
    assert "dog" in said(b"\xef\xbb\xbfdog\tit barks\r\ncat\tit purrs\r\n")[1]


MARKS = st.text(st.sampled_from(r"ab01 *_`$[]()<>!|:-+.~\\&#{}\"'^="), max_size=30)


@settings(max_examples=400, deadline=None)
@given(MARKS)
@example("__0__")
def test_a_plain_text_shows_as_it_is_written(text):
    text = " ".join(text.split())
    shown = EMPTY.block(escaped(text))
    assert shown == (f"<p>{html.escape(text, quote=True)}</p>" if text else "").replace(
        "&#x27;", "'"
    )
    assert not EMPTY.faults(escaped(text))


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn", "Cf", "Zl", "Zp"]) | st.just("\n"),
    min_size=1,
    max_size=120,
)


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_what_is_written_is_read_the_same(tmp_path_factory, answer, term, items):
    from macros.exchange.settle import Incoming
    from macros.model import Topic

    answer, term = answer.strip() or "a", " ".join(term.split()) or "b"
    items = tuple(dict.fromkeys(" ".join(item.split()) for item in items if item.strip()))
    card = Card(
        "id",
        term,
        "t",
        answer,
        aliases=items,
        details=answer,
        cloze=items,
        choices=tuple(Choice(item, term) for item in items),
        original=Original(term, term),
    )
    off = {rule.name: "off" for rule in RULES.values() if not rule.needed}
    incoming = Incoming("", (card,), (Topic("t", term),), {}, (), ())
    file = tmp_path_factory.mktemp("written") / "cards.yaml"
    text = deck_text(incoming, id="d", title=term, description="D", rules=off)
    file.write_text(text, encoding="utf-8")
    assert read(file).problems == ()
    assert load(file).cards == (card,)


# What is refused


def package(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def declared(data: bytes, size: int) -> bytes:
    """A package that says of its first entry that it has so many bytes."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


def database(script: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    data = connection.serialize()
    connection.close()
    return data


REFUSED = {
    "empty": (b"", "deck.txt: the file is empty."),
    "one line": (b"hello\n", "deck.txt:1: there is one line, and no tab in it."),
    "prose": (
        ("It was a long day and there was not a thing in it that anybody would have wanted to keep, "
         "which is why we went on\n" * 6).encode(),
        "deck.txt: this looks like prose or code",
    ),
    "page": (
        b"# Owls\n\nA bird.\n\n## Where\n\nIn forests.\n\n| a | b |\n|---|---|\n",
        "deck.txt: this looks like prose or code",
    ),
    "code": (b"if a:\n    b\n    c\nelse:\n    d\n", "deck.txt: this looks like prose or code"),
    "hyphens": (b"dog - it barks\ncat - it purrs\n", 'If that stands between the sides, say --between " - "'),
    "commas": (b"dog,it barks\ncat,it purrs\n", 'say --between ","'),
    "web page": (b"<!DOCTYPE html><html><body>x</body></html>", "this is a web page"),
    "pdf": (b"%PDF-1.7\n", "this file is a PDF."),
    "picture": (b"\x89PNG\r\n\x1a\n", "this file is a picture."),
    "nul": (b"a\tb\nc\0\td\n", "deck.txt:2: here is a NUL"),
    "half utf-16": ("dog\tit barks".encode("utf-16")[:-1], "not UTF-16, or is cut off"),
    "mixed": ("Ära\tage\n".encode() + "Öl\toil\n".encode("cp1252"), "deck.txt:2: this line is not UTF-8, though others are"),
    "not utf-8": ("dog\tbarks\nÖl\toil\n".encode("cp1252"), "deck.txt:2: this line is not UTF-8. Save"),
    "quote": (b'term,answer\ndog,barks\ncat,"it purrs\n', "deck.txt:3: a quote opens in this row and does not close."),
    "quote inside": (b'term,answer\n"dog" x,barks\n', "deck.txt:2: after a closing quote"),
    "columns": (b"a\tb\tc\n" * 12, "Name the columns in order, such as --columns term,answer,topic"),
    "json": (b'{"cards": [{"term": "a" "b"}]}', "deck.txt:1: this is no JSON"),
    "no cards": (b'{"cards": []}', "there are no cards in it."),
    "deep json": (b'{"cards": ' + b"[" * 100_000, "more inside one another"),
    "yaml": (b"cards:\n  - term: a: b\n", 'deck.txt:2: this is not valid YAML: a text that holds ": " must stand in quotes'),
    "bomb of aliases": (b"cards:\n  - &a\n    term: x\n    answer: y\n  - *a\n", "which a deck has no use for"),
    "bomb in one line": (
        b"cards:\n  - {a: &a [x, x], b: &b [*a, *a], term: [*b, *b]}\n",
        "which a deck has no use for",
    ),
    "separator": (b"#separator:moon\n#html:false\na b\n", 'no separator is called "moon"'),
    "column": (b"#separator:tab\n#tags column:9\na\tb\n", '"#tags column:9" names a column that is not there'),
    "no collection": (package(readme_txt=b"x"), "there is no collection of Anki"),
    "workbook": (package(mimetype=b"x"), "this is a workbook or a document. Save it as CSV"),
    "cut off": (package(collection_anki2=b"x" * 9000)[:-30], "the package is damaged or cut off"),
    "garbage": (package(collection_anki2=b"\xff" * 5000), "is no database of Anki, or is damaged"),
    "garbage of sqlite": (
        package(collection_anki2=b"SQLite format 3\0" + b"\x07" * 5000),
        "is no database of Anki, or is damaged",
    ),
    "other database": (package(collection_anki2=database("CREATE TABLE t (a)")), "is no database of Anki"),
    "view": (
        package(collection_anki2=database(
            "CREATE TABLE cards (nid, did, odid, ord); CREATE TABLE col (models, decks);"
            "CREATE VIEW notes AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT * FROM r"
        )),
        "is no database of Anki",
    ),
    "zstd": (package(collection_anki21b=b"no zstd at all"), "is damaged or cut off"),
    "large as declared": (
        declared(package(collection_anki2=b"x"), 1_000_000_000),
        '"collection.anki2" would have more than 200 MB once unpacked: not read.',
    ),
    "traversal": (
        package(media=b'{"0": "../../evil.png"}', collection_anki2=b"x"),
        'a picture or sound is called "../../evil.png", a path',
    ),
    "list of media": (package(media=b"[1", collection_anki2=b"x"), "list of pictures and sounds cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_deck_is_refused_in_one_message(content, words, said, project):
    before = files(project)
    status, out, told = said(content, "--into", "cards.yaml", "--media", "docs/assets")
    assert status == 1 and not out
    assert words in told and told.count("\n") == 1, told
    (project / "deck.txt").unlink()
    assert files(project) == before


def test_a_bomb_is_given_up_as_it_is_unpacked(said):
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    bomb = zstd.compress(bytes(300_000_000))
    assert "would have more than 200 MB" in said(package(collection_anki21b=bomb))[2]
    zipped = package(collection_anki2=bytes(210_000_000))
    assert "would have more than 200 MB" in said(zipped)[2]
    # One that says it is small is cut short by what it says.
    status, out, told = said(declared(zipped, 1000))
    assert (status, out) == (1, "") and told.count("\n") == 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("term", "--columns names no two sides."),
        ("term,anwser", 'no field is called "anwser". Did'),
    ],
)
def test_columns_that_cannot_be_are_told(said, columns, words):
    status, out, told = said("dog,barks\n", "--columns", columns)
    assert (status, out) == (1, "") and words in told


def test_a_missing_file_is_told(project, capsys):
    assert main(["import", "nowhere.txt"]) == 1
    assert capsys.readouterr().err == "nowhere.txt: No such file or directory.\n"


def test_text_can_be_pasted(project, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"dog\tit barks\n")))
    assert main(["import", "-"]) == 0
    out, told = capsys.readouterr()
    assert "answer: it barks" in out and told.startswith("standard input: read as Quizlet's text")


def test_our_own_deck_comes_back_from_json():
    deck = load(ROOT / "cards.yaml")
    assert cards(cards_text(deck.cards, 0), "deck.yaml") == deck.cards
