"""A catalogue to measure presses with: products of a picture, a text of 120 words and ten facts, twenty to a chapter.

The same number always gives the same product.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from PIL import Image, ImageDraw

from exports.documents import CategoryLink, Document, DocumentAsset, Fact, Money, Node, Publication, Statement

PER_CHAPTER = 20
TEXT = """
    the machine grinder portafilter pressure boiler steam water coffee crema steel brass wooden handle quiet precise
    temperature stable every morning cleaning basket tamper pump valve gauge display timer program reservoir tray
    accessories workshop maintenance extraction balanced aromatic generous compact durable
"""
WORDS = TEXT.split()
FACTS = (
    ("Width", "mm"),
    ("Height", "mm"),
    ("Depth", "mm"),
    ("Weight", "g"),
    ("Power", "W"),
    ("Voltage", "V"),
    ("Pressure", "kPa"),
    ("Tank", "ml"),
    ("Cable", "cm"),
    ("Warranty", "months"),
)


class Pictures:
    """A JPEG of 400 pixels and some 20 KB for each product, as a library of assets would give it, from `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        return (self._folder / f"{asset.alt.rpartition(' ')[2]}.jpg").read_bytes()


def draw_pictures(count: int, folder: Path) -> None:
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(jpeg(number))


def jpeg(number: int) -> bytes:
    chance = random.Random(number)
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y, size = chance.randrange(400), chance.randrange(400), chance.randrange(4, 60)
        color = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.ellipse((x, y, x + size, y + size), outline=color, width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=40)
    return out.getvalue()


def documents(count: int) -> Iterator[Document]:
    yield from (document(number) for number in range(count))


def document(number: int) -> Document:
    chance = random.Random(number)
    text = " ".join(chance.choice(WORDS) for _ in range(120)).capitalize() + "."
    chapter = f"c{number // PER_CHAPTER:03}"
    facts = {
        name.lower(): Fact(name, "technical", "number", value, f"{value} {unit}", place)
        for place, (name, unit) in enumerate(FACTS)
        if (value := str(chance.randrange(10, 4_000)))
    }
    digest = blake2b(str(number).encode(), digest_size=32).hexdigest()
    return Document(
        sku=f"SKU-{number:05}",
        name=f"{chance.choice(WORDS).capitalize()} {chance.choice(WORDS)} {number}",
        type="product",
        family={"code": "machines", "label": "Machines"},
        parent=None,
        axes={},
        variants=(),
        categories=(CategoryLink(chapter, f"Chapter {number // PER_CHAPTER + 1}", ("root", chapter)),),
        identifiers={},
        facts=facts,
        statements=(Statement("description", "en", f"<p>{text}</p>", text),),
        assets=(DocumentAsset("main", "image", "", f"Picture {number}", "image/jpeg", 400, 400, digest),),
        prices=(Money(f"{chance.randrange(10, 900)}.00", "EUR"),),
    )


def with_price(document: Document, amount: str) -> Document:
    return replace(document, prices=(Money(amount, "EUR"),))


def publication(count: int) -> Publication:
    chapters = range((count + PER_CHAPTER - 1) // PER_CHAPTER)
    return Publication(
        channel="print",
        title="Works",
        medium="print",
        language="en",
        alternates=("en",),
        release=1,
        released_on="2027-01-01",
        country="DE",
        currency="EUR",
        audience="consumer",
        public=True,
        navigation=tuple(Node(f"c{at:03}", f"Chapter {at + 1}", PER_CHAPTER) for at in chapters),
        groups={"technical": "Technical data"},
        slots={"description": "Description"},
        associations={},
    )
