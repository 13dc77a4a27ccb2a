"""How much of what channels demand products have, in each of the channels' languages.

Groups of variants are not asked. Validity in time is left to the release: it would change these rows overnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from catalog import inheritance, querysets, rules
from catalog.indexing.batch import Batch, Row
from catalog.indexing.keeping import Columns, Difference, Keeper
from catalog.indexing.schema import Indexed, Schema
from catalog.indexing.writing import among
from catalog.models import Channel, Completeness, Family, Product
from catalog.requirements import ASSET, FACT, SLOT, Conditions, Demand, Demands, demands

# Attribute types whose facts are files: they fill the role of their code, or the main one as the family says.
FILES = ("asset", "assets")


# Demands of facts that changed, and the place of each of all demands in their order.
Touched: TypeAlias = "tuple[list[Demand], dict[str, int]]"


class Receiver(NamedTuple):
    """A channel as completeness sees it. `speaks` has its own lower-case code for each way fragments may be limited."""

    pk: int
    code: str
    chains: tuple[tuple[str, ...], ...]
    currencies: frozenset[str]
    speaks: Mapping[str, str]


class CompletenessRows(Keeper):
    model = Completeness
    identity = ("product_id", "channel_id", "language")
    payload = ("required", "filled", "complete", "missing")

    def concerns(self, batch: Batch) -> bool:
        """Whether something changed of what is, or may be, demanded of these products."""
        changed = batch.schema.changed
        if changed is None or batch.links:
            return True
        return bool(_touched(batch, changed)) or _needs_all(batch, changed)

    def there(self, batch: Batch) -> QuerySet[Any]:
        """Parents are groups, so what is there of one goes when it gets its first variant."""
        parents = {row.parent_id for row in batch.rows if row.parent_id}
        return Completeness.objects.filter(product__in=among({*batch.ids, *parents}))

    def difference(self, batch: Batch) -> Difference:
        changed = batch.schema.changed
        if changed is None:
            return super().difference(batch)
        if batch.links or _needs_all(batch, changed):
            return super().difference(Batch(Schema(), batch.ids))
        return self._of_facts(batch, _touched(batch, changed))

    def rows(self, batch: Batch) -> Iterator[Columns]:
        standing = groups(batch)
        judge = _Judge(batch)
        for row in batch.rows:
            if row.pk in standing:
                continue
            for channel, asked in judge.demands.get(row.family_id or 0, {}).items():
                receiver = judge.receivers[channel]
                for chain in receiver.chains:
                    required, missing = judge.judge(row, receiver, chain, asked)
                    yield row.pk, channel, chain[0], *payload(required, missing)

    def _of_facts(self, batch: Batch, touched: frozenset[str]) -> Difference:
        """Where only facts changed that are demanded of all products: what was missing, but for them, still is."""
        judge = _Judge(batch, touched)
        rows = {row.pk: row for row in batch.rows}
        difference = Difference(self)
        columns = ("pk", "product_id", "channel_id", "language", "required", "missing")
        for pk, product, channel, language, required, missing in self._affected(judge).values_list(*columns):
            now = judge.missing_now(rows[product], channel, language, missing)
            if now != missing:
                difference.changed.append((pk, *payload(required, now)))
        return difference

    def _affected(self, judge: _Judge) -> QuerySet[Any]:
        """The rows that may change: where one of the facts was missing, and of products that lack one somewhere.

        Found by the document's text: most that are incomplete for other reasons are never read.
        """
        groups = (same for alike in judge.batch.alike for same in judge.batch.same(alike))
        lacking = [row.pk for same in groups if judge.lacks(same[0]) for row in same]
        may_change = Q(product__in=among(lacking))
        for name in judge.names():
            may_change |= Q(complete=False, text__contains=f'"{name}"')
        rows = Completeness.objects.filter(product__in=among(judge.batch.ids))
        return rows.alias(text=Cast("missing", TextField())).filter(may_change)


def payload(required: int, missing: Sequence[str]) -> tuple[int, int, bool, list[str]]:
    return required, required - len(missing), not missing, list(missing)


# --- What is demanded ------------------------------------------------------------------------------------------------
def _demands(batch: Batch) -> Demands:
    key = ("demands", batch.families)
    return batch.schema.cached(key, lambda: batch.schema.kept(key, lambda: demands(batch.families), _size))


def _size(found: Demands) -> int:
    return sum(len(rows) for channels in found.values() for rows in channels.values())


def _all_demands(batch: Batch) -> set[Demand]:
    return {demand for channels in _demands(batch).values() for rows in channels.values() for demand in rows}


def _touched(batch: Batch, changed: frozenset[str]) -> frozenset[str]:
    """The changed facts that are demanded, in lower case."""
    return changed & {demand.code.lower() for demand in _all_demands(batch) if demand.kind == FACT}


def _needs_all(batch: Batch, changed: frozenset[str]) -> bool:
    """Whether more than single facts may be missing or not: a condition asks for what changed, or it is a picture."""
    for demand in _all_demands(batch):
        if demand.condition and (
            demand.code.lower() in changed or rules.asks(demand.condition, changed, batch.schema.aliases)
        ):
            return True
        if demand.kind == ASSET and changed & {demand.code.lower(), *image_attributes(batch.schema).values()}:
            return True
        if demand.kind == SLOT and _speaks_by(batch, changed):
            return True
    return False


def _speaks_by(batch: Batch, changed: frozenset[str]) -> bool:
    """Whether a text that counts for one of the products is said of some only, by one of these facts."""
    schema = batch.schema
    limits = {_limit(schema.revisions.get(each.fragment_id, {})) for rows in batch.placements.values() for each in rows}
    return any(rules.asks(limit, changed, schema.aliases) for limit in limits if limit)


def _limit(content: Mapping[str, Any]) -> str:
    """The rule that says of which products a text may be said, or ""."""
    return str(content.get("applies", {}).get("products", ""))


def groups(batch: Batch) -> set[int]:
    """The products that only stand for their variants."""
    variants = Product.objects.filter(parent__in=among(batch.ids)).order_by()
    parents = variants.values_list("parent_id", flat=True).distinct()
    return {row.pk for row in batch.rows if row.family_variant_id and not row.parent_id} | {pk for pk in parents if pk}


def receivers(schema: Schema) -> Mapping[int, Receiver]:
    return schema.cached("receivers", lambda: schema.kept("receivers", _receivers, len))


def _receivers() -> dict[int, Receiver]:
    return {channel.pk: receiver_of(channel) for channel in querysets.channels()}


def receiver_of(channel: Channel) -> Receiver:
    speaks = {
        "channels": channel.code,
        "markets": channel.market.code if channel.market else "",
        "audiences": channel.audience.code if channel.audience else "",
        "media": channel.medium,
    }
    return Receiver(
        channel.pk,
        channel.code,
        tuple(channel.chains().values()),
        frozenset(channel.currencies),
        {field: code.lower() for field, code in speaks.items()},
    )


def image_attributes(schema: Schema) -> Mapping[int, str]:
    """By family's id the fact, in lower case, whose picture is the main one where none is attached."""
    return schema.cached("image attributes", lambda: schema.kept("image attributes", _image_attributes, len))


