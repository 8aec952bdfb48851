"""The memory of training, against the paper's numbers and against arrays that numpy shares out."""

import numpy as np
import pytest
from figure_runs import opened, page_of, run
from playwright.sync_api import expect

PARTS = ("weights", "gradients", "optimizer")
# Billions of parameters, stage, GPUs, GB: Rajbhandari et al. 2020, Fig. 1, Table 1 and Section 1.
PUBLISHED = [
    (7.5, 0, 64, 120.0),
    (7.5, 1, 64, 31.40625),
    (7.5, 2, 64, 16.640625),
    (7.5, 3, 64, 1.875),
    (7.5, 3, 4, 30.0),
    (7.5, 2, 16, 21.5625),
    (128, 3, 64, 32.0),
    (1000, 0, 1, 16000.0),
    (1000, 3, 1024, 15.625),
    (1.5, 0, 1, 24.0),
]


def test_the_published_cases_take_what_the_paper_says():
    cases = [[billions, "mixed", stage, gpus] for billions, stage, gpus, _ in PUBLISHED]
    found = run("memory-arithmetic.js", "memory", cases)
    assert [each["total"] for each in found] == [case[3] for case in PUBLISHED]


def test_64_gpus_save_less_than_the_limits_that_the_paper_names():
    (stages,) = run("memory-arithmetic.js", "stages", [[7.5, "mixed", 64]])
    times = [stages[0]["total"] / each["total"] for each in stages]
    assert times == pytest.approx([1, 3.82, 7.21, 64], abs=0.005)
    (many,) = run("memory-arithmetic.js", "stages", [[7.5, "mixed", 10**9]])
    limits = [many[0]["total"] / each["total"] for each in many]
    assert limits == pytest.approx([1, 4, 8, 10**9], rel=1e-6)


def test_32_bits_take_as_much_as_mixed_precision_and_share_it_otherwise():
    mixed, full = run("memory-arithmetic.js", "memory", [[1, p, 0, 1] for p in ("mixed", "full")])
    assert [mixed[part] for part in PARTS] == [2, 2, 12]
    assert [full[part] for part in PARTS] == [4, 4, 8]
    assert mixed["total"] == full["total"] == 16


def test_a_thousand_cases_are_the_bytes_of_numpys_arrays():
    """A model's arrays are made, cut into shards where a stage says so, and weighed."""
    chance = np.random.default_rng(7)
    types = {
        "mixed": ([np.float16], [np.float16], [np.float32] * 3),
        "full": ([np.float32], [np.float32], [np.float32] * 2),
    }
    cases, weighed = [], []
    for _ in range(1000):
        gpus, shard = int(chance.integers(1, 65)), int(chance.integers(1, 200))
        stage, precision = int(chance.integers(4)), str(chance.choice([*types]))
        count = gpus * shard
        sharded = [stage == 3, stage >= 2, stage >= 1]
        held = [
            sum(np.split(np.zeros(count, kind), gpus if cut else 1)[0].nbytes for kind in kinds)
            for kinds, cut in zip(types[precision], sharded, strict=True)
        ]
        cases.append([count / 1e9, precision, stage, gpus])
        weighed.append([*held, sum(held)])
    for each, held in zip(run("memory-arithmetic.js", "memory", cases), weighed, strict=True):
        found = [each[part] * 1e9 for part in (*PARTS, "total")]
        assert found == pytest.approx(held, rel=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        [0, "mixed", 0, 1],
        [-1, "mixed", 0, 1],
        ["", "mixed", 0, 1],
        [None, "mixed", 0, 1],
        [7.5, "half", 0, 1],
        [7.5, "toString", 0, 1],
        [7.5, "mixed", 4, 1],
        [7.5, "mixed", 1.5, 1],
        [7.5, "mixed", "", 1],
        [7.5, "mixed", 0, 0],
        [7.5, "mixed", 0, 2.5],
        [7.5, "mixed", 0, -64],
        [7.5, "mixed"],
    ],
)
def test_nonsense_is_refused(given):
    (found,) = run("memory-arithmetic.js", "memory", [given])
    assert found["error"].startswith("RangeError")


def test_a_stage_says_whether_it_fits_and_stands_in_the_table(new_page):
    page = new_page()
    figure = opened(page, "memory")
    words = figure.locator(".figure-words")
    expect(words).to_contain_text("120 GB in all")
    expect(words).to_contain_text("It does not fit in the 80 GB of one GPU.")
    totals = figure.locator("tbody tr").nth(3).locator("td")
    expect(totals).to_have_text(["120", "31.41", "16.64", "1.875"])
    expect(figure.locator("tbody tr").nth(4).locator("td")).to_have_text(
        ["1", "3.82", "7.21", "64"]
    )
    expect(figure.locator("tbody tr").nth(5).locator("td")).to_have_text(
        ["no", "yes", "yes", "yes"]
    )
    figure.get_by_label("ZeRO stage").select_option("1")
    expect(words).to_contain_text("31.41 GB in all, without activations. That is 3.82 times less")
    expect(words).to_contain_text("It fits in the 80 GB of one GPU, and leaves 48.59 GB")
    expect(figure.locator("[data-chosen]").nth(3)).to_have_text("31.41")
    figure.get_by_role("button", name="Take a trillion").click()
    expect(words).to_contain_text("15.63 GB in all")


@pytest.mark.parametrize("stage", range(4))
def test_no_text_of_the_bars_is_outside_or_on_another(new_page, stage):
    page = new_page()
    for billions, precision in ((0.1, "full"), (7.5, "mixed"), (1000, "full")):
        asked = f"memory-billions={billions}&memory-precision={precision}&memory-stage={stage}"
        page.goto(f"{page_of('memory')}?{asked}#fig-memory")
        page.locator("fig-memory[data-runs] .figure-view text").first.wait_for()
        boxes = page.locator("fig-memory .figure-view text").evaluate_all(
            "all => all.map((one) => { const { x, y, width, height } = one.getBBox();"
            " return [x, y, x + width, y + height]; })"
        )
        for n, (left, top, right, bottom) in enumerate(boxes):
            assert left >= 0 and right <= 360
            for other in boxes[:n]:
                apart = right <= other[0] or other[2] <= left
                # Their boxes reach above and below the letters.
                assert apart or bottom <= other[1] + 4 or other[3] <= top + 4
