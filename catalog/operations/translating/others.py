"""What jobs translate besides fragments and assets: the labels of things, and facts that have a value per language.

Of these no states are kept: a text is there in a language, or it is missing. Labels are written like everything of the
schema and the taxonomy; of facts the values that hold for all channels are translated, each product's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import Concat

from catalog.actors import Actor
from catalog.models import Attribute, Category, Product, TranslationState
from catalog.models.base import plain, set_texts, texts_among, texts_of
from catalog.operations.products import set_facts
from catalog.operations.recording import store
from catalog.operations.translations import TRANSLATED, Texts, kind_of, source_texts
from catalog.operations.trees import save_category

LABELS: Mapping[str, tuple[str, ...]] = {
    "attribute": ("label", "help_text"),
    "attributegroup": ("label",),
    "attributeoption": ("label",),
    "associationtype": ("label", "inverse_label"),
    "category": ("label",),
    "entitytype": ("label",),
    "family": ("label",),
    "familyvariant": ("label",),
    "record": ("label",),
    "slot": ("label",),
    "tag": ("label",),
}
PRODUCT = "product"
TEXTS = ("text", "longtext", "richtext")
KINDS = (*TRANSLATED, *LABELS, PRODUCT)
# What several kinds are called together.
GROUPS: Mapping[str, tuple[str, ...]] = {"label": tuple(LABELS), "fact": (PRODUCT,)}
# What tells things of a kind apart, where their code alone does not.
_NAMES = {
    "attributeoption": ("attribute__code", "code"),
    "record": ("entity_type__code", "code"),
    "tag": ("facet", "code"),
}


class Other(NamedTuple):
    """One thing with its texts by language and field; the field of a fact is its attribute's code."""

    pk: int
    name: str
    texts: Texts

    def state(self, source: str, language: str) -> str:
        """Missing, a draft where some of its texts are there, or translated; "" without a source."""
        wanted, there = self.texts.get(source, {}), self.texts.get(language, {})
        left = [field for field in wanted if field not in there]
        if not wanted:
            return ""
        some = str(TranslationState.State.DRAFT if left else TranslationState.State.TRANSLATED)
        return "missing" if len(left) == len(wanted) else some


def expanded(kinds: Iterable[str]) -> tuple[str, ...]:
    """Kinds, with those of a group in its place."""
    return tuple(dict.fromkeys(each for kind in kinds for each in GROUPS.get(kind, (kind,))))


def model_of(kind: str) -> type[Model]:
    return apps.get_model("catalog", kind)


def named(kind: str) -> QuerySet[Any]:
    """All things of a kind, with what tells them apart as `said`."""
    if kind == PRODUCT:
        return plain(Product).annotate(said=F("sku"))
    first, *rest = _NAMES.get(kind, ("code",))
    parts = [part for name in rest for part in (Value(":"), F(name))]
    said = Concat(F(first), *parts, output_field=CharField()) if parts else F(first)
    rows: QuerySet[Any] = plain(model_of(kind)).annotate(said=said)
    return rows


def found(kind: str, rows: QuerySet[Any]) -> Iterator[Other]:
    """Things of a kind by name, a stream; `rows` are some of `named`."""
    if kind == PRODUCT:
        codes = translated_facts()
        read = rows.order_by("said").values_list("pk", "said", "values").iterator(chunk_size=2_000) if codes else ()
        yield from (Other(pk, sku, _facts(values, codes)) for pk, sku, values in read)
        return
    names = dict(rows.order_by("said").values_list("pk", "said"))
    texts = dict(texts_among(rows, LABELS[kind]))
    yield from (Other(pk, name, texts[pk]) for pk, name in names.items() if pk in texts)


def translated_facts() -> frozenset[str]:
    """The codes of attributes of text that have one value per language."""
    return frozenset(Attribute.objects.filter(localizable=True, type__in=TEXTS).values_list("code", flat=True))


def _facts(values: Mapping[str, Mapping[str, Any]], codes: frozenset[str]) -> Texts:
    found: dict[str, dict[str, str]] = {}
    for code in sorted(codes & values.keys()):
        for language, text in values[code].items():
            if text and language in settings.MODELTRANSLATION_LANGUAGES:
                found.setdefault(language, {})[code] = text
    return found


def texts_in(instance: Model) -> Texts:
    """The texts of anything a job translates, by language and field."""
    kind = kind_of(instance)
    if kind in TRANSLATED:
        return source_texts(instance)
    if isinstance(instance, Product):
        return _facts(instance.values, translated_facts())
    found: dict[str, dict[str, str]] = {}
    for field in LABELS[kind]:
        for language, text in texts_of(instance, field).items():
            found.setdefault(language, {})[field] = text
    return found


def write(actor: Actor, instance: Model, language: str, texts: Mapping[str, str]) -> None:
    """Write labels or facts in a language by field. Raises ValidationError, and writes nothing then."""
    if isinstance(instance, Product):
        set_facts(actor, instance, {code: {language: text} for code, text in texts.items()})
        return
    for field, text in texts.items():
        set_texts(instance, field, {language: text})
    if isinstance(instance, Category):
        save_category(actor, instance)
    else:
        store(actor, instance)