def _image_attributes() -> Mapping[int, str]:
    rows = Family.objects.filter(image_attribute__isnull=False).order_by()
    return {pk: code.lower() for pk, code in rows.values_list("pk", "image_attribute__code")}


# --- What is there ---------------------------------------------------------------------------------------------------
class _Judge:
    """Tells what products have. What holds for several channels or languages is worked out once."""

    def __init__(self, batch: Batch, touched: frozenset[str] = frozenset()) -> None:
        self.batch = batch
        self.touched = touched
        self.demands = _demands(batch)
        self.receivers = receivers(batch.schema)
        self.conditions = Conditions(batch.ids)
        self._facts: dict[Any, Mapping[str, Any]] = {}
        self._codes: dict[int, frozenset[str]] = {}
        self._touched: dict[int, Mapping[int, Touched]] = {}

    def judge(
        self, row: Row, receiver: Receiver, chain: tuple[str, ...], asked: Sequence[Demand]
    ) -> tuple[int, list[str]]:
        """How much is demanded of a product, and what of it is missing."""
        demanded = [demand for demand in asked if self.conditions.meets(row.pk, demand.condition, receiver.code, chain)]
        return len(demanded), [str(each) for each in demanded if not self.has(row, receiver, chain, each)]

    def missing_now(self, row: Row, channel: int, language: str, missing: Sequence[str]) -> list[str]:
        """What is missing after the facts touched have changed, given what was missing before; in order."""
        receiver = self.receivers[channel]
        chain = next((chain for chain in receiver.chains if chain[0] == language), (language,))
        facts, order = self.touched_of(row.family_id or 0).get(channel, ([], {}))
        changed = {str(each) for each in facts}
        now = [str(each) for each in facts if not self.has(row, receiver, chain, each)]
        now += [name for name in missing if name not in changed and name in order]
        return sorted(now, key=order.__getitem__)

    def lacks(self, row: Row) -> bool:
        """Whether a product lacks one of the facts touched anywhere it is demanded."""
        return any(
            not self.has(row, self.receivers[channel], chain, each)
            for channel, (facts, _) in self.touched_of(row.family_id or 0).items()
            for each in facts
            for chain in self.receivers[channel].chains
        )

    def names(self) -> set[str]:
        """The demands of facts touched as they are called where they are missing."""
        families = (self.touched_of(family).values() for family in self.demands)
        return {str(each) for channels in families for facts, _ in channels for each in facts}

    def touched_of(self, family: int) -> Mapping[int, Touched]:
        """By channel's id, the demands that are of facts touched, and the place of each of all demands."""
        if family not in self._touched:
            self._touched[family] = {
                channel: (
                    [each for each in asked if each.kind == FACT and each.code.lower() in self.touched],
                    {str(each): place for place, each in enumerate(asked)},
                )
                for channel, asked in self.demands.get(family, {}).items()
            }
        return self._touched[family]

    def has(self, row: Row, receiver: Receiver, chain: tuple[str, ...], demand: Demand) -> bool:
        code = demand.code.lower()
        if demand.kind == FACT:
            return self._has_fact(row, receiver, chain, code)
        if demand.kind == ASSET:
            return self._has_asset(row, receiver, chain, code)
        placed = self.batch.placing.counting(receiver.code, chain)[row.pk]
        revisions = self.batch.schema.revisions
        return any(
            each.slot == code and says(self.batch, row, revisions.get(each.fragment_id, {}), receiver, chain)
            for each in placed
        )

    def _has_fact(self, row: Row, receiver: Receiver, chain: tuple[str, ...], code: str) -> bool:
        each = self.batch.schema.attributes.get(code)
        value = self._value(row, receiver, chain, each) if each else None
        if value is not None and each is not None and each.spec.type == "price" and receiver.currencies:
            return any(money["currency"] in receiver.currencies for money in value)
        return value is not None

    def _value(self, row: Row, receiver: Receiver, chain: tuple[str, ...], each: Indexed) -> Any:
        shape = (each.spec.localizable, each.spec.per_channel)
        channel, languages = receiver.code if shape[1] else "", chain if shape[0] else self.batch.schema.default_chain
        key = (row.pk, shape, channel, languages)
        if key not in self._facts:
            self._facts[key] = self._values(row, shape, channel, languages)
        return self._facts[key].get(each.spec.code.lower())

    def _values(self, row: Row, shape: tuple[bool, bool], channel: str, chain: tuple[str, ...]) -> Mapping[str, Any]:
        """All facts of a product that may be demanded and vary alike, by lower-case code."""
        codes = self._demandable(row.family_id or 0)
        choice = self.batch.changed_choice(
            row,
            f"completeness {shape}",
            lambda each: (each.spec.localizable, each.spec.per_channel) == shape and each.spec.code.lower() in codes,
        )
        found = self.batch.values(row, choice, channel, chain)
        return {each.spec.code.lower(): value for each, value in found}

    def _demandable(self, family: int) -> frozenset[str]:
        """The facts that may be demanded of a family's products, in lower case."""
        if family not in self._codes:
            asked = (each.code.lower() for rows in self.demands.get(family, {}).values() for each in rows)
            self._codes[family] = frozenset([*asked, image_attributes(self.batch.schema).get(family, "")])
        return self._codes[family]

    def _has_asset(self, row: Row, receiver: Receiver, chain: tuple[str, ...], role: str) -> bool:
        """An asset attached in the role, or named by the fact that stands for it."""
        line = self.batch.lines[row.pk]
        attached = [self.batch.attached.get(each.pk, ()) for each in line]
        cut = inheritance.cuts(line)
        found = inheritance.assets(attached, cut, receiver.pk)
        if any(each.role.lower() == role for _, each in found):
            return True
        image = image_attributes(self.batch.schema).get(row.family_id or 0, "")
        naming = (self.batch.schema.attributes.get(code) for code in {role, image})
        return any(role in self._roles(row, receiver, chain, each, image, cut) for each in naming if each)

    def _roles(
        self, row: Row, receiver: Receiver, chain: tuple[str, ...], each: Indexed, image: str, cut: inheritance.Cuts
    ) -> set[str]:
        """The roles, in lower case, that the assets named by a fact fill."""
        value = self._value(row, receiver, chain, each) if each.spec.type in FILES else None
        if value is None:
            return set()
        codes = value if isinstance(value, list) else [value]
        depth = self.batch.depth(row, each, receiver.code, chain) if cut else 0
        return {name.lower() for name, _ in inheritance.files(each.spec.code, image, codes, cut, depth)}


def says(batch: Batch, row: Row, content: Mapping[str, Any], receiver: Receiver, chain: tuple[str, ...]) -> bool:
    """Whether an approved text may be said of a product there, in one of the languages."""
    return speaks_to(content, receiver, chain) and batch.placing.meets(row.pk, _limit(content), receiver.code, chain)


def speaks_to(content: Mapping[str, Any], receiver: Receiver, chain: tuple[str, ...]) -> bool:
    """Whether an approved text is for a channel and stands in one of the languages."""
    applies = content.get("applies", {})
    for field, own in receiver.speaks.items():
        if applies.get(field) and own not in {code.lower() for code in applies[field]}:
            return False
    return any(content.get("body", {}).get(language) for language in chain)
