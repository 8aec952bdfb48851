"""Makes what is sent smaller without changing what it does: for the reader on a slow line.

The names and statements of a script stay, line by line, so that what a browser shows is what the
source says.
"""

from __future__ import annotations

import re

# Comments that have their lines to themselves, but for notes of copyright (`/*!`), and types.
_COMMENTS = {
    ".css": re.compile(r"^[ \t]*/\*(?!!)(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL),
    ".js": re.compile(
        r"^[ \t]*(?:/\*(?!!)(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)$|/\*\* @type [^*\n]*\*/ ?",
        re.MULTILINE | re.DOTALL,
    ),
}
# In these white space may mean something.
_AS_IT_IS = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL | re.IGNORECASE)
_LINE_ENDS = re.compile(r"(?<=[{;,])\n")  # of a sheet, after which nothing has to be told apart
_LOOSE = re.compile(  # what nothing needs in a sheet, but in its texts
    r"""("[^"]*"|'[^']*')|(?<=[{;])([\w-]+:) | (?=\{)|;(?=\})"""
)
_INDENTATION = re.compile(r"\n[ \t\r\n]+")


def slim(path: str, content: bytes) -> bytes:
    """A page without indentation; scripts and sheets without comments too, a sheet with a line a rule.

    What was minified before, and what is neither, stays as it is. A script whose template texts
    go over lines would lose what those begin with: white space, and what looks like a comment.
    """
    suffix = path[path.rfind(".") :]
    if ".min." in path or suffix not in (*_COMMENTS, ".html"):
        return content
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    if suffix == ".html":
        # Of a split by two groups every third piece is a whole element, and the next its name.
        pieces = _AS_IT_IS.split(text)
        pieces[0::3] = [_INDENTATION.sub("\n", piece) for piece in pieces[0::3]]
        del pieces[2::3]
        return "".join(pieces).encode()
    text = _INDENTATION.sub("\n", _COMMENTS[suffix].sub("", text)).lstrip("\n")
    if suffix == ".css":
        text = _LOOSE.sub(r"\1\2", _LINE_ENDS.sub("", text))
    return text.encode()
