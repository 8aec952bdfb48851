"""Tables: CSV and TSV in, with a header whose columns are found by their names, or without one; CSV out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..model import Card, Choice, Deck, near
from .drafts import EITHER, MARKDOWN, Draft, Found, Note, Options, Refused
from .plain import folded
from .settle import LISTS

# The way in

# A spreadsheet takes a cell that begins so for a formula; some do it with wide signs too.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


DELIMITERS = "\t,;|"
LONGEST = 1_000_000  # characters of a cell
SKIP = "-"  # what --columns has for a column that is left out

# The columns of our own export: the names of Card's fields that a table can hold.
COLUMNS = (
    "id",
    "term",
    "topic",
    "question",
    "answer",
    "gist",
    "hint",
    "details",
    "example",
    "mistake",
    "aliases",
    "tags",
    "related",
    "sources",
    "reverse",
    "cloze",
    "choices",
    "figure",
    "revision",
)

# What people call these columns: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish.
_NAMES = {
    "term": "term|terms|word|words|front|front side|vocabulary|vocab|expression|phrase|concept|name|"
    "begriff|wort|vokabel|vorderseite|fachbegriff|ausdruck|terme|mot|recto|vocabulaire|notion|"
    "término|termino|palabra|anverso|concepto|termine|parola|fronte|vocabolo|termo|palavra|frente|"
    "woord|voorkant|begrip|pojęcie|termin|słowo|slowo|słówko|przód|awers|wyraz",
    "answer": "answer|answers|back|back side|definition|definitions|meaning|translation|explanation|"
    "description|antwort|rückseite|rueckseite|bedeutung|übersetzung|uebersetzung|erklärung|lösung|"
    "réponse|reponse|verso|définition|traduction|signification|sens|respuesta|reverso|definición|"
    "definicion|traducción|traduccion|significado|risposta|retro|definizione|traduzione|significato|"
    "resposta|verso da carta|definição|tradução|antwoord|achterkant|definitie|betekenis|vertaling|"
    "odpowiedź|odpowiedz|tył|rewers|definicja|tłumaczenie|tlumaczenie|znaczenie",
    "question": "question|questions|prompt|frage|pregunta|domanda|pergunta|vraag|pytanie",
    "topic": "topic|topics|deck|category|chapter|unit|lesson|subject|section|set|thema|kapitel|kategorie|"
    "stapel|lektion|fach|thème|theme|sujet|chapitre|catégorie|paquet|leçon|tema|categoría|categoria|"
    "capítulo|mazo|lección|argomento|capitolo|mazzo|lezione|assunto|baralho|lição|onderwerp|"
    "hoofdstuk|les|temat|rozdział|kategoria|dział|talia|lekcja",
    "tags": "tag|tags|label|labels|keyword|keywords|schlagwort|schlagwörter|stichwörter|étiquette|"
    "étiquettes|mots-clés|etiqueta|etiquetas|palabras clave|etichetta|etichette|etykieta|etykiety|"
    "tagi|trefwoorden",
    "example": "example|examples|example sentence|beispiel|beispielsatz|exemple|ejemplo|esempio|"
    "exemplo|voorbeeld|przykład|przyklad",
    "hint": "hint|hints|clue|hinweis|tipp|indice|pista|suggerimento|dica|wskazówka|podpowiedź",
    "details": "details|detail|notes|note|remark|extra|comment|comments|notiz|notizen|anmerkung|"
    "bemerkung|remarque|notas|nota|observação|opmerking|uwagi|notatka|notatki",
    "aliases": "alias|aliases|synonym|synonyms|synonyme|sinónimos|sinonimi|sinônimos|synonimy",
    "id": "id|identifier",
}
KNOWN = {name: field for field, names in _NAMES.items() for name in names.split("|")}
KNOWN |= {name: name for name in COLUMNS}

WHICH = (
    'Name the columns in order, such as --columns term,answer,topic ("-" leaves one out); a card '
    "needs term and answer."
)


def field_of(name: str) -> str:
    """The field that a column's name means; empty where nobody can know."""
    return KNOWN.get(folded(name).strip(" :*#"), "")


