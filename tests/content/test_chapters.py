"""The chapters, and what chapters and cards both claim: numbers, known traps, how hard they read."""

import re
from dataclasses import dataclass

import number_files
import prose
import pytest
from conftest import ROOT

from macros.load import load
from macros.markup import markdown_fields
from macros.model import Card, slug

DECK = load(ROOT / "cards.yaml")
TOPICS = [topic.id for topic in DECK.topics]
each_chapter = pytest.mark.parametrize("topic", TOPICS)


def source_of(topic):
    return prose.file_of(topic).read_text(encoding="utf-8")


def paragraphs(source):
    return [block for block in prose.blocks(DECK, source) if block.kind == "prose"]


def told(faults):
    """One message of all faults, each on a line of its own."""
    return "\n".join(["", *faults])


# Numbers


@each_chapter
def test_every_number_has_a_source_a_computation_or_a_reason(topic):
    name = f"tests/content/numbers/{topic}.yaml"
    assert (ROOT / name).is_file(), f"{name}: there is no such file. {number_files.__doc__}"
    entries = number_files.read(ROOT / name)
    texts = number_files.texts_of(DECK, topic, source_of(topic))
    faults = list(number_files.faults(DECK, name, entries, texts))
    assert not faults, told(faults)


def test_no_file_of_numbers_is_without_its_topic():
    files = {file.stem for file in (ROOT / "tests/content/numbers").glob("*.yaml")}
    assert files <= set(TOPICS)


CHAPTER = """\
---
title: 7 things
---

# Updates

*Why 3?*

A rank of 8 needs **196,608** numbers ({{ cite("lora", "Table 4") }}), so `r = 8`, and
{{ term("peft", "all 5 kinds") }} less. See [a page of 9](https://example.org/2020).

1. In $x_{12}$ the 12 is an index.

{{ card("lora") }}

## Sources

- Somebody, 1999.
"""
ENTRIES = [
    {"text": "Why 3", "chosen": "a question"},
    {"text": "rank of 8 needs 196,608 numbers", "computed": ["16 / 2", "2 * 12288 * 8"]},
    {"text": "`r = 8`", "source": "lora", "place": "Table 6"},
    {"text": "all 5 kinds", "chosen": "a made-up number"},
    {"text": "9", "chosen": "a made-up number"},
    {"text": "the 12", "chosen": "an index"},
]


def faults_of(entries, chapter=CHAPTER):
    texts = number_files.texts_of(DECK, "no-such-topic", chapter)
    return list(number_files.faults(DECK, "x.yaml", entries, texts))


def test_a_chapter_whose_numbers_are_all_told_passes():
    assert faults_of(ENTRIES) == []


@pytest.mark.parametrize(
    ("at", "changes", "said"),
    [
        (1, None, "docs/learn/no-such-topic.md:9: nothing says where 8 is from, in"),
        (1, {"text": "196,608 numbers", "computed": "2 * 12288 * 8"}, "nothing says where 8 is"),
        (1, {"computed": ["8", "2 * 12288"]}, "2 * 12288 is 24576, not 196,608. Mend the one"),
        (1, {"computed": "8"}, "it computes 1 for 2 numbers: 8, 196,608. Write a list with"),
        (1, {"computed": ["8", "open(1)"]}, "this is not arithmetic: open(1): no such thing is"),
        (1, {"computed": ["8", "2 *"]}, "this is not arithmetic: 2 *: invalid syntax"),
        (1, {"computed": ["8", "2 / 0"]}, "this is not arithmetic: 2 / 0: division by zero."),
        (2, {"source": "lroa"}, 'no source has the id "lroa". Did you mean "lora"?'),
        (2, {"place": ""}, 'the source needs a "place": a table, a figure, a section.'),
        (
            4,
            {"text": "99"},
            'x.yaml: "99": this stands nowhere in the chapter and the cards of its',
        ),
        (4, {"chosen": " "}, '"chosen" needs a reason: what the number is for.'),
        (4, {"reason": "none"}, 'unknown field "reason". There is "text", "source", "place",'),
        (5, {"text": "the index"}, 'each entry has a "text" with a number in it. Write one.'),
    ],
)
def test_a_number_that_is_not_told_or_told_wrongly_is_found(at, changes, said):
    entries = [dict(entry) for entry in ENTRIES]
    if changes is None:
        del entries[at]
    else:
        entries[at] |= changes
    assert said in told(faults_of(entries))


