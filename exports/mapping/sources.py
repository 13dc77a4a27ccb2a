"""Where the words of a field can come from: by name and, where one is needed, a code behind a colon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from exports.addresses import absolute, product_path
from exports.documents import DocumentAsset, Fact, Money
from exports.identifiers import compact, gtin_fault
from exports.mapping.seeing import Seen, Value

Read = Callable[[Seen, str], Iterable[Value]]


@dataclass(frozen=True, slots=True)
class Source:
    """`code` says what stands behind the colon, nothing where nothing does; `may` that it may be left out."""

    name: str
    help: str
    read: Read
    code: str = ""
    may: bool = False

    @property
    def written(self) -> str:
        """As it is written in an expression."""
        if not self.code:
            return self.name
        return f"{self.name}[:{self.code.upper()}]" if self.may else f"{self.name}:{self.code.upper()}"


def _texts(*found: str) -> list[Value]:
    return [Value(text) for text in found if text]


def _fact(seen: Seen, code: str) -> list[Value]:
    fact = seen.facts.get(code)
    return values_of(fact) if fact else []


def values_of(fact: Fact) -> list[Value]:
    """One for each of a fact's values; the text of several is parted as it was put together."""
    if isinstance(fact.value, list):
        texts = fact.text.split(", ")
        if len(texts) == len(fact.value):
            return [Value(text, raw) for text, raw in zip(texts, fact.value, strict=True)]
    return [Value(fact.text, fact.value)] if fact.text.strip() else []


def _label(seen: Seen, code: str) -> list[Value]:
    fact = seen.facts.get(code)
    return _texts(fact.label) if fact else []


def _axis(seen: Seen, code: str) -> list[Value]:
    return _texts(*(text for axis, text in seen.document.axes.items() if axis.lower() == code))


def axes(seen: Seen, _: str = "") -> list[Value]:
    """Each with what it is called, as far as a fact says that."""
    named = (
        (seen.facts[code.lower()].label if code.lower() in seen.facts else code, text)
        for code, text in seen.document.axes.items()
    )
    return [Value(f"{label}: {text}", (label, text)) for label, text in named if text]


def _all_facts(seen: Seen, group: str) -> list[Value]:
    """Those that a list of facts shows, each with its group, what it is called and what it is."""
    groups = seen.around.publication.groups
    return [
        Value(f"{fact.label}: {fact.text}", (groups.get(fact.group, ""), fact.label, fact.text, code))
        for code, fact in seen.document.listed()
        if fact.label.strip() and (not group or fact.group.lower() == group)
    ]


def _slot(seen: Seen, code: str) -> list[Value]:
    found = [row for row in seen.document.statements if row.slot.lower() == code]
    return [Value(row.text.strip(), row.html) for row in found if row.text.strip()]


def _identifier(seen: Seen, code: str) -> list[Value]:
    return _texts(seen.document.identifiers.get(code, ""))


def _gtin(seen: Seen, _: str) -> list[Value]:
    """A GTIN is right, or it is not there: receivers refuse an item for a wrong one."""
    gtin = seen.document.identifiers.get("gtin", "")
    return [] if not gtin or gtin_fault(gtin) else _texts(compact(gtin))


def _brand(seen: Seen, _: str) -> list[Value]:
    return _identifier(seen, "brand") or _fact(seen, "brand")


def _price(seen: Seen, currency: str) -> list[Value]:
    money = seen.document.price(currency.upper() or seen.around.publication.currency)
    return [_money(money)] if money else []


def _money(money: Money) -> Value:
    return Value(f"{money.amount} {money.currency}", {"amount": money.amount, "currency": money.currency})


def _pictures(seen: Seen) -> Iterator[DocumentAsset]:
    """All of them, the main one first."""
    main = seen.document.picture()
    if main:
        yield main
    yield from (asset for asset in seen.document.assets if asset.kind == "image" and asset is not main)


