"""The real deck: every pasted card is there, sound, and written in our own words."""

import json
import re
from dataclasses import replace
from hashlib import sha256

import pytest
from conftest import ROOT
from reading import by_card, page, parse, text

from macros.load import read
from macros.rules import GAP

FIXTURES = ROOT / "tests" / "fixtures"
PASTED_FRONTS = (FIXTURES / "pasted-fronts.txt").read_text(encoding="utf-8").splitlines()
# Hashes of every six words that follow one another in a pasted definition: the definitions
# themselves are not ours to publish.
PASTED_RUNS = set((FIXTURES / "pasted-runs.txt").read_text(encoding="utf-8").split())

READING = read(ROOT / "cards.yaml")
DECK = READING.deck
PASTED = [card for card in DECK.cards if card.original]
each_card = pytest.mark.parametrize("card", DECK.cards, ids=lambda card: card.id)


def words(card_text):
    return len(card_text.split())


def test_no_rule_has_anything_to_say_and_none_is_set():
    assert READING.problems == ()
    assert DECK.deck.rules == {}


def test_the_deck_has_what_eight_chapters_need():
    assert len(DECK.cards) >= 60
    assert len(DECK.topics) == len({card.topic for card in DECK.cards}) == 8


def test_every_pasted_front_has_one_card():
    assert len(PASTED_FRONTS) == 24
    assert sorted(card.original.front for card in PASTED) == sorted(PASTED_FRONTS)


def studied_cards(site):
    """The cards of the study page by their ids, also those that it fetches as a session comes to them."""
    cards = by_card(page(site, "study"), "flash-card")
    for file in site.glob("study/cards/[0-9]*.json"):
        for html in json.loads(file.read_text(encoding="utf-8")).values():
            cards |= by_card(parse(html), "flash-card")
    return cards


@pytest.mark.parametrize("front", PASTED_FRONTS)
def test_every_pasted_front_leads_to_a_card_an_entry_and_a_correction(site, front):
    (card,) = (card for card in PASTED if card.original.front == front)

    studied = studied_cards(site)[card.id]
    assert text(studied.find(".//summary"))
    assert text(studied.find(".//div[@class='flash-answer']"))

    entry = page(site, f"glossary/{card.topic}").find(f".//h2[@id='{card.id}']")
    assert text(entry.find("bdi")) == card.term

    corrected = by_card(page(site, "corrections"), "tr")[card.id]
    assert text(corrected.find("th")) == front
    assert text(corrected.find(".//a/bdi")) == card.term


@each_card
def test_a_card_has_every_field_that_teaches(card):
    for name in ("question", "gist", "hint", "details", "mistake", "related", "sources"):
        assert getattr(card, name), name
    assert not card.original or card.original.mended


@each_card
def test_an_answer_is_one_to_three_sentences(card):
    assert 1 <= len(re.findall(r"[.!?](?=\s|$)", card.answer)) <= 3


@each_card
def test_a_gist_is_at_most_twelve_words(card):
    assert words(card.gist) <= 12


@each_card
def test_wrong_choices_are_at_least_three_and_say_what_is_wrong(card):
    assert len(card.choices) >= 3
    assert all(choice.feedback for choice in card.choices)
    options = [card.gist, *(choice.text for choice in card.choices)]
    assert len(set(options)) == len(options)


@each_card
def test_no_option_gives_itself_away(card):
    for choice in card.choices:
        assert abs(words(choice.text) - words(card.gist)) <= 4
        assert not re.search(r"[()\[\]{}]", choice.text)
    assert not re.search(r"[()\[\]{}]", card.gist)


def standing_out(cards, extreme):
    """How many gists alone are the longest, or the shortest, of their options."""

    def stands_out(card):
        others = [len(choice.text) for choice in card.choices]
        return len(card.gist) not in others and extreme(len(card.gist), *others) == len(card.gist)

    return sum(map(stands_out, cards))


def chance(cards):
    """How many would be, if the right option were any of them."""
    return sum(1 / (1 + len(card.choices)) for card in cards)


@pytest.mark.parametrize("extreme", [max, min])
def test_who_always_takes_the_longest_or_shortest_option_does_no_better_than_by_chance(extreme):
    assert standing_out(DECK.cards, extreme) <= chance(DECK.cards)


@pytest.mark.parametrize("extreme, told", [(max, "x" * 99), (min, "x")])
def test_a_deck_whose_gists_stand_out_would_be_found(extreme, told):
    cards = [replace(card, gist=told) if n % 3 == 0 else card for n, card in enumerate(DECK.cards)]
    assert standing_out(cards, extreme) > chance(cards)


