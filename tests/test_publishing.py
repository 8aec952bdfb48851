"""What publishing needs: a safe workflow, a site that works under a sub-path, a whole branch."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
import yaml
from conftest import ROOT
from pages_server import SUB_PATH

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))


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
    assert "pull_request_target" not in text
    assert "github.io" not in text and "https://" not in text


def get(url, **headers):
    try:
        return urlopen(Request(url, headers=headers))
    except HTTPError as answer:
        return answer


def test_pages_and_assets_are_served_under_the_sub_path(site, site_url):
    assert site_url.endswith(SUB_PATH)
    for path in ("", "glossary/", "glossary/peft/", "assets/site.css"):
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
    # Of the machine's own git settings none may help or hinder.
    somebody = {"NAME": "A publisher", "EMAIL": "publisher@example.org"}
    git_settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in somebody.items()
    }
    options = {"cwd": tmp_path, "env": os.environ | git_settings}
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
