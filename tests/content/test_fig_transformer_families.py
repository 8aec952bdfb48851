"""Who sees whom in the three families, against numpy's triangles; and how a sentence becomes words."""

import re

import numpy as np
import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "transformer-families-arithmetic.js"


def mask(family, inputs, outputs):
    """0 where a position is hidden, 1 for the encoder's, 2 for causal and 3 for cross-attention."""
    whole, back = np.ones((inputs, inputs)), 2 * np.tril(np.ones((inputs, inputs)))
    if family != "both":
        return whole if family == "encoder" else back
    cross, own = 3 * np.ones((outputs, inputs)), 2 * np.tril(np.ones((outputs, outputs)))
    return np.block([[whole, np.zeros((inputs, outputs))], [cross, own]])


def test_a_thousand_sizes_have_the_masks_that_numpy_makes():
    chance = np.random.default_rng(3)
    cases = []
    for n in range(1000):
        family = ("encoder", "decoder", "both")[n % 3]
        cases.append([family, int(chance.integers(1, 25)), int(chance.integers(0, 25))])
    numbers = {"": 0, "self": 1, "causal": 2, "cross": 3}
    for case, found in zip(cases, run(FILE, "views", cases), strict=True):
        seen = np.array([[numbers[kind] for kind in row] for row in found])
        assert np.array_equal(seen, mask(*case)), case


def test_four_tokens_behind_a_causal_mask_keep_ten_of_sixteen():
    (found,) = run(FILE, "views", [["decoder", 4, 0]])
    assert [sum(map(bool, row)) for row in found] == [1, 2, 3, 4]


def test_an_input_of_five_and_three_written_tokens_have_fifteen_cross_weights():
    (found,) = run(FILE, "views", [["both", 5, 3]])
    assert sum(row.count("cross") for row in found) == 15


@pytest.mark.parametrize(
    "case",
    [
        ["decoder", -1, 0],
        ["both", 2, 1.5],
        ["both", "3", 1],
        ["both", None, 1],
        ["none", 2, 2],
        ["toString", 1, 1],
    ],
)
def test_what_is_no_size_or_family_is_refused(case):
    assert "RangeError" in run(FILE, "views", [case])[0]["error"]


# What stands for what: Unicode's rules, in the words of the engine's own dictionaries.
SPLIT = {
    "The bank of the river": ["The", "bank", "of", "the", "river"],
    "  a\tb\nc\u00a0d\u3000e\u200bf  ": ["a", "b", "c", "d", "e", "f"],
    "It's 3.5 % – no?": ["It's", "3.5", "%", "–", "no?"],
    "猫が魚を見た。": ["猫", "が", "魚", "を", "見", "た。"],
    "「猫」が好き": ["「猫」", "が", "好き"],
    "我爱北京天安门": ["我", "爱", "北京", "天安门"],
    "แมวกินปลา": ["แมว", "กิน", "ปลา"],
    "고양이가 생선을 먹었다": ["고양이가", "생선을", "먹었다"],
    "القط يأكل السمك": ["القط", "يأكل", "السمك"],
    "GPT は速い": ["GPT", "は", "速い"],
    "👩‍👩‍👧‍👦 sit": ["👩‍👩‍👧‍👦", "sit"],
    "。。。": ["。。。"],
    "": [],
    " \u200b\u200d\u0000 ": [],
    "a" * 14: ["a" * 14],
    "a" * 15: ["a" * 13 + "…"],
    "👩‍👩‍👧‍👦" * 15: ["👩‍👩‍👧‍👦" * 13 + "…"],
    "e\u0301" * 14: ["e\u0301" * 14],
}


def test_a_text_is_cut_at_spaces_and_where_a_script_has_none_into_words():
    found = run(FILE, "words", [[text] for text in SPLIT])
    assert dict(zip(SPLIT, found, strict=True)) == SPLIT


def test_of_a_thousand_texts_no_letter_is_lost_or_made_up():
    chance = np.random.default_rng(4)
    letters = list("abé!' \u00a0猫がをタ。「」กิแ한क्षअ🙂👍🏽\u200d{}<&$")
    texts = ["".join(chance.choice(letters, chance.integers(0, 14))) for _ in range(1000)]
    for text, found in zip(texts, run(FILE, "words", [[text] for text in texts]), strict=True):
        # A joiner that stands alone shows nothing, and is left out.
        kept = "".join(part for part in text.split() if part.strip("\u200d"))
        assert "".join(found) == kept
        assert all(found)


# In the page


@pytest.fixture
def figure(new_page):
    return opened(new_page(), "transformer-families")


def test_a_word_that_is_pointed_at_or_has_the_focus_tells_what_it_sees(figure):
    told = figure.locator(".mask-row")
    expect(told).to_have_text(
        "“\u2068bank\u2069” sees “\u2068The bank\u2069”. "
        "What comes after is hidden from it: “\u2068follows the river\u2069”."
    )
    figure.get_by_role("button", name="the", exact=True).focus()
    expect(told).to_contain_text("“\u2068The bank follows the\u2069”")
    expect(figure.get_by_role("button", pressed=True)).to_have_text("the")
    squares = figure.locator(".mask svg")
    squares.hover(position={"x": 5, "y": squares.bounding_box()["height"] - 5})
    expect(told).to_contain_text("It is the last word")
    figure.get_by_role("button", name="Take both halves").click()
    expect(figure.locator(".figure-words")).to_contain_text("46 of 64 squares")
    figure.get_by_role("button", name="Ufer").focus()
    expect(told).to_contain_text("Of the output it sees “\u2068Das Ufer\u2069”")
    expect(told).to_contain_text("hidden from it: “\u2068folgt\u2069”")


def test_each_square_with_a_dot_stands_where_a_word_may_be_seen(figure):
    figure.get_by_role("button", name="Take both halves").click()
    box = figure.locator(".mask svg").bounding_box()
    assert (box["width"], box["height"]) == (8 * 20, 8 * 24)
    dots = figure.locator(".mask-dots").get_attribute("d")
    found = np.zeros((8, 8), bool)
    for x, y in re.findall(r"M ([\d.]+) ([\d.]+)h0", dots):
        found[int(float(y) // 24), int(float(x) // 20)] = True
    assert np.array_equal(found, mask("both", 5, 3) > 0)
    heads = figure.locator(".mask > bdi").all()
    assert [
        head.inner_text() for head in heads
    ] == "The bank follows the river Das Ufer folgt".split()
    for n, head in enumerate(heads):
        across = head.bounding_box()
        assert abs(across["x"] + across["width"] / 2 - box["x"] - (n + 0.5) * 20) < 6


def test_no_words_and_too_many_are_told_of_and_no_output_is_not_wrong(figure):
    sentence = figure.get_by_label("Sentence")
    sentence.fill("a b c d e f g h i j k")
    expect(figure.get_by_role("alert")).to_have_text(
        "These are 11 words, and the picture has room for 10. Leave some out."
    )
    sentence.fill(" ")
    expect(figure.get_by_role("alert")).to_contain_text("There is no word")
    expect(figure.locator(".mask button")).to_have_count(5)
    expect(figure.get_by_label("Output so far")).to_be_hidden()
    figure.get_by_label("Family").select_option("both")
    sentence.fill("one two")
    figure.get_by_label("Output so far").fill("")
    expect(figure.get_by_role("alert")).to_have_count(0)
    expect(figure.locator(".figure-words")).to_contain_text("Nothing is written yet")
    figure.get_by_label("Output so far").fill("a b c d e f g h i j k")
    expect(figure.get_by_role("alert")).to_contain_text("11 words")
