"""What the page of a fragment shows of its life: by language what is out and what waits, comments, revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from catalog.admin.presenting import Tone
from catalog.differences import Segment, as_html, new_side, old_side, shortened, words
from catalog.languages import direction, name_of
from catalog.models import Comment, Fragment, FragmentRevision
from catalog.operations.fragments import digest_of, freeze
from catalog.querysets import requests_on
from catalog.revisions import differs, languages_at_stake, pending

# So many of the last revisions are listed and offered to be compared.
LISTED = 30
NOTHING: Mapping[str, Any] = {"title": {}, "body": {}, "applies": {}, "source": {}, "revisions": {}}
_RULES = {
    "channels": "Channels",
    "markets": "Markets",
    "audiences": "Audiences",
    "media": "Media",
    "products": "Products",
    "from": "From",
    "until": "Until",
}
_SOURCE = {
    "by": "Vouched for by",
    "text": "Source",
    "document": "Document",
    "verified_on": "Verified on",
    "valid_until": "Claim valid until",
}


@dataclass(frozen=True)
class Sides:
    """Two texts of one language beside each other; empty where there is no text."""

    language: str
    name: str
    direction: str
    old: SafeString
    new: SafeString


@dataclass(frozen=True)
class Rule:
    """One line of where it applies and of what vouches for it that differs."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """All that differs between two contents, and the languages that are the same in both."""

    old: str
    new: str
    texts: list[Sides]
    rules: list[Rule]
    same: list[str]

    def __bool__(self) -> bool:
        return bool(self.texts or self.rules)


@dataclass(frozen=True)
class LanguageRow:
    code: str
    name: str
    state: str
    tone: Tone
    said: str
    waits: bool


@dataclass(frozen=True)
class RevisionRow:
    revision: FragmentRevision
    approved: list[str]
    comments: list[Comment]
    open: int


@dataclass
class Panel:
    """`latest` is what waits, or was approved last; `edited` says that the working copy is not that."""

    fragment: Fragment
    latest: FragmentRevision | None
    edited: bool
    languages: list[LanguageRow]
    difference: Difference
    revisions: list[RevisionRow]
    may: Mapping[str, bool] = field(default_factory=dict)
    more: int = 0
    standing: frozenset[int] = frozenset()

    @property
    def waiting(self) -> list[LanguageRow]:
        return [row for row in self.languages if row.waits]

    @property
    def requests(self) -> int:
        """Open requests for a change, which keep the latest revision back."""
        return len(self.standing)


def panel_of(fragment: Fragment, may: Mapping[str, bool]) -> Panel:
    """A constant number of queries, but for the texts' own cost of being compared."""
    rows = fragment.revisions.order_by("-number").prefetch_related("approvals", "comments")
    revisions = list(rows[:LISTED])
    latest = revisions[0] if revisions else None
    copy = freeze(fragment)
    edited = latest is None or latest.digest != digest_of(copy)
    out = _out(fragment, revisions)
    waits = latest is not None and not latest.withdrawn_by and bool(pending(latest.content, latest.out, out))
    subject: Mapping[str, Any] = latest.content if latest is not None and waits else copy
    name = f"Revision {latest.number}, waiting" if latest and waits else "The working copy"
    requests = dict(requests_on([fragment.pk]).values_list("pk", "language"))
    return Panel(
        fragment=fragment,
        latest=latest,
        edited=edited,
        languages=_languages(subject, out, latest if waits else None, set(requests.values())),
        difference=difference(out or NOTHING, subject, "What is out", name),
        revisions=[_revision(row) for row in revisions],
        may=may,
        standing=frozenset(requests),
        more=max(0, fragment.revisions.count() - LISTED) if len(revisions) == LISTED else 0,
    )


