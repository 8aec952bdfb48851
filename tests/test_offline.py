"""The site without its server: what it keeps, how a new version comes, and how an old one goes.

Each test has a copy of the site at an address of its own, which it stops, changes and starts again.
"""

import re
import shutil
from pathlib import Path

import pytest
from conftest import copy_trial, run_builder, run_finish
from pages_server import PagesServer
from playwright.sync_api import expect

HOME = "Learn how large language models are made"
OFFER = "A new version of this site is ready."

CONTROLLED = """async () => {
  const workers = navigator.serviceWorker;
  if (!workers.controller) await new Promise((done) => (workers.oncontrollerchange = done));
}"""
# Looks for a new version, and tells what became of it once that is settled.
UPDATE = """async () => {
  const site = await navigator.serviceWorker.getRegistration();
  await site.update();
  const coming = site.installing;
  if (!coming) return site.waiting ? "installed" : "none";
  return new Promise((done) => coming.addEventListener("statechange", () => done(coming.state)));
}"""
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) kept.push(url);
  return kept.sort();
}"""
REGISTRATIONS = """async () => {
  const all = await navigator.serviceWorker.getRegistrations();
  return [all.length, await caches.keys()];
}"""
GET = """async ([address, headers]) => {
  const answer = await fetch(address, { headers });
  const body = await answer.text();
  return [answer.status, body, answer.headers.get("Content-Range")];
}"""


class Host:
    """A finished site at an address of its own."""

    def __init__(self, project: Path, site: Path, port: int):
        self.project, self.site, self.port = project, site, port
        self.start()
        self.url = self.server.url

    def start(self):
        self.server = PagesServer(self.site, self.port)

    def stop(self):
        self.server.stop()

    def change(self, path, old, new):
        file = self.site / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def finish(self, *options):
        ended = run_finish(self.project, self.site, *options)
        assert ended.returncode == 0, ended.stdout

    def release(self, heading, *options):
        """Publish a new version with another heading on its home page."""
        self.change("index.html", f"{HOME}<", f"{heading}<")
        self.finish(*options)

    def files(self):
        """What the worker of the published version says that it keeps."""
        line = (self.site / "sw.js").read_text(encoding="utf-8").partition("\n")[0]
        return dict(re.findall(r'"([^"]+)": "([0-9a-f]{16})"', line))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project built and finished for a port of its own: pages are navigated to instantly at no other."""
    project = copy_trial(tmp_path_factory.mktemp("offline") / "project")
    server = PagesServer(project / "site")
    server.stop()
    build = run_builder(project, url=server.url)
    assert build.returncode == 0, build.stdout
    finished = run_finish(project, project / "site")
    assert finished.returncode == 0, finished.stdout
    return project, server.server_port


@pytest.fixture
def host(built, tmp_path):
    project, port = built
    site = Path(shutil.copytree(project / "site", tmp_path / "site"))
    host = Host(project, site, port)
    yield host
    host.stop()


@pytest.fixture
def context(chromium, host):
    context = chromium.new_context(base_url=host.url)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def reader(context):
    """A page of a reader who has been at the home page, so that the site is kept."""
    page = context.new_page()
    page.goto("")
    page.evaluate(CONTROLLED)
    return page


def heading(page):
    return page.locator("h1")


def logo_is_there(page):
    image = page.locator(".md-header .md-logo img")
    return image.evaluate("(image) => image.decode().then(() => true)")


def offer(page):
    return page.get_by_role("status").filter(has_text=OFFER)


def show_it(page):
    return page.get_by_role("button", name="Show it")


# With the server dead


