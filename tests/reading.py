"""Reads HTML as a browser does, for tests that need no browser."""

from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def parse(html: str) -> Element:
    """The tree that a browser makes of `html`; an element of MathML has MATHML before its name."""
    return html5lib.parse(html, namespaceHTMLElements=False)


@cache
def page(site: Path, address: str) -> Element:
    """The page of a built site at an address such as `glossary/peft/`: read it, do not change it."""
    return parse((site / address / "index.html").read_text(encoding="utf-8"))


def text(element: Element | None) -> str:
    """All text in an element as a reader sees it, white space made one; nothing where it is None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def by_card(tree: Element, name: str) -> dict[str, Element]:
    """The elements of that name that stand for cards, by the card's id."""
    return {each.get("data-card"): each for each in tree.iter(name) if each.get("data-card")}
