"""What the tests share: a built site, a server that stands in for GitHub Pages, a browser.

The process that starts the tests opens one server for each builder, at a port that is part of
the address the site is built for. Of pytest-xdist's workers the first that needs a site builds
it, in a copy of the project, where the others find it.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import engines
import pytest
from browser import LAUNCH_ARGS, find_for_tests
from pages_server import PagesServer
from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("mkdocs.yml", "cards.yaml", "docs", "macros", "overrides")
BUILDERS = {
    "mkdocs": ["-m", "mkdocs", "build", "--strict"],
    "zensical": ["-m", "zensical", "build", "--clean", "--strict"],
}
# Tests of behavior have a site with a deck of its own: whoever mends a card must not mend them too.
TRIAL = ROOT / "tests" / "trial"
SITES = {builder: builder for builder in BUILDERS} | {"trial": "mkdocs"}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
SHARED = "FLASHCARDS_TEST_RUN"  # the environment carries the folder and addresses to the workers


def pytest_configure(config):
    # Downloads carry a time, which must not differ between a project and its copies.
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    if SHARED in os.environ:
        return
    config.shared_folder = tempfile.mkdtemp(prefix="flashcards-")
    urls = {site: PagesServer(Path(config.shared_folder, site, "site")).url for site in SITES}
    os.environ[SHARED] = json.dumps({"folder": config.shared_folder, "urls": urls})


def pytest_unconfigure(config):
    if hasattr(config, "shared_folder"):
        shutil.rmtree(config.shared_folder, ignore_errors=True)
        del os.environ[SHARED]


def pytest_generate_tests(metafunc):
    """Give the tests of a module the site that its `SITE` names."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "builder" in metafunc.fixturenames and not any("builder" in mark.args[0] for mark in marks):
        site = getattr(metafunc.module, "SITE", "mkdocs")
        metafunc.parametrize(
            "builder", [site], indirect=True, ids=[pytest.HIDDEN_PARAM], scope="session"
        )


def pytest_report_header():
    return f"engines: {', '.join(engines.found())}"


def copy_project(folder: Path) -> Path:
    """Copy what a build reads into `folder`, where a test may change it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def copy_trial(folder: Path) -> Path:
    """Copy what a build of the trial site reads: the engine with that site's deck and pages."""
    copy_project(folder)
    shutil.rmtree(folder / "docs")
    shutil.copytree(TRIAL, folder, dirs_exist_ok=True)
    settings = (folder / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0]
    nav = (folder / "nav.yml").read_text(encoding="utf-8")
    (folder / "mkdocs.yml").write_text(f"{settings}\n{nav}", encoding="utf-8")
    return folder


