"""Reads of what has been released."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from catalog.models import Channel
from exports.documents import Document, Publication, from_bytes
from exports.models import DocumentVersion, Edition, Output, Release


def current_release(channel: Channel) -> Release | None:
    """The channel's latest release. One indexed query."""
    return Release.objects.filter(channel=channel).order_by("-number").first()


def versions_at(release: Release, language: str) -> QuerySet[DocumentVersion]:
    """The document versions of a release in one language, in SKU order."""
    return DocumentVersion.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=release.number),
        channel_id=release.channel_id,
        language=language,
        valid_from__lte=release.number,
    ).order_by("sku")


def documents_at(release: Release, language: str) -> Iterator[Document]:
    """The documents of a release in one language, in SKU order, read a batch at a time."""
    rows = versions_at(release, language).values_list("body__content", flat=True)
    for content in rows.iterator(chunk_size=500):
        yield from_bytes(bytes(content))


def publication_of(release: Release, language: str) -> Publication:
    """The envelope of a release in one language. Raises KeyError for a language the channel does not have."""
    return Publication.from_json(release.publications[language])


def output_called(code: str) -> Output:
    """An output by its code in whatever case. Raises Output.DoesNotExist."""
    return Output.objects.select_related("channel").get(code__iexact=code)


def latest_edition(output: Output) -> Edition | None:
    return Edition.objects.filter(output=output).select_related("release").order_by("-id").first()
