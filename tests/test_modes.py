"""The modes besides flip, as a learner has them: by mouse, by keyboard alone, and read aloud."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT, TRIAL
from engines import until
from golden import assert_golden
from playwright.sync_api import expect
from test_cards import LISTEN, QUIZ, do, grade, graded, press, top
from test_grading import ask, events, held, more, open_more
from test_session import CARDS, DAY, MONDAY, at, line, study

from macros import asks, quiz
from macros.load import load
from macros.markup import ROOT as TOP
from macros.model import CallError, Card, Choice, Deck
from macros.words import front as front_of

SITE = "trial"

DECK = load(TRIAL / "cards.yaml")
OTHERS = [mode for mode in quiz.MODES if mode != "flip"]
ADDRESS = "study/?topic=peft&seed=class"
SEEDS = 1000  # for each card


@pytest.fixture
def page(keep_page):
    page = keep_page(timezone_id="UTC")
    page.clock.set_fixed_time(MONDAY / 1000)
    return page


def choose_mode(deck, mode):
    do(deck, f"mode-{mode}").click()
    expect(deck.locator(f"[data-do=mode-{mode}]")).to_have_attribute("aria-pressed", "true")
    expect(deck).not_to_have_attribute("aria-busy", "true")


def asked(page, mode, address=ADDRESS):
    """Open a session in a mode; return its deck when a card is asked so."""
    deck = study(page, address)
    choose_mode(deck, mode)
    return deck


def live(deck):
    return deck.locator(":scope > .flash-live").inner_text()


def options(deck):
    return deck.locator(".flash-options > button")


def option(deck, is_right):
    """An option of the card on top that is right, or one that is not."""
    gists = {card.id: card.gist for card in DECK.cards}
    texts = [text.split("\n")[0] for text in options(deck).all_inner_texts()]
    right = texts.index(plain(gists[top(deck)]))
    return options(deck).nth(right if is_right else (right + 1) % len(texts))


def plain(text):
    return re.sub(r"[*`]", "", text)


def type_answer(deck, *texts):
    fields = deck.locator(".flash-fields input")
    for n, text in enumerate(texts):
        fields.nth(n).fill(text)
    deck.locator(".flash-fields [type=submit]").click()


def term(deck):
    return DECK.by_id[top(deck)].term


def offered(deck):
    return deck.locator("[data-grade]:visible").evaluate_all(
        "(all) => all.map((e) => e.dataset.grade)"
    )


def verdict(deck):
    return deck.locator(".flash-verdict").inner_text()


def recorded(page):
    """What stands in the record, without what chance and the clock give, in the deck's order."""
    names = ("card", "prompt", "mode", "grade")
    told = [{name: event[name] for name in names if name in event} for event in events(page)]
    return sorted(told, key=lambda event: CARDS.index(event["card"]))


# What there is to choose from


def test_the_engine_and_the_browser_know_the_same_modes():
    script = (ROOT / "overrides/assets/cards/modes.js").read_text(encoding="utf-8")
    table = re.search(r"const MODES = \{(.*?)\};", script, re.DOTALL)[1]
    assert re.findall(r"(\w+): \(\) => import\(\"./mode-\1\.js\"\)", table) == OTHERS


