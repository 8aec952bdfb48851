"""What `python -m macros fix` mends by itself, and that it leaves all else as it was.

Each folder in `fixes` holds a project before, the same after, and what was said.
"""

import dataclasses
import os
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from golden import assert_golden
from hypothesis import given, settings
from hypothesis import strategies as st

from macros import fix as mending
from macros.__main__ import main
from macros.fix import fix
from macros.load import load, read

CASES = sorted((ROOT / "tests/fixes").glob("*.before.yaml"))
HEAD = """\
deck: {id: d, title: T, description: D}
topics: [{id: t, title: T}]
sources: {s: {authors: A, title: T, url: https://example.org}}
cards:
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder for a project, with the page of its one topic."""
    monkeypatch.chdir(tmp_path)
    page = Path("docs/glossary/t.md")
    page.parent.mkdir(parents=True)
    page.write_text('{{ glossary("t") }}\n', encoding="utf-8")
    return tmp_path


def write(text):
    Path("cards.yaml").write_bytes(text.encode("utf-8"))


def deck_text():
    return Path("cards.yaml").read_bytes().decode("utf-8")


@pytest.mark.parametrize("before", CASES, ids=lambda path: path.name.partition(".")[0])
def test_a_deck_is_mended_so(before, project, capsys):
    shutil.copy(before, "cards.yaml")
    status = main(["fix"])
    said, left = capsys.readouterr()
    stem = before.name.partition(".")[0]
    assert_golden(deck_text(), before.with_name(f"{stem}.after.yaml"))
    assert_golden(f"{said}{left}", before.with_name(f"{stem}.said.txt"))
    assert status == (1 if read(Path("cards.yaml")).deck is None else 0)

    mended = deck_text()
    main(["fix"])
    assert capsys.readouterr().out.startswith("nothing to mend.\n")
    assert deck_text() == mended


def test_a_deck_may_allow_links_in_one_direction(project):
    write(
        HEAD.replace("description: D", f"description: D, rules: {{{mending.LINKED_BACK}: off}}")
        + "  - {id: cat, term: Cat, topic: t, answer: It purrs., related: [dog]}\n"
        + "  - {id: dog, term: Dog, topic: t, answer: It barks.}\n"
    )
    assert fix(project) == []


BACK = (
    HEAD
    + """\
  - id: cat
    term: Cat
    topic: t
    answer: It purrs.
    related: [dog]
  - id: dog
    term: Dog
    topic: t
    answer: It barks."""
)


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"], ids=["windows", "unix", "old mac"])
@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with a byte order mark", "without"])
@pytest.mark.parametrize("last", ["\n", ""], ids=["with a last line break", "without"])
def test_what_an_editor_adds_stays(project, ending, mark, last):
    write(mark + (BACK + last).replace("\n", ending))
    assert fix(project) == ['cards.yaml:14:5: card "dog": added "cat" to "related", to link back.']
    assert deck_text() == mark + (f"{BACK}\n    related: [cat]{last}").replace("\n", ending)


def test_a_field_goes_after_all_of_a_text_that_ends_in_spaces(project):
    text = BACK.replace("answer: It barks.", "answer: |\n      It barks.  \n      ") + "\n"
    write(text)
    assert len(fix(project)) == 2  # the last of its lines is empty
    assert deck_text().endswith("      It barks.  \n    related: [cat]\n\n")


def test_the_file_is_replaced_at_once_and_keeps_its_mode(project):
    write(BACK)
    os.chmod("cards.yaml", 0o640)
    before = os.stat("cards.yaml")
    assert fix(project)
    after = os.stat("cards.yaml")
    assert after.st_ino != before.st_ino
    assert after.st_mode == before.st_mode
    assert sorted(os.listdir()) == ["cards.yaml", "docs"]


def test_a_link_to_the_file_stays_a_link(project):
    write(BACK)
    os.rename("cards.yaml", "deck.yaml")
    os.symlink("deck.yaml", "cards.yaml")
    assert fix(project)
    assert Path("cards.yaml").is_symlink()
    assert "related: [cat]" in deck_text()


def test_a_sound_deck_is_not_written(project):
    write(BACK + "\n    related: [cat]\n")
    os.chmod(project, 0o555)
    before = os.stat("cards.yaml")
    assert fix(project) == []
    assert os.stat("cards.yaml") == before
    os.chmod(project, 0o755)


