"""What is taken out of the site before it is sent, and what must stay."""

import pytest
from conftest import ROOT

from macros.slim import slim


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.js", "/**\n * Why.\n */\nlet a; // b\n  // c\nf();\n", "let a; // b\nf();\n"),
        ("a.js", "if (a)\n  f();\n\tg();\n", "if (a)\nf();\ng();\n"),
        ("a.js", 'const u = "https://x/*y";\n', 'const u = "https://x/*y";\n'),
        ("a.js", "/*! (c) us */\nf();\n", "/*! (c) us */\nf();\n"),
        ("a.css", "/* Why. */\na { b: c }\n", "a{ b: c }\n"),
        ("a.js", "f(/** @type {any} */ (a), b);\n", "f((a), b);\n"),
        ("a.js", "/** @type {any} */ (a).b();\nc();\n/* d */\n", "(a).b();\nc();\n"),
        ("a.css", "/* a */ b {\n  c: d;\n}\n/* e */\n", "/* a */ b{c:d}\n"),
        ("a.css", "/* Why. */\n\na {\n\tb: c;\n  d: e\n}\n", "a{b:c;d:e\n}\n"),
        ("a.css", 'a::after {\n  content: "; b: c {";\n}\n', 'a::after{content:"; b: c {"}\n'),
        ("a.min.js", "// a\n", "// a\n"),
        ("a.svg", "\n\n<svg>\n", "\n\n<svg>\n"),
        ("a.html", "<p>\n  \n\n\t\n</p>\n\n<p>", "<p>\n</p>\n<p>"),
        ("a.html", "<p>\n  <b>a</b>\n\t b\n\u00a0c", "<p>\n<b>a</b>\nb\n\u00a0c"),
        ("a.html", "<PRE>\n\n\n</PRE>\n\n<i>", "<PRE>\n\n\n</PRE>\n<i>"),
        ("a.html", "<script>\n\n</script>\n\n<i>", "<script>\n\n</script>\n<i>"),
    ],
)
def test_only_what_nobody_reads_goes(path, before, after):
    once = slim(path, before.encode())
    assert once.decode() == after
    assert slim(path, once) == once


def test_what_is_no_text_stays():
    assert slim("a.js", b"\xff\n// x") == b"\xff\n// x"


def test_no_script_of_ours_has_a_text_that_goes_over_lines():
    lines = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "overrides").rglob("*.js"))
        if ".min." not in path.name
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.count("`") % 2
    ]
    assert not lines
