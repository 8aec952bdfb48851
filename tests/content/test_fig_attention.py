"""Attention on three tokens: against numbers worked out beforehand, against numpy, by its laws."""

import numpy as np
import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

Q = [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]]
K = [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 0]]
V = [[1, 0], [0, 1], [1, 1]]
THIRDS = [1 / 3] * 3
# The switches that are on, and the scores, weights and outputs that belong to them, to six digits.
WORKED = [
    (
        {"scaled": True},
        [[1, 0, 0.5], [0, 2, 1], [1, 1, 1]],
        [[0.506480, 0.186324, 0.307196], [0.090031, 0.665241, 0.244728], THIRDS],
        [[0.813676, 0.493520], [0.334759, 0.909969], [0.666667, 0.666667]],
    ),
    (
        {},
        [[2, 0, 1], [0, 4, 2], [2, 2, 2]],
        [[0.665241, 0.090031, 0.244728], [0.015876, 0.866813, 0.117310], THIRDS],
        None,
    ),
    (
        {"scaled": True, "causal": True},
        [[1, "-Infinity", "-Infinity"], [0, 2, "-Infinity"], [1, 1, 1]],
        [[1, 0, 0], [0.119203, 0.880797, 0], THIRDS],
        [[1, 0], [0.119203, 0.880797], [0.666667, 0.666667]],
    ),
]


def attention(cases):
    return run("attention-arithmetic.js", "attention", cases)


@pytest.fixture(scope="module")
def made_up():
    """A thousand inputs of any fitting sizes, each with what the figure computes from it."""
    chance = np.random.default_rng(17)
    cases = []
    for _ in range(1000):
        tokens, length, width = (int(size) for size in chance.integers(1, 8, 3))
        wide = float(chance.choice([0.1, 1, 9, 300]))
        q, k = (chance.uniform(-wide, wide, (tokens, length)).tolist() for _ in "qk")
        v = chance.uniform(-wide, wide, (tokens, width)).tolist()
        on = {name: bool(chance.integers(2)) for name in ("scaled", "causal")}
        cases.append([q, k, v, on])
    return list(zip(cases, attention(cases), strict=True))


@pytest.mark.parametrize(("on", "scores", "weights", "outputs"), WORKED)
def test_the_worked_example_comes_out_in_every_setting(on, scores, weights, outputs):
    (found,) = attention([[Q, K, V, on]])
    assert found["scores"] == scores
    assert np.array(found["weights"]) == pytest.approx(np.array(weights), abs=1e-6)
    if outputs:
        assert np.array(found["outputs"]) == pytest.approx(np.array(outputs), abs=1e-6)


def test_a_thousand_inputs_give_what_numpy_makes_of_them(made_up):
    for (q, k, v, on), found in made_up:
        scores = np.einsum("id,jd->ij", q, k)
        if on["scaled"]:
            scores /= len(q[0]) ** 0.5
        if on["causal"]:
            scores[np.triu_indices(len(q), 1)] = -np.inf
        weights = np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])
        assert np.array(found["scores"], float) == pytest.approx(scores, rel=1e-9, abs=1e-9)
        assert np.array(found["weights"]) == pytest.approx(weights, rel=1e-6, abs=1e-12)
        outputs = np.einsum("ij,jw->iw", weights, v)
        assert np.array(found["outputs"]) == pytest.approx(outputs, rel=1e-6, abs=1e-6)


def test_rows_sum_to_one_and_behind_the_mask_nothing_comes_after_a_token(made_up):
    for (*_, on), found in made_up:
        weights = np.array(found["weights"])
        assert weights.sum(1) == pytest.approx(np.ones(len(weights)))
        assert (weights >= 0).all()
        if on["causal"]:
            assert not np.triu(weights, 1).any()


def test_tokens_in_another_order_get_the_same_in_that_order(made_up):
    chance = np.random.default_rng(3)
    ways, cases, before = [], [], []
    for (q, k, v, on), found in made_up:
        if not on["causal"]:
            ways.append(chance.permutation(len(q)))
            cases.append([[matrix[at] for at in ways[-1]] for matrix in (q, k, v)] + [on])
            before.append(found)
    assert len(cases) > 300
    for way, old, new in zip(ways, before, attention(cases), strict=True):
        moved = np.array(old["weights"])[way][:, way]
        assert np.array(new["weights"]) == pytest.approx(moved, rel=1e-6, abs=1e-9)
        assert np.array(new["outputs"]) == pytest.approx(np.array(old["outputs"])[way], abs=1e-6)


@pytest.mark.parametrize(
    ("q", "k", "v"),
    [
        ([], [], []),
        ([[]], [[]], [[]]),
        ([[1, 2]], [[1]], [[1]]),
        ([[1], [1, 2]], [[1], [1]], [[1], [1]]),
        ([[1]], [[1]], [[1], [2]]),
        ([[None]], [[1]], [[1]]),
        ([["1"]], [[1]], [[1]]),
        ([[1e308, 1e308]], [[1e308, 1e308]], [[1]]),
    ],
)
def test_nonsense_is_refused(q, k, v):
    (found,) = attention([[q, k, v]])
    assert found["error"].startswith("RangeError")


def cells(figure, caption):
    """The numbers of one of the figure's tables, row by row."""
    rows = figure.get_by_role("table", name=caption).get_by_role("row").all()
    return [row.locator("td").all_inner_texts() for row in rows[1:]]


def test_the_switches_and_a_changed_number_change_the_tables(new_page):
    page = new_page()
    figure = opened(page, "attention")
    words = figure.locator(".figure-words")
    expect(words).to_contain_text(
        "Token 1 takes most from token 1: 50.6%. Its output is (0.8137, 0.4935)."
    )
    expect(words).to_contain_text("Token 3 takes most from tokens 1, 2, and 3: 33.3% each.")
    assert cells(figure, "Weights")[1] == ["0.0900", "0.6652", "0.2447"]
    figure.get_by_label("Causal mask").check()
    assert cells(figure, "Scores")[0] == ["1", "−∞", "−∞"]
    assert cells(figure, "Weights")[:2] == [
        ["1.0000", "0.0000", "0.0000"],
        ["0.1192", "0.8808", "0.0000"],
    ]
    figure.get_by_label("Causal mask").uncheck()
    figure.get_by_label("Divide scores").uncheck()
    assert cells(figure, "Scores")[1] == ["0", "4", "2"]
    figure.get_by_label("query of token 1, component 1").fill("-2")
    assert cells(figure, "Scores")[0] == ["-1", "0", "-2"]
    figure.get_by_role("button", name="Swap tokens 2 and 3").click()
    assert cells(figure, "Outputs") == [
        ["0.8137", "0.4935"],
        ["0.6667", "0.6667"],
        ["0.3348", "0.9100"],
    ]
