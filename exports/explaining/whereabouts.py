"""Where things of the knowledge base stand in what is out, and what a text would change there.

Each answer is a constant number of indexed queries, however many documents there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from catalog import querysets as catalog
from catalog.aliases import Aliases, target_of
from catalog.models import Asset, Attribute, Category, Channel, CodeAlias, Fragment, Tag, TranslationState
from catalog.operations.fragments import APPLIES_TO, freeze
from catalog.operations.translations import digest_of, source_texts
from catalog.outlook import Carried, Impact, Outlet
from catalog.remembered import remembered
from catalog.richtext import to_text
from exports.assembling.judging import applicable
from exports.gathering.loading import contexts
from exports.models import (
    STAGED,
    DocumentVersion,
    Edition,
    FactSetMember,
    TraceAsset,
    TraceCategory,
    TraceFacts,
    TraceStatement,
)

EXAMPLES = 5
KINDS = {"fragment": Fragment, "attribute": Attribute, "asset": Asset, "tag": Tag, "category": Category}


class NotCarried(ValueError):
    """A thing that documents do not carry; the message says what they do."""


def where_used(thing: Any) -> Carried:
    """Where a fragment, attribute, asset, tag (with those below it) or category stands in documents. Five queries, and
    one for former codes. Raises NotCarried for anything else."""
    carrying = carriers(thing)
    current = DocumentVersion.objects.filter(carrying, valid_until=None).order_by()
    outlets = tuple(_outlets(DocumentVersion.objects.filter(carrying).exclude(valid_until=STAGED).order_by()))
    return Carried(
        products=current.values("sku").distinct().count(),
        examples=tuple(current.order_by("sku").values_list("sku", flat=True).distinct()[:EXAMPLES]),
        documents=sum(outlet.documents for outlet in outlets),
        outlets=outlets,
        editions=tuple(str(edition) for edition in _editions(carrying)),
    )


def carriers(thing: Any) -> Q:
    """What holds for the versions of documents that carry a thing. Raises NotCarried."""
    if isinstance(thing, Fragment):
        return _of(TraceStatement.objects.filter(fragment__in=codes_of(thing)))
    if isinstance(thing, Attribute):
        sets = FactSetMember.objects.filter(attribute__in=codes_of(thing)).values("fact_set")
        return _of(TraceFacts.objects.filter(fact_set__in=sets))
    if isinstance(thing, Asset):
        return _of(TraceAsset.objects.filter(asset__in=codes_of(thing)))
    if isinstance(thing, Category):
        # These are kept as they were spelt; a former code is known in lower case only.
        former = [code for code in codes_of(thing) if code != thing.code.lower()]
        rows = TraceCategory.objects.filter(code=thing.code)
        return _of(rows | TraceCategory.objects.alias(low=Lower("code")).filter(low__in=former) if former else rows)
    if isinstance(thing, Tag):
        return _of(TraceStatement.objects.filter(_tagged(thing)))
    raise NotCarried(f"A {thing._meta.verbose_name} is not carried by documents; {', '.join(KINDS)} are.")


def _of(rows: QuerySet[Any]) -> Q:
    return Q(trace__in=rows.order_by().values("trace"))


def codes_of(thing: Any) -> list[str]:
    """A thing's present and former codes in lower case. One query."""
    return Aliases().codes_of(target_of(thing))


def _tagged(tag: Tag) -> Q:
    """The statements of fragments that have the tag now, or one below it."""
    below = {tag.pk}
    parents = dict(Tag.objects.values_list("pk", "parent"))
    while more := {pk for pk, parent in parents.items() if parent in below} - below:
        below |= more
    fragments = Fragment.objects.filter(tags__in=sorted(below)).order_by().annotate(low=Lower("code"))
    present = fragments.values("low")
    former = CodeAlias.objects.alias(low=Lower("code")).filter(kind="fragment", low__in=present).values("alias")
    return Q(fragment__in=present) | Q(fragment__in=former)


