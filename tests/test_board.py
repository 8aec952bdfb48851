"""The learner's page: the record under the session, its copies, numbers and settings."""

import json
import re

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from playwright.sync_api import expect
from test_cards import do, ids_of, press, tab_to
from test_grading import ask, events, seed

SITE = "trial"

DECK = "llm-modeling"
DAY = 86_400_000
NOON = 1_700_049_600_000  # of the 15th of November 2023, in UTC
# A browser whose clock stands still while its timers go on.
AT_NOON = f"""
  const Real = Date;
  Date = class extends Real {{
    constructor(...given) {{ given.length ? super(...given) : super({NOON}); }}
    static now() {{ return {NOON}; }}
  }};
"""
DENIED = 'indexedDB.open = () => { throw new DOMException("No.", "SecurityError"); };'


@pytest.fixture
def page(keep_page):
    return keep_page()


def the_board(page, *history):
    """Open the study page, with reviews that were recorded before: (card, grade, when)."""
    page.goto("study/")
    expect(do(page.locator("flash-deck"), "flip")).to_be_visible()
    if history:
        seed(page, *history)
    page.locator("study-board > nav").hover()  # the sign of a learner who goes on down the page
    board = page.locator("study-board > .board")
    expect(board.get_by_role("heading", name="Your record")).to_be_visible()
    return board


def cards_of(page):
    return ids_of(page.locator("study-board flash-deck"))


def first_cards(page):
    page.goto("study/")
    return cards_of(page)


def stands(board):
    return board.locator(".board-stands")


def status(board):
    return board.locator(":scope > [role=status]")


def part(board, name):
    """Open one of the parts and return it."""
    details = board.locator(f"details[data-part={name}]")
    details.locator(":scope > summary").click()
    expect(details.locator(":scope > div")).not_to_be_empty()
    return details


def open_tables(part):
    """Open what stands behind the pictures."""
    expect(part.locator("figure")).to_have_count(5)
    part.evaluate(
        "(part) => part.querySelectorAll('details').forEach((each) => (each.open = true))"
    )


def saved(page, board):
    """Save a copy; return its name and what it holds."""
    with page.expect_download() as download:
        do(board, "save").click()
    file = download.value
    return file.suggested_filename, json.loads(file.path().read_text(encoding="utf-8"))


def choose(page, board, content, name="copy.json"):
    """Choose a file; return what is shown of it."""
    text = content if isinstance(content, str) else json.dumps(content)
    with page.expect_file_chooser() as chooser:
        do(board, "bring").click()
    chooser.value.set_files({"name": name, "mimeType": "application/json", "buffer": text.encode()})
    shown = board.get_by_role("group", name="What the file holds")
    expect(shown).to_be_focused()
    return shown


def a_copy(*cards, deck=DECK, **fields):
    reviews = [
        {"id": f"e{n}", "kind": "review", "card": card, "grade": "good", "at": NOON + n}
        for n, card in enumerate(cards)
    ]
    return {"format": "flash-record", "version": 1, "deck": deck, "events": reviews, **fields}


def listen_to(page, part):
    """Take down what a part says from now on."""
    page.evaluate(
        """(part) => {
          window.said = [];
          const status = document.querySelector(`[data-part=${part}] > [role=status]`);
          const listener = new MutationObserver(() => window.said.push(status.textContent));
          listener.observe(status, { childList: true });
        }""",
        part,
    )


def said(page):
    return page.evaluate("window.said")


