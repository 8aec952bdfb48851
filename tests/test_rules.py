"""What is asked of a deck's content, rule by rule.

An error has its golden case in `faults`; a warning has one in `warnings`, a sound deck but for it.
"""

import re
import shutil
from dataclasses import replace

import pytest
from conftest import ROOT
from golden import assert_golden

from macros import glossary, quiz
from macros.load import read
from macros.model import Card, Choice, Deck, Info, Known, Source, Topic
from macros.rules import RULES, problems

GOLDEN = ROOT / "tests"
WARNINGS = sorted((GOLDEN / "warnings").glob("*.yaml"))

CAT = Card("cat", "cat", "animals", "It purrs.", mistake="It is no toy.", sources=("book",))


def deck(*cards, folder=None, **rules):
    """A deck of these cards, sound in all else; `rules` are its levels, with underscores."""
    set_to = {name.replace("_", "-"): level for name, level in rules.items()}
    return Deck(
        Info("tiny", "Tiny", "A deck.", rules=set_to),
        topics=(Topic("animals", "Animals"),),
        cards=cards,
        sources={"book": Source("A. Writer", "A book", "https://example.org/book")},
        folder=folder,
    )


def told(*cards, **more):
    """The faults that the rules find: the name of each rule, or where the card has it."""
    return [(rule, at.find, words) for at, words, _, rule in problems(deck(*cards, **more))]


def names(*cards, **more):
    return [rule for rule, _, _ in told(*cards, **more)]


@pytest.mark.parametrize("case", WARNINGS, ids=lambda path: path.stem)
def test_a_warning_is_told_with_its_place_and_remedy(case, tmp_path):
    found = read(shutil.copy(case, tmp_path / "cards.yaml"))
    assert found.deck
    assert_golden("".join(f"{problem}\n" for problem in found.problems), case.with_suffix(".txt"))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_says_in_one_sentence_what_it_asks_for(rule):
    assert re.fullmatch(r"[A-Z][^\n]*\.", rule.about)
    assert len(rule.about) <= 100


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if not rule.needed])
def test_each_rule_that_can_be_set_has_a_golden_case(rule):
    folder = "faults" if rule.level == "error" else "warnings"
    assert any(
        f"[{rule.name}]\n" in case.read_text(encoding="utf-8")
        for case in (GOLDEN / folder).glob("*.txt")
    )


def test_a_sound_card_has_no_fault():
    assert told(CAT) == []


# Levels


def test_a_rule_is_off_where_the_deck_says_so():
    card = replace(CAT, gist="word " * 13)
    assert names(card) == ["gists-are-short"]
    assert names(card, gists_are_short="off") == []


@pytest.mark.parametrize("level", ["error", "warning"])
def test_a_rule_has_the_level_that_the_deck_sets(level):
    levels = {name: level for name in ("gists_are_short", "answers_are_short")}
    card = replace(CAT, gist="word " * 13, answer="word " * 61)
    assert [fault[2] for fault in problems(deck(card, **levels))] == [level, level]


def test_pages_are_made_where_what_is_unknown_is_let_pass():
    card = replace(CAT, related=("dog",), sources=("paper",), details="No [[dog]].")
    off = dict.fromkeys(["related_cards_exist", "sources_exist", "links_lead_to_cards"], "off")
    lenient = deck(card, sources_are_cited="off", **off)
    assert list(problems(lenient)) == []
    page = glossary.topic_page(lenient, "animals", keep=str)
    assert "No dog." in page
    assert "entry-related" not in page and "entry-sources" not in page
    assert quiz.study(lenient)


# Names and ids


@pytest.mark.parametrize(
    "alias, is_known",
    [("CAT", True), ("cat ", True), ("cats", False), ("cafe\u0301", True), ("cafe", False)],
)
def test_names_are_compared_without_regard_to_capitals_and_to_how_accents_are_stored(
    alias, is_known
):
    other = replace(CAT, id="other", term="other", aliases=(alias,))
    known = replace(CAT, aliases=("café",))
    assert names(known, other) == ["terms-are-unique"] * is_known