def _outlets(versions: QuerySet[DocumentVersion]) -> Iterator[Outlet]:
    still = Count("pk", filter=Q(valid_until=None))
    rows = versions.values("channel__code", "language").annotate(
        documents=still, first=Min("valid_from"), last=Max("valid_until")
    )
    for row in rows.order_by("channel__code", "language"):
        last = None if row["documents"] else row["last"] - 1
        yield Outlet(row["channel__code"], row["language"], row["documents"], row["first"], last)


def _editions(carrying: Q) -> QuerySet[Edition]:
    """The latest edition of each output, where it was made from documents that carry something."""
    later = Edition.objects.filter(output=OuterRef("output"), pk__gt=OuterRef("pk"))
    number = OuterRef("release__number")
    documents = DocumentVersion.objects.filter(
        carrying,
        Q(valid_until=None) | Q(valid_until__gt=number),
        channel=OuterRef("release__channel"),
        language=OuterRef("output__language"),
        valid_from__lte=number,
    )
    rows = Edition.objects.filter(~Exists(later), Exists(documents))
    return rows.select_related("output__channel", "release").order_by("output__code")


# --- Impact ----------------------------------------------------------------------------------------------------------
class _Group(NamedTuple):
    """Documents that show a fragment alike: in a channel and language, in words of a language, in a slot of a text.

    `statements` is how many statements that are, or None where they have not been counted.
    """

    channel: int
    language: str
    words: str
    slot: str
    via: str
    statements: int | None = None

    def condition(self) -> Q:
        """What holds for the statements."""
        document = Q(versions__channel=self.channel, versions__language=self.language)
        return document & Q(language=self.words)


def impact(fragment: Fragment) -> Impact:
    """What differs in the documents that carry a fragment today if it goes out as it is written now.

    A constant number of queries; no document is read.
    """
    outdated, words = _outdated(fragment)
    aliases = Aliases()
    codes = aliases.codes_of(target_of(fragment))
    showing = TraceStatement.objects.filter(fragment__in=codes, versions__valid_until=None).order_by()
    groups = _groups(codes)
    channels = _channels({group.channel for group in groups})
    changed = _changed(fragment, groups, channels, aliases)
    if not changed:
        return Impact(outdated=outdated, words=words)
    return Impact(
        statements=len({(group.slot, group.via) for group in changed}),
        documents=_documents(showing, groups, changed),
        channels=tuple(sorted({channels[group.channel].code for group in changed})),
        languages=tuple(sorted({group.language for group in changed})),
        outdated=outdated,
        words=words,
        editions=_by_medium(codes, changed),
    )


# Written out: putting the same two queries together again takes the ORM as long as an editor's whole edit does.
_SAID = "exports_tracestatement said JOIN exports_documentversion document ON document.trace_id = said.trace_id"
_EDITIONS = f"""
    SELECT channel.medium, output.channel_id, output.language
    FROM exports_output output JOIN catalog_channel channel ON channel.id = output.channel_id
    JOIN exports_edition edition ON edition.id = (SELECT MAX(id) FROM exports_edition WHERE output_id = output.id)
    JOIN exports_release shown ON shown.id = edition.release_id
    WHERE output.channel_id IN ({{channels}}) AND output.language IN ({{languages}}) AND (
        shown.number = (SELECT MAX(number) FROM exports_release WHERE channel_id = output.channel_id)
        OR EXISTS (
            SELECT 1 FROM {_SAID} WHERE said.fragment IN ({{codes}})
            AND document.channel_id = output.channel_id AND document.language = output.language
            AND document.valid_from <= shown.number
            AND (document.valid_until IS NULL OR document.valid_until > shown.number)))"""  # noqa: S608


def _groups(codes: Collection[str]) -> list[_Group]:
    """SQLite sorts all rows to count them by group: to find the groups, and count later, takes it half as long.

    PostgreSQL is asked for no column that the index of fragments has not, their ids included, and reads that alone.
    """
    group = "document.channel_id, document.language, said.language, said.slot, said.via"
    rows = f"{_SAID} WHERE said.fragment IN ({{codes}}) AND document.valid_until IS NULL"
    if connection.vendor == "sqlite":
        found = _rows(f"SELECT DISTINCT {group} FROM {rows}", codes=codes)  # noqa: S608
    else:
        found = _rows(f"SELECT {group}, COUNT(*) FROM {rows} GROUP BY {group}", codes=codes)  # noqa: S608
    return [_Group(*row) for row in found]


