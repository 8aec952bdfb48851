"""Our packages in Anki itself: new, then updated, never duplicated, with every schedule kept."""

import re
import shutil
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from anki.collection import (
    Collection,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
    ImportCsvRequest,
)
from conftest import ROOT

from macros.exchange import anki_package, anki_text
from macros.load import load

SITE = "https://example.org/deck/"
AT = 1_700_000_000


@pytest.fixture
def deck(tmp_path):
    """The small deck, with its picture and its sound."""
    shutil.copy(ROOT / "tests/fixtures/small-deck.yaml", tmp_path / "cards.yaml")
    (tmp_path / "docs/assets").mkdir(parents=True)
    for name in ("cat.png", "cat.mp3"):
        (tmp_path / "docs/assets" / name).write_bytes(name.encode())
    return load(tmp_path / "cards.yaml")


@pytest.fixture
def collection(tmp_path):
    """An empty collection of Anki's."""
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


@pytest.fixture
def take_in(collection, tmp_path):
    """Has Anki import a deck as a package of a time; returns how many notes were new, updated, as before."""

    def run(deck, at=AT):
        file = tmp_path / "deck.apkg"
        file.write_bytes(anki_package.write(deck, at, SITE))
        request = ImportAnkiPackageRequest(
            package_path=str(file), options=ImportAnkiPackageOptions()
        )
        log = collection.import_anki_package(request).log
        assert not (log.conflicting or log.missing_notetype or log.missing_deck)
        return len(log.new), len(log.updated), len(log.duplicate)

    return run


def note(collection, id):
    (found,) = collection.find_notes(f"Id:{id}")
    return collection.get_note(found)


def changed(deck, which, **fields):
    cards = (replace(card, **fields) if card.id == which else card for card in deck.cards)
    return replace(deck, cards=tuple(cards))


def test_what_was_learned_stays_when_a_newer_package_comes(deck, collection, take_in):
    assert take_in(deck) == (3, 0, 0)
    assert (collection.note_count(), collection.card_count()) == (3, 5)
    learned, *_ = note(collection, "cat").cards()
    learned.start_timer()
    collection.sched.answerCard(learned, 4)
    learned.load()
    schedule = (learned.type, learned.queue, learned.due, learned.ivl, learned.reps)
    assert learned.reps == 1
    newer = changed(deck, "cat", answer="It is *new*.")
    newer = changed(newer, "no", cloze=("It says {{no}}.",))
    assert take_in(newer, AT + 1) == (0, 3, 0)
    assert (collection.note_count(), collection.card_count()) == (3, 6)
    assert note(collection, "cat")["Back"] == "<p>It is <em>new</em>.</p>"
    learned.load()
    assert (learned.type, learned.queue, learned.due, learned.ivl, learned.reps) == schedule
    assert take_in(newer, AT + 1) == (0, 0, 3)
    assert take_in(deck, AT) == (0, 0, 3)
    assert note(collection, "cat")["Back"] == "<p>It is <em>new</em>.</p>"


def test_a_card_that_is_renamed_or_moved_stays_the_same(deck, collection, take_in):
    take_in(deck)
    renamed = changed(deck, "tree", id="oak", formerly=("tree",), topic="animals")
    assert take_in(renamed, AT + 1) == (0, 3, 0)
    again = changed(renamed, "oak", id="beech", formerly=("tree", "oak"))
    assert take_in(again, AT + 2) == (0, 3, 0)
    assert note(collection, "beech")["Term"].startswith("Tree")
    assert collection.note_count() == 3


def test_another_deck_stands_beside_it(deck, collection, take_in):
    take_in(deck)
    other = replace(deck, deck=replace(deck.deck, id="other", title="Another deck"))
    assert take_in(other) == (3, 0, 0)
    names = {each.name for each in collection.decks.all_names_and_ids()}
    assert {"The small deck::Plants", "Another deck::Plants"} <= names


def test_each_prompt_is_a_card_in_the_deck_of_its_topic(deck, collection, take_in):
    take_in(deck)
    cards = note(collection, "cat").cards()
    assert [card.template()["name"] for card in cards] == ["Card", "Reverse", "Cloze 1"]
    decks = {collection.decks.name(card.did) for card in cards}
    assert decks == {"The small deck::Animals & <others>"}
    assert note(collection, "cat").tags == ["mammal"]
    first, reverse, cloze = (without_style(card.question()) for card in cards)
    assert r"\(4\) kg" in first and "It says meow." in first
    assert "Which animal purrs?" in reverse and "<mark>cat</mark>" in cloze
    answer = without_style(cards[0].answer())
    assert r"\(\frac{1}{3}\)" in answer and r"\[W = W_0 + BA\]" in answer
    assert f'href="{SITE}glossary/animals/#no">refusal<' in answer
    assert "Cat in the glossary" in answer and "Writer &amp; Sons" in answer


def without_style(html):
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_media_come_along_under_names_of_their_own(deck, collection, take_in):
    take_in(deck)
    example = note(collection, "cat")["Example"]
    picture = re.search(r'<img src="(small-cat-\w{12}\.png)" alt="a cat">', example)[1]
    sound = re.search(r"\[sound:(small-cat-\w{12}\.mp3)\]", example)[1]
    for name, content in ((picture, b"cat.png"), (sound, b"cat.mp3")):
        with open(f"{collection.media.dir()}/{name}", "rb") as file:
            assert file.read() == content


def test_the_fields_and_templates_are_those_that_learners_have(deck, collection, take_in):
    take_in(deck)
    kind = note(collection, "cat").note_type()
    named = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    fields = re.search(r"- the fields of a note: (.*?);", named, re.DOTALL)[1]
    templates = re.search(r"- its templates: (.*?);", named, re.DOTALL)[1]
    assert [field["name"] for field in kind["flds"]] == listed(fields)
    assert [template["name"] for template in kind["tmpls"]] == listed(templates)
    assert (kind["id"], anki_text.guid(deck, deck.cards[0])) == (1_906_018_249, "small/kitty")


def listed(text):
    """The names in a list such as "Front, Cloze 1 to Cloze 5"."""
    found = []
    for name in re.split(r",\s*", text):
        if several := re.fullmatch(r"Cloze 1 to Cloze (\d)", name):
            found += [f"Cloze {n}" for n in range(1, int(several[1]) + 1)]
        else:
            found.append(name)
    return found


def test_nothing_in_a_package_is_of_another_time(deck):
    written = anki_package.write(deck, AT)
    assert written == anki_package.write(replace(deck), AT)
    infos = zipfile.ZipFile(BytesIO(written)).infolist()
    assert {info.date_time for info in infos} == {(2023, 11, 14, 22, 13, 20)}


def test_anki_reads_the_text_too(deck, collection, tmp_path):
    file = tmp_path / "deck.txt"
    older = changed(deck, "cat", answer="It was older.")
    for each, expected in ((older, (3, 0)), (deck, (0, 1))):
        file.write_bytes(anki_text.write(each, SITE))
        metadata = collection.get_csv_metadata(str(file), None)
        log = collection.import_csv(ImportCsvRequest(path=str(file), metadata=metadata)).log
        assert (len(log.new), len(log.updated)) == expected
    (cat,) = collection.find_notes("purrs")
    cat = collection.get_note(cat)
    assert cat["Front"] == r"What is a <em>cat</em>, at \(4\) kg?"
    assert cat["Back"].startswith("<p>A <strong>mammal</strong> that <code>purrs</code>.</p>\n<ol>")
    assert (cat.guid, cat.tags) == ("small/kitty", ["mammal"])
    assert collection.decks.name(cat.cards()[0].did) == "The small deck::Animals & <others>"
