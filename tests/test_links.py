"""The links from a page to the repository: to a card's line, to an issue about it, to a new card."""

import re
import subprocess
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import yaml
from accessibility import assert_axe_is_content
from conftest import BUILDERS, ROOT, run_builder
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_server import PagesServer
from playwright.sync_api import expect
from reading import by_card, page, text
from small_project import small_project

from macros.load import load
from macros.model import Card, Topic
from macros.repository import Repository
from macros.words import in_language

FORK = "https://github.example.com/some-one/a.fork"
COMMIT = "12345678901234567890123456789012345678e9"  # YAML may take it for a number
DECK = load(ROOT / "tests/fixtures/small-deck.yaml")
FORMS = ROOT / ".github/ISSUE_TEMPLATE"
FORK_OF = Repository(FORK, "main", COMMIT)
ENGLISH = in_language("en")


def a_card(**fields):
    return Card(**{"id": "lora", "term": "LoRA", "topic": "peft", "answer": "Small."} | fields)


def filled(address):
    """What an address fills in, by name: each field once."""
    fields = parse_qs(urlsplit(address).query, strict_parsing=True, errors="strict")
    assert all(len(values) == 1 for values in fields.values())
    return {name: value for name, [value] in fields.items()}


# The addresses


def known(settings):
    """The repository of settings with which nothing is wrong."""
    return Repository.of(settings, tell=pytest.fail)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b/", "https://github.com/a/b"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        (" https://github.com/a/b.git/\n", "https://github.com/a/b"),
        ("http://git.example.org:8080/team/b.github.io", "http://git.example.org:8080/team/b.github.io"),
    ],
)  # fmt: skip
def test_the_repository_may_be_anybodys_on_any_server(given, url):
    repository = known({"repository": given})
    assert repository == Repository(url)
    assert repository.edit(7) == f"{url}/edit/main/cards.yaml#L7"
    assert repository.source(7) == f"{url}/blob/main/cards.yaml#L7"
    assert repository.suggest() == f"{url}/issues/new?template=card.yml"


@pytest.mark.parametrize("settings", [{}, {"repository": None}, {"repository": " "}])
def test_without_an_address_there_is_no_repository(settings):
    assert known(settings | {"branch": "main", "commit": COMMIT}) is None


@pytest.mark.parametrize(
    "address",
    [
        "git@github.com:a/b.git",
        "ssh://git@github.com/a/b",
        "javascript://github.com/a/b",
        "github.com/a/b",
        "https://github.com",
        "https://github.com/a",
        "https://github.com/a/b?c",
        "https://github.com/a/b c",
        "https://name:secret@github.com/a/b",
    ],
)
def test_an_address_of_no_use_is_told_and_never_shown(address):
    told = []
    assert Repository.of({"repository": address}, told.append) is None
    assert told == [
        'the address of the repository should look like "https://github.com/OWNER/NAME". Mend it '
        'in REPOSITORY_URL, or under "extra" in mkdocs.yml. Until then no page leads there.'
    ]


def test_the_source_is_that_of_the_commit_and_the_editor_that_of_the_branch():
    repository = known({"repository": FORK, "branch": "fix/ä #1", "commit": 1234567})
    assert repository.source(3) == f"{FORK}/blob/1234567/cards.yaml#L3"
    assert repository.edit(3) == f"{FORK}/edit/fix/%C3%A4%20%231/cards.yaml#L3"


def test_a_report_says_which_card_and_what_it_says_now():
    card = a_card(answer="A *small* change & 100 % <b>#1</b>?\n+ 低ランク 🙂 = $a$")
    address = FORK_OF.report(card, ENGLISH)
    assert address.startswith(f"{FORK}/issues/new?")
    assert re.fullmatch(r"[\w:/?&=.%~-]+", address, re.ASCII)
    assert filled(address) == {
        "template": "mistake.yml",
        "title": "Mistake: LoRA",
        "card": "lora",
        "text": f"Question: What is LoRA?\n\nAnswer: {card.answer}",
    }
    asked = FORK_OF.report(a_card(question="Why *LoRA*?"), ENGLISH)
    assert filled(asked)["text"].startswith("Question: Why *LoRA*?\n")


