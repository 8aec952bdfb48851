"""The engine: from one deck to glossary pages and flip cards. Here it meets the builder."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from . import pages, schema
from .load import load
from .markup import ROOT
from .model import CallError, DeckError
from .repository import Repository
from .structured import apart

# MkDocs counts what is logged under its own name, so a strict build stops.
log = logging.getLogger("mkdocs.plugins.flashcards")
# Neither builder tells which of its commands runs.
serving = "serve" in sys.argv[1:]


def define_env(env) -> None:
    """Register the macros; called once a build by MkDocs, once a page by Zensical."""
    project = Path(env.project_dir)
    extra = env.conf["extra"]
    repository = Repository.of(extra, log.warning)
    # As the template wants it; and what is wrong with it is said once, not for each page.
    extra["repository"] = repository.url if repository else ""
    for name in pages.NAMES:
        env.macro(_safe(env, project, repository, name), name)


def _safe(env, project: Path, repository: Repository | None, name: str):
    """The macro of that name, which shows a problem in the page instead of raising it."""
    from .blocks import keep

    def macro(*args, **kwargs) -> str:
        # Zensical alone tells a page's path. It reads links as seen from there and moves them itself.
        seen_from = getattr(env.page, "path", None) or env.page.url
        root = "../" * seen_from.count("/")

        def place(html: str) -> str:
            html, data = apart(html)
            # The template puts it into the head; a builder makes `meta` anew for each build.
            env.page.meta["structured"] = [*env.page.meta.get("structured", []), *data]
            return keep(html.replace(ROOT, root))

        try:
            deck = load(project / "cards.yaml")
            if serving:
                schema.write_local(project, deck)
            made = pages.called(pages.macros(deck, place, repository)[name], args, kwargs)
        except DeckError as error:
            problems = list(map(str, error.problems))
        except CallError as error:
            problems = pages.placed(deck, project / "docs", env.page.url, f"{name}(): {error}")
        else:
            return made if name == "glossary" else place(made)
        for problem in problems:
            log.error(problem)
        return place(pages.box(problems))

    return macro