def test_of_all_cards_and_many_seeds_four_options_of_which_one_is_right(page):
    stack = quiz.quiz(DECK).replace(TOP, "../../")

    def with_all_cards(route):
        body = route.fetch().text()
        body = re.sub(r"<flash-deck\b.*?</flash-deck>", lambda _: stack, body, flags=re.DOTALL)
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route(f"**/{QUIZ}", with_all_cards)
    page.goto(QUIZ)
    do(page.locator("flash-deck"), "flip").wait_for()
    drawn = ask(
        page,
        """
        const [{ asksOf, bringAsks }, { optionsOf }] = [await module("asks"), await module("mode-choose")];
        const deck = document.querySelector("flash-deck");
        await bringAsks(deck);
        // Each option as its place in a list of all that were seen: there are a hundred thousand.
        return deck.all.map((card) => {
          const seen = [];
          const place = ({ text, isRight, remark }) => {
            const said = text.map((each) => each.textContent).join("");
            const known = seen.findIndex(([text, right]) => text === said && right === isRight);
            return known < 0 ? seen.push([said, isRight, remark.length > 0]) - 1 : known;
          };
          const rounds = [...Array(given[0]).keys()].map((seed) => optionsOf(asksOf(card), `${seed}`).map(place));
          return [card.dataset.card, seen, rounds];
        });
        """,
        SEEDS,
    )
    assert [id for id, _, _ in drawn] == [card.id for card in DECK.cards]
    places, longest = Counter(), 0
    for id, seen, rounds in drawn:
        card = DECK.by_id[id]
        own = {plain(choice.text) for choice in card.choices}
        # All of its own choices have their turn, each with what is wrong about it, and nothing else.
        assert sorted(seen) == sorted(
            [[plain(card.gist), True, False], *([c, False, True] for c in own)]
        )
        assert not own & {plain(DECK.by_id[other].gist) for other in card.related}
        (right,) = (n for n, (_, is_right, _) in enumerate(seen) if is_right)
        length = [len(text) for text, _, _ in seen]
        for options in rounds:
            assert len(options) == len(set(options)) == 4
            places[options.index(right)] += 1
            longest += all(length[right] > length[n] for n in options if n != right)
    count = len(drawn) * SEEDS
    assert [0.23 < places[n] / count < 0.27 for n in range(4)] == [True] * 4
    assert longest / count <= 0.25


def small_deck(*cards):
    topics = load(TRIAL / "cards.yaml").topics[:2]
    return Deck(
        deck=DECK.deck, topics=topics, sources={}, cards=cards, lines={c.id: 1 for c in cards}
    )


def wrong_of(deck, card):
    return re.findall(r'<p data-ask="wrong">(.*?)</p>', asks.template(deck, card))


def test_a_card_with_too_few_choices_takes_what_is_right_for_cards_that_mean_something_else():
    def card(id, topic="foundations", **fields):
        return Card(id, id.upper(), topic, f"{id} is this.", gist=f"gist of {id}", **fields)

    first = card("a", related=("b",), choices=(Choice("an own one", "Why."),))
    deck = small_deck(
        first, card("b"), card("c", related=("a",)), card("d"), card("e", "architecture"), card("f")
    )
    own = "an own one<small>Why.</small>"
    # Never what is right for a related card, whichever of the two names the other.
    assert wrong_of(deck, first) == [own, "gist of d", "gist of f"]
    # Where the topic has too few, another one's are better than none.
    alone = replace(first, choices=())
    deck = small_deck(alone, *deck.cards[1:])
    assert wrong_of(deck, alone) == ["gist of d", "gist of f", "gist of e"]
    # What two cards say alike is right for both.
    same = replace(deck.cards[3], gist="Gist of A.")
    assert wrong_of(small_deck(alone, same, deck.cards[5]), alone) == ["gist of f"]


def test_a_mode_that_no_card_can_be_asked_in_is_an_error():
    with pytest.raises(CallError, match='none of these cards has the field "cloze"'):
        quiz.quiz(DECK, cards=["one-shot"], mode="cloze")
    with pytest.raises(CallError, match=r'no mode is called "chose"\. Did you mean "choose"\?'):
        quiz.card(DECK, "lora", mode="chose")
    asked = quiz.quiz(DECK, cards=["one-shot", "lora", "peft"], mode="cloze", limit=1)
    assert re.findall(r'data-card="([^"]+)"', asked) == ["lora"]


def test_only_modes_that_some_card_has_are_offered():
    bare = replace(DECK, cards=tuple(replace(c, cloze=(), reverse="") for c in DECK.cards))
    offered = re.findall(r'data-do="mode-(\w+)"', quiz.study(bare))
    assert offered == ["flip", "choose", "type", "match", "test"]
    assert re.findall(r'data-do="mode-(\w+)"', quiz.study(DECK)) == list(quiz.MODES)


# How an answer becomes a grade


def test_a_choice_is_graded_by_whether_it_is_right(page):
    deck = asked(page, "choose")
    first, right, wrong = top(deck), option(deck, True), option(deck, False)
    chosen = wrong.inner_text()
    wrong.click()
    (feedback,) = [c.feedback for c in DECK.by_id[first].choices if plain(c.text) == chosen]
    assert verdict(deck) == f"Not right. {plain(feedback)}"
    expect(right).to_contain_text("right answer")
    expect(wrong).to_contain_text("your answer")
    assert offered(deck) == ["again"]
    grade(deck, "again").click()
    second = top(deck)
    option(deck, True).click()
    assert (verdict(deck), offered(deck)) == ("Right.", ["good"])
    grade(deck, "good").click()
    graded(page, 2)
    assert sorted(recorded(page), key=lambda event: event["grade"]) == [
        {"card": first, "mode": "choose", "grade": "again"},
        {"card": second, "mode": "choose", "grade": "good"},
    ]