def _addresses(seen: Seen, assets: Iterable[DocumentAsset]) -> list[Value]:
    found = {absolute(seen.around.base_url, asset.url): asset for asset in assets}
    return [Value(url, {"width": asset.width, "height": asset.height}) for url, asset in found.items() if url]


def _picture(seen: Seen, role: str) -> list[Value]:
    return _pictures_of(seen, role)[:1]


def _pictures_of(seen: Seen, role: str) -> list[Value]:
    return _addresses(seen, (asset for asset in _pictures(seen) if not role or asset.role.lower() == role))


def _files(seen: Seen, role: str) -> list[Value]:
    files = (asset for asset in seen.document.assets if asset.kind != "image")
    return _addresses(seen, (asset for asset in files if not role or asset.role.lower() == role))


def _link(seen: Seen, _: str) -> list[Value]:
    publication = seen.around.publication
    path = product_path(publication.channel, publication.language, seen.document.sku)
    return _texts(absolute(seen.around.base_url, path))


def _category(seen: Seen, _: str) -> list[Value]:
    return _texts(seen.around.category(seen.document))


def _category_codes(seen: Seen, _: str) -> list[Value]:
    return _texts(*(category.code for category in seen.document.categories))


def _associated(seen: Seen, kind: str) -> list[Value]:
    return _texts(*(row.sku for row in seen.document.associations if not kind or row.type.lower() == kind))


_LIST = (
    Source("sku", "the SKU", lambda seen, _: _texts(seen.document.sku)),
    Source("name", "the product's name", lambda seen, _: _texts(seen.document.name)),
    Source("type", "product, group or variant", lambda seen, _: _texts(seen.document.type)),
    Source("parent", "the SKU of the group a variant belongs to", lambda seen, _: _texts(seen.document.parent or "")),
    Source("family", "what the product's family is called", lambda seen, _: _texts(seen.document.family["label"])),
    Source("brand", "the brand, as an identifier or as a fact", _brand),
    Source("gtin", "the GTIN, where it is one that may go out", _gtin),
    Source("mpn", "the manufacturer's part number", lambda seen, _: _identifier(seen, "mpn")),
    Source("identifier", "any identifier, unchecked", _identifier, "code"),
    Source("price", "the price in the channel's currency, or in another one", _price, "currency", may=True),
    Source("fact", "a fact, as people read it", _fact, "attribute"),
    Source("label", "what a fact is called", _label, "attribute"),
    Source("axis", "what a variant has of an axis", _axis, "attribute"),
    Source("facts", "all facts that are listed, or those of a group, as LABEL: TEXT", _all_facts, "group", may=True),
    Source("axes", "what tells a variant apart, as LABEL: TEXT", axes),
    Source("slot", "the texts in a slot, without markup", _slot, "slot"),
    Source("picture", "the address of the main picture, or of the first of a role", _picture, "role", may=True),
    Source("pictures", "the addresses of all pictures, or of those of a role", _pictures_of, "role", may=True),
    Source("files", "the addresses of all other files, or of those of a role", _files, "role", may=True),
    Source("link", "the address of the product's page", _link),
    Source("category", "its place in the channel's navigation, with > between the labels", _category),
    Source("categories", "the codes of its categories", _category_codes),
    Source("associated", "the SKUs of associated products, or of those of a type", _associated, "type", may=True),
    Source("channel", "what the channel is called", lambda seen, _: _texts(seen.around.publication.title)),
    Source("language", "the language of the output", lambda seen, _: _texts(seen.around.publication.language)),
    Source("country", "the country of the channel's market", lambda seen, _: _texts(seen.around.publication.country)),
    Source("currency", "the channel's currency", lambda seen, _: _texts(seen.around.publication.currency)),
    Source("release", "the number of the release", lambda seen, _: _texts(str(seen.around.publication.release))),
)
SOURCES: Mapping[str, Source] = {source.name: source for source in _LIST}
