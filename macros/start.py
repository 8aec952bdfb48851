"""The command `start`: a new site for a deck, with the engine and without the deck that it came with."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from string import Template

import material
from babel import Locale, UnknownLocaleError

from . import importing
from .exchange import Incoming, Refused
from .exchange.writing import deck_text
from .fix import File, with_topic_pages
from .load import load
from .model import ERROR, WARNING, Deck, slug
from .rules import RULES
from .schema import FILE as SCHEMA

ENGINE = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).parent / "starter"
# What makes a site, whatever its deck is about. What a folder has of our own is left out below.
PARTS = (
    *(".ci", ".editorconfig", ".github", ".gitignore", ".npmrc", ".vscode", "CONTRIBUTING.md"),
    *("LICENSE", "Makefile", SCHEMA, "macros", "overrides", "package-lock.json", "package.json"),
    *("pyproject.toml", "requirements.in", "requirements.txt", "tests", "tsconfig.json"),
    "tsconfig.worker.json",
)
# Pages that are the same for every deck, as the navigation names and orders them.
PAGES = {
    "Study": "study.md",
    "Glossary": {"": "glossary/index.md", "Map": "map.md"},
    "About": {
        "About this site": "about.md",
        "How cards come back": "schedule.md",
        "Downloads": "downloads.md",
        "Bibliography": "bibliography.md",
        "Contribute": "contribute.md",
        "Privacy": "privacy.md",
    },
}
# What a folder of the engine has that belongs to the deck beside it, or was made.
_OWN = (
    "tests/content",
    "overrides/figures",
    "overrides/assets/cards/fsrs.min.js",
    "overrides/assets/cards/fsrs.LICENSE.txt",
    "overrides/assets/preview.png",
)
_MADE = ("__pycache__", "*.pyc", ".DS_Store")
_FIGURES = "overrides/assets/figures"
_FIGURES_KEPT = {"near.js", "figure.js", "figure.css"}
_MOST_MAPPED = 300  # of more terms a map would be too dense to read
_COMMON = 0.2  # of the cards: a rule that so many break is not one that the deck keeps to


@dataclass(frozen=True)
class Wish:
    """What the command was asked for."""

    deck: importing.Wish
    into: Path
    title: str = ""
    language: str = ""


def start(wish: Wish) -> int:
    """Carry out `start`; returns 0, or 1 where something was refused, and then nothing is written."""
    into = wish.into
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        print(f"{into}: it is there already. Name a folder that is new or empty.", file=sys.stderr)
        return 1
    if wish.language and (fault := _fault_of(wish.language)):
        print(fault, file=sys.stderr)
        return 1
    incoming = importing.incoming(into, wish.deck)
    if incoming is None:
        return 1
    made = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=_nearest(into)))
    try:
        deck, eased = _write(made, incoming, wish)
        into.parent.mkdir(parents=True, exist_ok=True)
        if into.exists():
            into.rmdir()
        made.chmod(0o755)
        made.rename(into)
    except Refused as refused:
        print(f"{wish.deck.file}: {refused.text}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or into}: {error.strerror or error}.", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(made, ignore_errors=True)
    _tell(into, deck, eased)
    return 0


def _fault_of(language: str) -> str:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return f'--language: "{language}" is no code of a language, such as en, fr or pt-BR.'
    return ""


def _nearest(path: Path) -> Path:
    """The folder that is there already and nearest to a path: a rename within one disk is at once."""
    return next(folder for folder in path.resolve().parents if folder.is_dir())


def _tell(into: Path, deck: Deck, eased: dict[str, str]) -> None:
    for rule, level in eased.items():
        print(f"{rule}: {level}, since the deck does not keep to it yet.")
    cards, topics = len(deck.cards), len(deck.topics)
    print(
        f'{into}: a site of "{deck.deck.title}", {cards} card{"s" * (cards != 1)} in {topics} topic{"s" * (topics != 1)}. '
        f"To see it:\n    cd {into}\n    make serve"
    )


# What is written


def _write(folder: Path, incoming: Incoming, wish: Wish) -> tuple[Deck, dict[str, str]]:
    """Write the site; returns its deck and the rules that are eased."""
    _copy_engine(folder)
    for media in incoming.media:
        target = folder / "docs/assets" / media.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(media.read())
    deck, eased = _write_deck(folder, incoming, wish)
    _write_pages(folder, deck)
    _write_settings(folder, deck)
    file = File.read(folder / "cards.yaml")
    if file:
        with_topic_pages(folder, file, {})
    return deck, eased


def _copy_engine(folder: Path) -> None:
    own = {file for pattern in _OWN for file in ENGINE.glob(pattern)}
    own |= {file for file in (ENGINE / _FIGURES).glob("*") if file.name not in _FIGURES_KEPT}
    made = shutil.ignore_patterns(*_MADE)

    def left_out(parent: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(parent, name) in own} | made(parent, names)

    for name in PARTS:
        part = ENGINE / name
        if part.is_dir():
            shutil.copytree(part, folder / name, ignore=left_out)
        elif part.is_file():
            shutil.copy(part, folder / name)


def _write_deck(folder: Path, incoming: Incoming, wish: Wish) -> tuple[Deck, dict[str, str]]:
    """Write `cards.yaml`, with the guide that stands above every deck."""
    title = wish.title or str(incoming.info.get("title") or incoming.title)
    info = {
        "id": incoming.info.get("id") or slug(title) or "deck",
        "title": title,
        "description": incoming.info.get("description")
        or f"{title}: flip cards to learn by, and a glossary, for the browser and without an account.",
        # Fronts from elsewhere are meant to be shown as they are; few are what one asks for by "What is".
        "asks": incoming.info.get("asks") or "{term}",
    }
    if wish.language:
        info["language"] = wish.language
    eased = _eased(importing.broken_rules(incoming), len(incoming.cards))
    rules = {**_plain_rules(incoming.info.get("rules")), **eased}
    if rules:
        info["rules"] = rules
    guide = (ENGINE / "cards.yaml").read_text(encoding="utf-8").split("\ndeck:\n")[0]
    path = folder / "cards.yaml"
    path.write_text(f"{guide}\n{deck_text(incoming, **info)}", encoding="utf-8")
    return load(path), eased


def _plain_rules(rules: object) -> dict[str, str]:
    return (
        {str(name): str(level) for name, level in rules.items()} if isinstance(rules, dict) else {}
    )


def _eased(broken: Counter[str], cards: int) -> dict[str, str]:
    """The level of each rule that the deck breaks: off where much of it does, else a warning."""
    eased = {}
    for name, times in sorted(broken.items()):
        if times > cards * _COMMON:
            eased[name] = "off"
        elif RULES[name].level == ERROR:
            eased[name] = WARNING
    return eased


def _write_pages(folder: Path, deck: Deck) -> None:
    unneeded = {"map.md": len(deck.cards) > _MOST_MAPPED, "bibliography.md": not deck.sources}
    general = [page for page in _paths(PAGES) if not (TEMPLATES / page).is_file()]
    # A site that was started itself may lack what its own deck had no need of.
    there = [page for page in general if (ENGINE / "docs" / page).is_file()]
    absent = [page for page in general if page not in there or unneeded.get(page)]
    for page in there:
        if page in absent:
            continue
        lines = (ENGINE / "docs" / page).read_text(encoding="utf-8").splitlines(keepends=True)
        # A page names another that may be absent in a line of its own.
        kept = [line for line in lines if not any(f"{name})" in line for name in absent)]
        target = folder / "docs" / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(kept), encoding="utf-8")
    words = {
        "title": _as_markdown(deck.deck.title),
        "about": json.dumps(deck.deck.description, ensure_ascii=False),
        "welcome": _as_markdown(deck.deck.description),
        "first": deck.cards[0].id,
        "license": f"The cards and the pages are under {_as_markdown(deck.deck.license)}."
        if deck.deck.license
        else "How the cards may be used is not said yet.",
    }
    for template in TEMPLATES.glob("*.md"):
        text = Template(template.read_text(encoding="utf-8")).substitute(words)
        target = folder if template.name == "README.md" else folder / "docs"
        (target / template.name).write_text(text, encoding="utf-8")


def _paths(pages: dict) -> list[str]:
    return [
        path
        for value in pages.values()
        for path in (_paths(value) if isinstance(value, dict) else [value])
    ]


def _as_markdown(text: str) -> str:
    """A plain text as Markdown and for the macros' templates, with nothing in it that either would take for its own."""
    shown = re.sub(r"([\\`*_\[\]<>#$&{}|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?<=[{}%])(?=[{}%#])", "\u200b", shown.replace("\\{", "{").replace("\\}", "}"))


