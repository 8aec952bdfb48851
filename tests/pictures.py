"""Builds the site and takes pictures of it: `make pictures` puts one of every kind of page into screenshots/.

Each in two widths, light and dark, and where there is a card also turned. `--keep` renews the
pictures that the project carries: the README's, the icons, the social preview.
"""

import os
import subprocess
import sys
from pathlib import Path

from browser import LAUNCH_ARGS, find
from pages_server import PagesServer
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "overrides/assets"
SIZES = {360: 740, 1280: 800}
PAGES = {
    "home": "",
    "learn": "learn/",
    "chapter": "learn/peft/",
    "study": "study/",
    "glossary": "glossary/",
    "topic": "glossary/peft/",
    "map": "map/?to=lora",
    "corrections": "corrections/",
    "bibliography": "bibliography/",
    "contribute": "contribute/",
    "about": "about/",
    "missing": "no/such/page/",
}
WITH_CARDS = {"home", "chapter", "study"}


def main(keep: bool) -> None:
    server = PagesServer(ROOT / "site")
    # Built for the very address, or the page for a missing address would not find its style.
    build = ["make", "--silent", "build"]
    subprocess.run(build, cwd=ROOT, env=os.environ | {"SITE_URL": server.url}, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
        if keep:
            take_kept(browser, server.url)
        else:
            take_all(browser, server.url, ROOT / "screenshots")
        browser.close()


def take_all(browser, url: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for width, height in SIZES.items():
        for scheme in ("light", "dark"):
            view = {"width": width, "height": height}
            context = browser.new_context(viewport=view, color_scheme=scheme)
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(url + path)
                if name in WITH_CARDS:
                    page.locator("[data-do=flip]").first.wait_for()
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
                if name in WITH_CARDS:
                    turn_last_card(page)
                    page.screenshot(path=folder / f"{name}-turned-{width}-{scheme}.png")
            context.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder.name}/")


def turn_last_card(page) -> None:
    page.locator("[data-do=flip]").last.click()
    wait_until_still(page)


def wait_until_still(page) -> None:
    # The pages' own policy forbids Playwright's wait_for_function, which evaluates a text.
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")


def take_kept(browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 960, "height": 760}, color_scheme="light")
    page.goto(url + "learn/peft/")
    turn_last_card(page)
    page.locator("flash-deck").evaluate("deck => deck.scrollIntoView({block: 'center'})")
    wait_until_still(page)
    page.screenshot(path=ROOT / "docs/assets/screenshot-card.png")
    page.goto(url + "glossary/peft/#lora")
    page.wait_for_timeout(500)  # the theme's header takes its time to change
    page.screenshot(path=ROOT / "docs/assets/screenshot-glossary.png")
    mark = (ASSETS / "mark.svg").read_text(encoding="utf-8")
    for name, size in {"icon-192": 192, "icon-512": 512, "apple-touch-icon": 180}.items():
        page.set_viewport_size({"width": size, "height": size})
        page.set_content(ICON.replace("MARK", mark))
        page.screenshot(path=ASSETS / f"{name}.png")
    page.set_viewport_size({"width": 1200, "height": 630})
    page.set_content(PREVIEW.replace("MARK", mark))
    page.screenshot(path=ASSETS / "preview.png")


ICON = """<style>
  body { background: #f8f6f0; display: grid; height: 100vh; margin: 0; place-items: center }
  svg { width: 72vw }
</style>MARK"""

PREVIEW = """<style>
  body { background: #f8f6f0; color: #24272d; display: grid; grid-template-columns: auto 1fr;
    gap: 64px; align-items: center; height: 100vh; margin: 0; padding: 0 90px; box-sizing: border-box }
  svg { width: 320px }
  h1 { font: 600 68px/1.15 "Iowan Old Style", Palatino, Georgia, "DejaVu Serif", serif; margin: 0 }
  p { color: #595e68; font: 32px/1.4 system-ui, "DejaVu Sans", sans-serif; margin: 28px 0 0 }
</style>MARK<div><h1>LLM Modeling Flashcards</h1>
<p>How large language models are made, on cards checked against the papers</p></div>"""


if __name__ == "__main__":
    main(keep="--keep" in sys.argv[1:])