def test_the_whole_site_is_there_with_the_server_dead(host, reader):
    errors = []
    reader.on("console", lambda said: said.type == "error" and errors.append(said.location["url"]))
    host.stop()
    reader.reload()
    expect(heading(reader)).to_contain_text(HOME)
    assert logo_is_there(reader)

    # Chapters and glossary, by links and without loading a page anew.
    reader.evaluate("window.same = true")
    tabs = reader.locator(".md-tabs")
    tabs.get_by_role("link", name="Learn").click()
    reader.locator("main").get_by_role("link", name="PEFT").first.click()
    expect(heading(reader)).to_contain_text("PEFT")
    deck = reader.locator("flash-deck")
    deck.locator("[data-do=flip]").click()
    expect(deck.locator("flash-card:visible")).to_have_attribute("data-side", "back")
    tabs.get_by_role("link", name="Glossary").click()
    reader.get_by_label("Find a term").fill("adaptation low")
    expect(reader.get_by_text("1 term")).to_be_visible()
    assert reader.evaluate("window.same")

    # Search.
    reader.keyboard.press("Escape")
    reader.locator(".md-search__input").click()
    reader.keyboard.type("greedy")
    found = reader.locator(".md-search-result__link")
    expect(found.first).to_be_visible()
    assert any("greedy" in address for address in found.evaluate_all("all => all.map(a => a.href)"))

    # Addresses with a question, without their slash, with a name, and of no page.
    for address in ("study/?topic=peft", "glossary", "glossary/peft/#lora", "index.html"):
        answer = reader.goto(host.url + address)
        assert (answer.status, reader.title()) != (404, ""), address
        assert "There is no page" not in heading(reader).inner_text()
    assert reader.goto(host.url + "glossary").url == host.url + "glossary/"
    assert {url.rpartition("/")[2] for url in errors} <= {"sw.js"}  # the look for a new version
    assert reader.goto(host.url + "no/such/page/").status == 404
    expect(heading(reader)).to_contain_text("There is no page at this address")
    assert logo_is_there(reader)


def test_every_page_is_there_with_the_server_dead(host, reader):
    host.stop()
    for path in host.files():
        if path.endswith(".html"):
            status, body, _ = reader.evaluate(GET, [host.url + path, {}])
            assert (status, body) == (200, (host.site / path).read_text(encoding="utf-8")), path


def test_names_of_any_letters_and_parts_of_files_are_answered(context, host):
    name = "größe 1+1=2, 100% #1?.svg"
    shutil.copy(host.site / "assets/mark.svg", host.site / "assets" / name)
    quoted = "gr%C3%B6%C3%9Fe%201+1=2,%20100%25%20%231%3F.svg"
    host.change("index.html", "</body>", f'<img src="assets/{quoted}"></body>')
    host.finish()
    page = context.new_page()
    page.goto("")
    page.evaluate(CONTROLLED)
    assert page.evaluate(GET, ["no/%ff%", {}])[0] == 404
    host.stop()
    text = (host.site / "assets/mark.svg").read_text(encoding="utf-8")
    size = len(text.encode())
    for address in (quoted, quoted.lower(), quoted + "?size=2"):
        assert page.evaluate(GET, [f"assets/{address}", {}])[:2] == [200, text]

    def part(range):
        return page.evaluate(GET, ["assets/mark.svg", {"Range": range}])

    assert part("bytes=0-3") == [206, text[:4], f"bytes 0-3/{size}"]
    assert part("bytes=10-") == [206, text[10:], f"bytes 10-{size - 1}/{size}"]
    assert part(f"bytes={size}-") == [416, "", f"bytes */{size}"]


def test_what_others_keep_at_the_same_origin_stays(host, reader):
    others = ["flash-llm-modeling http://127.0.0.1/elsewhere/", "another's"]
    reader.evaluate("(names) => Promise.all(names.map((name) => caches.open(name)))", others)
    host.release("A new home")
    assert reader.evaluate(UPDATE) == "installed"
    show_it(reader).click()
    expect(heading(reader)).to_contain_text("A new home")
    names = reader.evaluate("caches.keys()")
    assert set(others) < set(names) and len(names) == 3
    assert [name for name in names if name.endswith(f" {host.url}")]


# A new version


def test_a_new_version_waits_until_the_reader_takes_it(host, reader):
    before = host.files()
    host.stop()
    host.change("learn/peft/index.html", "<title>", "<title>Anew: ")
    host.release("A new home")
    host.start()
    reader.reload()
    expect(offer(reader)).to_have_count(1)

    # Until then it is all of the old version, and the offer stays where pages come and go.
    reader.evaluate(UPDATE)
    reader.locator(".md-tabs").get_by_role("link", name="Study").click()
    expect(heading(reader)).to_contain_text("Study")
    expect(offer(reader)).to_have_count(1)
    assert reader.get_by_role("button", name="Show it").count() == 1
    reader.goto(host.url + "learn/peft/")
    assert not reader.title().startswith("Anew")
    reader.goto(host.url)
    expect(heading(reader)).to_contain_text(HOME)
    expect(show_it(reader)).to_be_visible()

    reader.keyboard.press("Shift+Tab")  # from the top of a page to its end
    reader.keyboard.press("Shift+Tab")
    expect(show_it(reader)).to_be_focused()
    reader.keyboard.press("Enter")
    expect(heading(reader)).to_contain_text("A new home")
    expect(offer(reader)).to_have_count(0)
    after = host.files()
    assert sorted(before) == sorted(after)
    assert reader.evaluate(KEPT) == sorted(f"{host.url}{path}?{after[path]}" for path in after)
    host.stop()
    reader.goto(host.url + "learn/peft/")
    assert reader.title().startswith("Anew")


