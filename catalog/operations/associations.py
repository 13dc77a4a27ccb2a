"""Pointing products to each other. A set never contains itself, neither through other sets nor through inheritance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog import querysets
from catalog.actors import Actor
from catalog.indexing.touched import indexed
from catalog.inheritance import associations as inherited
from catalog.inheritance import cuts
from catalog.models import Association, AssociationType, Product
from catalog.operations.locking import lock_sets
from catalog.operations.recording import record


@transaction.atomic
def associate(
    actor: Actor, source: Product, kind: AssociationType, target: Product, quantity: int = 1, position: int = 0
) -> Association:
    """Point a product to another; a second time changes the quantity and position. Raises ValidationError."""
    association = Association.objects.filter(source=source, type=kind, target=target).first()
    association = association or Association(source=source, type=kind, target=target)
    association.quantity, association.position = quantity, position
    return save_association(actor, association)


@transaction.atomic
def save_association(actor: Actor, association: Association) -> Association:
    """Write one association. Raises ValidationError, for a set that would contain itself with the way round."""
    if association.source_id == association.target_id:
        raise ValidationError({"target": "A product cannot point to itself."})
    association.full_clean()
    with indexed(association):
        association.save()
    if association.type.bundle:
        refuse_cycle(association.source)
    record(actor, "associate", [association.source])
    return association


@transaction.atomic
def save_association_type(actor: Actor, kind: AssociationType) -> AssociationType:
    """Create or change a type. Raises ValidationError where its products would be sets that contain themselves."""
    adding = kind.pk is None
    kind.full_clean()
    kind.save()
    if kind.bundle and not adding:
        sources = Product.objects.filter(associations__type=kind).distinct()
        refuse_cycles(list(sources))
    record(actor, "create" if adding else "change", [kind])
    return kind


def refuse_cycle(product: Product) -> None:
    """Raises ValidationError where a product, or one that inherits from it, contains itself."""
    refuse_cycles([product])


def refuse_cycles(products: Sequence[Product]) -> None:
    """The same for several, read together. Call it after the write, in its transaction."""
    if not AssociationType.objects.filter(bundle=True).exists():
        return
    lock_sets()
    sets = _Sets(products)
    for product in products:
        if (way := sets.way_round(product.pk)) is not None:
            raise ValidationError(f"A set cannot contain itself: {' → '.join(sets.sku(pk) for pk in way)}.")


class _Sets:
    """Which products sets are made of, own and inherited parts alike: all that can be reached, level by level."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.lines: dict[int, list[Product]] = {}
        self.parts: dict[int, list[int]] = {}
        level: Collection[int] = [product.pk for product in products]
        while level:
            self._read(level)
            level = {part for pk in level for part in self.parts[pk]} - self.parts.keys()

    def _read(self, ids: Collection[int]) -> None:
        lines = querysets.lines_of(Product.objects.filter(pk__in=ids).defer("values"))
        self.lines |= lines
        everyone = {row.pk for line in lines.values() for row in line}
        own: dict[int, list[Association]] = {pk: [] for pk in everyone}
        for row in Association.objects.filter(source__in=everyone, type__bundle=True).select_related("type"):
            own[row.source_id].append(row)
        for pk, line in lines.items():
            found = inherited([own[row.pk] for row in line], cuts(line), lambda row: row.type.code)
            self.parts[pk] = [row.target_id for _, row in found]

    def sku(self, pk: int) -> str:
        return self.lines[pk][0].sku

    def way_round(self, start: int) -> list[int] | None:
        """The way from a product through parts of parts to itself, or to one that inherits from it; else None."""
        ways = [[start]]
        seen = {start}
        for way in ways:  # grows while it is walked: the shortest way is found first
            for part in self.parts[way[-1]]:
                if any(row.pk == start for row in self.lines[part]):
                    return [*way, part]
                if part not in seen:
                    seen.add(part)
                    ways.append([*way, part])
        return None
