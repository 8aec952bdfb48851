"""The safe Markdown of a card: what it makes, and that nothing else comes through."""

import re
from random import Random

import pytest
import yaml
from conftest import BUILDERS, ROOT, run_builder
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reading import MATHML, by_card, page, parse, text
from small_project import small_project

from macros import glossary, quiz
from macros.load import load
from macros.markup import ROOT as TOP
from macros.markup import Markup
from macros.model import escaped

MARKUP = Markup.of(load(ROOT / "tests/fixtures/small-deck.yaml"))

ALLOWED = {
    "a": {"href", "title"},
    "audio": {"controls", "preload", "src", "aria-label"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "td": {"class"},
    "th": {"class"},
} | dict.fromkeys("p em strong br pre ul li table thead tbody tr".split(), set())
ALLOWED_CLASS = re.compile(r"align-(left|right|center)|math|language-.*", re.DOTALL)
ALLOWED_ADDRESS = re.compile(r"https?://[^/]|mailto:.|TOP/(?!/)|#", re.IGNORECASE)
ALLOWED_MATH = set(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mtable mtr mtd munder "
    "mover munderover mstyle mpadded mphantom".split()
)
FORBIDDEN_IN_MATH = re.compile(r"on|style$|href|src|class|id$|action|xlink|xmlns:")


def made(markdown):
    """The HTML of a text, with the way to the top of the site written as `TOP/`."""
    return MARKUP.block(markdown).replace(TOP, "TOP/")


def assert_inert(html):
    """Fail where the HTML holds an element, attribute or address that a card may not have."""
    assert_inert_inside(parse(html).find("body"), html)


def assert_inert_inside(whole, html=""):
    for element in list(whole.iter())[1:]:
        if element.tag.startswith(MATHML):
            assert element.tag.removeprefix(MATHML) in ALLOWED_MATH, html
            assert not any(FORBIDDEN_IN_MATH.match(name) for name in element.attrib), html
            continue
        assert set(element.attrib) <= ALLOWED[element.tag], html
        if name := element.get("class"):
            assert ALLOWED_CLASS.fullmatch(name), html
        for address in (element.get("href"), element.get("src")):
            assert address is None or ALLOWED_ADDRESS.match(address), html


# What the Markdown of a card can do


@pytest.mark.parametrize(
    "markdown, html",
    [
        ("*a* **b** `c*` d_e_f", "<p><em>a</em> <strong>b</strong> <code>c*</code> d_e_f</p>"),
        ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"),
        ("one\\\ntwo  \nthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("```python\na < b\n```", '<pre><code class="language-python">a &lt; b\n</code></pre>'),
        ("[[cat]]", '<p><a href="TOP/glossary/animals/#cat">Cat</a></p>'),
        ("[[ tree | *its* leaf ]]", '<p><a href="TOP/glossary/plants/#tree">*its* leaf</a></p>'),
        ("\\[[cat]] `[[cat]]`", "<p>[[cat]] <code>[[cat]]</code></p>"),
        ("[a](http://x.org/?b=1&c)", '<p><a href="http://x.org/?b=1&amp;c">a</a></p>'),
        ('[a](HTTPS://x.org "b\\"")', '<p><a href="HTTPS://x.org" title="b&quot;">a</a></p>'),
        ("[a](mailto:b@c.org)", '<p><a href="mailto:b@c.org">a</a></p>'),
        ("[a](learn/peft/#b)", '<p><a href="TOP/learn/peft/#b">a</a></p>'),
        ("[a](#b)", '<p><a href="#b">a</a></p>'),
        ("![a *b*](assets/c.png)", '<p><img src="TOP/assets/c.png" alt="a b" loading="lazy"></p>'),
        (
            '![a "b"](assets/c.MP3)',
            '<p><audio controls preload="none" src="TOP/assets/c.MP3" aria-label="a &quot;b&quot;"></audio></p>',
        ),
        ("costs $5, or $6", "<p>costs $5, or $6</p>"),
    ],
)
def test_markdown_becomes_html(markdown, html):
    assert made(markdown) == html
    assert_inert(html)


def test_a_table_is_aligned_by_class():
    html = made("| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | 2 | 3 | 4 |")
    assert_inert(html)
    for cell in ("th", "td"):
        classes = [each.get("class") for each in parse(html).iter(cell)]
        assert classes == ["align-left", "align-right", "align-center", None]


def test_a_text_of_one_line_has_no_paragraph():
    assert MARKUP.inline("What is\n *a  cat*?") == "What is <em>a cat</em>?"


def math(tex):
    return text(parse(made(f"${tex}$")).find(f".//{MATHML}math"))


@pytest.mark.parametrize(
    "markdown, html",
    [
        (
            "$x^2$",
            '<p><math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math></p>',
        ),
        (
            "$$\na_i\n$$",
            '<div class="math"><math display="block"><mrow><msub><mi>a</mi><mi>i</mi></msub></mrow></math></div>',
        ),
        ("$1{,}234{,}567$", '<p><math display="inline"><mrow><mn>1,234,567</mn></mrow></math></p>'),
        (
            "$f(1,2)$",
            '<p><math display="inline"><mrow><mi>f</mi><mo stretchy="false">(</mo><mn>1</mn><mo>,</mo>'
            '<mn>2</mn><mo stretchy="false">)</mo></mrow></math></p>',
        ),
        ("$\\mathrm{rank}$", '<p><math display="inline"><mrow><mi>rank</mi></mrow></math></p>'),
        (
            "$\\mathrm{d}_\\mathrm{kv}$",
            '<p><math display="inline"><mrow><msub><mi>d</mi><mi>kv</mi></msub></mrow></math></p>',
        ),
        (
            "$\\frac{\\mathrm{a}}{\\mathrm{b}}$",
            '<p><math display="inline"><mrow><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac></mrow></math></p>',
        ),
        (
            "$a<b$",
            '<p><math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math></p>',
        ),
    ],
)
def test_mathematics_becomes_mathml(markdown, html):
    assert made(markdown) == html
    assert_inert(html)


@pytest.mark.parametrize("end", ["5", "\\", "x"])
def test_mathematics_may_open_a_text_whatever_ends_it(end):
    assert made(f"$x$ is {end}").startswith("<p><math")


# What stays text


@pytest.mark.parametrize(
    "plain",
    [
        '<b onclick="alert(1)">x</b>',
        "<script>alert(1)</script>",
        "<details><summary>x</summary></details>",
        "<!-- x -->",
        "&amp; &lt;b&gt; &#60; &copy;",
        "{{ 7*7 }} {% raw %} {# x #} {%",
        '{onmouseover="alert(1)"} {: .x }',
        "<https://example.org> https://example.org www.example.org a@example.org",
        "# x",
        "> x",
        "---",
        "~~x~~ ==x== ^x^ x^2",
        "[x]: https://example.org",
        "[x][y] [x][] [^1] *[HTML]: x",
        "--8<-- 'cards.yaml'",
        "kept0123456789abcdefx0123456789abcdef0123456789abcdef",
        "klzzwxh:0000",
        "]] [[ ]( ![",
        "\u202eright to left \u05e9\u05dc\u05d5\u05dd",
        "👩‍👩‍👧 e\u0301 é \ufdfd",
        "x" * 5000,
    ],
)
def test_what_is_not_card_markdown_stays_text(plain):
    html = made(plain)
    assert text(parse(html)) == plain
    assert {element.tag for element in parse(html).find("body").iter()} == {"body", "p"}


def test_attributes_after_emphasis_stay_text():
    html = made('*x*{onmouseover="alert(1)"}')
    assert html == "<p><em>x</em>{onmouseover=&quot;alert(1)&quot;}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "java&#115;cript:alert(1)",
        "\\javascript:alert(1)",
        "<java\tscript:alert(1)>",
        "< javascript:alert(1)>",
        "&#1;javascript:alert(1)",
        "&Tab;javascript:alert(1)",
        "\u00a0javascript:alert(1)",
        "\u3000javascript:alert(1)",
        "%6aavascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml,<svg/onload=alert(1)>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:x",
        "//evil.example",
        "&#47;/evil.example",
        "\\//evil.example",
        "/\\evil.example",
        "\\\\\\\\evil.example",
        "http:evil.example",
        "https:///evil.example",
        "mailto:",
        "/at-the-origin",
    ],
)
@pytest.mark.parametrize("kind", ["", "!"], ids=["link", "image"])
def test_an_address_with_another_scheme_is_never_followed(kind, address):
    html = made(f"{kind}[x]({address})")
    assert_inert(html)
    # From the top of the site nothing stands before a relative address.
    for element in parse(MARKUP.block(f"{kind}[x]({address})").replace(TOP, "")).iter():
        for found in filter(None, (element.get("href"), element.get("src"))):
            assert not re.match(r"[\s\0-\x20]*([a-z][a-z0-9+.-]*:|[/\\])", found, re.IGNORECASE), (
                found
            )