def header_of(text: str) -> tuple[str, list[str]]:
    """The delimiter and the cells of a first line that names a card's two sides, or empty ones."""
    first = text.lstrip("\n").partition("\n")[0]
    for delimiter in DELIMITERS:
        if delimiter in first:
            cells = next(csv.reader([first], delimiter=delimiter), [])
            fields = {field_of(cell) for cell in cells}
            if "answer" in fields and fields & {"term", "question"}:
                return delimiter, cells
    return "", []


def read(text: str, options: Options, likely: str = "") -> Found:
    """The cards of a table; `likely` is the delimiter that its name speaks for, if any."""
    delimiter, header = header_of(text)
    if not delimiter:
        delimiter = _delimiter(text, likely)
    rows = _rows(text, delimiter)
    first = next(rows, None)
    if first is None:
        raise Refused(f"there is no row in it. {WHICH}")
    notes: list[Note] = []
    if options.columns:
        columns = [_given(name) for name in options.columns]
        if "answer" not in columns or not {"term", "question"} & set(columns):
            raise Refused(f"--columns names no two sides. {WHICH}")
        body = rows if header else _with_first(first, rows)
    elif header:
        columns, body = _columns(first, notes), rows
    else:
        columns, body = _unnamed(first, notes), _with_first(first, rows)
    own = bool(header) and [*map(folded, first[1])] == [cell for cell in columns]
    own = own and {"id", "term", "topic", "answer"} <= set(columns)
    drafts = [_draft(line, cells, columns, delimiter, own, notes) for line, cells in body]
    kind = {"\t": "TSV", ",": "CSV"}.get(delimiter, f'CSV with "{delimiter}" between')
    shown = ", ".join(column or SKIP for column in columns)
    said = f"{kind}, {'its header read' if header else 'without a header,'} as {shown}"
    return Found(said, tuple(drafts), tuple(notes), text=MARKDOWN if own else EITHER, own=own)


