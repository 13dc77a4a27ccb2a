"""The facts of one product as form fields: grouped, per language and channel, with what is inherited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings

from catalog import querysets
from catalog.admin.fact_fields import FactField, fact_field
from catalog.admin.presenting import thumbnail_of
from catalog.admin.swatches import dressed, swatches_of
from catalog.models import Asset, Attribute, AttributeGroup, Channel, Family, FamilyVariantAttribute, Product
from catalog.models.base import label_of, texts_of
from catalog.values import TYPES, AttributeSpec, Level, Scope, resolve
from catalog.values.base import pick
from catalog.values.effective import DEFAULT, FAMILY, effective, levels_of

OWN_LEVEL = "This variant"


@dataclass
class Cell:
    """One value: the name of its form field, where it holds, and what counts if it is left blank, and whence.

    `inherited` is empty where nothing is inherited; `told` says that the field itself shows it while it is blank.
    `emptied` is a word of the product's own: nothing counts here, whatever is inherited.
    """

    name: str
    language: str
    channel: str
    inherited: str
    whence: str
    told: bool
    own: bool
    emptied: bool = False
    bound: forms.BoundField | None = None
    picture: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.bound and self.bound.errors)

    @property
    def counts(self) -> bool:
        """Whether what is inherited counts here."""
        return bool(self.inherited) and not (self.own or self.emptied)


@dataclass
class Row:
    """One attribute. `plain` holds for all channels, `special` for one each; a computed one has its text instead."""

    spec: AttributeSpec
    label: str
    help: str
    required_by: Sequence[str]
    axis: bool
    computed: str = ""
    plain: list[Cell] = field(default_factory=list)
    special: list[Cell] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        return self.spec.type in ("longtext", "richtext", "multiselect", "price", "table")

    @property
    def cells(self) -> list[Cell]:
        return [*self.plain, *self.special]

    @property
    def says_special(self) -> bool:
        """Whether something is said, or was typed wrongly, for a single channel."""
        return any(cell.own or cell.emptied or cell.wrong for cell in self.special)


@dataclass
class Group:
    label: str
    rows: list[Row] = field(default_factory=list)

    @property
    def filled(self) -> int:
        """How many attributes have a value, of the product's own or inherited."""
        return sum(bool(row.computed) or any(cell.own or cell.counts for cell in row.cells) for row in self.rows)


@dataclass
class Context:
    """What all rows of a sheet share. `line` runs from the product itself up to its root, `levels` further up.

    `family` is the family's label.
    """

    line: Sequence[Product]
    levels: Sequence[Level]
    languages: Sequence[str]
    channels: Sequence[str]
    currencies: Sequence[str]
    chain: tuple[str, ...]
    family: str = ""


