"""Byte-pair encoding against a worked example and another program; and the pieces of a real tokenizer."""

import random
import re
from collections import Counter

import pytest
import real_pieces
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "tokens-arithmetic.js"
END = "</w>"
SENNRICH = [["low", 5], ["lower", 2], ["newest", 6], ["widest", 3]]
# What is merged, how often it stands there, and how many pairs are as frequent.
MERGES = [
    ("e", "s", 9, 2),
    ("es", "t", 9, 1),
    ("est", END, 9, 0),
    ("l", "o", 7, 1),
    ("lo", "w", 7, 0),
    ("n", "e", 6, 2),
    ("ne", "w", 6, 1),
    ("new", "est" + END, 6, 0),
]


def test_the_words_of_the_paper_are_merged_as_worked_out():
    [found] = run(FILE, "encode", [[SENNRICH]])
    merges = [(*each["pair"], each["often"], len(each["ties"])) for each in found["merges"][:8]]
    assert merges == MERGES
    assert found["merges"][0]["ties"] == [["s", "t"], ["t", END]]
    assert found["merges"][3]["ties"] == [["o", "w"]]
    assert found["states"][8] == [
        ["low", END],
        ["low", "e", "r", END],
        ["newest" + END],
        ["w", "i", "d", "est" + END],
    ]
    [entries] = run(FILE, "vocabulary", [[found["states"][0], found["merges"][:8]]])
    assert len(entries) == 11 + 8


def test_the_words_of_the_card_are_cut_as_it_says():
    [found] = run(FILE, "encode", [[[["banana", 1], ["bandana", 1]]]])
    assert found["merges"][0]["often"] == 4
    assert [each["pair"] for each in found["merges"][:3]] == [["a", "n"], ["b", "an"], ["an", "a"]]
    assert found["states"][3] == [["ban", "ana", END], ["ban", "d", "ana", END]]


def by_texts(words):
    """The merges and the pieces after each, by pattern matching on texts as Sennrich et al. print it."""
    texts = [" ".join([*word, END]) for word, _ in words]
    states, merges = [texts], []
    while True:
        pairs = Counter()  # which keeps the order in which its keys came
        for text, (_, often) in zip(texts, words, strict=True):
            pieces = text.split()
            for pair in zip(pieces, pieces[1:], strict=False):
                pairs[pair] += often
        if not pairs:
            return merges, states
        best = max(pairs, key=pairs.get)
        merges.append((list(best), pairs[best], sum(n == pairs[best] for n in pairs.values()) - 1))
        joined = re.compile(r"(?<!\S)" + re.escape(" ".join(best)) + r"(?!\S)")
        texts = [joined.sub(lambda _, best=best: "".join(best), text) for text in texts]
        states.append(texts)


def test_a_thousand_collections_of_words_are_merged_as_by_texts():
    chance = random.Random(11)
    cases = []
    for _ in range(1000):
        letters = chance.choice(["ab", "abcde", "aàßñж語", "etaoinshrdlu"])
        words = {
            "".join(chance.choices(letters, k=chance.randint(1, 9))): chance.randint(1, 9)
            for _ in range(chance.randint(1, 8))
        }
        cases.append([[[word, often] for word, often in words.items()]])
    tied = 0
    for [words], found in zip(cases, run(FILE, "encode", cases), strict=True):
        merges, states = by_texts(words)
        assert [(m["pair"], m["often"], len(m["ties"])) for m in found["merges"]] == merges
        assert [[" ".join(word) for word in state] for state in found["states"]] == states
        assert ["".join(word) for word in found["states"][-1]] == [word + END for word, _ in words]
        tied += any(m["ties"] for m in found["merges"])
    assert tied > 500


def test_words_are_read_with_their_counts():
    texts = ["low 5, lower 2", " a\nb 3;a 2,, ", "naïve 1", "e\u0301 2, é", "don't-go 7"]
    assert [each["words"] for each in run(FILE, "read", [[text] for text in texts])] == [
        [["low", 5], ["lower", 2]],
        [["a", 3], ["b", 3]],
        [["naïve", 1]],
        [["é", 3]],
        [["don't-go", 7]],
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" , ;\n", "empty"),
        ("low -5", "unread"),
        ("low five times", "unread"),
        ("low 5.5", "unread"),
        ("low 1e9", "unread"),
        ("<b> 3", "unread"),
        ("</w>", "unread"),
        ("low 0", "often"),
        ("low 1001", "often"),
        ("low 600, low 600", "often"),
        ("low 99999999", "unread"),
        ("x" * 21, "long"),
        (",".join("abcdefghijklm"), "many"),
        ("🦜 2", "unread"),
    ],
)
def test_what_cannot_be_read_is_told(text, fault):
    [found] = run(FILE, "read", [[text]])
    assert found["fault"] == fault
    html = real_pieces.FORM.read_text(encoding="utf-8")
    assert f'data-say="{fault}"' in html


def test_the_real_pieces_join_to_their_sentences():
    found = real_pieces.listed(real_pieces.FORM.read_text(encoding="utf-8"))
    assert len(found) >= 5
    for sentence, pieces in found:
        words = [re.escape(word) for word in real_pieces.normal(sentence)]
        read = words_of(pieces)
        assert len(read) == len(words), sentence
        for word, group in zip(words, read, strict=True):
            joined = "".join(piece.removeprefix("##") for piece in group)
            assert joined == real_pieces.UNKNOWN or re.fullmatch(word, joined), sentence
    kinds = {piece for _, pieces in found for piece in pieces}
    assert real_pieces.UNKNOWN in kinds and any(piece.startswith("##") for piece in kinds)


def words_of(pieces):
    """The pieces of each word."""
    groups = []
    for piece in pieces:
        if piece.startswith("##"):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def test_wordpiece_takes_the_longest_piece_from_the_left():
    vocabulary = dict.fromkeys(["un", "una", "##b", "##ble", "##able"], 0)
    assert real_pieces.cut("unable", vocabulary) == ["una", "##ble"]
    assert real_pieces.cut("unx", vocabulary) == [real_pieces.UNKNOWN]


def test_the_reader_merges_words_step_by_step(new_page):
    page = new_page()
    figure = opened(page, "tokens")
    words, rows = figure.locator(".figure-words"), figure.locator("tbody tr")
    expect(words).to_have_text(
        "After 3 of 15 merges. Next to be merged: l + o, which stand together 7 times. "
        "A tie: o + w is as frequent. The pair that is met first is taken."
    )
    figure.get_by_role("button", name="Next merge").click()
    expect(figure.get_by_label("Merges done")).to_have_value("4")
    expect(rows.nth(1).locator("mark")).to_have_text(["lo", "w"])
    figure.get_by_label("Words, each with its count").fill("aaa 2")
    expect(words).to_contain_text(
        "After 3 of 3 merges. Every word is one piece, and no pair is left."
    )
    expect(figure.get_by_label("Merges done")).to_have_value("3")
    figure.get_by_role("button", name="Next merge").click()
    expect(figure.get_by_label("Merges done")).to_have_value("3")
    figure.get_by_label("Words, each with its count").fill("low, <b>")
    expect(figure.get_by_role("alert")).to_contain_text("“<b>” cannot be read.")
    expect(rows.nth(0)).to_contain_text("aaa</w>")
