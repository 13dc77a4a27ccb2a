"""Why a product's document says what it says, and why a product has none. For people of the house only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.utils import timezone

from catalog import querysets as catalog
from catalog.models import Channel, Product
from catalog.querysets import line_of
from exports import querysets
from exports.assembling.assemble import Assembled, assemble
from exports.documents import digest_of, to_bytes
from exports.explaining.emptiness import empty_slots
from exports.explaining.hints import rank_of, would_win
from exports.gate.judging import WITHHELD
from exports.gathering.bundles import Context
from exports.gathering.loading import Loader, contexts
from exports.gathering.membership import Membership, reach
from exports.gathering.selection import SelectionError
from exports.models import Problem, Release
from exports.releasing.problems import report_of


class NotReleased(Exception):
    """The product is not in the channel's current release; the message says why, as far as that is known."""


@dataclass(frozen=True)
class Explanation:
    """`facts` and `statements` are what the document says, each with where it comes from and what it beat.

    `emptied` are facts that a level says are empty; `cut` says what is not inherited, from which level upwards, and
    what is left out for it. A level of 0 is the product itself. `empty` are the slots without a statement, with why, as
    the knowledge base is now. `release` is 0 for the document as it would be released now.
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
    empty: list[dict[str, Any]]


def explain(channel: Channel, language: str, sku: str) -> Explanation:
    """Where the document of the current release comes from. Raises NotReleased."""
    release = querysets.current_release(channel)
    if release is None:
        raise NotReleased(f"Channel “{channel.code}” has no release yet; run: manage.py release {channel.code}")
    languages = querysets.languages_of(release)
    if language not in languages:
        raise NotReleased(f"Release {release.number} of “{channel.code}” has {', '.join(languages)}, not “{language}”.")
    stored = querysets.version_told_of(release, language, sku)
    if stored is None and (spelling := querysets.spelling_of(sku)):
        stored = querysets.version_told_of(release, language, spelling)
    if stored is None:
        raise NotReleased(f"{sku} is not in release {release.number} of “{channel.code}”: {reason(channel, sku)}")
    document = orjson.loads(bytes(stored.body.content))
    return _explanation(
        document,
        stored.provenance,
        channel=channel.code,
        language=language,
        release=release.number,
        digest=stored.body_id,
        problems=list(_problems(release, language, document["sku"])),
        empty=_empty_now(channel, language, document),
    )


def explain_draft(channel: Channel, language: str, sku: str) -> Explanation:
    """Where the document would come from if the channel were released now, be the product selected or not.

    Raises NotReleased.
    """
    product = Product.objects.filter(sku__iexact=sku).first()
    if product is None:
        raise NotReleased(f"{sku}: there is no such product.")
    drafted = _drafted(channel, language, product)
    body = to_bytes(drafted.assembled.document)
    problems = [{"kind": kind, "message": message} for kind, message in drafted.assembled.problems]
    if product.pk not in drafted.loader.skus:
        why = next(_reasons(drafted.loader.lines[product.pk], drafted.loader.membership))
        problems.insert(0, {"kind": "left out", "message": f"The channel would not release it: {why}"})
    document = orjson.loads(body)
    return _explanation(
        document,
        # As it would be stored: tuples are lists there.
        orjson.loads(orjson.dumps(drafted.assembled.provenance)),
        channel=channel.code,
        language=language,
        release=0,
        digest=digest_of(body),
        problems=problems,
        empty=drafted.empty(_slots(document)),
    )


class _Drafted(NamedTuple):
    loader: Loader
    product: Product
    context: Context
    assembled: Assembled

    def empty(self, filled: Iterable[str]) -> list[dict[str, Any]]:
        return empty_slots(self.loader, self.product, self.context, self.assembled, filled)


def _drafted(channel: Channel, language: str, product: Product) -> _Drafted:
    """One product, assembled as the knowledge base is now. Raises NotReleased."""
    channel = catalog.channels().get(pk=channel.pk)
    context = next((each for each in contexts(channel, timezone.localdate()) if each.language == language), None)
    if context is None:
        raise NotReleased(f"Channel “{channel.code}” has {', '.join(channel.chains())}, not “{language}”.")
    try:
        loader = Loader(channel, tree_of(channel, product))
    except SelectionError as error:
        raise NotReleased(str(error)) from error
    return _Drafted(loader, product, context, assemble(loader.bundle(product), context, loader.library))


def _empty_now(channel: Channel, language: str, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The slots that the released document leaves empty; nothing where that cannot be told any more."""
    product = Product.objects.filter(sku=document["sku"]).first()
    try:
        return _drafted(channel, language, product).empty(_slots(document)) if product else []
    except NotReleased:
        return []


