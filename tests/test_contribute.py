"""The contribute page: that it names all there is, and that what it shows is so."""

import inspect
import re

import pytest
from conftest import ROOT

from macros import guide, pages, report
from macros.__main__ import main
from macros.load import load
from macros.model import Card, Deck, Problem, fields_of
from macros.rules import RULES

PAGE = (ROOT / guide.PAGE).read_text(encoding="utf-8")
FIELDS = [
    pytest.param(heading, record, field, id=f"{heading}-{field.name}")
    for heading, record in guide.RECORDS.items()
    for field in fields_of(record)
]


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Runs `python -m macros check` on a deck with the pages that it needs; returns the outcome."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs/glossary").mkdir(parents=True)
    (tmp_path / "docs/glossary/evolution.md").write_text('{{ glossary("evolution") }}\n')
    (tmp_path / "docs/figures").mkdir()
    drawing = '<svg viewBox="0 0 360 80"><title>Birds</title><desc>Two birds.</desc></svg>'
    for name in ("finches", "migration"):
        (tmp_path / f"docs/figures/{name}.svg").write_text(drawing)
        (tmp_path / f"docs/{name}.md").write_text(f'{{{{ figure("{name}") }}}}\n')

    def run(deck: str) -> tuple[int, str]:
        (tmp_path / "cards.yaml").write_text(deck, encoding="utf-8")
        status = main(["check"])
        return status, capsys.readouterr().err

    return run


def of_field(heading: str, name: str) -> str:
    """What the page has under the heading of a field."""
    after = PAGE.split(f"#### `{name}` {{ #{heading}-{name} }}\n")
    assert len(after) == 2, f"{heading}: {name}"
    return re.split(r"\n#|\n{% endraw", after[1])[0]


def test_what_is_made_is_current():
    assert guide.filled(PAGE) == PAGE, "python -m macros schema writes it again"


def test_every_record_of_the_deck_is_there():
    def records(record):
        yield record
        for field in fields_of(record):
            if inner := guide.record_within(field.kind):
                yield from records(inner)

    assert set(records(Deck)) - {Deck} == set(guide.RECORDS.values())
    assert all(f"`{field.name}`" in PAGE for field in fields_of(Deck))


@pytest.mark.parametrize(("heading", "record", "field"), FIELDS)
def test_a_field_has_its_meaning_and_two_examples(heading, record, field, check):
    told = of_field(heading, field.name)
    assert field.sentence in told
    assert f"- Good: `{field.name}: {field.example.good}`\n" in told
    bad = f"{field.name}: {field.example.bad}".strip()
    shown, reason = told.split(f"- Not so: `{bad}`<br>")
    status, said = check(guide.example_deck(record, field.name, field.example.bad))
    if reason.startswith("The check says: "):
        message = reason.removeprefix("The check says: ").strip().strip("`")
        assert message in said
    else:
        assert reason.strip() == field.example.why
        assert status == 0


def test_the_good_examples_make_a_good_deck(check, tmp_path):
    assert check(guide.example_deck()) == (0, "")
    card = load(tmp_path / "cards.yaml").by_id["natural-selection"]
    assert all(getattr(card, field.name) for field in fields_of(Card))


def test_the_card_to_copy_is_good(check):
    (card,) = re.findall(r"<!-- made: a card -->\n\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    deck = guide.example_deck()
    start, end = deck.index("  - id: natural-selection\n"), deck.index("sources:\n  darwin:")
    status, said = check(deck[:start] + re.sub(r"(?m)^", "  ", card).rstrip(" ") + deck[end:])
    assert (status, said) == (0, "")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_there_with_its_level_and_sentence(rule):
    level = "" if rule.needed else f" ({rule.level})"
    assert f"\n- `{rule.name}`{level}: {rule.about}\n" in PAGE


@pytest.mark.parametrize("name", pages.NAMES)
def test_a_macro_is_there_with_its_arguments(name):
    (given,) = re.findall(rf"(?m)^### `{name}\((.*)\)`$", PAGE)
    takes = inspect.signature(pages.macros(None, None)[name]).parameters
    assert re.findall(r"\w+", given) == list(takes)


def test_every_command_is_there_with_its_options(capsys):
    def told(*arguments):
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        return capsys.readouterr().out

    (verbs,) = re.findall(r"\{([a-z,]+)\}", told().split("options:")[0].split("positional")[0])
    assert {"check", "finish", "schema"} <= set(verbs.split(","))
    for verb in verbs.split(","):
        (section,) = re.findall(rf"(?ms)^### `{verb}\b[^\n]*`\n(.*?)(?=^#|\Z)", PAGE)
        for option in set(re.findall(r"--[a-z-]+", told(verb))) - {"--help"}:
            assert f"`{option}" in section, f"{verb} {option}"


def test_every_target_of_make_is_there():
    targets = re.findall(r"(?m)^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert "serve" in targets
    for target in targets:
        assert f"\n- `make {target}` " in PAGE, target


def test_the_forms_of_the_check_are_as_shown():
    words = 'card "variation": unknown field "anwser". Did you mean "answer"?'
    problem = Problem("cards.yaml", 212, 5, words)
    for shown in (str(problem), report.github([problem]), report.as_json([problem], {})):
        assert f"\n{shown}\n```" in PAGE


def test_the_guide_on_top_of_the_deck_has_every_field():
    guide_on_top = (ROOT / "cards.yaml").read_text(encoding="utf-8").split("\ndeck:\n")[0]
    part = "^# {}(?: \\(|:|,|$)(.*?)(?=^#$)"
    for heading in ("deck", "topics", "sources", "cards"):
        (told,) = re.findall(part.format(heading), guide_on_top, re.DOTALL | re.MULTILINE)
        for field in fields_of(guide.RECORDS[heading]):
            assert re.search(rf"(?m)(^#   |, |under it\n#   ){field.name}\b", told), field.name