def names_its_card(prompt, card):
    """Whether a prompt names a card, whatever stands between the words, and in the plural too."""

    def bare(written):
        return " ".join(re.findall(r"[a-z0-9]+", written.lower()))

    return any(
        re.search(rf"\b{re.escape(bare(name))}s?\b", bare(prompt))
        for name in (card.term, *card.aliases)
    )


def faults(sentence, card):
    """What is wrong with a sentence and its gaps."""
    pieces = GAP.split(sentence)  # text and gaps in turn
    gaps = pieces[1::2]
    if not 1 <= len(gaps) <= 2:
        yield "how many gaps"
    if any(piece.count("$") % 2 for piece in pieces[::2]) or "$" in "".join(gaps):
        yield "a gap in mathematics"
    for n in range(1, len(pieces), 2):
        stem = re.escape(pieces[n].lower().removesuffix("s"))
        if re.search(rf"(?<!\w){stem}s?(?!\w)", " | ".join(pieces[:n] + pieces[n + 1 :]).lower()):
            yield "a gap that the sentence fills"
        if words(pieces[n]) > 2 or names_its_card(pieces[n], card):
            yield "a gap for the whole term"


def test_most_cards_ask_back_for_the_term_and_in_sentences_with_gaps():
    assert sum(bool(card.reverse) for card in DECK.cards) >= 20
    assert sum(bool(card.cloze) for card in DECK.cards) >= 20


@each_card
def test_a_reverse_prompt_asks_for_this_card_without_naming_it(card):
    assert not names_its_card(card.reverse, card)
    assert not card.reverse or card.reverse.endswith("?")
    assert not card.reverse or [other.reverse for other in DECK.cards].count(card.reverse) == 1


@each_card
def test_a_sentence_with_gaps_does_not_fill_them_itself(card):
    assert len(card.cloze) <= 3
    for sentence in card.cloze:
        assert list(faults(sentence, card)) == [], sentence
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    "prompt, names_it",
    [
        ("What are encoder–decoder models?", True),
        ("What does Seq2Seq do?", True),
        ("What has an encoder and a decoder?", False),
    ],
)
def test_a_prompt_that_names_its_card_would_be_found(prompt, names_it):
    assert names_its_card(prompt, DECK.by_id["seq2seq"]) == names_it


@pytest.mark.parametrize(
    "sentence, fault",
    [
        ("An {{LLM}} predicts.", "a gap for the whole term"),
        ("It reads one of {{three long words}}.", "a gap for the whole term"),
        ("It has a {{token}} beside other tokens.", "a gap that the sentence fills"),
        ("A {{Token}} is a {{token}}.", "a gap that the sentence fills"),
        ("It has no gap.", "how many gaps"),
        ("{{one}}, {{two}} and {{three}}.", "how many gaps"),
        ("It is $6{{N}}D$.", "a gap in mathematics"),
        ("It is {{$N$}}.", "a gap in mathematics"),
        ("With $N$ it has {{10}} to {{100}} of them, or $D$.", None),
    ],
)
def test_a_bad_gap_would_be_found(sentence, fault):
    assert set(faults(sentence, DECK.by_id["llm"])) == ({fault} if fault else set())


def test_no_pasted_definition_is_copied():
    for path in (ROOT / "cards.yaml", *ROOT.glob("docs/**/*.md")):
        assert runs_of_six(path.read_text(encoding="utf-8")).isdisjoint(PASTED_RUNS), path.name


def test_what_was_mended_quotes_at_most_five_words():
    for card in PASTED:
        for quote in re.findall(r'"([^"]*)"|“([^”]*)”', card.original.mended):
            assert words("".join(quote)) <= 5, card.id


def test_every_source_is_used_and_has_an_address_of_its_own():
    assert {id for card in DECK.cards for id in card.sources} == set(DECK.sources)
    addresses = [source.url for source in DECK.sources.values()]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("https://") for address in addresses)


def runs_of_six(written):
    bare = re.findall(r"[a-z0-9]+", written.lower())
    runs = (" ".join(bare[n : n + 6]) for n in range(len(bare) - 5))
    return {sha256(run.encode()).hexdigest()[:16] for run in runs}


def test_a_copied_run_would_be_found():
    assert len(PASTED_RUNS) > 100
    run = sha256(b"one two three four five six").hexdigest()[:16]
    assert runs_of_six("One two, three: four\nfive SIX.") == {run}


def test_each_pasted_card_has_a_row_of_corrections(site):
    text = (site / "corrections/index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr data-card="([^"]+)">', text)
    assert rows == [card.id for card in READING.deck.cards if card.original]
    assert len(rows) == 24