def rows(part, title):
    if part.locator("figure").count():
        open_tables(part)
    table = part.get_by_role("table", name=title)
    expect(table).to_be_visible()
    return dict(
        table.locator("tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
    )


def schedules(page):
    return sorted(
        ask(page, "return record.schedules()"), key=lambda each: (each["card"], each["prompt"])
    )


# Where it stands


def test_nothing_of_it_is_fetched_before_the_first_sign_of_a_learner(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("study/", wait_until="networkidle")
    assert any("flash-deck.js" in url for url in asked)
    assert not any(re.search(r"study-board|board\.css|record-file", url) for url in asked)
    page.mouse.wheel(0, 600)
    expect(page.get_by_role("heading", name="Your record")).to_be_visible()
    # What is not opened is not fetched either.
    assert not any(re.search(r"numbers\.js|settings\.js|record-file", url) for url in asked)


def test_an_empty_record_says_what_will_stand_there(page):
    board = the_board(page)
    expect(stands(board)).to_contain_text("Nothing is recorded yet.")
    do(board, "save").click()
    expect(status(board)).to_have_text("There is nothing to save yet.")
    numbers = part(board, "numbers")
    expect(numbers).to_contain_text("The days on which cards come back will stand here")
    expect(numbers).to_contain_text("What share you remember will stand here")
    assert set(rows(numbers, "Reviews").values()) == {"0"}
    assert rows(numbers, "Your cards")["New"] == str(len(cards_of(page)))


def test_the_board_follows_the_session(page):
    board = the_board(page)
    deck = page.locator("flash-deck")
    listen_to(page, "numbers")
    numbers = part(board, "numbers")
    open_tables(numbers)
    expect(numbers.get_by_role("table", name="Reviews")).to_be_visible()
    assert said(page) == ["One moment …", ""]
    do(deck, "flip").click()
    deck.locator("[data-grade=easy]").click()
    expect(stands(board)).to_contain_text("1 review of 1 card, kept in this browser alone.")
    expect(numbers.get_by_role("row", name="In all 1")).to_be_visible()
    expect(numbers.get_by_role("row", name="Known 1")).to_be_visible()


@pytest.mark.parametrize(
    ("agrees", "answer"), [(True, "It stays until you delete it."), (False, "has not agreed")]
)
def test_the_browser_can_be_asked_to_keep_it(new_page, agrees, answer):
    page = new_page()
    page.add_init_script(f"""
      let lasting = false;
      navigator.storage.persisted = async () => lasting;
      navigator.storage.persist = async () => (lasting = {json.dumps(agrees)});
    """)
    board = the_board(page, (first_cards(page)[0], "good", NOON))
    expect(stands(board)).to_contain_text("may clear it away")
    do(board, "last").click()
    expect(status(board)).to_contain_text(answer)
    expect(do(board, "last")).to_have_count(0 if agrees else 1)


def test_where_nothing_can_be_stored_it_is_said_and_a_copy_can_be_saved(new_page):
    page = new_page()
    page.add_init_script(DENIED)
    board = the_board(page)
    expect(stands(board)).to_have_text(
        "This browser does not let the page keep a record, "
        "so your answers may last only until you close it."
    )
    shown = choose(page, board, a_copy(*cards_of(page)[:2]))
    shown.get_by_role("button", name="Bring in").click()
    expect(status(board)).to_have_text("2 new brought in.")
    _, copy = saved(page, board)
    assert len(copy["events"]) == 2
    delete = part(board, "delete")
    do(delete, "delete").click()
    delete.get_by_role("button", name="Delete for good").click()
    expect(delete.locator("[role=status]")).to_have_text("Everything is deleted.")
    assert events(page) == []


# Copies


def test_a_copy_is_a_file_of_that_day_with_all_that_was_done(new_page):
    page = new_page()
    page.add_init_script(AT_NOON)
    first, second, *_ = first_cards(page)
    board = the_board(page, (first, "good", NOON - DAY), (second, "again", NOON - 5))
    name, copy = saved(page, board)
    assert name == f"{DECK}-2023-11-15.json"
    assert [(each["card"], each["grade"]) for each in copy["events"]] == [
        (first, "good"),
        (second, "again"),
    ]
    assert (copy["format"], copy["version"], copy["deck"]) == ("flash-record", 1, DECK)
    expect(status(board)).to_contain_text(name)


def test_a_copy_is_looked_at_before_it_is_brought_in(page):
    first, second, third, *_ = first_cards(page)
    board = the_board(page)
    known = a_copy(first)
    shown = choose(page, board, known)
    shown.get_by_role("button", name="Bring in").click()
    expect(status(board)).to_have_text("1 new brought in.")
    expect(do(board, "bring")).to_be_focused()
    shown = choose(page, board, a_copy(first, second, third, "of-another-year"))
    expect(shown).to_contain_text("3 new, 1 known already.")
    expect(shown).to_contain_text("1 of the new is for a card that this deck lacks. It is kept.")
    assert len(events(page)) == 1
    shown.get_by_role("button", name="Leave it").click()
    expect(status(board)).to_have_text("Nothing was brought in.")
    expect(do(board, "bring")).to_be_focused()
    expect(shown).to_be_hidden()
    assert len(events(page)) == 1
    shown = choose(page, board, a_copy(first, second, third, "of-another-year"))
    shown.get_by_role("button", name="Bring in").click()
    expect(status(board)).to_have_text("3 new brought in.")
    assert {event["card"] for event in events(page)} == {first, second, third, "of-another-year"}
    assert rows(part(board, "numbers"), "Your cards")["Learning"] == "3"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("Not what you think", "This is no record of a learner"),
        ({"format": "flash-record", "version": 2}, "written by a newer version"),
        (
            a_copy() | {"events": [{"id": "e"}]},
            "its event 1 lacks an id, a kind, a card or a time.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(page, content, problem):
    board = the_board(page)
    shown = choose(page, board, content)
    expect(shown).to_contain_text(problem)
    assert shown.get_by_role("button").all_inner_texts() == ["Leave it"]


def test_another_decks_file_is_refused_unless_asked_for(page):
    board = the_board(page)
    shown = choose(page, board, a_copy("cat", deck="animals"))
    expect(shown).to_contain_text("This file belongs to another deck, “animals”.")
    expect(shown.get_by_role("button", name="Bring in")).to_have_count(0)
    shown.get_by_role("button", name="Look at it all the same").click()
    expect(shown).to_contain_text("1 new, 0 known already.")
    expect(shown).to_contain_text("It is kept.")
    shown.get_by_role("button", name="Bring in").click()
    expect(status(board)).to_have_text("1 new brought in.")
    assert [event["card"] for event in events(page)] == ["cat"]


def test_two_devices_that_exchange_their_copies_agree(new_page):
    pages = [new_page(), new_page()]
    first, second, third, *_ = first_cards(pages[0])
    histories = [
        [(first, "good", NOON), (second, "easy", NOON + 5), (first, "good", NOON + 2 * DAY)],
        [(first, "again", NOON + DAY), (third, "hard", NOON + 7)],
    ]
    boards = [the_board(page, *history) for page, history in zip(pages, histories, strict=True)]
    copies = [saved(page, board)[1] for page, board in zip(pages, boards, strict=True)]
    for page, board, other in zip(pages, boards, reversed(copies), strict=True):
        choose(page, board, other).get_by_role("button", name="Bring in").click()
        expect(status(board)).to_contain_text("new brought in.")
    assert len(events(pages[0])) == 5
    assert schedules(pages[0]) == schedules(pages[1])


def test_a_copy_is_called_for_after_fifty_reviews(page):
    card, *_ = first_cards(page)
    board = the_board(page, *((card, "good", NOON + n * DAY) for n in range(50)))
    reminder = board.locator(".board-reminder")
    expect(stands(board)).to_contain_text("50 reviews of 1 card")
    expect(reminder).to_be_empty()
    seed(page, (card, "good", NOON + 60 * DAY))
    expect(reminder).to_contain_text("51 reviews are in no copy yet.")
    saved(page, board)
    expect(reminder).to_be_empty()
    page.reload()
    page.keyboard.press("Shift")
    expect(stands(board)).to_contain_text("51 reviews of 1 card")
    expect(reminder).to_be_empty()


# Deleting


def test_everything_is_deleted_once_it_was_asked_twice(page):
    cards = first_cards(page)[:3]
    board = the_board(page, *((card, "good", NOON) for card in cards))
    _, copy = saved(page, board)
    delete = part(board, "delete")
    expect(delete).to_contain_text("bringing in an old copy brings its answers back")
    do(delete, "delete").click()
    question = delete.get_by_text("Delete 3 reviews for good?")
    expect(question).to_be_focused()
    delete.get_by_role("button", name="Keep it all").click()
    expect(delete.locator("[role=status]")).to_have_text("Nothing was deleted.")
    expect(do(delete, "delete")).to_be_focused()
    assert len(events(page)) == 3
    do(delete, "delete").click()
    delete.get_by_role("button", name="Delete for good").click()
    expect(delete.locator("[role=status]")).to_have_text("Everything is deleted.")
    expect(do(delete, "delete")).to_be_focused()
    expect(stands(board)).to_contain_text("Nothing is recorded yet.")
    page.reload()
    assert (events(page), schedules(page)) == ([], [])
    board = the_board(page)
    choose(page, board, copy).get_by_role("button", name="Bring in").click()
    expect(status(board)).to_have_text("3 new brought in.")


# Cards set aside


def test_a_card_that_was_set_aside_is_listed_and_can_be_brought_back(keep_page):
    page = keep_page(timezone_id="UTC", locale="en-US")
    page.clock.set_fixed_time(NOON / 1000)
    first, second, third, *_ = first_cards(page)
    board = the_board(page, (first, "good", NOON))
    aside = part(board, "aside")
    expect(aside.locator(":scope > div")).to_contain_text("None.")
    ask(page, "await record.add({ kind: 'suspend', card: given[0] })", first)
    ask(page, "await record.add({ kind: 'bury', card: given[0] })", second)
    listed = aside.get_by_role("listitem")
    expect(listed).to_have_count(2)
    named = [
        page.evaluate(
            "id => [...document.querySelectorAll('flash-card')].find((card) => card.dataset.card === id).term",
            id,
        )
        for id in (first, second)
    ]
    expect(listed.nth(0)).to_contain_text(f"{named[0]}, not asked any more")
    expect(listed.nth(1)).to_contain_text(f"{named[1]}, until Thursday, November 16")
    page.clock.set_fixed_time(NOON / 1000 + 1)
    listed.nth(0).get_by_role("button").click()
    expect(aside.locator("[role=status]")).to_have_text(f"“{named[0]}” is asked again.")
    expect(listed.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(aside.locator("summary")).to_be_focused()
    expect(aside.locator(":scope > div")).to_contain_text("None.")
    assert [(each["card"], each["suspended"], each["buried"]) for each in schedules(page)] == [
        (first, False, 0),
        (second, False, 0),
    ]


# Settings


def test_what_is_set_holds_after_a_reload(page):
    card, *_ = first_cards(page)
    board = the_board(page, (card, "easy", NOON), (card, "good", NOON + 8 * DAY))
    [before] = schedules(page)
    settings = part(board, "settings")
    retention = settings.get_by_label("remember (%)")
    expect(retention).to_have_value("90")
    listen_to(page, "settings")
    retention.fill("80")
    retention.press("Enter")
    expect(settings.locator("[role=status]")).to_have_text("Done.")
    assert said(page)[0] == "One moment: the schedules are made again."
    [after] = schedules(page)
    assert after["due"] > before["due"]
    for label, value in {"New cards a day": "0", "Reviews a day": "50"}.items():
        settings.get_by_label(label).fill(value)
        settings.get_by_label(label).press("Tab")
    wanted = {"retention": 0.8, "newADay": 0, "reviewsADay": 50}
    held = "return given.map((name) => record.setting(name))"
    expect(settings.locator("[role=status]")).to_have_text("Done.")
    assert ask(page, held, *wanted) == list(wanted.values())
    page.reload()
    assert ask(page, held, *wanted) == list(wanted.values())
    page.keyboard.press("Shift")
    settings = part(board, "settings")
    for label, value in {"remember (%)": "80", "New cards a day": "0", "Reviews": "50"}.items():
        expect(settings.get_by_label(label)).to_have_value(value)


def test_a_days_measure_holds_for_a_session_that_is_not_under_way(page):
    card, *_ = first_cards(page)
    the_board(page, (card, "easy", NOON))
    page.goto("study/")
    board = the_board(page)
    deck, settings = page.locator("flash-deck"), part(board, "settings")
    said = settings.locator("[role=status]")

    def put(label, value):
        settings.get_by_label(label).fill(value)
        settings.get_by_label(label).press("Tab")

    for value, line in {"3": "You have 1 card due and 3 new", "0": "You have 1 card due"}.items():
        put("New cards a day", value)
        expect(deck.locator(".flash-today")).to_have_text(f"{line} today.")
        expect(said).to_have_text("Done.")
    put("Reviews a day", "0")
    expect(deck).to_have_attribute("data-state", "done")
    put("New cards a day", "2")
    expect(said).to_have_text("Done. It holds from the next session on.")


def test_what_cannot_be_set_is_said_and_changes_nothing(page):
    settings = part(the_board(page), "settings")
    retention, said = settings.get_by_label("remember (%)"), settings.locator("[role=status]")
    for value in ("69", "98", "85.5", ""):
        said.evaluate("(said) => said.replaceChildren()")
        retention.fill(value)
        retention.press("Tab")
        expect(said).to_contain_text("from 70 to 97")
        expect(retention).to_have_value("90")
        assert ask(page, "return record.settings()") == []


# Numbers


def test_the_numbers_are_those_of_the_record(new_page):
    page = new_page(timezone_id="UTC")
    page.add_init_script(AT_NOON)
    cards = first_cards(page)
    learned, lapsed, new, aside, undone = cards[:5]
    board = the_board(
        page,
        # Learned at once, and had when asked again; due on later days.
        (learned, "easy", NOON - 100 * DAY),
        (learned, "good", NOON - 90 * DAY),
        (learned, "good", NOON - 20 * DAY),
        # Forgotten when asked again, and back in learning.
        (lapsed, "easy", NOON - 40 * DAY),
        (lapsed, "again", NOON - 60_000),
        (aside, "easy", NOON - 8 * DAY),
        (undone, "good", NOON - 50),
        ("not-in-the-deck", "good", NOON - 3 * DAY),
    )
    record = """
      await record.add({ kind: "suspend", card: given[0] });
      await record.add({ kind: "undo", card: given[1], undoes: given[2] });
      return given.slice(3).map((card) => record.schedule(card).due);
    """
    dues = ask(page, record, aside, undone, f"{undone} {NOON - 50}", learned, lapsed)
    assert new not in {schedule["card"] for schedule in schedules(page)}
    numbers = part(board, "numbers")
    assert rows(numbers, "Reviews") == {"Today": "1", "Last 7 days": "2", "In all": "7"}
    assert rows(numbers, "Remembered") == {
        "Asked for": "90 %",
        "Last 30 days": "50 % (1 of 2)",
        "In all": "67 % (2 of 3)",
    }
    assert rows(numbers, "Your cards") == {
        "New": str(len(cards) - 3),
        "Learning": "1",
        "Due": "0",
        "Known": "1",
        "Set aside": "1",
    }
    # The card that is in learning comes back today; the other too far ahead to be listed.
    assert dues[0] > NOON + 30 * DAY
    assert rows(numbers, "Due in the next 30 days") == {"Today": "1"}


def test_a_day_begins_at_four_and_what_is_overdue_is_due_today(new_page):
    page = new_page(timezone_id="UTC")
    page.add_init_script(AT_NOON)
    first, second, third, fourth, *_ = first_cards(page)
    # The first "easy" leads eight days on.
    board = the_board(
        page,
        (first, "easy", NOON - 30 * DAY),
        (fourth, "easy", NOON - 8 * DAY + DAY // 24),
        (second, "easy", NOON - 6 * DAY + 15 * DAY // 24),  # 03:00 of the 18th is still the 17th
        (third, "easy", NOON - 6 * DAY + 17 * DAY // 24),
    )
    numbers = part(board, "numbers")
    stands = rows(numbers, "Your cards")
    assert (stands["Due"], stands["Known"]) == ("2", "2")
    assert rows(numbers, "Due in the next 30 days") == {
        "Today": "2",
        "Fri, November 17": "1",
        "Sat, November 18": "1",
    }


# For everybody


def test_everything_can_be_done_with_the_keyboard(new_page):
    page = new_page(viewport={"width": 1280, "height": 800})
    card, *_ = first_cards(page)
    board = the_board(page, (card, "good", NOON))
    tab_to(page, do(board, "save"))
    with page.expect_download():
        press(page, "Enter")
    expect(status(board)).to_contain_text("Saved as")
    # A chooser is caught once the browser has heard of it, so that comes well before the key.
    with page.expect_file_chooser() as chooser:
        tab_to(page, do(board, "bring"))
        press(page, "Enter")
    content = json.dumps(a_copy(card)).encode()
    chooser.value.set_files({"name": "c.json", "mimeType": "", "buffer": content})
    tab_to(page, board.get_by_role("button", name="Bring in", exact=True))
    press(page, "Enter")
    expect(status(board)).to_have_text("1 new brought in.")
    delete = board.locator("details[data-part=delete]")
    tab_to(page, delete.locator("summary"))
    press(page, "Enter")
    expect(do(delete, "delete")).to_be_visible()
    press(page, "Tab", "Enter")
    expect(delete.get_by_text("for good?")).to_be_focused()
    press(page, "Tab", "Tab", "Space")
    expect(delete.locator("[role=status]")).to_have_text("Everything is deleted.")


def test_axe_finds_nothing_and_nothing_scrolls_sideways(new_page):
    page = new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    cards = first_cards(page)
    board = the_board(page)

    def check():
        assert_axe_is_content(page)
        assert_nothing_is_wider(page, 1280, 360)

    numbers = part(board, "numbers")
    check()
    seed(page, *((card, "easy", NOON + n * DAY) for card in cards[:3] for n in (0, 10, 300)))
    seed(page, *((cards[0], "good", NOON + n * DAY) for n in range(400, 460)))
    expect(board.locator(".board-reminder")).not_to_be_empty()
    expect(numbers.get_by_role("img", name="Remembered")).to_be_visible()
    open_tables(numbers)
    expect(numbers.get_by_role("table", name="Remembered")).to_be_visible()
    ask(page, "await record.add({ kind: 'suspend', card: given[0] })", cards[1])
    part(board, "aside")
    part(board, "settings")
    delete = part(board, "delete")
    check()
    do(delete, "delete").click()
    choose(page, board, a_copy("cat", deck="animals"), name="a-" * 60 + ".json")
    check()
    board.get_by_role("button", name="Look at it all the same").click()
    expect(board.get_by_text("1 new, 0 known already.")).to_be_visible()
    check()


def test_a_record_that_cannot_be_read_is_not_taken_for_an_empty_one(page):
    card, *_ = first_cards(page)
    board = the_board(page, (card, "good", NOON))
    page.evaluate(
        """() => {
          window.real = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = () => { throw new DOMException("", "UnknownError"); };
        }"""
    )
    do(board, "save").click()
    expect(status(board)).to_contain_text("The browser does not hand out your record now.")
    delete = part(board, "delete")
    do(delete, "delete").click()
    delete.get_by_role("button", name="Delete for good").click()
    expect(delete.locator("[role=status]")).to_contain_text("Close the page")
    page.evaluate("() => { IDBDatabase.prototype.transaction = window.real; }")
    assert ask(page, "return record.setting('copied') ?? null") is None
    saved(page, board)
    expect(status(board)).to_contain_text("Saved as")
    assert ask(page, "return record.setting('copied')") == 1
