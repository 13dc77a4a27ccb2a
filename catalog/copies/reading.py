"""The texts there are, paragraph by paragraph, each once with all places where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from catalog.copies.paragraphs import Paragraph, count_words, normal, of_plain, of_rich
from catalog.indexing.writing import batches
from catalog.mentions import body_columns
from catalog.models import Attribute, Fragment, Product
from catalog.values import Scope

BATCH = 1_000
_LONG_TYPES = ("longtext", "richtext")


class Occurrence(NamedTuple):
    """Where a paragraph stands: in a fragment's body, or in a product's fact.

    `kind` is the model's name, `key` the code or SKU, `field` "body" or the fact's code with its channel; `place`
    counts the paragraphs of that text from 0.
    """

    kind: str
    key: str
    pk: int
    field: str
    place: int


@dataclass(eq=False)
class Text:
    """A paragraph in one language ("" for a fact that has none), as it is written, and where it stands so."""

    language: str
    kind: str
    markup: str
    text: str
    words: int
    occurrences: list[Occurrence] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        return digest_of(self.language, self.markup)

    @cached_property
    def normal(self) -> str:
        return normal(self.text)

    @property
    def copies(self) -> int:
        return len(self.occurrences) - 1


def digest_of(language: str, markup: str) -> str:
    """32 hex digits of BLAKE2b, the same for equal paragraphs of a language."""
    return blake2b(f"{language}\0{markup}".encode(), digest_size=16).hexdigest()


class TooMuch(Exception):
    """There are more paragraphs than the caller wants to wait for."""


class Corpus:
    """All paragraphs of at least so many words. Takes room for each distinct one, and for each place.

    `paragraphs` counts those read, short ones too; `add` raises TooMuch at the first one above `most`.
    """

    def __init__(self, minimum: int, most: int | None = None) -> None:
        self.minimum = minimum
        self.most = most
        self.paragraphs = 0
        self.texts: dict[tuple[str, str], Text] = {}

    def add(self, language: str, paragraph: Paragraph, occurrence: Occurrence) -> None:
        self.paragraphs += 1
        if self.most is not None and self.paragraphs > self.most:
            raise TooMuch
        known = self.texts.get((language, paragraph.markup))
        if known is None:
            words = count_words(paragraph.text)
            if words < self.minimum:
                return
            known = Text(language, paragraph.kind, paragraph.markup, paragraph.text, words)
            self.texts[language, paragraph.markup] = known
        known.occurrences.append(occurrence)


def read(minimum: int, *, facts: bool = True, most: int | None = None) -> Corpus:
    """The working copies of all fragments that are not retired, and the long texts of products.

    Raises TooMuch where there are more than `most` paragraphs, as soon as it has come upon them.
    """
    corpus = Corpus(minimum, most)
    _read_fragments(corpus, QuerySet(Fragment))
    if facts:
        _read_facts(corpus, QuerySet(Product))
    return corpus


def stand(texts: Sequence[Text]) -> bool:
    """Whether these texts stand yet where they were found.

    Three queries at most for a thousand fragments and a thousand products, and as many for each further thousand.
    """
    holders: dict[str, set[int]] = {"fragment": set(), "product": set()}
    for place in (each for text in texts for each in text.occurrences):
        holders[place.kind].add(place.pk)
    corpus = Corpus(0)
    for part in batches(sorted(holders["fragment"]), BATCH):
        _read_fragments(corpus, QuerySet(Fragment).filter(pk__in=part))
    for part in batches(sorted(holders["product"]), BATCH):
        _read_facts(corpus, QuerySet(Product).filter(pk__in=part))
    return all(_stands(text, corpus.texts.get((text.language, text.markup))) for text in texts)


def _stands(text: Text, now: Text | None) -> bool:
    return now is not None and set(text.occurrences) <= set(now.occurrences)


def _read_fragments(corpus: Corpus, rows: QuerySet[Any]) -> None:
    columns = body_columns()
    rows = rows.exclude(state=Fragment.State.RETIRED).order_by("code")
    for pk, code, *bodies in rows.values_list("pk", "code", *columns).iterator(chunk_size=BATCH):
        for language, body in zip(settings.MODELTRANSLATION_LANGUAGES, bodies, strict=True):
            for paragraph in of_rich(body) if body else ():
                corpus.add(language, paragraph, Occurrence("fragment", code, pk, "body", paragraph.place))


def _read_facts(corpus: Corpus, rows: QuerySet[Any]) -> None:
    long = dict(Attribute.objects.filter(type__in=_LONG_TYPES).values_list("code", "type"))
    if not long:
        return
    rows = rows.filter(values__has_any_keys=sorted(long)).order_by("sku")
    for pk, sku, values in rows.values_list("pk", "sku", "values").iterator(chunk_size=BATCH):
        for code, scope, text in _long_texts(values, long):
            name = f"{code}@{scope.channel}" if scope.channel else code
            for paragraph in of_rich(text) if long[code] == "richtext" else of_plain(text):
                corpus.add(scope.language, paragraph, Occurrence("product", sku, pk, name, paragraph.place))


def _long_texts(values: dict[str, dict[str, object]], long: Collection[str]) -> Iterator[tuple[str, Scope, str]]:
    for code in sorted(values.keys() & set(long)):
        for key, value in values[code].items():
            if isinstance(value, str):
                yield code, Scope.read(key), value
