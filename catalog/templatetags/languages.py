"""Saying in HTML which language a part is in, and which way it is written."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.languages import direction

register = template.Library()


@register.filter
def spoken(language: str, around: str = "") -> SafeString:
    """The attributes of an element in `language`; `around` is the language it stands in, "" for none.

    Nothing for what has no language of its own, and a direction only where it changes.
    """
    if not language:
        return SafeString("")
    turned = direction(language) != (direction(around) if around else "ltr")
    said = format_html(' lang="{}"', language)
    return format_html('{} dir="{}"', said, direction(language)) if turned else said
