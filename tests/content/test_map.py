"""The map: what hangs together, as a list and a picture in one, and the shortest way to a term."""

import gzip
import itertools
import random
import re
from dataclasses import replace

import pytest
from accessibility import assert_axe_is_content, assert_nothing_is_wider
from conftest import ROOT
from playwright.sync_api import expect
from reading import parse, text
from test_grading import ask, seed
from test_marks import DAY, GRADE, NOON

from macros.load import load
from macros.map import DOT, term_map
from macros.model import Card, Deck, Info, Topic

DECK = load(ROOT / "cards.yaml")
ORDER = [card for topic in DECK.topics for card in DECK.of_topic(topic.id)]
PLACES = {card.id: n for n, card in enumerate(ORDER)}
EARLIER = [
    sorted(
        n
        for n, other in enumerate(ORDER[:at])
        if other.id in card.related or card.id in other.related
    )
    for at, card in enumerate(ORDER)
]
PATH = "{http://www.w3.org/2000/svg}path"


def small_deck(topics, related):
    """A deck of cards by their topics' names, some of which name others as related."""
    cards = tuple(
        Card(f"c{n}", f"Term {n}", topic, answer="?", related=tuple(f"c{o}" for o in related[n]))
        for n, topic in enumerate(topics)
    )
    records = tuple(Topic(topic, topic.upper()) for topic in dict.fromkeys(topics))
    return Deck(Info("small", "Small", "A deck."), records, cards, {})


def random_deck(chance):
    count = chance.randint(1, 14)
    topics = [f"t{chance.randrange(3)}" for _ in range(count)]
    pairs = [pair for pair in itertools.permutations(range(count), 2) if chance.random() < 0.15]
    return small_deck(topics, [[b for a, b in pairs if a == n] for n in range(count)])


# The list and the picture


def strips(tree):
    """Headings and rows from top to bottom: (the card's id or "", its pieces as (from, to, shape))."""
    for part in tree.find(".//term-map").iter():
        if part.tag in ("h2", "li"):
            pieces = [(p.get("data-from"), p.get("data-to"), p.get("d")) for p in part.iter(PATH)]
            yield part.get("data-card", ""), pieces


def relations(deck):
    """The pairs that hang together, the earlier first."""
    order = [card.id for topic in deck.topics for card in deck.of_topic(topic.id)]
    pairs = {(card.id, other) for card in deck.cards for other in card.related}
    return {tuple(sorted(pair, key=order.index)) for pair in pairs}


def lines(deck):
    """The pairs that the picture joins, read by following each line down from its start.

    Fails where a line has a gap, or two share a place.
    """
    found, above = set(), {}  # where each line is that comes from above
    for card, pieces in strips(parse(term_map(deck))):
        assert above.keys() <= {line for line, _, _ in pieces}
        below = {}
        for line, to, shape in pieces:
            if to:
                assert to == card
                assert re.fullmatch(rf"M{above[line]} 0V18Q.*H{DOT}", shape)
                found.add((line, to))
            elif line == card:
                below[line] = re.fullmatch(rf"M{DOT} 22H.*Q(\S+) 22 \1 26V9999", shape)[1]
                assert below[line] not in above.values()
            else:
                below[line] = above[line]
                assert shape == f"M{above[line]} 0V9999"
        assert len(set(below.values())) == len(below)
        above = below
    assert not above
    return found


def test_the_lines_join_what_hangs_together_and_nothing_else():
    assert lines(DECK) == relations(DECK)
    chance = random.Random(7)
    joined = 0
    for _ in range(100):
        deck = random_deck(chance)
        assert lines(deck) == relations(deck)
        joined += len(relations(deck))
    assert joined > 500


@pytest.mark.parametrize("deck", [DECK, random_deck(random.Random(3))], ids=["ours", "random"])
def test_the_list_has_each_term_in_order_with_those_it_hangs_together_with(deck):
    tree = parse(term_map(deck))
    wanted = relations(deck)
    order = [card for topic in deck.topics for card in deck.of_topic(topic.id)]
    rows = [row for row in tree.iter("li") if row.get("data-card")]
    assert [row.get("data-card") for row in rows] == [card.id for card in order]
    for card, row in zip(order, rows, strict=True):
        own, *others = [text(link) for link in row.iter("a")]
        assert own == card.term
        together = [o.term for o in order if {(card.id, o.id), (o.id, card.id)} & wanted]
        assert others == together
    headings = [text(heading) for heading in tree.iter("h2")]
    assert headings == [topic.title for topic in deck.topics]