def test_what_would_change_more_is_left_alone(project, monkeypatch):
    write(BACK)
    # As if the end of one card were taken for that of the other.
    monkeypatch.setattr(mending, "end_of", lambda text, node: text.index("\n    related"))
    said = 'card "dog": added "cat" to "related", to link back.'
    assert fix(project) == [f"cards.yaml: not done, since more would change with it: {said}"]
    assert deck_text() == BACK


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"- a\n", b"[" * 100_000, b"a: \0", b"x"])
def test_what_is_no_deck_is_left_alone(project, data, capsys):
    Path("cards.yaml").write_bytes(data)
    assert fix(project) == []
    assert Path("cards.yaml").read_bytes() == data


def test_a_missing_deck_is_told(project, capsys):
    assert main(["fix"]) == 1
    said, complained = capsys.readouterr()
    assert said == "nothing to mend.\n"
    assert complained.startswith("cards.yaml: there is no such file.")


def test_a_file_that_cannot_be_written_is_told(project, monkeypatch, capsys):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied", "cards.yaml")

    write(BACK)
    monkeypatch.setattr(mending.tempfile, "mkstemp", refuse)
    assert main(["fix"]) == 1
    assert capsys.readouterr().err == "cards.yaml: it cannot be written: Permission denied.\n"


# Pages


def test_macro_calls_follow_an_id_and_all_else_of_a_page_stays(project):
    write(
        HEAD.replace("id: t,", "id: T o,")
        + "  - {id: A b, term: A b, topic: T o, answer: x}\n"
        + "  - {id: c, term: C, topic: T o, answer: x}\n"
    )
    page = Path("docs/index.md")
    text = (
        '“A b” {{ card(\'A b\') }} {{term(id = "A b", text="A b")}}\r\n\n'
        '{{ quiz("T o", ["c", "A b"], title="A b") }} {{ other("A b") }}\r\n'
        '{% raw %}{{ card("A b") }}{% endraw %}{{ quiz(cards=["A b"], topic="T o") }}'
    )
    page.write_bytes(text.encode())
    said = fix(project)
    expected = (
        '“A b” {{ card(\'a-b\') }} {{term(id = "a-b", text="A b")}}\r\n\n'
        '{{ quiz("t-o", ["c", "a-b"], title="A b") }} {{ other("A b") }}\r\n'
        '{% raw %}{{ card("A b") }}{% endraw %}{{ quiz(cards=["a-b"], topic="t-o") }}'
    )
    assert page.read_bytes().decode() == expected
    assert 'docs/index.md:3:10: "T o" is now "t-o".' in said
    assert fix(project) == []


def test_a_page_with_broken_braces_stays(project):
    write(HEAD + "  - {id: A b, term: A b, topic: t, answer: x}\n")
    Path("docs/index.md").write_text('{{ card("A b" }}')
    assert [line for line in fix(project) if "docs" in line] == []
    assert Path("docs/index.md").read_text() == '{{ card("A b" }}'


NAV = """\
site_name: !ENV [NAME, x]
nav:
  - Home: index.md
  - Glossary:
      - glossary/index.md
      - T: glossary/t.md  # the first
  - About: about.md
"""
TWO = HEAD.replace("[{id: t, title: T}]", "[{id: t, title: T}, {id: big, title: 'Big: a'}]")


def test_a_missing_page_is_written_and_entered_into_the_navigation(project):
    write(TWO + "  - {id: a, term: A, topic: t, answer: x}\n")
    Path("mkdocs.yml").write_text(NAV)
    assert fix(project) == [
        'docs/glossary/big.md: wrote this page for the topic "big".',
        "mkdocs.yml:7:7: the navigation lists glossary/big.md now.",
    ]
    page = Path("docs/glossary/big.md").read_text()
    assert page.endswith('---\n\n{{ glossary("big") }}\n')
    assert (
        'description: "Big: a: each term with its meaning, and with the terms that belong to it."\n'
        in page
    )
    line = "      - T: glossary/t.md  # the first\n"
    new = '      - "Big: a": glossary/big.md\n'
    assert Path("mkdocs.yml").read_text() == NAV.replace(line, line + new)
    assert fix(project) == []


def test_the_summary_describes_the_page(project):
    write(TWO.replace("'Big: a'", 'B, summary: "What\n  is \\"big\\"."') + "  []\n")
    assert fix(project)
    assert 'description: "What is \\"big\\"."\n' in Path("docs/glossary/big.md").read_text()


