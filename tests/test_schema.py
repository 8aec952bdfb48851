"""The schema that editors read, by itself and in the language server that they run."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import jsonschema
import pytest
from check_jsonschema.parsers.yaml import construct_yaml_implementation
from conftest import BUILDERS, ROOT, run_builder
from language_server import Editor
from small_project import small_project

from macros import guide, schema
from macros.__main__ import main
from macros.load import load, read
from macros.rules import RULES

SMALL = ROOT / "tests/fixtures/small-deck.yaml"
TEXT = SMALL.read_text(encoding="utf-8")
BROKEN = 'deck: "'


def faults(text: str) -> list[str]:
    """Where the schema finds fault with a deck, read as editors read it."""
    deck = construct_yaml_implementation().load(text)
    found = jsonschema.Draft7Validator(schema.schema()).iter_errors(deck)
    return ["/".join(map(str, fault.absolute_path)) for fault in found]


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def test_the_committed_schema_is_current_and_well_formed():
    committed = (ROOT / schema.FILE).read_text(encoding="utf-8")
    assert committed == schema.written(schema.schema()), "python -m macros schema writes it again"
    jsonschema.Draft7Validator.check_schema(json.loads(committed))


def test_every_field_is_described_and_has_an_example():
    def fields(part):
        for name, value in part.get("properties", {}).items():
            yield name, value
            yield from fields(value)
        for inner in (part.get("items"), part.get("additionalProperties"), *part.get("anyOf", ())):
            if isinstance(inner, dict):
                yield from fields(inner)

    found = list(fields(schema.schema()))
    assert {"deck", "front", "gist", "feedback", "mended", "venue"} <= {name for name, _ in found}
    for name, value in found:
        assert len(value["description"]) > 10, name
        if name not in ("deck", "topics", "sources", "cards", *RULES):
            assert value["examples"], name


@pytest.mark.parametrize("file", [ROOT / "cards.yaml", SMALL], ids=lambda file: file.name)
def test_it_takes_a_good_deck(file):
    assert faults(file.read_text(encoding="utf-8")) == []


def test_it_takes_the_examples_of_the_guide():
    assert faults(guide.example_deck()) == []


@pytest.mark.parametrize(
    "answer", ["1.0", "no", "2024", "2024-01-01", "true", "off", "'null'", "0x1F", "1_000", "~a"]
)
def test_it_takes_for_text_what_the_loader_takes(answer, tmp_path):
    text = changed("answer: It stands.", f"answer: {answer}")
    (tmp_path / "cards.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "cards.yaml").by_id["tree"].answer == answer.strip("'")
    assert faults(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Plants", "title: 2024"),
        ("formerly: [kitty]", "formerly: [7]"),
        ("aliases: [Felis catus, 猫]", "aliases: [Felis catus, 7]"),
        ("tags: [mammal]", "tags: []"),
        ("revision: 2", 'revision: "2"'),
        ("choices:\n", "choices:\n      - 4.5\n"),
        ("  rules: {", "  rules: {gists-are-short: off, "),
    ],
)
def test_it_takes_what_the_loader_takes(old, new, tmp_path):
    text = changed(old, new)
    (tmp_path / "cards.yaml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "cards.yaml").deck
    assert faults(text) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("answer: It stands.", "answer:", "cards/2/answer"),
        ("answer: It stands.", 'answer: " "', "cards/2/answer"),
        ("answer: It stands.", "answer: [It, stands]", "cards/2/answer"),
        ("answer: It stands.", "", "cards/2"),
        ("answer: It stands.", "answer: It stands.\n    anwser: It lies.", "cards/2"),
        ("id: tree", "id: The Tree", "cards/2/id"),
        ("tags: [mammal]", "tags: mammal", "cards/0/tags"),
        ("related: [no, tree]", "related: [no, The Tree]", "cards/0/related/1"),
        ("revision: 2", "revision: 0", "cards/0/revision"),
        ("revision: 2", "revision: second", "cards/0/revision"),
        ("- a plant that purrs", "- [a plant]", "cards/0/choices/1"),
        ("feedback: That", "feedbak: That", "cards/0/choices/0"),
        (
            "original: {front: Tree, mended: Nothing.}",
            "original: {front: Tree}",
            "cards/2/original",
        ),
        ("languages: {front: en, back: pt-BR}", "languages: {}", "deck/languages"),
        ("  rules: {", "  rules: {gists-are-shrot: off, ", "deck/rules"),
        (
            "  rules: {",
            "  rules: {gists-are-short: no, ",
            "deck/rules/gists-are-short",
        ),
    ],
)
def test_it_finds_fault_where_the_loader_does(old, new, place, tmp_path):
    text = changed(old, new)
    (tmp_path / "cards.yaml").write_text(text, encoding="utf-8")
    assert not read(tmp_path / "cards.yaml").deck
    assert faults(text) == [place]


# What a server and the command write


def test_the_command_writes_what_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cards.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / guide.PAGE).write_text("My own.\n<!-- made: cards -->\n<!-- end -->\n")
    assert main(["schema"]) == 0
    names = f"{schema.FILE}, {guide.PAGE}, {schema.LOCAL}"
    assert capsys.readouterr() == (f"written: {names}\n", "")
    assert (tmp_path / schema.FILE).read_bytes() == (ROOT / schema.FILE).read_bytes()
    page = (tmp_path / guide.PAGE).read_text(encoding="utf-8")
    assert page.startswith("My own.\n") and "#### `gist`" in page
    assert main(["schema"]) == 0
    assert capsys.readouterr() == ("written: nothing is new\n", "")


def test_a_broken_deck_leaves_the_local_schema_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cards.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / schema.LOCAL).write_text("before", encoding="utf-8")
    assert main(["schema"]) == 0
    assert (tmp_path / schema.LOCAL).read_text(encoding="utf-8") == "before"
    assert schema.LOCAL not in capsys.readouterr().out


def test_the_local_schema_is_written_only_where_it_is_new(tmp_path):
    assert schema.write_local(tmp_path, load(SMALL)) is True
    schema.write_local.cache_clear()
    written = (tmp_path / schema.LOCAL).stat().st_mtime_ns
    assert schema.write_local(tmp_path, load(SMALL)) is False
    assert (tmp_path / schema.LOCAL).stat().st_mtime_ns == written


def test_fix_writes_the_local_schema(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = SMALL.read_text(encoding="utf-8")
    (tmp_path / "cards.yaml").write_text(text, encoding="utf-8")
    main(["fix"])
    offered = json.loads((tmp_path / schema.LOCAL).read_text(encoding="utf-8"))
    assert "animals" in json.dumps(offered)


def test_git_leaves_the_local_schema_alone(tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    ignored = ["git", "check-ignore", "--quiet", "--no-index"]
    assert subprocess.run([*ignored, schema.LOCAL], cwd=tmp_path).returncode == 0
    assert subprocess.run([*ignored, schema.FILE], cwd=tmp_path).returncode == 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_server_writes_it_and_a_build_does_not(builder, tmp_path):
    project = small_project(tmp_path, TEXT, ["animals", "plants"])
    serve = [sys.executable, "-m", builder, "serve", "--dev-addr", "127.0.0.1:0"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(serve, cwd=project, env=os.environ | {"SITE_URL": ""}, **quiet)
    try:
        patience = time.monotonic() + 60
        while not (project / schema.LOCAL).exists():
            assert server.poll() is None and time.monotonic() < patience
            time.sleep(0.05)
    finally:
        server.kill()
        server.wait()
    (project / schema.LOCAL).unlink()
    assert run_builder(project, builder).returncode == 0
    assert not (project / schema.LOCAL).exists()


# What a person sees in an editor


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """An editor with the settings of this repository, in a folder where `make serve` has run."""
    folder = tmp_path_factory.mktemp("deck")
    schema.write_local.cache_clear()
    assert schema.write_local(folder, load(SMALL))
    settings = (ROOT / ".vscode/settings.json").read_text(encoding="utf-8")
    settings = json.loads(re.sub(r"(?m)^\s*//.*$", "", settings))
    editor = Editor(folder, {"schemas": settings["yaml.schemas"]})
    yield editor
    editor.close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """An editor that was given the committed schema."""
    editor = Editor(
        tmp_path_factory.mktemp("deck"), {"schemas": {(ROOT / schema.FILE).as_uri(): "cards.yaml"}}
    )
    yield editor
    editor.close()


@pytest.fixture(params=["editor", "elsewhere"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_fields_that_a_card_has_not_are_offered(either):
    offered = either.offered(changed("answer: It stands.", "answer: It stands.\n    g¦"))
    assert {"gist", "hint", "choices", "formerly", "mistake"} <= set(offered)
    assert not {"answer", "id", "authors", "summary"} & set(offered)


def test_who_points_at_a_field_is_told_what_it_is(either):
    told = either.told(changed("hint:", "hi¦nt:"))
    assert "One line that helps without telling." in told
    assert "Count the young, not the years." in told


def test_a_field_that_there_is_not_is_underlined(either):
    text = changed("answer: It stands.", "answer: It stands.\n    anwser: It lies.")
    assert either.underlined(text) == [("anwser", "Property anwser is not allowed.")]


def test_a_number_for_an_answer_is_not_underlined(either):
    assert either.underlined(changed("answer: It stands.", "answer: 1.0")) == []


def test_what_is_wrong_with_an_id_is_said_in_our_words(either):
    underlined = either.underlined(changed("id: tree", "id: The Tree"))
    assert underlined == [("The Tree", "An id is a slug: small letters, digits and hyphens.")]


@pytest.mark.parametrize(
    ("old", "new", "ids"),
    [
        ("topic: plants", "topic: ¦", {"animals", "plants"}),
        ("tags: [mammal]", "tags:\n      - ¦", {"mammal"}),
        ("related: [no, tree]", "related:\n      - ¦", {"cat", '"no"', "tree"}),
        ("sources: [book]", "sources:\n      - ¦", {"book"}),
    ],
)
def test_the_ids_of_the_deck_are_offered(old, new, ids, editor, elsewhere):
    assert ids <= set(editor.offered(changed(old, new)))
    assert not ids & set(elsewhere.offered(changed(old, new)))


def test_the_top_of_the_deck_names_no_other_schema(editor):
    """A line `# yaml-language-server: $schema=…` there would silence the settings, and so the ids."""
    top = (ROOT / "cards.yaml").read_text(encoding="utf-8").split("\ndeck:\n")[0]
    offered = editor.offered(f"{top}\n{changed('topic: plants', 'topic: ¦')}")
    assert {"animals", "plants"} <= set(offered)


def test_an_id_that_is_new_is_not_underlined(editor):
    assert editor.underlined(changed("topic: plants", "topic: mushrooms")) == []