def _slots(document: Mapping[str, Any]) -> list[str]:
    return [statement["slot"] for statement in document["statements"]]


def _explanation(document: Mapping[str, Any], provenance: Mapping[str, Any], **fields: Any) -> Explanation:
    return Explanation(
        sku=document["sku"],
        facts=_facts(document, provenance),
        emptied=provenance.get("emptied", {}),
        statements=_statements(document, provenance, _reader(fields["channel"], fields["language"])),
        **{name: provenance.get(name, []) for name in ("assets", "categories", "cut")},
        absent=provenance["absent"],
        **fields,
    )


def _reader(channel: str, language: str) -> Context | None:
    found = catalog.channels().filter(code=channel).first()
    return (
        next((each for each in contexts(found, timezone.localdate()) if each.language == language), None)
        if found
        else None
    )


def _facts(document: Mapping[str, Any], provenance: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """In display order. A fact without a trace would be a fault of assembly, so it is not hidden."""
    ordered = sorted(document["facts"].items(), key=lambda pair: pair[1]["position"])
    return {
        code: {**{name: fact[name] for name in ("label", "text", "value")}, **provenance["facts"][code]}
        for code, fact in ordered
    }


def _statements(
    document: Mapping[str, Any], provenance: Mapping[str, Any], reader: Context | None
) -> list[dict[str, Any]]:
    """Each with what it beat, and by what that would have won."""
    pairs = zip(document["statements"], provenance["statements"], strict=True)
    return [{**_with_hints(trace, reader), "text": statement["text"]} for statement, trace in pairs]


def _with_hints(trace: Mapping[str, Any], reader: Context | None) -> dict[str, Any]:
    told = {name: value for name, value in trace.items() if name not in ("rank", "beaten")}
    beaten = []
    for loser in trace["beaten"]:
        row = {name: value for name, value in loser.items() if name != "rank"}
        # Documents released before ranks were kept have none.
        if reader and "rank" in loser:
            row["hint"] = would_win(rank_of(loser["rank"]), rank_of(trace["rank"]), reader)
        beaten.append(row)
    return {**told, "beaten": beaten}


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
        members = tree_of(channel, product)
    except SelectionError as error:
        return str(error)
    if product.pk in members.skus:
        return withheld(channel, product) or "it will be in the next release."
    return next(_reasons(line_of(product), members))


def withheld(channel: Channel, product: Product) -> str:
    """What the current release says of a product that it withholds, with who can mend it; else ""."""
    found = Problem.objects.filter(channel=channel, product=product.pk, valid_until__isnull=True, effect=WITHHELD)
    told = dict.fromkeys(f"{row.message}{f' ({row.responsible})' if row.responsible else ''}" for row in found)
    return f"it is withheld. {' '.join(told)}" if told else ""


def tree_of(channel: Channel, product: Product) -> Membership:
    """A product with all of its tree: what a group's other variants are now is in no release yet."""
    return Membership(channel, reach([line_of(product)[-1].pk]))


def _reasons(line: Sequence[Product], members: Membership) -> Iterator[str]:
    """In the order in which exports.gathering.selection asks; the last one is what is left for a group."""
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
