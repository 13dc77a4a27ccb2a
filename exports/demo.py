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
    ("datasheet-solenne-de", "Datenblatt Solenne", "print-de", "de", "datasheet", {"sku": "BZ-SOLENNE"}),
    ("datasheet-lira-it", "Scheda tecnica Lira", "shop-it", "it", "datasheet", {"sku": "BZ-LIRA"}),
    ("datasheet-maestrale-ro", "Fișă tehnică Maestrale", "service", "ro", "datasheet", {"sku": "BZ-MAESTRALE"}),
    ("google-it", "Google Merchant Center, Italia", "google-it", "it", "google", {}),
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