def test_an_entry_that_says_nothing_is_found():
    entries = [*ENTRIES[:4], {"text": "9"}, ENTRIES[5]]
    said = 'x.yaml: "9": it does not say what the number is. Add source and place, computed, or chosen.'
    assert faults_of(entries) == [said]


def test_every_field_of_a_card_is_read():
    card = DECK.by_id["lora"]
    read = {place.rpartition(", ")[2] for place, _ in number_files.texts_of(DECK, card.topic, "")}
    fields = {path[0] for path, _ in markdown_fields(card)}
    assert {"answer", "choices", "cloze", "mistake"} <= fields
    assert fields | {"term", "alias"} <= read


@pytest.mark.parametrize(
    ("printed", "expression", "is_so"),
    [
        ("0.37", "0.99 ** 100", True),
        ("0.36", "0.99 ** 100", False),
        ("1,386", "20 * sqrt(5.76e23 / 120) / 1e9", True),
        ("0.574", "1 / (1 + exp(-0.3))", True),
        ("18.9", "2 * 192 / 2 * 12288 * 4 * 2 / 1e6", True),
        ("18.8", "2 * 192 / 2 * 12288 * 4 * 2 / 1e6", False),
        ("3", "log2(8)", True),
        ("85.94", "-(1 - 4608 / 32768) * 100", True),
        ("2", "round(log(9))", True),
    ],
)
def test_a_value_agrees_to_the_printed_digits(printed, expression, is_so):
    assert number_files.agrees(printed, number_files.compute(expression)) is is_so


# Traps: what notes and even papers have, and is wrong


@dataclass(frozen=True)
class Trap:
    """What must not stand in one sentence, and why."""

    why: str
    pattern: str  # of a sentence, in any case of letters
    caught: str  # a sentence that steps into it, to show that the pattern finds it
    fine: str  # one that is near, and right
    unless: str = r"\b(not|wrong|mistake|never|misprints?|misread)\b"


def both(*parts):
    """A pattern for a sentence with all of these parts, in any order."""
    return "".join(f"(?=.*{part})" for part in parts)