def test_a_deck_in_which_nothing_hangs_together_is_a_list():
    deck = small_deck("ab", [(), ()])
    tree = parse(term_map(replace(deck, topics=(*deck.topics, Topic("c", "Empty")))))
    assert [text(heading) for heading in tree.iter("h2")] == ["A", "B"]
    assert [text(row) for row in tree.iter("li")] == ["Term 0", "Term 1"]
    assert list(tree.iter(PATH)) == []


# The shortest way, held against two computations of another kind


def every_way(earlier, to):
    """All ways that end in a term, each as places; for small graphs."""
    yield (to,)
    for before in earlier[to]:
        for way in every_way(earlier, before):
            yield (*way, to)


def best_of_all(earlier, known, to):
    ways = list(every_way(earlier, to))
    openings = {n for n, those in enumerate(earlier) if not those}
    for starts in (known, openings):
        if fit := [way for way in ways if way[0] in starts]:
            return list(min(fit, key=lambda way: (len(way), way)))
    raise AssertionError("no way at all")


def best_of_each(earlier, known):
    """For each term the best way, from the best ways to the terms before it."""

    def from_(starts):
        best = []
        for at, before in enumerate(earlier):
            ways = [(1, (at,))] if at in starts else []
            ways += [(best[n][0] + 1, (*best[n][1], at)) for n in before if best[n]]
            best.append(min(ways, default=None))
        return best

    openings = {n for n, those in enumerate(earlier) if not those}
    pairs = zip(from_(known), from_(openings), strict=True)
    return [list((by_known or by_opening)[1]) for by_known, by_opening in pairs]


WAYS = """async (cases) => {
  const { wayTo } = await import(new URL("../assets/map-way.js", location.href));
  return cases.map(({ earlier, known }) => earlier.map((_, to) => wayTo(
    earlier.map((those, at) => ({ earlier: those, known: known.includes(at) })), to)));
}"""


def random_case(chance):
    count = chance.randint(1, 9)
    density = chance.random() * 0.6
    earlier = [[n for n in range(at) if chance.random() < density] for at in range(count)]
    for those in earlier:
        chance.shuffle(those)
    some = [n for n in range(count) if chance.random() < chance.choice([0, 0.2, 0.5])]
    return {"earlier": earlier, "known": some}


def test_the_way_is_the_shortest_and_starts_nearest_to_the_beginning(keep_page):
    chance = random.Random(11)
    small = [random_case(chance) for _ in range(400)]
    real = [
        {
            "earlier": EARLIER,
            "known": chance.sample(range(len(ORDER)), chance.choice([0, 1, 3, 10, 40])),
        }
        for _ in range(40)
    ]
    page = keep_page()
    page.goto("map/")
    found = page.evaluate(WAYS, [*small, *real])
    for case, ways in zip(small, found, strict=False):
        known = set(case["known"])
        for to, way in enumerate(ways):
            assert way == best_of_all(case["earlier"], known, to), case
        assert ways == best_of_each(case["earlier"], known)
    for case, ways in zip(real, found[len(small) :], strict=True):
        assert ways == best_of_each(EARLIER, set(case["known"]))


# What a learner does with it

KNOWN = "fine-tuning"
TO = "lora-rank"


def term(id):
    return DECK.by_id[id].term


@pytest.fixture
def page(keep_page):
    return keep_page(timezone_id="UTC")


def with_record(page, *history):
    page.clock.set_fixed_time(NOON / 1000)
    page.goto("study/")
    seed(page, *history)
    return page


def box(page):
    return page.get_by_label("I want to understand")


def status(page):
    return page.locator("term-map > [role=status]")


def steps(page):
    return page.locator(".map-way > li")


def row(page, id):
    return page.locator(f"term-map section li[data-card='{id}']")


def way_of(id, known=()):
    places = best_of_each(EARLIER, {PLACES[each] for each in known})[PLACES[id]]
    return [ORDER[n].id for n in places]


def lit(page):
    """The ids of the rows that stand out, and the pairs whose lines end so."""
    rows = page.locator("li.map-lit").evaluate_all("(all) => all.map((row) => row.dataset.card)")
    ends = page.locator("path.map-lit[data-to]").evaluate_all(
        "(all) => all.map(({ dataset }) => [dataset.from, dataset.to])"
    )
    return set(rows), set(map(tuple, ends))


