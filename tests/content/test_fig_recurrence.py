"""The toy of a recurrent network, against numpy and against the same chance written in Python."""

import math
import re

import numpy as np
import pytest
from conftest import ROOT
from figure_runs import opened, run
from playwright.sync_api import expect

FILE = "recurrence-arithmetic.js"
UNITS = 12
WHOLE = 2**32


def chance(text):
    """A number between -1 and 1 for a text: FNV-1a, mixed, as seed.js has it."""
    mixed = 0x811C9DC5
    for char in text:
        mixed = (mixed ^ ord(char)) * 0x01000193 % WHOLE
    mixed = (mixed ^ mixed >> 15) * 0x2C1B3C6D % WHOLE
    mixed ^= mixed >> 13
    return (mixed + 0.5) / 2**31 - 1


def matrix(seed):
    rows = [[chance(f"{seed} weight {m} {n}") for n in range(UNITS)] for m in range(UNITS)]
    return np.array(rows) / np.abs(np.linalg.eigvals(rows)).max()


def word(seed, name):
    return np.array([chance(f"{seed} word {name} {n}") for n in range(UNITS)])


def distances(seed, gain, steps):
    """Both texts at once, each a column of the state."""
    state, found = np.zeros((UNITS, 2)), []
    recurrent = gain * matrix(seed)
    for step in range(1, steps + 1):
        names = ("first 0", "first 1") if step == 1 else (str(step),) * 2
        state = np.tanh(recurrent @ state + np.stack([word(seed, name) for name in names], axis=1))
        found.append(np.linalg.norm(state[:, 0] - state[:, 1]))
    return found


def test_a_thousand_toys_forget_as_numpys_do():
    generator = np.random.default_rng(5)
    # What is above would let the last digits of a computer grow from step to step.
    cases = [
        [
            int(generator.integers(1, 10_000)),
            float(generator.uniform(0, 1.2)),
            int(generator.integers(1, 51)),
        ]
        for _ in range(1000)
    ]
    for case, found in zip(cases, run(FILE, "distances", cases), strict=True):
        # The radius is by Gelfand's formula here, and by eigenvalues there.
        assert found == pytest.approx(distances(*case), rel=0.02, abs=1e-13), case


def test_each_step_is_numpys_at_a_thousand_gains_that_may_be_chaotic():
    generator = np.random.default_rng(6)
    seeds = [int(seed) for seed in generator.integers(1, 10_000, 1000)]
    cases = [
        [seed, float(10 ** generator.uniform(-3, 3)), 50, n % 2] for n, seed in enumerate(seeds)
    ]
    weights = run(FILE, "weights", [[seed] for seed in seeds])
    for case, recurrent, found in zip(cases, weights, run(FILE, "states", cases), strict=True):
        seed, gain, steps, first = case
        read = np.stack(
            [word(seed, f"first {first}"), *(word(seed, n) for n in range(2, steps + 1))]
        )
        before = np.vstack([np.zeros(UNITS), found[:-1]])
        expected = np.tanh(gain * before @ np.array(recurrent).T + read)
        assert np.allclose(found, expected, rtol=0, atol=1e-13 * max(gain, 1) * UNITS), case


def test_a_thousand_matrices_have_a_spectral_radius_of_1():
    found = run(FILE, "weights", [[seed] for seed in range(1, 1001)])
    radii = [np.abs(np.linalg.eigvals(each)).max() for each in found]
    assert radii == pytest.approx([1] * 1000, abs=3e-3)
    assert np.array(found[:20]) == pytest.approx(
        np.array([matrix(seed) for seed in range(1, 21)]), rel=3e-3
    )


@pytest.mark.parametrize("gain", [0, 5e-324, 1e9, 1.7976931348623157e308, -1e308, -0.5])
def test_no_gain_gives_what_is_not_a_number(gain):
    for found in run(FILE, "distances", [[seed, gain, 50] for seed in range(1, 51)]):
        assert all(isinstance(each, (int, float)) for each in found)
        assert all(0 <= each <= 2 * math.sqrt(UNITS) for each in found)


