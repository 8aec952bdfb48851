"""Leaves out of a theme's sheet what no page of the site uses: a theme is made for any site.

A rule stays as long as the classes and ids that it asks for are known: some page has them, or a
script has them as words. Where a script's word ends in a hyphen, so that more may be put behind it,
whatever begins so stays too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

import tinycss2
from tinycss2.ast import Node, ParseError, QualifiedRule

_WORD = re.compile(r"[\w-]+")
_VAR = re.compile(r"\bvar\(\s*(--[\w-]+)")
_CONDITIONAL = {"media", "supports", "layer", "container"}  # their blocks hold rules
# What these ask for is no must.
_CHOICES = {"not", "is", "where", "has", "-webkit-any", "-moz-any"}


def words_in(script: str) -> set[str]:
    """The words of a script that may be names in a sheet."""
    return set(_WORD.findall(script))


def without_unused(sheet: str, names: set[str], others: Iterable[str] = ()) -> str:
    """A sheet without the rules, and the custom properties, that a site has no use for.

    `names` are those of the site's pages and scripts, `others` its other sheets, which may use the
    properties too. A sheet that cannot be read to its end is returned as it is.
    """
    rules = tinycss2.parse_stylesheet(sheet)
    if _is_broken(rules):
        return sheet
    beginnings = tuple(name for name in names if name.endswith("-"))

    def is_seen(selector: list[Node]) -> bool:
        return all(name in names or name.startswith(beginnings) for name in _asked(selector))

    kept = tinycss2.serialize(_each_style(rules, lambda rule: _narrowed(rule, is_seen)))
    elsewhere = names.union(*map(_VAR.findall, others))
    while True:
        # A property that goes may have been the last to ask for another.
        asked = elsewhere.union(_VAR.findall(kept))
        rules = tinycss2.parse_stylesheet(kept)
        lighter = tinycss2.serialize(_each_style(rules, partial(_lightened, asked=asked)))
        if lighter == kept:
            return kept
        kept = lighter


def _is_broken(rules: list[Node]) -> bool:
    return any(isinstance(rule, ParseError) for rule in rules)


def _each_style(rules: list[Node], change: Callable[[QualifiedRule], bool]) -> list[Node]:
    """The rules that a change leaves something of, also within those that hold on a condition."""
    kept = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            stays = change(rule)
        elif rule.type == "at-rule" and rule.lower_at_keyword in _CONDITIONAL and rule.content:
            inner = tinycss2.parse_rule_list(rule.content)
            if not _is_broken(inner):
                rule.content = _each_style(inner, change)
            stays = bool(rule.content)
        else:
            stays = True
        if stays:
            kept.append(rule)
    return kept


def _narrowed(rule: QualifiedRule, is_seen: Callable[[list[Node]], bool]) -> bool:
    """Leave a rule the selectors that may find something; tell whether there are any."""
    selectors = [each for each in _selectors(rule.prelude) if is_seen(each)]
    comma = tinycss2.parse_component_value_list(",")
    rule.prelude = [token for each in selectors for token in comma + each][1:]
    return bool(selectors)


def _lightened(rule: QualifiedRule, asked: set[str]) -> bool:
    """Leave a rule the properties that something asks for; tell whether there are any."""
    declared = tinycss2.parse_blocks_contents(rule.content)
    rest = [
        each
        for each in declared
        if each.type != "declaration" or not each.name.startswith("--") or each.name in asked
    ]
    if len(rest) < len(declared):
        rule.content = rest
    return bool(rest)


def _selectors(prelude: list[Node]) -> list[list[Node]]:
    """A rule's selectors, which commas part."""
    parts: list[list[Node]] = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _asked(selector: list[Node]) -> set[str]:
    """The classes and ids that a selector cannot do without."""
    names: set[str] = set()
    for before, token in pairwise([None, *selector]):
        if token.type == "hash" or (token.type == "ident" and before == "."):
            names.add(token.value)
        elif token.type == "function" and token.lower_name not in _CHOICES:
            names |= _asked(token.arguments)
    return names
