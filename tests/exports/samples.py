"""A small release, made by hand: two products, one of them with two variants, in German."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from exports.documents import (
    AssociationLink,
    CategoryLink,
    Document,
    DocumentAsset,
    Fact,
    Money,
    Node,
    Publication,
    Statement,
)
from exports.formats.base import Work

DIGEST = "0123456789abcdef" * 4


class PlainFiles:
    """Pictures of one colour, so that golden outputs do not depend on any library's drawing."""

    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (min(width, 64), min(width, 64)), "#c8b8a0").save(out, "JPEG")
        return out.getvalue()


def picture(role: str = "main", alt: str = "Lira von vorn") -> DocumentAsset:
    return DocumentAsset(role, "image", f"/assets/{DIGEST}/large.jpg", alt, "image/jpeg", 1600, 1600, DIGEST)


def facts(color: str = "") -> dict[str, Fact]:
    rows = {
        "brand": Fact("Marke", "general", "text", "Bordanza", "Bordanza", 1),
        "weight": Fact(
            "Gewicht", "dimensions", "measurement", {"amount": "5.2", "unit": "kg", "unit_code": "KGM"}, "5,2 kg", 20
        ),
        "cup_warmer": Fact("Tassenwärmer", "brewing", "boolean", False, "Nein", 30),
        "price": Fact("Preis", "general", "price", [{"amount": "449.00", "currency": "EUR"}], "449,00 €", 4),
    }
    if color:
        rows["color"] = Fact("Farbe", "general", "select", color.lower(), color, 3)
    return dict(sorted(rows.items(), key=lambda pair: pair[1].position))


LIRA = Document(
    sku="BZ-LIRA",
    name="Lira",
    type="group",
    family={"code": "espresso_machines", "label": "Espressomaschinen"},
    parent=None,
    axes={},
    variants=("BZ-LIRA-BK", "BZ-LIRA-RD"),
    categories=(CategoryLink("home", "Für zu Hause", ("products", "machines", "home")),),
    identifiers={"brand": "Bordanza"},
    facts=facts(),
    statements=(
        Statement("headline", "de", "", "Espresso auf 22 Zentimetern"),
        Statement("teaser", "de", "", "Klein im Stellmaß & groß im Geschmack."),
        Statement(
            "description",
            "de",
            "<p>Die Lira ist in drei Minuten bereit.</p><ul><li>9 bar am Kaffee</li><li>1,6 l Tank</li></ul>",
            "Die Lira ist in drei Minuten bereit.\n– 9 bar am Kaffee\n– 1,6 l Tank",
        ),
        Statement(
            "feature",
            "de",
            "<p>Präinfusion für gleichmäßigen Durchlauf.</p>",
            "Präinfusion für gleichmäßigen Durchlauf.",
        ),
        Statement("warning", "en", "<p>Do not immerse in water.</p>", "Do not immerse in water."),
    ),
    assets=(picture(), picture("gallery", "Lira von der Seite")),
    associations=(AssociationLink("accessory", "BZ-TAMPER", 1),),
    prices=(Money("449.00", "EUR"),),
)


def variant(sku: str, color: str, gtin: str) -> Document:
    return replace(
        LIRA,
        sku=sku,
        name=f"Lira, {color}",
        type="variant",
        parent="BZ-LIRA",
        axes={"color": color},
        variants=(),
        identifiers={"brand": "Bordanza", "gtin": gtin, "mpn": sku},
        facts=facts(color),
    )


TAMPER = Document(
    sku="BZ-TAMPER",
    name="Tamper <58> & Co",
    type="product",
    family={"code": "accessories", "label": "Zubehör"},
    parent=None,
    axes={},
    variants=(),
    categories=(CategoryLink("accessories", "Zubehör", ("products", "accessories")),),
    identifiers={},
    facts={"material": Fact("Material", "general", "multiselect", ["steel", "wood"], "Stahl, Holz", 5)},
    prices=(Money("39.00", "EUR"),),
)

DOCUMENTS = (
    LIRA,
    variant("BZ-LIRA-BK", "schwarz", "9521234567899"),
    variant("BZ-LIRA-RD", "rot", "9521234567882"),
    TAMPER,
)

PUBLICATION = Publication(
    channel="shop-de",
    title="Bordanza Shop",
    medium="web",
    language="de",
    alternates=("de", "en"),
    release=7,
    released_on="2026-11-22",
    country="DE",
    currency="EUR",
    audience="consumer",
    public=True,
    navigation=(
        Node("machines", "Maschinen", 3, (Node("home", "Für zu Hause", 3),)),
        Node("accessories", "Zubehör", 1),
    ),
    groups={"general": "Allgemein", "dimensions": "Maße", "brewing": "Brühen"},
    slots={
        "headline": "Schlagzeile",
        "teaser": "Kurztext",
        "description": "Beschreibung",
        "feature": "Merkmale",
        "warning": "Sicherheit",
    },
    associations={"accessory": "Zubehör"},
)


def work(**options: Any) -> Work:
    return Work(PUBLICATION, "https://shop.example", PlainFiles(), options)