TIMES = r"\s?(?:x\b|×(?!\s?\d)|times\b|-?fold\b)"
TRAPS = [
    Trap(
        "24 GB: notes that say 80 have read 20 more bytes as 20 times as many",
        both(r"\b80 ?GB", r"\b(?:1B\b|(?:1|one|a) billion)", r"\btrain"),
        "Training a model of 1 billion parameters takes 80 GB.",
        "Training a model of 1 billion parameters takes 24 GB.",
    ),
    Trap(
        "with 64 GPUs ZeRO's stages save 3.8 and 7.2 times; 4 and 8 are the limits for many GPUs",
        both(rf"(?<![\d.])(?:4|8|four|eight){TIMES}", r"\b64\b"),
        "On 64 GPUs stage 1 saves 4x the memory.",
        "On 64 GPUs stage 1 takes 31.4 GB, and 64 / 8 × 4 is 32.",
    ),
    Trap(
        "for 175B parameters Table 3 has 3.7T tokens and 3.85e24 FLOPs; the text of section 3.4 differs",
        r"\b4\.41 ?(?:e24|(?:×|\\times) ?10)|\b(?:4\.2|6\.8) ?(?:T\b|trillion)",
        "A model of 175B parameters should see 4.2 trillion tokens.",
        "A model of 175B parameters should see 3.7 trillion tokens.",
    ),
    Trap(
        "Table A3 misprints this row by a factor of 10",
        both(
            r"\b175 ?(?:B\b|billion)",
            r"\b1\.26 ?(?:e24|(?:×|\\times) ?10)|\b12(?:\.0)? ?(?:T\b|trillion)",
        ),
        "For 175B parameters a budget of 1.26e24 FLOPs is best.",
        "For 1 trillion parameters a budget of 1.27e26 FLOPs is best.",
    ),
    Trap(
        "Table 3 has 221.3 times Gopher's budget for 1T parameters",
        rf"\b250{TIMES}",
        "That is 250 times the budget of Gopher.",
        "That is 221.3 times the budget of Gopher.",
    ),
    Trap(
        "the rounded constants of eq. 10 give 32.2B at Gopher's budget; the paper's own fit gives 40B",
        r"\b32\.2 ?(?:B\b|billion)",
        "Solved for Gopher's budget, the fit gives 32.2 billion parameters.",
        "Solved for Gopher's budget, the fit gives 40 billion parameters.",
    ),
    Trap(
        "6ND is 5.88e23 for Chinchilla and 5.04e23 for Gopher; the paper counts 5.76e23 in detail",
        r"(?:1\.4|300|280|70)\S* ?(?:T|B|trillion|billion|e\d+|(?:×|\\times) ?10\S*) ?= ?\$?5\.76",
        "6 × 70 × 10⁹ × 1.4 × 10¹² = 5.76 × 10²³.",
        "6 × 70 × 10⁹ × 1.4 × 10¹² = 5.88 × 10²³.",
    ),
    Trap(
        "the longest common subsequence may have gaps: of the example it is 4, the longest run is 2",
        r"\b(?:LCS|longest common subsequence)\b[^.]{0,40}?(?:=|\bis|\bof) ?(?:2|two)\b",
        "The LCS of the two sentences is 2.",
        "The LCS of the two sentences is 4.",
    ),
    Trap(
        "T5's tokenizer is SentencePiece; that it makes WordPiece tokens is a loose word of the paper",
        both(r"\b(?:Flan-)?T5\b", r"\bWordPiece\b"),
        "T5 cuts text into WordPiece tokens.",
        "BERT cuts text into WordPiece tokens.",
    ),
    Trap(
        "Muffin has 80 tasks; the parts that the paper names in one place add up to 88",
        both(r"\bMuffin\b", r"\b(?:62|26|88)\b"),
        "Muffin has 62 and 26 tasks.",
        "Muffin has 80 tasks, and all four together 1,836.",
    ),
    Trap(
        "all four matrices at rank 2 make 18.8M by the paper's Table 15, not 37.7M as App. D.4 has it",
        both(r"\b37\.7\b", r"\b(?:four|all)\b", r"(?:\br ?=|\brank(?: of)?) ?(?:2|two)\b"),
        "All four matrices at r = 2 make 37.7 million parameters.",
        "All four matrices at r = 4 make 37.7 million parameters.",
    ),
    Trap(
        "the formula gives 18,874,368, which is 18.9 million; 18.8 is what Table 15 prints",
        both(r"18,874,368", r"\b18\.8 million"),
        "That is 18,874,368, or 18.8 million parameters.",
        "That is 18,874,368, or 18.9 million parameters.",
    ),
    Trap(
        "the nucleus is the smallest set whose sum is at least p; with at most p it can be empty",
        both(
            r"\b(?:top-p|nucleus)\b",
            r"(?:\bat most p|\bno more than p|\bdo(?:es)? not exceed p|(?:≤|<=|\\le) ?\$?p\b)",
        ),
        "Top-p sampling keeps the tokens whose sum is at most p.",
        "Top-p sampling keeps the fewest tokens whose sum is at least p.",
    ),
    Trap(
        "the sum is 0.9501 at the fourth token of the example, too near to tell",
        both(r"\bp ?= ?\$?0?\.95", r"\b(?:cake|four|4)\b"),
        "With p = 0.95 four tokens are kept.",
        "With p = 0.9 four tokens are kept.",
    ),
    Trap(
        "in a standard block the feed-forward layers have two thirds of the parameters",
        r"\bmost (?:of (?:the|its|a model's) )?(?:parameters|weights) (?:are|sit|lie|stand) in (?:the )?(?:self-)?attention",
        "Most of the parameters are in the attention layers.",
        "Most of the parameters are in the feed-forward layers.",
    ),
    Trap(
        "two A100 make a petaflop/s only by the figure for sparse matrices",
        both(r"\b(?:2|two) A100", r"\b(?:PF|petaflop)"),
        "A petaflop/s-day is a day of 2 A100 GPUs.",
        "A petaflop/s-day is 8.64 × 10¹⁹ operations.",
        unless=r"\bspars",
    ),
    Trap(
        "12,850M parameters fit a width of 5,120; 5,140 is what the paper's table prints",
        both(r"\b13 ?(?:B\b|billion)", r"\b5,?140\b"),
        "The model of 13B parameters has a width of 5,140.",
        "The model of 13B parameters has a width of 5,120.",
    ),
]