def _delimiter(text: str, likely: str) -> str:
    """What stands between the cells of most lines, the same number of times."""
    lines = [line for line in text.split("\n")[:200] if line.strip()]
    best = (0.0, likely)
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines if delimiter in line)
        if counts:
            share = counts.most_common(1)[0][1] / len(lines) + (0.2 if delimiter == likely else 0)
            best = max(best, (share, delimiter), key=lambda found: found[0])
    if not best[1] or best[1] not in text:
        raise Refused(f"there are no columns in it. Put a tab or a comma between them. {WHICH}")
    return best[1]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with its first line."""
    before = csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused(_why(str(error), delimiter), line) from None
    finally:
        csv.field_size_limit(before)


def _why(said: str, delimiter: str) -> str:
    if "unexpected end" in said or "field larger" in said:
        return 'a quote opens in this row and does not close. Close it, or write "" for a quote in a text.'
    return (
        f'after a closing quote there is something else than "{delimiter}". Write "" for a quote in '
        "a text, and put the whole cell in quotes."
    )


def _with_first(first: tuple, rows: Iterator[tuple]) -> Iterator[tuple]:
    yield first
    yield from rows


def _given(name: str) -> str:
    name = name.strip()
    if name in ("", SKIP):
        return ""
    if field := field_of(name):
        return field
    raise Refused(f'--columns: no field is called "{name}".{near(name, COLUMNS)}')


def _columns(first: tuple[int, list[str]], notes: list[Note]) -> list[str]:
    """The fields of a header; what is not known, or is there a second time, is left out and told."""
    line, cells = first
    columns: list[str] = []
    for cell in cells:
        field = field_of(cell)
        if not field and cell.strip():
            words = f'no field is known for the column "{cell.strip():.40}": left out. {WHICH}'
            notes.append(Note(line, words))
        elif field in columns:
            words = f'the column "{cell.strip():.40}" would be the field "{field}" a second time: left out.'
            notes.append(Note(line, words))
            field = ""
        columns.append(field)
    return columns


def _unnamed(first: tuple[int, list[str]], notes: list[Note]) -> list[str]:
    line, cells = first
    if len(cells) != 2:
        shown = ", ".join(f'"{cell.strip():.20}"' for cell in cells[:6])
        raise Refused(
            f"the first row names no columns that are known ({shown}), and there are {len(cells)}. {WHICH}",
            line,
        )
    words = "the first row names no columns that are known: taken for a card, as term and answer."
    notes.append(Note(line, words))
    return ["term", "answer"]


def _draft(
    line: int,
    cells: list[str],
    columns: Sequence[str],
    delimiter: str,
    own: bool,
    notes: list[Note],
) -> Draft:
    more = [cell for cell in cells[len(columns) :]]
    if any(cell.strip() for cell in more):
        words = (
            f"there are {len(cells)} cells, and {len(columns)} columns: the last is taken with what "
            f"follows it. Put a text with {'a tab' if delimiter == chr(9) else repr(delimiter)[1:-1]} in quotes."
        )
        notes.append(Note(line, words))
        cells = [*cells[: len(columns) - 1], delimiter.join(cells[len(columns) - 1 :])]
    fields = {}
    for name, cell in zip(columns, cells, strict=False):
        if name and cell.strip():
            fields[name] = _value(name, cell, own)
    if fields.get("revision"):
        number = fields["revision"]
        fields["revision"] = int(number) if str(number).isdecimal() and int(number) else 1
    return Draft(line, fields)


def _value(name: str, cell: str, own: bool) -> str | tuple:
    if own:
        cell = unshielded(cell)
    if name not in LISTS:
        return cell
    if not own and name in ("tags", "aliases") and not re.search("[;|]", cell):
        cell = cell.replace(",", ";")
    items = tuple(divided(cell if own else cell.replace("|", ";"), ";"))
    if name == "choices":
        return tuple(Choice(*divided(item, "|")[:2]) for item in items)
    return items


# The way out


def write(deck: Deck) -> bytes:
    """All cards with their texts as Markdown, in UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    rows.writerows([shielded(_cell(card, name)) for name in COLUMNS] for card in deck.cards)
    return out.getvalue().encode("utf-8-sig")


def _cell(card: Card, name: str) -> str:
    value = getattr(card, name)
    if name == "choices":
        return joined((_choice(choice) for choice in value), ";")
    if name in LISTS:
        return joined(value, ";")
    return "" if (name, value) == ("revision", 1) else str(value)


def _choice(choice: Choice) -> str:
    return joined(filter(None, (choice.text, choice.feedback)), "|")


def shielded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: where it would be one, an apostrophe is before it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unshielded(cell: str) -> str:
    """The cell that `shielded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def joined(texts: Iterable[str], sign: str) -> str:
    """A list as one text, with the sign and a blank between: "a; b" or "a | b".

    A sign that belongs to a text gets a backslash, and the backslashes just before one are doubled; so
    are those at the end of a text where no blank follows.
    """
    marked = _signs(sign)
    between = "; " if sign == ";" else f" {sign} "
    return between.join(
        marked.sub(lambda at: at[1] * 2 + (f"\\{sign}" if at[2] else ""), text) for text in texts
    )


def divided(cell: str, sign: str) -> list[str]:
    """The texts that `joined` was given; of an empty cell none."""
    texts, end = [""], 0
    for at in _signs(sign).finditer(cell):
        texts[-1] += cell[end : at.start()] + "\\" * (len(at[1]) // 2)
        end = at.end()
        if at[2] and len(at[1]) % 2:
            texts[-1] += sign
        elif at[2]:
            texts.append("")
    texts[-1] += cell[end:]
    return [text.strip(" ") for text in texts if text.strip(" ")]


def _signs(sign: str) -> re.Pattern:
    return re.compile(r"(\\*)(;|\Z)" if sign == ";" else rf"(\\*)({re.escape(sign)})")