def _out(fragment: Fragment, revisions: Sequence[FragmentRevision]) -> dict[str, Any] | None:
    """What is out, even of one that is retired."""
    found = next((row.out for row in revisions if row.out is not None), None)
    if found is None and len(revisions) == LISTED:
        row = fragment.revisions.filter(out__isnull=False).order_by("-number").first()
        found = row.out if row else None
    return found


def _languages(
    subject: Mapping[str, Any], out: Mapping[str, Any] | None, latest: FragmentRevision | None, wanted: set[str]
) -> list[LanguageRow]:
    """In the site's order; languages that are not offered now come last."""
    waits = pending(latest.content, latest.out, out) if latest else []
    order = {code: number for number, (code, _) in enumerate(settings.LANGUAGES)}
    codes = sorted(languages_at_stake(subject, out), key=lambda code: (order.get(code, len(order)), code))
    rows = [_language(code, subject, out, code in waits) for code in codes]
    return [
        replace(row, said=f"{row.said}; a change is wanted") if row.waits and wanted & {"", row.code} else row
        for row in rows
    ]


def _language(code: str, subject: Mapping[str, Any], out: Mapping[str, Any] | None, waits: bool) -> LanguageRow:
    number = (out or NOTHING)["revisions"].get(code)
    is_out = f"revision {number} is out" if number else "nothing is out"
    state, tone = _state(bool(number), code in subject["body"], differs(subject, out, code), waits)
    return LanguageRow(code, name_of(code), state, tone, is_out, waits)


def _state(is_out: bool, has_text: bool, changed: bool, waits: bool) -> tuple[str, Tone]:
    if not has_text:
        return ("to be withdrawn" if waits else "text removed"), "warn"
    if not is_out:
        return ("waiting", "info") if waits else ("draft", "plain")
    if changed:
        return ("lags behind" if waits else "edited"), "warn"
    return ("waiting", "info") if waits else ("approved", "good")


def _revision(row: FragmentRevision) -> RevisionRow:
    comments = list(row.comments.all())
    return RevisionRow(
        revision=row,
        approved=[approval.language for approval in row.approvals.all()],
        comments=comments,
        open=sum(_is_open(said) for said in comments),
    )


def _is_open(said: Comment) -> bool:
    return said.change_request and said.resolved_at is None


# --- Differences -----------------------------------------------------------------------------------------------------
def difference(old: Mapping[str, Any], new: Mapping[str, Any], old_name: str, new_name: str) -> Difference:
    languages = sorted({*old["body"], *new["body"], *old["title"], *new["title"]})
    changed = [code for code in languages if _texts(old, code) != _texts(new, code)]
    return Difference(
        old=old_name,
        new=new_name,
        texts=[_sides(code, _texts(old, code), _texts(new, code)) for code in changed],
        rules=[*_rules(_RULES, old["applies"], new["applies"]), *_rules(_SOURCE, old["source"], new["source"])],
        same=[name_of(code) for code in languages if code not in changed],
    )


def _texts(content: Mapping[str, Any], language: str) -> tuple[str, str]:
    return content["title"].get(language, ""), content["body"].get(language, "")


def _sides(language: str, old: tuple[str, str], new: tuple[str, str]) -> Sides:
    pairs = [shortened(words(before, after)) for before, after in zip(old, new, strict=True)]
    left, right = (_together(side(pair) for pair in pairs) for side in (old_side, new_side))
    return Sides(language, name_of(language), direction(language), left, right)


def _together(parts: Iterable[Sequence[Segment]]) -> SafeString:
    """Title and text as two blocks. Whatever comes from the texts is escaped by `as_html`."""
    title, body = (as_html(part) for part in parts)
    return SafeString((f"<strong>{title}</strong>" if title else "") + (f"<p>{body}</p>" if body else ""))


def _rules(labels: Mapping[str, str], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Rule]:
    pairs = [(label, _said(old.get(name)), _said(new.get(name))) for name, label in labels.items()]
    return [Rule(label, before, after) for label, before, after in pairs if before != after]


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")