def test_an_image_on_another_site_is_text_and_a_fault():
    source = "![x](https://example.org/a.png)"
    assert made(source) == f"<p>{source}</p>"
    (fault,) = MARKUP.faults(source)
    assert (fault.kind, fault.find) == ("media", "https://example.org/a.png")
    assert fault.text == (
        'the image "https://example.org/a.png" is on another site. '
        "Put a copy into docs/assets and name that."
    )


@pytest.mark.parametrize(
    "tex",
    [
        "\\href{javascript:alert(1)}{y}",
        "\\style{color:red}{y}",
        "\\class{x}{y}",
        "\\cssId{x}{y}",
        "\\color{red}{y}",
        '\\color{red" onload="alert(1)}{y}',
        "\\textcolor{red}{y}",
        "\\unknown{y}",
        "\\frac{1",
        "\\left( y",
        "\\begin{matrix} y",
        "\\require{html}",
        "\\html{<img src=x onerror=alert(1)>}",
    ],
)
def test_mathematics_that_a_card_may_not_use_is_shown_as_it_was_written(tex):
    html = made(f"${tex}$")
    assert [text(code) for code in parse(html).iter("code")] == [tex]
    assert_inert(html)
    assert len(MARKUP.faults(f"${tex}$")) == 1


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "a & b", '"><img onerror=x>', "&lt;b&gt;"]
)
def test_words_in_mathematics_are_text(words):
    assert_inert(made(f"$\\text{{{words}}}$"))
    assert math(f"\\text{{{words}}}") == words.replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("label", ["x", '"onmouseover="x', "><script>"])
