"""Decks as large as wanted, for what is measured."""

from collections.abc import Callable

TOPICS = 20

HEAD = """\
deck:
  id: bench
  title: Bench
  description: Many cards.
topics:
{topics}sources:
  book:
    authors: A. Writer
    title: A book
    url: https://example.org/book
cards:
"""

# Of some 1.2 KB, with as much Markdown as a card of the real deck has.
CARD = """\
  - id: {id}
    term: {term}
    aliases: [{term} method, {id}s]
    topic: topic-{topic}
    tags: [common]
    question: "What happens to the *score* of a token when this is applied, and at which step?"
    answer: >-
      It divides the **scores** by $T_{{{n}}}$ before the softmax, so that less likely tokens are
      drawn more often; see [[{other}]] for the step that comes before it.{fault}
    gist: divides the scores, so that unlikely tokens come more often
    hint: Think of what dividing does to the gaps.
    choices:
      - text: sharpens the scores, so that unlikely tokens come less often
        feedback: That is what a value of $1/{n}$ does.
      - text: truncates the scores, so that unlikely tokens never come again
        feedback: That is what the sampler of number {n} does.
    details: |
      - With scores $z_i$ and temperature $T$ the weights are $e^{{z_i/{n}}}$, made to sum to 1.
      - As `T` goes to 0 it becomes [[{other}|its neighbor]], which takes the likeliest.
      - It was [measured](https://example.org/{n}) on number {n} of these only.
    mistake: >-
      "A value of {n} makes the model more creative." It changes how a token is drawn, not what the
      model has learned.
    related: [{other}]
    sources: [book]
"""
SYLLABLES = "ba co di fu ga he jo ki lu ma ne po qui ra se to vu wa xe zo".split()
# Each is in every fifth card: of content and of form, in links that look like many others too.
FAULTS = {
    "link": (" [[{id}x]]", ""),
    "mathematics": (" $\\frac{{1}}{{{n}$", ""),
    "field": ("", "    exampel: none\n"),
    "revision": ("", "    revision: none\n"),
    "related": ("", "    formerly: [{id}]\n    relatde: [{other}]\n"),
}


def deck(count: int, fault: Callable[[int], str] = lambda n: "") -> str:
    """A deck of so many cards, of which each has a fault by that name."""
    topics = "".join(f"  - id: topic-{n}\n    title: Topic {n}\n" for n in range(TOPICS))
    cards = []
    for n in range(count):
        inside, after = FAULTS.get(fault(n), ("", ""))
        names = {"id": name(n), "term": name(n).replace("-", " "), "n": n, "topic": n % TOPICS}
        names["other"] = name(n ^ 1)
        cards.append(CARD.format(**names, fault=inside.format(**names)) + after.format(**names))
    return HEAD.format(topics=topics) + "".join(cards)


def name(n: int) -> str:
    """An id that is like few others, as words are."""
    parts = [SYLLABLES[n // 20**k % 20] for k in range(4)]
    return f"{parts[0]}{parts[1]}-{parts[2]}{parts[3]}"
