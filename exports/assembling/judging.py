"""Whom a fragment's text is for: whether a channel's readers may see it, and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from exports.gathering.bundles import Context

BLOCK = "block"
_APPLIES = (("channels", "channel"), ("audiences", "audience"), ("markets", "market"), ("media", "medium"))


def applicable(content: Mapping[str, Any], context: Context) -> tuple[bool, ...] | str:
    """For an applicable revision, what it does not name (False sorts first: named is more specific); else why not."""
    applies = content["applies"]
    unnamed = []
    for name, own in _APPLIES:
        wanted = applies[name]
        if wanted and getattr(context, own).lower() not in [code.lower() for code in wanted]:
            return f"only for {name} {', '.join(wanted)}"
        unnamed.append(not wanted)
    if not meets(content, context):
        return f"only for products: {applies['products']}"
    today = context.on.isoformat()
    if applies["from"] and today < applies["from"]:
        return f"not before {applies['from']}"
    if applies["until"] and today > applies["until"]:
        return f"only until {applies['until']}"
    if context.expired_claims == BLOCK and (day := expired(content, context)):
        return blocked(day)
    return tuple(unnamed)


def meets(content: Mapping[str, Any], context: Context) -> bool:
    """Whether the product is one that the text is for."""
    products = content["applies"].get("products")
    return not products or products in context.meets


def expired(content: Mapping[str, Any], context: Context) -> str:
    """The last day of a claim that holds no more, else ""."""
    until = content.get("source", {}).get("valid_until") or ""
    return until if until and context.on.isoformat() > until else ""


def blocked(day: str) -> str:
    return f"its source had to be asked again after {day}"


def language_of(content: Mapping[str, Any], context: Context) -> str | None:
    """The first language of the chain in which the revision has a text."""
    return next((language for language in context.chain if content["body"].get(language)), None)


class Judged(NamedTuple):
    """A fragment for one kind of reader: `unnamed` and `place` make its rank; or `why` it cannot be shown.

    `unnamed` is for each of _APPLIES whether it names none. `expired` is the last day of its claim where that is over.
    """

    unnamed: tuple[bool, ...] = ()
    language: str = ""
    place: int = 0
    why: str = ""
    expired: str = ""


def judge(content: Mapping[str, Any], context: Context) -> Judged:
    named = applicable(content, context)
    day = expired(content, context)
    if isinstance(named, str):
        return Judged(why=named, expired=day if named == blocked(day) else "")
    language = language_of(content, context)
    if language is None:
        return Judged(why=f"no text in {', '.join(context.chain)}")
    return Judged(named, language, context.chain.index(language), expired=day)
