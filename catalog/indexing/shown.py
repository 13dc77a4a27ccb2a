"""What documents show besides what products say: whose change makes releases look at which products again.

Facts, links and placements are followed by catalog.indexing.touched, since the index depends on them too. Here are the
rest: labels, groups, files and the approved texts, which no index holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from django.db.models import F, Model, Q, TextField
from django.db.models.functions import Cast

from catalog import querysets
from catalog.aliases import target_of
from catalog.indexing import outbox
from catalog.indexing.nesting import naming
from catalog.indexing.touch import Touch
from catalog.indexing.touched import placed_with, touched_together
from catalog.indexing.writing import batches
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    CodeAlias,
    Family,
    FamilyVariant,
    FamilyVariantAttribute,
    Fragment,
    Market,
    Product,
    Record,
    Slot,
)
from catalog.references import pictures_in, references_in

# Codes that the database looks for one by one.
_FEW = 50


def _together(rows: Sequence[Any]) -> Iterable[int]:
    return touched_together(rows).ids()


def _in_texts_too(rows: Sequence[Any]) -> Iterable[int]:
    """Texts show labels of attributes and pictures, on products that need not have either."""
    return touched_together(rows).ids() | _saying(_telling_of(rows))


def _below(rows: Sequence[Category]) -> Iterable[int]:
    return Touch(categories=frozenset(row.pk for row in rows)).ids()


def _all(_rows: Sequence[Any]) -> Iterable[int]:
    return [outbox.EVERYTHING]


SHOWN: dict[type[Model], Callable[[Sequence[Any]], Iterable[int]]] = {
    **dict.fromkeys((AttributeOption, Family, Record), _together),
    **dict.fromkeys((Attribute, Asset), _in_texts_too),
    Category: _below,
    **dict.fromkeys((AttributeGroup, Slot, AssociationType, FamilyVariant, FamilyVariantAttribute), _all),
    **dict.fromkeys((Market, Audience, Channel, ChannelLanguage, CodeAlias), _all),
}


# What nothing shows as soon as it is there, but only once something points to it, which is a write of its own.
_FRESH = "create"
# What is done with a fragment's working copy changes nothing that is out.
_INSIDE = {"create", "change", "restore", "submit", "withdraw", "translate"}
# Nor does what is said of it.
_INSIDE |= {"comment", "request change", "reject", "resolve"}


def note_shown(operation: str, instances: Iterable[Model]) -> None:
    """Note the products whose documents show something of these objects after an operation, in its transaction."""
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    for instance in instances:
        by_model[type(instance)].append(instance)
    for model, rows in by_model.items():
        for part in batches(rows):
            outbox.note(_showing(model, operation, part))


def _showing(model: type[Model], operation: str, rows: Sequence[Any]) -> Iterable[int]:
    if model is Product:
        return _pointing_to(rows) if operation == "delete" else ()
    if model is Fragment:
        return saying(rows) if operation not in _INSIDE else ()
    how = SHOWN.get(model)
    return how(rows) if how and (operation != _FRESH or how is _all) else ()


def _pointing_to(products: Sequence[Product]) -> set[int]:
    """Products about to be deleted, and those that are associated with them."""
    ids = {product.pk for product in products}
    pairs = Association.objects.filter(Q(source__in=ids) | Q(target__in=ids)).values_list("source_id", "target_id")
    return ids.union(*pairs)


def showing(assets: Sequence[Asset]) -> set[int]:
    """The products that show these files."""
    return set(_in_texts_too(assets)) if assets else set()


def saying(fragments: Sequence[Fragment]) -> set[int]:
    """The products that get what is out of these fragments, or of others that refer to them."""
    return _saying({fragment.pk for fragment in fragments})


def _saying(fragments: set[int]) -> set[int]:
    return placed_with(fragments | naming(fragments)).ids() if fragments else set()


def _telling_of(rows: Sequence[Attribute | Asset]) -> set[int]:
    """The fragments whose approved texts refer to attributes, or show assets, by present or former codes.

    Two queries however many there are.
    """
    targets = [target_of(row) for row in rows]
    former = CodeAlias.objects.filter(kind=targets[0].kind, code__in=[target.code for target in targets])
    wanted = {code.lower() for code in (*(target.code for target in targets), *former.values_list("alias", flat=True))}
    words = ("asset:",) if targets[0].kind == "asset" else ("fact:", "label:")
    said = Q()
    for word, code in product(words, wanted if len(wanted) <= _FEW else ("",)):
        said |= Q(said__icontains=f"{word}{code}")
    revisions = querysets.current_revisions().alias(said=Cast(F("out"), TextField())).filter(said)
    return {row.fragment_id for row in revisions if not wanted.isdisjoint(_told((row.out or {})["body"].values()))}


def _told(bodies: Iterable[str]) -> Iterator[str]:
    """The codes, in lower case, of the attributes and pictures in texts."""
    for body in bodies:
        yield from (each.code.lower() for each in references_in(body) if each.kind in ("fact", "label"))
        yield from (code.lower() for code in pictures_in(body))