@pytest.mark.parametrize(
    "nav", ["nav: [index.md, glossary/t.md]\n", "nav:\n  - Home: index.md\n"], ids=["flow", "none"]
)
def test_a_navigation_that_cannot_be_edited_is_told(project, nav):
    write(TWO + "  - {id: a, term: A, topic: t, answer: x}\n")
    Path("mkdocs.yml").write_text(nav)
    assert fix(project)[1:] == [
        'mkdocs.yml: add this line to "nav" yourself: - "Big: a": glossary/big.md'
    ]
    assert Path("mkdocs.yml").read_text() == nav


def test_a_site_without_a_navigation_needs_no_line(project):
    write(TWO + "  - {id: a, term: A, topic: t, answer: x}\n")
    Path("mkdocs.yml").write_text("site_name: x\n")
    assert len(fix(project)) == 1


def test_the_page_of_a_renamed_topic_moves_with_it(project):
    write(HEAD.replace("id: t,", "id: T,") + "  - {id: a, term: A, topic: T, answer: x}\n")
    Path("mkdocs.yml").write_text(NAV.replace("glossary/t.md", "glossary/T.md"))
    Path("docs/glossary/t.md").rename("docs/glossary/T.md")
    Path("docs/glossary/T.md").write_text('My words.\n\n{{ glossary("T") }}\n')
    assert fix(project)[2:] == [
        'docs/glossary/T.md:3:14: "T" is now "t".',
        "docs/glossary/t.md: this page was T.md.",
        "mkdocs.yml:6:12: the navigation lists glossary/t.md now.",
    ]
    assert os.listdir("docs/glossary") == ["t.md"]
    assert Path("docs/glossary/t.md").read_text() == 'My words.\n\n{{ glossary("t") }}\n'
    assert Path("mkdocs.yml").read_text() == NAV


def test_no_page_is_written_outside_the_glossary(project):
    write(TWO.replace("id: big", "id: ../../t") + "  - {id: a, term: A, topic: t, answer: x}\n")
    assert fix(project) == []
    assert not (project / "t.md").exists()


def test_the_real_deck_needs_little(project):
    """What is mended in it changes nothing but links back."""
    shutil.copy(ROOT / "cards.yaml", project)
    before = load(project / "cards.yaml")
    fix(project)
    assert_same(before, load(project / "cards.yaml"))


# Whatever a deck is written like


def assert_same(before, after):
    """Nothing has changed but that cards are linked back."""
    names = {card.id: card.related for card in before.cards}
    for old, new in zip(before.cards, after.cards, strict=True):
        added = new.related[len(old.related) :]
        assert new == dataclasses.replace(old, related=old.related + added)
        assert all(old.id in names[id] for id in added)
    assert (before.deck, before.topics, before.sources) == (
        after.deck,
        after.topics,
        after.sources,
    )


IDS = ["a", "b", "no", "Big Cat", "big_dog", "Ö"]
WORDS = st.lists(
    st.sampled_from(
        ["x", "é𝄞", "*b*", "'", '"', "`[[Big Cat]]`", "[[Big Cat]]", "[[a|b]]", "\\", "\\\\", "…"]
    ),
    min_size=1,
    max_size=5,
)
SPACES = st.sampled_from(["", "", " ", "   ", "\t", "  # note ", "  # [[Big Cat]]\t"])


@st.composite
def texts(draw, indent):
    """A text as YAML has it, of one of many styles."""
    lines = [" ".join(draw(WORDS)) for _ in range(draw(st.integers(1, 3)))]
    ends = [draw(st.sampled_from(["", " ", "  ", " \t"])) for _ in lines]
    style = draw(st.sampled_from(["plain", "'", '"', "|", "|-", ">", ">-", "|+"]))
    between = draw(st.sampled_from(["", "\n", "\n  ", "\n" + indent + "  "]))
    if style == "plain":
        lines = ["z" + line.replace("#", "") for line in lines]
        return f"{ends[0]}\n{between}{indent}  ".join(lines)
    if style == "'":
        lines = [line.replace("'", "''") for line in lines]
        return f"'{(ends[0] + chr(10) + between + indent).join(lines)}'"
    if style == '"':
        lines = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
        slash = draw(st.sampled_from(["", "\\"]))
        return f'"{(slash + ends[0] + chr(10) + between + indent).join(lines)}"'
    body = "".join(f"{indent}  {line}{end}\n" for line, end in zip(lines, ends, strict=True))
    blank = draw(st.sampled_from(["", "\n", f"{indent}\n", f"{indent}    \n", "  \n\n"]))
    return f"{style}{draw(SPACES)}\n{draw(st.sampled_from(['', chr(10)]))}{body}{blank}".rstrip(
        "\n"
    )


