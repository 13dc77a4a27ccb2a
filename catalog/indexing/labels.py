"""Finding products by what their choices are called.

What an option is called is not repeated in the search text of every product that has it: the fact index knows who has
it. So a search asks here which options are meant. The words of all of them are in memory for as long as no label
changes; docs/decisions/0024-schema-token.md has the reasons.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings
from django.db import connection
from django.db.models import Q
from modeltranslation.utils import build_localized_fieldname
from orjson import dumps

from catalog import schema_token
from catalog.indexing.schema import IDENTIFIERS
from catalog.indexing.words import words_of
from catalog.models import Attribute, AttributeOption, FactContext, FactEntry
from catalog.models.base import plain
from catalog.values import TYPES
from catalog.values.base import pick

# An option by its attribute's id and its key in the fact index.
Option: TypeAlias = tuple[int, str]


class Words(NamedTuple):
    """The words of options in one language, in order, and the options that have each."""

    ordered: Sequence[str]
    options: Mapping[str, Sequence[Option]]


class _Known(NamedTuple):
    """What was read last, by language, and for which state of the schema it holds."""

    state: object
    words: Mapping[str, Words]


_known = _Known(None, {})


def options_called(word: str, languages: Iterable[str], *, prefix: bool) -> list[Option]:
    """The options that have a word, or one that begins so, in one of the languages; "" is what reads alike in all."""
    words = _words()
    found: dict[Option, None] = {}
    for known in (words[language] for language in languages if language in words):
        for each in _matching(known, word, prefix=prefix):
            found.update(dict.fromkeys(known.options[each]))
    return list(found)


def _matching(words: Words, word: str, *, prefix: bool) -> Iterator[str]:
    at = bisect_left(words.ordered, word)
    while at < len(words.ordered) and (words.ordered[at].startswith(word) if prefix else words.ordered[at] == word):
        yield words.ordered[at]
        at += 1


def products_having(options: Sequence[Option]) -> tuple[str, list[Any]]:
    """A statement, with its parameters, that selects the ids of products that have one of these options everywhere."""
    entries, contexts = FactEntry._meta.db_table, FactContext._meta.db_table
    if connection.vendor == "postgresql":
        pairs, attribute, key = "unnest(%s::bigint[], %s::text[]) AS pair(attribute, key)", "pair.attribute", "pair.key"
        parameters: list[Any] = [[attribute for attribute, _ in options], [key for _, key in options]]
    else:
        pairs, attribute, key = "json_each(%s) AS pair", "pair.value ->> 0", "pair.value ->> 1"
        parameters = [dumps([list(option) for option in options]).decode()]
    sql = (
        f"SELECT entry.product_id FROM {pairs} CROSS JOIN {entries} entry"  # noqa: S608 - our own names
        f" WHERE entry.attribute_id = {attribute} AND entry.key = {key}"
        f" AND entry.context_id = (SELECT id FROM {contexts} WHERE key = '')"
    )
    return sql, parameters


def _words() -> Mapping[str, Words]:
    """The words of all options that are found by them, by language."""
    global _known
    token = schema_token.current()
    state = (token, tuple(settings.LANGUAGES))
    if token and state == _known.state:
        return _known.words
    words = _read()
    # Somebody may have written meanwhile: then these are nobody's words for long.
    if token and schema_token.current() == token:
        _known = _Known(state, words)
    return words


def _read() -> dict[str, Words]:
    """One query. The attributes are those of which catalog.indexing.schema.Indexed.labelled holds."""
    kinds = [code for code, kind in TYPES.items() if kind.has_options and kind.searchable]
    attributes = plain(Attribute).filter(Q(filterable=True) | Q(unique=True), type__in=kinds, localizable=False)
    found: dict[str, dict[str, list[Option]]] = defaultdict(lambda: defaultdict(list))
    languages = settings.MODELTRANSLATION_LANGUAGES
    columns = [build_localized_fieldname("label", language) for language in languages]
    rows = plain(AttributeOption).filter(attribute__in=attributes.exclude(role__in=IDENTIFIERS).order_by().values("pk"))
    for attribute, code, *labels in rows.order_by().values_list("attribute_id", "code", *columns).iterator():
        texts = {language: text for language, text in zip(languages, labels, strict=True) if text}
        for language, text in _said(code, texts).items():
            for word in dict.fromkeys(words_of(text)):
                found[language][word].append((attribute, code.lower()))
    return {language: Words(sorted(options), dict(options)) for language, options in found.items()}


def _said(code: str, labels: Mapping[str, str]) -> dict[str, str]:
    """How an option reads: under "" if it reads the same in all languages that are offered, else under each."""
    texts = {language: pick(labels, (language,)) or code for language, _ in settings.LANGUAGES}
    return {"": min(texts.values())} if len(set(texts.values())) == 1 else texts