def run_builder(project: Path, builder: str = "mkdocs", url: str = ""):
    """Build `project` into its folder `site` for the address `url`; return the ended process."""
    # `python -m` looks in the working folder first, so the copy's own `macros` is the one used.
    return subprocess.run(
        [sys.executable, *BUILDERS[builder]],
        cwd=project,
        env=os.environ | {"SITE_URL": url, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run_finish(project: Path, site: Path, *options: str):
    """Finish the built `site` of a project; return the ended process."""
    return subprocess.run(
        [sys.executable, "-m", "macros", "finish", str(site), *options],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="session")
def builder(request) -> str:
    """The site's name in SITES; `@pytest.mark.parametrize("builder", …, indirect=True)` changes it."""
    return request.param


def build_once(builder: str) -> tuple[Path, str]:
    """Build the site strictly and finish it, once in a run; return its folder, and its exit status and output."""
    shared = json.loads(os.environ[SHARED])
    project = Path(shared["folder"], builder)
    with open(f"{project}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log = Path(f"{project}.log")
        if not log.exists():
            (copy_trial if builder == "trial" else copy_project)(project)
            build = run_builder(project, SITES[builder], shared["urls"][builder])
            if build.returncode == 0:
                finished = run_finish(project, project / "site")
                assert finished.returncode == 0, finished.stdout
            log.write_text(f"exit {build.returncode}\n{build.stdout}", encoding="utf-8")
    return project / "site", log.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site(builder) -> Path:
    """The folder of the strictly built and finished site, for all tests of a run: read it, leave it as it is."""
    folder, output = build_once(builder)
    assert output.startswith("exit 0\n"), f"{builder} did not build the site: {output}"
    return folder


@pytest.fixture(scope="session")
def site_url(site, builder) -> str:
    """The address of the built site, with a slash at its end."""
    return json.loads(os.environ[SHARED])["urls"][builder]


@pytest.fixture(scope="session")
def chromium():
    """A real browser, for all tests of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_for_tests(), args=LAUNCH_ARGS)
        yield browser
        browser.close()


def watched(chromium, site_url, messages, **options):
    """Open a context; what its pages write to the console, raise or ask of others is noted."""

    def note_request(call):
        address = urlsplit(call.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(site_url).netloc:
            messages.append(f"request: {call.url}")

    def note_console(message):
        if message.type in ("error", "warning"):
            messages.append(f"console {message.type}: {message.text}")

    def note_error(problem):
        # What was on its way when a page was left fails nobody.
        if not problem.page or problem.page.url != "about:blank":
            messages.append(f"error: {problem.error}")

    context = chromium.new_context(base_url=site_url, **options)
    context.set_default_timeout(10_000)
    # What an offline worker keeps would make a test depend on what it has fetched by then.
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    context.on("request", note_request)
    context.on("console", note_console)
    context.on("weberror", note_error)
    return context


def assert_quiet(request, messages):
    expected = [pattern for mark in request.node.iter_markers("expects") for pattern in mark.args]
    surprises = [text for text in messages if not any(re.search(e, text) for e in expected)]
    if surprises:
        pytest.fail("The page was not quiet:\n" + "\n".join(surprises), pytrace=False)


@pytest.fixture(scope="session")
def used_contexts():
    """Contexts that tests have used and emptied, and what their pages had to tell, by what they were made with."""
    contexts = defaultdict(list)
    yield contexts
    for free in contexts.values():
        for context, _ in free:
            context.close()


@pytest.fixture
def new_page(chromium, site_url, request, used_contexts):
    """Opens pages, each in a context of its own made with the options given; nothing is stored in it.

    Fails the test when a page wrote to the console, raised an error or asked another origin for
    something, unless the test's marker `expects` has a pattern that is found in the message.
    """
    used = []

    def open_page(**options):
        name = (site_url, repr(sorted(options.items())))
        if used_contexts[name]:
            context, messages = used_contexts[name].pop()
        else:
            messages = []
            context = watched(chromium, site_url, messages, **options)
        used.append((name, context, messages))
        return context.new_page()

    yield open_page
    told = []
    for name, context, messages in used:
        # A test that sets the clock asks for a time zone too, and that clock would go on.
        if "timezone_id" not in name[1] and empty(context, site_url):
            used_contexts[name].append((context, messages))
        else:
            context.close()
        told += messages
        messages.clear()
    assert_quiet(request, told)


def empty(context, url: str) -> bool:
    """Close the pages of a context and delete what they have stored at `url`; tell whether that could be done."""
    try:
        context.unroute_all()
        page, *others = context.pages or [context.new_page()]
        for other in others:
            other.close()
        page.unroute_all()
        page.goto("about:blank")
        clear(page, url)
        page.close()
    except Error:
        return False
    return True


def clear(page, url: str) -> None:
    """Delete what pages at `url` have stored in the context of this one."""
    address = urlsplit(url)
    client = page.context.new_cdp_session(page)
    cleared = {"origin": f"{address.scheme}://{address.netloc}", "storageTypes": "all"}
    client.send("Storage.clearDataForOrigin", cleared)
    client.detach()


@pytest.fixture
def page(new_page):
    """A watched page of a laptop's size, at no address yet: `page.goto(site_url)`."""
    return new_page(**LAPTOP)


@pytest.fixture(scope="session")
def kept_pages():
    """The pages that a worker keeps, and what they had to tell, by what they were made with."""
    pages = {}
    yield pages
    for page, _ in pages.values():
        page.context.close()


@pytest.fixture
def keep_page(chromium, site_url, request, kept_pages):
    """Gives a page like `new_page`, which another test may have used; nothing is stored in it.

    To open a page in it takes a third of the time. What cannot be taken off a page again, such as a
    script that runs in it, needs one of its own.
    """
    used = []

    def give(**options):
        name = (site_url, *sorted(options.items()))
        if name not in kept_pages:
            messages = []
            context = watched(chromium, site_url, messages, **LAPTOP, **options)
            kept_pages[name] = (context.new_page(), messages)
        page, messages = kept_pages[name]
        clear(page, site_url)
        messages.clear()
        used.append(name)
        return page

    yield give
    for name in used:
        page, messages = kept_pages[name]
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        told = [*messages]
        # What is left open would go on working, beside the tests of others.
        page.goto("about:blank")
        assert_quiet(request, told)
