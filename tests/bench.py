"""Measures what an author and a learner wait for against tests/budgets.toml: `make bench`.

`check` runs on decks of thousands of cards, well and with a fault in each. Then a site of a thousand
cards is served beside one whose same pages are written by hand in Markdown, and a change is timed
from saving it to the page that shows it. What a learner waits for is in bench_record.py and bench_figures.py. One table is
printed; where a budget is broken the exit code is 1.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from audit import Measure, report
from bench_exchange import ways_out_and_in
from bench_figures import steps
from bench_record import studies
from conftest import ROOT
from generated_deck import CARD, FAULTS, TOPICS, deck, name
from small_project import small_project

SERVED = 1000  # cards of the sites that are served
PATIENCE = 120  # seconds


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="flashcards-bench-") as folder:
        measures = checks(Path(folder, "check")) + serves(Path(folder, "serve"))
        measures += ways_out_and_in(Path(folder, "out"))
        measures += studies(Path(folder, "study"))
        measures += steps(Path(folder, "figures"))
    return report(measures)


def checks(folder: Path) -> list[Measure]:
    """The seconds and the memory that `check` takes."""
    glossary = folder / "docs/glossary"
    glossary.mkdir(parents=True)
    for n in range(TOPICS):
        (glossary / f"topic-{n}.md").write_text(f'{{{{ glossary("topic-{n}") }}}}', "utf-8")
    kinds = list(FAULTS)
    runs = [
        ("2,000 cards", deck(2000), 0, "check-2000"),
        ("10,000 cards", deck(10_000), 0, "check-10000"),
        ("a fault in each of 10,000", deck(10_000, lambda n: kinds[n % 5]), 1, "check-faults"),
        (
            "10,000 that do not parse",
            deck(10_000).replace("hint: ", "hint: a: "),
            1,
            "check-faults",
        ),
    ]
    found = []
    for what, text, status, budget in runs:
        (folder / "cards.yaml").write_text(text, encoding="utf-8")
        seconds, megabytes, ended, told = check(folder)
        wrong = [f"exit {ended}, {told} problems"] if ended != status else []
        found.append(Measure(f"s: check of {what}, {told} problems", seconds, budget, wrong))
        if budget == "check-10000":
            found.append(Measure(f"MB: check of {what}, at the most", megabytes, "check-memory"))
        if wrong:
            found.append(Measure(f"Wrong end: check of {what}", 1, "check-end", wrong))
    return found


def check(folder: Path) -> tuple[float, int, int, int]:
    """The seconds, megabytes and exit status of one `check`, and how many problems it told."""
    with open(folder / "told", "wb") as told:
        started = subprocess.Popen(
            [sys.executable, "-m", "macros", "check"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=told,
        )
        _, status, used = os.wait4(started.pid, 0)
    # Of the processor, which is all that it uses: what else the machine does should not count.
    seconds = round(used.ru_utime + used.ru_stime, 2)
    kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    lines = (folder / "told").read_bytes().count(b"\n")
    return seconds, round(kilobytes / 1024), os.waitstatus_to_exitcode(status), lines


def serves(folder: Path) -> list[Measure]:
    """The seconds from saving a change to the page that shows it, made from a deck and by hand."""
    written = deck(SERVED)
    made = small_project(folder / "made", written, [f"topic-{n}" for n in range(TOPICS)])
    by_hand = small_project(folder / "by-hand", written, [])
    write_by_hand(by_hand)
    ours = from_save_to_page(made, made / "cards.yaml")
    theirs = from_save_to_page(by_hand, by_hand / "docs/glossary/topic-7.md")
    return [
        Measure(f"s: save to page, {SERVED:,} cards of a deck", ours),
        Measure(f"s: save to page, {SERVED:,} written by hand", theirs),
        Measure("Times as long as by hand", round(ours / theirs, 2), "serve-ratio"),
    ]


def write_by_hand(project: Path) -> None:
    """Give a project the pages that the deck would make, in Markdown, and no need of the engine."""
    settings = (project / "mkdocs.yml").read_text(encoding="utf-8")
    for ours in (r"  - macros:\n(?: {6}.*\n)+", r"  - macros\.blocks\n", r"watch:\n(?:  - .*\n)+"):
        settings, found = re.subn(ours, "", settings)
        assert found == 1, ours
    (project / "mkdocs.yml").write_text(settings, encoding="utf-8")
    entries: dict[int, list[str]] = {n: [] for n in range(TOPICS)}
    study, index, mended = ["# Study"], ["# Glossary"], ["# Corrections"]
    for n in range(SERVED):
        term, page = name(n).replace("-", " "), f"topic-{n % TOPICS}.md"
        text = CARD.format(
            id=name(n), term=term, n=n, topic=n % TOPICS, other=name(n ^ 1), fault=""
        )
        fields = dict(re.findall(r"(?m)^    (\w+): (?:[>|]-?\n)?((?:.|\n {6})+)", text))
        body = "\n\n".join(re.sub(r"(?m)^ {6}", "", part) for part in fields.values())
        body = re.sub(r"\[\[([^]|]*)\|?([^]]*)\]\]", r"*\1 \2*", body)
        entries[n % TOPICS].append(f"## {term} {{#{name(n)}}}\n\n{body}")
        study.append(f"### {fields['question']}\n\n{fields['answer']}\n\n1. {fields['gist']}")
        index.append(f"- [{term}]({page}#{name(n)}) {fields['gist']}")
    docs = project / "docs"
    for n, found in entries.items():
        write(docs / f"glossary/topic-{n}.md", [f"# Topic {n}", *found])
    write(docs / "study.md", [re.sub(r"\[\[.*?\]\]", "another", part) for part in study])
    write(docs / "glossary/index.md", index)
    write(docs / "corrections.md", mended)


def write(path: Path, parts: list[str]) -> None:
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def from_save_to_page(project: Path, file: Path) -> float:
    """The seconds from a change in a file to the served page that shows it, the better of two."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/glossary/topic-7/"
    server = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-a", f"127.0.0.1:{port}"],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(address, "Topic 7")
        times = []
        for mark in ("firstchange", "secondchange"):
            text = file.read_text(encoding="utf-8")
            before = time.monotonic()
            file.write_text(text.replace("number 7 of", f"{mark} number 7 of"), encoding="utf-8")
            wait_for(address, mark)
            times.append(time.monotonic() - before)
        return round(min(times), 2)
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, words: str) -> None:
    """Ask for a page until it shows some words."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as page:
                if words in page.read().decode("utf-8"):
                    return
        except OSError:
            pass  # not up yet
        time.sleep(0.05)
    sys.exit(f"{address} has not shown {words!r} in {PATIENCE} s")


if __name__ == "__main__":
    sys.exit(main())
