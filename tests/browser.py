"""Finds the Chromium that the tests drive, and installs one where there is none.

`python tests/browser.py` prints its path; exit 1 means that there is none to be had.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Debian's Chromium without windows: the same engine, with a third less for a processor to do.
SHELL = "chromium-headless-shell"
MAC_APP = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# The one font that Debian's browser needs to show Latin, Greek, Cyrillic and Arabic text.
FONT = "fonts-dejavu-core"
APT_GET = ("apt-get", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20")

LAUNCH_ARGS = [
    "--no-sandbox",  # containers and root cannot have it; the tests open only our own pages
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str | None:
    """Return the path of a Chromium or Chrome that starts, or None."""
    for name in (os.environ.get("CHROME"), *NAMES, MAC_APP):
        path = name and shutil.which(name)
        if path and starts(path):
            return path
    return find_playwrights()


def find_for_tests() -> str | None:
    """Return the path of the browser that runs the tests soonest, or None; $CHROME is what it says."""
    shell = None if os.environ.get("CHROME") else shutil.which(SHELL)
    return shell if shell and starts(shell) else find()


def starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a note about a snap, so that a file is there says little.
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def find_playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install a browser: Debian's for root, else Playwright's, which needs no rights."""
    root = is_root()
    if root and shutil.which("apt-get"):
        install_by_apt("chromium", FONT)
        if find():
            return
    run(
        sys.executable,
        "-m",
        "playwright",
        "install",
        *(["--with-deps"] if root else []),
        "chromium",
    )


def install_by_apt(*packages: str) -> None:
    run(*APT_GET, "update")
    run(*APT_GET, "install", "-y", "--no-install-recommends", *packages)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_debian() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def run(*command: str) -> None:
    print("+", *command, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    if not find():
        install()
    # In a container, where one need not be asked.
    if is_root() and is_debian() and not shutil.which(SHELL) and not os.environ.get("CHROME"):
        install_by_apt(SHELL, FONT)
    path = find_for_tests()
    if not path:
        print(
            "The tests need a browser, and none could be installed. "
            "Install Chromium or Google Chrome, or set CHROME to the path of one.",
            file=sys.stderr,
        )
        return 1
    print(f"Browser: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
