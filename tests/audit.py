"""Measures the built site against tests/budgets.toml: `make audit`.

The site is built for a sub-path, finished, and served as GitHub Pages would. One table is printed;
what breaks a budget is told below it, and then the exit code is 1.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import figure_runs
from browser import LAUNCH_ARGS, find
from conftest import ROOT, copy_project, run_builder
from pages_server import PagesServer
from pictures import PAGES, SIZES, WITH_CARDS, turn_last_card
from playwright.sync_api import sync_playwright
from turn import weigh

BUDGETS = tomllib.loads((ROOT / "tests/budgets.toml").read_text(encoding="utf-8"))
SHOWN = 20  # of what breaks one budget
WEIGHED = ("chapter", "study")
IN_LIGHTHOUSE = ("home", "chapter", "topic", "study")

# Which of the built site's files a budget is for.
PARTS = {
    "site-css": ("assets/site.css",),
    "offline-registration": ("assets/offline/offline.js",),
    "pictures": tuple(
        f"assets/cards/{name}"
        for name in ("numbers.js", "number-tables.js", "pictures.js", "pictures.css", "terms.js")
    ),
    "modes": tuple(f"assets/cards/{name}" for name in ("modes.js", "modes.css", "asks.js")),
    # The heaviest of them.
    "mode": tuple(f"assets/cards/{name}" for name in ("mode-type.js", "fields.js", "verdict.js")),
    "": ("assets/loader.js",),
}

# What markup is let off: rule, the elements concerned, and why.
ALLOWED = (
    # Firefox heeds it on a checkbox; without it an open drawer would be open again after a reload.
    ("valid-autocomplete", r"^#__(drawer|search)$"),
    # Search and palette answer as soon as one types or chooses: nothing is ever submitted.
    ("wcag/h32", r"^html > body > header > nav > .*form$"),
    # A figure follows its fields at once too; what it needs to say so comes with its script.
    ("wcag/h32", r"^#fig-\S+ > template > form$"),
    # A page's contents stand in the drawer and at the side, of which one shows at a time.
    (
        "unique-landmark",
        r"> main > div > div:nth-child\(2\) >|> nav > ul > li\S+ > nav > ul > li\S+ > nav",
    ),
)


@dataclass(frozen=True)
class Measure:
    """A line of the table, with what is to be mended where it breaks its budget."""

    what: str
    value: float
    budget: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def limit(self) -> str:
        rule = BUDGETS.get(self.budget, {})
        return next((f"{word} {rule[word]}" for word in ("most", "least") if word in rule), "")

    @property
    def kept(self) -> bool:
        rule = BUDGETS.get(self.budget, {})
        return rule.get("least", self.value) <= self.value <= rule.get("most", self.value)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="flashcards-audit-") as folder:
        project = copy_project(Path(folder, "project"))
        server = PagesServer(project / "site")
        build(project, server.url)
        measures = weights(project / "site") + figures(project / "site") + html(project / "site")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
            measures += pages(browser, server.url) + transfers(browser, server.url)
            measures += turns(browser, server.url)
            browser.close()
        measures += lighthouse(server.url)
        measures += started(Path(folder))
    return report(measures)


def started(folder: Path) -> list[Measure]:
    """How many tests fail in a new site of another deck, which shares what set-up has made here."""
    site, deck = folder / "started", folder / "animals.txt"
    deck.write_text("cat\tan animal that purrs\ndog\tan animal that barks\n", encoding="utf-8")
    start = [sys.executable, "-m", "macros", "start", str(deck), "--into", str(site)]
    subprocess.run(start, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    # An environment of its own, which looks for packages in the one here too.
    packages = Path(sysconfig.get_path("purelib"))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", site / ".venv"], check=True)
    (own,) = (site / ".venv").glob("**/site-packages")
    (own / "project.pth").write_text(f"{site}\n{packages}\n", encoding="utf-8")
    for tool in Path(sys.executable).parent.iterdir():
        if not (own_tool := site / ".venv/bin" / tool.name).exists():
            own_tool.symlink_to(tool)
    (site / "node_modules").symlink_to(ROOT / "node_modules")
    stamps = (".venv/made.stamp", ".venv/site.stamp", ".venv/tests.stamp", "node_modules/stamp")
    command = ["make", *(f"--old-file={stamp}" for stamp in stamps), "test"]
    run = subprocess.run(command, cwd=site, capture_output=True, text=True)
    faults = re.findall(r"(?m)^(?:FAILED|ERROR) .*", run.stdout)
    if run.returncode and not faults:
        faults = [run.stdout[-2000:] + run.stderr[-2000:]]
    return [Measure("failed tests of a new site of another deck", len(faults), "started", faults)]


def build(project: Path, url: str) -> None:
    os.environ.setdefault("REPOSITORY_URL", "https://github.com/example/llm-flashcards")
    os.environ.setdefault("REPOSITORY_COMMIT", "3f9a1c07be42d58e6a10f7c2b9d4e8135a6f0b7c")
    built = run_builder(project, url=url)
    if built.returncode:
        sys.exit(built.stdout)
    finish = [sys.executable, "-m", "macros", "finish", "site"]
    subprocess.run(finish, cwd=project, check=True, stdout=subprocess.DEVNULL)


def weights(site: Path) -> list[Measure]:
    """The kilobytes of our own parts, packed."""
    found = []
    for budget, patterns in PARTS.items():
        files = [file for pattern in patterns for file in sorted(site.glob(pattern))]
        size = sum(len(gzip.compress(file.read_bytes())) for file in files)
        names = ", ".join(patterns) if len(patterns) == 1 else f"{budget}, {len(files)} files"
        found.append(Measure(f"KB packed: {names}", round(size / 1024, 2), budget))
    return found


def figures(site: Path) -> list[Measure]:
    """The kilobytes of each figure that runs, packed, with what all share; and with its data."""
    folder, found = site / "assets/figures", []
    for name in figure_runs.NAMES:
        code = [folder / shared for shared in ("figure.js", "figure.css")]
        code += [file for file in folder.glob(f"{name}*") if is_part_of(name, file)]
        packed = {file.name: len(gzip.compress(file.read_bytes())) / 1024 for file in code}
        parts = [f"{size:5.2f} KB {file}" for file, size in packed.items()]
        data = sum(size for file, size in packed.items() if file.endswith(".json"))
        size = round(sum(packed.values()) - data, 2)
        found.append(Measure(f"KB packed: figure {name}", size, "figure", parts))
        if data:
            whole = round(size + data, 2)
            found.append(
                Measure(f"KB packed: figure {name}, its data", whole, "figure-data", parts)
            )
    return found


def is_part_of(name: str, file: Path) -> bool:
    """Whether a file belongs to the figure of that name: "lora-arithmetic.js" to "lora"."""
    owner = max(
        (each for each in figure_runs.NAMES if re.match(rf"{each}[-.]", file.name)), key=len
    )
    return owner == name


def html(site: Path) -> list[Measure]:
    """What html-validate finds in each page of the site."""
    # By way of a file: what it writes to a pipe it does not wait to see off.
    answer = site.parent / "html.json"
    command = ["npx", "--no-install", "html-validate", "--config", "tests/html-validate.mjs"]
    subprocess.run([*command, "--formatter", f"json={answer}", f"{site}/**/*.html"], cwd=ROOT)
    faults = [
        f"{Path(page['filePath']).relative_to(site)}:{fault['line']}:{fault['column']}: "
        f"{fault['message']} ({fault['ruleId']}) {fault['selector'] or ''}"
        for page in json.loads(answer.read_text(encoding="utf-8"))
        for fault in page["messages"]
        if not any(
            fault["ruleId"] == rule and re.search(where, fault["selector"] or "")
            for rule, where in ALLOWED
        )
    ]
    count = sum(1 for _ in site.rglob("*.html"))
    return [Measure(f"HTML errors in {count} pages", len(faults), "html", faults)]


def pages(browser, url: str) -> list[Measure]:
    """What axe, the console and the network tell of each kind of page, in all its looks."""
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    faults: dict[str, list[str]] = {name: [] for name in PAGES}
    said: list[str] = []
    foreign: list[str] = []
    for width, height in SIZES.items():
        for scheme in ("light", "dark"):
            view = {"width": width, "height": height}
            context = browser.new_context(base_url=url, viewport=view, color_scheme=scheme)
            listen(context, url, said, foreign)
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(path, wait_until="networkidle")
                look = f"{name}, {scheme}, {width} px"
                faults[name] += violations(page, axe, look)
                if name in WITH_CARDS:
                    turn_last_card(page)
                    faults[name] += violations(page, axe, f"{look}, turned")
            context.close()
    return [
        *(Measure(f"axe violations: {name}", len(faults[name]), "axe", faults[name]) for name in PAGES),
        Measure("Console messages on all of these", len(said), "console", said),
        Measure("Requests to others by all of these", len(foreign), "foreign-requests", foreign),
    ]  # fmt: skip


def listen(context, url: str, said: list[str], foreign: list[str]) -> None:
    def hear(message) -> None:
        # Chromium tells that a missing page is missing, which is what was asked for.
        is_the_404 = message.location["url"] == url + PAGES["missing"] and "404" in message.text
        if not is_the_404:
            said.append(f"{message.page.url}: {message.type}: {message.text}")

    def watch(request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(url).netloc:
            foreign.append(request.url)

    context.on("console", hear)
    context.on("weberror", lambda problem: said.append(f"{problem.page.url}: {problem.error}"))
    context.on("request", watch)


def violations(page, axe: str, look: str) -> list[str]:
    page.evaluate(axe)
    # Every rule that axe has, but for those of the level AAA and those it calls experiments.
    found = page.evaluate("axe.run().then((report) => report.violations)")
    return [
        f"{look}: {rule['help']} ({rule['id']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def transfers(browser, url: str) -> list[Measure]:
    """The kilobytes of a first visit to a page with a quiz, without what workers fetch behind it."""
    return [transfer(browser, url, name) for name in WEIGHED]


def transfer(browser, url: str, name: str) -> Measure:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(PAGES[name])
    page.locator("[data-do=flip]").last.wait_for()
    page.wait_for_timeout(2000)  # for what is fetched when the cards already stand
    sizes = []
    for request in requests:
        size = request.sizes()
        size = (size["responseBodySize"] + size["responseHeadersSize"]) / 1024
        sizes.append((size, request.url.removeprefix(url)))
    context.close()
    parts = [f"{size:5.1f} KB {path}" for size, path in sorted(sizes, reverse=True)]
    total = round(sum(size for size, _ in sizes), 1)
    return Measure(f"KB transferred: {name}, {len(sizes)} requests", total, "page", parts)


def turns(browser, url: str) -> list[Measure]:
    """The kilobytes of our files before the first turn, and at it, where they are most: by finger."""
    return [measure for name in WEIGHED for measure in turn(browser, url, name)]


def turn(browser, url: str, name: str) -> list[Measure]:
    view = {"width": 390, "height": 740}
    context = browser.new_context(base_url=url, viewport=view, has_touch=True, is_mobile=True)
    # Those of its own that an offline worker fetches would count twice.
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    before, at_it = weigh(context.new_page(), PAGES[name])
    context.close()
    return [
        Measure(
            f"KB packed {when} the first turn: {name}",
            round(sum(sizes.values()), 2),
            f"cards-{when}-turn",
            [f"{size:5.2f} KB {path}" for path, size in sorted(sizes.items())],
        )
        for when, sizes in (("before", before), ("at", at_it))
    ]


def lighthouse(url: str) -> list[Measure]:
    settings = {
        "chrome": find(),
        "flags": LAUNCH_ARGS,
        "urls": [url + PAGES[name] for name in IN_LIGHTHOUSE],
        "goal": BUDGETS["lighthouse-performance"]["least"],
    }
    command = ["node", "tests/lighthouse.mjs", json.dumps(settings)]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [
        Measure(
            f"Lighthouse {category}: {name}",
            score,
            f"lighthouse-{category}",
            [fault for fault in page["faults"] if fault.startswith(category)],
        )
        for name, page in zip(IN_LIGHTHOUSE, json.loads(ended.stdout), strict=True)
        for category, score in page["scores"].items()
    ]


def report(measures: list[Measure]) -> int:
    """Print the table, then what breaks a budget; returns the exit code."""
    print(f"{'':58}{'measured':>9}  budget")
    for measure in measures:
        broken = "" if measure.kept else "  BROKEN"
        print(f"{measure.what:58}{measure.value:>9}  {measure.limit:9}{broken}".rstrip())
    broken = [measure for measure in measures if not measure.kept]
    for measure in broken:
        print(f"\n{measure.what}: {measure.value}, budget {measure.limit} ({measure.budget})")
        print(f"  Why: {BUDGETS[measure.budget]['why']}.")
        for fault in measure.faults[:SHOWN]:
            print(f"  - {fault}")
        if (rest := len(measure.faults) - SHOWN) > 0:
            print(f"  - and {rest} more")
    names = ", ".join(dict.fromkeys(measure.budget for measure in broken))
    print(f"\nBroken budgets: {names}" if broken else "\nEvery budget is kept.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
