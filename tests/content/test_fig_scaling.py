"""From a budget to a model, against the paper's numbers and against numpy's search."""

import re

import numpy as np
import pytest
from conftest import ROOT
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "scaling-arithmetic.js"
# Billions of parameters and of tokens: Hoffmann et al. 2022, Table 1.
MODELS = {
    "Chinchilla": (70, 1400),
    "LaMDA": (137, 168),
    "GPT-3": (175, 300),
    "Jurassic": (178, 300),
    "Gopher": (280, 300),
    "MT-NLG": (530, 270),
}
# Parameters, FLOPs, tokens: Hoffmann et al. 2022, Table 3. The tokens of 67B are rounded to two digits.
OPTIMAL = [
    (400e6, 1.92e19, 8.0e9),
    (1e9, 1.21e20, 20.2e9),
    (10e9, 1.23e22, 205.1e9),
    (67e9, 5.76e23, 1.5e12),
    (175e9, 3.85e24, 3.7e12),
    (280e9, 9.90e24, 5.9e12),
    (520e9, 3.43e25, 11.0e12),
    (1e12, 1.27e26, 21.2e12),
    (10e12, 1.30e28, 216.2e12),
]
ROWS = re.compile(r'data-n="(\d+)" data-d="(\d+)".*?<button type="button">(.+?)</button>')


def test_the_models_are_those_of_the_paper():
    form = (ROOT / "overrides/figures/scaling.html").read_text(encoding="utf-8")
    assert {name: (int(n), int(d)) for n, d, name in ROWS.findall(form)} == MODELS


def test_gophers_budget_makes_a_model_like_chinchilla():
    (found,) = run(FILE, "split", [[5.76e23]])
    assert found["parameters"] == pytest.approx(69.3e9, abs=0.05e9)
    assert found["tokens"] == pytest.approx(1.386e12, abs=0.0005e12)


def test_the_rule_agrees_with_the_papers_table_roughly():
    found = run(FILE, "split", [[budget] for _, budget, _ in OPTIMAL])
    for each, (parameters, _, tokens) in zip(found, OPTIMAL, strict=True):
        assert each["parameters"] == pytest.approx(parameters, rel=0.05)
        assert each["tokens"] == pytest.approx(tokens, rel=0.09)
    counted = run(FILE, "operations", [[parameters, tokens] for parameters, _, tokens in OPTIMAL])
    assert counted == pytest.approx([budget for _, budget, _ in OPTIMAL], rel=0.05)


def test_six_nd_is_near_the_published_budgets_and_not_equal():
    chinchilla, gopher = run(FILE, "operations", [[70e9, 1.4e12], [280e9, 300e9]])
    assert chinchilla == pytest.approx(5.88e23)
    assert gopher == pytest.approx(5.04e23)
    assert gopher / 5.76e23 == pytest.approx(1 - 0.125)


def test_a_thousand_budgets_are_split_as_numpy_finds_by_search():
    """Of a fine grid of models that a budget pays for, the one that reads 20 tokens a parameter."""
    chance = np.random.default_rng(20)
    budgets = 10 ** chance.uniform(18, 27, 1000)
    found = run(FILE, "split", [[float(budget)] for budget in budgets])
    grid = np.logspace(6, 14, 200_001)
    for each, budget in zip(found, budgets, strict=True):
        tokens_each = budget / (6 * grid) / grid
        at = np.searchsorted(-tokens_each, -20)
        assert grid[at - 1] <= each["parameters"] * (1 + 1e-12) <= grid[at] * (1 + 1e-11)
        assert each["tokens"] * each["parameters"] * 6 == pytest.approx(budget, rel=1e-12)
    sizes = 10 ** chance.uniform(7, 13, 1000)
    pairs = [[float(budget), float(size)] for budget, size in zip(budgets, sizes, strict=True)]
    tokens = run(FILE, "affordable", pairs)
    back = run(FILE, "operations", [[n, d] for (_, n), d in zip(pairs, tokens, strict=True)])
    assert np.allclose(back, budgets, rtol=1e-12, atol=0)
    assert np.allclose(np.log(tokens), np.log(budgets) - np.log(sizes) - np.log(6))


def test_a_thousand_numbers_are_written_as_python_writes_them():
    chance = np.random.default_rng(3)
    values = [float(x) for x in 10 ** chance.uniform(-5, 30, 1000)] + [9.996e23, 1.0, 1e21]
    for value, (factor, power) in zip(
        values, run(FILE, "scientific", [[value, 2] for value in values]), strict=True
    ):
        assert (factor, power) == tuple(float(part) for part in f"{value:.2e}".split("e"))


@pytest.mark.parametrize("value", [0, -1, "", None, "much", [], [1, 2]])
def test_nonsense_is_refused(value):
    for name, given in (
        ("split", [value]),
        ("operations", [value, 1e9]),
        ("operations", [1e9, value]),
        ("affordable", [1e21, value]),
        ("scientific", [value, 2]),
    ):
        assert run(FILE, name, [given])[0]["error"].startswith("RangeError"), name


def test_a_budget_is_split_and_a_model_tells_its_numbers(new_page):
    page = new_page()
    figure = opened(page, "scaling")
    words = figure.locator(".figure-words")
    expect(words).to_contain_text("about 69.3 billion parameters and 1.39 trillion tokens")
    told = figure.locator(".figure-told")
    expect(told).to_have_text("Chinchilla: 70B, 1.4T, 6ND ≈ 5.88 × 10²³, D ÷ N ≈ 20")
    figure.get_by_role("button", name="Gopher").focus()
    expect(told).to_have_text("Gopher: 280B, 300B, 6ND ≈ 5.04 × 10²³, D ÷ N ≈ 1.07")
    expect(figure.locator("[aria-current]")).to_contain_text("Gopher")
    figure.locator("[data-model] .figure-point").nth(5).hover()
    expect(told).to_contain_text("MT-NLG: 530B, 270B, 6ND ≈ 8.59 × 10²³")
    figure.get_by_label("times ten to the power").press("ArrowRight")
    expect(words).to_contain_text(
        "5.76 × 10²⁴ operations, the rule of thumb makes about 219 billion"
    )
    # What was looked at stays so.
    expect(told).to_contain_text("MT-NLG")
    cells = figure.get_by_role("row", name="GPT-3").get_by_role("cell")
    expect(cells).to_have_text(["175B", "300B", "3.15", "1.71"])


@pytest.mark.parametrize(("factor", "power"), [(1, 21), (5.76, 23), (9.99, 25)])
def test_all_is_drawn_inside_and_the_ring_is_where_both_lines_meet(new_page, factor, power):
    page = new_page()
    asked = f"scaling-factor={factor}&scaling-power={power}"
    figure = opened(page, "scaling", f"?{asked}")
    figure.locator(".figure-told:not(:empty)").wait_for()
    boxes = figure.locator(".figure-view svg :is(text, path, circle)").evaluate_all(
        "all => all.map((one) => { const { x, y, width, height } = one.getBBox();"
        " return [x, y, x + width, y + height]; })"
    )
    assert min(box[0] for box in boxes) >= 0 and max(box[2] for box in boxes) <= 360
    assert min(box[1] for box in boxes) >= 0 and max(box[3] for box in boxes) <= 436
    ring = figure.locator(".figure-view circle.figure-e")
    at = [float(ring.get_attribute(name)) for name in ("cx", "cy")]
    parameters = np.sqrt(factor * 10**power / 120)
    assert at[0] == pytest.approx(46 + 102 * np.log10(parameters / 1e9))
    assert at[1] == pytest.approx(400 - 102 * np.log10(20 * parameters / 1e10))
