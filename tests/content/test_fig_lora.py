"""LoRA's count of numbers, against the paper's and against numpy's."""

import numpy as np
import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

# d, k, r, matrices, numbers to train: Hu et al., Tables 4 and 15, and 8,192 for one small W_q.
PUBLISHED = [
    (12288, 12288, 1, 192, 4_718_592),
    (12288, 12288, 2, 192, 9_437_184),
    (12288, 12288, 4, 192, 18_874_368),
    (12288, 12288, 8, 192, 37_748_736),
    (12288, 12288, 64, 192, 301_989_888),
    (12288, 12288, 4, 384, 37_748_736),
    (768, 768, 8, 24, 294_912),
    (1024, 1024, 8, 48, 786_432),
    (768, 768, 32, 72, 3_538_944),
    (512, 512, 8, 1, 8_192),
]
# Of a matrix of 512 by 64: the rank, and what is saved in percent, to two digits.
SAVED = {1: 98.24, 4: 92.97, 8: 85.94, 16: 71.88, 32: 43.75, 56: 1.56, 57: -0.2}


def test_the_published_settings_train_what_the_paper_says():
    found = run("lora-arithmetic.js", "factors", [[*case[:4]] for case in PUBLISHED])
    assert [each["total"] for each in found] == [case[4] for case in PUBLISHED]


def test_a_head_of_64_saves_what_it_should_and_breaks_even_after_56():
    found = run("lora-arithmetic.js", "factors", [[512, 64, r] for r in SAVED])
    for each, saved in zip(found, SAVED.values(), strict=True):
        assert 100 * (1 - each["share"]) == pytest.approx(saved, abs=0.005)
        assert each["lastSaving"] == 56


def test_a_thousand_matrices_have_the_factors_that_numpy_makes():
    chance = np.random.default_rng(8)
    cases = []
    for _ in range(1000):
        d, k = (int(x) for x in chance.integers(1, 300, 2))
        cases.append([d, k, int(chance.integers(1, min(d, k) + 1)), int(chance.integers(1, 500))])
    for (d, k, r, n), found in zip(cases, run("lora-arithmetic.js", "factors", cases), strict=True):
        b, a = np.zeros((d, r)), np.zeros((r, k))
        assert (b @ a).shape == (d, k)
        assert (found["full"], found["b"], found["a"]) == (d * k, b.size, a.size)
        assert found["total"] == n * (a.size + b.size)
        saving = [rank for rank in range(1, min(d, k) + 1) if rank * (d + k) < d * k]
        assert found["lastSaving"] == max(saving, default=0)


def test_a_rank_above_the_shorter_side_is_refused_and_the_picture_stays(new_page):
    page = new_page()
    words = opened(page, "lora").locator(".figure-words")
    expect(words).to_contain_text("B and A have 196,608 numbers")
    page.get_by_label("Rank, r").fill("12289")
    expect(page.get_by_role("alert")).to_contain_text("Give a rank up to 12,288.")
    expect(words).to_contain_text("196,608")
    page.get_by_role("button", name="512 by 64, rank 57").click()
    expect(words).to_contain_text("That is 100.2% of it. So nothing is saved.")
    expect(page.get_by_role("alert")).to_have_count(0)
