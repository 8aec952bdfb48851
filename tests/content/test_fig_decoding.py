"""Temperature, top-k and top-p, against worked numbers and against numpy's; and what a seed draws."""

import math
from collections import Counter

import numpy as np
import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "decoding-arithmetic.js"
TOKENS = ["cake", "donut", "banana", "apple", "bread", "rock"]
SCORES = [2.0, 1.5, 1.0, 0.2, -0.5, -1.5]
# Temperature, probabilities, entropy in bits: worked out for the card on temperature.
BY_TEMPERATURE = [
    (0.5, [0.6501, 0.2392, 0.0880, 0.0178, 0.0044, 0.0006], 1.3500),
    (1, [0.4441, 0.2693, 0.1634, 0.0734, 0.0364, 0.0134], 1.9909),
    (1.5, [0.3550, 0.2544, 0.1823, 0.1069, 0.0670, 0.0344], 2.2540),
    (2, [0.3075, 0.2395, 0.1865, 0.1250, 0.0881, 0.0534], 2.3784),
]


def settings(temperature=1.0, k=0, p=1.0):
    return {"temperature": temperature, "k": k, "p": p}


def kept(found):
    return sum(not by for by in found["by"])


def test_a_temperature_gives_the_worked_probabilities_and_entropies():
    found = run(FILE, "cut", [[SCORES, settings(t)] for t, _, _ in BY_TEMPERATURE])
    for each, (_, shares, bits) in zip(found, BY_TEMPERATURE, strict=True):
        assert each["before"] == pytest.approx(shares, abs=5e-5)
        assert each["after"] == pytest.approx(each["before"])
        assert each["bits"] == pytest.approx([bits, bits], abs=5e-5)


@pytest.mark.parametrize(
    ("given", "after"),
    [
        (settings(k=1), [1]),
        (settings(k=2), [0.6225, 0.3775]),
        (settings(k=3), [0.5065, 0.3072, 0.1863]),
        (settings(p=0.9), [0.4674, 0.2835, 0.1719, 0.0773]),
        (settings(temperature=0), [1]),
        # Scaled up after top-k, cake has 0.6225 and passes alone.
        (settings(k=2, p=0.6), [1]),
        (settings(p=0.6), [0.6225, 0.3775]),
    ],
)
def test_a_cut_leaves_the_worked_probabilities(given, after):
    [found] = run(FILE, "cut", [[SCORES, given]])
    assert found["after"] == pytest.approx(after + [0] * (6 - len(after)), abs=5e-5)


def test_top_p_keeps_the_smallest_set_with_at_least_p():
    wanted = {0.0: 1, 0.3: 1, 0.5: 2, 0.75: 3, 0.8: 3, 0.9: 4, 1.0: 6}
    found = run(FILE, "cut", [[SCORES, settings(p=p)] for p in wanted])
    assert [kept(each) for each in found] == list(wanted.values())
    found = run(FILE, "cut", [[SCORES, settings(t, p=0.9)] for t in (0.5, 1, 2)])
    assert [kept(each) for each in found] == [3, 4, 5]


def test_a_sum_that_only_rounding_keeps_from_p_reaches_it():
    """Of n equal tokens, m / n is reached by just m of them, however n-ths add up in binary."""
    cases = [(n, m) for n in range(2, 41) for m in range(1, n)]
    found = run(FILE, "cut", [[[0.7] * n, settings(p=m / n)] for n, m in cases])
    assert [kept(each) for each in found] == [m for _, m in cases]
    naive = sum(int(np.searchsorted(np.cumsum([1 / n] * n), m / n)) + 1 != m for n, m in cases)
    assert naive, "the tolerance has nothing left to do"


def test_p_of_1_is_off_also_for_a_token_too_rare_to_change_a_sum():
    [found] = run(FILE, "cut", [[[0, -100], settings()]])
    assert found["by"] == ["", ""]


def numpys(scores, temperature, k, p):
    """The same by sorting, cumulative sums and masks."""
    z = np.array(scores, dtype=np.longdouble) / temperature
    before = np.exp(z - z.max())
    before /= before.sum()
    order = np.argsort(-before, kind="stable")
    stays = np.zeros(len(scores), dtype=bool)
    stays[order[: k or len(scores)]] = True
    left = np.where(stays, before, 0)
    left /= left.sum()
    if p < 1:
        reached = np.searchsorted(np.cumsum(left[order]), p) + 1
        stays[order[reached:]] = False
    after = np.where(stays, before, 0)
    return before, after / after.sum()


