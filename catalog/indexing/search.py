"""Finding products by words: the same call on both engines, and the same products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL

from catalog.indexing.engine import FTS, VECTOR, VOCABULARY
from catalog.indexing.labels import options_called, products_having
from catalog.indexing.words import IDENTIFIER, distance, tolerance, words_of
from catalog.models import Product, SearchText
from catalog.values.contexts import own_chain

# Of what is typed, so much is looked at: nobody means more, and every word is a part of the query.
MAX_TEXT = 300
MAX_WORDS = 12
# Names that PostgreSQL's trigrams are asked for; the word that was meant is looked for in these.
_NEAR_NAMES = 300

# What ranks a hit, best first.
EXACT, BEGINNING, NAME, BODY, NEAR = range(1, 6)


class Hit(NamedTuple):
    """A product that was found. `rank`: 1 its SKU or another identifier is what was typed, 2 it begins so, 3 all words
    are in its name or identifiers, 4 they are anywhere in it, 5 words like them are."""

    product_id: int
    rank: int


class Word(NamedTuple):
    """A word to look for, whole or as the beginning of one."""

    text: str
    prefix: bool


def search(text: str, language: str, limit: int = 20) -> list[Hit]:
    """The best hits for what somebody typed, best first, then by SKU. Whatever is typed, nothing is raised.

    All words must be there; the last may be only begun. Where nothing is found, words that differ by a slip are taken.
    """
    words = _words(text)
    languages = _languages(language)
    hits: list[Hit] = []
    for rank, found in _ranked(words, languages) if words else ():
        taken = [hit.product_id for hit in hits]
        rows = found.exclude(pk__in=taken).order_by("sku").values_list("pk", flat=True)[: limit - len(hits)]
        hits += [Hit(pk, rank) for pk in rows]
        if len(hits) >= limit or (hits and rank == BODY):
            break
    return hits


def matching(text: str, language: str) -> QuerySet[Product]:
    """The products that `search` finds, however many, in no order."""
    words = _words(text)
    if not words:
        return Product.objects.none()
    languages = _languages(language)
    found = _with(words, languages)
    return found if found.exists() else _with(_meant(words, languages), languages)


def _ranked(words: Sequence[Word], languages: Sequence[str]) -> Iterator[tuple[int, QuerySet[Product]]]:
    """Sets of products from the best to the worst; each contains those before it, but the last."""
    whole = IDENTIFIER + "".join(word.text for word in words)
    yield EXACT, _with([Word(whole, prefix=False)], languages, name=True)
    yield BEGINNING, _with([Word(whole, prefix=True)], languages, name=True)
    yield NAME, _with(words, languages, name=True)
    yield BODY, _with(words, languages)
    yield NEAR, _with(_meant(words, languages), languages)


def _words(text: str) -> list[Word]:
    """The words of what was typed, each once; the last may be the beginning of one."""
    found = list(dict.fromkeys(words_of(text[:MAX_TEXT])))[:MAX_WORDS]
    return [Word(word, prefix=place == len(found)) for place, word in enumerate(found, 1)]


def _languages(language: str) -> list[str]:
    """The rows in which a search in a language looks."""
    return list(dict.fromkeys(("", *own_chain(language, settings.LANGUAGE_CODE))))


def _with(words: Iterable[Word], languages: Sequence[str], *, name: bool = False) -> QuerySet[Product]:
    """The products that have every word in one of the languages; with `name`, where it weighs most."""
    found = Product.objects.all()
    for word in words:
        found = found.filter(pk__in=_ids_with(word, languages, name=name))
    return found


def _ids_with(word: Word, languages: Sequence[str], *, name: bool) -> Any:
    """The ids of products in whose text, or in the label of one of whose options, a word is."""
    texts = _texts_with(word, languages, name=name).order_by().values("product_id")
    options = [] if name else options_called(word.text, languages, prefix=word.prefix)
    if not options:
        return texts
    (said, parameters), (had, more) = texts.query.sql_with_params(), products_having(options)
    return RawSQL(f"{said} UNION ALL {had}", [*parameters, *more])  # noqa: S611 - statements of our own


def _texts_with(word: Word, languages: Sequence[str], *, name: bool) -> QuerySet[SearchText]:
    has = _has_sqlite if connection.vendor == "sqlite" else _has_postgresql
    return SearchText.objects.filter(has(word, name=name), language__in=languages)


# --- The engines' own words ------------------------------------------------------------------------------------------
# A word has letters, digits and the mark of identifiers only, nothing that either query language gives a meaning to.
def _has_sqlite(word: Word, *, name: bool) -> Func:
    """FTS5's query syntax (sqlite.org/fts5.html, section 3)."""
    query = f'"{word.text}"' + ("*" if word.prefix else "")
    return Func(
        F("pk"),
        Value(f"name : {query}" if name else query),
        template="%(expressions)s)",
        arg_joiner=f" IN (SELECT rowid FROM {FTS} WHERE {FTS} MATCH ",  # noqa: S608 - a name of ours
        output_field=BooleanField(),
    )


def _has_postgresql(word: Word, *, name: bool) -> Func:
    """The type tsquery (PostgreSQL's manual, section 8.11.2)."""
    vector = Func(
        *([F("name")] if name else [F("name"), F("body")]),
        template=VECTOR % "%(expressions)s",
        arg_joiner=" || ' ' || ",
        output_field=TextField(),
    )
    query = Value(f"'{word.text}'" + (":*" if word.prefix else ""))
    return Func(vector, query, template="%(expressions)s::tsquery", arg_joiner=" @@ ", output_field=BooleanField())


# --- Slips -----------------------------------------------------------------------------------------------------------
def _meant(words: Sequence[Word], languages: Sequence[str]) -> list[Word]:
    """The words, and in place of each that is nowhere the one in names that differs least."""
    return [word if _with([word], languages).exists() else _nearest(word) for word in words]


def _nearest(word: Word) -> Word:
    slips = tolerance(word.text)
    if not slips:
        return word
    around = _words_around_sqlite if connection.vendor == "sqlite" else _words_around_postgresql
    known = {each for each in around(word.text, slips) if not each.startswith(IDENTIFIER)}
    near = sorted((distance(word.text, each, slips), each) for each in known)
    return Word(near[0][1], prefix=False) if near and near[0][0] <= slips else word


def _words_around_sqlite(word: str, slips: int) -> Iterator[str]:
    """Words in names of about this length that begin with its first letter or with its second."""
    sql = (
        f"SELECT DISTINCT term FROM {VOCABULARY} WHERE col = 'name' AND term >= %s AND term < %s "  # noqa: S608
        "AND length(term) BETWEEN %s AND %s"
    )
    for first in dict.fromkeys(word[:2]):
        yield from _column(sql, [first, chr(ord(first) + 1), len(word) - slips, len(word) + slips])


def _words_around_postgresql(word: str, _slips: int) -> Iterator[str]:
    """The words of names that have enough trigrams of the word, by PostgreSQL's operator <% of pg_trgm."""
    with transaction.atomic():
        _column("SELECT set_config('pg_trgm.word_similarity_threshold', '0.3', true)", [])
        sql = """SELECT name FROM catalog_searchtext WHERE %s <%% name
            ORDER BY word_similarity(%s, name) DESC, id LIMIT %s"""
        names = _column(sql, [word, word, _NEAR_NAMES])
    for name in names:
        yield from name.split()


def _column(sql: str, parameters: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