def test_a_block_of_mathematics_takes_no_label(label):
    html = made(f"$$y$$ ({label})")
    assert_inert(html)
    assert text(parse(html)).endswith(f"({label})")


# Any text at all

# What YAML can hold, without the line breaks and blanks at the ends, which nobody means.
# Without what turns the direction of a text: left open, the loader refuses it.
CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc"],
    exclude_characters="\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
TEXTS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=40),
    st.text(st.sampled_from("*_`[]()<>!#|\\$&;:{}%\"'-+.~=/@^ \nax1"), min_size=1, max_size=40),
).map(lambda drawn: drawn.strip() or "x")
CHARACTER_POOL = "abc \u00e9\u05d0\u732b<>&\"'`*_{}[]()#|\\$%!:;/@~^+-=.,?0\n\u2028\u200f"
NASTY = [
    "</script><script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{% endraw %}",
    "{#",
    "kept0123456789abcdefx0123456789abcdef0123456789abcdef",
    "klzzwxh:0000",
    "\\0 \\n \\",
    "\u202eשלום\u202c <b>",
    "👩‍👩‍👧 e\u0301 é",
    "&amp; &lt;b&gt; &#60;",
    "<details>",
    "]] [[",
    "w" * 400,
    "*a* _b_ `c`",
    "# h {#x}",
    "{: .c }",
    "costs $5 and $6$",
    "a | b",
    "[x](y) ![z](w)",
    "1. x",
    "- y",
    "> z",
    "~~~",
    "```",
    "'q' \"q\"",
    "a\u2028b\u0085c\u2029d",
    "no\u00a0break",
    "</bdi></h2>",
    "<!--",
    "]]>",
    "%s %(x)s {0}",
    "---",
    "&",
    "Null",
    "~",
    "1.0",
]
SEVERAL = settings(
    max_examples=50,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # to shrink forty texts takes minutes, and the failure names the one
    suppress_health_check=list(HealthCheck),
)


def shown(plain):
    """A plain text as Markdown that shows it unchanged."""
    return escaped(" ".join(plain.split()))


def deck_of(texts, answer, style='"'):
    """The YAML of a deck with a card for each text, wherever a card holds plain text.

    `style` is the first character of each value: a quote, or that of a block, or none.
    """
    cards = [
        {
            "id": f"c{n}",
            # Made unique by what stands before it.
            "term": f"t{n} {plain}",
            "aliases": [f"a{n} {plain}"],
            "topic": "all",
            "answer": answer(plain),
            "details": answer(plain),
            "original": {"front": plain, "mended": plain},
        }
        for n, plain in enumerate(texts)
    ]
    rules = {"cards-have-sources": "off"}
    deck = {
        "deck": {"id": "texts", "title": "Texts", "description": "Any text.", "rules": rules},
        "topics": [{"id": "all", "title": "All"}],
        "sources": {},
        "cards": cards,
    }
    return yaml.safe_dump(deck, allow_unicode=True, default_style=style, sort_keys=False)


