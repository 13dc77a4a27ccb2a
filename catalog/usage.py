"""Where something is used: in rows that point to it, in facts, filters, references and expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.text import capfirst

from catalog import mentions, models, querysets
from catalog.aliases import Target, target_of
from catalog.mentions import InFacts

EXAMPLES = 5
BATCH = 2_000

# What belongs to a thing and goes with it, so that it is no use of it.
PARTS: dict[type[Model], tuple[type[Model], ...]] = {
    models.Attribute: (models.AttributeOption,),
    models.Family: (models.FamilyAttribute, models.Requirement),
    models.FamilyVariant: (models.FamilyVariantAttribute,),
    models.Fragment: (models.FragmentRevision,),
    models.Asset: (models.AssetTrack,),
    models.Channel: (models.ChannelLanguage, models.Requirement, models.ForbiddenTerm, models.Term),
    models.Concept: (models.Term,),
    models.EntityType: (models.EntityAttribute,),
    models.Product: (models.ProductAsset, models.Placement, models.Association),
}
# What is derived, and follows by itself.
DERIVED = (
    models.FactEntry,
    models.FacetTerm,
    models.ProductIndex,
    models.SchemaToken,
    models.SearchText,
    models.Completeness,
    models.Finding,
)


# What else uses things of a model. Rooms above this one put theirs in when they are ready.
FINDERS: dict[type[Model], list[Callable[[Any], list[Use]]]] = defaultdict(list)


@dataclass(frozen=True)
class Use:
    """`count` rows use a thing in one way; `examples` are the first few of them."""

    kind: str
    label: str
    count: int
    examples: tuple[Model, ...]


class InUse(ValidationError):
    """Something cannot be deleted; `uses` say why, most used first."""

    def __init__(self, instance: Model, uses: list[Use]) -> None:
        self.instance = instance
        self.uses = uses
        named = "; ".join(f"{use.label}: {use.count} ({_first(use)})" for use in uses)
        super().__init__(f"“{instance}” cannot be deleted, because it is in use. {named}.")


def _first(use: Use) -> str:
    return ", ".join(map(str, use.examples)) + (" …" if use.count > len(use.examples) else "")


class Relation(NamedTuple):
    """A foreign key or a many-to-many field called `name` of `model` that points to a thing."""

    model: type[Model]
    name: str
    many: bool

    def rows(self, instance: Model) -> QuerySet[Any]:
        return QuerySet(self.model).filter(**{self.name: instance.pk})

    def label(self, among: Sequence[Relation]) -> str:
        """The model's name; with the field's, where the model points to the thing by several."""
        plural = str(capfirst(self.model._meta.verbose_name_plural))
        several = sum(other.model is self.model for other in among) > 1
        return f"{plural} ({self.model._meta.get_field(self.name).verbose_name})" if several else plural  # type: ignore[union-attr]


def relations_to(model: type[Model]) -> list[Relation]:
    """What may point to rows of a model, without its parts and what is derived."""
    ignored = (*PARTS.get(model, ()), *DERIVED)
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not relation.is_relation:
            continue
        pointing, many = relation.related_model, bool(relation.many_to_many)
        through = many and not relation.through._meta.auto_created  # type: ignore[union-attr]
        if not isinstance(pointing, type) or pointing in ignored or pointing._meta.auto_created or through:
            continue
        found.append(Relation(pointing, relation.field.name, many))  # type: ignore[union-attr]
    return found


def uses_of(instance: Model) -> list[Use]:
    """Every way in which a thing is used, most used first. A constant number of queries for each way."""
    relations = relations_to(type(instance))
    found = [_of_rows(relation.label(relations), relation.rows(instance)) for relation in relations]
    if isinstance(instance, models.ChannelLanguage):
        found += _uses_of_language(instance)
    for finder in FINDERS.get(type(instance), ()):
        found += finder(instance)
    if hasattr(instance, "code") or hasattr(instance, "sku"):
        found += _Search(target_of(instance)).uses()
    return sorted((use for use in found if use.count), key=lambda use: -use.count)


def _uses_of_language(row: models.ChannelLanguage) -> list[Use]:
    """Facts said for the channel in the language, and the channel's languages that fall back to it."""
    facts = mentions.listing(rows(models.Product), "values", f"{row.language}@{row.channel.code}")
    others = rows(models.ChannelLanguage).filter(channel=row.channel_id, fallback=row.language)
    return [_of_rows("Facts of products", facts), _of_rows("Languages that fall back to it", others)]