def test_without_a_record_the_way_begins_at_the_beginning(page):
    page.goto("map/")
    expect(status(page)).to_be_empty()
    box(page).select_option(label=term(TO))
    way = way_of(TO)
    assert len(way) > 1
    expect(status(page)).to_have_text(f"{len(way)} terms from the beginning to {term(TO)}.")
    expect(steps(page)).to_have_text([term(id) for id in way])
    expect(page.locator(".map-way")).to_have_js_property("start", 1)
    assert page.url.endswith(f"map/?to={TO}")
    box(page).select_option("")
    expect(steps(page)).to_have_count(0)
    expect(status(page)).to_be_empty()
    assert page.url.endswith("map/")


def test_a_shared_address_shows_the_way_from_what_one_knows(page):
    with_record(page, (KNOWN, "easy", NOON - DAY))
    page.goto(f"map/?to={TO}")
    way = way_of(TO, [KNOWN])
    assert way[0] == KNOWN
    expect(status(page)).to_have_text(f"{len(way) - 1} terms from what you know to {term(TO)}.")
    marks = ["known"] + ["new"] * (len(way) - 1)
    words = [f"{term(id)} {mark}" for id, mark in zip(way, marks, strict=True)]
    expect(steps(page)).to_have_text(words)
    # Where one stands is no step.
    expect(page.locator(".map-way")).to_have_js_property("start", 0)
    for id, step in zip(way, steps(page).all(), strict=True):
        assert step.locator("a").get_attribute("href").endswith(f"#{id}")
    expect(box(page)).to_have_value(TO)


def test_a_term_that_is_due_is_known_and_one_that_is_being_learned_is_not(page):
    due, learning = way_of(TO, [KNOWN])[0], "peft"
    with_record(page, (due, "easy", NOON - 20 * DAY), (learning, "again", NOON - 60_000))
    page.goto(f"map/?to={TO}")
    expect(steps(page).first).to_have_text(f"{term(due)} due")
    expect(steps(page).locator(".card-mark[data-stage=learning]")).to_have_count(1)


def test_the_way_is_shown_anew_when_the_record_changes_in_another_tab(page):
    with_record(page, ("llm", "again", NOON - 60_000))
    page.goto(f"map/?to={TO}")
    before = way_of(TO)
    expect(steps(page)).to_have_count(len(before))
    other = page.context.new_page()
    other.clock.set_fixed_time(NOON / 1000)
    other.goto("glossary/")
    other.evaluate(GRADE, before[-2])
    expect(status(page)).to_have_text(f"1 term from what you know to {term(TO)}.")
    other.evaluate(GRADE, TO)
    expect(status(page)).to_have_text(f"You know {term(TO)}.")
    expect(steps(page)).to_have_text([f"{term(TO)} known"])


def test_each_row_has_the_mark_of_its_term_and_a_card_set_aside_has_none(page):
    with_record(page, (KNOWN, "easy", NOON - DAY))
    ask(page, "await record.add({ card: given[0], kind: 'suspend' })", TO)
    page.goto("map/")
    expect(row(page, KNOWN).locator(".card-mark")).to_have_text("known")
    expect(row(page, TO).locator(".card-mark")).to_have_count(0)
    expect(page.locator("term-map section .card-mark")).to_have_count(len(ORDER) - 1)


def test_an_address_that_names_no_term_shows_no_way(page):
    page.goto('map/?to=no"such')
    expect(box(page)).to_have_js_property("selectedIndex", 0)
    expect(steps(page)).to_have_count(0)
    expect(status(page)).to_be_empty()


def test_pointing_and_focus_let_the_lines_of_a_term_stand_out_and_else_the_way_does(page):
    page.goto(f"map/?to={TO}")
    way = way_of(TO)
    expect(steps(page)).to_have_count(len(way))
    shown = (set(way), set(itertools.pairwise(way)))
    assert lit(page) == shown
    pairs = {pair for pair in relations(DECK) if KNOWN in pair}
    star = ({id for pair in pairs for id in pair}, pairs)
    row(page, KNOWN).hover()
    assert lit(page) == star
    page.mouse.move(0, 0)
    assert lit(page) == shown
    row(page, KNOWN).get_by_role("link").first.focus()
    assert lit(page) == star
    box(page).focus()
    assert lit(page) == shown


