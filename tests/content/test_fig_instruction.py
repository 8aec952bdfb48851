"""The figure on instructions: Flan's mixture by its parts, and what was measured of it."""

import random
from fractions import Fraction
from itertools import accumulate, product
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from figure_runs import opened, run
from playwright.sync_api import expect

# Chung et al. 2022, Section 2.1, in the order in which Section 3 adds them.
PARTS = {"cot": 9, "muffin": 80, "t0": 193, "niv2": 1554}
# Table 3, the models of 8 and of 540 billion: tasks, normalized average, and the gain as printed.
TABLE = {
    "small": [
        (0, 6.4, None),
        (9, 8.3, 1.9),
        (89, 14.8, 8.4),
        (282, 20.5, 14.1),
        (1836, 21.9, 15.5),
    ],
    "large": [
        (0, 49.1, None),
        (9, 52.6, 3.5),
        (89, 57.0, 7.9),
        (282, 57.5, 8.4),
        (1836, 58.5, 9.4),
    ],
}
MIXTURES = [[*chosen] for chosen in product([False, True], repeat=4)]
SCORES = {size: [score for _, score, _ in rows] for size, rows in TABLE.items()}


def arithmetic(name, cases):
    return run("instruction-arithmetic.js", name, cases)


@pytest.mark.parametrize("size", TABLE)
def test_the_scores_gain_what_the_paper_prints(size):
    rows = TABLE[size]
    found = arithmetic("gain", [[SCORES[size], row] for row in range(5)])
    assert found[0] == {"gained": 0, "share": 0}
    for (_, _, printed), each in zip(rows[1:], found[1:], strict=True):
        assert each["gained"] == pytest.approx(printed, abs=1e-9)
        assert each["share"] == pytest.approx(printed / rows[-1][2])


def test_each_of_the_sixteen_mixtures_has_the_tasks_of_its_parts():
    sizes = [*PARTS.values()]
    found = arithmetic("mixture", [[sizes, chosen] for chosen in MIXTURES])
    for chosen, each in zip(MIXTURES, found, strict=True):
        tasks = sum(size for size, is_in in zip(sizes, chosen, strict=True) if is_in)
        assert (each["tasks"], each["all"]) == (tasks, 1836)
        assert each["share"] == pytest.approx(tasks / 1836)
        assert sum(each["shares"]) == pytest.approx(1 if tasks else 0)
    assert found[-1]["shares"] == pytest.approx([0.0049, 0.0436, 0.1051, 0.8464], abs=5e-5)


def test_five_of_the_sixteen_were_measured():
    sums = [0, *accumulate(PARTS.values())]
    assert sums == [tasks for tasks, _, _ in TABLE["small"]]
    rows = arithmetic("measured", [[chosen] for chosen in MIXTURES])
    for chosen, row in zip(MIXTURES, rows, strict=True):
        orders = [[True] * n + [False] * (4 - n) for n in range(5)]
        assert row == (orders.index(chosen) if chosen in orders else -1)
    assert sorted(rows)[-5:] == [0, 1, 2, 3, 4]
    assert rows.count(-1) == 11


def test_a_thousand_mixtures_have_the_shares_that_fractions_have():
    chance = random.Random(1836)
    cases = []
    for _ in range(1000):
        count = chance.randint(1, 9)
        sizes = [chance.choice([0, 1, chance.randrange(3000)]) for _ in range(count)]
        cases.append([sizes, [chance.random() < 0.6 for _ in range(count)]])
    for (sizes, chosen), found in zip(cases, arithmetic("mixture", cases), strict=True):
        used = [Fraction(size * is_in) for size, is_in in zip(sizes, chosen, strict=True)]
        tasks = sum(used)
        shares = [float(size / tasks) if tasks else 0 for size in used]
        assert found["tasks"] == tasks
        assert found["shares"] == pytest.approx(shares)
        assert found["share"] == pytest.approx(float(tasks / sum(sizes)) if tasks else 0)
        assert used[found["largest"]] == max(used)


