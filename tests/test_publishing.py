"""What publishing needs: a safe workflow, a site that works under a sub-path, a whole branch."""

import dataclasses
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
import yaml
from conftest import ROOT
from pages_server import SUB_PATH

from macros.model import Card

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
# Of the machine's own git settings none may help or hinder.
GIT_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "A publisher"), ("EMAIL", "publisher@example.org"))
}


def run(*command, **options):
    """Run a command in the project's folder; fail with its output when it fails."""
    ended = subprocess.run(
        command,
        **{"cwd": ROOT} | options,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ended.returncode == 0, f"{' '.join(map(str, command))}:\n{ended.stdout}"
    return ended.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_the_workflow_has_the_form_that_github_wants(workflow):
    schema = "vendor.github-workflows"
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, workflow)


def test_dependabots_settings_have_the_form_that_github_wants():
    schema = "vendor.dependabot"
    file = ".github/dependabot.yml"
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file)


def test_the_workflows_have_no_unsafe_habit():
    run(Path(sys.executable).with_name("zizmor"), "--offline", "--pedantic", ".github")


def test_only_the_deployment_may_write_and_no_address_is_written_down():
    text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    writers = {
        name
        for name, job in workflow["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    assert workflow["permissions"] == {}
    assert writers == {"deploy"}
    assert "pull_request_target" not in text and "secrets." not in text
    assert "github.io" not in text and "https://" not in text


def test_no_script_of_a_workflow_holds_a_value_from_outside():
    for workflow in WORKFLOWS:
        for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", ""), step["name"]


# What a pull request is told: the scripts of the job "deck", run as the workflow runs them


DECK = """\
deck: {id: small, title: Small, description: For the tests.}
topics:
  - {id: animals, title: Animals}
sources:
  book: {authors: A Writer, title: On cats, url: "https://example.org/"}
cards:
  - {id: cat, term: Cat, topic: animals, answer: It purrs., sources: [book]}
"""
FOX = "  - {id: fox, term: Fox, topic: animals, answer: It barks., sources: [book]}\n"
OWL = "  - {id: owl, term: Owl, topic: animals, answer: It hoots., sources: [book]}\n"
FIRST_PUSH = "0" * 40


class Runner:
    """A checked out repository, in which steps of the workflow run one by one."""

    def __init__(self, folder: Path):
        text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
        self.steps = {step["name"]: step for step in yaml.safe_load(text)["jobs"]["deck"]["steps"]}
        self.repository = folder / "repository"
        self.temporary = folder / "temporary"
        self.repository.mkdir()
        self.temporary.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        page = self.repository / "docs/glossary/animals.md"
        page.parent.mkdir(parents=True)
        page.write_text('{{ glossary("animals") }}', encoding="utf-8")
        (self.repository / "macros").symlink_to(ROOT / "macros")
        (self.repository / ".venv").symlink_to(Path(sys.executable).parent.parent)

    def git(self, *arguments):
        run("git", *arguments, cwd=self.repository, env=os.environ | GIT_SETTINGS)

    def commit(self, deck: str | None):
        self.git("add", "docs")
        if deck is not None:
            (self.repository / "cards.yaml").write_text(deck, encoding="utf-8")
            self.git("add", "cards.yaml")
        self.git("commit", "--quiet", "--message", "A commit")

    def merge(self):
        """Check out what GitHub checks out for a pull request."""
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "Merge", "pull-request")

    def step(self, name: str, **env: str) -> tuple[int, str, str]:
        """Run a step; return its status, what it printed, and its summary."""
        step = self.steps[name]
        assert env.keys() == step.get("env", {}).keys()
        script, summary = self.temporary / "step.sh", self.temporary / "summary.md"
        script.write_text(step["run"], encoding="utf-8")
        summary.write_text("", encoding="utf-8")
        given = {"RUNNER_TEMP": str(self.temporary), "GITHUB_STEP_SUMMARY": str(summary)}
        ended = subprocess.run(
            ["bash", "-e", script],
            cwd=self.repository,
            env=os.environ | GIT_SETTINGS | given | env,
            stdout=subprocess.PIPE,
            text=True,
        )
        return ended.returncode, ended.stdout, summary.read_text(encoding="utf-8")

    def check(self) -> tuple[int, str, str]:
        return self.step("Name each problem at its line")

    def changes(self, before: str) -> str:
        status, printed, summary = self.step(
            "Tell what changed", BEFORE=before, FILES="https://example.org/blob/abc"
        )
        assert (status, printed) == (0, "")
        return summary


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path)


def pull_request(runner, before: str | None, after: str):
    runner.commit(before)
    runner.git("checkout", "--quiet", "-b", "pull-request")
    runner.commit(after)


def test_a_pull_request_is_told_what_it_changes_and_no_more(runner):
    pull_request(runner, DECK, DECK + FOX)
    runner.git("checkout", "--quiet", "main")
    runner.commit(DECK.replace("cards:\n", "cards:\n" + OWL).replace("Small", "Larger"))
    runner.merge()
    status, printed, _ = runner.check()
    assert status == 0 and "::error" not in printed
    summary = runner.changes("HEAD^1")
    assert "<h3>Card added: Fox</h3>" in summary
    assert "Owl" not in summary and "Larger" not in summary
    assert "https://example.org/blob/abc/cards.yaml?plain=1#L9" in summary