def test_of_a_line_only_the_part_down_to_the_term_stands_out(page):
    far = max(relations(DECK), key=lambda pair: PLACES[pair[1]] - PLACES[pair[0]])
    near = min((b for a, b in relations(DECK) if a == far[0]), key=PLACES.get)
    page.goto("map/")
    expect(box(page)).to_be_visible()
    row(page, near).hover()
    pieces = page.locator(f"path.map-lit[data-from='{far[0]}']")
    inside = pieces.evaluate_all("(all) => all.map((p) => p.closest('li')?.dataset.card)")
    assert set(inside) - {None} == {ORDER[n].id for n in range(PLACES[far[0]], PLACES[near] + 1)}
    # Not by color alone: the line is wider and the dot is filled and larger.
    widths = "(p) => parseFloat(getComputedStyle(p).strokeWidth)"
    faint = page.locator(f"path:not(.map-lit)[data-from='{far[0]}']").first
    assert pieces.first.evaluate(widths) > 2 * faint.evaluate(widths)


def test_the_keyboard_alone_finds_a_way_and_follows_it(page):
    page.goto("map/")
    expect(box(page)).to_be_visible()
    box(page).focus()
    page.keyboard.type(term("tokenization")[:8])
    way = way_of("tokenization")
    expect(steps(page)).to_have_text([term(id) for id in way])
    for id in way:
        page.keyboard.press("Tab")
        expect(steps(page).locator("a:focus")).to_have_text(term(id))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/glossary/*/#{way[-1]}")


def test_it_comes_and_goes_with_instant_navigation(page):
    page.goto(f"map/?to={TO}")
    expect(steps(page)).not_to_have_count(0)
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Study", exact=True).first.click()
    page.wait_for_url("**/study/")
    page.go_back()
    expect(steps(page)).to_have_text([term(id) for id in way_of(TO)])
    expect(box(page)).to_have_count(1)
    assert page.evaluate("window.stayed")


# How it looks, to whom


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_is_legible_to_all(new_page, width):
    page = with_record(
        new_page(viewport={"width": width, "height": 740}, timezone_id="UTC"),
        (KNOWN, "easy", NOON - DAY),
    )
    page.goto(f"map/?to={TO}")
    expect(steps(page).locator(".card-mark").first).to_be_visible()
    assert_nothing_is_wider(page, width)
    # To look at all sections, which are alike, takes axe long.
    row(page, ORDER[0].id).hover()
    assert_axe_is_content(page, ["term-map > :not(section)", "term-map > section:first-of-type"])
    ours = "term-map select, term-map > nav a, .map-way a, term-map li > p:first-of-type > a"
    heights = page.locator(ours).evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pieces_of_the_picture_meet(keep_page, width):
    page = keep_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto("map/")
    edges = page.locator("term-map section svg").evaluate_all(
        "(all) => all.map((svg) => svg.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom])"
    )
    assert len(edges) == len(ORDER) + len(DECK.topics)
    for (_, bottom), (top, _) in itertools.pairwise(edges):
        assert abs(bottom - top) < 0.5
    # Each dot is beside the first line of its term.
    middles = page.locator("term-map section li").evaluate_all(
        """(rows) => rows.map((row) => {
          const dot = row.querySelector("circle").getBoundingClientRect();
          const line = row.querySelector("bdi").getClientRects()[0];
          return dot.top + dot.height / 2 - line.top - line.height / 2;
        })"""
    )
    assert max(map(abs, middles)) < 4
    page.set_viewport_size({"width": 1280, "height": 800})


def test_it_reads_without_javascript_and_on_paper(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("map/")
    assert page.locator("term-map section li:visible").count() == len(ORDER)
    assert page.locator("term-map path:visible").count() > len(relations(DECK))
    page.emulate_media(media="print")
    assert page.locator("term-map section li:visible").count() == len(ORDER)
    assert page.locator("term-map > nav:visible").count() == 0


def test_a_screen_reader_has_headings_lists_and_no_picture(page):
    page.goto("map/")
    expect(box(page)).to_be_visible()
    told = page.locator("term-map").aria_snapshot()
    for topic in DECK.topics:
        assert f'region "{topic.title}"' in told
    assert "img" not in told
    names = ", ".join(f'link "{ORDER[n].term}"' for n in (0, 1))
    assert all(name in told for name in names.split(", "))


def test_its_script_is_small_and_comes_on_its_page_alone(page, site):
    own = ("term-map.js", "map-way.js")
    weight = sum(len(gzip.compress((site / "assets" / name).read_bytes())) for name in own)
    assert weight <= 3 * 1024
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto("glossary/", wait_until="networkidle")
    assert not {*own, "term-map.css"} & set(asked)
    page.goto("map/", wait_until="networkidle")
    assert {*own, "term-map.css"} <= set(asked)
    assert "record.js" not in asked