def test_a_suggestion_names_the_topic():
    address = FORK_OF.suggest(Topic(id="peft", title="PEFT & more"))
    assert filled(address) == {"template": "card.yml", "topic": "PEFT & more"}


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from([1, 50, 5000]))
def test_whatever_a_card_says_it_fits_into_an_address(term, answer, times):
    """GitHub takes 8 KB; who must sign in first is sent to an address that holds this one, quoted."""
    card = a_card(term=term * times, answer=answer * times, id="a" * times)
    address = FORK_OF.report(card, ENGLISH)
    assert len(quote(address, safe="")) < 8000
    whole = {
        "title": f"Mistake: {card.term}",
        "card": card.id,
        "text": f"Question: What is {card.term}?\n\nAnswer: {card.answer}",
    }
    for name, said in filled(address).items():
        if name != "template" and said != whole[name]:
            assert said.endswith("…") and whole[name].startswith(said[:-1])
            assert len(quote(said, safe="")) > 280, f"{name} is cut too short"


# The forms that they open


def fields_of(form):
    form = yaml.safe_load((FORMS / form).read_text(encoding="utf-8"))
    return {part["id"]: part for part in form["body"]}


@pytest.mark.parametrize(
    ("schema", "name"), [("forms", "mistake"), ("forms", "card"), ("config", "config")]
)
def test_the_forms_have_the_form_that_github_wants(schema, name):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    command += [f"vendor.github-issue-{schema}", FORMS / f"{name}.yml"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    "address",
    [FORK_OF.report(DECK.cards[0], ENGLISH), FORK_OF.suggest(DECK.topics[0])],
    ids=["card", "new"],
)
def test_every_field_that_an_address_fills_in_is_in_its_form(address):
    names = set(filled(address)) - {"template", "title"}
    fields = fields_of(filled(address)["template"])
    assert names and names <= set(fields)
    # Of choices and boxes, GitHub fills in none that the form does not list.
    assert {fields[name]["type"] for name in names} <= {"input", "textarea"}


def test_the_workflow_passes_repository_and_commit_to_every_build():
    text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
    builds = [step for step in steps if step.get("run") == "make build"]
    assert len(builds) == 2
    for step in builds:
        env = step["env"]
        assert env["REPOSITORY_URL"] == "${{ github.server_url }}/${{ github.repository }}"
        assert "github.sha" in env["REPOSITORY_COMMIT"]
    assert "github.event.pull_request.head.sha" in builds[0]["env"]["REPOSITORY_COMMIT"]


# The pages


def built(folder, builder="mkdocs", address="", url=""):
    """The folder of a small site, built for a repository at that address."""
    deck = (ROOT / "tests/fixtures/small-deck.yaml").read_text(encoding="utf-8")
    project = small_project(folder, deck, ["animals", "plants"])
    home = "# Home\n\n{{ card('cat') }}\n\n{{ quiz(topic='animals') }}\n"
    (project / "docs/index.md").write_text(home, encoding="utf-8")
    (project / "docs/bibliography.md").write_text("{{ bibliography() }}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPOSITORY_URL", address)
        patch.setenv("REPOSITORY_COMMIT", COMMIT)
        ended = run_builder(project, builder, url)
    return SimpleNamespace(
        folder=project / "site", output=ended.stdout, status=ended.returncode, project=project
    )


@pytest.fixture(scope="module", params=BUILDERS)
def linked(request, tmp_path_factory):
    """A small site whose repository is known, by each builder."""
    made = built(tmp_path_factory.mktemp("linked"), request.param, f"{FORK}.git/")
    assert made.status == 0, made.output
    return made


def links_of(element):
    return {text(link): link.get("href") for link in element.iter("a")}


def named_links(element):
    """The links whose text is still to come, by the name of that text."""
    return {link.get("data-word"): link.get("href") for link in element.iter("a")}


def test_each_entry_leads_to_the_very_line_at_which_its_card_starts(linked):
    lines = (linked.project / "cards.yaml").read_text(encoding="utf-8").splitlines()
    for card in DECK.cards:
        entry = by_card(page(linked.folder, f"glossary/{card.topic}"), "div")[card.id]
        (foot,) = (each for each in entry.iter("p") if each.get("class") == "entry-links")
        links = links_of(foot)
        assert list(links) == ["Edit", "View source", "Report a mistake"]
        address, _, line = links["Edit"].partition("#L")
        assert address == f"{FORK}/edit/main/cards.yaml"
        assert lines[int(line) - 1] == f"  - id: {card.id}"
        assert links["View source"] == f"{FORK}/blob/{COMMIT}/cards.yaml#L{line}"
        assert filled(links["Report a mistake"])["card"] == card.id
        # Heard alone, each link says which card it is about.
        assert [link.get("aria-label") for link in foot.iter("a")] == [
            f"Edit {card.term}",
            f"View source of {card.term}",
            f"Report a mistake in {card.term}",
        ]