def test_an_offer_can_wait(host, reader):
    host.release("A new home")
    assert reader.evaluate(UPDATE) == "installed"
    reader.get_by_role("button", name="Later").click()
    expect(offer(reader)).to_have_count(0)
    reader.reload()
    expect(heading(reader)).to_contain_text(HOME)
    expect(show_it(reader)).to_be_visible()


def test_another_window_is_told_and_keeps_its_page(host, reader, context):
    other = context.new_page()
    other.goto(host.url)
    other.evaluate("window.same = true")
    host.release("A new home")
    assert reader.evaluate(UPDATE) == "installed"
    show_it(reader).click()
    expect(heading(reader)).to_contain_text("A new home")
    expect(heading(other)).to_contain_text(HOME)
    assert other.evaluate("window.same")
    show_it(other).click()
    expect(heading(other)).to_contain_text("A new home")


def test_while_a_version_is_being_published_the_old_one_stays(host, reader):
    host.change("study/index.html", "<title>", "<title>Early: ")
    host.release("A new home")
    host.change("study/index.html", "<title>Early: ", "<title>")  # has not arrived yet
    assert reader.evaluate(UPDATE) == "redundant"
    assert HOME in reader.evaluate(GET, [host.url, {}])[1]
    host.change("study/index.html", "<title>", "<title>Early: ")
    assert reader.evaluate(UPDATE) == "installed"
    show_it(reader).click()
    expect(heading(reader)).to_contain_text("A new home")


def test_a_broken_version_is_replaced_unasked(host, reader):
    reader.locator(".md-tabs").get_by_role("link", name="Study").click()
    expect(heading(reader)).to_contain_text("Study")
    reader.goto(host.url)
    host.release("A mended home", "--replace")
    with reader.expect_navigation():
        reader.evaluate(
            "() => void navigator.serviceWorker.getRegistration().then(s => s.update())"
        )
    expect(heading(reader)).to_contain_text("A mended home")
    expect(offer(reader)).to_have_count(0)


def test_who_comes_anew_to_a_mended_version_is_left_in_peace(host, context):
    host.release("A mended home", "--replace")
    page = context.new_page()
    page.goto("")
    page.evaluate("window.same = true")
    page.evaluate(CONTROLLED)
    page.evaluate("navigator.serviceWorker.ready")
    assert page.evaluate("window.same")


# A site without a worker


def test_a_site_whose_worker_is_gone_takes_it_from_its_readers(host, reader):
    reader.evaluate("caches.open('another\\'s')")
    (host.site / "sw.js").unlink()
    reader.reload()
    wait_for_none(reader)
    host.change("index.html", f"{HOME}<", "A new home<")
    reader.reload()
    expect(heading(reader)).to_contain_text("A new home")


def test_a_page_that_names_no_worker_takes_it_away(host, reader):
    reader.evaluate("caches.open('another\\'s')")
    page = (host.site / "about/index.html").read_text(encoding="utf-8")
    page = re.sub(r'<meta name="offline-worker"[^>]*>', "", page)
    (host.site / "new").mkdir()
    (host.site / "new/index.html").write_text(page, encoding="utf-8")
    reader.goto(host.url + "new/")
    wait_for_none(reader)


def wait_for_none(page):
    """Wait until no worker is left, and nothing kept but what is another's."""
    page.evaluate(f"""async () => {{
      const state = {REGISTRATIONS};
      while (JSON.stringify(await state()) !== '[0,["another\\'s"]]')
        await new Promise((next) => setTimeout(next, 20));
    }}""")


# Without a server from the start


def test_a_page_opened_from_a_file_manager_reads_well(chromium, host):
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((host.site / "learn/peft/index.html").as_uri())
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 24, 28)")
    cards = page.locator("flash-deck summary")
    assert cards.count() == 3
    for card in cards.all():  # all at once after four seconds, since no module runs from a file
        expect(card).to_be_visible(timeout=8000)
        card.click()
    assert page.locator("flash-deck .flash-answer:visible").count() == 3
    assert logo_is_there(page)
    context.close()
