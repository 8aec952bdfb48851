"""The flip card and the deck, as those meet them who learn with them, in a real browser."""

import time

import html5lib
import pytest
from conftest import TRIAL
from playwright.sync_api import expect

from macros import quiz
from macros.load import load
from macros.markup import ROOT as TOP

SITE = "trial"

QUIZ = "learn/peft/"  # a chapter with one card in its text and a quiz of three at its end
CAN_TURN = "Turn the card for the answer."

# What can be told by the events alone: name, sender, and the detail's fields.
LISTEN = """
  const listen = () => {
    window.heard = [];
    for (const name of ["flash-card:flip", "flash-card:grade", "flash-deck:done"])
      document.addEventListener(name, (event) =>
        window.heard.push({ name, from: event.target.localName, ...event.detail }));
  };
  window.heard ?? listen(); // a page may be given this more than once
"""
FOCUSED = "document.activeElement"
FOCUS_IS_SEEN = f"""
  {FOCUSED} !== document.body && {FOCUSED}.checkVisibility({{ visibilityProperty: true }})
"""
# What a card offers to every reader: its text without the side that is turned away.
OFFERED = """(card) => {
  const copy = card.cloneNode(true);
  for (const away of copy.querySelectorAll("[inert]")) away.remove();
  return copy.textContent.replace(/\\s+/g, " ");
}"""
# Sets a setting of the record that belongs to the page's last deck.
SET = """async ([name, value]) => {
  const sheet = document.querySelector("link[href$='cards.css']").href;
  const { openRecord } = await import(new URL("record.js", sheet));
  const record = await openRecord([...document.querySelectorAll("flash-deck")].at(-1).dataset.deck);
  await record.set(name, value);
}"""
# Where its two faces lie.
FACES = """(card) => [...card.querySelectorAll("[dir=auto]")]
  .map((text) => text.parentElement.getBoundingClientRect().toJSON())"""
# Each button of a deck, and where it stands.
BUTTONS = """(deck) => [...deck.querySelectorAll("button")].map((button) => {
  const { x, y, width, height } = button.getBoundingClientRect();
  return [button.dataset.do ?? button.dataset.grade, x, y, width, height];
})"""


@pytest.fixture
def page(keep_page):
    return keep_page()


def the_deck(page, address=QUIZ):
    """Open a page and return its deck, in which the first card is face up."""
    page.add_init_script(LISTEN)
    page.goto(address)
    deck = page.locator("flash-deck")
    expect(do(deck, "flip")).to_be_visible()
    return deck


def do(within, action):
    return within.locator(f"[data-do={action}]")


def grade(deck, name):
    return deck.locator(f"[data-grade={name}]")


def card_of(deck):
    """The card that lies on top."""
    return deck.locator("flash-card:visible")


def ids_of(deck):
    return deck.locator("flash-card").evaluate_all("(all) => all.map((card) => card.dataset.card)")


def top(deck):
    return card_of(deck).get_attribute("data-card")


def offered(card):
    return card.evaluate(OFFERED)


def heard(page, name):
    return [event for event in page.evaluate("window.heard") if event["name"] == name]


def graded(page, count):
    """So many grades as they were told, once they are recorded."""
    page.wait_for_function(
        """(count) =>
          window.heard.filter((event) => event.name === "flash-card:grade").length >= count""",
        arg=count,
        polling=10,
    )
    return heard(page, "flash-card:grade")


def press(page, *keys):
    """Press keys one after the other; after each one the focus must be somewhere to be seen."""
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate(FOCUS_IS_SEEN), f"{key} lost the focus"


def tab_to(page, locator, key="Tab"):
    for _ in range(80):
        press(page, key)
        if locator.evaluate(f"(element) => element === {FOCUSED}"):
            return
    pytest.fail(f"{key} does not reach {locator}")


def assert_place(deck, number, of):
    """The deck is at its card `number`, once what the first grade waits for has come."""
    bar = deck.locator("progress")
    expect(bar).to_have_js_property("value", number)
    expect(bar).to_have_js_property("max", of)
    assert f"{number} of {of}" in offered(card_of(deck))


