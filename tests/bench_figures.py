"""Measures how long the figures that run take for a step, in Chromium at a quarter of its speed."""

import sys
from pathlib import Path

from audit import Measure
from bench_record import SLOWDOWN
from browser import LAUNCH_ARGS, find
from conftest import copy_project, run_builder, run_finish
from figure_runs import NAMES, page_of
from pages_server import PagesServer
from playwright.sync_api import Page, sync_playwright

ROUNDS = 12

# Presses each button that sets the figure's fields, again and again, and lays the page out, then and
# after what the figure has put off to the next frame. Returns the middle of the times of the button
# that takes longest in one of its two frames.
STEPS = """async (figure, rounds) => {
  const buttons = [...figure.querySelectorAll("[data-set], [data-do=reset]")];
  const times = new Map(buttons.map((button) => [button, []]));
  const now = () => performance.now();
  for (let round = 0; round < rounds; round++)
    for (const button of buttons) {
      const frame = new Promise((done) => requestAnimationFrame(() => done(now())));
      const began = now();
      button.click();
      figure.getBoundingClientRect();
      const first = now() - began;
      const last = new Promise((done) => requestAnimationFrame(() => {
        figure.getBoundingClientRect();
        done(now());
      }));
      times.get(button).push(Math.max(first, await last - await frame));
    }
  const middle = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return Math.max(...[...times.values()].map(middle));
}"""


def steps(folder: Path) -> list[Measure]:
    """The milliseconds of a step of each figure, from the press to the laid out page."""
    project = copy_project(folder)
    built = run_builder(project)
    finished = run_finish(project, project / "site")
    if built.returncode or finished.returncode:
        sys.exit(built.stdout + finished.stdout)
    server = PagesServer(project / "site")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=LAUNCH_ARGS)
        page = browser.new_page(base_url=server.url)
        found = [step(page, name) for name in NAMES]
        browser.close()
    server.stop()
    return found


def step(page: Page, name: str) -> Measure:
    page.goto(f"{page_of(name)}#fig-{name}")
    figure = page.locator(f"fig-{name}[data-runs]")
    figure.scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    took = figure.evaluate(STEPS, ROUNDS)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return Measure(f"ms: a step of the figure {name}", round(took, 1), "figure-step")
