"""The engine: from one deck to glossary pages and flip cards. Here it meets the builder."""

from __future__ import annotations

import logging
from pathlib import Path

from . import calls, notices, pages, schema
from .load import load
from .markup import ROOT
from .model import CallError, DeckError, Problem
from .repository import Repository
from .structured import apart

# MkDocs counts what is logged under its own name, so a strict build stops.
log = logging.getLogger("mkdocs.plugins.flashcards")


def define_env(env) -> None:
    """Register the macros; called once a build by MkDocs, once a page by Zensical."""
    if restart := notices.restart():
        log.warning(restart)
    repository, logged = Repository.settled(env.conf["extra"], log.warning), set()
    for name in pages.NAMES:
        env.macro(_safe(env, name, repository, restart, logged), name)


def _safe(env, name: str, repository: Repository | None, restart: str, logged: set[Problem]):
    """The macro of that name, which shows a problem in the page instead of raising it."""
    project = Path(env.project_dir)
    from .blocks import keep

    def macro(*args, **kwargs) -> str:
        # Zensical alone tells a page's path. It reads links as seen from there and moves them itself.
        meta, seen_from = env.page.meta, getattr(env.page, "path", None) or env.page.url

        def place(html: str) -> str:
            html, data = apart(html)
            # The template puts it into the head; a builder makes `meta` anew for each build.
            meta["structured"] = [*meta.get("structured", []), *data]
            return keep(html.replace(ROOT, "../" * seen_from.count("/"))) if html else ""

        first = notices.notice(restart, told := meta.setdefault("problems", []))
        try:
            deck = load(project / "cards.yaml")
            schema.write_local_in_serve(project, deck)
            page = calls.file_of(project / "docs", env.page.url)
            made = pages.called(pages.macros(deck, place, repository, page)[name], args, kwargs)
            return f"{place(first)}\n\n{made}" if name == "glossary" else place(first + made)
        except DeckError as error:
            problems = error.problems
        except CallError as error:
            problems = pages.placed(deck, project / "docs", env.page.url, f"{name}(): {error}")
        except Exception as error:  # a fault of ours must not end a server
            problems = [notices.unforeseen(name, error)]
        notices.tell(problems, logged, log.error)
        return place(first + notices.instead(name, args, problems, told, project))

    return macro