def test_without_gain_the_first_word_is_gone_at_once():
    (found,) = run(FILE, "distances", [[1, 0, 5]])
    assert found[0] > 0
    assert found[1:] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "case",
    [
        ["a", 1, 5],
        [None, 1, 5],
        [1, None, 5],
        [1, "2", 5],
        [1, 1, 0],
        [1, 1, -3],
        [1, 1, 2.5],
        [1, 1, 1e9],
        [],
    ],
)
def test_nonsense_is_refused(case):
    assert "RangeError" in run(FILE, "distances", [case])[0]["error"]


def test_a_share_halves_as_often_as_logarithms_say():
    generator = np.random.default_rng(7)
    cases = [
        [float(10 ** generator.uniform(-17, 1)), int(generator.integers(1, 50))]
        for _ in range(1000)
    ]
    for (share, steps), found in zip(cases, run(FILE, "halving", cases), strict=True):
        assert found == (
            pytest.approx(steps * math.log(0.5) / math.log(share)) if share < 0.5 else 0
        )
    assert run(FILE, "halving", [[0, 5], [0.25, 4]]) == [0, 2]


def test_at_a_gain_of_3_the_first_seed_lets_the_smallest_difference_grow():
    recurrent, one = 3 * matrix(1), np.zeros(UNITS)
    other, apart = one + 1e-9, []
    for step in range(2, 300):
        one, other = (np.tanh(recurrent @ state + word(1, step)) for state in (one, other))
        apart.append(np.linalg.norm(one - other))
    assert max(apart) > 1


def test_the_drawing_shows_the_start():
    drawing = (ROOT / "docs/figures/recurrence.svg").read_text(encoding="utf-8")
    heights = [
        float(pair.split(",")[1]) for pair in re.search(r'points="([^"]+)"', drawing)[1].split()
    ]
    found = distances(1, 0.9, 20)
    # From 1 at 34 down to a ten-thousandth at 190.
    expected = [34 - 156 / 4 * math.log10(each / found[0]) for each in found]
    assert heights == pytest.approx(expected, abs=0.3)
    assert all(later > sooner for sooner, later in zip(heights, heights[1:], strict=False))
    assert round(found[-1] / found[0], 5) == 0.00012


# In the page


@pytest.fixture
def figure(new_page):
    return opened(new_page(), "recurrence")


def test_it_tells_what_is_left_of_the_first_word(figure):
    words = figure.locator(".figure-words")
    expect(words).to_contain_text("after 20 words still differ by 0.012%")
    expect(
        figure.get_by_role("img", name=re.compile("After word 20 it says: 0.00012"))
    ).to_be_visible()
    assert figure.locator("polyline").last.get_attribute("points").count(",") == 20
    figure.get_by_role("button", name="Read 50 words at gain 3").click()
    expect(words).to_contain_text("has not faded but grown")
    figure.get_by_label("Gain").fill("0")
    expect(words).to_contain_text("the same from word 2 on")
    figure.get_by_label("Words read").fill("1")
    expect(words).to_contain_text("Only one word has been read")


def test_every_state_has_a_chart_of_numbers(figure):
    drawn = figure.evaluate(
        """figure => ["0", "0.1", "0.5", "1", "2", "5"].flatMap((gain) => ["1", "2", "3", "50"].map((n) => {
          figure.set({ gain, n, seed: n });
          const svg = [...figure.querySelectorAll(".figure-view svg")];
          return { html: svg.map((each) => each.outerHTML).join(""), sizes: svg.map((each) => each.getBBox().width) };
        }))"""
    )
    assert len(drawn) == 24
    for each in drawn:
        assert not re.search("NaN|Infinity|undefined", each["html"])
        assert all(size <= 360 for size in each["sizes"])