def test_what_may_follow_from_another_fault_is_not_told():
    wrong = replace(CAT, topic="animal", sources=("bok",))
    assert names(wrong) == ["", "sources-exist"]


@pytest.mark.parametrize("many", [5, 19, 21, 5000])
@pytest.mark.parametrize("slip", ["cadr-0003", "ard-0003", "card0003", "carf-0003", "card-0003s"])
def test_what_was_meant_is_found_among_few_and_many(many, slip):
    known = Known(f"card-{n:04}" for n in range(many))
    assert known.near(slip) == ' Did you mean "card-0003"?'


def test_no_guess_is_made_among_many_that_are_all_unlike():
    assert Known(f"card-{n:04}" for n in range(5000)).near("zebra") == " Check how it is spelled."


# Answers, questions, choices


@pytest.mark.parametrize(
    "answer, warns",
    [
        ("A cat is a cat that purrs.", True),
        ("Cats are pets. The cat is the small cat of a house, and it purrs.", False),
        ("A cat is a small animal; no other cat barks.", False),
        ("A cat is an animal that no other cat fears.", False),
        ("A small cat that purrs.", True),
        ("A cat.", True),
        ("A cat purrs. A cat sleeps.", False),
        ("The cat of a house sleeps a lot, as each cat does.", False),
        ("A cathedral is a cathedral.", False),
        ("In a house, a cat is what purrs.", False),
    ],
)
def test_a_term_that_is_defined_by_itself_is_told_and_one_that_is_used_is_not(answer, warns):
    found = names(replace(CAT, answer=answer))
    assert found == ["terms-are-not-defined-by-themselves"] * warns


@pytest.mark.parametrize(
    "question, gist, warns",
    [
        ("Which animal that purrs is a small animal?", "a *small* animal.", True),
        ("Is a cat a small animal or a plant?", "a small animal", False),
        ("What is a cat?", "cat", False),
        ("How many legs has a cat, with all 14 of its kittens?", "4", False),
        ("What is small about a cat?", "a small animal", False),
        ("Which animal likes kittens, sleeps gently and purrs softly?", "", True),
        ("What likes kittens?", "", False),
    ],
)
def test_a_question_that_gives_its_answer_away_is_told(question, gist, warns):
    answer = "A cat likes kittens, sleeps gently and purrs softly. It barks never."
    found = names(replace(CAT, question=question, gist=gist, answer=answer))
    assert found == ["questions-keep-the-answer"] * warns


@pytest.mark.parametrize(
    "choice, is_taken",
    [
        ("`A small` *animal*.", True),
        ("[[cat|a small]] animal", True),
        ("a smal animal", False),
        ("`a* small animal`", False),
        ("$a$ small animal", True),
        ("a small_animal", False),
    ],
)
def test_choices_are_compared_without_their_marks(choice, is_taken):
    card = replace(CAT, gist="a small animal", choices=(Choice(choice),))
    assert names(card) == ["choices-are-wrong"] * is_taken


@pytest.mark.parametrize(
    "right, wrong, warns", [(7, 3, True), (6, 3, False), (12, 8, False), (12, 7, True)]
)
def test_a_right_option_is_told_where_it_is_longer_by_half_and_by_four_words(right, wrong, warns):
    choices = (Choice("plant"), Choice("word " * wrong))
    card = replace(CAT, gist="animal " * right, choices=choices)
    assert names(card) == ["gists-look-like-choices"] * warns


@pytest.mark.parametrize("sentence", ["A {{cat}} purrs.", "{{a}}{{b c}}", "{{a}, {b}}", "{ {{a}}"])
def test_gaps_may_stand_anywhere(sentence):
    assert told(replace(CAT, cloze=(sentence,))) == []


