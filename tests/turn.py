"""What the first turn of a card costs: the scripts and sheets that a page asks for before it, and at it.

Before it is all that has come when a reader's mouse or finger has reached the deck, and no more is
on its way.
"""

import gzip

QUIET = 300  # ms without an answer


def weigh(page, address: str) -> tuple[dict[str, float], dict[str, float]]:
    """Open a page with a deck and turn its first card.

    Returns our files and their kilobytes, as gzip packs them: before the turn, and at it.
    """
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    deck = page.locator("flash-deck")
    flip, bar = deck.locator("[data-do=flip]"), deck.locator(".flash-bar")
    flip.wait_for()
    has_finger = page.evaluate("navigator.maxTouchPoints > 0")
    if has_finger:
        bar.tap()
    else:
        bar.hover()
    before = _when_quiet(page, answers)
    if has_finger:
        flip.tap()
    else:
        flip.click()
    deck.locator("[data-grade=easy] > small:not(:empty)").wait_for()
    return before, _when_quiet(page, answers)


def _when_quiet(page, answers: list) -> dict[str, float]:
    """What has come, when no more does."""
    count = -1
    while count < len(answers):
        count = len(answers)
        page.wait_for_timeout(QUIET)
    come, answers[:] = [*answers], []
    return {
        path: len(gzip.compress(answer.body())) / 1024
        for answer in come
        if (path := answer.url.partition("/assets/")[2]).startswith(("cards/", "words/", "loader."))
    }
