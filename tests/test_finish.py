"""What `python -m macros finish` writes into a built site: policy, manifest, list of what is kept."""

import base64
import gzip
import hashlib
import json
import re
import shutil
import struct
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest
from conftest import ROOT, run_finish
from pages_server import SUB_PATH
from test_large_deck import IDS, IN_PAGE, large_deck

from macros import quiz
from macros.exchange import downloads
from macros.finish import FinishError, finish
from macros.load import load
from macros.markup import ROOT as TOP

DECK = load(ROOT / "cards.yaml")
both_builders = pytest.mark.parametrize("builder", ["mkdocs", "zensical"], indirect=True)
PAGE = (
    '<!doctype html>\n<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>\n'
)
RUNS = {None, "", "module", "text/javascript", "importmap"}


def trees(site):
    """Each page of a site by its path, read as a browser reads it."""
    return {
        file.relative_to(site).as_posix(): html5lib.parse(
            file.read_bytes(), namespaceHTMLElements=False
        )
        for file in sorted(site.rglob("*.html"))
    }


def policies(tree):
    """The policies of a page: for each, its directives and their values."""
    metas = [m for m in tree.iter("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    return [
        {name: values for name, *values in map(str.split, meta.get("content").split(";"))}
        for meta in metas
    ]


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline_scripts(tree):
    return [
        script.text or ""
        for script in tree.iter("script")
        if script.get("src") is None and script.get("type") in RUNS
    ]


def release(site):
    first = (site / "sw.js").read_text(encoding="utf-8").partition("\n")[0]
    return json.loads(first.removeprefix("self.RELEASE = ").removesuffix(";"))


def contents(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.fixture
def small(tmp_path):
    """A tiny built site: two pages, and the parts that every site of ours has."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "overrides/assets", site / "assets")
    script = '<script src="{root}assets/offline/offline.js" type="module"></script>'
    pages = {
        "index.html": PAGE.format(head=script.format(root=""), body="<script>one()</script>"),
        "a/b/index.html": PAGE.format(
            head=script.format(root="../../"), body="<script>two()\r\n</script>"
        ),
    }
    for path, text in pages.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8", newline="")
    return site


# The policy


@both_builders
def test_the_policy_of_every_page_allows_the_scripts_of_all_pages_and_no_more(site):
    pages = trees(site)
    wanted = {digest(text) for tree in pages.values() for text in inline_scripts(tree)}
    assert len(wanted) > 2
    for path, tree in pages.items():
        (policy,) = policies(tree)
        assert set(policy["script-src"]) == {"'self'"} | wanted, path
        assert not any("unsafe" in value or "*" in value for v in policy.values() for value in v)
        assert policy["default-src"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == policy["form-action"] == ["'none'"]


@both_builders
def test_the_policy_comes_before_all_that_it_governs_and_the_charset_first_of_all(site):
    for path, tree in trees(site).items():
        head = [(element.tag, element.get("http-equiv")) for element in tree.find("head")]
        assert head[:2] == [("meta", None), ("meta", "Content-Security-Policy")], path
        assert b"charset" in (site / path).read_bytes()[:1024]


@both_builders
def test_no_page_has_styles_or_handlers_that_the_policy_forbids(site):
    for path, tree in trees(site).items():
        (policy,) = policies(tree)
        for element in tree.iter():
            if isinstance(element.tag, str):
                assert not [name for name in element.attrib if name.startswith("on")], path
                assert element.get("style") is None, path
        assert {digest(style.text) for style in tree.iter("style")} <= set(policy["style-src"])


def test_the_policy_hashes_what_a_browser_reads(small):
    tricky = "<script>if (a < b && '</' + 'script>') { \"ü\" }\n\n</script>"
    head = (
        "<script data-src=x>data()</script><script type=module>mod()</script>"
        '<script type="application/ld+json">{}</script><script src=x.js></script>'
        "<style>p{color:red}</style>"
    )
    (small / "c.html").write_text(PAGE.format(head=head, body=tricky), encoding="utf-8")
    finish(small, DECK)
    expected = ["one()", "two()\n", "data()", "mod()"]
    expected.append(tricky.removeprefix("<script>").removesuffix("</script>"))
    for tree in trees(small).values():
        (policy,) = policies(tree)
        assert set(policy["script-src"]) == {"'self'"} | {digest(text) for text in expected}
        assert policy["style-src"] == ["'self'", digest("p{color:red}")]


@pytest.mark.expects("status of 404")
@both_builders
def test_no_page_breaks_the_policy(new_page, site_url, builder):
    page = new_page()
    page.add_init_script("""
      window.broken = [];
      addEventListener("securitypolicyviolation", (event) =>
        window.broken.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
    """)
    for address in ("", "learn/", "learn/peft/", "glossary/peft/", "corrections/", "no/such/"):
        page.goto(site_url + address)
        page.locator("h1").first.wait_for()
        assert page.evaluate("window.broken") == [], address
    # What comes to life under the reader's hand: glossary's box, palette, search, links, cards.
    page.goto(site_url + "glossary/")
    word = re.findall(r"\w+", load(ROOT / "cards.yaml").cards[0].term)[0]
    page.get_by_label("Find a term").fill(word)
    page.locator("[data-md-component=palette] label:visible").click()
    page.evaluate("window.same = true")
    if builder == "mkdocs":
        page.locator(".md-search__input").click()
        page.keyboard.type(word)
        page.locator(".md-search-result__link").first.click()
    else:
        page.locator(".md-search__button:visible").click()
        page.get_by_role("combobox").fill(word)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Escape")
    page.locator(".md-tabs").get_by_role("link", name="Study").click()
    page.locator("flash-deck [data-do=flip]").click()
    page.locator("flash-card[data-side=back]").wait_for()
    assert page.evaluate("window.same")
    assert page.evaluate("window.broken") == []


# The links in each page, and the manifest


@both_builders
def test_every_page_leads_to_the_manifest_and_names_the_worker(site, site_url):
    for path, tree in trees(site).items():
        here = "anywhere/at/all/" if path == "404.html" else path
        (link,) = [link for link in tree.iter("link") if link.get("rel") == "manifest"]
        (meta,) = [meta for meta in tree.iter("meta") if meta.get("name") == "offline-worker"]
        assert urljoin(site_url + here, link.get("href")) == site_url + "site.webmanifest"
        assert urljoin(site_url + here, meta.get("content")) == site_url + "sw.js"


@both_builders
def test_the_manifest_is_of_this_deck_and_its_icons_have_the_sizes_said(site):
    manifest = json.loads((site / "site.webmanifest").read_text(encoding="utf-8"))
    assert manifest["name"] == DECK.deck.title
    assert manifest["start_url"] == manifest["scope"] == "./"
    assert manifest["display"] == "standalone"
    sizes = set()
    for icon in manifest["icons"]:
        file = site / icon["src"]
        assert file.is_file()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", file.read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
            sizes.add(width)
    assert {192, 512} <= sizes


# What is kept


@both_builders
def test_all_that_a_page_refers_to_is_kept_and_nothing_that_is_not_needed(site):
    kept = release(site)["files"]
    base = f"https://a.example{SUB_PATH}"
    made = {each.path(DECK) for each in downloads.FORMATS}
    assert not made & set(kept)
    for path, tree in trees(site).items():
        if path in made:
            continue
        assert path in kept
        for element in tree.iter():
            for name in ("src", "href"):
                address = element.get(name)
                if element.get("rel") == "canonical" or not address:
                    continue
                url = urlsplit(urljoin(base + path, address))
                if url.netloc != "a.example" or url.path == SUB_PATH + "sw.js":
                    continue
                file = unquote(url.path.removeprefix(SUB_PATH))
                file += "index.html" if file.endswith("/") or not file else ""
                assert file in kept or file in made, f"{path}: {address}"
    for path in kept:
        for module in re.findall(r'\b(?:from|import)\s*\(?"(\.[^"]+)"', script_of(site, path)):
            assert urljoin(path, module) in kept
    assert any("workers/search" in path for path in kept)
    assert {"sitemap.xml", "site.webmanifest", "404.html"} <= set(kept)
    unneeded = ("sw.js", ".map", "/worker.js", "/preview.png", "favicon.png", "/lunr", ".gz")
    assert not [path for path in kept if any(part in path for part in unneeded)]
    assert sum((site / path).stat().st_size for path in kept) < 3_000_000


def script_of(site, path):
    ours = path.endswith(".js") and "/javascripts/" not in path
    return (site / path).read_text(encoding="utf-8") if ours else ""


@both_builders
def test_each_kept_file_is_known_by_its_content(site):
    for path, known_by in release(site)["files"].items():
        assert hashlib.sha256((site / path).read_bytes()).hexdigest().startswith(known_by)
        assert len(known_by) == 16


def test_the_cache_is_named_by_the_deck(site):
    assert release(site)["cache"] == f"flash-{DECK.deck.id}"
    assert release(site)["replace"] is False


def test_what_a_page_style_or_script_names_is_kept(small):
    for name in ("word.mp3", "größe.png", "rule.png", "late.css", "unused.png"):
        (small / "assets" / name).write_bytes(b"x")
    body = '<audio src="../assets/word.mp3"></audio><img src="../assets/gr%C3%B6%C3%9Fe.png?x">'
    (small / "c.html").write_text(PAGE.format(head="", body=body), encoding="utf-8")
    (small / "more.css").write_text("p{background:url('assets/rule.png')}", encoding="utf-8")
    (small / "assets" / "late.js").write_text('x(new URL("late.css", import.meta.url).href)')
    finish(small, DECK)
    kept = release(small)["files"]
    named = {"word.mp3", "größe.png", "rule.png", "late.css"}
    assert {f"assets/{name}" for name in named} <= set(kept)
    assert "assets/unused.png" not in kept


def test_the_search_of_another_language_keeps_its_words(small):
    words = small / "assets/javascripts/lunr/min"
    words.mkdir(parents=True)
    for language in ("de", "fr", "stemmer.support"):
        (words / f"lunr.{language}.min.js").write_text("")
    (small / "search").mkdir()
    for languages, expected in ((["en"], set()), (["de"], {"de", "stemmer.support"})):
        index = {"config": {"lang": languages}, "docs": []}
        (small / "search/search_index.json").write_text(json.dumps(index))
        finish(small, DECK)
        kept = {Path(path).name for path in release(small)["files"] if "/lunr/" in path}
        assert kept == {f"lunr.{name}.min.js" for name in expected}


# A long study page


CARDS = re.compile(r"<flash-card\b.*?</flash-card>", re.DOTALL)
ASKS = re.compile(r'<template class="flash-asks">(.*?)</template>', re.DOTALL)


def with_study_page(site, folder, path="study/index.html", **deck):
    """Add the study page of a large deck to a site; return its HTML as it was built."""
    (folder / "cards.yaml").write_text(large_deck(**deck), encoding="utf-8")
    body = quiz.study(load(folder / "cards.yaml")).replace(TOP, "../" * path.count("/"))
    (site / path).parent.mkdir(exist_ok=True)
    (site / path).write_text(PAGE.format(head="", body=body), encoding="utf-8")
    return body


def cards_beside(page, folder):
    """The cards that a page has put into files in `folder`: their ids as listed, their HTML."""
    html = page.read_text(encoding="utf-8")
    address = re.search(r'<flash-deck data-rest="([^"]+)"', html)[1]
    assert (page.parent / address).parent == folder
    listed = json.loads((page.parent / address).read_text(encoding="utf-8"))
    ids = [card.split()[0] for part in listed for card in part["cards"]]
    files = [json.loads((folder / part["file"]).read_text(encoding="utf-8")) for part in listed]
    assert [id for file in files for id in file] == ids
    return ids, [html for file in files for html in file.values()]


def without_asks(cards):
    return [ASKS.sub("", card) for card in cards]


def asks_beside(page):
    """What a page has put into a file beside it to ask with, by card."""
    (address,) = set(re.findall(r'<flash-deck [^>]*data-asks="([^"]+)"', page.read_text("utf-8")))
    return json.loads((page.parent / address).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("study/index.html", "study/cards"),
        ("study.html", "study/cards"),
        ("index.html", "cards"),
    ],
)
def test_what_a_long_page_loses_stands_beside_it(small, tmp_path, path, folder):
    before = CARDS.findall(with_study_page(small, tmp_path, path))
    finish(small, DECK)
    ids, cards = cards_beside(small / path, small / folder)
    assert ids == IDS[IN_PAGE:]
    after = CARDS.findall((small / path).read_text(encoding="utf-8"))
    # Nothing else of a card is changed: its links lead from the page, in which it is shown. What it
    # is asked with goes from those that stay.
    assert [*after, *cards] == [*without_asks(before[:IN_PAGE]), *before[IN_PAGE:]]
    kept = set(release(small)["files"])
    assert {f"{folder}/{file.name}" for file in (small / folder).iterdir()} <= kept


def test_the_list_says_by_what_a_card_is_chosen_and_the_page_what_it_was_called(small, tmp_path):
    fields = {60: ", tags: [rare, odd], formerly: [old, older]", 3: ", formerly: [first]"}
    with_study_page(small, tmp_path, fields=fields)
    finish(small, DECK)
    (first, _) = json.loads((small / "study/cards/index.json").read_text(encoding="utf-8"))
    assert first["cards"][9] == "card-59 early"
    assert first["cards"][10] == "card-60 early rare odd"
    page = (small / "study/index.html").read_text(encoding="utf-8")
    assert re.search(r'data-renamed="([^"]*)"', page)[1] == "old:card-60 older:card-60"


def test_a_deck_of_fifty_stays_in_its_page(small, tmp_path):
    before = CARDS.findall(with_study_page(small, tmp_path, count=IN_PAGE))
    finish(small, DECK)
    page = (small / "study/index.html").read_text(encoding="utf-8")
    assert CARDS.findall(page) == without_asks(before)
    assert not (small / "study/cards").exists()


def test_what_cards_are_asked_with_stands_beside_their_page_and_is_kept(small, tmp_path):
    before = CARDS.findall(with_study_page(small, tmp_path, count=IN_PAGE))
    finish(small, DECK)
    asks = asks_beside(small / "study/index.html")
    assert list(asks) == IDS[:IN_PAGE]
    assert list(asks.values()) == [ASKS.search(card)[1] for card in before]
    assert any(re.fullmatch(r"study/asks\.\w{16}\.json", path) for path in release(small)["files"])


def test_only_the_study_page_is_shortened(small, tmp_path):
    with_study_page(small, tmp_path)
    body = quiz.quiz(load(tmp_path / "cards.yaml"))
    (small / "quiz.html").write_text(PAGE.format(head="", body=body), encoding="utf-8")
    finish(small, DECK)
    after = CARDS.findall((small / "quiz.html").read_text(encoding="utf-8"))
    assert after == without_asks(CARDS.findall(body))


def test_a_file_of_cards_has_another_name_when_a_card_in_it_has_another_text(small, tmp_path):
    names = []
    for more in ({}, {60: " And more."}):
        with_study_page(small, tmp_path, more=more)
        finish(small, DECK)
        listed = json.loads((small / "study/cards/index.json").read_text(encoding="utf-8"))
        names.append([part["file"] for part in listed])
    (first, second), (changed, same) = names
    assert (first != changed, second == same) == (True, True)


def test_what_a_card_beside_its_page_names_is_kept(small, tmp_path):
    (tmp_path / "docs/assets").mkdir(parents=True)
    for folder in (tmp_path / "docs/assets", small / "assets"):
        (folder / "word.mp3").write_bytes(b"x")
    with_study_page(small, tmp_path, more={60: " ![said aloud](assets/word.mp3)"})
    for _ in range(2):
        finish(small, DECK)
        assert "assets/word.mp3" in release(small)["files"]
        assert "word.mp3" not in (small / "study/index.html").read_text(encoding="utf-8")


def test_a_long_page_that_is_finished_twice_is_as_finished_once(small, tmp_path):
    with_study_page(small, tmp_path)
    finish(small, DECK)
    once = contents(small)
    finish(small, DECK)
    assert contents(small) == once


# The command


@both_builders
def test_finishing_twice_is_finishing_once(site, tmp_path):
    again = Path(shutil.copytree(site, tmp_path / "again"))
    assert run_finish(ROOT, again).returncode == 0
    assert contents(again) == contents(site)
    assert run_finish(ROOT, again, "--replace").returncode == 0
    assert release(again)["replace"] is True
    assert run_finish(ROOT, again).returncode == 0
    assert contents(again) == contents(site)


def test_a_page_in_another_encoding_stops_it_with_nothing_changed(small):
    (small / "z.html").write_bytes("<head>\xe9</head>".encode("latin-1"))
    before = contents(small)
    with pytest.raises(FinishError, match=r"z\.html: .* UTF-8"):
        finish(small, DECK)
    assert contents(small) == before


def test_a_failure_in_the_middle_leaves_whole_files(small, monkeypatch):
    before, replaced = contents(small), []

    def full_disk(self, target):
        if replaced:
            raise OSError("no space left on device")
        replaced.append(target)
        return original(self, target)

    original = Path.replace
    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        finish(small, DECK)
    monkeypatch.undo()
    assert set(contents(small)) == set(before)
    finish(small, DECK)
    (page_policies,) = {str(policies(tree)) for tree in trees(small).values()}
    assert page_policies.count("script-src") == 1


def test_a_file_without_a_head_stays_as_it_is(small):
    proof = small / "google1234.html"
    proof.write_text("google-site-verification: google1234.html")
    finish(small, DECK)
    assert proof.read_text() == "google-site-verification: google1234.html"


def test_what_is_no_built_site_is_refused(tmp_path, small):
    ended = run_finish(ROOT, tmp_path / "nowhere")
    assert ended.returncode == 1
    assert "nowhere: no built site is in it (index.html is missing)" in ended.stdout
    (small / "assets/offline/worker.js").unlink()
    ended = run_finish(ROOT, small)
    assert (ended.returncode, "Traceback" in ended.stdout) == (1, False)
    assert "assets/offline/worker.js is missing" in ended.stdout
    assert run_finish(ROOT, small, "--unknown").returncode == 2


def test_it_says_what_it_did_and_wants_a_deck(small, tmp_path):
    ended = run_finish(ROOT, small)
    assert ended.returncode == 0
    assert re.fullmatch(r"finished: 2 pages, 2 hashes, \d+ files, 8 downloads\n", ended.stdout)
    (tmp_path / "empty").mkdir()
    shutil.copytree(ROOT / "macros", tmp_path / "empty/macros")
    ended = run_finish(tmp_path / "empty", small)
    assert (ended.returncode, "Traceback" in ended.stdout) == (1, False)
    assert "cards.yaml" in ended.stdout


def test_the_registration_weighs_at_most_a_kilobyte():
    script = (ROOT / "overrides/assets/offline/offline.js").read_bytes()
    assert len(gzip.compress(script)) <= 1024
