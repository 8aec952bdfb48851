"""The words of the interface: each language whole and rightly formed, and no word anywhere else."""

import json
import re

import pytest
from babel import Locale
from conftest import ROOT, run_builder, run_finish
from pages_server import PagesServer
from playwright.sync_api import expect
from small_project import small_project
from test_cards import do, grade

from macros import words
from macros.load import load
from macros.model import DeckError

FOLDER = ROOT / "overrides/assets/words"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
ENGLISH = FILES["en"]
NUMBERS = [0, 1, 2, 3, 5, 11, 21, 22, 100, 12_345, 1_000_000]
GREEK = (ROOT / "tests/fixtures/greek-deck.yaml").read_text(encoding="utf-8")
each_language = pytest.mark.parametrize("language", sorted(FILES))


def texts(groups):
    """Every text of a language as (its name, its forms by category; "" is the one of all numbers)."""
    for group, entries in groups.items():
        for key, text in entries.items():
            yield f"{group}.{key}", {"": text} if isinstance(text, str) else text


def places(text):
    return set(re.findall(r"\{(\w+)\}", text))


# The files


def test_there_are_english_and_three_more():
    assert len(FILES) >= 4
    assert all(groups["language"]["tag"] == language for language, groups in FILES.items())


@each_language
def test_a_language_says_all_that_english_says_and_no_more(language):
    names = {name for name, _ in texts(FILES[language])}
    assert names == {name for name, _ in texts(ENGLISH)}


@each_language
def test_each_text_has_the_places_that_english_has(language):
    wanted = {name: set().union(*map(places, forms.values())) for name, forms in texts(ENGLISH)}
    for name, forms in texts(FILES[language]):
        assert set().union(*map(places, forms.values())) == wanted[name], name
        # A form may leave the number out, as "the one you missed" does, and nothing else.
        for form in forms.values():
            assert wanted[name] - places(form) <= {"n"}, (name, form)


@each_language
def test_each_plural_has_every_form_of_its_language(language):
    rule = Locale.parse(language).plural_form
    needed = {rule(n) for n in range(1001)} | {rule(1_000_000), "other"}
    for name, forms in texts(FILES[language]):
        if "" not in forms:
            assert set(forms) == needed, name


@each_language
def test_no_text_is_empty_or_loud(language):
    for name, forms in texts(FILES[language]):
        for form in forms.values():
            assert form.strip() and form == form.strip(), name
            assert "!" not in form, name


# How they are said


@pytest.fixture(scope="module")
def scripts(chromium):
    """A page beside the scripts that say the words."""
    server = PagesServer(FOLDER)
    page = chromium.new_page(base_url=server.url)
    yield page
    page.context.close()
    server.stop()


@each_language
def test_browser_and_pages_say_the_same(scripts, language):
    scripts.goto("en.json")
    cases = [
        (name, dict.fromkeys(set().union(*map(places, forms.values())), "·") | {"n": n})
        for name, forms in texts(FILES[language])
        for n in (NUMBERS if "" not in forms or "{n}" in forms[""] else [0])
    ]
    said = scripts.evaluate(
        """async ([language, cases]) => {
          document.documentElement.lang = language;
          const { say } = await import(new URL("say.js", location.href));
          const { wordsOf } = await import(new URL("words.js", location.href));
          return cases.map(([name, values]) => {
            const [group, key] = name.split(".");
            return say(wordsOf(group)[key], values);
          });
        }""",
        [language, cases],
    )
    own = words.in_language(language)
    assert said == [own(name, **values) for name, values in cases]


def test_numbers_choose_the_form_of_their_language():
    polish = words.in_language("pl")
    forms = {polish("study.cards", n=n).split(" ", 1)[1] for n in (1, 2, 5, 22, 25)}
    assert len(forms) == 3
    assert polish("study.cards", n=2).split()[1:] == polish("study.cards", n=22).split()[1:]