def test_a_broken_pull_request_is_told_at_the_line_and_in_the_summary(runner):
    pull_request(runner, DECK, DECK + FOX.replace("answer", "anwser"))
    runner.merge()
    status, printed, _ = runner.check()
    assert status == 1
    assert "::error file=cards.yaml,line=8,col=42::" in printed
    summary = runner.changes("HEAD^1")
    assert 'unknown field "anwser"' in summary and "once the deck can be read" in summary


@pytest.mark.parametrize(
    "before, told",
    [(None, "There is no deck to compare with"), (DECK + DECK, "so the texts cannot be compared")],
    ids=["without a deck", "with a broken deck"],
)
def test_a_pull_request_to_a_branch_is_told(before, told, runner):
    pull_request(runner, before, DECK)
    runner.merge()
    assert told in runner.changes("HEAD^1")


def test_pushes_are_told_too(runner):
    runner.commit(DECK)
    assert "There is no deck to compare with" in runner.changes(FIRST_PUSH)
    # So is the first commit of all, when somebody starts the workflow by hand.
    assert "There is no deck to compare with" in runner.changes("HEAD^1")
    runner.commit(DECK + FOX)
    runner.commit(DECK + FOX + OWL)
    assert "2 cards added." in runner.changes("HEAD~2")


def test_the_job_sets_up_what_make_knows(runner):
    run(*runner.steps["Set up what reads the deck"]["run"].split(), "--dry-run")


def test_the_summary_comes_also_when_there_are_problems_and_the_job_still_fails(runner):
    assert list(runner.steps)[-2:] == ["Name each problem at its line", "Tell what changed"]
    check, changes = list(runner.steps.values())[-2:]
    assert "!cancelled()" in changes["if"]
    assert not {"if", "continue-on-error"} & check.keys()


def test_a_pull_request_is_compared_with_what_it_is_merged_into(runner):
    before = runner.steps["Tell what changed"]["env"]["BEFORE"]
    assert before == "${{ github.event_name == 'push' && github.event.before || 'HEAD^1' }}"
    # Both are there only if the whole history is.
    assert runner.steps["Check out"]["with"]["fetch-depth"] == 0


def test_the_template_of_pull_requests_asks_for_what_there_is():
    text = (ROOT / ".github/pull_request_template.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", text))
    fields = {field.name for field in dataclasses.fields(Card)}
    targets = {
        f"make {name}" for name in re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text())
    }
    assert named <= fields | targets | {"site", "CHANGELOG.md"}
    for name in re.findall(r'check "([^"]+)"', text):
        assert f"name: {name}\n" in (ROOT / ".github/workflows/site.yml").read_text(
            encoding="utf-8"
        )


def get(url, **headers):
    try:
        return urlopen(Request(url, headers=headers))
    except HTTPError as answer:
        return answer


def test_pages_and_assets_are_served_under_the_sub_path(site, site_url):
    assert site_url.endswith(SUB_PATH)
    for path in ("", "glossary/", "about/", "assets/site.css"):
        answer = get(site_url + path)
        file = site / path / "index.html" if path.endswith("/") or not path else site / path
        assert answer.status == 200
        assert answer.read() == file.read_bytes()
        assert answer.headers["Cache-Control"] == "max-age=600"


def test_text_is_gzipped_for_those_who_take_it(site, site_url):
    answer = get(site_url, **{"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.read()) == (site / "index.html").read_bytes()


def test_an_address_that_is_not_there_shows_the_404_page(site, site_url):
    origin = site_url.removesuffix(SUB_PATH)
    for url in (site_url + "no/such/page/", site_url + "../cards.yaml", origin + "/"):
        answer = get(url)
        assert answer.status == 404
        assert answer.read() == (site / "404.html").read_bytes()


def test_a_folder_without_its_slash_is_sent_to_it(site_url):
    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    for url in (site_url + "glossary", site_url.rstrip("/")):
        with pytest.raises(HTTPError) as answer:
            build_opener(Stay).open(url)
        assert answer.value.status == 301
        assert url.endswith(answer.value.headers["Location"].rstrip("/"))


@pytest.mark.expects("status of 404")
def test_the_404_page_finds_its_style_at_any_depth(page, site_url):
    loaded = []
    page.on("response", lambda answer: loaded.append((answer.status, answer.url)))
    page.goto(site_url + "no/such/page/")
    assert page.locator("link[rel=stylesheet]").count() > 0
    assert [url for status, url in loaded if status == 404] == [site_url + "no/such/page/"]


def test_the_site_is_published_whole_to_a_branch(site, tmp_path):
    options = {"cwd": tmp_path, "env": os.environ | GIT_SETTINGS}
    run("git", "init", "--quiet", "--bare", "remote.git", **options)
    run("git", "init", "--quiet", "work", **options)
    options["cwd"] = tmp_path / "work"
    run("git", "remote", "add", "origin", "../remote.git", **options)

    ghp_import = Path(sys.executable).with_name("ghp-import")
    run(ghp_import, "--no-history", "--no-jekyll", "--push", site, **options)

    options["cwd"] = tmp_path
    run("git", "clone", "--quiet", "--branch", "gh-pages", "remote.git", "out", **options)
    published = files(tmp_path / "out")
    assert published.pop(".nojekyll") == b""
    assert published == files(site)


def files(folder):
    """Return what each file of a folder holds, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
