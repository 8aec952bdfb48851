"""The tree of two steps in which greedy decoding can miss the best path."""

import random
from fractions import Fraction

import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "greedy-tree-arithmetic.js"


def test_the_best_first_step_misses_the_best_path():
    [found] = run(FILE, "paths", [[60, 40, 90]])
    assert found == {"throughA": 0.24, "throughB": 0.36, "greedy": "A", "best": "B"}


def test_a_thousand_trees_are_as_an_exhaustive_search_in_fractions_finds_them():
    chance = random.Random(5)
    cases = [[chance.randint(0, 100) for _ in range(3)] for _ in range(1000)]
    seen = set()
    for (a, x, y), found in zip(cases, run(FILE, "paths", cases), strict=True):
        first = {"A": Fraction(a, 100), "B": 1 - Fraction(a, 100)}
        whole = {"A": first["A"] * Fraction(x, 100), "B": first["B"] * Fraction(y, 100)}
        assert found["greedy"] == max(first, key=first.get)
        best = [token for token in whole if whole[token] == max(whole.values())]
        assert found["best"] == (best[0] if len(best) == 1 else "both")
        assert (found["throughA"], found["throughB"]) == (float(whole["A"]), float(whole["B"]))
        seen.add((found["greedy"], found["best"]))
    assert len(seen) >= 5


def test_equal_paths_are_equal_also_where_products_of_decimals_are_not():
    cases = [
        [a, x, a * x // (100 - a)]
        for a in range(1, 100)
        for x in range(1, 101)
        if a * x % (100 - a) == 0 and a * x <= 100 * (100 - a)
    ]
    plain = sum(a / 100 * (x / 100) != (1 - a / 100) * (y / 100) for a, x, y in cases)
    assert plain > 100, "whole numbers have nothing left to mend"
    assert {found["best"] for found in run(FILE, "paths", cases)} == {"both"}


@pytest.mark.parametrize(
    "nonsense", [[-1, 40, 90], [60, 101, 90], [60, 40, "y"], [60.5, 1, 1], [None, 1, 1], []]
)
def test_nonsense_is_refused(nonsense):
    [found] = run(FILE, "paths", [nonsense])
    assert "RangeError" in found["error"]


def test_the_figure_tells_who_wins(new_page):
    page = new_page()
    figure = opened(page, "greedy-tree")
    words = figure.locator(".figure-words")
    expect(words).to_have_text(
        "Greedy decoding takes A, then x: together 0.24. "
        "The path through B has 0.36, so the best step was not the best path."
    )
    expect(figure.locator(".figure-view svg")).to_contain_text("0.4 × 0.9 = 0.36")
    figure.get_by_role("button", name="Set x to 0.6").click()
    expect(words).to_contain_text("The other path has the same, 0.36.")
    figure.get_by_label("A, as the first token").fill("0.3")
    expect(words).to_contain_text("takes B, then y: together 0.63. The other path has only 0.18")