# What a text holds


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5, or $6.50, and x_1 or x^2 more.",
        "$HOME and $PATH_X",
        "Both $x$ and $y_1$ weigh 5",
        "$n$ is 5",
        "a < b and b > a, List<int>, <eos>, <https://example.org>",
        "`<b>` and $a<b$ and \\<b> and `[[dog]]` and `$x^2`",
        "\\` \\$x^2 \\[[dog",
        "\\[a](javascript:b)",
        "`` a ` b ``",
        "```\n` $x^2 [[dog <b>\n```",
        "- ~~~py\n  a\n  ~~~\n- b",
        "[[cat]] [[ cat | *its* purr ]] [[[cat]]]",
        "[[its purr](https://example.org)]",
        "[a](learn/peft/#b) [a](#b) [a](mailto:b@example.org) [a](<b c>)",
    ],
)
def test_a_sound_text_has_no_fault(text):
    assert told(replace(CAT, details=text)) == []


@pytest.mark.parametrize(
    "text, rule, find",
    [
        ("so ` b", "code-closes", "`"),
        ("so `` a` b", "code-closes", "``"),
        ("- ~~~py\n  a\n- b", "code-closes", "~~~py"),
        ("a ` b | c ` d\n---|---\n`x | y`", "code-closes", "`"),
        ("so\n\n```", "code-closes", "```"),
        ("so [[dog]], is", "links-lead-to-cards", "[[dog]],"),
        ("so [[]] is", "links-lead-to-cards", "[[]]"),
        ("so [[cat|]] is", "links-lead-to-cards", "[[cat|]]"),
        ("so [a](javascript:b) is", "addresses-are-safe", "javascript:b)"),
        ("so ![a](data:b) is", "addresses-are-safe", "data:b)"),
        ("so [a](//b) is", "addresses-are-safe", "//b)"),
        ("so ![a](https://b.org/c.png)", "media-are-there", "https://b.org/c.png"),
        ("so $\\frac{1}{2 $ is", "mathematics-parses", "$\\frac{1}{2"),
        ("so $\\alhpa + 1$ is", "mathematics-parses", "$\\alhpa"),
        ("so $$\\frac{1}{2}$$ is", "mathematics-parses", "$$\\frac{1}{2}$$"),
        ("$$\n\\alhpa\n+ 1\n$$", "mathematics-parses", "\\alhpa"),
        ("so <IMG src=x> is", "texts-hold-no-html", "<IMG"),
    ],
)
def test_a_fault_in_a_text_is_told_with_the_words_that_it_is_at(text, rule, find):
    found = told(replace(CAT, details=text))
    assert found[0][:2] == (rule, find)
    assert {rule for rule, _, _ in found} == {rule}
    assert not any("\n" in words for _, _, words in found)


def test_what_a_text_has_twice_is_told_once():
    card = replace(CAT, details="[[dog]] [[dog]] $\\alhpa$ $\\alhpa$")
    assert sorted(names(card)) == ["links-lead-to-cards", "mathematics-parses"]


@pytest.fixture
def folder(tmp_path):
    """The folder of a deck, with a picture in its `docs`."""
    assets = tmp_path / "docs" / "assets"
    assets.mkdir(parents=True)
    (assets / "My cat.png").touch()
    (tmp_path / "docs" / "about.md").touch()
    return tmp_path


@pytest.mark.parametrize(
    "address, words",
    [
        ("<assets/My cat.png>", None),
        ("assets/My%20cat.png?a=1#b", None),
        ("./assets/../assets/My%20cat.png", None),
        ("assets/my%20Cat.PNG", 'the file is called "assets/My cat.png"'),
        ("assets/My-cat.png", 'Did you mean "assets/My cat.png"?'),
        ("sound.mp3", 'there is no file "docs/sound.mp3". There is "assets/My cat.png".'),
        ("assets/../../docs/assets/My%20cat.png", "leads out of the site"),
        ("assets", 'there is no file "docs/assets"'),
    ],
)
def test_a_picture_is_a_file_of_the_site(folder, address, words):
    found = told(replace(CAT, details=f"![a cat]({address})"), folder=folder)
    assert [rule for rule, _, _ in found] == (["media-are-there"] if words else [])
    assert all(words in fault[2] for fault in found)


def test_without_a_folder_no_picture_is_missed():
    assert told(replace(CAT, details="![a cat](assets/cat.png)")) == []