def test_a_hint_makes_it_hard(page):
    deck = asked(page, "choose")
    deck.get_by_role("button", name="Hint").click()
    hint = DECK.by_id[top(deck)].hint
    expect(deck.locator("p.flash-hint")).to_have_text(plain(hint))
    option(deck, True).click()
    assert offered(deck) == ["hard", "good"]
    expect(deck.get_by_role("button", name="Hint")).to_have_count(0)


def test_moving_among_the_options_decides_nothing(page):
    deck = asked(page, "choose")
    options(deck).first.focus()
    press(page, "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp")
    expect(options(deck).last).to_be_focused()
    expect(deck).to_have_attribute("data-state", "asking")
    press(page, "2")
    expect(deck).to_have_attribute("data-state", "answered")
    expect(deck.locator(".flash-options > button:nth-child(2) small").first).to_be_visible()


def test_who_turns_the_card_instead_grades_as_in_flip(page):
    deck = asked(page, "choose")
    do(deck, "flip").click()
    assert offered(deck) == ["again", "hard", "good", "easy"]
    expect(deck.get_by_text("right answer")).to_be_visible()
    options(deck).first.dispatch_event("click")
    assert deck.locator(".flash-verdict").count() == 0


@pytest.mark.parametrize(
    ("given", "said", "grades"),
    [
        (lambda term: term.upper(), "Right.", ["good"]),
        (
            lambda term: term[:4] + term[5:],
            "Nearly right. You wrote “{}”. If you knew it, press Good.",
            ["hard", "good"],
        ),
        (
            lambda term: "flip card",
            "Not right. You wrote “{}”. If you knew it, press Good.",
            ["again", "good"],
        ),
        (
            lambda term: "",
            "Not right. You wrote nothing. If you knew it, press Good.",
            ["again", "good"],
        ),
    ],
)
def test_a_typed_term_is_judged_and_the_reader_may_know_better(page, given, said, grades):
    deck = asked(page, "type")
    text = given(term(deck))
    names = [term(deck), *DECK.by_id[top(deck)].aliases]
    front = deck.locator("flash-card:not([hidden]) .flash-front .flash-text").inner_text()
    assert not any(name.lower() in front.lower() for name in names)
    type_answer(deck, text)
    assert (verdict(deck), offered(deck)) == (said.format(text), grades)
    expect(deck.locator("flash-card:not([hidden]) .flash-back strong").first).to_have_text(
        term(deck)
    )
    grade(deck, "good").click()
    (event,) = graded(page, 1)
    assert (event["mode"], event["grade"]) == ("type", "good")


def gaps(card, prompt):
    return re.findall(r"\{\{(.*?)\}\}", card.cloze[int(prompt.split(":")[1]) - 1])


def test_gaps_are_typed_and_each_sentence_has_a_schedule_of_its_own(page):
    deck = asked(page, "cloze")
    card = DECK.by_id[top(deck)]
    expect(deck.locator("flash-card:not([hidden]) .flash-front")).to_contain_text("[gap")
    type_answer(deck, *gaps(card, "cloze:1"))
    assert (verdict(deck), offered(deck)) == ("Right.", ["good"])
    back = deck.locator("flash-card:not([hidden]) .flash-back mark").all_inner_texts()
    assert back == gaps(card, "cloze:1")
    grade(deck, "good").click()
    graded(page, 1)
    event = {"card": card.id, "prompt": "cloze:1", "mode": "cloze", "grade": "good"}
    assert recorded(page) == [event]
    state = "return ['', 'cloze:1', 'cloze:2'].map((name) => record.schedule(given[0], name)?.reps)"
    assert ask(page, state, card.id) == [None, 1, None]
    # It has been asked today in one way: that is enough for a day.
    choose_mode(deck, "flip")
    expect(line(deck)).to_have_text("You have 2 new cards today.")
    # The other day the next sentence has its turn, since the first is not due for long.
    grades = [(card.id, "easy", MONDAY + DAY)]
    ask(
        page,
        "await record.add({ kind: 'review', prompt: 'cloze:1', card: given[0][0], grade: 'easy', at: given[0][2] })",
        grades[0],
    )
    at(page, MONDAY + 2 * DAY)
    deck = asked(page, "cloze")
    asked_now = deck.locator("flash-card:not([hidden])").first
    assert top(deck) == card.id
    first = re.sub(r"\{\{.*?\}\}", "", card.cloze[0]).split()[0]
    second = asked_now.locator(".flash-front .flash-text").inner_text()
    assert re.sub(r"\[gap( \d)?\]|\s", "", second) == re.sub(
        r"\{\{.*?\}\}|\s|\$", "", card.cloze[1]
    ), first