def test_a_thousand_distributions_are_cut_as_numpy_cuts_them():
    chance = np.random.default_rng(10)
    cases = []
    for _ in range(1000):
        size = int(chance.integers(1, 30))
        scores = chance.normal(0, chance.choice([0.5, 2, 8]), size).tolist()
        cases.append(
            [
                scores,
                settings(
                    float(chance.choice([0.05, 0.5, 1, 2, 10])),
                    int(chance.integers(0, size + 2)),
                    float(chance.choice([1, chance.random()])),
                ),
            ]
        )
    cuts = set()
    for (scores, given), found in zip(cases, run(FILE, "cut", cases), strict=True):
        before, after = numpys(scores, **given)
        np.testing.assert_allclose(found["before"], before.astype(float), atol=1e-12)
        np.testing.assert_allclose(found["after"], after.astype(float), atol=1e-12)
        for shares, bits in zip((before, after), found["bits"], strict=True):
            some = shares[shares > 0]
            assert bits == pytest.approx(float(-(some * np.log2(some)).sum()), abs=1e-9)
        cuts |= set(found["by"])
    assert cuts == {"", "k", "p"}


@pytest.mark.parametrize(
    "nonsense",
    [
        [[], settings()],
        [["x"], settings()],
        [[None, 1], settings()],
        [SCORES, settings(temperature=-1)],
        [SCORES, settings(temperature="warm")],
        [SCORES, settings(k=-1)],
        [SCORES, settings(p=1.5)],
        [SCORES, settings(p=-0.1)],
        [SCORES, settings(p="all")],
    ],
)
def test_nonsense_is_refused(nonsense):
    [found] = run(FILE, "cut", [nonsense])
    assert "RangeError" in found["error"]


def test_huge_scores_and_tiny_temperatures_make_no_hole():
    cases = [[[1e308, -1e308, 0], settings()], [SCORES, settings(1e-300)], [[5, 5], settings(0)]]
    for found in run(FILE, "cut", cases):
        assert found["after"] == [1, *[0] * (len(found["after"]) - 1)]
        assert all(math.isfinite(number) for number in found["bits"])


def test_a_seed_draws_the_same_again_and_another_seed_something_else():
    shares = [0.4674, 0.2835, 0.1719, 0.0772, 0, 0]
    draws = run(FILE, "draw", [[shares, seed, 20] for seed in (*range(50), *range(50))])
    assert draws[:50] == draws[50:]
    assert len({tuple(each) for each in draws}) == 50
    assert max(max(each) for each in draws) == 3


def test_draws_come_as_often_as_their_probabilities_say():
    shares = [0.5, 0.2, 0.15, 0.1, 0.05, 0.0]
    drawn = Counter(
        n for each in run(FILE, "draw", [[shares, s, 500] for s in range(200)]) for n in each
    )
    counts = np.array([drawn[n] for n in range(5)])
    wanted = 100_000 * np.array(shares[:5])
    # Chi-squared with four degrees of freedom, which chance alone brings above 18.5 once in a thousand.
    assert ((counts - wanted) ** 2 / wanted).sum() < 18.5
    assert drawn[5] == 0
    # Little seeds and places must not go together.
    firsts = [each[0] for each in run(FILE, "draw", [[[0.5, 0.5], s, 1] for s in range(2000)])]
    same = sum(a == b for a, b in zip(firsts, firsts[1:], strict=False))
    assert abs(same - 1000) < 100


def test_the_figure_tells_which_tokens_remain_and_draws_again(new_page):
    page = new_page()
    figure = opened(page, "decoding")
    words, rows = figure.locator(".figure-words"), figure.locator("tbody tr")
    expect(words).to_contain_text("What remains: cake, donut, banana, and apple.")
    expect(words).to_contain_text("falls from 1.99 to 1.75 bits")
    assert rows.nth(0).locator("td").all_inner_texts()[1:] == ["0.444", "0.467", "11"]
    expect(rows.nth(4)).to_contain_text("out, by p")
    figure.get_by_label("Top-k (0 is off)").fill("3")
    expect(words).to_contain_text("Cut by top-k: apple, bread, and rock.")
    first = figure.locator(".figure-order").inner_text()
    figure.get_by_role("button", name="Draw again").click()
    expect(figure.get_by_label("Seed")).to_have_value("2")
    second = figure.locator(".figure-order").inner_text()
    assert first != second
    figure.get_by_label("Seed").fill("1")
    expect(figure.locator(".figure-order")).to_have_text(first)
    figure.get_by_role("button", name="Set 0", exact=True).click()
    expect(words).to_contain_text("greedy decoding")
    expect(figure.locator(".figure-order")).to_have_text(
        "Drawn, in order: " + ", ".join(["cake"] * 20) + "."
    )