@st.composite
def cards(draw, dash):
    """A card as YAML has it, of one of many styles."""
    related = draw(st.lists(st.sampled_from(IDS), max_size=3))
    quote = draw(st.sampled_from(["", "'", '"']))
    ids = [f"{quote}{id}{quote}" for id in related]
    id = draw(st.sampled_from([*IDS, *IDS, ""]))
    if draw(st.integers(0, 4)) == 0:
        fields = [f"id: {quote}{id}{quote}"] if id else []
        fields += [f"term: {draw(st.sampled_from(IDS))} term", "topic: t", "answer: x"]
        fields += [f"related: [{', '.join(ids)}]"] if related else []
        return f"{dash}- {{{', '.join(draw(st.permutations(fields)))}}}{draw(SPACES)}\n"
    indent = dash + "  "
    fields = [f"id: {quote}{id}{quote}{draw(SPACES)}"] if id else []
    fields.append(f"term: {draw(st.sampled_from(IDS))} {draw(st.integers(0, 3))}{draw(SPACES)}")
    fields.append(f"topic: {quote}t{quote}{draw(SPACES)}")
    fields.append(f"answer: {draw(texts(indent))}")
    if draw(st.booleans()):
        fields.append(f"details: {draw(texts(indent))}")
    if draw(st.booleans()):
        fields.append(f"revision: 2{draw(SPACES)}")
    if related or draw(st.integers(0, 5)) == 0:
        if draw(st.booleans()) or not ids:
            comma = draw(st.sampled_from([", ", ",", f",\n{indent}    ", " , "]))
            tail = draw(st.sampled_from(["", " ", ","])) if ids else ""
            fields.append(f"related: [{comma.join(ids)}{tail}]{draw(SPACES)}")
        else:
            deeper = indent + draw(st.sampled_from(["", "  "]))
            items = "".join(f"\n{deeper}- {id}{draw(SPACES)}" for id in ids)
            fields.append(f"related:{draw(SPACES)}{items}")
    fields = draw(st.permutations(fields))
    comment = draw(st.sampled_from(["", "", f"\n{indent}# note  ", "\n", "\n# [[a]]"]))
    return f"{dash}- " + f"{comment}\n{indent}".join(fields) + "\n"


@st.composite
def decks(draw):
    """A deck as YAML has it, sound or not, of one of many styles."""
    dash = draw(st.sampled_from(["", "  "]))
    body = "".join(draw(st.lists(cards(dash), min_size=1, max_size=5)))
    text = HEAD + body
    if draw(st.booleans()):
        text = text.rstrip("\n")
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@given(text=decks())
@settings(deadline=None, max_examples=100)
def test_a_deck_means_the_same_after_it_is_mended(folder, text):
    path = folder / "cards.yaml"
    path.write_bytes(text.encode("utf-8"))
    before = read(path).deck
    said = fix(folder)
    mended = path.read_bytes().decode("utf-8")
    assert not any("not done" in line for line in said), said
    if before:
        assert_same(before, load(path))
    # Nothing is left to mend, and what was not mended stays line by line.
    assert fix(folder) == []
    assert path.read_bytes().decode("utf-8") == mended
    assert (mended.startswith("\ufeff"), "\r\n" in mended) == (
        text.startswith("\ufeff"),
        "\r\n" in text,
    )
    assert mended.endswith("\n") <= ("\n" in text[len(text.rstrip()) :])


SMALL = (ROOT / "tests/fixtures/small-deck.yaml").read_text(encoding="utf-8")


@given(
    at=st.integers(0, len(SMALL)),
    gone=st.integers(0, 40),
    new=st.text(alphabet=" \t\n-:[]{}'\"|>#&*é", max_size=5),
)
@settings(deadline=None, max_examples=100)
def test_whatever_is_broken_nothing_is_made_worse(folder, at, gone, new):
    path = folder / "cards.yaml"
    path.write_text(SMALL[:at] + new + SMALL[at + gone :], encoding="utf-8")
    before = read(path).deck
    fix(folder)
    mended = path.read_bytes()
    if before:
        assert_same(before, load(path))
    assert fix(folder) == []
    assert path.read_bytes() == mended
