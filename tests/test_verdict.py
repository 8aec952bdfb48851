"""What a typed term is worth, and what is blanked in an answer: in a real browser.

`typing_pairs.json` was written before the code. Its groups say why their verdicts are what they are.
"""

import json
import re
import unicodedata
from collections import Counter

import pytest
from conftest import ROOT
from pages_server import PagesServer

from macros.load import load

PAIRS = [
    (group, *pair, *([[]] if len(pair) == 5 else []))
    for group, pairs in json.loads(
        (ROOT / "tests/typing_pairs.json").read_text(encoding="utf-8")
    ).items()
    for pair in pairs
]
DECK = load(ROOT / "cards.yaml")
DECKS = [ROOT / "cards.yaml", *sorted((ROOT / "tests" / "decks").glob("*.yaml"))]
each_deck = pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def page(chromium):
    """A page beside the modules that the site serves."""
    server = PagesServer(ROOT / "overrides" / "assets" / "cards")
    page = chromium.new_page()
    page.route("**/empty", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{server.url}empty")
    page.evaluate(
        """async () => {
          const { verdict, blanked } = await import("./verdict.js");
          window.verdicts = (calls) => calls.map((call) => verdict(...call));
          window.blanked = blanked;
        }"""
    )
    yield page
    page.close()
    server.stop()


def verdicts(page, calls):
    return page.evaluate("(calls) => verdicts(calls)", calls)


def names(card):
    return [card.term, *card.aliases]


# What a typed term is worth


def test_every_pair_has_the_verdict_that_was_written_down(page):
    calls = [
        [given, [term, *aliases], {"lang": language, "others": others}]
        for _, given, term, aliases, language, _, others in PAIRS
    ]
    said = verdicts(page, calls)
    wrong = [
        f"{group}: {given!r} for {term!r} is {verdict}, not {is_said}"
        for (group, given, term, _, _, verdict, _), is_said in zip(PAIRS, said, strict=True)
        if verdict != is_said
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_are_enough_pairs_of_each_verdict():
    counts = Counter(pair[5] for pair in PAIRS)
    assert counts.keys() == {"right", "near", "wrong"}
    assert min(counts.values()) >= 20
    assert len({tuple(map(str, pair[1:])) for pair in PAIRS}) == len(PAIRS) >= 100


@each_deck
def test_in_a_deck_a_name_is_right_for_its_card_and_wrong_for_every_other(page, path):
    deck = load(path)
    wrong = page.evaluate(
        """([cards, lang]) => cards.flatMap((names, at) => {
          const others = cards.flatMap((each, n) => (n === at ? [] : each));
          // Who is not told the others still knows better than to call one of them near.
          const calls = cards.flatMap((each, n) =>
            each.flatMap((given) => [others, []].map((told) => [given, told, n === at ? "right" : "wrong"])));
          const said = verdicts(calls.map(([given, others]) => [given, names, { lang, others }]));
          return calls.flatMap(([given, , meant], n) => (said[n] === meant ? [] : [[given, names[0], said[n]]]));
        })""",
        [[names(card) for card in deck.cards], deck.deck.language],
    )
    assert wrong == []


@pytest.mark.parametrize("language", ["", "en-GB", "no language", "x", "toString"])
def test_a_language_that_nobody_knows_does_no_harm(page, language):
    calls = [["the LoRA", ["LoRA", ""], {"lang": language}], ["LoRA", ["LoRA"], {"lang": language}]]
    assert verdicts(page, calls)[1] == "right"


def test_the_language_and_the_others_may_be_left_out(page):
    assert verdicts(page, [["The Loras", ["LoRA"]]]) == ["right"]


def test_what_is_very_long_is_wrong_at_once(page):
    took = page.evaluate(
        """() => {
          const start = performance.now();
          const given = ["fine ".repeat(5000), "f".repeat(50000), "a b ".repeat(5000), "f-".repeat(5000)];
          const said = given.map((text) => verdicts([[text, ["fine-tuning", "a b c d"]]])[0]);
          return [said, performance.now() - start];
        }"""
    )
    assert took[0] == ["wrong"] * 4
    assert took[1] < 1000


# What is blanked


def shown(page, text, names, language="en"):
    """The text with each name between brackets."""
    pieces = page.evaluate("([text, ...more]) => blanked(text, ...more)", [text, names, language])
    assert "".join(piece["text"] for piece in pieces) == text
    assert all(piece["text"] for piece in pieces)
    return "".join(f"[{piece['text']}]" if piece["isName"] else piece["text"] for piece in pieces)


# fmt: off
BLANKED = [
    # case, hyphens, line breaks
    ("en", ["large language model", "LLM"], "A [Large-Language\n model] is an [LLM]."),
    ("en", ["fine-tuning"], "[Fine-tuning], [finetuning], [fine tuning]; no refine-tuning."),
    ("en", ["finetuning"], "[Fine‑tuning] is [finetuning]."),
    ("en", ["encoder"], "The [encoder]-decoder model, the subencoder."),
    # plurals, possessives, other endings
    ("en", ["matrix", "category"], "A [matrix], two [matrices], all [categories]."),
    ("en", ["additive methods"], "An [additive method] adds."),
    ("en", ["LoRA"], "[LoRAs], [LoRA’s] rank, [lora]."),
    ("de", ["Zelle"], "Die [Zelle] und die [Zellen]; der Zellkern."),
    # abbreviations keep their capitals
    ("en", ["LM"], "An [LM], two [LMs]; lm, Lm, LMS and elm are others."),
    ("en", ["IT"], "[IT] makes it work."),
    ("en", ["cat"], "[Cats] purr, as a [cat] does; to concatenate is another thing."),
    # the longest of several
    ("en", ["model", "language model", "large language model"], "A [large language model] is a [model]."),
    ("en", ["RNN", "recurrent neural network"], "An [RNN] ([recurrent neural network])."),
    # accents
    ("fr", ["eau", "cafe"], "L’[eau] du [café], le [CAFÉ], le bateau."),
    ("tr", ["ışık"], "[Işık] ve [IŞIK]."),
    # signs
    ("en", ["C++"], "[C++] is not C."),
    ("en", ["x^2"], "[x²] is [x^2], not x."),
    ("en", ["A* search"], "[A* search] is no search."),
    # scripts without borders
    ("ja", ["光合成"], "植物の[光合成]では、[光合成]色素が光を吸収する。"),
    ("ja", ["コンピューター"], "[コンピュータ]も[コンピューター]も[ｺﾝﾋﾟｭｰﾀ]も同じ。"),
    ("ja", ["RNN"], "これは[RNN]と呼ばれる。"),
    ("zh", ["北京"], "[北京]是中国的首都。"),
    ("th", ["ภาษา"], "[ภาษา]ไทยเป็น[ภาษา]ราชการ"),
    ("ko", ["전자"], "[전자]는 음전하를 띤다."),
    # Arabic: marks, the article and what is written together with it
    ("ar", ["شمس"], "[الشَّمس] نجم [وللشمس] ضوء، واليوم مشمس."),
    ("hi", ["दिन"], "[दिन] और दीन।"),
    # nothing to blank
    ("en", [], "A cat."),
    ("en", ["", "?"], "A cat?"),
    ("en", ["cat"], ""),
]
# fmt: on


@pytest.mark.parametrize("language, names, expected", BLANKED)
def test_names_are_blanked(page, language, names, expected):
    assert shown(page, re.sub(r"[\[\]]", "", expected), names, language) == expected


def bare(text):
    """A text as a reader would compare it, who is not the code that is tested."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


@pytest.mark.parametrize("card", DECK.cards, ids=lambda card: card.id)
def test_in_the_real_deck_no_answer_tells_its_name(page, card):
    for text in (card.answer, card.gist, card.hint, card.details, card.mistake):
        left = re.sub(r"\[[^\[\]]*\]", " … ", shown(page, re.sub(r"[\[\]]", "", text), names(card)))
        for name in names(card):
            if name == name.upper() and len(name) < 5:
                assert not re.search(rf"\b{name}s?\b", left), left
            else:
                assert not re.search(rf"\b{bare(name)}(s|es)?\b", bare(left)), left