def steps_into(trap, sentence):
    found = re.match(f"(?i).*(?:{trap.pattern})", sentence)
    return bool(found) and not re.search(trap.unless, sentence, re.IGNORECASE)


def claims(card: Card):
    """The texts of a card that are said to be true: no wrong choices, no mistaken belief."""
    for path, text in markdown_fields(card):
        if path[0] == "mistake":
            text = re.sub(r'^\s*"[^"]*"', "", text)
        if path[0] != "choices" or path[-1] == "feedback":
            yield path[0], text


def claimed():
    for topic in TOPICS:
        for block in prose.blocks(DECK, source_of(topic)):
            yield f"docs/learn/{topic}.md:{block.line}", block.printed
    for card in DECK.cards:
        for field, text in claims(card):
            yield f'cards.yaml:{DECK.lines[card.id]}: card "{card.id}", {field}', text


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: slug(trap.why)[:40])
def test_no_chapter_and_no_card_steps_into_a_known_trap(trap):
    faults = [
        f'{place}: "{sentence}" Mend it: {trap.why}.'
        for place, text in claimed()
        for sentence in prose.sentences(re.sub(r"[*`]", "", text))
        if steps_into(trap, sentence)
    ]
    assert not faults, told(faults)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: slug(trap.why)[:40])
def test_a_trap_is_found_where_it_stands_and_only_there(trap):
    assert steps_into(trap, trap.caught)
    assert not steps_into(trap, trap.fine)


def test_what_a_card_calls_a_mistake_is_no_claim():
    card = next(card for card in DECK.cards if card.mistake.startswith('"'))
    said = dict(claims(card))["mistake"]
    assert said and not said.startswith('"')
    assert card.choices[0].text not in [text for _, text in claims(card)]


# Numbers that the paper has and the formula has not, or the other way round: field, pattern, why.
ENTRY_TRAPS = [
    ("source", r"18\.9", "the paper prints 18.8M; 18.9 is computed"),
    (
        "computed",
        r"406\.4|410\.7",
        "the rounded constants of eq. 10 solve nothing; use sqrt(C / 120)",
    ),
]


@each_chapter
def test_no_number_is_drawn_from_where_it_is_wrong(topic):
    file = ROOT / f"tests/content/numbers/{topic}.yaml"
    entries = number_files.read(file) if file.is_file() else []
    faults = [
        f'tests/content/numbers/{topic}.yaml: "{entry["text"]}": {why}.'
        for entry in entries
        for field, pattern, why in ENTRY_TRAPS
        if field in entry and re.search(pattern, f"{entry['text']} {entry[field]}")
    ]
    assert not faults, told(faults)


# How it reads

SENTENCE, GRADE, FEWEST, MOST = 40, 12, 900, 1400


def long_sentences(source):
    for block in paragraphs(source):
        for sentence in prose.sentences(block.printed):
            if (count := len(prose.words(sentence))) > SENTENCE:
                yield block.line, f'{count} words, "{sentence[:60]}…"'


@each_chapter
def test_no_sentence_is_longer_than_one_breath(topic):
    faults = [
        f"docs/learn/{topic}.md:{line}: a sentence has {said}. Cut it at {SENTENCE} or before."
        for line, said in long_sentences(source_of(topic))
    ]
    assert not faults, told(faults)


@each_chapter
def test_twelve_years_of_school_are_enough(topic):
    grade = prose.grade([block.plain for block in paragraphs(source_of(topic))])
    assert grade <= GRADE, "use shorter words and shorter sentences"


@each_chapter
def test_a_chapter_is_neither_a_note_nor_a_book(topic):
    count = sum(len(prose.words(block.plain)) for block in paragraphs(source_of(topic)))
    assert FEWEST <= count <= MOST, f"docs/learn/{topic}.md has {count} words"


