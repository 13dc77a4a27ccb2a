"""What differs between two releases of a channel, for people: by product, and within it by fact and statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

import orjson
from django.db.models import Q

from catalog import differences
from catalog.differences import Segment
from exports.models import DocumentVersion, Release

# Products of a page.
PAGE = 50
# Comparisons of words in one page, so that it comes within a second however long its texts are.
_STEPS = 100_000


class Entry(NamedTuple):
    """One thing that differs within a document. "" where there was or is nothing.

    `kind` is fact, statement or a field of the document; `code` is the fact's or the statement's slot. `words` are the
    two texts of a statement in one row, else nothing.
    """

    kind: str
    code: str
    label: str
    old: str
    new: str
    words: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Changed:
    """A document that differs; of one that is added or removed the entries are not told."""

    sku: str
    language: str
    what: Literal["added", "changed", "removed"]
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Page:
    """A stretch of what differs, in SKU order; `next` is the SKU to go on after, "" at the end."""

    old: int
    new: int
    changes: tuple[Changed, ...]
    next: str


def differences_between(old: Release, new: Release, after: str = "", limit: int = PAGE) -> Page:
    """What stands in `new` otherwise than in `old`, be it later or earlier: of `limit` products. Three queries.

    A page may tell of fewer products, where one changed and changed back.
    """
    low, high = sorted((old.number, new.number))
    skus = list(_touched(old.channel_id, low, high).filter(sku__gt=after).values_list("sku", flat=True)[: limit + 1])
    before, behind = (_bodies(old.channel_id, release.number, skus[:limit]) for release in (old, new))
    keys = sorted({*before, *behind})
    changes = [compared(*key, before.get(key), behind.get(key)) for key in keys if before.get(key) != behind.get(key)]
    return Page(old.number, new.number, tuple(changes), skus[limit - 1] if len(skus) > limit else "")


def _touched(channel: int, low: int, high: int) -> Any:
    """The SKUs of the versions that began or ended within, and are there on one of the sides."""
    began = Q(valid_from__gt=low, valid_from__lte=high) & (Q(valid_until__isnull=True) | Q(valid_until__gt=high))
    ended = Q(valid_from__lte=low, valid_until__gt=low, valid_until__lte=high)
    return DocumentVersion.objects.filter(began | ended, channel=channel).order_by("sku").distinct()


def _bodies(channel: int, number: int, skus: Iterable[str]) -> dict[tuple[str, str], bytes]:
    still = Q(valid_until__isnull=True) | Q(valid_until__gt=number)
    rows = DocumentVersion.objects.filter(still, channel=channel, sku__in=list(skus), valid_from__lte=number)
    columns = rows.order_by().values_list("sku", "language", "body__content")
    return {(sku, language): bytes(body) for sku, language, body in columns}


def compared(sku: str, language: str, old: bytes | None, new: bytes | None) -> Changed:
    """Two bodies of a document, of which one may be missing."""
    if old is None or new is None:
        return Changed(sku, language, "added" if old is None else "removed")
    return Changed(sku, language, "changed", tuple(_entries(orjson.loads(old), orjson.loads(new))))


def _entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Entry]:
    for name in new:
        if name not in ("facts", "statements", "tables") and old.get(name) != new[name]:
            yield Entry(name, "", name, _said(old.get(name)), _said(new[name]))
    yield from _facts(old["facts"], new["facts"])
    yield from _statements(old["statements"], new["statements"])
    if old.get("tables", {}) != new.get("tables", {}) and old["facts"] == new["facts"]:
        yield Entry("tables", "", "tables", _said(old.get("tables")), _said(new.get("tables")))


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Entry]:
    """In display order."""
    order = sorted({*old, *new}, key=lambda code: ((new.get(code) or old[code])["position"], code))
    for code in order:
        before, behind = old.get(code), new.get(code)
        if before != behind:
            label = (behind or before or {})["label"]
            if before and behind and before["text"] == behind["text"]:
                # What people read is the same: told is the part that is not.
                parts = [name for name in behind if before.get(name) != behind[name]]
                yield Entry("fact", code, label, _part(before, parts), _part(behind, parts))
            else:
                yield Entry("fact", code, label, *((side or {}).get("text", "") for side in (before, behind)))


def _part(fact: Mapping[str, Any], names: Iterable[str]) -> str:
    return "; ".join(f"{name}: {_said(fact.get(name))}" for name in names)


def _statements(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Entry]:
    """Slot by slot; of several in one slot those that stayed are matched first."""
    slots = dict.fromkeys(row["slot"] for row in (*new, *old))
    for slot in slots:
        before, behind = ([row for row in rows if row["slot"] == slot] for rows in (old, new))
        same = SequenceMatcher(None, [_key(row) for row in before], [_key(row) for row in behind], autojunk=False)
        for how, a, b, c, d in same.get_opcodes():
            if how != "equal":
                for pair in zip_longest(before[a:b], behind[c:d]):
                    yield _statement(slot, *pair)


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["language"], row["html"] or row["text"]


def _statement(slot: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Entry:
    """Where only the language stayed apart, that is told with the text."""
    texts = ["" if row is None else str(row["html"] or row["text"]) for row in (old, new)]
    plain = ["" if row is None else str(row["text"]) for row in (old, new)]
    if old and new and old["language"] != new["language"]:
        plain = [f"[{row['language']}] {text}" for row, text in zip((old, new), plain, strict=True)]
    words = tuple(differences.words(texts[0], texts[1], steps=_STEPS))
    return Entry("statement", slot, slot, plain[0], plain[1], words)


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "" if value in (None, [], {}) else orjson.dumps(value).decode()


def as_json(change: Changed) -> dict[str, Any]:
    """A document that differs as plain data: `words` are pairs of same, removed or added, and the text."""
    entries = [{**entry._asdict(), "words": [list(segment) for segment in entry.words]} for entry in change.entries]
    return {"sku": change.sku, "language": change.language, "change": change.what, "entries": entries}
