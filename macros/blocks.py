"""A Markdown extension: puts what the macros have rendered into the page.

A macro's HTML must not meet the site's own Markdown, which would read it again. So `keep`
takes it aside and gives back a word that stands for it; after all else has run, the word
is replaced. MkDocs and Zensical share this module's state between macros and extension.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

# New in each run, so that no page can guess a word and have it replaced.
_PREFIX = f"kept{secrets.token_hex(8)}x"
_WORD = re.compile(rf"<p>({_PREFIX}[0-9a-f]{{32}})</p>|({_PREFIX}[0-9a-f]{{32}})")

_kept: dict[str, str] = {}


def keep(html: str) -> str:
    """Set rendered HTML aside; returns the word that stands for it in Markdown.

    Named by its content, so the same HTML is kept once and a server's memory does not grow
    with each reload.
    """
    word = _PREFIX + hashlib.sha256(html.encode()).hexdigest()[:32]
    _kept[word] = html
    return word


class _PutBack(Postprocessor):
    def run(self, text: str) -> str:
        return _WORD.sub(self._html, text)

    @staticmethod
    def _html(match: re.Match) -> str:
        html = _kept[match[1] or match[2]]
        # A link that is a paragraph by itself keeps its paragraph; a block has none.
        return f"<p>{html}</p>" if match[1] and html.startswith("<a ") else html


class _Blocks(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # The lowest priority: nothing may read the HTML after it is in.
        md.postprocessors.register(_PutBack(md), "flashcards", -100)


def makeExtension(**options) -> Extension:
    """Called by the builder for `macros.blocks` in `markdown_extensions`."""
    return _Blocks(**options)
