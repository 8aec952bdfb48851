"""What happens after a build, by whichever builder: downloads, content security policy, offline worker.

A built folder is changed in place, and finishing it twice gives the same as finishing it once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .exchange import downloads
from .model import Deck
from .shorten import cards_in, shorten
from .slim import slim
from .unused import without_unused, words_in
from .words import Words, words

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "object-src": "'none'",
}
WORKER = "assets/offline/worker.js"
REGISTRATION = "assets/offline/offline.js"
WORDS = "assets/words"

# What may be needed without any page naming it, and what a reader offline has no use for. Of all
# other files those are kept that a page, a stylesheet, a script or the manifest names.
KEPT = {".html", ".js", ".mjs", ".json", ".webmanifest"}
NOT_KEPT = re.compile(rf"^\.|/\.|^sw\.js$|^{re.escape(WORKER)}$|^{WORDS}/(?!say\.js$)|/lunr/")

_PLACE = re.compile(r'<meta charset=["\']?utf-8["\']?\s*/?>|<head\b[^>]*>', re.IGNORECASE)
_ADDED = re.compile(
    r'\n<meta http-equiv="Content-Security-Policy" content="[^"]*">'
    r'\n<link rel="manifest" href="[^"]*">\n<meta name="offline-worker" content="[^"]*">'
)
# The theme's sheet of colors. Ours sets them all, so it is a request for nothing.
_PALETTE = re.compile(r'\s*<link rel="stylesheet" href="[^"]*assets/stylesheets/palette\.[^"]*">')
_CANONICAL = re.compile(r'<link rel="?canonical"? href="?(https?://[^" >]*/)"?[ />]')
_URL = re.compile(r"""\burl\(\s*["']?([^"')]+)""")
_URL_IN_SCRIPT = re.compile(r"""\bnew URL\(\s*["']([^"']+)["'], import\.meta\.url""")
_BRINGS_WORDS = re.compile(rb'^import \{ wordsOf \} from "[^"]*words\.js";\n', re.MULTILINE)
_NAMES_A_WORD = re.compile(rb'(<[^<>]*) data-word="([\w.]+)">')
_NAMES_A_LABEL = re.compile(rb' data-word-label="([\w.]+)"')
_ASKS_FOR_WORDS = re.compile(rb'\bwordsOf\("(\w+)"\)')
# The one with its rules. Of Zensical's two a page has one.
_THEME_SHEET = re.compile(r"\bassets/stylesheets/(.*/)?main\.[^/]*\.min\.css$")
_SHADOW_STYLE = re.compile(r'\("style",\{\},([\w$]+)\.toString\(\)\)')


class FinishError(Exception):
    """The folder is no built site; says what is missing."""


def finish(site: Path, deck: Deck, replace: bool = False) -> dict[str, int]:
    """Write the policy into every page of a built site, and downloads, manifest and worker beside them.

    With `replace` the new worker takes over at once and shows open pages anew: for when the
    release before was broken. Returns how many pages, scripts' hashes, kept files and downloads there are.
    Raises `FinishError`, with nothing changed, where the folder holds no built site.
    """
    for name in ("index.html", WORKER):
        if not (site / name).is_file():
            raise FinishError(
                f"{site}: no built site is in it ({name} is missing). Build it first."
            )
    built = {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in sorted(site.rglob("*"))
        if file.is_file()
    }
    said = words(deck)
    made = downloads.made(deck, _release(deck, built))
    built = {path: content for path, content in built.items() if path not in made}
    files: dict[str, bytes] = {}
    for path, content in built.items():
        slimmed = slim(path, content)
        if path.endswith(".js"):
            slimmed = _with_words(slimmed, said)
        if path.endswith(".html"):
            slimmed = downloads.with_sizes(_with_texts(slimmed, said), made, said)
            files |= shorten(path, slimmed, said)
        else:
            files[path] = slimmed
    changed = {path: content for path, content in files.items() if content != built.get(path)}
    pages = {path: _Page(path, files[path]) for path in files if path.endswith(".html")}
    cards = [
        _Page(path, held) for path, content in files.items() if (held := cards_in(path, content))
    ]
    texts = [*pages.values(), *cards]
    sheets = _lighter_sheets(files, texts)
    files |= sheets
    changed |= sheets
    policy = _policy(pages.values(), files)
    changed |= {path: page.with_head(policy) for path, page in pages.items()}
    for path, content in made.items():
        to_print = path.endswith(".html")
        changed[path] = _Page(path, content).with_head(policy) if to_print else content
    changed["site.webmanifest"] = _manifest(deck)
    files |= changed
    kept = _kept({path: files[path] for path in files if path not in made}, texts)
    # The worker comes last: one of before, beside pages half of which are new, installs nowhere.
    changed["sw.js"] = _worker(files, kept, deck, replace)
    for path, content in changed.items():
        write_whole(site / path, content)
    return {
        "pages": len(pages),
        "hashes": policy.count("'sha256-"),
        "files": len(kept),
        "downloads": len(made),
    }


def _release(deck: Deck, built: dict[str, bytes]) -> downloads.Release:
    """What the downloads of a site are of; its first page names the address that it was built for."""
    found = _CANONICAL.search(built["index.html"].decode(errors="replace"))
    address = found[1] if found else ""
    return downloads.Release(downloads.moment(deck.folder), address, inside=True)


class _Page(HTMLParser):
    """A page's text, its inline scripts and styles, the addresses that it names, its classes and ids."""

    def __init__(self, path: str, content: bytes):
        super().__init__()
        self.path = path
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self._into: list[str] | None = None
        try:
            self.text = _PALETTE.sub("", _ADDED.sub("", content.decode()))
        except UnicodeDecodeError as error:
            raise FinishError(f"{path}: this page is not in UTF-8.") from error
        # A browser reads every end of a line as \n, and hashes what it has read.
        self.feed(self.text.replace("\r\n", "\n"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [value for key in ("href", "src") if (value := named.get(key))]
        self.names.update(*((named.get(key) or "").split() for key in ("class", "id")))
        if tag == "style":
            self._into = self.styles
        elif tag == "script" and "src" not in named and _runs(named.get("type") or ""):
            self._into = self.scripts
        else:
            return
        self._into.append("")

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._into = None

    @property
    def root(self) -> str:
        """The address of the site's root as seen from here; the 404 page names it in full."""
        for address in self.addresses:
            if address.endswith(REGISTRATION):
                return address.removesuffix(REGISTRATION)
        return "../" * self.path.count("/")

    def with_head(self, policy: str) -> bytes:
        """The page with the policy and its links in its head, as soon as its charset is known."""
        added = (
            f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
            f'\n<link rel="manifest" href="{self.root}site.webmanifest">'
            f'\n<meta name="offline-worker" content="{self.root}sw.js">'
        )
        places = sorted(_PLACE.finditer(self.text), key=lambda place: "charset" not in place[0])
        if not places:  # a file that proves who owns a site, say, and must stay as it is
            return self.text.encode()
        end = places[0].end()
        return (self.text[:end] + added + self.text[end:]).encode()


def _with_words(script: bytes, words: Words) -> bytes:
    """A script with the words in it that it asks for, so that no page waits for a file of them."""

    def group(asked: re.Match) -> bytes:
        texts = words.groups[asked[1].decode()]
        return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()

    return _ASKS_FOR_WORDS.sub(group, _BRINGS_WORDS.sub(b"", script))


def _with_texts(page: bytes, words: Words) -> bytes:
    """A page with the words in it that the theme's templates name: there, a builder knows no deck."""

    def text(named: re.Match) -> bytes:
        return named[1] + b">" + words.html(named[2].decode()).encode()

    def label(named: re.Match) -> bytes:
        return f' aria-label="{words.html(named[1].decode())}"'.encode()

    return _NAMES_A_LABEL.sub(label, _NAMES_A_WORD.sub(text, page))


def _lighter_sheets(files: dict[str, bytes], pages: list[_Page]) -> dict[str, bytes]:
    """The theme's sheets without what nothing in the site uses."""
    texts = {
        path: content.decode(errors="replace")
        for path, content in files.items()
        if path.endswith((".css", ".js")) and not NOT_KEPT.search(path)
    }
    scripts = [text for path, text in texts.items() if path.endswith(".js")]
    scripts += [script for page in pages for script in page.scripts]
    names = set().union(*(page.names for page in pages), *map(words_in, scripts))
    themes = list(filter(_THEME_SHEET.search, texts))
    others = [text for path, text in texts.items() if path.endswith(".css") and path not in themes]
    return {
        path: without_unused(texts[path], names, [*others, *scripts]).encode() for path in themes
    }


def _runs(kind: str) -> bool:
    """Whether a script of this type runs; data such as JSON needs no leave."""
    return "/" not in kind or "javascript" in kind


def _policy(pages: Iterable[_Page], files: dict[str, bytes]) -> str:
    """The policy of the whole site: instant navigation runs scripts of other pages in this one's."""
    rules = dict(POLICY)
    pages = list(pages)
    scripts = {_hash(script) for page in pages for script in page.scripts}
    styles = {_hash(style) for page in pages for style in page.styles}
    styles |= {_hash(style) for style in _shadow_styles(files)}
    rules["script-src"] = " ".join([rules["script-src"], *sorted(scripts)])
    rules["style-src"] = " ".join([rules["style-src"], *sorted(styles)])
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _shadow_styles(files: dict[str, bytes]) -> Iterable[str]:
    """The style that Zensical's script gives its search dialog, a text in that script."""
    for path, content in files.items():
        if not re.search(r"/bundle\.\w+\.min\.js$", path):
            continue
        script = content.decode()
        for name in _SHADOW_STYLE.findall(script):
            text = rf"(?<![\w$.]){re.escape(name)}=(['\"`])((?:\\.|(?!\1).)*)\1"
            for _, style in re.findall(text, script, re.DOTALL):
                yield re.sub(r"\\(['\"`\\])", r"\1", style)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _manifest(deck: Deck) -> bytes:
    manifest = {
        "name": deck.deck.title,
        "description": deck.deck.description,
        "lang": deck.deck.language,
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#f8f6f0",
        "theme_color": "#f8f6f0",
        "icons": [
            {"src": "assets/mark.svg", "sizes": "any", "type": "image/svg+xml"},
            *(
                {"src": f"assets/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
                for size in (192, 512)
            ),
        ],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def _kept(files: dict[str, bytes], pages: Iterable[_Page]) -> list[str]:
    """The paths of what the worker keeps: what a reader offline may come to need, and no more."""
    addresses = [address for page in pages for address in page.addresses]
    for path, content in files.items():
        if address := {".css": _URL, ".js": _URL_IN_SCRIPT}.get(Path(path).suffix):
            addresses += address.findall(content.decode(errors="replace"))
    icons = json.loads(files["site.webmanifest"])["icons"]
    addresses += [icon["src"] for icon in icons]
    named = {Path(unquote(urlsplit(address).path)).name for address in addresses}
    named.add("sitemap.xml")  # without it, no page is navigated to instantly
    lists = _word_lists(files)
    return [
        path
        for path in sorted(files)
        if Path(path).name in lists
        or (not NOT_KEPT.search(path) and (Path(path).suffix in KEPT or Path(path).name in named))
    ]


def _word_lists(files: dict[str, bytes]) -> set[str]:
    """The files of Material's search for languages other than English, where the site has one."""
    index = json.loads(files.get("search/search_index.json", b"{}"))
    languages = index.get("config", {}).get("lang", ["en"])
    if languages == ["en"]:
        return set()
    common = {"lunr.stemmer.support.min.js", "lunr.multi.min.js", "tinyseg.js", "wordcut.js"}
    return common | {f"lunr.{language}.min.js" for language in languages}


def _worker(files: dict[str, bytes], kept: list[str], deck: Deck, replace: bool) -> bytes:
    """The worker, with the list of what it keeps: each path with the start of its SHA-256."""
    hashes = {path: hashlib.sha256(files[path]).hexdigest()[:16] for path in kept}
    release = {"cache": f"flash-{deck.deck.id}", "files": hashes, "replace": replace}
    return f"self.RELEASE = {json.dumps(release)};\n".encode() + files[WORKER]


def write_whole(file: Path, content: bytes) -> None:
    """Write a whole file or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_bytes(content)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