def test_a_missed_gap_among_two_is_a_missed_sentence(page):
    deck = asked(page, "cloze", "study/?topic=distributed&seed=class")
    two = next(c for c in DECK.of_topic("distributed") if c.cloze[0].count("{{") == 2)
    while top(deck) != two.id:
        do(deck, "next").click()
    right, _ = gaps(two, "cloze:1")
    type_answer(deck, right, "nonsense")
    assert verdict(deck).startswith(f"Not right. You wrote “{right}” and “nonsense”.")


def test_reverse_asks_for_the_term_and_is_graded_as_one_says(page):
    deck = asked(page, "reverse")
    card = DECK.by_id[top(deck)]
    expect(deck.locator("flash-card:not([hidden]) .flash-front .flash-text")).to_have_text(
        card.reverse
    )
    do(deck, "flip").click()
    expect(deck.locator("flash-card:not([hidden]) .flash-back strong")).to_have_text(card.term)
    assert offered(deck) == ["again", "hard", "good", "easy"]
    grade(deck, "easy").click()
    graded(page, 1)
    assert recorded(page) == [
        {"card": card.id, "prompt": "reverse", "mode": "reverse", "grade": "easy"}
    ]


def tiles(deck, column):
    return deck.locator(f".flash-pairs > div:nth-child({column}) > button")


def tile_of(deck, column, card):
    text = card.term if column == 1 else plain(card.gist)
    return tiles(deck, column).filter(has_text=re.compile(rf"^{re.escape(text)}( ✓)?$"))


def test_pairs_are_graded_by_the_first_try(page):
    deck = asked(page, "match")
    cards = [DECK.by_id[id] for id in CARDS if DECK.by_id[id].topic == "peft"]
    assert sorted(tiles(deck, 1).all_inner_texts()) == sorted(card.term for card in cards)
    one, other, third = cards
    tile_of(deck, 1, one).click()
    tile_of(deck, 2, other).click()
    assert verdict(deck) == "These two do not belong together."
    for card in cards:
        # From either side.
        for column in (1, 2) if card != other else (2, 1):
            tile_of(deck, column, card).click()
    expect(deck.get_by_role("button", name="Go on")).to_be_focused()
    graded(page, 3)
    assert recorded(page) == [
        {"card": card.id, "mode": "match", "grade": grade}
        for card, grade in zip(cards, ("again", "good", "good"), strict=True)
    ]
    # They are being learned, so they come back within the session.
    deck.get_by_role("button", name="Go on").click()
    expect(tiles(deck, 1)).to_have_count(3)
    assert deck.locator("[aria-disabled=true]:visible").count() == 0


def test_a_pair_can_be_dragged_together(page):
    deck = asked(page, "match")
    card = DECK.by_id["lora"]
    tile_of(deck, 1, card).drag_to(tile_of(deck, 2, card))
    expect(deck.locator(".flash-verdict")).to_have_text("LoRA: right. 2 pairs left.")


def take_test(deck, wrong=()):
    """Answer each card of a test, those at the places in `wrong` wrongly; return the cards."""
    cards = []
    while deck.get_attribute("data-state") != "done":
        place = deck.locator("progress").get_attribute("value")
        cards.append(top(deck))
        card = DECK.by_id[cards[-1]]
        assert not offered(deck) and not deck.locator("[data-do=flip]:visible, .flash-hint").count()
        is_wrong = len(cards) - 1 in wrong
        deck.page.wait_for_timeout(300)  # sooner than that, a press counts for the card before
        if options(deck).count():
            option(deck, not is_wrong).click()
        else:
            front = deck.locator("flash-card:not([hidden]) .flash-front .flash-text").inner_text()
            sentence = next((s for s in card.cloze if same_but_gaps(s, front)), "")
            right = re.findall(r"\{\{(.*?)\}\}", sentence) or [card.term]
            type_answer(deck, *(["nonsense"] * len(right) if is_wrong else right))
        expect(deck.locator(f"progress[value='{place}']:visible")).to_have_count(0)
        assert deck.locator(".flash-verdict").count() == 0
    return cards