def _write_settings(folder: Path, deck: Deck) -> None:
    """Write `mkdocs.yml`: the engine's, with another name, language and navigation."""
    text = (ENGINE / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[0]
    text = text.replace("preview: assets/preview.png", "preview: assets/icon-512.png")
    license = (
        f"Code under the MIT license, cards under {deck.deck.license}."
        if deck.deck.license
        else "Code under the MIT license."
    )
    for name, value in (
        ("site_name", deck.deck.title),
        ("site_description", deck.deck.description),
        ("copyright", f"{license} Nothing is collected."),
        ("  language", _theme_language(deck.deck.language)),
    ):
        quoted = json.dumps(value, ensure_ascii=False)
        text = re.sub(rf"(?m)^{name}: .*$", lambda _, line=f"{name}: {quoted}": line, text, count=1)
    nav = ["nav:", "  - Home: index.md"]
    for name, value in PAGES.items():
        if isinstance(value, str):
            nav.append(f"  - {name}: {value}")
            continue
        nav.append(f"  - {name}:")
        for label, path in value.items():
            if (folder / "docs" / path).is_file():
                nav.append(f"      - {label}: {path}" if label else f"      - {path}")
    (folder / "mkdocs.yml").write_text("\n".join([text, *nav, ""]), encoding="utf-8")


def _theme_language(tag: str) -> str:
    """The theme's own words that fit a language best; English where it has none."""
    folder = Path(material.__file__).parent / "templates/partials/languages"
    has = {file.stem.lower(): file.stem for file in folder.glob("*.html")}
    return has.get(tag.lower()) or has.get(tag.split("-")[0].lower()) or "en"