def test_the_glossary_asks_for_cards_of_its_topic(linked):
    for address, topic in {"": {}, "animals": {"topic": "Animals & <others>"}}.items():
        links = links_of(page(linked.folder, f"glossary/{address}".rstrip("/")))
        assert filled(links["Suggest a card"]) == {"template": "card.yml"} | topic


def test_a_page_of_cards_has_each_address_once_for_a_stack_or_a_card_alone(linked):
    for address, stacks in {"study": 1, ".": 2}.items():
        html = (linked.folder / address / "index.html").read_text(encoding="utf-8")
        for way in ("edit/main/cards.yaml", f"blob/{COMMIT}/cards.yaml", "issues/new"):
            found = re.findall(f'="{re.escape(FORK)}/{way}"', html)
            assert len(found) == stacks, f"{address}: {way}"


@pytest.mark.parametrize("linked", ["mkdocs"], indirect=True)
def test_the_foot_of_a_page_leads_to_what_the_page_is_made_from(linked):
    site, mend = linked.folder, "page.mend"
    editor = f"{FORK}/edit/main/"
    assert named_links(page(site, "."))[mend] == f"{editor}docs/index.md"
    assert named_links(page(site, "study"))[mend] == f"{editor}docs/study.md"
    assert named_links(page(site, "glossary"))[mend] == f"{editor}cards.yaml"
    assert named_links(page(site, "corrections"))[mend] == f"{editor}cards.yaml"
    assert named_links(page(site, "bibliography"))[mend] == f"{editor}cards.yaml"
    assert mend not in named_links(page(site, "glossary/animals"))


@pytest.mark.parametrize("builder", BUILDERS)
def test_where_no_repository_is_known_nothing_leads_to_one(tmp_path, builder):
    made = built(tmp_path, builder)
    assert made.status == 0, made.output
    for file in made.folder.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        for word in ("github", "page-edit", "entry-links", "flash-links", "data-edit", "data-line"):
            assert word not in html, file


@pytest.mark.parametrize("builder", BUILDERS)
def test_an_address_of_no_use_is_told_once_and_stops_a_strict_build(tmp_path, builder):
    made = built(tmp_path, builder, "git@github.com:a/b.git")
    assert made.output.count("the address of the repository should look like") == 1
    # Zensical's strict build goes on whatever is logged.
    assert made.status == (1 if builder == "mkdocs" else 0)
    for file in made.folder.rglob("*.html"):
        assert "git@" not in file.read_text(encoding="utf-8")


# The cards, in a browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a small site whose repository is known."""
    folder = tmp_path_factory.mktemp("served")
    server = PagesServer(folder / "site")
    made = built(folder, "mkdocs", FORK, server.url)
    assert made.status == 0, made.output
    yield server.url
    server.stop()


@pytest.fixture
def open_page(chromium, served):
    """Opens a page of the small site; returns it with the list of all that it asks for."""
    contexts = []

    def opened(address, **options):
        options = {"viewport": {"width": 360, "height": 740}} | options
        context = chromium.new_context(base_url=served, reduced_motion="reduce", **options)
        contexts.append(context)
        # What stands in for GitHub.
        context.route(f"{FORK}/**", lambda route: route.fulfill(body="GitHub"))
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page, asked

    yield opened
    for context in contexts:
        context.close()


def hrefs(links):
    return links.evaluate_all("(all) => all.map((link) => [link.textContent, link.href])")


