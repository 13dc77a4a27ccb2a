"""Claims that nobody vouches for any more: what is out although its source had to be asked again by now."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from catalog import querysets
from catalog.aliases import Aliases
from catalog.models import Fragment, FragmentRevision, Placement
from catalog.references import references_in
from catalog.usage import EXAMPLES, Use

# Finds what carries fragments, given by their primary key: by that, every way in which they are carried. A constant
# number of queries however many they are. Rooms above this one put theirs in when they are ready.
Finder = Callable[[Mapping[int, Fragment]], Mapping[int, Sequence[Use]]]
CARRIERS: list[Finder] = []


@dataclass(frozen=True)
class Claim:
    """What is out of a fragment and says it holds until a day; `carried` is all that shows it."""

    fragment: Fragment
    revision: int
    until: datetime.date
    vouched_by: str
    source: str
    carried: tuple[Use, ...]


def expired_claims(on: datetime.date, within: int = 0) -> list[Claim]:
    """Claims that are out and over on a day, or will be within so many days; the oldest first."""
    rows = claimed_until(on + datetime.timedelta(days=within))
    revisions = list(rows.select_related(None).only("number", "out", "fragment").order_by("until", "pk"))
    fragments: dict[int, Fragment] = QuerySet(Fragment).in_bulk([row.fragment_id for row in revisions])
    carried: dict[int, list[Use]] = defaultdict(list)
    for finder in CARRIERS if fragments else ():
        for pk, uses in finder(fragments).items():
            carried[pk] += [use for use in uses if use.count]
    return [_claim(row, fragments[row.fragment_id], carried[row.fragment_id]) for row in revisions]


def claimed_until(day: datetime.date) -> QuerySet[Any]:
    """What is out of fragments and holds until before a day, as `until` in ISO 8601. Dates so written are in order."""
    until = Cast(KeyTextTransform("valid_until", KeyTransform("source", F("out"))), TextField())
    return querysets.current_revisions().annotate(until=until).filter(until__lt=day.isoformat())


def _claim(revision: Any, fragment: Fragment, carried: Iterable[Use]) -> Claim:
    source = revision.out["source"]
    return Claim(
        fragment=fragment,
        revision=revision.number,
        until=datetime.date.fromisoformat(revision.until),
        vouched_by=source.get("by", ""),
        source=source.get("text", ""),
        carried=tuple(carried),
    )


# --- What carries them in the knowledge base -------------------------------------------------------------------------
def placed_on(fragments: Mapping[int, Fragment]) -> dict[int, list[Use]]:
    """Where they are placed, by what they are placed on."""
    rows = Placement.objects.filter(fragment__in=list(fragments), excluded=False).select_related(
        "product", "family", "category", "slot", "fragment"
    )
    found: dict[int, list[Placement]] = defaultdict(list)
    for row in rows.order_by("fragment", "slot__position", "position", "pk"):
        found[row.fragment_id].append(row)
    return {pk: [Use("placement", "Placements", len(of), tuple(of[:EXAMPLES]))] for pk, of in found.items()}


def repeated_in(fragments: Mapping[int, Fragment]) -> dict[int, list[Use]]:
    """Other fragments whose approved text stands for theirs, directly or through others."""
    pointing, rows = _pointing()
    codes = {fragment.code.lower(): pk for pk, fragment in fragments.items()}
    found: dict[int, list[Use]] = {}
    for code, pk in codes.items():
        above: dict[int, None] = {}
        open_codes = [code]
        while open_codes:
            for other in pointing[open_codes.pop()]:
                if other not in above and other != pk:
                    above[other] = None
                    open_codes.append(rows[other].code.lower())
        examples = tuple(sorted((rows[other] for other in above), key=str)[:EXAMPLES])
        found[pk] = [Use("fragment", "Fragments that repeat it", len(above), examples)]
    return found


def _pointing() -> tuple[dict[str, list[int]], dict[int, Fragment]]:
    """By a fragment's code in lower case, the ids of those that repeat it; and these fragments."""
    aliases = Aliases()
    pointing: dict[str, list[int]] = defaultdict(list)
    rows: dict[int, Fragment] = {}
    said_in = querysets.current_revisions().alias(said=Cast(F("out"), TextField()))
    revisions: QuerySet[FragmentRevision] = said_in.filter(said__icontains="fragment:").order_by("pk")
    for revision in revisions.iterator(chunk_size=1_000):
        texts = [text for text in (revision.out or {})["body"].values() if "{{" in text]
        said = {found.code for text in texts for found in references_in(text) if found.kind == "fragment"}
        for code in said:
            pointing[aliases.present("fragment", code).lower()].append(revision.fragment_id)
            rows[revision.fragment_id] = revision.fragment
    return pointing, rows


CARRIERS += [placed_on, repeated_in]


def named(model: Model) -> str:
    """A placement without its fragment, anything else by its name."""
    if isinstance(model, Placement):
        return f"{model.slot.code} on {model.product or model.family or model.category or model.filter}"
    return str(model)
