"""A training step on two GPUs, against one that numpy carries out."""

import numpy as np
import pytest
from figure_runs import opened, run
from playwright.sync_api import expect

STEPS = range(1, 9)
FILE = "ddp-fsdp-arithmetic.js"
EXCHANGED = {
    "ddp": ["nothing"] * 4 + ["all-reduce", "nothing", "all-reduce", "nothing"],
    "fsdp": ["nothing"]
    + ["all-gather"] * 3
    + ["reduce-scatter", "all-gather", "reduce-scatter", "nothing"],
}


@pytest.mark.parametrize(("method", "loads"), [("ddp", 2), ("fsdp", 3)])
def test_a_step_exchanges_what_the_method_needs_and_sends_what_the_paper_counts(method, loads):
    found = run(FILE, "exchange", [[method, step] for step in STEPS])
    assert [each["name"] for each in found] == EXCHANGED[method]
    assert run(FILE, "sent", [[method, 8]]) == [loads]


class Cluster:
    """Two GPUs that carry out one step of a chain of two linear layers, with nothing hidden."""

    def __init__(self, method, chance):
        self.sharded = method == "fsdp"
        whole = [chance.normal(size=(4, 4)) for _ in range(2)]
        self.start = [layer.copy() for layer in whole]
        self.data = [chance.normal(size=(3, 4)) for _ in range(2)]
        self.weights = [[self.cut(layer, gpu) for layer in whole] for gpu in range(2)]
        self.gradients = [[None, None], [None, None]]

    def cut(self, whole, gpu):
        return whole[2 * gpu : 2 * gpu + 2].copy() if self.sharded else whole.copy()

    def use(self, step, layer):
        """The layer's weights, whole: only what the figure says is gathered may be used."""
        if not self.sharded:
            return self.weights[0][layer]
        (told,) = run(FILE, "exchange", [["fsdp", step]])
        assert told == {"name": "all-gather", "layer": layer + 1, "loads": 0.5}
        return np.concatenate([gpu[layer] for gpu in self.weights])

    def average(self, layer):
        mean = (self.gradients[0][layer] + self.gradients[1][layer]) / 2
        for gpu in range(2):
            self.gradients[gpu][layer] = self.cut(mean, gpu)

    def states(self):
        """What each GPU holds of each layer's gradients, in the figure's names."""
        names = {None: "none", (4, 4): "whole", (2, 4): "half"}
        return [[names[None if g is None else g.shape] for g in gpu] for gpu in self.gradients]


@pytest.mark.parametrize("method", ["ddp", "fsdp"])
def test_numpys_gpus_hold_what_the_figure_says_and_learn_what_one_would(method):
    cluster = Cluster(method, np.random.default_rng(2))
    inputs, middle = cluster.data, [None, None]
    for step in STEPS:
        (held,) = run(FILE, "held", [[method, step]])
        if step == 2:
            middle = [x @ cluster.use(step, 0) for x in inputs]
        if step == 3:
            outputs = [x @ cluster.use(step, 1) for x in middle]  # the loss: half of its squares
        if step == 4:
            back = [out @ cluster.use(step, 1).T for out in outputs]
            for gpu in range(2):
                cluster.gradients[gpu][1] = middle[gpu].T @ outputs[gpu]
        if step == 6:
            cluster.use(step, 0)
            for gpu in range(2):
                cluster.gradients[gpu][0] = inputs[gpu].T @ back[gpu]
        if step in (5, 7):
            cluster.average(1 if step == 5 else 0)
        told = [layer["gradients"] for layer in held]
        plain = {"own": "whole", "mean": "whole"}
        assert [[plain.get(name, name) for name in told]] * 2 == cluster.states()
        for layer, name in enumerate(told):
            mine, other = (cluster.gradients[gpu][layer] for gpu in range(2))
            if name in ("own", "mean"):
                assert np.array_equal(mine, other) == (name == "mean")
    for layer, before in enumerate(cluster.start):
        parts = [cluster.gradients[gpu][layer] for gpu in range(2)]
        found = np.concatenate(parts) if cluster.sharded else parts[0]
        # One GPU with all the data, by differences.
        for place in np.ndindex(4, 4):
            moved = []
            for small in (1e-5, -1e-5):
                weights = [w.copy() for w in cluster.start]
                weights[layer][place] = before[place] + small
                out = [x @ weights[0] @ weights[1] for x in inputs]
                moved.append(sum((o**2).sum() / 2 for o in out) / 2)
            assert found[place] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-4, abs=1e-6)


def test_ddp_holds_everything_and_fsdp_halves_but_for_the_layer_in_use():
    for step in STEPS:
        ddp, fsdp = run(FILE, "held", [["ddp", step], ["fsdp", step]])
        assert {part["weights"] for part in ddp} == {part["optimizer"] for part in ddp} == {"whole"}
        assert {part["optimizer"] for part in fsdp} == {"half"}
        assert [part["weights"] for part in fsdp].count("gathered") == (step in (2, 3, 4, 6))


@pytest.mark.parametrize(
    "given", [["ddp", 0], ["ddp", 9], ["fsdp", 1.5], ["fsdp", ""], ["fsdp", None], ["zero", 1], []]
)
@pytest.mark.parametrize("function", ["held", "exchange", "sent"])
def test_nonsense_is_refused(function, given):
    (found,) = run(FILE, function, [given])
    assert found["error"].startswith("RangeError")


def test_a_learner_steps_on_and_back_and_compares_the_methods(new_page):
    page = new_page()
    figure = opened(page, "ddp-fsdp")
    words = figure.locator(".figure-words")
    expect(words).to_contain_text("Part 1 of 8.")
    for _ in range(4):
        figure.get_by_role("button", name="Next").click()
    expect(words).to_contain_text("An all-reduce of layer 2's gradients.")
    expect(figure.locator("tfoot td")).to_have_text("↔ all-reduce: gradients of layer 2")
    gradients = figure.get_by_role("row", name="Gradients").nth(1).get_by_role("cell")
    expect(gradients).to_have_text(["all, average", "all, average"])
    figure.get_by_label("Method").select_option("fsdp")
    expect(words).to_contain_text("Part 5 of 8. A reduce-scatter of layer 2's gradients.")
    expect(gradients).to_have_text(["first half, average", "second half, average"])
    figure.get_by_role("button", name="Previous").click()
    expect(gradients).to_have_text(["all, of A", "all, of B"])
    figure.get_by_role("button", name="FSDP, part 8").click()
    expect(words).to_contain_text("Loads sent so far: 3.")


def test_every_part_of_both_methods_has_its_words(new_page):
    page = new_page()
    figure = opened(page, "ddp-fsdp")
    expect(figure.locator(".figure-words")).to_contain_text("Part 1 of 8.")
    for method in ("ddp", "fsdp"):
        figure.get_by_label("Method").select_option(method)
        for step in STEPS:
            figure.get_by_label("Part, 1 to 8").fill(str(step))
            expect(figure.locator(".figure-words")).to_contain_text(f"Part {step} of 8.")
            # What has no words would be told by its name, such as ddp-3 or weights-half-1.
            shown = figure.locator(".figure-words, td").all_inner_texts()
            assert not [
                text for text in shown if any(c.isdigit() and "-" + c in text for c in text)
            ]