def texts_in_the_file(site, address="study/"):
    """Each card's question and answer in a page, as they stand there without any JavaScript."""
    text = (site / address / "index.html").read_text(encoding="utf-8")
    tree = html5lib.parse(text, namespaceHTMLElements=False)
    return {
        card.get("data-card"): tuple(
            " ".join("".join(part.itertext()).split())
            for part in (card.find(".//summary"), card.find(".//div[@class='flash-answer']"))
        )
        for card in tree.iter("flash-card")
    }


# By keyboard


def test_a_learner_goes_through_a_quiz_by_keyboard_alone(page):
    deck = the_deck(page)
    first, second, third = ids_of(deck)
    tab_to(page, do(deck, "flip"))
    assert_place(deck, 1, 3)

    press(page, "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    press(page, "Enter")
    expect(card_of(deck)).to_have_attribute("data-side", "front")
    press(page, "ArrowRight", "ArrowRight")
    assert_place(deck, 3, 3)
    press(page, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert_place(deck, 1, 3)

    assert not grade(deck, "again").is_visible()
    press(page, "Space")
    tab_to(page, grade(deck, "again"))
    press(page, "Enter")
    assert_place(deck, 2, 3)
    assert (top(deck), card_of(deck).get_attribute("data-side")) == (second, "front")
    press(page, "Space")
    tab_to(page, grade(deck, "good"))
    press(page, "Space")
    assert_place(deck, 3, 3)
    press(page, "Enter")
    tab_to(page, grade(deck, "again"))
    press(page, "Enter")

    expect(deck.get_by_text("You had 1 of 3.")).to_be_focused()
    expect(card_of(deck)).to_have_count(0)
    missed = deck.get_by_role("listitem").get_by_role("link")
    addresses = missed.evaluate_all("(links) => links.map((link) => link.href)")
    assert [address.rpartition("#")[2] for address in addresses] == [first, third]
    assert all("/glossary/peft/#" in address for address in addresses)

    tab_to(page, deck.get_by_role("button", name="Once more the 2 you missed"))
    press(page, "Enter")
    for number, id in enumerate((first, third), 1):
        assert_place(deck, number, 2)
        assert top(deck) == id
        press(page, "Space")
        tab_to(page, grade(deck, "good"))
        press(page, "Enter")
    expect(deck.get_by_text("You had 2 of 2.")).to_be_focused()
    expect(deck.get_by_role("listitem")).to_have_count(0)
    tab_to(page, deck.get_by_role("button", name="Start over with all 3"))
    press(page, "Enter")
    assert_place(deck, 1, 3)
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    expect(deck.get_by_text("That was the last card.")).to_be_focused()

    grades = graded(page, 5)
    given = [(event["card"], event["grade"]) for event in grades]
    again, good = "again", "good"
    assert given == [
        *((first, again), (second, good), (third, again)),
        *((first, good), (third, good)),
    ]
    told = {(event["from"], event["kind"], event["mode"], event["revision"]) for event in grades}
    assert told == {("flash-card", "review", "flip", 1)}
    assert all(abs(event["at"] - page.evaluate("Date.now()")) < 60_000 for event in grades)
    flips = heard(page, "flash-card:flip")
    assert [event["side"] for event in flips] == ["back", "front", *["back"] * 5]
    assert {event["card"] for event in flips} == {first, second, third}
    rounds = heard(page, "flash-deck:done")
    assert [(event["got"], event["missed"]) for event in rounds] == [
        ([second], [first, third]),
        ([first, third], []),
        ([], []),
    ]


def test_who_leafs_through_without_grading_is_told_so_at_the_end(page):
    deck = the_deck(page)
    do(deck, "flip").focus()
    press(page, "ArrowRight", "ArrowRight")
    expect(do(deck, "next")).to_have_text("Finish")
    press(page, "ArrowRight")
    expect(deck.get_by_text("That was the last card.")).to_be_focused()
    press(page, "ArrowRight", "ArrowLeft")
    expect(deck.get_by_text("That was the last card.")).to_be_focused()
    expect(deck.locator("[data-do]:visible")).to_have_text(["Start over with all 3"])


def test_keys_with_modifiers_stay_the_browsers(page):
    deck = the_deck(page)
    do(deck, "flip").focus()
    for modifier in ("Control", "Shift", "Meta"):
        press(page, f"{modifier}+ArrowRight")
        assert_place(deck, 1, 3)


def test_every_card_of_the_deck_turns(new_page, site):
    cards = load(TRIAL / "cards.yaml").cards
    texts = texts_in_the_file(site)
    page = new_page(reduced_motion="reduce")
    deck = the_deck(page, "study/")
    assert ids_of(deck) == [card.id for card in cards]
    page.evaluate(SET, ["newADay", len(cards)])
    deck.evaluate("(deck) => deck.begin()")
    expect(deck.locator(".flash-today")).to_have_text(f"You have {len(cards)} new cards today.")
    do(deck, "flip").focus()
    for number, card in enumerate(cards, 1):
        question, answer = texts[card.id]
        assert top(deck) == card.id
        assert_place(deck, number, len(cards))
        shown = offered(card_of(deck))
        assert question in shown and answer not in shown
        press(page, "Space")
        shown = offered(card_of(deck))
        assert answer in shown and question not in shown
        expect(card_of(deck)).to_have_attribute("data-side", "back")
        press(page, "ArrowRight")
    assert len(heard(page, "flash-card:flip")) == len(cards)


# By mouse and touch


def test_a_click_turns_the_card_and_the_keys_go_on_from_there(new_page):
    page = new_page(viewport={"width": 1280, "height": 600})
    deck = the_deck(page)
    card_of(deck).evaluate("(card) => card.scrollIntoView({ block: 'end', behavior: 'instant' })")
    scrolled = page.evaluate("scrollY")
    box = card_of(deck).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    press(page, "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "front")
    press(page, "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    room = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert 0 < scrolled < room
    assert page.evaluate("scrollY") == scrolled
    assert len(heard(page, "flash-card:flip")) == 3


def test_a_tap_turns_the_card(new_page):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    deck = the_deck(page)
    card_of(deck).tap()
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    grade(deck, "good").tap()
    assert_place(deck, 2, 3)


def test_a_link_in_the_answer_leads_on_and_does_not_turn(page, site_url):
    deck = the_deck(page)
    first = top(deck)
    card_of(deck).click()
    card_of(deck).get_by_role("link").click()
    expect(page).to_have_url(f"{site_url}glossary/peft/#{first}")
    assert [event["side"] for event in heard(page, "flash-card:flip")] == ["back"]


def test_selecting_text_does_not_turn_the_card(page):
    deck = the_deck(page)
    card = card_of(deck)
    text = card.get_by_text(card.get_attribute("aria-label"))
    text.scroll_into_view_if_needed()
    box = text.bounding_box()
    page.mouse.move(box["x"] + 25, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 15, steps=5)
    page.mouse.up()
    assert page.evaluate("getSelection().toString().length") > 5
    expect(card).to_have_attribute("data-side", "front")
    page.mouse.click(box["x"] + 60, box["y"] - 15)
    expect(card).to_have_attribute("data-side", "back")


def test_shuffling_keeps_the_cards_and_restarting_brings_their_order_back(new_page):
    page = new_page()
    page.add_init_script("Math.random = () => 0")
    deck = the_deck(page)
    ids = ids_of(deck)
    do(deck, "next").click()
    do(deck, "shuffle").click()
    expect(deck.locator(".flash-live")).to_contain_text("Shuffled.")
    assert_place(deck, 1, len(ids))
    order = []
    for _ in ids:
        order.append(top(deck))
        do(deck, "next").click()
    assert sorted(order) == sorted(ids)
    assert order != ids
    for name in (f"Start over with all {len(ids)}", "Restart"):
        deck.get_by_role("button", name=name).click()
        expect(card_of(deck)).to_have_attribute("data-card", ids[0])
        assert_place(deck, 1, len(ids))
        do(deck, "next").click()


# Without JavaScript, or with a part of it


def test_without_javascript_each_card_is_a_question_that_opens(new_page, site):
    page = new_page(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto("study/")
    texts = texts_in_the_file(site)
    assert len(texts) == 24
    main = page.get_by_role("main")
    expect(main.locator("details")).to_have_count(24)
    for id, (question, answer) in texts.items():
        card = main.locator(f'flash-card[data-card="{id}"]')
        expect(card.locator("summary")).to_have_text(question)
        expect(card.locator(".flash-answer")).to_be_hidden()
        card.locator("summary").click()
        expect(card.locator(".flash-answer")).to_be_visible()
        expect(card.locator(".flash-answer")).to_have_text(answer)
        expect(card.get_by_role("link")).to_be_visible()
    expect(main.locator("button:visible, input:visible, progress:visible")).to_have_count(0)


def test_without_javascript_the_glossary_is_a_plain_list(new_page):
    page = new_page(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto("glossary/")
    main = page.get_by_role("main")
    expect(main.locator("li[data-card]:visible")).to_have_count(24)
    expect(main.locator("button:visible, input:visible")).to_have_count(0)


@pytest.mark.expects("ERR_FAILED", "Failed to fetch dynamically imported module")
def test_should_the_script_not_come_every_card_is_there_after_a_while(page):
    page.route("**/assets/cards/*.js", lambda route: route.abort())
    page.goto(QUIZ)
    cards = page.locator("flash-deck > flash-card")
    # Until then the first one stands alone, so that the page does not jump when the script comes.
    expect(cards.nth(0)).to_be_visible()
    expect(cards.nth(1)).to_be_hidden()
    waits = "document.getAnimations().map((each) => each.effect.getComputedTiming().endTime)"
    assert page.evaluate(waits) == [4000, 4000]
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    for card in cards.all():
        expect(card.locator("summary")).to_be_visible()
        card.locator("summary").click()
        expect(card.locator(".flash-answer")).to_be_visible()


# Instant navigation


def assert_one_turn_a_press(page, deck):
    """The deck works, and has its handlers once."""
    expect(do(deck, "flip")).to_have_count(1)
    do(deck, "flip").focus()
    before = len(heard(page, "flash-card:flip"))
    press(page, "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    press(page, "Enter", "Space")
    expect(card_of(deck)).to_have_attribute("data-side", "back")
    assert len(heard(page, "flash-card:flip")) == before + 3
    before = len(heard(page, "flash-card:grade"))
    grade(deck, "good").click()
    assert len(graded(page, before + 1)) == before + 1


def test_decks_work_wherever_instant_navigation_leads(page, site_url):
    page.add_init_script(LISTEN)
    page.goto("")
    page.evaluate("window.stayed = true")
    tabs = page.get_by_role("navigation", name="Tabs")
    chapters = page.locator("nav.md-nav--primary")
    deck = page.locator("flash-deck")

    def arrived(address):
        expect(page).to_have_url(site_url + address)
        expect(
            page.locator(f'.md-content flash-deck[data-label="{labels[address]}"]')
        ).to_be_visible()
        assert page.evaluate("window.stayed"), "the page was loaded anew"
        assert_one_turn_a_press(page, deck)

    labels = {"learn/peft/": "Quiz: PEFT"}
    tabs.get_by_role("link", name="Learn").click()
    expect(page).to_have_url(f"{site_url}learn/")
    chapters.get_by_role("link", name="PEFT", exact=True).click()
    arrived("learn/peft/")
    labels["learn/fine-tuning/"] = "Quiz: Fine-tuning"
    chapters.get_by_role("link", name="Fine-tuning", exact=True).click()
    arrived("learn/fine-tuning/")
    labels["study/"] = load(TRIAL / "cards.yaml").deck.title
    tabs.get_by_role("link", name="Study").click()
    arrived("study/")
    page.go_back()
    arrived("learn/fine-tuning/")
    page.go_back()
    arrived("learn/peft/")
    page.go_forward()
    arrived("learn/fine-tuning/")


def test_a_deck_that_is_moved_in_the_page_has_its_handlers_once(page):
    deck = the_deck(page)
    page.evaluate("""() => {
      const deck = document.querySelector("flash-deck");
      const lone = document.querySelector("flash-card");
      for (let n = 0; n < 3; n++) deck.parentElement.append(deck, lone);
    }""")
    do(deck, "flip").click()
    lone = page.locator("flash-card").last
    do(lone, "flip").click()
    assert len(heard(page, "flash-card:flip")) == 2
    press(page, "Space")
    assert len(heard(page, "flash-card:flip")) == 3
    assert_place(deck, 1, 3)


# Several on a page


def test_two_decks_and_a_card_on_a_page_do_not_disturb_each_other(page):
    the_deck(page)
    page.evaluate("""async () => {
      const text = await (await fetch(location.href)).text();
      const other = new DOMParser().parseFromString(text, "text/html");
      const copy = document.importNode(other.querySelector("flash-deck"), true);
      document.querySelector("flash-deck").after(copy);
    }""")
    lone = page.locator("flash-card").first
    one, two = page.locator("flash-deck").all()

    def state():
        return [
            *((top(deck), card_of(deck).get_attribute("data-side")) for deck in (one, two)),
            lone.get_attribute("data-side"),
        ]

    first, second, _ = ids_of(one)
    assert state() == [(first, "front"), (first, "front"), "front"]
    do(two, "flip").focus()
    press(page, "ArrowRight", "Space")
    assert state() == [(first, "front"), (second, "back"), "front"]
    do(one, "flip").click()
    assert state() == [(first, "back"), (second, "back"), "front"]
    do(lone, "flip").focus()
    press(page, "Space", "ArrowRight")
    assert state() == [(first, "back"), (second, "back"), "back"]
    for deck in (one, two):
        grade(deck, "good").click()
    grades = graded(page, 2)
    assert [event["card"] for event in grades] == [first, second]


# How it moves


def test_the_turn_is_a_movement_of_300_ms_that_shifts_nothing(new_page):
    page = new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script("""
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
        .observe({ type: "layout-shift", buffered: true });
    """)
    deck = the_deck(page)
    do(deck, "flip").scroll_into_view_if_needed()
    stood = deck.evaluate(BUTTONS)
    page.evaluate("window.shifts.length = 0")
    moving = deck.evaluate("""(deck) => {
      deck.querySelector("[data-do=flip]").click();
      return deck.getAnimations({ subtree: true })
        .map((each) => [each.transitionProperty, each.effect.getTiming().duration]);
    }""")
    assert sorted(moving) == [["transform", 300]] * 2 + [["visibility", 300]] * 2
    for _ in range(3):
        assert deck.evaluate(BUTTONS) == stood
        settle(deck)
        do(deck, "flip").click()
    settle(deck)
    assert deck.evaluate(BUTTONS) == stood
    assert page.evaluate("window.shifts.length") == 0


def settle(deck):
    """Wait until nothing moves, and then for two frames, in which shifts would be told."""
    deck.evaluate("""async (deck) => {
      await Promise.all(deck.getAnimations({ subtree: true }).map((each) => each.finished));
      for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
    }""")


@pytest.mark.parametrize("address", ["", QUIZ, "study/"])
def test_the_page_does_not_jump_while_it_loads(new_page, address):
    page = new_page(viewport={"width": 360, "height": 740})
    page.add_init_script("""
      window.shifted = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => window.shifted += e.value))
        .observe({ type: "layout-shift", buffered: true });
    """)
    # A busy machine paints before the deck is made.
    page.route("**/flash-deck.js", lambda route: (time.sleep(0.3), route.continue_()))
    page.goto(address)
    deck = page.locator("flash-deck, flash-card").first
    expect(do(page, "flip").first).to_be_visible()
    settle(deck)
    assert page.evaluate("window.shifted") < 0.05


def test_only_one_side_faces_the_reader(page):
    deck = the_deck(page)
    hit = """(card) => {
      const { x, y, width } = card.getBoundingClientRect();
      const away = card.querySelector("[inert]");
      away.inert = false;
      const found = document.elementFromPoint(x + width / 2, y + 60);
      away.inert = true;
      return card.contains(found) && !away.contains(found);
    }"""
    for side in ("front", "back", "front"):
        card_of(deck).scroll_into_view_if_needed()
        settle(deck)
        expect(card_of(deck)).to_have_attribute("data-side", side)
        assert card_of(deck).evaluate(hit)
        do(deck, "flip").click()


@pytest.mark.parametrize("wish", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}])
def test_where_the_turn_cannot_be_shown_the_sides_simply_change(new_page, site, wish):
    page = new_page(viewport={"width": 1280, "height": 800}, **wish)
    deck = the_deck(page)
    card = card_of(deck)
    question, answer = (card.get_by_text(t) for t in texts_in_the_file(site, QUIZ)[top(deck)])
    for shown, away in ((question, answer), (answer, question), (question, answer)):
        expect(shown).to_be_visible()
        expect(away).to_be_hidden()
        if "reduced_motion" in wish:
            assert deck.evaluate("(deck) => deck.getAnimations({ subtree: true }).length") == 0
            front, back = card.evaluate(FACES)
            assert front == back
        do(deck, "flip").click()


# On other screens, on paper, in other scripts


def test_printed_every_card_shows_both_sides(new_page):
    page = new_page(viewport={"width": 1280, "height": 800})
    deck = the_deck(page, "study/")
    do(deck, "flip").click()
    assert_printed_whole(page, deck)
    expect(deck.get_by_text("You have 20 new cards today.")).to_be_visible()
    for _ in range(20):
        do(deck, "next").click()
    expect(deck.get_by_text("20 skipped, still to be asked.").first).to_be_visible()
    assert_printed_whole(page, deck)


def assert_printed_whole(page, deck):
    page.emulate_media(media="print")
    expect(page.locator("button:visible, progress:visible")).to_have_count(0)
    expect(deck.get_by_text("That was the last card.")).to_be_hidden()
    sides = deck.locator("flash-card").evaluate_all("""(cards) => cards.map((card) =>
      [...card.querySelectorAll("[dir=auto]")].map((text) => {
        const range = document.createRange();
        range.selectNodeContents(text);
        const { left, top, right, bottom } = range.getBoundingClientRect();
        const seen = text.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const { transform } = getComputedStyle(text.parentElement);
        return { left, top, right, bottom, seen, transform };
      }))""")
    assert len(sides) == 24
    for front, back in sides:
        assert front["seen"] and back["seen"]
        assert front["transform"] == back["transform"] == "none"
        assert all(side["right"] - side["left"] > 50 for side in (front, back))
        assert all(side["bottom"] - side["top"] > 10 for side in (front, back))
        assert front["right"] <= back["left"] or front["bottom"] <= back["top"]
    page.emulate_media(media="screen")


def test_printed_before_the_scripts_have_come_every_card_is_there(new_page):
    page = new_page()
    page.route("**/assets/cards/*.js", lambda route: None)  # never answered
    page.goto("study/")
    page.emulate_media(media="print")
    seen = page.locator("flash-card summary").evaluate_all(
        "(all) => all.map((each) => each.checkVisibility({ visibilityProperty: true }))"
    )
    assert seen == [True] * 24


def test_printed_without_javascript_every_answer_is_there(new_page):
    page = new_page(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto("study/")
    page.emulate_media(media="print")
    heights = page.locator(".flash-answer").evaluate_all(
        "(all) => all.map((answer) => answer.checkVisibility() && answer.offsetHeight)"
    )
    assert len(heights) == 24
    assert min(heights) > 20


ARABIC = """
deck:
  {id: t, title: T, description: D., languages: {front: ar, back: en}, rules: {cards-have-sources: off}}
topics: [{id: one, title: واحد}]
sources: {}
cards:
  - {id: a, term: رمز, topic: one, question: ما هو الرمز؟, answer: It is a token., revision: 3}
  - {id: b, term: token, topic: one, answer: And this is a second one.}
"""


@pytest.fixture
def arabic_deck(page, tmp_path):
    """A deck whose fronts are in Arabic, as the macro makes it, at the end of a page."""
    the_deck(page)
    (tmp_path / "cards.yaml").write_text(ARABIC, encoding="utf-8")
    made = quiz.quiz(load(tmp_path / "cards.yaml")).replace(TOP, "../../")
    page.evaluate(
        "(made) => document.querySelector('article').insertAdjacentHTML('beforeend', made)", made
    )
    return page.locator("flash-deck").last


def test_a_card_is_written_in_the_direction_of_its_text(page, arabic_deck):
    def direction(text):
        found = card_of(arabic_deck).get_by_text(text)
        return found.evaluate("(e) => [getComputedStyle(e).direction, e.closest('[lang]').lang]")

    assert direction("ما هو الرمز؟") == ["rtl", "ar"]
    assert direction("It is a token.") == ["ltr", "en"]
    expect(do(arabic_deck, "flip")).to_be_visible()
    do(arabic_deck, "flip").focus()
    press(page, "ArrowRight")
    assert_place(arabic_deck, 2, 2)


def test_in_a_page_from_right_to_left_the_left_arrow_goes_on(page, arabic_deck):
    page.evaluate("document.body.dir = 'rtl'")
    do(arabic_deck, "flip").focus()
    press(page, "ArrowLeft")
    assert_place(arabic_deck, 2, 2)
    press(page, "ArrowRight")
    assert_place(arabic_deck, 1, 2)


def test_a_grade_tells_which_revision_of_the_card_was_seen(page, arabic_deck):
    for _ in range(2):
        do(arabic_deck, "flip").click()
        grade(arabic_deck, "good").click()
    grades = graded(page, 2)
    assert [(event["card"], event["revision"]) for event in grades] == [("a", 3), ("b", 1)]


# For a screen reader


def read_aloud(page, selector):
    """What Chromium's accessibility tree holds under an element: its texts in their order."""
    client = page.context.new_cdp_session(page)
    element = client.send(
        "Runtime.evaluate", {"expression": f"document.querySelector('{selector}')"}
    )
    id = element["result"]["objectId"]
    nodes = client.send("Accessibility.queryAXTree", {"objectId": id, "role": "StaticText"})[
        "nodes"
    ]
    return " ".join(node["name"]["value"] for node in nodes if not node["ignored"])


def test_a_screen_reader_hears_the_question_then_that_it_turns_then_the_answer(page, site):
    deck = the_deck(page)
    card, turn = card_of(deck), do(deck, "flip")
    question, answer = texts_in_the_file(site, QUIZ)[top(deck)]
    expect(deck).to_have_role("group")
    expect(deck).to_have_accessible_name("Quiz: PEFT")
    expect(card).to_have_role("group")
    expect(card).to_have_accessible_name(question)
    expect(turn).to_have_accessible_name("Turn")
    expect(turn).to_have_accessible_description(CAN_TURN)
    live = deck.locator("[aria-live=polite]").last
    expect(live).to_have_text("")
    on_top = "flash-deck > flash-card:not([hidden])"
    assert question in read_aloud(page, on_top) and answer not in read_aloud(page, on_top)

    turn.click()
    expect(live).to_have_text(f"Answer: {answer}")
    settle(deck)
    assert answer in read_aloud(page, on_top) and question not in read_aloud(page, on_top)
    expect(turn).to_have_accessible_name("Turn back")
    expect(turn).to_have_accessible_description("")
    grade(deck, "good").click()
    expect(live).to_contain_text("2 of 3.")
    expect(live).to_contain_text(card_of(deck).get_attribute("aria-label"))
    expect(live).to_contain_text(CAN_TURN)
    assert live.evaluate("(line) => line.closest('[inert], [hidden], [aria-hidden]') === null")


def test_a_card_in_the_text_speaks_for_itself(page, site):
    page.goto("")
    card = page.locator("flash-card")
    [(question, answer)] = texts_in_the_file(site, "").values()
    expect(do(card, "flip")).to_have_accessible_description(CAN_TURN)
    expect(card).to_have_accessible_name(question)
    do(card, "flip").focus()
    press(page, "Enter")
    expect(card.locator("[aria-live=polite]")).to_have_text(f"Answer: {answer}")
    settle(card)
    assert answer in read_aloud(page, "flash-card")
    assert read_aloud(page, "flash-card").count(question) == 0


@pytest.mark.parametrize("address", ["", QUIZ, "study/", "glossary/"])
def test_nothing_interactive_is_nested_in_something_interactive(page, address):
    page.goto(address)
    expect(page.locator("[data-do=flip], input[type=search]").first).to_be_visible()
    assert (
        page.evaluate("""() => {
      const outer = "a[href], button, summary, [role=button], [role=link], [tabindex='0']";
      const inner = `${outer}, input, select, textarea, label, audio[controls], [tabindex]`;
      return [...document.querySelectorAll(`:is(${outer}) :is(${inner})`)].map((e) => e.outerHTML);
    }""")
        == []
    )


def test_what_comes_next_is_in_sight_on_a_phone(new_page):
    """A tall answer is graded at its foot; the next question, and the end, show their heads."""
    page = new_page(viewport={"width": 360, "height": 600})
    page.goto("learn/scaling/")
    deck = page.locator("flash-deck")
    head = page.locator(".md-header").bounding_box()["height"]
    for shown in ("flash-card:visible", ".flash-summary"):
        do(deck, "flip").click()
        page.evaluate("window.scrollBy(0, 150)")
        asked = card_of(deck).get_attribute("data-card")
        grade(deck, "again").click()
        expect(deck.locator(f'flash-card[data-card="{asked}"]')).to_be_hidden()
        assert deck.locator(shown).bounding_box()["y"] >= head