def test_a_sentence_that_is_too_long_is_found():
    long = "A cat " + "and a cat " * 13 + "purrs."
    assert len(prose.words(long)) == 42
    found = list(
        long_sentences(f"# Cats\n\nOne sat, e.g. Tom et al. 2 did. Ha!\n\n- Short.\n- {long}\n")
    )
    assert [(line, said[:8]) for line, said in found] == [(6, "42 words")]


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The cat sat on the mat.", -1.45),
        # 8 words, 14 syllables: 0.39 · 8 + 11.8 · 14/8 − 15.59
        ("A model with more parameters needs more memory.", 8.18),
    ],
)
def test_the_grade_is_that_of_flesch_and_kincaid(text, grade):
    assert prose.grade([text]) == pytest.approx(grade, abs=0.05)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "trained makes scale weights through loss"),
        (2, "layer model tokens table handled being batches prism statement"),
        (3, "recurrent decoder idea GPU area attention"),
        (4, "information parameter variable originate"),
        (5, "probability electricity"),
    ],
)
def test_syllables_are_counted(count, words):
    assert {word: prose.syllables(word) for word in words.split()} == dict.fromkeys(
        words.split(), count
    )


# A term is linked where it is first used


def pattern_of(name):
    """Finds a name, also in the plural; one such as "ZeRO" only as it is spelled."""
    stem = re.sub(r"\\?\s", r"\\s+", re.escape(name))
    many = f"(?:{stem}(?:e?s)?|{stem.removesuffix('y')}ies)"
    return many if re.search(r".[A-Z]", name) else f"(?i:{many})"


NAMES = sorted(
    ((name, card) for card in DECK.cards for name in (card.term, *card.aliases)),
    key=lambda pair: len(pair[0]),
    reverse=True,
)
CARD_OF = {f"n{n}": card for n, (_, card) in enumerate(NAMES)}
# Longer names come first: "prompt injection" is no use of the term "prompt".
USE = re.compile(
    rf"{prose.TERM.pattern}|\*(?P<emphasis>[^*]+)\*|`[^`]*`|(?<![\w-])(?:"
    + "|".join(f"(?P<n{n}>{pattern_of(name)})" for n, (name, _) in enumerate(NAMES))
    + r")(?![\w-])",
    re.DOTALL,
)


def unlinked_terms(source):
    """The terms that a chapter uses before it links or explains them: line, card and words of each."""
    introduced = set()
    for block in prose.blocks(DECK, source):
        for use in USE.finditer(block.text):
            emphasis = use["emphasis"]
            if use[1]:
                introduced.add(use[1])
            elif use.lastgroup == "emphasis":
                # Emphasis introduces a term where it is the term and no more.
                if (whole := USE.fullmatch(emphasis)) and whole.lastgroup in CARD_OF:
                    introduced.add(CARD_OF[whole.lastgroup].id)
            elif use.lastgroup in CARD_OF and block.kind == "prose":
                card = CARD_OF[use.lastgroup]
                if card.id not in introduced:
                    yield block.line + block.text.count("\n", 0, use.start()), card, use[0]
                introduced.add(card.id)


@each_chapter
def test_a_term_is_linked_or_explained_where_it_is_first_used(topic):
    faults = [
        f'docs/learn/{topic}.md:{line}: here "{card.term}" is first used. Write '
        f'{{{{ term("{card.id}", "{" ".join(used.split())}") }}}}, or set it in *emphasis* and explain it.'
        for line, card, used in unlinked_terms(source_of(topic))
    ]
    assert not faults, told(faults)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A decoder writes.", ["decoder"]),
        ("Two Decoders write, and a decoder.", ["decoder"]),
        ("One\n*encoder* and\nits *words*. Decoder models.", ["decoder"]),
        ('A {{ term("decoder", "part that writes") }} is a decoder.', []),
        ("A *decoder* writes; decoders do.", []),
        ("*A decoder is said to write*, a decoder.", ["decoder"]),
        ("A decoder-only\nmodel, no `decoder`.", ["decoder-only"]),
        ("## A decoder\n\n*Why a decoder?*\n\n| decoder |\n| --- |\n", []),
        ('{{ card("decoder") }}\n\n{{ figure("x", "A decoder.") }}\n', []),
        ("What LoRA's rank and a lora are.", ["lora"]),
        ("A predecoder, or decoder-like.", []),
    ],
)
def test_a_term_that_is_used_before_it_is_linked_is_found(text, found):
    assert [card.id for _, card, _ in unlinked_terms(text)] == found


def test_the_line_of_a_first_use_is_told():
    found = [
        (line, used)
        for line, _, used in unlinked_terms("---\na: b\n---\n\n# A\n\nA cat\nor decoder.")
    ]
    assert found == [(8, "decoder")]
