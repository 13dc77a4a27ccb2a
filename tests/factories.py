"""Plain makers of rows for tests. Each goes through the operation that makes such rows in earnest."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from PIL import Image

from catalog.actors import Actor
from catalog.models import (
    Asset,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
    Fragment,
    Market,
    Product,
    Requirement,
    Slot,
    Tag,
)
from catalog.models.base import set_texts
from catalog.operations.assets import store_asset
from catalog.operations.fragments import write_fragment
from catalog.operations.products import save_product
from catalog.operations.recording import store
from catalog.operations.reviewing import approve
from catalog.operations.trees import save_category

ACTOR = Actor(name="factory", path="command")
_numbers = count(1)


def make_code(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


def _labelled(instance: Any, label: str | Mapping[str, str] | None) -> Any:
    """Give it a label, in English unless said otherwise, and store it."""
    if label is not None:
        set_texts(instance, "label", {"en": label} if isinstance(label, str) else dict(label))
    store(ACTOR, instance)
    return instance


def make_group(code: str = "", label: str | Mapping[str, str] | None = None, **fields: Any) -> AttributeGroup:
    group: AttributeGroup = _labelled(AttributeGroup(code=code or make_code("group"), **fields), label)
    return group


def make_attribute(
    type: str = "text",
    code: str = "",
    label: str | Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    group: AttributeGroup | None = None,
    **fields: Any,
) -> Attribute:
    """An attribute; `options` are the codes of a select's options."""
    group = group or AttributeGroup.objects.first() or make_group("general", "General")
    attribute: Attribute = _labelled(Attribute(code=code or make_code(type), type=type, group=group, **fields), label)
    for position, option in enumerate(options):
        store(ACTOR, AttributeOption(attribute=attribute, code=option, position=position))
    return attribute


def make_family(
    code: str = "",
    attributes: Sequence[Attribute] = (),
    label: str | Mapping[str, str] | None = None,
    required_by: Sequence[Channel] = (),
    **fields: Any,
) -> Family:
    """A family with these attributes, in this order; `required_by` are the channels that need all of them."""
    family: Family = _labelled(Family(code=code or make_code("family"), **fields), label)
    for position, attribute in enumerate(attributes):
        member = FamilyAttribute(family=family, attribute=attribute, position=position)
        store(ACTOR, member)
        for channel in required_by:
            store(ACTOR, Requirement(family=family, channel=channel, attribute=attribute))
    return family


def require(family: Family, channel: Channel, code: str) -> Requirement:
    """The channel needs this attribute of the family's products."""
    requirement = Requirement(family=family, channel=channel, attribute=family.attributes.get(code=code))
    store(ACTOR, requirement)
    return requirement


def make_family_variant(
    family: Family, axes: Sequence[Attribute] = (), others: Sequence[Attribute] = (), code: str = ""
) -> FamilyVariant:
    """A way to split with one level, its axes, and other attributes that live there."""
    variant = FamilyVariant(code=code or make_code("split"), family=family)
    store(ACTOR, variant)
    for attribute in (*axes, *others):
        store(
            ACTOR,
            FamilyVariantAttribute(family_variant=variant, attribute=attribute, level=1, axis=attribute in axes),
        )
    return variant


def make_product(
    sku: str = "",
    family: Family | None = None,
    facts: Mapping[str, Any] | None = None,
    categories: Sequence[Category] | None = None,
    **fields: Any,
) -> Product:
    """A product. A fact is `{scope: value}`, or a value that holds everywhere."""
    fields.setdefault("status", Product.Status.ENABLED)
    scoped = {code: value if _is_scoped(value) else {"": value} for code, value in (facts or {}).items()}
    return save_product(ACTOR, Product(sku=sku or make_code("SKU"), family=family, **fields), scoped, categories)


def _is_scoped(value: Any) -> bool:
    return isinstance(value, dict) and "amount" not in value


def make_market(code: str = "", currency: str = "EUR", **fields: Any) -> Market:
    market: Market = _labelled(Market(code=code or make_code("market"), currency=currency, **fields), None)
    return market


def make_audience(code: str = "") -> Audience:
    audience: Audience = _labelled(Audience(code=code or make_code("audience")), None)
    return audience


def make_channel(
    code: str = "",
    languages: Sequence[str] | Mapping[str, str] = ("en",),
    label: str | Mapping[str, str] | None = None,
    **fields: Any,
) -> Channel:
    """A channel; `languages` may map each language to its fallback."""
    channel: Channel = _labelled(Channel(code=code or make_code("channel"), **fields), label)
    fallbacks = dict(languages) if isinstance(languages, Mapping) else dict.fromkeys(languages, "")
    for position, (language, fallback) in enumerate(fallbacks.items()):
        store(ACTOR, ChannelLanguage(channel=channel, language=language, fallback=fallback, position=position))
    return channel


def make_category(
    code: str = "", parent: Category | None = None, label: str | Mapping[str, str] | None = None
) -> Category:
    category = Category(code=code or make_code("category"), parent=parent)
    if label is not None:
        set_texts(category, "label", {"en": label} if isinstance(label, str) else dict(label))
    return save_category(ACTOR, category)


def make_tag(facet: str = "topic", code: str = "") -> Tag:
    tag: Tag = _labelled(Tag(facet=facet, code=code or make_code("tag")), None)
    return tag


def make_slot(code: str = "", label: str | Mapping[str, str] | None = None, **fields: Any) -> Slot:
    slot: Slot = _labelled(Slot(code=code or make_code("slot"), **fields), label)
    return slot


def switch(sku: str, status: str) -> Product:
    """Give a product another status."""
    product = Product.objects.get(sku=sku)
    product.status = status
    return save_product(ACTOR, product, {})


def make_association_type(code: str = "") -> AssociationType:
    kind: AssociationType = _labelled(AssociationType(code=code or make_code("kind")), None)
    return kind


def make_fragment(
    code: str = "",
    body: str | Mapping[str, str] = "A piece of prose.",
    title: str | Mapping[str, str] = "",
    approved: bool = False,
    **fields: Any,
) -> Fragment:
    """A fragment, with its text in English unless said otherwise."""
    fragment = write_fragment(
        ACTOR,
        Fragment(code=code or make_code("fragment"), **fields),
        title={"en": title} if isinstance(title, str) else title,
        body={"en": body} if isinstance(body, str) else body,
    )
    if approved:
        approve(ACTOR, fragment)
        fragment.refresh_from_db()
    return fragment


def png(width: int = 4, height: int = 3, color: str = "#8c6a4f") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "PNG")
    return out.getvalue()


def make_asset(code: str = "", content: bytes | None = None, **fields: Any) -> Asset:
    """A picture of its own size, unless `content` is given, so that no two have the same bytes."""
    number = next(_numbers)
    return store_asset(ACTOR, Asset(code=code or f"asset-{number}", **fields), content or png(4 + number % 50, 3))
