"""What is left out of a theme's sheet, since nothing in a site uses it."""

import pytest

from macros.unused import without_unused, words_in


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        ("p{a:b}", "p{a:b}"),
        (".seen{a:b}.gone{a:b}", ".seen{a:b}"),
        (".gone{a:b}", ""),
        (".gone,.seen, #gone{a:b}", ".seen{a:b}"),
        (".seen .gone{a:b}.seen>#id{a:b}", ".seen>#id{a:b}"),
        (".seen:not(.gone){a:b}", ".seen:not(.gone){a:b}"),
        (":is(.seen,.gone) p{a:b}", ":is(.seen,.gone) p{a:b}"),
        (":host(.gone){a:b}", ""),
        (".put-together{a:b}", ".put-together{a:b}"),
        (r".a\:b{a:b}.a\:c{a:b}", r".a\:b{a:b}"),
        ('[title=gone],[title=".gone"]{a:b}', '[title=gone],[title=".gone"]{a:b}'),
        ("@media print{.gone{a:b}.seen{a:b}}", "@media print{.seen{a:b}}"),
        ("@media print{@supports (a:b){.gone{a:b}}}", ""),
        ("@font-face{a:b}@keyframes gone{from{a:b}}", "@font-face{a:b}@keyframes gone{from{a:b}}"),
        ('@charset "utf-8";.seen{a:b}', '@charset "utf-8";.seen{a:b}'),
        (":root{--used:1;--gone:2}p{a:var(--used)}", ":root{--used:1;}p{a:var(--used)}"),
        (":root{--gone:var(--too);--too:2}", ""),
        (":root{--gone:url(data:a;b)}", ""),
        (":root{--elsewhere:1;--in-script:2}", ":root{--elsewhere:1;--in-script:2}"),
        (".gone{a:var(--x)}:root{--x:1}", ""),
        (".gone{a:b}.gone", ".gone{a:b}.gone"),
    ],
)
def test_what_nothing_uses_goes(sheet, left):
    names = {"seen", "id", "a:b"} | words_in("`put-${how}` + '--in-script'")
    others = ["p { a: var( --elsewhere ) }"]
    once = without_unused(sheet, names, others)
    assert once == left
    assert without_unused(once, names, others) == once
