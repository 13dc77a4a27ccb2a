"""What the demo makes of its knowledge base: outputs of every format, and a key to each channel.

The knowledge base itself, the range of an invented manufacturer, is in catalog/demo.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from catalog.actors import Actor
from catalog.models import Channel
from exports import tokens
from exports.models import Output

LOGIN = "demo"

IMPRINT = "Officine Bordanza, Trieste · service@bordanza.example"

SHEET = {"sku": "BZ-SOLENNE", "without": "promotion, faq, instruction", "qr": "https://bordanza.example/p/{sku}"}
INSTRUCTIONS = {"skus": "BZ-SOLENNE", "imprint": IMPRINT}
LABELS = {"category": "cleaning", "unit_price": "capacity", "faults": "leave_out"}
BOXES = {
    "category": "machines",
    "width": 105,
    "height": 48,
    "rows": 6,
    "columns": 2,
    "margin_top": 4.5,
    "code": "gs1-128",
    "qr": True,
    "resolver": "https://id.bordanza.example",
    "prices": False,
}
OFFERS = {
    "offers": {
        "BZ-SOLENNE-ST-EU": "1149.00",
        "BZ-LIRA-RD-EU": "399.00",
        "BZ-NOVELLA-WH": "679.00",
        "BZ-CUPS-ESP": "38.00",
        "BZ-CARE-KIT": "22.90",
        "BZ-PITCHER-350": "19.90",
        "BZ-CARE-DESCALER-1000": "19.90",
    },
    "starts": "2027-01-07",
    "ends": "2027-01-31",
    "landing": "https://bordanza.example/winter",
    "landing_text": "bordanza.example/winter",
}
# (language, title, subtitle, small print)
FLYERS = (
    (
        "en",
        "Winter at the coffee bar",
        "Seven offers for cold mornings.",
        "While stocks last. Recommended retail prices including VAT; the old price is our lowest of the last 30 days.",
    ),
    (
        "it",
        "Inverno al banco del caffè",
        "Sette offerte per le mattine fredde.",
        "Fino a esaurimento scorte. "
        "Prezzi consigliati IVA inclusa; il prezzo precedente è il più basso degli ultimi 30 giorni.",
    ),
    (
        "ro",
        "Iarna la barul de cafea",
        "Șapte oferte pentru dimineți reci.",
        "În limita stocului disponibil. "
        "Prețuri recomandate, TVA inclus; prețul vechi este cel mai mic din ultimele 30 de zile.",
    ),
    (
        "de",
        "Winter an der Kaffeebar",
        "Sieben Angebote für kalte Morgen.",
        "Solange der Vorrat reicht. "
        "Unverbindliche Preisempfehlungen inkl. MwSt.; der alte Preis ist unser niedrigster der letzten 30 Tage.",
    ),
    (
        "fr",
        "L’hiver au comptoir à café",
        "Sept offres pour matins froids.",
        "Dans la limite des stocks disponibles. "
        "Prix conseillés TTC ; l’ancien prix est le plus bas des 30 derniers jours.",
    ),
    (
        "es",
        "Invierno en la barra",
        "Siete ofertas para mañanas frías.",
        "Hasta fin de existencias. "
        "Precios recomendados, IVA incluido; el precio anterior es el más bajo de los últimos 30 días.",
    ),
)
PRICES = {"unit_price": "capacity", "faults": "leave_out"}
PRICE_LISTS = (
    ("en", "Price list 2027", "Recommended retail prices including VAT."),
    ("it", "Listino 2027", "Prezzi consigliati IVA inclusa."),
    ("ro", "Listă de prețuri 2027", "Prețuri recomandate, TVA inclus."),
    ("de", "Preisliste 2027", "Unverbindliche Preisempfehlungen inkl. MwSt."),
    ("fr", "Tarif 2027", "Prix conseillés TTC."),
    ("es", "Lista de precios 2027", "Precios recomendados, IVA incluido."),
)

PAGES = {
    "title": "Le nostre macchine",
    "category": "machines",
    "layout": "page",
    "comparison": "columns",
    "references": True,
    "year": "2027",
    "imprint": IMPRINT,
    "back_cover": IMPRINT,
}
GRID = {
    "title": "Order list",
    "subtitle": "All articles by category",
    "layout": "grid",
    "chapters": "headings",
    "density": "compact",
    "accent": "#1f5f7a",
    "price_list": True,
    "name_index": True,
    "price_note": "Recommended retail prices including VAT.",
    "year": "2027",
    "imprint": IMPRINT,
}
BILINGUAL = {
    "title": "Mühlen · Macinacaffè",
    "filter": "category = grinders",
    "languages": ["it"],
    "type": "sans",
    "year": "2027",
    "imprint": IMPRINT,
}

# (code, title, channel, language, format, options)
OUTPUTS: tuple[tuple[str, str, str, str, str, dict[str, Any]], ...] = (
    ("shop-it", "Negozio web", "shop-it", "it", "web", {}),
    ("shop-de", "Webshop", "shop-it", "de", "web", {}),
    ("shop-en", "Web shop", "shop-it", "en", "web", {}),
    (
        "catalog-de",
        "Katalog 2027",
        "print-de",
        "de",
        "catalog",
        {
            "subtitle": "Maschinen, Mühlen, Zubehör, Pflege",
            "year": "2027",
            "price_note": "Unverbindliche Preisempfehlungen inkl. MwSt.",
            "imprint": IMPRINT,
        },
    ),
    (
        "catalog-en",
        "Catalogue 2027",
        "print-de",
        "en",
        "catalog",
        {
            "subtitle": "Machines, grinders, accessories, care",
            "year": "2027",
            "price_note": "Recommended retail prices including VAT.",
            "imprint": IMPRINT,
        },
    ),
    ("catalog-pages-it", "Le nostre macchine", "print-eu", "it", "catalog", PAGES),
    ("catalog-grid-en", "Order list 2027", "print-eu", "en", "catalog", GRID),
    ("catalog-de-it", "Mühlen, Macinacaffè", "print-eu", "de", "catalog", BILINGUAL),
    ("datasheet-solenne-de", "Datenblatt Solenne", "print-de", "de", "datasheet", {"sku": "BZ-SOLENNE"}),
    ("datasheet-lira-it", "Scheda tecnica Lira", "shop-it", "it", "datasheet", {"sku": "BZ-LIRA"}),
    ("datasheet-maestrale-ro", "Fișă tehnică Maestrale", "service", "ro", "datasheet", {"sku": "BZ-MAESTRALE"}),
    *(
        (f"datasheet-solenne-{language}", title, "print-eu", language, "datasheet", SHEET)
        for language, title in (("en", "Data sheet Solenne"), ("es", "Ficha técnica Solenne"))
    ),
    ("instructions-solenne", "Solenne, instructions in six languages", "print-eu", "en", "instructions", INSTRUCTIONS),
    ("labels-care-de", "Regaletiketten Pflege", "print-eu", "de", "label", LABELS),
    ("labels-machines-it", "Etichette per scatole", "print-eu", "it", "label", BOXES),
    *(
        (
            f"flyer-{code}",
            title,
            "print-eu",
            code,
            "flyer",
            {**OFFERS, "title": title, "subtitle": line, "terms": terms},
        )
        for code, title, line, terms in FLYERS
    ),
    *(
        (f"prices-{language}", title, "print-eu", language, "pricelist", {**PRICES, "price_note": note})
        for language, title, note in PRICE_LISTS
    ),
    ("google-it", "Google Merchant Center, Italia", "google-it", "it", "google", {}),
    ("meta-it", "Meta, Italia", "google-it", "it", "meta", {}),
    ("openai-it", "OpenAI, Italia", "google-it", "it", "openai", {}),
    ("acp-it", "Agentic Commerce Protocol, Italia", "google-it", "it", "acp", {}),
    ("bmecat-de", "BMEcat für den Fachhandel", "print-de", "de", "bmecat", {"supplier": "Bordanza"}),
    ("table-en", "All products, for Excel", "print-eu", "en", "xlsx", {}),
    *(
        (f"service-{language}", f"Service portal ({language})", "service", language, "json", {})
        for language in ("en", "it", "ro", "de", "fr", "es")
    ),
)


def ensure_outputs() -> list[Output]:
    """The demo's outputs, made where they are missing and set to what stands above."""
    outputs = []
    for code, title, channel, language, form, options in OUTPUTS:
        row = Output.objects.filter(code=code).first() or Output(code=code)
        row.title, row.language, row.format, row.options = title, language, form, options
        row.channel = Channel.objects.get(code__iexact=channel)
        row.full_clean()
        row.save()
        outputs.append(row)
    return outputs


def ensure_login() -> bool:
    """A superuser `demo` with the password `demo`. True if it had to be made."""
    users = get_user_model().objects
    if users.filter(username=LOGIN).exists():
        return False
    users.create_superuser(LOGIN, "demo@example.com", LOGIN)
    return True


def ensure_tokens(actor: Actor) -> dict[str, str]:
    """A key to each channel, by the channel's code.

    The database has only their hashes, so the demo keeps the keys in a file that only its owner can read.
    """
    path = Path(settings.DATA_ROOT) / "demo-tokens.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    keys = {}
    for channel in Channel.objects.order_by("code"):
        secret = kept.get(channel.code, "")
        token = tokens.verify(secret)
        if token is None or token.channel_id != channel.pk:
            channel.tokens.filter(name=LOGIN).delete()
            _, secret = tokens.issue(actor, channel, LOGIN)
        keys[channel.code] = secret
    if keys != kept:
        path.touch(mode=0o600)
        path.write_text(json.dumps(keys, indent=1))
    return keys