def same_but_gaps(sentence, front):
    words = re.findall(r"\w+", re.sub(r"\{\{.*?\}\}|\$.*?\$", " ", sentence))
    return "[gap" in front and set(words) <= set(re.findall(r"\w+", front))


def test_a_test_tells_nothing_before_its_end_then_one_result_by_topic(page):
    deck = asked(page, "test", "study/?tags=&seed=class&topic=peft")
    cards = take_test(deck, wrong=[0])
    assert sorted(cards) == sorted(card.id for card in DECK.of_topic("peft"))
    expect(deck.locator(".flash-done")).to_have_text("You had 2 of 3.")
    rows = deck.locator(".flash-result tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [["PEFT", "2 of 3"]]
    given = {event["card"]: (event["mode"], event["grade"]) for event in recorded(page)}
    assert given == {c: ("test", "again" if c == cards[0] else "good") for c in cards}
    deck.get_by_role("button", name="Once more the one you missed").click()
    assert take_test(deck) == cards[:1]
    # What it has asked by the cards themselves is being learned, and what by another prompt can wait.
    themselves = {event["card"] for event in recorded(page) if "prompt" not in event}
    assert len(themselves) == 1
    choose_mode(deck, "flip")
    expect(line(deck)).to_have_text("You have 1 card due today.")


def test_a_test_of_the_whole_deck_is_of_twenty_in_several_ways(page):
    deck = asked(page, "test", "study/?seed=class")
    expect(deck.locator("progress")).to_have_js_property("max", 20)
    ways = Counter()
    for _ in range(20):
        ways["choose" if options(deck).count() else "type"] += 1
        do(deck, "next").click()
        if deck.get_attribute("data-state") == "done":
            break
    assert len(ways) == 2


# Within a session


def test_modes_change_in_place(page):
    deck = study(page, "study/?seed=class")
    do(deck, "flip").click()
    grade(deck, "good").click()
    graded(page, 1)
    card = top(deck)
    for mode in ("choose", "type", "flip", "choose"):
        choose_mode(deck, mode)
        assert (top(deck), deck.locator("progress").get_attribute("value")) == (card, "2")
        assert f"mode={mode}" in page.url
    option(deck, True).click()
    grade(deck, "good").click()
    assert [event["mode"] for event in graded(page, 2)] == ["flip", "choose"]
    # What was answered before is undone in another mode too.
    do(deck, "undo").click()
    assert top(deck) == card
    expect(options(deck)).to_have_count(4)
    # The card has its own sides again.
    choose_mode(deck, "type")
    choose_mode(deck, "flip")
    front = deck.locator("flash-card:not([hidden]) .flash-front .flash-text")
    expect(front).to_have_text(plain(front_of(DECK, DECK.by_id[card])))


def test_a_mode_that_is_chosen_before_the_session_has_come_is_heeded(new_page):
    page = new_page()
    let_session, let_grading = held(page, "**/study-session.js"), held(page, "**/grading.js")
    page.goto(ADDRESS)
    deck = page.locator("flash-deck")
    do(deck, "mode-choose").click()
    let_session()
    expect(line(deck)).to_contain_text("today")
    let_grading()
    expect(do(deck, "mode-choose")).to_have_attribute("aria-pressed", "true")
    expect(options(deck)).to_have_count(4)


def test_an_address_names_a_mode(page):
    deck = study(page, "study/?mode=choose&limit=3")
    expect(options(deck)).to_have_count(4)
    expect(deck.locator("progress")).to_have_js_property("max", 3)
    deck = study(page, "study/?mode=nonsense")
    expect(do(deck, "mode-flip")).to_have_attribute("aria-pressed", "true")
    do(deck, "flip").click()
    expect(grade(deck, "easy")).to_be_visible()
    assert offered(deck) == ["again", "hard", "good", "easy"]


def test_a_session_with_no_gaps_left_ends_and_goes_on_in_another_mode(page):
    page.goto("study/")
    for card in DECK.of_topic("peft"):
        for n, _ in enumerate(card.cloze, 1):
            prompt = f"cloze:{n}"
            reviewed = "await record.add({ kind: 'review', grade: 'easy', card: given[0], prompt: given[1], at: given[2] })"
            ask(page, reviewed, card.id, prompt, MONDAY - DAY)
    deck = study(page, "study/?topic=peft&mode=cloze")
    expect(deck).to_have_attribute("data-state", "done")
    expect(deck.locator(".flash-done")).to_contain_text("Nothing is due in this choice.")
    choose_mode(deck, "choose")
    expect(options(deck)).to_have_count(4)
    option(deck, True).click()
    assert offered(deck) == ["good"]


def test_a_gap_that_was_set_aside_leaves_the_others(page):
    page.goto("study/")
    ask(
        page,
        "await record.add({ kind: 'review', grade: 'easy', card: 'lora', prompt: 'cloze:1', at: given[0] })",
        MONDAY - 9 * DAY,
    )
    ask(
        page,
        "await record.add({ kind: 'suspend', card: 'lora', prompt: 'cloze:1', at: given[0] })",
        MONDAY - DAY,
    )
    deck = study(page, "study/?topic=peft&mode=cloze")
    expect(deck.locator(".flash-ask")).to_have_count(1)
    assert page.evaluate("document.querySelector('flash-deck').prompt('lora')") == "cloze:2"
    expect(deck.locator("progress")).to_have_js_property("max", 3)


def test_who_changes_the_mode_again_at_once_has_the_last_one(page):
    deck = study(page, "study/?seed=class")
    page.route("**/asks.*.json", lambda route: (page.wait_for_timeout(200), route.continue_()))
    for mode in ("test", "choose", "flip"):
        do(deck, f"mode-{mode}").click()
    page.wait_for_timeout(500)
    expect(do(deck, "mode-flip")).to_have_attribute("aria-pressed", "true")
    assert deck.locator(".flash-ask").count() == 0
    expect(line(deck)).to_have_text("You have 20 new cards today.")
    do(deck, "flip").click()
    grade(deck, "good").click()
    assert graded(page, 1)[0]["mode"] == "flip"


def test_a_pair_is_graded_before_another_mode_begins_and_can_be_undone(page):
    deck = asked(page, "match")
    page.route("**/fsrs.min.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    card = DECK.by_id["lora"]
    for column in (1, 2):
        tile_of(deck, column, card).click()
    choose_mode(deck, "choose")
    expect(options(deck)).to_have_count(4)
    assert recorded(page) == [{"card": "lora", "mode": "match", "grade": "good"}]
    assert top(deck) != "lora"
    do(deck, "undo").click()
    expect(options(deck)).to_have_count(4)
    assert top(deck) == "lora"
    until(lambda: not ask(page, "return record.schedule('lora')?.reps"), "the grade taken back")


def test_what_is_typed_at_once_goes_into_the_field(page):
    deck = asked(page, "type", "study/?topic=fine-tuning")
    # Its letters are keys of the theme and of the deck elsewhere.
    page.keyboard.type("sun")
    assert deck.locator(".flash-fields input").input_value() == "sun"
    deck = study(page, "study/?topic=fine-tuning&mode=type")
    expect(deck.locator(".flash-fields input")).to_be_focused()
    page.keyboard.type("sun")
    assert deck.locator(".flash-fields input").input_value() == "sun"


def test_enter_pressed_twice_answers_once(page):
    deck = asked(page, "test", "study/?topic=architecture&seed=q")
    while not deck.locator(".flash-fields").count():
        do(deck, "next").click()
    deck.locator(".flash-fields input").first.fill("something")
    for field in deck.locator(".flash-fields input").all():
        field.fill("something")
    page.wait_for_timeout(300)
    press(page, "Enter", "Enter")
    graded(page, 1)
    assert len(recorded(page)) == 1


def test_a_test_asks_nothing_that_was_set_aside_and_none_where_there_is_none(page):
    page.goto("study/")
    ask(page, "await record.add({ kind: 'suspend', card: 'lora', at: given[0] })", MONDAY)
    for card in ("peft", "additive-peft"):
        ask(
            page,
            "await record.add({ kind: 'review', grade: 'easy', card: given[0], at: given[1] })",
            card,
            MONDAY - DAY,
        )
    deck = study(page, "study/?topic=peft&mode=test")
    expect(deck.locator(".flash-ask")).to_have_count(1)
    expect(deck.locator("progress")).to_have_js_property("max", 2)
    deck = study(page, "study/?topic=nonsense&mode=test")
    expect(deck.locator(".flash-done")).to_have_text("No card fits this choice.")


def test_the_last_pair_is_a_question_too(page):
    deck = asked(page, "match", "study/?topic=decoding")
    expect(tiles(deck, 1)).to_have_count(1)
    expect(tiles(deck, 2)).to_have_count(3)
    open_more(deck)
    expect(more(deck).get_by_text("Take it")).to_be_visible()
    assert not more(deck).get_by_role("button", name="Do not ask again").count()


@pytest.mark.expects("Failed to load resource|ERR_FAILED")
def test_should_the_modes_not_come_they_can_be_asked_for_again(page):
    page.route("**/modes.js", lambda route: route.abort())
    deck = study(page, "study/?mode=choose")
    expect(deck.locator(".flash-notice")).to_contain_text("cannot be fetched now")
    page.unroute("**/modes.js")
    do(deck, "mode-choose").click()
    expect(options(deck)).to_have_count(4)


@pytest.mark.parametrize("mode", OTHERS)
def test_a_quiz_in_prose_asks_in_its_mode(page, mode):
    def in_mode(route):
        body = route.fetch().text().replace('mode="flip"', f'mode="{mode}"')
        route.fulfill(body=body, content_type="text/html")

    page.route(f"**/{QUIZ}", in_mode)
    page.add_init_script(LISTEN)
    page.goto(QUIZ)
    deck = page.locator("flash-deck")
    room = deck.locator(".flash-ask")
    expect(room).to_have_count(1)
    assert page.evaluate("document.activeElement === document.body"), "nobody asked for it"
    if mode == "test":
        take_test(deck)
        expect(deck.locator(".flash-done")).to_have_text("You had 3 of 3.")
        deck.get_by_role("button", name="Start over with all 3").click()
    elif mode == "reverse":
        do(deck, "flip").click()
        grade(deck, "good").click()
        graded(page, 1)
    elif mode == "match":
        expect(tiles(deck, 1)).to_have_count(3)
    else:
        expect(room.locator("button, input").first).to_be_visible()


@pytest.mark.expects("Failed to load resource|ERR_FAILED")
def test_should_a_mode_not_come_it_is_said_and_the_cards_can_be_turned(page):
    deck = study(page)
    page.route("**/mode-choose.js", lambda route: route.abort())
    do(deck, "mode-choose").click()
    expect(deck.locator(".flash-notice")).to_contain_text("cannot be fetched now")
    expect(do(deck, "mode-flip")).to_have_attribute("aria-pressed", "true")
    do(deck, "flip").click()
    grade(deck, "good").click()
    assert graded(page, 1)[0]["mode"] == "flip"
    page.unroute("**/mode-choose.js")
    choose_mode(deck, "choose")
    expect(options(deck)).to_have_count(4)


def test_in_flip_a_hint_stands_behind_more_until_another_card_is_asked(page):
    deck = study(page, "study/?topic=prompting")
    open_more(deck)
    more(deck).get_by_role("button", name="Show the hint").click()
    hint = DECK.by_id[top(deck)].hint
    expect(deck.locator(".flash-notice")).to_have_text(plain(hint))
    do(deck, "flip").click()
    open_more(deck)
    expect(more(deck).get_by_role("button", name="Show the hint")).to_have_count(0)
    page.keyboard.press("Escape")
    do(deck, "next").click()
    expect(deck.locator(".flash-notice")).to_have_text("")


def test_a_card_that_is_set_aside_is_not_asked_in_another_way(page):
    page.goto("study/")
    set_aside = "await record.add({ kind: 'suspend', card: given[0], at: given[1] })"
    ask(page, set_aside, "lora", MONDAY)
    deck = study(page, "study/?topic=peft&mode=cloze")
    expect(deck.locator(".flash-ask")).to_have_count(1)
    expect(deck.locator("progress")).to_have_js_property("max", 2)


def test_in_flip_nothing_of_the_modes_is_fetched(page):
    asked_for = []
    page.on("request", lambda request: asked_for.append(request.url.rsplit("/", 1)[-1]))
    deck = study(page)
    do(deck, "flip").click()
    grade(deck, "good").click()
    graded(page, 1)
    assert not [name for name in asked_for if name.startswith(("mode", "asks", "verdict", "seed"))]
    choose_mode(deck, "choose")
    expect(options(deck)).to_have_count(4)
    assert [name for name in asked_for if name.startswith("mode-")] == ["mode-choose.js"]


# Read aloud, by keyboard alone


WATCH = """
  window.spoken = [];
  const name = (element) => {
    const by = element.closest("label")?.querySelector("span")?.textContent;
    return `${element.localName === "input" ? "field" : "button"} "${(element.ariaLabel ?? by ?? element.innerText).replace(/\\s+/g, " ").trim()}"`;
  };
  window.watchSpoken = () => {
    const deck = document.querySelector("flash-deck");
    new MutationObserver((changes) => {
      const lines = new Set(changes.map(({ target }) => target.nodeType === 1 ? target : target.parentElement)
        .map((each) => each?.closest(".flash-live, [role=status], [aria-live]")).filter(Boolean));
      for (const line of lines) if (line.textContent.trim()) window.spoken.push(`says: ${line.textContent.replace(/\\s+/g, " ").trim()}`);
    }).observe(deck, { subtree: true, childList: true, characterData: true });
  };
  window.focused = () => name(document.activeElement);
"""


@pytest.mark.parametrize("mode", OTHERS)
def test_what_a_screen_reader_is_told_and_the_keyboard_alone(page, mode):
    page.add_init_script(WATCH)
    deck = study(page, ADDRESS)
    page.evaluate("watchSpoken()")
    steps = []

    def step(*keys, text=""):
        page.evaluate("window.spoken = []")
        for key in keys:
            press(page, key)
        if text:
            page.keyboard.type(text)
        page.wait_for_timeout(60)
        spoken = page.evaluate("[...new Set(window.spoken)]")
        done = " ".join([*keys, *([f"“{text}”"] if text else [])])
        steps.append("\n".join([f"# {done}", *spoken, f"focus: {page.evaluate('focused()')}"]))
        assert_axe_is_content(page, ["flash-deck"])

    do(deck, f"mode-{mode}").focus()
    press(page, "Enter")
    expect(do(deck, f"mode-{mode}")).to_have_attribute("aria-pressed", "true")
    expect(deck.locator(".flash-ask")).to_have_count(1)
    page.wait_for_timeout(60)
    steps.append("\n".join(["# Enter", *page.evaluate("[...new Set(window.spoken)]")]))
    assert_axe_is_content(page, ["flash-deck"])
    first = {
        "choose": ".flash-options > button",
        "match": ".flash-pairs button",
        "reverse": "[data-do=flip]",
        "test": ".flash-options > button, .flash-fields input",
    }.get(mode, ".flash-fields input")
    for _ in range(12):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", first):
            break
        press(page, "Tab")
    if mode == "choose":
        step("ArrowDown")
        step("Enter")
        step("Enter")
    elif mode in ("type", "cloze"):
        step(text="not this")
        step("Enter")
        step("Enter")
    elif mode == "reverse":
        step("Space")
        step("3")
    elif mode == "match":
        step("Enter")
        step("ArrowRight")
        step("Enter")
        for _ in range(2):
            step("ArrowDown")
            step("Enter")
    else:
        for _ in range(3):
            page.wait_for_timeout(300)
            step("Enter")
    assert_golden("\n\n".join(steps) + "\n", ROOT / f"tests/golden/told/{mode}.txt")


@pytest.mark.parametrize("mode", OTHERS)
def test_a_mode_fits_a_phone(page, mode):
    page.set_viewport_size({"width": 360, "height": 740})
    deck = asked(page, mode)
    assert_nothing_is_wider(page, 320, 360)
    boxes = deck.locator(":is(button, input):visible").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().height)"
    )
    assert min(boxes) >= 44


def test_what_a_card_is_asked_with_is_no_text_of_the_page(site):
    page = (site / "study/index.html").read_text(encoding="utf-8")
    (address,) = re.findall(r'data-asks="([^"]+)"', page)
    held = json.loads((site / "study" / address).read_text(encoding="utf-8"))
    assert list(held) == CARDS
    assert "flash-asks" not in page
