"""Small pieces of HTML that several lists and forms show. Everything that comes from data is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog.languages import stand_ins
from catalog.models import Asset

Tone = Literal["plain", "good", "warn", "bad", "info"]
# What a list shows for what is not there; on a phone such lines are left out.
NOTHING = SafeString('<span class="t-nothing">–</span>')


def badge(text: object, tone: Tone = "plain", title: str = "") -> SafeString:
    return format_html('<span class="t-badge t-{}" title="{}">{}</span>', tone, title, text)


def badges(texts: Iterable[object], tone: Tone = "plain") -> SafeString:
    return together([badge(text, tone) for text in texts])


def together(parts: Iterable[SafeString]) -> SafeString:
    """Badges in a row that may wrap, or the sign for nothing."""
    html = format_html_join(" ", "{}", ((part,) for part in parts))
    return format_html('<span class="t-badges">{}</span>', html) if html else NOTHING


def thumbnail(asset_id: int | None, alt: str = "") -> SafeString:
    """A small picture, or an empty frame of the same size."""
    if asset_id is None:
        return SafeString('<span class="t-thumb t-thumb-none" title="No picture"></span>')
    source = reverse("admin:catalog_asset_preview", args=[asset_id, "small"])
    return format_html('<img class="t-thumb" src="{}" alt="{}" loading="lazy">', source, alt)


def thumbnail_of(asset: Asset | None) -> SafeString:
    return thumbnail(asset.pk if asset and asset.kind == Asset.Kind.IMAGE else None, asset.alt if asset else "")


def link(instance: models.Model, text: object = "") -> SafeString | str:
    """A link to an object's form, or its name where it has none."""
    meta = instance._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[instance.pk])
    except NoReverseMatch:
        return str(text or instance)
    return format_html('<a class="t-link" href="{}">{}</a>', address, text or instance)


def file_size(size: int) -> str:
    """Bytes, in the unit people would say."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"


def chain() -> tuple[str, ...]:
    """The languages a text may be shown in here: the reader's, the default one, then any."""
    offered = dict(settings.LANGUAGES)
    own = get_language() or settings.LANGUAGE_CODE
    return tuple(dict.fromkeys((own, *stand_ins(own, offered, settings.LANGUAGE_CODE), *offered)))
