"""Runs the arithmetic of figures as the browser does, by Node, and knows which figures there are."""

import json
import re
import subprocess

from conftest import ROOT
from playwright.sync_api import expect

FOLDER = ROOT / "overrides/assets/figures"
NAMES = sorted(file.stem for file in (ROOT / "overrides/figures").glob("*.html"))

_CALL = """
import { readFileSync } from "node:fs";
const { file, name, cases } = JSON.parse(readFileSync(0, "utf8"));
const module = await import(file);
// JSON has neither NaN nor Infinity, and would make null of both.
const plain = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
const answer = (given) => {
  try { return { value: module[name](...given) }; } catch (error) { return { error: String(error) }; }
};
process.stdout.write(JSON.stringify(cases.map(answer), plain));
"""


def run(file: str, name: str, cases: list[list]) -> list:
    """What a function of a module of figures gives for each list of arguments.

    What is thrown comes as {"error": ...}; NaN and Infinity come as texts.
    """
    asked = {"file": (FOLDER / file).as_uri(), "name": name, "cases": cases}
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", _CALL],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    return [each["value"] if "value" in each else each for each in json.loads(done.stdout)]


def page_of(name: str) -> str:
    """The address of the page where a figure stands, from the top of the site."""
    docs = ROOT / "docs"
    for file in sorted(docs.rglob("*.md")):
        if re.search(rf'figure\("{name}"', file.read_text(encoding="utf-8")):
            return f"{file.relative_to(docs).with_suffix('').as_posix()}/"
    raise LookupError(f"no page shows the figure {name}")


def opened(page, name: str, query: str = ""):
    """A figure that runs, in sight, on its own page."""
    page.goto(f"{page_of(name)}{query}#fig-{name}")
    figure = page.locator(f"fig-{name}")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-runs", "")
    return figure
