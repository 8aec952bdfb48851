"""A server that runs while its files are broken and mended: MkDocs' own, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from conftest import ROOT
from reading import parse, text
from small_project import small_project

from macros import notices
from macros.model import Problem

DECK = (ROOT / "tests/fixtures/small-deck.yaml").read_text(encoding="utf-8")
CALLS = '{{ card("cat") }}\n\n{{ quiz() }}\n\nA {{ term("cat", "small cat") }}.\n'


@pytest.fixture
def project(tmp_path):
    project = small_project(tmp_path / "project", DECK, topics=["animals", "plants"])
    (project / "docs/index.md").write_text(CALLS, encoding="utf-8")
    return project


class Server:
    """A running `mkdocs serve`: its home page, and what it has written."""

    def __init__(self, url, log):
        self.url, self.log = url, log

    def wait(self, is_there):
        """Ask for the home page until it is as it should be, for 20 seconds at most; return it."""
        html, end = "", time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with urlopen(self.url, timeout=5) as answer:
                    html = answer.read().decode()
            except HTTPError as error:
                pytest.fail(f"{self.url}: {error}\n{self.log.read_text()}")
            except OSError:  # it does not listen yet, or is busy
                pass
            if is_there(html):
                return parse(html).find(".//article")
            time.sleep(0.1)
        shown = text(parse(html).find(".//article")) if html else "no page"
        pytest.fail(f"{self.url} did not change in time:\n{shown}\n{self.log.read_text()}")

    def cards(self):
        """Wait for the cards, with nothing to complain of."""
        return self.wait(lambda html: "<flash-card" in html and "flash-problem" not in html)

    def problem(self, words):
        """Wait for a box with these words; return the page's article."""
        return self.wait(lambda html: "flash-problem" in html and words in html)


@contextmanager
def serve(project):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    path = project.parent / "log"
    with path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "-a", address],
            cwd=project,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(f"http://{address}/", path)
        server.cards()
        yield server
        assert process.poll() is None
        assert "Traceback" not in path.read_text()
    finally:
        process.kill()
        process.wait()


# Zensical's server, of this version, misses some changes of a watched file, so MkDocs' alone.
def test_a_page_shows_what_is_wrong_and_comes_back(project):
    deck, home = project / "cards.yaml", project / "docs/index.md"
    with serve(project) as server:
        deck.write_text(DECK.replace("topic: plants", "topic: plant <b>"), encoding="utf-8")
        article = server.problem("cards.yaml:68:12: card &quot;tree&quot;: no topic has")
        box, *others = article.iterfind(".//*[@class='flash-problem']")
        assert [text(line) for line in box.iter("pre")] == ["topic: plant <b>"]
        assert [text(mark) for mark in box.iter("mark")] == ["plant"]
        assert [text(other) for other in others] == ["This part comes back with the one above."]
        assert "A small cat." in text(article)

        deck.write_text(DECK, encoding="utf-8")
        server.cards()
        home.write_text('{{ card("ca") }}\n\n{{ card("cat") }}\n', encoding="utf-8")
        article = server.problem("docs/index.md:1:4: card(): no card has")
        assert [text(line) for line in article.iter("pre")] == ['{{ card("ca") }}']
        assert [text(mark) for mark in article.iter("mark")] == ["card"]
        assert article.find(".//flash-card") is not None
        home.write_text(CALLS, encoding="utf-8")
        server.cards()
        # Once for each time that the file was broken, however many macros stumble over it.
        assert server.log.read_text().count("cards.yaml:68:12:") == 1


def test_a_deck_that_vanishes_or_is_no_text_is_told_and_comes_back(project):
    deck = project / "cards.yaml"
    with serve(project) as server:
        deck.unlink()
        server.problem("cards.yaml: there is no such file.")
        deck.write_text(DECK, encoding="utf-8")
        server.cards()
        deck.write_bytes(b"deck:\n  id: \xff\n")
        server.problem("cards.yaml:2:7: this byte is not UTF-8.")
        # As editors save: another file takes the place of this one.
        (project / "new").write_text(DECK, encoding="utf-8")
        os.replace(project / "new", deck)
        server.cards()
        deck.unlink()
        deck.mkdir()
        server.problem("cards.yaml: it cannot be read: Is a directory.")
        deck.rmdir()
        deck.write_text(DECK, encoding="utf-8")
        server.cards()
        deck.write_text("a: [b\n", encoding="utf-8")
        server.problem("cards.yaml:")
        deck.write_text(DECK, encoding="utf-8")
        server.cards()


def test_a_change_of_python_asks_for_a_restart(project):
    module = project / "macros/quiz.py"
    before = module.read_text(encoding="utf-8")
    said = "Changed: macros/quiz.py. Stop the server and start it again."
    with serve(project) as server:
        os.utime(module)
        (project / "docs/index.md").write_text(f"{CALLS}\nTouched.\n", encoding="utf-8")
        server.wait(lambda html: "Touched." in html)
        server.cards()
        module.write_text(f"{before}\nthis is no Python\n", encoding="utf-8")
        article = server.problem(said)
        assert [text(each) for each in article.iterfind(".//*[@class='flash-problem']")] == [said]
        assert article.find(".//flash-card") is not None
        assert server.log.read_text().count(said) == 1
        module.write_text(before, encoding="utf-8")
        server.cards()


def test_a_fault_of_the_program_shows_in_the_page(project):
    with (project / "macros/quiz.py").open("a") as module:
        module.write("\n\ndef card(*given):\n    raise RecursionError\n")
    ended = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "macros: card(): this is a fault of the program itself: RecursionError." in ended.stderr
    assert "Traceback" not in ended.stderr


# The box by itself


def test_a_line_of_the_file_is_escaped_and_marked(tmp_path):
    (tmp_path / "cards.yaml").write_text("a: x\n  b: <i> fine-tuning & more\n", encoding="utf-8")
    html = notices.box([Problem("cards.yaml", 2, 10, 'no "<i>"')], tmp_path)
    assert "<li>cards.yaml:2:10: no &quot;&lt;i&gt;&quot;" in html
    assert "<pre>b: &lt;i&gt; <mark>fine-tuning</mark> &amp; more</pre>" in html


@pytest.mark.parametrize("line, column", [(0, 0), (3, 1), (9, 1)], ids=["file", "empty", "beyond"])
def test_a_problem_without_a_line_has_no_excerpt(tmp_path, line, column):
    (tmp_path / "cards.yaml").write_text("a: x\n\n\n", encoding="utf-8")
    assert "<pre>" not in notices.box([Problem("cards.yaml", line, column, "no")], tmp_path)


def test_a_fault_at_the_end_of_a_line_is_marked_too(tmp_path):
    (tmp_path / "cards.yaml").write_text("a: x\n", encoding="utf-8")
    html = notices.box([Problem("cards.yaml", 1, 5, "more is needed")], tmp_path)
    assert "<pre>a: x<mark> </mark></pre>" in html