def _rows(sql: str, **lists: Collection[Any]) -> list[tuple[Any, ...]]:
    """What a query finds; each list takes the place of its name in braces, in the order in which they stand there."""
    places = {name: ", ".join(["%s"] * len(values)) for name, values in lists.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**places), [value for values in lists.values() for value in values])
        return list(cursor.fetchall())


def _channels(ids: Collection[int]) -> Mapping[int, Channel]:
    """With their languages, markets and audiences, as they are remembered."""

    def read() -> tuple[dict[int, Channel], bool]:
        rows = Channel.objects.filter(pk__in=ids).select_related("market", "audience").prefetch_related("languages")
        return {row.pk: row for row in rows}, True

    return remembered(("channels", frozenset(ids)), read)


def _changed(
    fragment: Fragment, groups: Collection[_Group], channels: Mapping[int, Channel], aliases: Aliases
) -> list[_Group]:
    """The groups that would say something else: other words, in another language, or nothing any more."""
    # What is frozen says the codes of its day; that these have changed since changes no document.
    out = aliases.in_revision(said) if (said := catalog.out_of(fragment)) else {}
    then = freeze(fragment)
    return [group for group in groups if _says_else(group, channels[group.channel], out, then)]


def _documents(showing: QuerySet[TraceStatement], groups: Collection[_Group], changed: Collection[_Group]) -> int:
    """How many documents are in the groups that change."""
    outlets = {(group.channel, group.language) for group in changed}
    once = len(outlets) == len(changed) and not any(group.via for group in changed)
    counts = [group.statements for group in changed if group.statements is not None]
    if once and len(counts) == len(changed):
        return sum(counts)
    if len(changed) < len(groups):
        touched = Q()
        for condition in dict.fromkeys(group.condition() for group in changed):
            touched |= condition
        showing = showing.filter(touched)
    return showing.count() if once else showing.values("versions__pk").distinct().count()


def _by_medium(codes: Collection[str], changed: Collection[_Group]) -> dict[str, int]:
    """The latest edition of each output that was made from documents of the groups, counted by medium.

    What was made from a channel's current release shows what the groups do: only for older ones documents are looked
    through.
    """
    outlets = {(group.channel, group.language) for group in changed}
    channels, languages = ({outlet[place] for outlet in outlets} for place in (0, 1))
    rows = _rows(_EDITIONS, channels=channels, languages=languages, codes=codes)
    return dict(Counter(medium for medium, *outlet in rows if tuple(outlet) in outlets))


def _says_else(group: _Group, channel: Channel, out: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Dates and rules are left to the preview and to the release: they may be met by one product and not by another."""
    chain = channel.chains().get(group.language, (group.language,))
    words = next((language for language in chain if then["body"].get(language)), None)
    if words != group.words or then["body"][words] != out.get("body", {}).get(words):
        return True
    return _limits(then) != _limits(out) and not _still_for(then, channel)


def _limits(content: Mapping[str, Any]) -> list[Any]:
    applies = content.get("applies", {})
    return [applies.get(name) for name in (*APPLIES_TO, "media", "from", "until", "products")]


def _still_for(then: Mapping[str, Any], channel: Channel) -> bool:
    """Whether the channel would still get it on this day, were there no rule."""
    applies = {**then["applies"], "products": ""}
    today = timezone.localdate()
    return all(
        not isinstance(applicable({**then, "applies": applies}, context), str) for context in contexts(channel, today)
    )


def _outdated(fragment: Fragment) -> tuple[int, int]:
    """How many translations are not of the source as it is now, and how many words of it must be translated again."""
    texts = source_texts(fragment)
    rows = TranslationState.objects.filter(kind="fragment", object_id=fragment.pk)
    sources = [
        texts.get(source, {})
        for source, digest, outdated in rows.values_list("source_language", "source_digest", "outdated")
        if outdated or digest != digest_of(texts.get(source, {}))
    ]
    return len(sources), sum(_words(source.values()) for source in sources)


def _words(texts: Iterable[str]) -> int:
    return sum(len(to_text(text).split()) for text in texts)
