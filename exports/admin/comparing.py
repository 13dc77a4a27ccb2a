"""Two releases, or the current one and the next, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from catalog.admin.presenting import Tone
from catalog.differences import as_html, shortened
from catalog.models import Channel
from exports import querysets
from exports.gathering.selection import SelectionError
from exports.models import Release
from exports.policies.refusing import Retired
from exports.releasing.comparing import Changed, Entry, differences_between
from exports.releasing.forecasting import upcoming

_TONES: Mapping[str, Tone] = {"added": "good", "changed": "info", "removed": "bad"}


class NotComparable(ValueError):
    """The message is for the person who asked."""


class Row(NamedTuple):
    """An entry as it is shown: `words` is markup of a text's two sides in one, or nothing."""

    kind: str
    label: str
    old: str
    new: str
    words: SafeString | str


class Document(NamedTuple):
    sku: str
    language: str
    what: str
    tone: Tone
    rows: list[Row]


@dataclass(frozen=True)
class Compared:
    """`following` is the query of the next page, "" at the end; `note` what else is to be known."""

    title: str
    documents: list[Document]
    following: str = ""
    note: str = ""


def compare(channel: Channel, asked: Mapping[str, str]) -> Compared:
    """As the query says: `from` and `to` are numbers; without `to`, what the next release would change.

    Raises NotComparable.
    """
    if not asked.get("to"):
        return _coming(channel)
    old, new = (_release(channel, asked.get(name, "")) for name in ("from", "to"))
    page = differences_between(old, new, asked.get("after", ""))
    following: dict[str, str | int] = {
        "channel": channel.code,
        "from": old.number,
        "to": new.number,
        "after": page.next,
    }
    return Compared(
        f"{channel.code}: from release {old.number} to {new.number}",
        list(_documents(page.changes)),
        urlencode({"channel": channel.code, **following}) if page.next else "",
    )


def _coming(channel: Channel) -> Compared:
    try:
        found = upcoming(channel)
    except (SelectionError, Retired) as error:
        raise NotComparable(str(error)) from error
    note = "" if found.complete else f"These are the first {len(found.changes)} documents; there are more."
    title = f"{channel.code}: what the next release changes after release {found.after}"
    return Compared(title, list(_documents(found.changes)), note=note)


def _release(channel: Channel, said: str) -> Release:
    known = said.isascii() and said.isdigit() and len(said) < 10 and int(said)
    found = querysets.release_of(channel, int(said)) if known else None
    if found is None:
        raise NotComparable(f"Channel “{channel.code}” has no such release.")
    if found.pruned_at:
        raise NotComparable(f"The documents of release {found.number} of “{channel.code}” are kept no more.")
    return found


def _documents(changes: Iterable[Changed]) -> Iterator[Document]:
    for change in changes:
        rows = [_row(entry) for entry in change.entries]
        yield Document(change.sku, change.language, change.what, _TONES[change.what], rows)


def _row(entry: Entry) -> Row:
    # Whatever comes from texts is escaped by `as_html`.
    words = mark_safe(as_html(shortened(entry.words))) if entry.words else ""
    return Row(entry.kind, entry.label, entry.old, entry.new, words)