def assert_shown(texts, study, corrections, index, topic):
    """Fail where a plain text does not stand unharmed on a card, in an entry, or in a table."""
    cards, rows, items = (
        by_card(study, "flash-card"),
        by_card(corrections, "tr"),
        by_card(index, "li"),
    )
    entries = by_card(topic, "div")
    headings = [text(name) for name in topic.iter("bdi")]
    for n, plain in enumerate(texts):
        id, words = f"c{n}", " ".join(plain.split())
        assert f"t{n} {words}" in headings
        assert text(cards[id].find(".//p/a/bdi")) == f"t{n} {words}"
        assert text(cards[id].find(".//summary")) == f"What is t{n} {words}?"
        assert text(cards[id].find(".//div[@class='flash-answer']")) == words
        assert text(rows[id].find("th")) == text(rows[id].findall("td")[-1]) == words
        assert [text(name) for name in items[id].iter("bdi")] == [f"t{n} {words}", f"a{n} {words}"]
        assert text(entries[id].find(".//p[@class='entry-aliases']")) == f"Also called a{n} {words}"
        for part in ("answer", "details"):
            assert text(entries[id].find(f".//div[@class='entry-{part}']")) == words


@pytest.fixture(scope="module")
def deck_file(tmp_path_factory):
    return tmp_path_factory.mktemp("texts") / "cards.yaml"


@SEVERAL
@given(
    texts=st.lists(TEXTS, min_size=40, max_size=40, unique=True),
    style=st.sampled_from([None, '"', "'", "|", ">"]),
)
def test_any_plain_text_comes_out_unharmed(deck_file, texts, style):
    deck_file.write_text(deck_of(texts, shown, style), encoding="utf-8")
    deck = load(deck_file)
    assert_shown(
        texts,
        study=parse(quiz.study(deck)),
        corrections=parse(glossary.corrections(deck)),
        index=parse(glossary.index(deck)),
        topic=parse(glossary.topic_page(deck, "all", keep=str)),
    )


@SEVERAL
@given(texts=st.lists(TEXTS, min_size=40, max_size=40, unique=True))
def test_any_text_taken_as_markdown_comes_out_inert(deck_file, texts):
    for each in texts:
        assert_inert(made(each))
        assert_inert(MARKUP.inline(each).replace(TOP, "TOP/"))
    sound = [each for each in texts if not MARKUP.faults(each)]
    deck_file.write_text(deck_of(sound, str), encoding="utf-8")
    cards = by_card(parse(quiz.study(load(deck_file)).replace(TOP, "TOP/")), "flash-card")
    assert len(cards) == len(sound)
    for card in cards.values():
        assert_inert_inside(card.find(".//summary"))
        assert_inert_inside(card.find(".//div[@class='flash-answer']"))


PIECES = st.lists(
    st.sampled_from(
        "` `` ``` ~~~ $ $$ $x_1$ $x^{2}$ $\\alhpa$ \\ [ ] [[ ]] [[cat]] [[dog]] [[cat|a]] ( ) ![a](b.png) "
        "[a](http://b.org) [a](javascript:b) <b> < > | - * _ `a` 1 a \n".split(" ")
    ),
    max_size=8,
)


@settings(max_examples=1000, deadline=None, database=None)
@given(st.tuples(PIECES, st.sampled_from(["", " "])).map(lambda drawn: drawn[1].join(drawn[0])))
def test_a_text_that_looks_sound_at_a_glance_is_sound(markdown):
    # Code that holds a backtick is sound, but takes more than a glance to see.
    if not MARKUP.faults(markdown):
        assert not MARKUP.faults(f"{markdown}\n\n`` ` ``")


@pytest.mark.parametrize("builder", BUILDERS)
def test_any_plain_text_comes_out_of_the_page_unharmed(tmp_path, builder):
    drawn = Random(2)
    pool = [*CHARACTER_POOL, *NASTY]
    texts = NASTY + [
        "".join(drawn.choices(pool, k=drawn.randint(1, 12))).strip() or "x" for _ in range(250)
    ]
    project = small_project(tmp_path, deck_of(texts, shown), topics=["all"])
    build = run_builder(project, builder)
    assert build.returncode == 0, build.stdout
    assert not re.search("WARNING|ERROR", build.stdout)

    site = project / "site"
    topic = page(site, "glossary/all")
    assert_shown(
        texts,
        study=page(site, "study"),
        corrections=page(site, "corrections"),
        index=page(site, "glossary"),
        topic=topic,
    )
    contents = {link.get("href"): text(link) for link in topic.iterfind(".//nav//a[@href]")}
    for n, plain in enumerate(texts):
        assert contents[f"#c{n}"] == " ".join(f"t{n} {plain}".split())
