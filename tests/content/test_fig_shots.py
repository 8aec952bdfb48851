"""The figure on shots: its tokens, how many examples fit, and the prompt that grows."""

import random
import re
from fractions import Fraction
from html import unescape
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from figure_runs import opened, run
from playwright.sync_api import expect

FORM = (ROOT / "overrides/figures/shots.html").read_text(encoding="utf-8")
TASKS = {
    name: [unescape(part) for part in re.findall(r"<li>(.*)</li>", items)]
    for name, items in re.findall(r'<ol hidden data-task="(\w+)">(.*?)</ol>', FORM, re.DOTALL)
}
each_task = pytest.mark.parametrize("task", TASKS)

# Where GPT-2 cuts a text before it looks into its vocabulary, as its authors published it, for ASCII.
PIECES = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?\d+| ?[^\sA-Za-z\d]+|\s+(?!\S)|\s+")


def tokens(part):
    return part.replace("↵", "\n").split("|")


def taken(cases):
    return run("shots-arithmetic.js", "taken", cases)


def test_there_are_three_tasks_of_ten_examples_which_differ():
    assert len(TASKS) == 3
    for parts in TASKS.values():
        assert len(parts) == len({*parts}) == 12


@each_task
def test_each_prompt_is_cut_as_its_parts_are(task):
    """No token crosses a piece, and the pieces of a whole prompt are those of its parts."""
    *parts, query = TASKS[task]
    for shots in range(11):
        used = [tokens(part) for part in (*parts[: shots + 1], query)]
        pieces = PIECES.findall("".join(map("".join, used)))
        for token in (token for part in used for token in part):
            assert token
            assert pieces[0].startswith(token)
            pieces[0] = pieces[0][len(token) :]
            if not pieces[0]:
                del pieces[0]
        assert pieces == []


def test_the_parts_have_the_tokens_that_the_tokenizer_made():
    """As tests/content/real_token_counts.mjs found them: instruction, ten examples, query."""
    counts = {name: [len(tokens(part)) for part in parts] for name, parts in TASKS.items()}
    assert counts == {
        "review": [9, 18, 19, 16, 17, 18, 17, 17, 18, 16, 18, 15],
        "date": [7, 15, 16, 17, 15, 16, 17, 15, 16, 17, 15, 10],
        "opposite": [4, *[4] * 10, 3],
    }


@each_task
def test_half_of_a_task_s_examples_are_not_all_of_one_answer(task):
    answers = [part.replace("|", "").rpartition(":")[2] for part in TASKS[task][1:-1]]
    assert len({*answers[:2]}) == 2
    assert max(map(answers.count, answers)) <= 5


def test_the_window_of_gpt_3_holds_what_the_chapter_says():
    # Reviews of 60 and of 120 tokens, and 248 kept for all else.
    found = taken([[[0, size, 0], 1, 2048, 248] for size in (60, 120)])
    assert [each["fits"] for each in found] == [30, 15]


def test_a_thousand_prompts_take_what_fractions_say():
    chance = random.Random(11)
    cases = []
    for _ in range(1000):
        parts = [chance.randrange(60) for _ in range(chance.randint(2, 14))]
        shots = chance.randint(0, len(parts) - 2)
        cases.append([parts, shots, chance.randint(1, 5000), chance.randrange(3000)])
    for (parts, shots, window, kept), found in zip(cases, taken(cases), strict=True):
        first, *examples, last = parts
        prompt = first + last
        for n in range(shots):
            prompt += examples[n]
        assert (
            found["prompt"] == prompt == sum(found[k] for k in ("instruction", "examples", "query"))
        )
        assert found["free"] == window - prompt - kept
        assert found["share"] == pytest.approx((prompt + kept) / window)
        mean = Fraction(sum(examples), len(examples)) if examples else Fraction(0)
        assert found["mean"] == pytest.approx(float(mean))
        # As many as can be set down one by one before the room is used up.
        room, fits = window - kept - first - last, 0
        while mean and (fits + 1) * mean <= room:
            fits += 1
        assert found["fits"] == fits


@pytest.mark.parametrize(
    "case",
    [
        [[], 0, 2048, 0],
        [[5], 0, 2048, 0],
        [[5, 5], 1, 2048, 0],
        [[5, -5, 5], 1, 2048, 0],
        [[5, 1.5, 5], 1, 2048, 0],
        [[5, None, 5], 1, 2048, 0],
        [[5, 5, 5], -1, 2048, 0],
        [[5, 5, 5], "1", 2048, 0],
        [[5, 5, 5], 1, 0, 0],
        [[5, 5, 5], 1, 1e300, 0],
        [[5, 5, 5], 1, 2048, -1],
    ],
)
def test_what_is_no_count_is_refused(case):
    assert taken([case])[0]["error"].startswith("RangeError")


def test_the_drawing_has_the_figure_s_first_state():
    counts = [len(tokens(part)) for part in TASKS["review"]]
    found = taken([[counts, 3, 2048, 20]])[0]
    drawing = ElementTree.parse(ROOT / "docs/figures/shots.svg")
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    sizes = [f"{n} tokens" for n in (*counts[:4], counts[-1])]
    assert [text for text in texts if re.fullmatch(r"\d+ tokens", text)] == sizes
    assert f"together {found['prompt']} tokens, and 20 kept for the answer" in texts
    assert {f"taken: {found['prompt'] + 20}", f"free: {found['free']:,}"} <= {*texts}
    for part in (*TASKS["review"][:4], TASKS["review"][-1]):
        lines = part.replace("|", "").strip("↵").split("↵")
        assert {*lines} <= {*texts}


def test_the_prompt_grows_by_an_example_at_a_press(new_page):
    page = new_page()
    figure = opened(page, "shots")
    words, rows = figure.locator(".figure-words"), figure.locator("tbody tr")
    expect(words).to_contain_text(
        "The prompt takes 77 tokens. It is few-shot: its 3 examples take 53"
    )
    expect(words).to_contain_text("4.74% of the window of 2,048 is taken.")
    expect(words).to_contain_text("about 115 would fit.")
    fewer = figure.get_by_role("button", name="Fewer")
    for kind in ("few-shot", "one-shot", "zero-shot", "zero-shot"):
        fewer.click()
        expect(words).to_contain_text(kind)
    expect(rows).to_have_count(2)
    expect(figure.locator("tfoot td")).to_have_text(["24", "20"])
    figure.get_by_role("button", name="More").click()
    expect(rows.nth(1)).to_contain_text("Review: Two hours that I will not get back.")
    figure.get_by_label("Show each token").check()
    expect(rows.nth(1)).to_contain_text("↵|Sent|iment|:| negative")


def test_what_does_not_fit_is_said_and_what_would_fit_does(new_page):
    page = new_page()
    figure = opened(page, "shots")
    words = figure.locator(".figure-words")
    figure.get_by_role("button", name="Shrink the window").click()
    expect(words).to_contain_text("that is 4 more than the window of 128 holds")
    figure.get_by_role("button", name="Fewer").click()
    expect(words).to_contain_text("89.1% of the window of 128 is taken")
    figure.get_by_role("button", name="Name opposites").click()
    expect(words).to_contain_text("about 505 would fit")