@pytest.mark.parametrize(
    "case",
    [
        [[1, 2], [True]],
        [[-1], [True]],
        [[1.5], [True]],
        [[None], [True]],
        [["9"], [True]],
        [[1e300], [True]],
    ],
)
def test_what_is_no_mixture_is_refused(case):
    assert arithmetic("mixture", [case])[0]["error"].startswith("RangeError")


def test_no_task_at_all_is_no_division_by_nothing():
    for sizes in ([], [0, 0]):
        found = arithmetic("mixture", [[sizes, [True] * len(sizes)]])[0]
        assert (found["tasks"], found["share"], found["shares"]) == (0, 0, [0] * len(sizes))


def test_the_drawing_has_the_tasks_and_the_scores_to_scale():
    svg = "{http://www.w3.org/2000/svg}"
    drawing = ElementTree.parse(ROOT / "docs/figures/instruction.svg")
    texts = {text.text for text in drawing.iter(f"{svg}text")}
    assert {"CoT 9", "Muffin 80", "T0-SF 193", "NIV2 1,554", "tasks in the mixture: 1,836"} <= texts
    widths = [
        float(bar.get("width")) for bar in drawing.iter(f"{svg}rect") if bar.get("height") == "24"
    ]
    assert widths == pytest.approx([size / 1836 * 320 for size in PARTS.values()], abs=0.05)
    lines = [line.get("points").split() for line in drawing.iter(f"{svg}polyline")]
    for line, rows in zip(lines, TABLE.values(), strict=True):
        points = [tuple(map(float, point.split(","))) for point in line]
        wanted = [(34 + tasks / 1836 * 320, 220 - 2 * score) for tasks, score, _ in rows]
        assert [n for point in points for n in point] == pytest.approx(
            [n for point in wanted for n in point], abs=0.05
        )


def test_a_mixture_is_drawn_with_its_scores_only_where_it_was_measured(new_page):
    page = new_page()
    figure = opened(page, "instruction")
    words = figure.locator(".figure-words")
    expect(words).to_contain_text(
        "The mixture has 1,836 tasks, 100% of all 1,836. NIV2 supplies 84.6%"
    )
    expect(words).to_contain_text("scores 21.9, which is 15.5 above untuned")
    figure.get_by_role("button", name="Without NIV2").click()
    expect(words).to_contain_text("The mixture has 282 tasks, 15.4% of all 1,836.")
    expect(words).to_contain_text(
        "That is 14.1 above untuned, or 91% of what the whole mixture brings."
    )
    expect(words).to_contain_text("it scores 57.5: 8.4 above untuned, or 89%")
    expect(figure.locator(".figure-view circle.figure-e")).to_have_count(2)
    expect(figure.locator(".figure-view .figure-dashed")).to_have_count(
        1
    )  # what is left out of the bar
    figure.get_by_role("button", name="Without CoT").click()
    expect(words).to_contain_text("1,827 tasks, 99.5% of all 1,836")
    expect(words).to_contain_text("no score is drawn for it. Tuned without any chains of thought")
    expect(figure.locator(".figure-view circle.figure-e")).to_have_count(0)
    expect(figure.locator(".figure-view path.figure-dashed")).to_have_count(1)
    for part in ("Muffin", "T0-SF", "NIV2"):
        figure.get_by_label(part).uncheck()
    expect(words).to_have_text(
        "No part is in: these are the untuned models, with 8 billion parameters at 6.4 and with 540 "
        "billion at 49.1."
    )


def test_the_schematic_says_that_it_is_one_and_has_no_number(new_page):
    page = new_page()
    figure = opened(page, "instruction")
    table = figure.get_by_role("table", name="A schematic, not a measurement")
    expect(table).to_have_count(0)
    figure.get_by_label("Show").select_option("a schematic")
    expect(table).to_be_visible()
    assert not any(character.isdigit() for character in table.inner_text())
    expect(figure.locator(".figure-words")).to_contain_text("has no measured numbers")
    expect(figure.get_by_label("Muffin")).to_be_hidden()
    expect(figure.locator(".figure-view svg")).to_be_hidden()
