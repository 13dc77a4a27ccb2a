"""Why a product's document says what it says, and why a product has none. For people of the house only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from catalog.models import Channel, Product
from catalog.querysets import line_of
from exports import querysets
from exports.membership import Membership, reach
from exports.models import Release
from exports.problems import report_of
from exports.selection import SelectionError


class NotReleased(Exception):
    """The product is not in the channel's current release; the message says why, as far as that is known."""


@dataclass(frozen=True)
class Explanation:
    """`facts` and `statements` are what the document says, each with where it comes from and what it beat.

    `emptied` are facts that a level says are empty; `cut` says what is not inherited, from which level upwards, and
    what is left out for it. A level of 0 is the product itself.
    """

    sku: str
    channel: str
    language: str
    release: int
    digest: str
    facts: dict[str, dict[str, Any]]
    emptied: dict[str, dict[str, Any]]
    statements: list[dict[str, Any]]
    assets: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    cut: list[dict[str, Any]]
    absent: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def explain(channel: Channel, language: str, sku: str) -> Explanation:
    """Where the document of the current release comes from. Raises NotReleased."""
    release = querysets.current_release(channel)
    if release is None:
        raise NotReleased(f"Channel “{channel.code}” has no release yet; run: manage.py release {channel.code}")
    languages = querysets.languages_of(release)
    if language not in languages:
        raise NotReleased(f"Release {release.number} of “{channel.code}” has {', '.join(languages)}, not “{language}”.")
    stored = querysets.provenance_of(release, language, sku)
    if stored is None and (spelling := querysets.spelling_of(sku)):
        stored = querysets.provenance_of(release, language, spelling)
    if stored is None:
        raise NotReleased(f"{sku} is not in release {release.number} of “{channel.code}”: {reason(channel, sku)}")
    document = orjson.loads(bytes(stored.version.body.content))
    return Explanation(
        sku=document["sku"],
        channel=channel.code,
        language=language,
        release=release.number,
        digest=stored.version.body_id,
        facts=_facts(document, stored.content),
        emptied=stored.content.get("emptied", {}),
        statements=_statements(document, stored.content),
        **{name: stored.content.get(name, []) for name in ("assets", "categories", "cut")},
        absent=stored.content["absent"],
        problems=list(_problems(release, language, document["sku"])),
    )


def _facts(document: dict[str, Any], provenance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """In display order. A fact without a trace would be a fault of assembly, so it is not hidden."""
    ordered = sorted(document["facts"].items(), key=lambda pair: pair[1]["position"])
    return {
        code: {**{name: fact[name] for name in ("label", "text", "value")}, **provenance["facts"][code]}
        for code, fact in ordered
    }


def _statements(document: dict[str, Any], provenance: dict[str, Any]) -> list[dict[str, Any]]:
    pairs = zip(document["statements"], provenance["statements"], strict=True)
    return [{**trace, "text": statement["text"]} for statement, trace in pairs]


def _problems(release: Release, language: str, sku: str) -> Iterator[dict[str, Any]]:
    for row in report_of(release, sku):
        if language in row["languages"]:
            yield {"kind": row["kind"], "message": row["message"]}


# --- Why not ---------------------------------------------------------------------------------------------------------


def reason(channel: Channel, sku: str) -> str:
    """Why the channel leaves a product out, as the knowledge base is now; one sentence."""
    product = Product.objects.filter(sku__iexact=sku).first()
    if product is None:
        return "there is no such product."
    try:
        # With all of its tree: what a group's other variants are now is not in any release.
        members = Membership(channel, reach([line_of(product)[-1].pk]))
    except SelectionError as error:
        return str(error)
    if product.pk in members.skus:
        return "it will be in the next release."
    return next(_reasons(members.lines[product.pk], members))


def _reasons(line: Sequence[Product], members: Membership) -> Iterator[str]:
    """In the order in which exports.selection asks; the last one is what is left for a group."""
    product, selection = line[0], members.selection
    for row in line:
        if row.status != Product.Status.ENABLED:
            who = "it is" if row is product else f"above it, {row.sku} is"
            yield f"{who} {row.get_status_display().lower()}, not enabled."
    if selection.families and product.family_id not in selection.families:
        families = members.channel.families.order_by("code").values_list("code", flat=True)
        own = product.family.code if product.family else "none"
        yield f"its family is {own}, and the channel takes {', '.join(families)}."
    if not product.children.exists():
        for part in selection.unmet(product):
            yield f"the channel selects “{part}”, which does not hold for it."
    yield "it is a group, and none of its variants is released."
