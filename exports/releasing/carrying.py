"""What documents carry, written in rows of its own together with their traces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from catalog.indexing.writing import batches, insert_rows
from exports.models import FactSet, FactSetMember, TraceAsset, TraceCategory, TraceFacts, TraceStatement


class Carriage(NamedTuple):
    """What a document carries: the facts it has and the assets it shows, in lower case, and rows of its statements."""

    facts: tuple[str, ...]
    assets: tuple[str, ...]
    statements: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, provenance: Mapping[str, Any]) -> Carriage:
        return cls(
            tuple(sorted(code.lower() for code in provenance["facts"])),
            tuple(dict.fromkeys(code.lower() for code in provenance["shown"])),
            tuple(_statements(provenance)),
        )


# By the id of a trace; with the categories.
Carried = tuple[int, Carriage, Sequence[str]]


def write(carried: Sequence[Carried]) -> None:
    """The rows of traces that have none yet. A constant number of queries per batch."""
    digests = {codes: _digest(codes) for codes in {each.facts for _, each, _ in carried}}
    _make_sets(digests)
    insert_rows(TraceFacts, ("trace_id", "fact_set_id"), [(pk, digests[each.facts]) for pk, each, _ in carried])
    insert_rows(TraceAsset, ("trace_id", "asset"), [(pk, code) for pk, each, _ in carried for code in each.assets])
    insert_rows(TraceCategory, ("trace_id", "code"), [(pk, code) for pk, _, codes in carried for code in codes])
    insert_rows(TraceStatement, _STATEMENT, [(pk, *row) for pk, each, _ in carried for row in each.statements])


def _make_sets(digests: Mapping[tuple[str, ...], str]) -> None:
    """Those that are not there yet; made by somebody else at the same time is as good."""
    known: set[str] = set()
    for part in batches(list(digests.values())):
        known.update(FactSet.objects.filter(pk__in=part).values_list("pk", flat=True))
    fresh = {codes: digest for codes, digest in digests.items() if digest not in known}
    FactSet.objects.bulk_create([FactSet(digest) for digest in fresh.values()], ignore_conflicts=True, batch_size=1_000)
    members = [FactSetMember(fact_set_id=digest, attribute=code) for codes, digest in fresh.items() for code in codes]
    FactSetMember.objects.bulk_create(members, ignore_conflicts=True, batch_size=1_000)


def _digest(codes: Iterable[str]) -> str:
    """BLAKE2b-128, hex; no code has a space."""
    return blake2b(" ".join(codes).encode(), digest_size=16).hexdigest()


_STATEMENT = ("trace_id", "place", "slot", "language", "fragment", "revision", "via")


def _statements(provenance: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """As _STATEMENT, without the trace."""
    for place, row in enumerate(provenance["statements"]):
        slot = row["slot"].lower()
        yield place, slot, row["language"], row["fragment"].lower(), row["revision"], ""
        for use in row.get("uses", ()):
            yield place, slot, use["language"], use["fragment"].lower(), use["revision"], use["via"].lower()
