"""What setting up leans on: lock files that hold anywhere, targets that the README names."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from macros.start import PARTS

STARTED = [*PARTS, "docs", "cards.yaml", "mkdocs.yml", "README.md"]
# What the deck's own tests need stands beside them.
OWN = sorted((ROOT / "tests/content").glob("*.txt"))
LOCK_FILES = (
    "requirements.txt",
    "tests/requirements.txt",
    *(file.relative_to(ROOT).as_posix() for file in OWN),
)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def tracked_text():
    """Yield each file of the project that git knows or would add, with its text."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    if not (ROOT / ".git").exists():  # a new site that is no repository yet
        listing = ["find", *STARTED, "-type", "f", "-not", "-path", "*/__pycache__/*"]
    for name in subprocess.check_output(listing, cwd=ROOT, text=True).splitlines():
        try:
            yield name, read(name)
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or a file removed and not yet committed


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_locked_package_has_its_version_and_hashes(name):
    packages = re.split(r"\n(?=\w)", re.sub(r"(?m)^\s*#.*\n", "", read(name)).strip())
    assert len(packages) > 10
    for package in packages:
        assert re.match(r"[\w.-]+==[\w.]+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package


@pytest.mark.parametrize("name", [*LOCK_FILES, "package-lock.json"])
def test_lock_files_name_no_registry(name):
    # Where a package asks for money is no registry.
    text = re.sub(r'"url": "https://[^"]*"', "", read(name))
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|\"resolved\"", text)


def test_every_locked_npm_package_has_its_hash():
    packages = json.loads(read("package-lock.json"))["packages"]
    assert all("integrity" in package for path, package in packages.items() if path)


def test_no_file_names_a_path_of_somebodys_machine():
    path = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work|opt|mnt|private)/\w+")
    found = {
        name: path.search(text) for name, text in tracked_text() if name != "tests/test_setup.py"
    }
    assert {name: match.group() for name, match in found.items() if match} == {}


def test_the_makefile_has_every_target_that_is_spoken_of():
    targets = set(re.findall(r"(?m)^([a-z]+):", read("Makefile")))
    for name in ("README.md", "CONTRIBUTING.md", "docs/contribute.md"):
        spoken_of = set(re.findall(r"`make ([a-z]+)", read(name)))
        assert spoken_of, name
        assert spoken_of <= targets, name


def test_help_lists_the_targets_that_people_run():
    listed = subprocess.check_output(["make", "help"], cwd=ROOT, text=True)
    for target in ("serve", "build", "test", "check", "audit", "zensical", "clean"):
        assert re.search(rf"(?m)^  make {target}\s+\w", listed), target


def test_what_ci_runs_is_what_people_run():
    assert "\nmake test\n" in read(".ci/run")
    assert "run: make test\n" in read(".github/workflows/site.yml")


def test_macros_import_from_any_folder(tmp_path):
    # Neither builder puts the project's root on Python's path: the .pth file does.
    where = "import macros; print(macros.__file__)"
    found = subprocess.check_output([sys.executable, "-c", where], cwd=tmp_path, text=True)
    assert Path(found.strip()).parent == ROOT / "macros"


def test_the_python_code_is_clean():
    check(Path(sys.executable).with_name("ruff"), "check", "macros", "tests")


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.worker.json"])
def test_the_types_of_the_browsers_code_hold(project):
    check("npx", "--no-install", "tsc", "--project", project)


def check(*command):
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