def _of_rows(label: str, rows: QuerySet[Any]) -> Use:
    return Use(rows.model._meta.model_name or "", label, rows.count(), tuple(rows.order_by("pk")[:EXAMPLES]))


class _Search:
    """Looks for one target in everything that is no foreign key."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.specs = querysets.attribute_specs()
        self.carriers = mentions.carriers(target, self.specs)
        self.facts = InFacts(target, self.carriers)
        self.names = mentions.names_of(target, self.carriers)

    def uses(self) -> Iterator[Use]:
        yield from (self.in_facts(model) for model in (models.Product, models.Family, models.Record))
        yield self.in_settings()
        yield self.in_filters(models.Channel, "selection", "Selections of channels")
        yield self.in_filters(models.Requirement, "condition", "Conditions of requirements")
        yield self.in_filters(models.Placement, "filter", "Rules of placements")
        yield self.in_filters(models.Fragment, "products", "Products that fragments may be said of")
        yield self.in_fragments()
        yield self.in_revisions()
        if word := mentions.listed_as(self.target):
            yield _of_rows("Products that do not inherit it", mentions.listing(rows(models.Product), "own_only", word))
        if key := mentions.limit_key(self.target):
            yield _of_rows("Limits of channels' texts", QuerySet(models.Channel).filter(text_limits__has_key=key))

    def in_facts(self, model: type[Model]) -> Use:
        found = self.facts.candidates(rows(model))
        label = f"Facts of {model._meta.verbose_name_plural}"
        if self.target.kind == "attribute":
            return _of_rows(label, found)
        documents = found.values_list("pk", "values").order_by("pk").iterator(chunk_size=BATCH)
        return _of_ids(label, model, (pk for pk, values in documents if self.facts.stands_in(values)))

    def in_settings(self) -> Use:
        codes = [spec.code for spec in self.specs.values() if mentions.in_settings(spec, self.target, self.carriers)]
        return _of_rows("Settings of attributes", rows(models.Attribute).filter(code__in=codes))

    def in_filters(self, model: type[Model], column: str, label: str) -> Use:
        return _of_texts(label, model, column, lambda text: mentions.in_filter(text, self.names))

    def in_fragments(self) -> Use:
        columns = mentions.body_columns()
        found = mentions.referring(rows(models.Fragment), self.target).values_list("pk", *columns).order_by("pk")
        pks = (
            pk
            for pk, *bodies in found.iterator(chunk_size=BATCH)
            if any(mentions.refers(body, self.target) for body in bodies if body)
        )
        return _of_ids("References in fragments", models.Fragment, pks)

    def in_revisions(self) -> Use:
        """Frozen texts say it as long as they are out; after a renaming they are understood by the alias."""
        found = querysets.current_revisions().order_by("pk")
        pks = (
            revision.fragment_id
            for revision in mentions.frozen_with(found, self.target).iterator(chunk_size=BATCH)
            if mentions.in_revision(revision.out or {}, self.target, self.names)
        )
        return _of_ids("Approved texts", models.Fragment, pks)


def rows(model: type[Model]) -> QuerySet[Any]:
    """A plain queryset: columns as they are, whatever language is active."""
    return QuerySet(model)


def _of_texts(label: str, model: type[Model], column: str, says: Callable[[str], bool]) -> Use:
    texts = rows(model).exclude(**{column: ""}).values_list("pk", column).order_by("pk")
    return _of_ids(label, model, (pk for pk, text in texts.iterator(chunk_size=BATCH) if says(text)))


def _of_ids(label: str, model: type[Model], pks: Iterable[int]) -> Use:
    count, first = 0, []
    for count, pk in enumerate(pks, 1):
        if count <= EXAMPLES:
            first.append(pk)
    examples = tuple(rows(model).filter(pk__in=first).order_by("pk")) if first else ()
    return Use(model._meta.model_name or "", label, count, examples)