@pytest.mark.parametrize(
    ("language", "tag"),
    [("de", "de"), ("de-AT", "de"), ("ja", "en"), ("../de", "en"), ("", "en")],
)
def test_a_language_without_a_file_falls_back(language, tag):
    assert words.in_language(language).tag == tag


def test_a_word_that_is_missing_is_said_in_english(tmp_path, monkeypatch):
    (tmp_path / "en.json").write_text(json.dumps(ENGLISH), encoding="utf-8")
    few = {"language": {"tag": "de"}, "study": {"read": "lesen"}}
    (tmp_path / "de.json").write_text(json.dumps(few), encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    found = words.in_language("de")
    assert found("study.read") == "lesen"
    assert found("study.all") == "all"
    assert found("study.cards", n=1234) == "1.234 cards"


def test_a_variant_says_what_its_language_says_where_it_has_no_word_of_its_own(
    tmp_path, monkeypatch
):
    base = {"language": {"tag": "pt"}, "study": {"read": "ler", "all": "todos"}}
    own = {"language": {"tag": "pt-BR"}, "study": {"all": "tudo"}}
    for name, groups in {"en": ENGLISH, "pt": base, "pt-BR": own}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(groups), encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    found = words.in_language("pt-BR")
    said = [found(f"study.{name}") for name in ("all", "read", "topics")]
    assert said == ["tudo", "ler", ENGLISH["study"]["topics"]]


def test_a_file_that_is_no_json_is_told_with_its_place(tmp_path, monkeypatch):
    (tmp_path / "en.json").write_text(json.dumps(ENGLISH), encoding="utf-8")
    (tmp_path / "de.json").write_text('{\n  "study": {"read" "lesen"}\n}', encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(DeckError, match=r"de\.json:2:20: .* comma or a quotation mark"):
        words.in_language("de")


# That no word stands elsewhere

# Names of keys, events and errors, and what only a script or a developer reads.
NAMES = re.compile(
    r"(Arrow(Up|Down|Left|Right)|Enter|Escape|\w+Error|Content-\w+|Accept|Range|Infinity|Answer|take over"
    r"|An event needs .*|No interval: .*| is of another release)"
)
# A sentence or a label begins like one, ends like one, or has two words side by side.
WORDS = re.compile(
    r"^[A-Z][a-z]+|[a-z]{2,}[.:?] |[a-z]{2,}\.$|(?<![.\w-])[a-z]{2,} [a-z]{2,}(?![\w\[-])"
)


def test_no_script_has_a_word_of_its_own():
    found = []
    for path in sorted((ROOT / "overrides/assets").rglob("*.js")):
        if ".min." in path.name:
            continue
        script = re.sub(
            r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        literals = re.findall(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', script)
        for text in (one or re.sub(r"\$\{.*\}", "", other) for one, other in literals):
            if WORDS.search(text) and not NAMES.fullmatch(text):
                found.append(f"{path.name}: {text}")
    assert found == []


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A finished site in a made-up language: each word is a word in ⟦brackets⟧, the deck is Greek."""
    project = small_project(tmp_path_factory.mktemp("words") / "project", GREEK, ["a", "b"])
    cited = '# Ω\n\n{{ cite("work") }}\n\n{{ bibliography() }}\n'
    (project / "docs/bibliography.md").write_text(cited, encoding="utf-8")
    bracketed = {
        group: {
            key: f"⟦{text}⟧" if isinstance(text, str) else {k: f"⟦{v}⟧" for k, v in text.items()}
            for key, text in entries.items()
        }
        for group, entries in ENGLISH.items()
    }
    bracketed["language"]["tag"] = "el"
    (project / "docs/map.md").write_text("# Map\n\n{{ map() }}\n", encoding="utf-8")
    file = project / "overrides/assets/words/el.json"
    file.write_text(json.dumps(bracketed), encoding="utf-8")
    built = run_builder(project)
    assert built.returncode == 0, built.stdout
    assert not run_finish(project, project / "site").returncode
    server = PagesServer(project / "site")
    yield server.url
    server.stop()


STRAY = """() => {
  const ours = "flash-deck, flash-card, study-board, glossary-index, term-map, .entry, .page-edit, .corrections, .bibliography, .site-offer";
  const latin = /\\p{Script=Latin}+/gu;
  const bare = (text) => {
    for (let before; before !== text; ) [before, text] = [text, text.replace(/⟦[^⟦⟧]*⟧/g, "")];
    return text;
  };
  const found = [];
  for (const part of document.querySelectorAll(ours)) {
    const copy = part.cloneNode(true);
    // Keys are what they are called on a keyboard.
    for (const key of copy.querySelectorAll("dt, style, link, template")) key.remove();
    found.push(...(bare(copy.textContent).match(latin) ?? []));
    for (const each of part.querySelectorAll("*"))
      for (const name of ["aria-label", "aria-description", "title", "placeholder", "alt", "data-label"])
        found.push(...(bare(each.getAttribute(name) ?? "").match(latin) ?? []));
  }
  return [...new Set(found)];
}"""


def nothing_stray(page, when):
    assert page.evaluate(STRAY) == [], when


def test_no_page_has_a_word_of_its_own(foreign, chromium):
    page = chromium.new_page(base_url=foreign, java_script_enabled=False)
    for address in (
        "study/",
        "glossary/",
        "glossary/a/",
        "glossary/b/",
        "map/",
        "corrections/",
        "bibliography/",
    ):
        page.goto(address)
        assert "⟦" in page.content()
        nothing_stray(page, address)
    page.goto("nowhere/")
    # Of a page that is not there all is of the interface.
    assert (
        re.findall("[A-Za-z]{2,}", re.sub("⟦[^⟦⟧]*⟧", "", page.locator("article").inner_text()))
        == []
    )
    page.context.close()


def test_nothing_that_is_done_on_the_study_page_says_a_word_of_its_own(foreign, chromium):
    page = chromium.new_page(base_url=foreign)
    page.goto("study/")
    deck = page.locator("flash-deck")
    nothing_stray(page, "as it opens")
    do(deck, "more").click()
    expect(deck.locator(".flash-more dl")).to_be_visible()
    nothing_stray(page, "more")
    page.keyboard.press("Escape")
    for n in range(3):
        do(deck, "flip").click()
        expect(deck.locator("[data-grade=easy] > small")).not_to_be_empty()
        nothing_stray(page, f"turned {n}")
        grade(deck, "again" if n < 2 else "easy").click()
        nothing_stray(page, f"graded {n}")
    for action in ("undo", "shuffle"):
        do(deck, action).first.click()
        nothing_stray(page, action)
    for action in ("bury", "suspend"):
        do(deck, "more").click()
        do(deck, action).click()
        expect(deck.locator(".flash-notice")).not_to_be_empty()
        nothing_stray(page, action)
    while deck.get_attribute("data-state") != "done":
        do(deck, "flip").click()
        grade(deck, "easy").click()
        expect(deck).not_to_have_attribute("data-state", "answered")
        expect(deck).not_to_have_attribute("aria-busy", "true")
    nothing_stray(page, "the end")
    board = page.locator("study-board")
    page.locator(".board").scroll_into_view_if_needed()
    for part in board.locator(".board > details").all():
        part.locator(":scope > summary").click()
        expect(part.locator(":scope > div")).not_to_be_empty()
    nothing_stray(page, "the record")
    with page.expect_download() as saved:
        board.locator("[data-do=save]").click()
    nothing_stray(page, "saved")
    chooser = board.locator("input[type=file]")
    for name, content in (
        ("saved.json", saved.value.path().read_bytes()),
        ("other.json", saved.value.path().read_bytes().replace(b'"greek"', b'"roman"')),
        ("none.json", b"{}"),
    ):
        chooser.set_input_files({"name": "0", "mimeType": "application/json", "buffer": content})
        expect(board.locator(".board-file")).to_be_visible()
        nothing_stray(page, name)
        board.locator(".board-file button").last.click()
        nothing_stray(page, name)
    board.locator("details[data-part=delete] button").first.click()
    nothing_stray(page, "asked again")
    board.locator("details[data-part=delete] button").last.click()
    expect(board.locator("details[data-part=delete] [role=status]")).not_to_be_empty()
    nothing_stray(page, "deleted")
    page.context.close()


@pytest.mark.parametrize("mode", ["choose", "type", "match", "cloze", "reverse", "test"])
def test_no_mode_says_a_word_of_its_own(foreign, chromium, mode):
    page = chromium.new_page(base_url=foreign)
    page.goto(f"study/?mode={mode}&limit=2&seed=a")
    deck = page.locator("flash-deck")
    expect(deck.locator(".flash-ask > *")).to_have_count(1)
    nothing_stray(page, "asked")
    if (hint := do(deck, "hint")).count():
        hint.click()
        nothing_stray(page, "the hint")
    answered = 0
    while deck.get_attribute("data-state") != "done" and answered < 4:
        answered += 1
        _answer(deck, mode)
        nothing_stray(page, "answered")
        if deck.get_attribute("data-state") == "answered":
            deck.locator("[data-grade]:visible").last.click()
        expect(deck).not_to_have_attribute("aria-busy", "true")
    nothing_stray(page, "the end")
    page.context.close()


def _answer(deck, mode):
    if mode == "reverse":
        do(deck, "flip").click()
    elif deck.locator(".flash-fields:visible").count():
        for field in deck.locator(".flash-fields input").all():
            field.fill("Ω")
        deck.locator(".flash-fields [type=submit]").click()
    elif deck.locator(".flash-pairs:visible").count():
        terms, gists = deck.locator(".flash-pairs > div").all()
        for term in terms.locator("button").all():
            for gist in gists.locator("button").all():
                if "true" in (each.get_attribute("aria-disabled") for each in (term, gist)):
                    continue
                term.click()
                gist.click()
        onward = deck.locator(".flash-ask > div > button:visible")
        if onward.count():
            onward.last.click()
    else:
        deck.locator("[data-option]").last.click()


def test_the_index_says_no_word_of_its_own(foreign, chromium):
    page = chromium.new_page(base_url=foreign)
    page.goto("glossary/")
    field = page.locator("glossary-index input")
    for wanted in ("", "γ", "ψψψ"):
        field.fill(wanted)
        nothing_stray(page, wanted)
    page.context.close()


def test_the_map_says_no_word_of_its_own(foreign, chromium):
    page = chromium.new_page(base_url=foreign)
    page.goto("map/")
    chosen = page.locator("term-map select")
    expect(chosen).to_be_visible()
    for option in chosen.locator("option").all():
        chosen.select_option(option.get_attribute("value"))
        nothing_stray(page, option.inner_text())
    expect(page.locator("term-map [role=status]")).to_contain_text("⟦")
    page.context.close()


def test_a_finished_site_fetches_no_file_of_words(foreign, chromium):
    page = chromium.new_page(base_url=foreign)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("study/")
    do(page.locator("flash-deck"), "flip").click()
    expect(page.locator("[data-grade=easy] > small")).not_to_be_empty()
    assert not [url for url in asked if re.search(r"/words/.*\.json|/words/words\.js", url)]
    page.context.close()


def test_a_site_that_is_being_written_says_the_same(chromium, tmp_path):
    project = small_project(
        tmp_path / "project", GREEK.replace("language: el", "language: de"), ["a", "b"]
    )
    built = run_builder(project)
    assert built.returncode == 0, built.stdout
    server = PagesServer(project / "site")
    page = chromium.new_page(base_url=server.url)
    page.goto("study/")
    german = words.words(load(project / "cards.yaml"))
    expect(do(page.locator("flash-deck"), "flip")).to_have_text(german("deck.turn"))
    expect(page.locator(".flash-topics")).to_contain_text(german("study.read"))
    page.context.close()
    server.stop()