class FactSheet:
    """The groups to show and the form fields they name."""

    def __init__(self, product: Product, chain: tuple[str, ...]) -> None:
        self.product = product
        self.fields: dict[str, FactField] = {}
        self.scopes: dict[str, tuple[str, str]] = {}
        self.groups: list[Group] = []
        self.editable = True
        channels = list(Channel.objects.select_related("market"))
        self.context = Context(
            line=querysets.line_of(product),
            levels=(),
            languages=[code for code, _ in settings.LANGUAGES],
            channels=[channel.code for channel in channels],
            currencies=currencies_of(channels),
            chain=chain,
        )
        if product.family_id:
            self.build(querysets.families().get(pk=product.family_id))

    def build(self, family: Family) -> None:
        """Attributes in the family's order; those of the variant's own level come first."""
        members = list(family.family_attributes.all())
        specs = querysets.attribute_specs([member.attribute.code for member in members])
        levels = attribute_levels(self.context.line[-1])
        depth = len(self.context.line) - 1
        headings = group_labels(members, self.context.chain)
        groups: dict[str, Group] = {}
        self.context.levels = levels_of(
            [Level(each.sku, each.values) for each in self.context.line], family.code, family.values, specs.values()
        )
        self.context.family = label_of(family, self.context.chain[0]) or family.code
        specs = with_named_records(specs, self.context.levels)
        counting = effective(list(specs.values()), self.context.levels, "", self.context.chain)
        for member in members:
            spec = specs[member.attribute.code.lower()]
            level, axis = levels.get(member.attribute_id, (0, False))
            if (level > depth or member.attribute.retired) and spec.code not in self.product.values:
                continue
            required = [
                row.channel.code for row in family.requirements.all() if row.attribute_id == member.attribute_id
            ]
            heading = OWN_LEVEL if level == depth > 0 else headings[spec.group]
            row = self.row(member.attribute, spec, required, axis)
            if TYPES[spec.type].computed and (found := counting.get(spec.code)):
                row.computed = TYPES[spec.type].text(found.winner.value, spec, self.context.chain)
            groups.setdefault(heading, Group(heading)).rows.append(row)
        order = {heading: place for place, heading in enumerate((OWN_LEVEL, *headings.values()))}
        self.groups = sorted(groups.values(), key=lambda group: order[group.label])

    def bind(self, form: forms.BaseForm) -> None:
        """Give every cell its field as the form shows it, with the looks of its options or of the picture it names."""
        cells = [cell for group in self.groups for row in group.rows for cell in row.cells]
        links = {cell.name: self.fields[cell.name].own for cell in cells if self.fields[cell.name].spec.type == "asset"}
        pictures = {
            asset.code: asset for asset in Asset.objects.filter(code__in=[code for code in links.values() if code])
        }
        choices = {cell.name for cell in cells if TYPES[self.fields[cell.name].spec.type].has_options}
        looks = swatches_of({self.fields[name].spec.code for name in choices})
        for cell in cells:
            if cell.name in choices:
                field = form.fields[cell.name]
                field.widget = dressed(field.widget, looks.get(self.fields[cell.name].spec.code.lower(), {}))
            cell.bound = form[cell.name]
            if links.get(cell.name) in pictures:
                cell.picture = thumbnail_of(pictures[links[cell.name]])

    def row(self, attribute: Attribute, spec: AttributeSpec, required: Sequence[str], axis: bool) -> Row:
        chain = self.context.chain
        help_text = pick(texts_of(attribute, "help_text"), chain)
        row = Row(spec, spec.label(chain), help_text, required, axis)
        if TYPES[spec.type].computed:
            return row
        languages = self.context.languages if spec.localizable else [""]
        row.plain = [self.cell(spec, row.label, Scope(language, "")) for language in languages]
        if spec.per_channel:
            row.special = [
                self.cell(spec, row.label, Scope(language, channel))
                for channel in self.context.channels
                for language in languages
            ]
        return row

    def cell(self, spec: AttributeSpec, label: str, scope: Scope) -> Cell:
        name = f"fact:{spec.code}:{scope}"
        said = self.product.values.get(spec.code, {})
        own = said.get(str(scope))
        where = ", ".join(part for part in (scope.language, scope.channel) if part)
        self.fields[name] = fact_field(
            spec, own, self.context.currencies, label=f"{label} ({where})" if where else label
        )
        self.scopes[name] = (spec.code, str(scope))
        inherited, whence = inherited_from(spec, scope, self.context)
        emptied = own is None and str(scope) in said
        told = bool(inherited) and not emptied and spec.type in ("text", "longtext", "number")
        if told:
            self.fields[name].widget.attrs["placeholder"] = inherited
        return Cell(name, scope.language, scope.channel, inherited, whence, told, own is not None, emptied)


def with_named_records(specs: Mapping[str, AttributeSpec], levels: Sequence[Level]) -> dict[str, AttributeSpec]:
    """The attributes with the labels of the records that these levels name. One query, or none."""
    codes = {spec.code for spec in specs.values() if spec.type == "record"}
    values = (level.values.get(code, {}).values() for level in levels for code in codes)
    return querysets.with_records(specs, {str(value).lower() for said in values for value in said if value})


def currencies_of(channels: Sequence[Channel]) -> list[str]:
    """The currencies channels show prices in, and those of their markets."""
    codes = {code for channel in channels for code in channel.currencies}
    return sorted(codes | {channel.market.currency for channel in channels if channel.market})


def attribute_levels(root: Product) -> dict[int, tuple[int, bool]]:
    """For each attribute's id, the level it lives at below the root, and whether it tells variants apart."""
    if root.family_variant_id is None:
        return {}
    rows = FamilyVariantAttribute.objects.filter(family_variant=root.family_variant_id)
    return {row.attribute_id: (row.level, row.axis) for row in rows}


def group_labels(members: Sequence[Any], chain: tuple[str, ...]) -> dict[str, str]:
    """The headings of the attribute groups by code, in their order."""
    ids = {member.attribute.group_id for member in members}
    groups = AttributeGroup.objects.filter(pk__in=ids)
    return {group.code: label_of(group, chain[0]) or group.code for group in groups}


def inherited_from(spec: AttributeSpec, scope: Scope, context: Context) -> tuple[str, str]:
    """The value, for people, that counts while this scope is blank, and where it comes from; else two empty texts."""
    own = {key: value for key, value in context.line[0].values.get(spec.code, {}).items() if key != str(scope)}
    rest: Mapping[str, Mapping[str, Any]] = {spec.code: own}
    levels = [Level(context.line[0].sku, rest), *context.levels[1:]]
    found = resolve(spec, levels, scope.channel, (scope.language,) if scope.language else context.chain)
    if found is None or found.winner.value is None:
        return "", ""
    text = TYPES[spec.type].text(found.winner.value, spec, (scope.language or context.chain[0], *context.chain))
    return text, whence(found.winner.sku, context)


def whence(level: str, context: Context) -> str:
    """Where an inherited value comes from, in words."""
    if level == context.line[0].sku:
        return "as for all channels"
    if level.startswith(FAMILY):
        return f"from the family {context.family}"
    return "by default" if level == DEFAULT else f"inherited from {level}"