@pytest.mark.parametrize("selector", ["flash-deck", "flash-card:not(flash-deck *)"])
def test_a_turned_card_leads_where_its_entry_does(open_page, selector):
    page, asked = open_page("")
    page.locator(selector).locator("[data-do=flip]").click()
    card = page.locator("flash-card[data-side=back]")
    expect(card.get_by_role("link", name="Report a mistake")).to_be_visible()
    links = dict(hrefs(card.locator(".flash-links a")))
    shown = card.locator(".flash-back .flash-text").text_content()
    question = card.get_attribute("aria-label")

    page.goto("glossary/animals/")
    entry = dict(hrefs(page.locator(".entry[data-card=cat] .entry-links a")))
    assert list(links) == list(entry) == ["Edit", "View source", "Report a mistake"]
    report, same = links.pop("Report a mistake"), entry.pop("Report a mistake")
    assert links == entry
    told, expected = filled(report), filled(same)
    assert told.pop("text") == f"Question: {question}\n\nAnswer: {' '.join(shown.split())}"
    expected.pop("text")
    assert told == expected
    assert report.startswith(f"{FORK}/issues/new?")
    assert not [url for url in asked if url.startswith(FORK)], "it asked GitHub unbidden"


def test_the_links_come_with_the_first_turn_and_move_nothing(open_page):
    page, asked = open_page("study/")
    deck = page.locator("flash-deck")
    expect(deck.locator("[data-do=flip]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("/links.js")]
    for _ in DECK.cards:
        before = deck.bounding_box()
        deck.locator("[data-do=flip]").click()
        expect(deck.get_by_role("link", name="Report a mistake")).to_be_visible()
        expect(deck.locator(".flash-links:visible a")).to_have_count(3)
        assert deck.bounding_box() == before
        deck.locator("[data-do=flip]").click()
        deck.locator("[data-do=flip]").click()
        expect(deck.locator(".flash-links:visible a")).to_have_count(3)
        deck.locator("[data-do=next]").click()
    assert len([url for url in asked if url.endswith("/links.js")]) == 1


def test_the_links_are_there_for_the_keyboard_and_turn_nothing(open_page):
    page, _ = open_page("study/")
    deck = page.locator("flash-deck")
    deck.locator("[data-do=flip]").focus()
    page.keyboard.press("Space")
    report = deck.get_by_role("link", name="Report a mistake")
    expect(report).to_be_visible()
    names = []
    while page.locator(".flash-entry a:focus").count() == 0 or names[-1:] != ["Edit"]:
        page.keyboard.press("Shift+Tab")
        names.append(page.evaluate("document.activeElement.textContent"))
        assert len(names) < 20, names
    assert names[-3:] == ["Report a mistake", "View source", "Edit"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"^{re.escape(FORK)}/edit/main/cards\.yaml#L\d+$"))
    page.go_back()
    expect(deck).to_be_visible()


def test_a_long_answer_is_cut_to_fit_into_an_address(open_page):
    page, _ = open_page("study/")
    card = page.locator("flash-card").first
    expect(page.locator("[data-do=flip]")).to_be_visible()
    card.evaluate(
        "(card) => card.querySelector('.flash-back .flash-text').append('猫🙂'.repeat(900))"
    )
    page.locator("[data-do=flip]").click()
    report = card.get_by_role("link", name="Report a mistake")
    expect(report).to_be_visible()
    address = report.get_attribute("href")
    assert len(quote(address, safe="")) < 8000
    said = filled(address)["text"]
    assert re.search("(猫🙂){50,}猫?…$", said)
    assert len(quote(said, safe="")) > 3900


def test_without_javascript_the_entry_of_a_card_has_the_links(open_page):
    page, _ = open_page("study/", java_script_enabled=False)
    card = page.locator("flash-card").first
    card.locator("summary").click()
    expect(card.locator(".flash-entry").get_by_role("link")).to_have_count(1)
    card.get_by_role("link", name="Cat in the glossary").click()
    expect(page.get_by_role("link", name="Report a mistake in Cat")).to_be_visible()


def test_axe_finds_nothing_in_the_links(open_page):
    page, _ = open_page("study/")
    page.locator("[data-do=flip]").click()
    expect(page.get_by_role("link", name="Report a mistake")).to_be_visible()
    pages = {
        "study/": [".flash-entry"],
        "glossary/animals/": [".entry-links", ".page-edit"],
        "glossary/": [".page-edit"],
    }
    for address, places in pages.items():
        if not page.url.endswith(address):
            page.goto(address)
        assert_axe_is_content(page, places, ["link-name", "target-size"])


def test_a_thumb_hits_the_links_of_an_entry(open_page):
    page, _ = open_page("glossary/animals/")
    boxes = page.locator(".entry-links a").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 6
    for box in boxes:
        assert box["height"] >= 44 and box["right"] <= 360
